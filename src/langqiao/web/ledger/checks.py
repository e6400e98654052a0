"""The day-end check of the books: sums, folds, limits, suspense, holds, groups, chain and guards, each computed anew from the rows."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Sum

from langqiao.engine.kernel.money import Fen, fen_to_yuan
from langqiao.engine.kernel.problem import Problem
from langqiao.engine.ledger.chart import LINES
from langqiao.engine.ledger.row import GENESIS, row_canonical_hash
from langqiao.web.ledger.models import ChartLine, LedgerAccount, Transfer
from langqiao.web.ledger.selectors import holds_open

SUMS = ("debits_posted_fen", "credits_posted_fen", "debits_pending_fen", "credits_pending_fen")
FOLD = (
    "SELECT account, SUM(dp), SUM(cp), SUM(dh), SUM(ch) FROM ("
    "SELECT debit_id AS account, CASE WHEN phase IN ('transfer', 'post') THEN amount_fen ELSE 0 END AS dp, 0 AS cp, held_fen AS dh, 0 AS ch"
    " FROM ledger_transfer UNION ALL SELECT credit_id, 0, CASE WHEN phase IN ('transfer', 'post') THEN amount_fen ELSE 0 END, 0, held_fen"
    " FROM ledger_transfer) AS legs GROUP BY account"
)
GROUPS = (
    "SELECT t.group_id, COUNT(*), MAX(g.size) FROM ledger_transfer AS t LEFT JOIN ledger_group AS g ON g.id = t.group_id"
    " GROUP BY t.group_id HAVING MAX(g.size) IS NULL OR COUNT(*) <> MAX(g.size)"
)
LEGS = (
    "SELECT account_id, group_id FROM (SELECT debit_id AS account_id, group_id FROM ledger_transfer"
    " UNION SELECT credit_id, group_id FROM ledger_transfer) AS legs"
)
TOUCHES = "SELECT account_id, group_id FROM ledger_touch"
TRIGGERS = {
    "sqlite": (
        "ledger_account_delete", "ledger_account_insert", "ledger_account_update", "ledger_chartline_delete", "ledger_chartline_insert",
        "ledger_chartline_update", "ledger_group_delete", "ledger_group_insert", "ledger_group_touch", "ledger_group_update",
        "ledger_touch_delete", "ledger_touch_insert", "ledger_touch_update", "ledger_transfer_delete",
        "ledger_transfer_insert", "ledger_transfer_move", "ledger_transfer_resolve", "ledger_transfer_reverse", "ledger_transfer_update",
    ),
    "postgresql": (
        "ledger_account_delete", "ledger_account_insert", "ledger_account_truncate", "ledger_account_update", "ledger_chartline_change",
        "ledger_chartline_truncate", "ledger_group_change", "ledger_group_insert", "ledger_group_touch", "ledger_group_truncate",
        "ledger_touch_change", "ledger_touch_truncate", "ledger_transfer_change",
        "ledger_transfer_insert", "ledger_transfer_move", "ledger_transfer_truncate",
    ),
}  # fmt: skip
"""The guards the migration made; a missing one means that somebody may have written past the rules."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a check found. `problems` of severity error: the books are not sound; warning: something waits for a person."""

    problems: tuple[Problem, ...]
    accounts: int
    transfers: int
    head: str

    @property
    def sound(self) -> bool:
        """Whether no error was found."""
        return all(problem.severity != "error" for problem in self.problems)


def books_check(day: dt.date) -> Checked:
    """Checks the whole books as they stand; `day` decides which holds are past their last day. Reads one state if called in a transaction."""
    problems = [problem for check in CHECKS for problem in check(day)]
    last = Transfer.objects.order_by("-seq").first()
    return Checked(
        problems=tuple(problems),
        accounts=LedgerAccount.objects.count(),
        transfers=Transfer.objects.count(),
        head=last.hash if last else GENESIS,
    )


def _sums(_day: dt.date) -> Iterator[Problem]:
    rows: Any = LedgerAccount.objects.values("currency").annotate(*[Sum(name) for name in SUMS]).order_by("currency")
    for row in rows:
        for debit, credit, kind in ((*SUMS[:2], "posted"), (*SUMS[2:], "pending")):
            one, other = row[f"{debit}__sum"], row[f"{credit}__sum"]
            if one != other:
                yield _error("sums_differ", row["currency"], f"{kind}: debits {fen_to_yuan(one)}, credits {fen_to_yuan(other)}")


def _folds(_day: dt.date) -> Iterator[Problem]:
    with connection.cursor() as cursor:
        cursor.execute(FOLD)
        folded = {row[0]: tuple(int(value) for value in row[1:]) for row in cursor.fetchall()}
    for account in LedgerAccount.objects.order_by("id"):
        kept, due = tuple(getattr(account, name) for name in SUMS), folded.pop(account.id, (0, 0, 0, 0))
        if kept != due:
            yield _error("balance_not_folded", account.id, f"kept {_told(kept)}, the transfers say {_told(due)}")
    for lost in sorted(folded):
        yield _error("account_missing", lost, "transfers name an account that is not there")


