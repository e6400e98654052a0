"""What a deal will pay: the pool's plans by payment date, the base case, the grid of scenarios, break-even rates; computed, never kept."""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from langqiao.engine.securitization.grid import BreakEven, Outcome, break_even, cross, run
from langqiao.engine.securitization.pool_flows import Plans, plans_of
from langqiao.engine.securitization.schedule import Flow, dates, gathered
from langqiao.engine.securitization.terms import Terms
from langqiao.web.securitization.models import Transaction

CPR, CDR, RECOVERY = (0.0, 0.05, 0.15), (0.0, 0.01, 0.02, 0.05, 0.10, 0.20), (0.0, 0.3, 0.6)
"""The grid of the page: 54 scenarios."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Projection:
    """The base case of a deal, by payment date."""

    terms: Terms
    plans: Plans
    ends: tuple[dt.date, ...]
    outcome: Outcome
    accelerated: bool = False

    @property
    def senior_whole(self) -> bool:
        """Whether every senior tranche gets everything on its day."""
        return all(bool(self.outcome.whole(place)[0]) for place in self.terms.of_rank("senior"))

    @property
    def senior_cover(self) -> float | None:
        """The lowest cover of senior payments over the dates; None where nothing is due."""
        cover = self.outcome.cover[:, 0]
        known = cover[~np.isnan(cover)]
        return float(known.min()) if len(known) else None


def plans_for(deal: Transaction, terms: Terms, first_end_on: dt.date) -> tuple[Plans, tuple[dt.date, ...]]:
    """Plans of the claims over the payment dates of the terms."""
    ends = dates(first_end_on, terms.periods, terms.periods_per_year)
    rows = []
    assets = deal.assets.filter(state__in=("listed", "pooled") if deal.issued_on is None else ("pooled",), defaulted_on=None)
    for asset in assets.prefetch_related("flows"):
        flows = [
            Flow(
                due_on=flow.due_on,
                principal_fen=flow.principal_fen - flow.paid_principal_fen,
                interest_fen=flow.interest_fen - flow.paid_interest_fen,
            )
            for flow in asset.flows.all()
        ]
        rows.append((*gathered(flows, ends), float(asset.risk)))
    if not rows:
        rows.append(([0] * len(ends), [0] * len(ends), 1.0))
    return plans_of(rows), ends


def projected(deal: Transaction, terms: Terms, *, first_end_on: dt.date | None) -> Projection:
    """The base case by the deal's own curves; after the issue that of what is left: open plans, balances, reserve and dates of today."""
    accelerated = deal.state == "accelerated"
    if deal.issued_on is not None:
        period = deal.periods.exclude(state="paid").first()
        first_end_on = period.until if period else deal.first_end_on
        terms = remaining(deal, terms, paid=period.number - 1 if period else terms.periods)
    plans, ends = plans_for(deal, terms, first_end_on or deal.cut_off_on)
    curves = terms.curves
    one = cross([float(curves.cpr)], [float(curves.cdr)], [float(curves.recovery)], lag=curves.recovery_lag)
    found = run(terms, plans, one, accelerated=accelerated)
    return Projection(terms=terms, plans=plans, ends=ends, outcome=found, accelerated=accelerated)


def remaining(deal: Transaction, terms: Terms, *, paid: int) -> Terms:
    """The terms of what is left after so many payment dates: balances, schedule, reserve and limit as they stand."""
    tranches = []
    for row, tranche in zip(deal.tranches.all(), terms.tranches, strict=True):
        ahead = list(tranche.targets[paid:])
        if ahead:
            ahead[0] += sum(tranche.targets[:paid]) - (row.size_fen - row.balance_fen)
        tranches.append(dataclasses.replace(tranche, balance=row.balance_fen, targets=tuple(max(0, one) for one in ahead)))
    left = terms.support.limit - deal.support_fen if terms.support else 0
    support = dataclasses.replace(terms.support, limit=left) if terms.support and left > 0 else None
    reserve = dataclasses.replace(terms.reserve, initial=deal.reserve_fen)
    return dataclasses.replace(
        terms, tranches=tuple(tranches), periods=max(1, terms.periods - paid), support=support, reserve=reserve
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One scenario: its rates, and for every tranche what is missing and how long it lives on average; None where it is not repaid."""

    cpr: float
    cdr: float
    recovery: float
    missing_fen: tuple[int, ...]
    wal_years: dict[int, float | None]
    cover: float | None
    accelerated: bool


def wal_of(found: Outcome, scenario: int = 0) -> dict[int, float | None]:
    """Average life by place of the tranche; None where it is not repaid."""
    return {place: None if np.isnan(one) else float(one) for place, one in enumerate(found.wal_years[:, scenario])}


def grid_of(
    projection: Projection, *, cpr: Sequence[float] = CPR, cdr: Sequence[float] = CDR, recovery: Sequence[float] = RECOVERY
) -> list[Cell]:
    """Every combination of the grid."""
    terms = projection.terms
    scenarios = cross(cpr, cdr, recovery, lag=terms.curves.recovery_lag)
    found = run(terms, projection.plans, scenarios, accelerated=projection.accelerated)
    cells = []
    for s in range(scenarios.count):
        cover = found.cover[:, s]
        known = cover[~np.isnan(cover)]
        cells.append(
            Cell(
                cpr=float(scenarios.cpr[s]), cdr=float(scenarios.cdr[s]), recovery=float(scenarios.recovery[s]),
                missing_fen=tuple(round(float(one)) if one >= 100 else 0 for one in found.unpaid[:, s]),
                wal_years=wal_of(found, s),
                cover=float(known.min()) if len(known) else None, accelerated=bool(found.accelerated[:, s].any()),
            )
        )  # fmt: skip
    return cells


def break_evens(projection: Projection) -> list[tuple[str, BreakEven]]:
    """The break-even default rate of every tranche but the last."""
    return [
        (tranche.name, break_even(projection.terms, projection.plans, place))
        for place, tranche in enumerate(projection.terms.tranches)
        if tranche.rank != "junior"
    ]


def flows_of(projection: Projection) -> list[dict[str, Any]]:
    """The base case by payment date: interest and principal of each tranche, cover, cash of the pool, in fen."""
    outcome, rows = projection.outcome, []
    for k, end in enumerate(projection.ends):
        cash = outcome.cash
        came = sum(float(getattr(cash, name)[k, 0]) for name in ("interest", "principal", "prepayment", "recovery"))
        cover = float(outcome.cover[k, 0])
        tranches = [
            {"name": one.name, "interest": float(outcome.interest[k, place, 0]), "principal": float(outcome.principal[k, place, 0])}
            for place, one in enumerate(projection.terms.tranches)
        ]
        rows.append(
            {
                "number": k + 1, "end": end, "cash": came, "tranches": tranches, "residual": float(outcome.residual[k, 0]),
                "cover": None if np.isnan(cover) else cover,
            }
        )  # fmt: skip
    return rows
