"""What steps of a deal do with money: hold on payment, post on performance, void on refund, release by the split."""

import datetime as dt
from fractions import Fraction

from langqiao.engine.operations.deal import Call, Result
from langqiao.engine.operations.outcome import Account, Deadline, Phase, Transfer
from langqiao.engine.operations.settlement import ESCROW, SplitInput, SplitOutput, SplitOwner, releases, settle
from langqiao.engine.operations.terms import Payment

PRICE = "price"
"""The key of the hold of the price."""


def platform_rate(payment: Payment, call: Call) -> Fraction:
    """The fee agreed, or the market's own of the day."""
    if payment.platform_fee_rate is not None:
        return payment.platform_fee_rate
    return Fraction(str(call.parameters.value("market.platform_fee_rate", call.today)))


def split_of(call: Call) -> SplitOutput:
    """The division of the price; a sub-licensor is paid alone, the owners of the right by their shares otherwise (Patent Law 14)."""
    facts, payment = call.facts, call.facts.payment
    alone = call.operation.kind == "sublicense" or not facts.owners
    owners = (SplitOwner(name=facts.seller),) if alone else tuple(SplitOwner(name=o.name, share=o.share) for o in facts.owners)
    prepays = facts.pledged(call.today) and facts.pledge_route == "prepay"
    return settle(
        SplitInput(
            price=facts.price_fen,
            owners=owners,
            platform_fee_rate=platform_rate(payment, call),
            broker_rate=payment.broker_rate,
            tax_rate=payment.tax_rate,
            holdback_rate=payment.holdback_rate,
            pledge_debt=facts.pledge_debt_fen if prepays else 0,
        )
    )


def _price(call: Call, phase: Phase, expires_on: dt.date | None = None) -> tuple[Transfer, ...]:
    if not call.facts.due_fen:
        return ()
    buyer = Account(role="buyer", party=call.facts.buyer)
    return (Transfer(key=PRICE, phase=phase, source=buyer, target=ESCROW, amount_fen=call.facts.due_fen, expires_on=expires_on),)


def fund(call: Call) -> Result:
    """Holds what is due for the life of a hold."""
    until = call.today + dt.timedelta(days=call.parameters.value("market.escrow_hold_days", call.today))
    due = Deadline(code="escrow_hold", on=until, consequence="refunded")
    return Result(transfers=_price(call, "hold", until), deadlines=(due,))


def post(call: Call) -> tuple[Transfer, ...]:
    """Posts the held price into escrow."""
    return _price(call, "post")


def refund(call: Call) -> Result:
    """Voids the hold and gives a deposit back: the buyer has all its money again."""
    return Result(transfers=(*_price(call, "void"), *return_deposit(call).transfers))


def return_deposit(call: Call) -> Result:
    """The deposit of an auction back from escrow."""
    amount = call.facts.payment.deposit_fen
    buyer = Account(role="buyer", party=call.facts.buyer)
    back = Transfer(key="deposit:returned", phase="transfer", source=ESCROW, target=buyer, amount_fen=amount)
    return Result(transfers=(back,) if amount else ())


def settle_deal(call: Call) -> Result:
    """Releases the price by the split; the owners' part of a pledged right goes to deposit where it does not prepay (Civil Code 444)."""
    if not call.facts.price_fen:
        return Result()
    deposited = call.facts.pledged(call.today) and call.facts.pledge_route == "deposit"
    transfers = releases(split_of(call))
    return Result(transfers=tuple(_deposited(transfer) if deposited else transfer for transfer in transfers))


def _deposited(transfer: Transfer) -> Transfer:
    if transfer.target.role != "seller":
        return transfer
    target = Account(role="pledge_deposit", party=transfer.target.party)
    return Transfer(key=transfer.key, phase=transfer.phase, source=transfer.source, target=target, amount_fen=transfer.amount_fen)
