"""What each method of an opinion says: three percentiles or a refusal, the inputs it used, and which of them matter most."""

import math
from fractions import Fraction
from typing import Literal

from langqiao.engine.kernel.money import Fen, Money, SignedMoney, round_half_up
from langqiao.engine.kernel.number import Figure
from langqiao.engine.kernel.record import Count, Date, Rows, Text, record

Method = Literal["relief_from_royalty", "market", "renewal", "cost"]
Role = Literal["estimate", "prior", "floor"]
"""estimate: of this patent; prior: of patents like it; floor: what it would cost to have it again, no estimate of value."""


@record
class UsedInput:
    """One input as it entered: figures, unit, and who says so. `confirmed` False marks a choice of Langqiao or a figure not confirmed."""

    name: Text
    base: Figure
    low: Figure | None = None
    high: Figure | None = None
    unit: Text = ""
    source: Text
    dated: Date | None = None
    by: Text = ""
    confirmed: bool = True


@record
class ValueBar:
    """The value with one input at its low and at its high figure and all others at their base."""

    name: Text
    low: Figure
    high: Figure
    value_at_low: SignedMoney
    value_at_high: SignedMoney
    swing: Money


@record
class DecayRow:
    """The renewal lens under one decay: the data do not tell decays apart, and least of all the mean."""

    decay: Figure
    weight: Figure
    median: Money
    p90: Money
    mean: Money


@record
class MethodResult:
    """One method. `status` given: it has figures; refused: `refusal` and `missing` say why not; not_asked: nothing was stated for it."""

    method: Method
    role: Role
    status: Literal["given", "refused", "not_asked"]
    p10: Money | None = None
    p50: Money | None = None
    p90: Money | None = None
    refusal: Text = ""
    message: Text = ""
    missing: Rows[Text] = ()
    inputs: Rows[UsedInput] = ()
    tornado: Rows[ValueBar] = ()
    notes: Rows[Text] = ()
    n: Count | None = None
    chance_next_fee_unpaid: Figure | None = None
    by_decay: Rows[DecayRow] = ()


def fen_of(amount: float) -> Fen:
    """Whole fen (1/100 of the currency) of a computed amount: what makes an opinion the same on every machine."""
    if not math.isfinite(amount):
        raise OverflowError("the amount is beyond the range of numbers")
    return round_half_up(Fraction(amount) * 100)


def bar(name: str, low: float, high: float, *, at_low: float, at_high: float) -> ValueBar:
    """A bar of the tornado."""
    down, up = fen_of(at_low), fen_of(at_high)
    return ValueBar(name=name, low=low, high=high, value_at_low=down, value_at_high=up, swing=abs(up - down))


def widest_first(bars: list[ValueBar]) -> tuple[ValueBar, ...]:
    """The bars that move the value at all, the widest first."""
    return tuple(sorted((one for one in bars if one.swing), key=lambda one: -one.swing))
