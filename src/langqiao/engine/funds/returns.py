"""Returns of a fund from its dated flows: XIRR with every root counted, multiples, and the public market equivalent."""

import datetime as dt
from collections.abc import Sequence
from fractions import Fraction
from typing import Literal

import pyxirr

from langqiao.engine.funds.roots import log_roots, rate, sign_changes
from langqiao.engine.kernel.calculation import BadInput, calculation
from langqiao.engine.kernel.number import Figure, NotNegative, Number, Positive
from langqiao.engine.kernel.record import Date, Rows, record

WIDEST_RATE = 1e12
"""A rate a year above this is left to the exact search."""
RESIDUAL = 1e-12
"""What is left of the present value at a root, as a share of the flows' sum."""
RootProblem = Literal["no_sign_change", "multiple_roots"]


@record
class ReturnsInput:
    flows: Rows[tuple[Date, Number]]
    nav: NotNegative = Fraction(0)
    nav_on: Date | None = None
    index: Rows[Positive] | None = None


@record
class ReturnsOutput:
    xirr: Figure | None
    problem: RootProblem | None
    roots: Rows[Figure]
    dpi: Figure | None
    rvpi: Figure | None
    tvpi: Figure | None
    ks_pme: Figure | None
    paid_in: Figure
    received: Figure


def xirr(days: Sequence[dt.date], amounts: Sequence[float]) -> tuple[float | None, RootProblem | None, list[float]]:
    """The rate r > −1 with Σ amount / (1 + r)^(days/365) = 0, or None with the reason, and every root found.

    One change of sign means one root, which pyxirr finds; more changes mean that all roots are sought, and several give no rate. Flows that
    cancel on each of their days are worth nothing at any rate: several roots.
    """
    netted: dict[dt.date, float] = {}
    for day, amount in zip(days, amounts, strict=True):
        netted[day] = netted.get(day, 0.0) + amount
    dated = sorted((day, amount) for day, amount in netted.items() if amount)
    values = [amount for _, amount in dated]
    changes = sign_changes(values)
    if not values and any(amounts):
        return None, "multiple_roots", []
    if not changes:
        return None, "no_sign_change", []
    years = [(day - dated[0][0]).days / 365 for day, _ in dated]
    if changes == 1:
        found = _polished(years, values, pyxirr.xirr([day for day, _ in dated], values, silent=True))
        if found is not None:
            return found, None, [found]
    roots = [rate(y) for y in log_roots(years, values)]
    if len(roots) == 1:
        return roots[0], None, roots
    return None, ("multiple_roots" if roots else "no_sign_change"), roots


def _polished(years: Sequence[float], values: Sequence[float], found: float | None) -> float | None:
    """A root that a solver left at its tolerance, brought to the last digits by two steps of Newton; None if it is no root."""
    for _ in range(2):
        if found is None or not -1 < found < WIDEST_RATE:
            return None
        present = [value / (1 + found) ** year for year, value in zip(years, values, strict=True)]
        slope = sum(year * part for year, part in zip(years, present, strict=True))
        found = found + sum(present) / slope * (1 + found) if slope else None
    return found if found is not None and _vanishes(years, values, found) else None


def _vanishes(years: Sequence[float], values: Sequence[float], found: float) -> bool:
    if found <= -1:
        return False
    present = [value / (1 + found) ** year for year, value in zip(years, values, strict=True)]
    return abs(sum(present)) <= RESIDUAL * sum(map(abs, present))


@calculation(
    "fund.returns",
    title_zh="基金收益指标",
    title_en="Returns of a fund",
    formula_zh=(
        "XIRR 解 Σ 现金流 ÷ (1 + r)^(距首笔天数 ÷ 365) = 0，r > −1，净值作为净值日的收款；金额同号或存在多个根时不给收益率，只给原因。"
        "DPI = 已收 ÷ 实缴，RVPI = 净值 ÷ 实缴，TVPI = 两者之和；"
        "KS-PME = (Σ 已收 × 期末指数/当日指数 + 净值) ÷ Σ 实缴 × 期末指数/当日指数。"
    ),
    source="Spreadsheet XIRR convention; Kaplan and Schoar [c]",
    example={"flows": [["2020-01-01", -100], ["2021-01-01", -50], ["2024-06-30", 220]], "nav": 30, "nav_on": "2024-12-31"},
)
def returns(given: ReturnsInput) -> ReturnsOutput:
    """Xirr solves Σ flow / (1 + r)^(days since the first flow / 365) = 0 for r > −1 with `nav` as a receipt on `nav_on`; where amounts have
    one sign or several roots exist there is no rate but the reason. dpi = received / paid in, rvpi = nav / paid in, tvpi = their sum;
    ks_pme = (Σ received·I_end/I_t + nav) / Σ paid in·I_end/I_t.
    """
    nav_on = _check(given)
    days = [day for day, _ in given.flows]
    amounts = [amount for _, amount in given.flows]
    paid_in = -sum((amount for amount in amounts if amount < 0), Fraction(0))
    received = sum((amount for amount in amounts if amount > 0), Fraction(0))
    with_nav = [*map(float, amounts), *([float(given.nav)] if given.nav else [])]
    found, problem, roots = xirr([*days, *([nav_on] if given.nav else [])], with_nav)
    return ReturnsOutput(
        xirr=found,
        problem=problem,
        roots=tuple(roots),
        dpi=float(received / paid_in) if paid_in else None,
        rvpi=float(given.nav / paid_in) if paid_in else None,
        tvpi=float((received + given.nav) / paid_in) if paid_in else None,
        ks_pme=_ks_pme(given, nav_on),
        paid_in=float(paid_in),
        received=float(received),
    )


def _check(given: ReturnsInput) -> dt.date:
    if not given.flows:
        raise BadInput("out_of_range", "there are no flows", "flows")
    for i, ((day, _), (before, _)) in enumerate(zip(given.flows[1:], given.flows, strict=False), 1):
        if day < before:
            raise BadInput("inconsistent", "flows must be in date order", f"flows[{i}][0]")
    last = given.flows[-1][0]
    if given.nav_on is not None and given.nav_on < last:
        raise BadInput("inconsistent", "the net asset value is dated before the last flow", "nav_on")
    nav_on = given.nav_on or last
    needed = len(given.flows) + (nav_on > last)
    if given.index is not None and len(given.index) != needed:
        raise BadInput("inconsistent", f"the index needs {needed} levels, one a flow and one for nav_on if it is later", "index")
    return nav_on


def _ks_pme(given: ReturnsInput, nav_on: dt.date) -> float | None:
    if given.index is None:
        return None
    assert nav_on >= given.flows[-1][0]
    end = given.index[-1]
    grown = [amount * end / level for (_, amount), level in zip(given.flows, given.index, strict=False)]
    paid = -sum((amount for amount in grown if amount < 0), Fraction(0))
    received = sum((amount for amount in grown if amount > 0), Fraction(0))
    return float((received + given.nav) / paid) if paid else None
