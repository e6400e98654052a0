"""An approved order as entries of the fund's own accounts: one group of the books, never another fund's."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from langqiao.engine.ledger.entry import Entry
from langqiao.web.funds.models import Order, Share
from langqiao.web.ledger.services import Posted, account_ensure, group_post
from langqiao.web.people.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """So many fen from one account to another; `code`: what it is where that is not the order's own kind."""

    debit: str
    credit: str
    amount: int
    code: str = ""


def order_post(order: Order, shares: Sequence[Share], *, by: User) -> Posted:
    """Posts the order, in the caller's transaction. Refused: ledger_overdrawn and what else `group_post` refuses."""
    moves = [move for move in MOVES[order.kind](order, shares) if move.amount]
    entries = [
        Entry(
            id=f"{order.fund.owner}/{order.pk}/{place}",
            phase="transfer",
            debit=move.debit,
            credit=move.credit,
            amount_fen=move.amount,
            code=f"fund.{move.code or order.kind}",
            ref=f"order/{order.pk}",
            business_date=order.on,
        )
        for place, move in enumerate(moves)
    ]
    return group_post(entries, group=f"{order.fund.owner}/{order.pk}", by=by)


def _account(order: Order, purpose: str, ref: object = "") -> str:
    return account_ensure(owner=order.fund.owner, purpose=purpose, ref=str(ref))


def _capital(order: Order, share: Share) -> str:
    return _account(order, "partner_capital", share.partner_id)


def _plain(debit: str, credit: str, ref: Callable[[Order], object] | None = None) -> "Moves":
    """One move of the whole amount between two purposes; `ref` is that of the one that has partners or projects."""
    of_partner_or_project = {"calls_receivable", "investment", "distribution_payable"}

    def moves(order: Order, shares: Sequence[Share]) -> list[Move]:  # noqa: ARG001 - one shape for all kinds
        def account(purpose: str) -> str:
            return _account(order, purpose, ref(order) if ref and purpose in of_partner_or_project else "")

        return [Move(debit=account(debit), credit=account(credit), amount=order.amount_fen)]

    return moves


def _call(order: Order, shares: Sequence[Share]) -> list[Move]:
    return [
        Move(debit=_account(order, "calls_receivable", share.partner_id), credit=_capital(order, share), amount=share.amount_fen)
        for share in shares
    ]


def _proceeds(order: Order, shares: Sequence[Share]) -> list[Move]:  # noqa: ARG001 - one shape for all kinds
    cash, invested, income = _account(order, "fund_cash"), _account(order, "investment", order.project_id), _account(order, "fund_income")
    gain = order.amount_fen - order.cost_fen
    rest = Move(debit=cash, credit=income, amount=gain) if gain >= 0 else Move(debit=income, credit=invested, amount=-gain)
    return [Move(debit=cash, credit=invested, amount=min(order.amount_fen, order.cost_fen)), rest]


def _distribution(order: Order, shares: Sequence[Share]) -> list[Move]:
    """Partners in default have their part kept back; the escrowed part of the carry stays in custody."""
    cash, escrowed = _account(order, "fund_cash"), order.result.get("escrow_fen", 0)
    paid = [
        Move(
            debit=_capital(order, share),
            credit=_account(order, "distribution_payable", share.partner_id) if share.parts.get("suspended") else cash,
            amount=share.amount_fen,
        )
        for share in shares
    ]
    carry = _account(order, "accrued_carry")
    return [
        *paid,
        Move(debit=carry, credit=cash, amount=order.result["carry_fen"] - escrowed),
        Move(debit=carry, credit=_account(order, "carry_escrow"), amount=escrowed) if escrowed else Move(debit="", credit="", amount=0),
    ]


def _equalization(order: Order, shares: Sequence[Share]) -> list[Move]:
    """The newcomer's capital and interest come in, and go to those who paid before; the interest is nobody's capital."""
    cash, interest = _account(order, "fund_cash"), _account(order, "equalization_interest")
    coming = [share for share in shares if share.amount_fen > 0]
    leaving = [share for share in shares if share.amount_fen < 0]

    def of(chosen: Iterable[Share], sign: int) -> list[Move]:
        moves = []
        for share in chosen:
            ends = ((cash, _capital(order, share)), (cash, interest))
            amounts = (sign * share.amount_fen, sign * share.parts.get("interest_fen", 0))
            moves += [
                Move(debit=end[0] if sign > 0 else end[1], credit=end[1] if sign > 0 else end[0], amount=amount)
                for end, amount in zip(ends, amounts, strict=True)
            ]
        return moves

    return [*of(coming, 1), *of(leaving, -1)]


def _forfeiture(order: Order, shares: Sequence[Share]) -> list[Move]:
    """What the partner in default loses goes to the others; what was called and not paid is no longer asked."""
    loser = next(share for share in shares if share.partner_id == order.partner_id)
    gone = _capital(order, loser)
    taken = [
        Move(debit=gone, credit=_capital(order, share), amount=share.amount_fen) for share in shares if share.partner_id != loser.partner_id
    ]
    owed = _account(order, "calls_receivable", loser.partner_id)
    return [*taken, Move(debit=gone, credit=owed, amount=loser.parts.get("cancelled_fen", 0), code="cancel")]


def _clawback(order: Order, shares: Sequence[Share]) -> list[Move]:
    """Escrow first, the manager the rest; all of it goes to the partners on the same day."""
    cash, carry = _account(order, "fund_cash"), _account(order, "accrued_carry")
    escrowed = order.result["from_escrow_fen"]
    back = [Move(debit=cash, credit=carry, amount=order.amount_fen - escrowed)]
    if escrowed:
        back.append(Move(debit=_account(order, "carry_escrow"), credit=carry, amount=escrowed))
    return [*back, *(Move(debit=_capital(order, share), credit=cash, amount=share.amount_fen) for share in shares)]


Moves = Callable[[Order, Sequence[Share]], list[Move]]
MOVES: Mapping[str, Moves] = {
    "call": _call,
    "receipt": _plain("fund_cash", "calls_receivable", lambda order: order.partner_id),
    "disbursement": _plain("investment", "fund_cash", lambda order: order.project_id),
    "proceeds": _proceeds,
    "distribution": _distribution,
    "expense": _plain("fund_expense", "fund_cash"),
    "fee_accrual": _plain("management_fee", "fee_payable"),
    "fee": _plain("fee_payable", "fund_cash"),
    "equalization": _equalization,
    "late_interest": _plain("fund_cash", "fund_income"),
    "forfeiture": _forfeiture,
    "release": _plain("distribution_payable", "fund_cash", lambda order: order.partner_id),
    "escrow_release": _plain("carry_escrow", "fund_cash"),
    "clawback": _clawback,
    "write_off": _plain("fund_income", "investment", lambda order: order.project_id),
}
"""How each kind of order is posted."""
