"""How a group of entries becomes rows of the chain: short SQL inside the caller's transaction, the rules held by the database's triggers."""

import re
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, cast

from django.db import DatabaseError, IntegrityError, connection, transaction

from langqiao.engine.kernel.money import Fen
from langqiao.engine.ledger.entry import RESOLVING, Entry
from langqiao.engine.ledger.row import GENESIS, row_hash

CHAIN_LOCK = 7211003
"""The number of the lock under which PostgreSQL goes on with the chain; the triggers take the same."""
INSERT_TRANSFER = (
    "INSERT INTO ledger_transfer (seq, id, group_id, phase, debit_id, credit_id, currency, amount_fen, held_fen, pending_id, expires_on,"
    " reverses_id, code, ref, business_date, by, posted_at_us, prev_hash, hash)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
INSERT_GROUP = "INSERT INTO ledger_group (id, payload_hash, size, by, posted_at_us) VALUES (%s, %s, %s, %s, %s)"
CODE = re.compile(r"ledger_[a-z_]+")
CONSTRAINTS = {
    "account_debits_limited": "ledger_overdrawn",
    "account_credits_limited": "ledger_overdrawn",
    "account_sums": "ledger_overdrawn",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Where a posted entry stands in the chain."""

    id: str
    seq: int
    hash: str


class BooksRefusedError(Exception):
    """The database refused an entry; `code` is the rule's."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def must_be_in_transaction() -> None:
    """Raises RuntimeError outside a transaction: money that could be written apart from its deal is a fault of the program."""
    if not connection.in_atomic_block:
        raise RuntimeError("the books are written inside the caller's transaction (ADR 0011)")


def chain_lock() -> None:
    """From here to the end of the transaction nobody else goes on with the chain. SQLite's transaction, begun IMMEDIATE, is that lock."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])


HEAD_AND_GROUP = (
    "SELECT t.seq, t.hash, (SELECT payload_hash FROM ledger_group WHERE id = %s) FROM ledger_transfer AS t ORDER BY t.seq DESC LIMIT 1"
)


def head() -> tuple[int, str]:
    """Number and hash of the last row."""
    seq, last, _payload = head_and_group("")
    return seq, last


def head_and_group(group: str) -> tuple[int, str, str | None]:
    """Number and hash of the last row, and the payload hash of the group if it was posted before: one question, asked under the lock."""
    with connection.cursor() as cursor:
        cursor.execute(HEAD_AND_GROUP, [group])
        return cursor.fetchone() or (0, GENESIS, None)


def _all_or_nothing(size: int) -> AbstractContextManager[None]:
    """A savepoint, except where one failing statement of SQLite leaves nothing behind by itself (a row without its group cannot commit)."""
    if size == 1 and connection.vendor == "sqlite":
        return nullcontext()
    return cast("AbstractContextManager[None]", transaction.atomic())


def group_insert(entries: Sequence[Entry], *, group: str, payload: str, by: str, at_us: int, end: tuple[int, str]) -> tuple[Link, ...]:
    """Inserts the rows after the `end` of the chain and closes the group over them, under the chain's lock. Raises BooksRefusedError with nothing written."""
    rows, links = _rows(entries, group=group, by=by, at_us=at_us, end=end)
    try:
        with _all_or_nothing(len(rows)), connection.cursor() as cursor:
            if len(rows) == 1:
                cursor.execute(INSERT_TRANSFER, rows[0])
            else:
                cursor.executemany(INSERT_TRANSFER, rows)
            cursor.execute(INSERT_GROUP, [group, payload, len(rows), by, at_us])
    except IntegrityError as error:
        raise BooksRefusedError(_code_of(error)) from error
    return links


def _rows(entries: Sequence[Entry], *, group: str, by: str, at_us: int, end: tuple[int, str]) -> tuple[list[list[Any]], tuple[Link, ...]]:
    holds = _holds(entries)
    seq, last = end
    rows, links = [], []
    for entry in entries:
        seq += 1
        debit, credit, amount, held = _resolved(entry, holds)
        values = [
            seq, entry.id, group, entry.phase, debit, credit, debit.rpartition(":")[2], amount, held, entry.pending_id,
            entry.expires_on.isoformat() if entry.expires_on else None, entry.reverses, entry.code, entry.ref,
            entry.business_date.isoformat(), by, at_us, last,
        ]  # fmt: skip
        last = row_hash(values)
        rows.append([*values, last])
        links.append(Link(id=entry.id, seq=seq, hash=last))
    return rows, tuple(links)


def _resolved(entry: Entry, holds: dict[str, tuple[str, str, Fen]]) -> tuple[str, str, Fen, Fen]:
    """Accounts, amount and change of what is reserved, with what the hold says where the entry leaves it open."""
    if entry.phase == "transfer":
        return entry.debit, entry.credit, entry.amount_fen, 0
    if entry.phase == "hold":
        holds[entry.id] = entry.debit, entry.credit, entry.amount_fen
        return entry.debit, entry.credit, entry.amount_fen, entry.amount_fen
    hold = holds.get(entry.pending_id or "")
    if hold is None:
        raise BooksRefusedError("ledger_hold_unknown")
    debit, credit, reserved = hold
    return entry.debit or debit, entry.credit or credit, entry.amount_fen or reserved, -reserved


def _holds(entries: Sequence[Entry]) -> dict[str, tuple[str, str, Fen]]:
    named = [entry.pending_id for entry in entries if entry.phase in RESOLVING]
    if not named:
        return {}
    marks = ", ".join(["%s"] * len(named))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, debit_id, credit_id, amount_fen FROM ledger_transfer WHERE phase = 'hold' AND id IN ({marks})", named)  # noqa: S608 - marks only
        return {row[0]: (row[1], row[2], row[3]) for row in cursor.fetchall()}


def _code_of(error: DatabaseError) -> str:
    text = str(error)
    found = CODE.match(text)
    if found:
        return found.group()
    return next((code for name, code in CONSTRAINTS.items() if name in text), "ledger_refused")
