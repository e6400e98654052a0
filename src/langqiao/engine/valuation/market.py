"""What comparable patents fetched: the price per patent with its dispersion, unsold lots entering as censored prices."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from langqiao.engine.kernel.calculation import BadInput, calculation
from langqiao.engine.kernel.number import Figure, Positive
from langqiao.engine.kernel.record import Count, Flag, PositiveCount, Rows, Text, record
from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.valuation.inputs import P90, normal_cdf

MAX_ROUNDS = 2_000
FAR_TAIL = -30.0
"""Below this many deviations the ratio φ/Φ is taken from its expansion, because Φ itself underflows."""


@record
class Comparable:
    """One lot: what was paid if `sold`, else the reserve nobody met; `patents` in the lot; `quality` on any positive scale, all on the same."""

    label: Text
    price: Positive
    sold: Flag
    patents: PositiveCount = 1
    quality: Positive | None = None


@record
class MarketInput:
    """Lots in one currency; with `subject_quality` each price is scaled by subject quality / lot quality (DB1304/T 432-2023)."""

    comparables: Rows[Comparable]
    subject_quality: Positive | None = None


@record
class MarketOutput:
    """Per patent. `median` of the lognormal fit; `p10`, `p90` for one more patent (null with fewer than two different sold prices).

    `mean_of_sold` is shown because others quote it: it leaves out what did not sell, and is not the value.
    """

    sold: Count
    unsold: Count
    median: Figure
    p10: Figure | None
    p90: Figure | None
    log_sd: Figure | None
    log_standard_error: Figure | None
    mean_of_sold: Figure
    warnings: Rows[Text]


@calculation(
    "valuation.market",
    title_zh="市场法（可比交易）",
    title_en="Market comparables",
    formula_zh=(
        "价格取对数后服从正态分布：ln 价格 ~ N(m, s²)；成交标的取每件价格，未成交标的低于其保留价；m、s 用最大似然估计。"
        "p10 与 p90 为 e^(m ± 1.2816·s'·√(1 + 1/n))，s'² = s²·n/(n − 1)，n 为成交数：是再来一件专利的区间，不是平均值的区间。"
    ),
    source="Hedonic and auction studies: unsold lots are censored prices [c]; V_i·Q/Q_i of DB1304/T 432-2023 [c]; lognormal fit [d]",
    example={
        "comparables": [
            {"label": "lot 1", "price": 150000, "sold": True},
            {"label": "lot 2", "price": 320000, "sold": True, "patents": 2},
            {"label": "lot 3", "price": 90000, "sold": True},
            {"label": "lot 4", "price": 400000, "sold": False},
        ]
    },
    refusals=("no_comparables",),
)
def market(given: MarketInput) -> MarketOutput:
    """Log prices are normal, ln price ~ N(m, s²); a sold lot has its price per patent, an unsold one lies below its reserve; m, s by maximum likelihood.

    p10 and p90 are e^(m ± 1.2816·s'·√(1 + 1/n)), s'² = s²·n/(n − 1), n = lots sold: the range of one more patent, not of the average.
    """
    lots = [(math.log(_per_patent(given, index)), lot.sold) for index, lot in enumerate(given.comparables)]
    sold = [price for price, was_sold in lots if was_sold]
    reserves = [price for price, was_sold in lots if not was_sold]
    if not sold:
        message = f"none of {len(lots)} lots was sold: there is no comparable price" if lots else "no comparable deal was given"
        raise Refusal("no_comparables", message, facts={"unsold": len(lots)})
    fit = fit_censored(sold, reserves)
    spread = None if fit.sd is None else fit.sd * math.sqrt(len(sold) / (len(sold) - 1))
    reach = None if spread is None else P90 * spread * math.sqrt(1 + 1 / len(sold))
    return MarketOutput(
        sold=len(sold),
        unsold=len(reserves),
        median=math.exp(fit.mean),
        p10=None if reach is None else math.exp(fit.mean - reach),
        p90=None if reach is None else math.exp(fit.mean + reach),
        log_sd=spread,
        log_standard_error=None if spread is None else spread / math.sqrt(len(sold)),
        mean_of_sold=fmean(math.exp(price) for price in sold),
        warnings=tuple(_warnings(given, sold, reserves)),
    )


def _per_patent(given: MarketInput, index: int) -> float:
    lot = given.comparables[index]
    price = lot.price / lot.patents
    if given.subject_quality is None:
        return float(price)
    if lot.quality is None:
        raise BadInput("inconsistent", "with a subject quality every lot needs its own", f"comparables[{index}].quality")
    return float(price * given.subject_quality / lot.quality)


def _warnings(given: MarketInput, sold: Sequence[float], reserves: Sequence[float]) -> list[str]:
    found = []
    if len(sold) < 5:
        found.append("few_comparables")
    if not reserves:
        found.append("no_unsold_lots_reported")
    if any(lot.patents > 1 for lot in given.comparables):
        found.append("lots_of_several_patents")
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class CensoredFit:
    """Mean and standard deviation of log prices; `sd` is None where the sold prices do not differ."""

    mean: float
    sd: float | None


def fit_censored(sold: Sequence[float], reserves: Sequence[float]) -> CensoredFit:
    """Maximum likelihood of a normal from values `sold` and upper bounds `reserves`, by expectation and maximization."""
    mean = fmean(sold)
    variance = fmean((price - mean) ** 2 for price in sold)
    if variance < 1e-18:
        return CensoredFit(mean=mean, sd=None)
    total = len(sold) + len(reserves)
    for _ in range(MAX_ROUNDS if reserves else 0):
        hidden = [_below(bound, mean, math.sqrt(variance)) for bound in reserves]
        new_mean = (math.fsum(sold) + math.fsum(first for first, _ in hidden)) / total
        squares = math.fsum((price - new_mean) ** 2 for price in sold) + math.fsum(
            spread + (first - new_mean) ** 2 for first, spread in hidden
        )
        moved = abs(new_mean - mean) + abs(squares / total - variance)
        mean, variance = new_mean, squares / total
        if moved < 1e-12:
            break
    return CensoredFit(mean=mean, sd=math.sqrt(variance))


def _below(bound: float, mean: float, sd: float) -> tuple[float, float]:
    """Mean and variance of a normal value known to lie below `bound`."""
    distance = (bound - mean) / sd
    if distance < FAR_TAIL:
        ratio = -distance + 1 / -distance
    else:
        ratio = math.exp(-distance * distance / 2) / math.sqrt(2 * math.pi) / normal_cdf(distance)
    return mean - sd * ratio, sd * sd * max(0.0, 1 - ratio * (ratio + distance))
