"""The plain ledger: what posting means, in Python alone; the database is tested against it, and it explains what the database refused."""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from langqiao.engine.kernel.money import Fen, fen_to_yuan
from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.ledger.account import account_parse
from langqiao.engine.ledger.entry import Entry, entries_check
from langqiao.engine.ledger.row import GENESIS, Row, payload_hash, row_canonical_hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Balances:
    """An account's four sums."""

    debits_posted_fen: Fen = 0
    credits_posted_fen: Fen = 0
    debits_pending_fen: Fen = 0
    credits_pending_fen: Fen = 0

    @property
    def balance_fen(self) -> Fen:
        """Credits less debits, posted."""
        return self.credits_posted_fen - self.debits_posted_fen


def moved(balances: Balances, row: Row, *, debit: bool) -> Balances:
    """The balances after a row on one of its two sides."""
    side = "debits" if debit else "credits"
    posted, pending = f"{side}_posted_fen", f"{side}_pending_fen"
    changes = {posted: getattr(balances, posted) + row.moved_fen, pending: getattr(balances, pending) + row.held_fen}
    return dataclasses.replace(balances, **changes)


def folded(rows: Iterable[Row]) -> dict[str, Balances]:
    """Every account's balances as the rows alone make them."""
    found: dict[str, Balances] = {}
    for row in rows:
        found[row.debit] = moved(found.get(row.debit, Balances()), row, debit=True)
        found[row.credit] = moved(found.get(row.credit, Balances()), row, debit=False)
    return found


class Book:
    """Accounts and rows in memory. `post` does what the database does: all of a group, or a Refusal and nothing."""

    def __init__(self) -> None:
        self.accounts: dict[str, Balances] = {}
        self.closed: set[str] = set()
        self.rows: list[Row] = []
        self.groups: dict[str, str] = {}

    def account_open(self, account: str) -> None:
        """Makes an empty account of the chart."""
        account_parse(account)
        self.accounts.setdefault(account, Balances())

    def account_put(self, account: str, sums: tuple[Fen, Fen, Fen, Fen], *, closed: bool) -> None:
        """An account as it stands elsewhere."""
        debited, credited, held_debits, held_credits = sums
        self.accounts[account] = Balances(
            debits_posted_fen=debited, credits_posted_fen=credited, debits_pending_fen=held_debits, credits_pending_fen=held_credits
        )
        if closed:
            self.closed.add(account)

    def rows_put(self, rows: Sequence[Row]) -> None:
        """Rows as they stand elsewhere; balances stay as they are."""
        self.rows.extend(rows)

    def post(self, entries: Sequence[Entry], *, group: str, by: str, at_us: int = 0) -> list[Row]:
        """The rows of the group; the rows of before where it was posted with the same entries. Raises Refusal as group_post does."""
        entries_check(entries)
        payload = payload_hash(entries)
        if group in self.groups:
            if self.groups[group] != payload:
                raise Refusal("idempotency_key_reused", f"group {group} was posted before with other content", facts={"key": group})
            return [row for row in self.rows if row.group == group]
        accounts, rows = dict(self.accounts), list(self.rows)
        try:
            posted = [self._post_one(entry, group=group, by=by, at_us=at_us) for entry in entries]
        except Refusal:
            self.accounts, self.rows = accounts, rows
            raise
        self.groups[group] = payload
        return posted

    def _post_one(self, entry: Entry, *, group: str, by: str, at_us: int) -> Row:
        debit, credit, amount, held = self._resolved(entry)
        self._check_accounts(debit, credit)
        if self._find(entry.id) is not None:
            raise Refusal("ledger_id_taken", f"entry {entry.id} was posted before", facts={"entry": entry.id})
        if entry.reverses is not None:
            self._check_reversal(entry)
        row = self._chained(
            Row(
                seq=0, id=entry.id, group=group, phase=entry.phase, debit=debit, credit=credit, currency=account_parse(debit).currency,
                amount_fen=amount, held_fen=held, pending_id=entry.pending_id, expires_on=entry.expires_on, reverses=entry.reverses,
                code=entry.code, ref=entry.ref, business_date=entry.business_date, by=by, posted_at_us=at_us, prev_hash="", hash="",
            )
        )  # fmt: skip
        for account, is_debit in ((debit, True), (credit, False)):
            self.accounts[account] = moved(self.accounts[account], row, debit=is_debit)
            check_limit(account, self.accounts[account], entry)
        self.rows.append(row)
        return row

    def _chained(self, row: Row) -> Row:
        last = self.rows[-1] if self.rows else None
        linked = dataclasses.replace(row, seq=last.seq + 1 if last else 1, prev_hash=last.hash if last else GENESIS)
        return dataclasses.replace(linked, hash=row_canonical_hash(linked))

    def _find(self, entry: str | None) -> Row | None:
        return next((row for row in self.rows if row.id == entry), None)

    def _resolved(self, entry: Entry) -> tuple[str, str, Fen, Fen]:
        match entry.phase:
            case "transfer":
                return entry.debit, entry.credit, entry.amount_fen, 0
            case "hold":
                return entry.debit, entry.credit, entry.amount_fen, entry.amount_fen
        hold = self._find(entry.pending_id)
        if hold is None or hold.phase != "hold" or (entry.debit and (entry.debit, entry.credit) != (hold.debit, hold.credit)):
            raise Refusal(
                "ledger_hold_unknown", f"there is no hold {entry.pending_id} between these accounts", facts={"hold": entry.pending_id}
            )
        first = next((row for row in self.rows if row.pending_id == hold.id), None)
        if first is not None:
            raise Refusal(
                "ledger_hold_resolved",
                f"hold {hold.id} was resolved by {first.id}",
                facts={"hold": hold.id, "first": first.id, "phase": first.phase},
            )
        amount = entry.amount_fen or hold.amount_fen
        _check_resolution(entry, hold, amount)
        return hold.debit, hold.credit, amount, -hold.amount_fen

    def _check_accounts(self, debit: str, credit: str) -> None:
        for account in (debit, credit):
            if account not in self.accounts:
                raise Refusal("ledger_account_unknown", f"there is no account {account}", facts={"account": account})
            if account in self.closed:
                raise Refusal("ledger_account_closed", f"account {account} is closed", facts={"account": account})
        if account_parse(debit).currency != account_parse(credit).currency:
            raise Refusal(
                "ledger_currency_differs", f"{debit} and {credit} are kept in two currencies", facts={"debit": debit, "credit": credit}
            )

    def _check_reversal(self, entry: Entry) -> None:
        first = next((row for row in self.rows if row.reverses == entry.reverses), None)
        if first is not None:
            raise Refusal(
                "ledger_already_reversed",
                f"{entry.reverses} was reversed by {first.id}",
                facts={"entry": entry.reverses, "first": first.id},
            )
        taken = self._find(entry.reverses)
        told = (entry.credit, entry.debit, entry.amount_fen)
        if taken is None or not taken.moved_fen or told != (taken.debit, taken.credit, taken.amount_fen):
            raise Refusal(
                "ledger_reversal_differs", f"{entry.id} does not take {entry.reverses} back whole", facts={"entry": entry.reverses}
            )


