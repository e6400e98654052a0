"""Why the database refused a group, as a Refusal with the figures of the case."""

from collections.abc import Sequence

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.ledger.book import Book
from langqiao.engine.ledger.entry import Entry
from langqiao.web.ledger.models import LedgerAccount, Transfer


def refusal_of(code: str, entries: Sequence[Entry]) -> Refusal:
    """What the plain ledger says about the same entries on the same balances, or the rule's code alone where it sees no fault."""
    try:
        book_around(entries).post(entries, group="explained", by="explained")
    except Refusal as refusal:
        return refusal
    return Refusal(_registered(code), f"the database refused the entries ({code})", facts={"rule": code})


def _registered(code: str) -> str:
    return (
        "ledger_refused" if code in {"ledger_chain_forks", "ledger_group_complete", "ledger_group_incomplete", "ledger_immutable"} else code
    )


def book_around(entries: Sequence[Entry]) -> Book:
    """A plain ledger of the accounts, holds and earlier transfers that the entries name."""
    named = {entry.pending_id for entry in entries} | {entry.reverses for entry in entries} | {entry.id for entry in entries}
    earlier = Transfer.objects.filter(id__in=[name for name in named if name])
    resolving = Transfer.objects.filter(pending_id__in=[entry.pending_id for entry in entries if entry.pending_id])
    reversing = Transfer.objects.filter(reverses_id__in=[entry.reverses for entry in entries if entry.reverses])
    rows = sorted({transfer.seq: transfer.row() for transfers in (earlier, resolving, reversing) for transfer in transfers}.items())
    ids = {account for entry in entries for account in (entry.debit, entry.credit)} | {
        account for _seq, row in rows for account in (row.debit, row.credit)
    }
    book = Book()
    for account in LedgerAccount.objects.filter(id__in=ids):
        book.account_put(
            account.id,
            (account.debits_posted_fen, account.credits_posted_fen, account.debits_pending_fen, account.credits_pending_fen),
            closed=account.closed,
        )
    book.rows_put([row for _seq, row in rows])
    return book
