"""The cash of a pool under many scenarios at once: scheduled flows of each claim, defaults, prepayments, recoveries with their lag."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plans:
    """What the claims owe: principal and interest by claim and payment date in fen, and how risky each is beside the average (1)."""

    principal: Array
    interest: Array
    risk: Array

    @property
    def balance(self) -> Array:
        """Balance of each claim before each payment date, and zero after the last."""
        left = self.principal[:, ::-1].cumsum(axis=1)[:, ::-1]
        return np.concatenate([left, np.zeros((left.shape[0], 1))], axis=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenarios:
    """Prepayment and default a year and the share recovered, one entry a scenario; recoveries come `lag` payment dates after the default."""

    cpr: Array
    cdr: Array
    recovery: Array
    lag: int = 0

    @property
    def count(self) -> int:
        """How many."""
        return len(self.cpr)


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolCash:
    """Cash of the pool by payment date and scenario, and the performing balance before and after; `lost`: default less recovery."""

    interest: Array
    principal: Array
    prepayment: Array
    recovery: Array
    default: Array
    opening: Array
    closing: Array


def pool_cash(plans: Plans, scenarios: Scenarios, *, periods_per_year: int) -> PoolCash:
    """Defaults at the start of each period on what performs; the survivors pay by their plans, scaled to what is left; then prepayments.

    A claim's default rate a year is 1 − (1 − cdr)^risk, a period's 1 − (1 − annual)^(1 ÷ n). Every claim's plan is followed; claims of one
    risk are summed first, which changes nothing: cash is linear in the claims. Recoveries still to come on the last date come with it.
    """
    periods = plans.principal.shape[1]
    shape = (periods, scenarios.count)
    found = {name: np.zeros(shape) for name in ("interest", "principal", "prepayment", "default", "opening", "closing")}
    smm = 1 - (1 - scenarios.cpr) ** (1 / periods_per_year)
    for risk in np.unique(plans.risk):
        chosen = plans.risk == risk
        balance, principal = plans.balance[chosen].sum(axis=0), plans.principal[chosen].sum(axis=0)
        interest = plans.interest[chosen].sum(axis=0)
        mdr = 1 - (1 - scenarios.cdr) ** (risk / periods_per_year)
        left = np.ones(scenarios.count)
        for k in range(periods):
            found["opening"][k] += left * balance[k]
            found["default"][k] += left * balance[k] * mdr
            left = left * (1 - mdr)
            found["interest"][k] += left * interest[k]
            found["principal"][k] += left * principal[k]
            early = left * balance[k + 1] * smm
            found["prepayment"][k] += early
            left = left * (1 - smm)
            found["closing"][k] += left * balance[k + 1]
    return PoolCash(recovery=_recoveries(found["default"], scenarios), **found)


def _recoveries(default: Array, scenarios: Scenarios) -> Array:
    due = default * scenarios.recovery
    found = np.zeros_like(due)
    lag = min(scenarios.lag, len(due))
    if lag < len(due):
        found[lag:] = due[: len(due) - lag]
    if lag:
        found[-1] += due[len(due) - lag :].sum(axis=0)
    return found


def plans_of(rows: Sequence[tuple[Sequence[int], Sequence[int], float]]) -> Plans:
    """Plans from (principal by date, interest by date, risk) of each claim, all over the same dates."""
    return Plans(
        principal=np.array([row[0] for row in rows], dtype=np.float64),
        interest=np.array([row[1] for row in rows], dtype=np.float64),
        risk=np.array([row[2] for row in rows], dtype=np.float64),
    )
