"""What owners reveal by paying renewal fees: survival, and the value of a right that is kept while its return covers the fee."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from langqiao.engine.kernel.calculation import BadInput, calculation
from langqiao.engine.kernel.number import Figure, Number, Positive, PositiveShare, Rate
from langqiao.engine.kernel.record import Rows, record
from langqiao.engine.valuation.inputs import P90, PositivePerYear, normal_cdf

TINY = 1e-300
"""Stands in for a weight that no double holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalModel:
    """Schankerman and Pakes (1986): return r_a = r_0·e^(−decay·a), ln r_0 ~ N(mu, sigma²), kept while what a fee buys covers it.

    Fee k falls due at `ages[k]` and buys `spans[k]` years (default: a fee for each of the years 1…n). Fees do not fall, so the fees paid are
    always a first stretch of the list. `discount_factor` β a year.
    """

    mu: float
    sigma: float
    decay: float
    fees: tuple[float, ...]
    discount_factor: float
    ages: tuple[int, ...] = ()
    spans: tuple[int, ...] = ()

    def stages(self) -> list[tuple[int, int, float]]:
        """(age, years bought, fee) of every fee."""
        count = len(self.fees)
        return list(zip(self.ages or range(1, count + 1), self.spans or (1,) * count, self.fees, strict=True))

    def weight(self, age: int, span: int) -> float:
        """The return of the years age … age + span − 1 of a right with r_0 = 1, discounted to `age`."""
        return math.fsum(self.discount_factor**ahead * math.exp(-self.decay * (age + ahead)) for ahead in range(span))

    def thresholds(self) -> list[float]:
        """The log of the least initial return for which each fee is paid, not falling."""
        return list(accumulate((self.threshold(age, span, fee) for age, span, fee in self.stages()), max))

    def threshold(self, age: int, span: int, fee: float) -> float:
        """The log of fee ÷ weight; with one year bought it is exactly ln fee + decay·age, however large the decay."""
        if span == 1:
            return math.log(fee) + self.decay * age
        return math.log(fee) - math.log(max(self.weight(age, span), TINY))

    def survival(self) -> list[float]:
        """The part of all rights for which each fee is paid."""
        return [normal_cdf((self.mu - threshold) / self.sigma) for threshold in self.thresholds()]

    def value(self, initial_return: float, *, after: int = 0) -> float:
        """V(r_0) of the fees still to come at the end of year `after`, discounted to that day; never below 0.

        As returns fall and fees do not, the fees worth paying are those whose years bring more, so the best stop is the sum of the surpluses.
        """
        return math.fsum(
            self.discount_factor ** (age - after) * max(0.0, initial_return * self.weight(age, span) - fee)
            for age, span, fee in self.stages()
            if age > after
        )

    def bought(self, initial_return: float, *, after: int) -> float:
        """What the years after `after` bring that no fee is still asked for, discounted to that day: bought already, or before the first fee."""
        return initial_return * math.fsum(
            self.discount_factor ** (year - after) * math.exp(-self.decay * year) for year in self.free_years(after)
        )

    def free_years(self, after: int) -> list[int]:
        """The years after `after` that are paid for, or lie before the first fee."""
        stages = self.stages()
        before = list(range(after + 1, stages[0][0]))
        return before + [year for age, span, _ in stages if age <= after for year in range(after + 1, age + span)]

    def quantile(self, z: float) -> float:
        """The value of the right whose ln r_0 lies z standard deviations above mu: V rises with r_0, so this is the exact quantile."""
        return self.value(math.exp(self.mu + self.sigma * z))

    def mean(self) -> float:
        """E[V] in closed form: every fee is the strike of a call on the lognormal return, and V is their discounted sum."""
        return math.fsum(self.discount_factor**age * self._surplus(age, span, fee) for age, span, fee in self.stages())

    def _surplus(self, age: int, span: int, fee: float) -> float:
        """E[max(0, r_0·weight − fee)]."""
        distance = (self.mu - self.threshold(age, span, fee)) / self.sigma
        chance = normal_cdf(distance + self.sigma)
        if not chance:
            return 0.0
        return math.exp(self.mu + self.sigma**2 / 2) * self.weight(age, span) * chance - fee * normal_cdf(distance)


@record
class RenewalInput:
    """`mu`, `sigma` of the log of the initial return, in the currency of the fees; `decay` of the return a year; `fees` of years 1…n."""

    mu: Number
    sigma: Positive
    decay: Rate
    fees: PositivePerYear
    discount_factor: PositiveShare


@record
class RenewalValue:
    """Of V over all rights: expectation, median, and the value that one right in ten exceeds."""

    mean: Figure
    median: Figure
    p90: Figure


@record
class RenewalOutput:
    """`survival`: the part of rights kept in each year; `value`: of a right at grant of year 0."""

    survival: Rows[Figure]
    value: RenewalValue


@calculation(
    "valuation.renewal",
    title_zh="续展行为估值",
    title_en="Value from renewal behavior",
    formula_zh=(
        "S_a = 1 − Φ((max_{s ≤ a}(ln 年费_s + δ·s) − μ) ÷ σ)；V(r_0) = max_T Σ_{a ≤ T} β^a·(r_0·e^(−δa) − 年费_a)。"
        "分位数为精确值 V(e^(μ + σz))；平均值为对数正态看涨期权之和。续展数据能确定中位数，不能确定平均值："
        "衰减率假设从每年 5 % 变到 20 %，同样的存续率对应的平均值可相差八十倍。"
    ),
    source="Schankerman and Pakes 1986 [c]; figures [d]",
    example={
        "mu": 9.0,
        "sigma": 1.5,
        "decay": 0.16251892949777494,
        "fees": [900] * 3 + [1200] * 3 + [2000] * 3 + [4000] * 3 + [6000] * 3 + [8000] * 5,
        "discount_factor": 0.9090909090909091,
    },
)
def renewal(given: RenewalInput) -> RenewalOutput:
    """S_a = 1 − Φ((max over s ≤ a of (ln fee_s + δ·s) − μ) / σ); V(r_0) = max over T of Σ_{a ≤ T} β^a·(r_0·e^(−δa) − fee_a).

    Quantiles are exact, V(exp(μ + σz)); the mean is a sum of lognormal calls. Renewal data identify the median, not the mean: the same
    survival is fitted by means that differ eighty-fold as the assumed decay goes from 5 to 20 % a year.
    """
    for year, (earlier, later) in enumerate(pairwise(given.fees), start=1):
        if later < earlier:
            raise BadInput("inconsistent", f"fees must not fall: year {year + 1} costs less than year {year}", f"fees[{year}]")
    model = RenewalModel(
        mu=float(given.mu),
        sigma=float(given.sigma),
        decay=float(given.decay),
        fees=tuple(float(fee) for fee in given.fees),
        discount_factor=float(given.discount_factor),
    )
    value = RenewalValue(mean=max(0.0, model.mean()), median=model.quantile(0.0), p90=model.quantile(P90))
    return RenewalOutput(survival=tuple(model.survival()), value=value)


def fees_do_not_fall(fees: Sequence[float]) -> bool:
    """Whether a fee schedule is one the model covers."""
    return all(earlier <= later for earlier, later in pairwise(fees))
