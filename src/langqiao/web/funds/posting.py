"""An approved order as entries of the fund's own accounts: one group of the books, never another fund's."""

from collections.abc import Sequence

from langqiao.engine.ledger.entry import Entry
from langqiao.web.funds.models import Order, Share
from langqiao.web.ledger.services import Posted, account_ensure, group_post
from langqiao.web.people.models import User


def order_post(order: Order, shares: Sequence[Share], *, by: User) -> Posted:
    """Posts the order, in the caller's transaction. Refused: ledger_overdrawn and what else `group_post` refuses."""
    moves = [(debit, credit, amount) for debit, credit, amount in _moves(order, shares) if amount]
    entries = [
        Entry(
            id=f"{order.fund.owner}/{order.pk}/{place}",
            phase="transfer",
            debit=debit,
            credit=credit,
            amount_fen=amount,
            code=f"fund.{order.kind}",
            ref=f"order/{order.pk}",
            business_date=order.on,
        )
        for place, (debit, credit, amount) in enumerate(moves)
    ]
    return group_post(entries, group=f"{order.fund.owner}/{order.pk}", by=by)


def _moves(order: Order, shares: Sequence[Share]) -> list[tuple[str, str, int]]:
    """(debit, credit, fen) of an order."""

    def account(purpose: str, ref: object = "") -> str:
        return account_ensure(owner=order.fund.owner, purpose=purpose, ref=str(ref))

    cash, amount = account("fund_cash"), order.amount_fen
    if order.kind == "call":
        return [
            (account("calls_receivable", share.partner_id), account("partner_capital", share.partner_id), share.amount_fen)
            for share in shares
        ]
    if order.kind == "receipt":
        return [(cash, account("calls_receivable", order.partner_id), amount)]
    if order.kind == "disbursement":
        return [(account("investment", order.project_id), cash, amount)]
    if order.kind == "proceeds":
        invested, income = account("investment", order.project_id), account("fund_income")
        gain = amount - order.cost_fen
        rest = [(cash, income, gain)] if gain >= 0 else [(income, invested, -gain)]
        return [(cash, invested, min(amount, order.cost_fen)), *rest]
    paid = [(account("partner_capital", share.partner_id), cash, share.amount_fen) for share in shares]
    return [*paid, (account("accrued_carry"), cash, order.result["carry_fen"])]
