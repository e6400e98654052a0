"""A patent as the right to spend the cost of a product and receive its value: European and American call options."""

import math
from fractions import Fraction
from typing import Literal

import numpy as np

from langqiao.engine.kernel.calculation import calculation
from langqiao.engine.kernel.number import Figure, Number, Positive
from langqiao.engine.kernel.record import record
from langqiao.engine.valuation.inputs import normal_cdf

STEPS = 1_000
"""Steps of the lattice: the least the contract allows."""


@record
class OptionInput:
    """`value` S of the product now and `cost` K to launch it, in one currency; `rate` and `dividend_yield` continuous; `variance` a year."""

    value: Positive
    cost: Positive
    years: Positive
    rate: Number
    variance: Positive
    dividend_yield: Number = Fraction(0)
    style: Literal["european", "american"] = "european"


@record
class OptionOutput:
    """`d1` and `d2` are null for an American option; `npv` is S − K, what launching now is worth."""

    option_value: Figure
    d1: Figure | None
    d2: Figure | None
    npv: Figure


@calculation(
    "valuation.option",
    title_zh="专利期权价值",
    title_en="Patent as a call option",
    formula_zh=(
        "欧式：S·e^(−yT)·N(d1) − K·e^(−rT)·N(d2)，d1 = (ln(S/K) + (r − y + σ²/2)·T) ÷ (σ√T)，d2 = d1 − σ√T。"
        "美式：1,000 步二叉树，每一步均可行权。对可立即实施的专利，欧式数值是下限；取常用的收益率 y = 1 ÷ 剩余寿命 时，二叉树约为其 1.6 至 1.8 倍。"
        "某教科书对 S 350、K 500、T 17、r 4 %、σ² 0.0625、y 5.88 % 印作 37.12：按其自身输入应为 26.62。"
    ),
    source="Black-Scholes-Merton; Cox, Ross, Rubinstein; Damodaran's patent-option example (Avonex: 907) [c]",
    example={
        "value": 3422,
        "cost": 2875,
        "years": 17,
        "rate": 0.067,
        "variance": 0.224,
        "dividend_yield": 0.058823529411764705,
        "style": "american",
    },
)
def option(given: OptionInput) -> OptionOutput:
    """European: S·e^(−yT)·N(d1) − K·e^(−rT)·N(d2), d1 = (ln(S/K) + (r − y + σ²/2)·T) / (σ√T), d2 = d1 − σ√T.

    American: binomial lattice of 1,000 steps with exercise at every step. The European figure is the lower bound for a patent that can be
    put to use at once; with the usual yield y = 1 / remaining life the lattice gives about 1.6 to 1.8 times it. A textbook prints 37.12 for
    S 350, K 500, T 17, r 4 %, σ² 0.0625, y 5.88 %: its own inputs give 26.62.
    """
    s, k, years, rate, yield_ = (float(x) for x in (given.value, given.cost, given.years, given.rate, given.dividend_yield))
    sigma = math.sqrt(given.variance)
    npv = float(given.value - given.cost)
    if given.style == "american":
        return OptionOutput(option_value=american_call(s, k, years, sigma, rate=rate, dividend_yield=yield_), d1=None, d2=None, npv=npv)
    d1, d2 = _distances(s, k, years, sigma, growth=rate - yield_)
    value = s * _growth(-yield_ * years, normal_cdf(d1)) - k * _growth(-rate * years, normal_cdf(d2))
    return OptionOutput(option_value=max(0.0, value), d1=d1, d2=d2, npv=npv)


def _growth(exponent: float, weight: float) -> float:
    """The product of weight and e^exponent, 0 where the weight is 0 whatever the exponent. Raises OverflowError."""
    return weight * math.exp(exponent) if weight else 0.0


def _distances(s: float, k: float, years: float, sigma: float, *, growth: float) -> tuple[float, float]:
    """d1 and d2, each from its own formula: the difference d1 − σ√T would lose digits where σ√T is large."""
    spread = sigma * math.sqrt(years)
    center = math.log(s / k) + growth * years
    return center / spread + spread / 2, center / spread - spread / 2


def american_call(s: float, k: float, years: float, sigma: float, *, rate: float, dividend_yield: float, steps: int = STEPS) -> float:
    """The value of a call with exercise at every step of a binomial lattice (Cox, Ross, Rubinstein).

    Worked in units of the product's value, where a node is worth at most 1, so that no volatility overflows. Where σ is so small that the
    up-probability would leave 0…1, the lattice is laid along the drift instead (up and down equally far from the growth path).
    """
    dt = years / steps
    width, growth = sigma * math.sqrt(dt), (rate - dividend_yield) * dt
    along_drift = width <= abs(growth)
    drift = growth if along_drift else 0.0
    up = -math.expm1(drift - growth - width) / -math.expm1(-2 * width)  # the up-probability with the product as numeraire
    keep = math.exp(-dividend_yield * dt)
    relative_cost = math.log(k / s)
    moves = np.arange(steps, -steps - 1, -2, dtype=float)
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        worth = np.maximum(0.0, -np.expm1(relative_cost - steps * drift - moves * width))
        for step in range(steps - 1, -1, -1):
            worth = keep * (up * worth[:-1] + (1 - up) * worth[1:])
            here = np.arange(step, -step - 1, -2, dtype=float)
            worth = np.maximum(worth, -np.expm1(relative_cost - step * drift - here * width))
    return max(s * float(worth[0]), s - k)
