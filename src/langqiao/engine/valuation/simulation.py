"""The distribution of the royalties a patent saves when revenues wander and its owner lets it go once it no longer pays its fee."""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Any

import numpy as np
from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from langqiao.engine.kernel.calculation import BadInput, calculation
from langqiao.engine.kernel.number import Figure, NotNegative, Rate, Share
from langqiao.engine.kernel.record import Count, Rows, Text, count, record
from langqiao.engine.valuation.inputs import MAX_YEARS, Timing, discount, periods

MAX_DRAWS = 200_000
MAX_CELLS = 40_000_000
"""Draws × years of one calculation: about a second of work."""
COMPACT_BELOW = 0.7
"""Paths are gathered anew once fewer than this part of them is alive."""
MAX_SPREAD = 20.0
"""The largest log standard deviation (a year, and of the royalty): beyond it no double holds the paths."""

Floats = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """One patent: expected `revenues` and `fees` of years 1…n, royalty on revenue, and how both may wander.

    `volatility`: standard deviation of the yearly log change of revenue; `royalty_log_sd`: of the log of the royalty, drawn once.
    """

    revenues: tuple[float, ...]
    fees: tuple[float, ...]
    royalty_rate: float
    discount_rate: float
    tax_rate: float
    volatility: float
    royalty_log_sd: float
    timing: Timing = "year_end"


def generator_for(seed: int, name: str = "") -> np.random.Generator:
    """The stream of one patent: it depends on the seed and the patent's name, never on its neighbors in a portfolio."""
    key = (int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]),) if name else ()
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=key)))


def simulate(prospect: Prospect, pairs: int, generator: np.random.Generator) -> Floats:
    """Present values of 2 · `pairs` scenarios; scenario i and i + pairs are mirror images (antithetic: every shock with both signs).

    Each year the owner compares the royalty saved with the fee and lets the right go for good when it is smaller, so a path that lapsed
    costs no further draws. Fees lower the taxed income. The wandering factors have expectation 1.
    """
    factor = np.exp(prospect.royalty_log_sd * generator.standard_normal(pairs)) if prospect.royalty_log_sd else np.ones(pairs)
    paths = np.concatenate([factor, 1 / factor])
    values, alive = np.zeros(2 * pairs), np.arange(pairs)
    variance = prospect.royalty_log_sd**2
    kept = 1 - prospect.tax_rate
    for year, years in enumerate(periods(len(prospect.revenues), prospect.timing)):
        if prospect.volatility:
            _shake(paths, prospect.volatility, generator)
            variance += prospect.volatility**2
        present = kept * discount(prospect.discount_rate, years)
        surplus = paths * (prospect.revenues[year] * prospect.royalty_rate * math.exp(-variance / 2) * present)
        fee = prospect.fees[year]
        if fee:
            surplus -= fee * present
            lapsed = surplus < 0
            paths[lapsed] = 0.0
            surplus[lapsed] = 0.0
        _add(values, alive, surplus)
        if fee:
            paths, alive = _compacted(paths, alive)
            if not len(alive):
                break
    return values


def _shake(paths: Floats, volatility: float, generator: np.random.Generator) -> None:
    """One year's log change on both halves, with opposite signs."""
    half = len(paths) // 2
    shock = generator.standard_normal(half)
    shock *= volatility
    np.exp(shock, out=shock)
    paths[:half] *= shock
    paths[half:] /= shock


def _add(values: Floats, alive: np.ndarray[Any, np.dtype[np.intp]], surplus: Floats) -> None:
    pairs, half = len(values) // 2, len(alive)
    if half == pairs:
        values += surplus
    else:
        values[alive] += surplus[:half]
        values[alive + pairs] += surplus[half:]