def _told(sums: tuple[Fen, ...]) -> str:
    return " / ".join(map(fen_to_yuan, sums))


def _limits(_day: dt.date) -> Iterator[Problem]:
    for account in LedgerAccount.objects.order_by("id"):
        over_debit = account.debits_posted_fen + account.debits_pending_fen - account.credits_posted_fen
        over_credit = account.credits_posted_fen + account.credits_pending_fen - account.debits_posted_fen
        if (account.debits_limited and over_debit > 0) or (account.credits_limited and over_credit > 0):
            yield _error(
                "limit_broken", account.id, f"over its limit by {fen_to_yuan(over_debit if account.debits_limited else over_credit)}"
            )


def _suspense(_day: dt.date) -> Iterator[Problem]:
    for account in LedgerAccount.objects.filter(purpose="suspense").order_by("id"):
        if account.balance_fen:
            yield _error("suspense_not_zero", account.id, f"{fen_to_yuan(account.balance_fen)} is not matched")


def _holds(day: dt.date) -> Iterator[Problem]:
    for hold in holds_open(until=day).order_by("seq"):
        yield Problem(where=hold.id, code="hold_overdue", message=f"its last day was {hold.expires_on}", severity="warning")


def _groups(_day: dt.date) -> Iterator[Problem]:
    with connection.cursor() as cursor:
        cursor.execute(GROUPS)
        for group, found, size in cursor.fetchall():
            yield _error("group_broken", group, f"{found} transfers, its group says {size}")


def _touches(_day: dt.date) -> Iterator[Problem]:
    with connection.cursor() as cursor:
        for one, other, words in (
            (LEGS, TOUCHES, "its statement would not show the transfers"),
            (TOUCHES, LEGS, "no transfer of the group names it"),
        ):
            cursor.execute(f"{one} EXCEPT {other} ORDER BY 1, 2")
            for account, group in cursor.fetchall():
                yield _error("touch_differs", account, f"group {group}: {words}")


def _chain(_day: dt.date) -> Iterator[Problem]:
    seq, last = 0, GENESIS
    for transfer in Transfer.objects.order_by("seq").iterator(chunk_size=2000):
        seq += 1
        if transfer.seq != seq:
            yield _error("chain_gap", transfer.id, f"number {transfer.seq} where {seq} was due")
            seq = transfer.seq
        if transfer.prev_hash != last:
            yield _error("chain_broken", transfer.id, "does not carry the hash of the row before it")
        if row_canonical_hash(transfer.row()) != transfer.hash:
            yield _error("row_altered", transfer.id, "its columns do not have its hash")
        last = transfer.hash


def _guards(_day: dt.date) -> Iterator[Problem]:
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        there = {row[0] for row in cursor.fetchall()}
    for name in sorted(set(TRIGGERS[connection.vendor]) - there):
        yield _error("guard_missing", name, "a trigger of the books is gone or off")


def _chart(_day: dt.date) -> Iterator[Problem]:
    known: dict[str, Any] = {
        f"{line.purpose}/{kind}": (line.pot_of(kind), line.debits_limited, line.credits_limited) for line in LINES for kind in line.owners
    }
    for line in ChartLine.objects.order_by("key"):
        if known.get(line.key) != (line.pot, line.debits_limited, line.credits_limited):
            yield _error("chart_differs", line.key, "the books keep this purpose otherwise than the chart says")


def _error(code: str, where: str, message: str) -> Problem:
    return Problem(where=where, code=code, message=message)


CHECKS: tuple[Callable[[dt.date], Iterator[Problem]], ...] = (
    _sums,
    _folds,
    _limits,
    _suspense,
    _holds,
    _groups,
    _touches,
    _chain,
    _guards,
    _chart,
)


def day_end() -> str:
    """The duty of each day: frees the holds that ran out, then checks the books; what it found, or its failure, is kept in the duty's row."""
    from django.utils import timezone  # noqa: PLC0415 - the clock stands at the edge only

    from langqiao.web.ledger.corrections import holds_expire  # noqa: PLC0415 - only the duty writes

    today = timezone.localdate()
    freed = holds_expire(today, by="duty/books_day_end")
    checked = books_check(today)
    if not checked.sound:
        raise BooksUnsoundError(f"{len(checked.problems)} problems, the first: {checked.problems[0]}")
    return f"{checked.transfers} transfers, {len(freed)} holds freed, {len(checked.problems)} warnings, head {checked.head}"


class BooksUnsoundError(Exception):
    """The day-end check found an error."""