def _check_resolution(entry: Entry, hold: Row, amount: Fen) -> None:
    if amount > hold.amount_fen or (entry.phase != "post" and amount != hold.amount_fen):
        raise Refusal(
            "ledger_hold_exceeded",
            f"hold {hold.id} reserves {fen_to_yuan(hold.amount_fen)}, not {fen_to_yuan(amount)}",
            facts={"hold": hold.id, "reserved": fen_to_yuan(hold.amount_fen), "amount": fen_to_yuan(amount)},
        )
    expired = hold.expires_on is not None and hold.expires_on < entry.business_date
    if entry.phase == "post" and expired:
        raise Refusal(
            "ledger_hold_expired", f"hold {hold.id} ended on {hold.expires_on}", facts={"hold": hold.id, "day": str(hold.expires_on)}
        )
    if entry.phase == "expire" and not expired:
        day: dt.date | str = hold.expires_on or "–"
        raise Refusal("ledger_hold_not_expired", f"hold {hold.id} runs until {day}", facts={"hold": hold.id, "day": str(day)})


def check_limit(account: str, balances: Balances, entry: Entry) -> None:
    """Raises Refusal(ledger_overdrawn) where the side that must not exceed the other does so, holds counted."""
    line = account_parse(account).line
    over_debit = balances.debits_posted_fen + balances.debits_pending_fen - balances.credits_posted_fen if line.debits_limited else 0
    over_credit = balances.credits_posted_fen + balances.credits_pending_fen - balances.debits_posted_fen if line.credits_limited else 0
    missing = max(over_debit, over_credit)
    if missing > 0:
        raise Refusal(
            "ledger_overdrawn",
            f"account {account} lacks {fen_to_yuan(missing)} for entry {entry.id}",
            facts={"account": account, "missing": fen_to_yuan(missing), "entry": entry.id},
        )