def _compacted(paths: Floats, alive: np.ndarray[Any, np.dtype[np.intp]]) -> tuple[Floats, np.ndarray[Any, np.dtype[np.intp]]]:
    """The paths without the pairs of which both have lapsed, if there are enough of those to be worth the copying."""
    half = len(alive)
    living = (paths[:half] > 0) | (paths[half:] > 0)
    if np.count_nonzero(living) > COMPACT_BELOW * half:
        return paths, alive
    return np.concatenate([paths[:half][living], paths[half:][living]]), alive[living]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Of a set of scenarios: percentiles, mean with the standard error that the mirrored pairs give it, and the part worth nothing."""

    p10: float
    p50: float
    p90: float
    mean: float
    standard_error: float
    worthless: float


def spread_of(values: Floats) -> Spread:
    """Percentiles (linear between order statistics) and mean of the values that `simulate` returned."""
    pairs = len(values) // 2
    p10, p50, p90 = (float(x) for x in np.quantile(values, [0.1, 0.5, 0.9]))
    middles = (values[:pairs] + values[pairs:]) / 2
    error = float(middles.std(ddof=1)) / math.sqrt(pairs)
    return Spread(p10=p10, p50=p50, p90=p90, mean=float(values.mean()), standard_error=error, worthless=float((values <= 0).mean()))


def simulate_portfolio(named: Sequence[tuple[str, Prospect]], pairs: int, seed: int) -> dict[str, Spread]:
    """The spread of each patent of a portfolio; the order and the company a patent is in change nothing."""
    return {name: spread_of(simulate(prospect, pairs, generator_for(seed, name))) for name, prospect in named}


def _yearly(value: Sequence[Any]) -> Sequence[Any]:
    if not 1 <= len(value) <= MAX_YEARS:
        raise PydanticCustomError(
            "list_length", "the list has {n} entries; 1 to {limit} are allowed", {"n": len(value), "limit": MAX_YEARS}
        )
    return value


@record
class MonteCarloInput:
    """As relief from royalty, with `annual_fees` of the same years (default none), how figures wander, `draws` (even) and `seed`."""

    revenues: Annotated[Rows[NotNegative], AfterValidator(_yearly)]
    royalty_rate: Rate
    discount_rate: Rate
    tax_rate: Share
    timing: Timing = "year_end"
    revenue_volatility: Rate
    royalty_log_sd: Rate = Fraction(0)
    annual_fees: Rows[NotNegative] = ()
    draws: Annotated[int, *count(100, MAX_DRAWS)] = 10_000
    seed: Count


@record
class MonteCarloOutput:
    """Percentiles over scenarios, mean and its standard error, the share of scenarios worth nothing, and what repeats the figures bit for bit."""

    p10: Figure
    p50: Figure
    p90: Figure
    mean: Figure
    standard_error: Figure
    worthless_share: Figure
    draws: Count
    seed: Count
    generator: Text


@calculation(
    "valuation.monte_carlo",
    title_zh="蒙特卡罗估值",
    title_en="Monte Carlo of royalties saved",
    formula_zh=(
        "Σ (收入_t·X_t·费率·Y − 年费_t)·(1 − τ)·(1 + k)^−s，直到许可费首次低于年费的年份为止；ln X 为随机游走，ln Y 为正态。"
        "对偶抽样；同一种子结果逐位相同（所装 numpy 的 PCG64）。不计年费时平均值趋于许可费节省法的结果。"
    ),
    source="Simulation of relief from royalty with lapse at the fee (the stopping rule of Schankerman and Pakes) [d]",
    example={
        "revenues": [1000000, 1100000, 1200000, 1300000, 1400000],
        "royalty_rate": 0.05,
        "discount_rate": 0.12,
        "tax_rate": 0.25,
        "revenue_volatility": 0.3,
        "royalty_log_sd": 0.4,
        "annual_fees": [2000, 2000, 4000, 4000, 4000],
        "draws": 10000,
        "seed": 20260630,
    },
)
def monte_carlo(given: MonteCarloInput) -> MonteCarloOutput:
    """Σ (revenue_t·X_t·royalty·Y − fee_t)·(1 − τ)·(1 + k)^−s up to the first year whose royalty is below its fee; ln X a walk, ln Y normal.

    Antithetic pairs; same seed, same bits (PCG64 of the installed numpy). Without fees the mean tends to the relief-from-royalty figure.
    """
    if given.annual_fees and len(given.annual_fees) != len(given.revenues):
        message = f"{len(given.annual_fees)} fees for {len(given.revenues)} years of revenue"
        raise BadInput("inconsistent", message, "annual_fees")
    if given.draws % 2:
        raise BadInput("not_allowed", "scenarios come in mirrored pairs: draws must be even", "draws")
    if given.draws * len(given.revenues) > MAX_CELLS:
        raise BadInput("out_of_range", f"draws times years is above {MAX_CELLS}", "draws")
    for field in ("revenue_volatility", "royalty_log_sd"):
        if getattr(given, field) > MAX_SPREAD:
            raise BadInput("out_of_range", f"a log standard deviation above {MAX_SPREAD} leaves the range of numbers", field)
    prospect = Prospect(
        revenues=tuple(map(float, given.revenues)),
        fees=tuple(map(float, given.annual_fees)) or (0.0,) * len(given.revenues),
        royalty_rate=float(given.royalty_rate),
        discount_rate=float(given.discount_rate),
        tax_rate=float(given.tax_rate),
        volatility=float(given.revenue_volatility),
        royalty_log_sd=float(given.royalty_log_sd),
        timing=given.timing,
    )
    with np.errstate(over="ignore", invalid="ignore", under="ignore", divide="ignore"):
        found = spread_of(simulate(prospect, given.draws // 2, generator_for(given.seed)))
    return MonteCarloOutput(
        p10=found.p10,
        p50=found.p50,
        p90=found.p90,
        mean=found.mean,
        standard_error=found.standard_error,
        worthless_share=found.worthless,
        draws=given.draws,
        seed=given.seed,
        generator="numpy PCG64, antithetic pairs",
    )
