"""Changes of what stands in the books, all by new rows: a transfer taken back, holds that ran out, an account closed."""

import datetime as dt
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.ledger.entry import Entry
from langqiao.web.ledger.models import Transfer
from langqiao.web.ledger.posting import must_be_in_transaction
from langqiao.web.ledger.selectors import holds_open
from langqiao.web.ledger.services import Posted, group_post

EXPIRED_AT_ONCE = 500


def transfer_reverse(transfer_id: str, *, by: Any, business_date: dt.date, code: str = "correction") -> Posted:
    """Takes a moved transfer back whole by one that names it; the first stays as it is. A repetition has no second effect.

    Raises Refusal(ledger_reversal_differs) for what moved nothing, ledger_already_reversed by another group, ledger_overdrawn.
    """
    must_be_in_transaction()
    taken = Transfer.objects.filter(id=transfer_id).first()
    if taken is None or not taken.moved_fen:
        raise Refusal(
            "ledger_reversal_differs", _("There is no moved transfer %(id)s.") % {"id": transfer_id[:80]}, facts={"entry": transfer_id[:80]}
        )
    entry = Entry(
        id=f"reverse.{taken.seq}", phase="transfer", debit=taken.credit_id, credit=taken.debit_id, amount_fen=taken.amount_fen,
        reverses=taken.id, code=code, ref=taken.ref, business_date=business_date,
    )  # fmt: skip
    return group_post([entry], group=f"reverse.{taken.seq}", by=by)


def holds_expire(day: dt.date, *, by: Any) -> tuple[str, ...]:
    """Frees every hold whose last day lies before `day`, each in a transaction of its own; returns their ids.

    The day is the caller's: a replay with the same day frees the same holds. A hold that somebody resolves meanwhile is left alone.
    """
    freed = []
    for hold in holds_open(until=day).order_by("seq")[:EXPIRED_AT_ONCE]:
        entry = Entry(id=f"expire.{hold.seq}", phase="expire", pending_id=hold.id, code="hold.expired", ref=hold.ref, business_date=day)
        try:
            with transaction.atomic():
                group_post([entry], group=f"expire.{hold.seq}", by=by)
        except Refusal as refusal:
            if refusal.code not in {"ledger_hold_resolved", "ledger_id_taken", "idempotency_key_reused"}:
                raise
        else:
            freed.append(hold.id)
    return tuple(freed)


def account_close(account: str) -> None:
    """Closes an empty account: nothing can be posted to it. Raises Refusal(ledger_account_not_empty)."""
    _closed(account, closed=True)


def account_reopen(account: str) -> None:
    """Opens a closed account again."""
    _closed(account, closed=False)


def _closed(account: str, *, closed: bool) -> None:
    must_be_in_transaction()
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE ledger_account SET closed = %s WHERE id = %s", [closed, account])
            if cursor.rowcount != 1:
                raise Refusal(
                    "ledger_account_unknown", _("There is no account %(id)s.") % {"id": account[:80]}, facts={"account": account[:80]}
                )
    except IntegrityError as error:
        message = _("The account %(id)s has a balance or an amount on hold.") % {"id": account}
        raise Refusal("ledger_account_not_empty", message, facts={"account": account}) from error
