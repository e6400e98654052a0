"""How the price of a deal is divided to the fen: platform, broker, tax, holdback, the pledgee's debt, and the owners by their shares."""

from collections.abc import Sequence
from fractions import Fraction

from langqiao.engine.kernel.allocation import largest_remainder
from langqiao.engine.kernel.calculation import calculation
from langqiao.engine.kernel.money import Fen, Money, PositiveMoney, fen_to_yuan, round_half_up
from langqiao.engine.kernel.number import PositiveShare, Share
from langqiao.engine.kernel.record import Rows, Text, record
from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.operations.outcome import Account, Transfer
from langqiao.engine.operations.title import Owner, full_shares

ESCROW = Account(role="escrow")
NONE = Fraction(0)


@record
class SplitOwner:
    """A co-owner; without any share stated the owners share equally."""

    name: Text
    share: PositiveShare | None = None


@record
class SplitInput:
    """Rates are shares of the price; `pledge_debt` is what the pledgee is still owed and gets first out of the owners' proceeds."""

    price: PositiveMoney
    owners: Rows[SplitOwner]
    platform_fee_rate: Share = NONE
    broker_rate: Share = NONE
    tax_rate: Share = NONE
    holdback_rate: Share = NONE
    pledge_debt: Money = 0


@record
class SplitOutput:
    """The parts sum to the price exactly; `proceeds` are what is left to the owners, `owners` its division."""

    platform_fee: Money
    broker: Money
    tax: Money
    holdback: Money
    pledgee: Money
    proceeds: Money
    owners: dict[Text, Money]


@calculation(
    "deal.settle",
    title_zh="成交价款结算",
    title_en="Division of the price of a deal",
    formula_zh=(
        "平台费、经纪费、税款和留存款各为 费率 × 成交价，四舍五入到分；余额归权利人。"
        "质押的权利先由质权人得 min(债务, 余额)（《民法典》第444条：价款提前清偿债务）；"
        "其余按权利人份额以最大余数法分配（普通许可费见《专利法》第14条）。各部分之和等于成交价。"
    ),
    source="Patent Law 14; Civil Code 444; order and rounding are Langqiao's [d]",
    refusals=("deductions_above_price", "owner_shares_do_not_sum"),
    example={
        "price": "1000000.00", "platform_fee_rate": 0.02, "broker_rate": 0.03, "holdback_rate": 0.1, "pledge_debt": "200000.00",
        "owners": [{"name": "X", "share": 0.5}, {"name": "Y", "share": 0.3}, {"name": "Z", "share": 0.2}],
    },
)  # fmt: skip
def settle(given: SplitInput) -> SplitOutput:
    """Fee, broker, tax and holdback are each rate × price, rounded half up to the fen; the rest are the owners' proceeds.

    On a pledged right the pledgee gets min(debt, proceeds) first (Civil Code 444: the proceeds prepay the debt). What is left is divided
    among the owners by shares with the largest remainder (Patent Law 14 for the fee of an ordinary license). The parts sum to the price.
    """
    rates = (given.platform_fee_rate, given.broker_rate, given.tax_rate, given.holdback_rate)
    fee, broker, tax, holdback = (round_half_up(given.price * rate) for rate in rates)
    net = given.price - fee - broker - tax - holdback
    if net < 0:
        message = f"the deductions of {fen_to_yuan(given.price - net)} exceed the price of {fen_to_yuan(given.price)}"
        raise Refusal("deductions_above_price", message, facts={"price": fen_to_yuan(given.price)})
    pledgee = min(net, given.pledge_debt)
    owners = divide(net - pledgee, [Owner(name=owner.name, share=owner.share) for owner in given.owners])
    return SplitOutput(
        platform_fee=fee, broker=broker, tax=tax, holdback=holdback, pledgee=pledgee, proceeds=net - pledgee, owners=owners
    )  # fmt: skip


def divide(amount: Fen, owners: Sequence[Owner]) -> dict[str, Fen]:
    """An amount by the owners' shares, to the fen. Raises Refusal(owner_shares_do_not_sum)."""
    if not owners:
        raise Refusal("owner_shares_do_not_sum", "no owner is named", facts={"total": "0"})
    shares = full_shares(owners)
    return dict(zip(shares, largest_remainder(amount, list(shares.values())), strict=True))


def releases(split: SplitOutput) -> tuple[Transfer, ...]:
    """The transfers out of escrow that carry a split out; parts of zero make none."""
    parts: list[tuple[Account, Fen]] = [
        (Account(role="platform_fee"), split.platform_fee),
        (Account(role="broker"), split.broker),
        (Account(role="tax"), split.tax),
        (Account(role="holdback"), split.holdback),
        (Account(role="pledgee"), split.pledgee),
        *((Account(role="seller", party=name), amount) for name, amount in split.owners.items()),
    ]
    return tuple(
        Transfer(key=f"release:{account.role}:{account.party}", phase="transfer", source=ESCROW, target=account, amount_fen=amount)
        for account, amount in parts
        if amount
    )
