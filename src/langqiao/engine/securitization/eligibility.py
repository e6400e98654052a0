"""Which claims may enter a pool on the cut-off date: every reason against each of them, and the concentration of the whole."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal, get_args

from langqiao.engine.kernel.money import Fen
from langqiao.engine.kernel.parameters import Parameters
from langqiao.engine.operations.encumbrance import Reason

Structure = Literal["lease_back", "receivables", "pledge_loans", "second_license"]
STRUCTURES: tuple[Structure, ...] = get_args(Structure)
PREFIX = "securitization.pool."


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """The pool's documents: limits of a claim and of the pool. Shares are fractions of the pool's balance."""

    min_balance_fen: Fen
    max_balance_fen: Fen
    min_remaining_months: int
    max_remaining_months: int
    max_days_past_due: int
    min_obligors: int
    obligor_share: Fraction
    top_obligors: int
    top_share: Fraction
    industry_share: Fraction
    region_share: Fraction

    def __post_init__(self) -> None:
        if not 0 <= self.min_balance_fen <= self.max_balance_fen or not 0 <= self.min_remaining_months <= self.max_remaining_months:
            raise ValueError("a lower limit is above its upper limit")
        if any(not 0 < share <= 1 for share in (self.obligor_share, self.top_share, self.industry_share, self.region_share)):
            raise ValueError("shares lie between 0 and 1")


NAMES: Mapping[str, type] = {
    "min_balance_yuan": int, "max_balance_yuan": int, "min_remaining_months": int, "max_remaining_months": int, "max_days_past_due": int,
    "min_obligors": int, "obligor_share": Fraction, "top_obligors": int, "top_share": Fraction, "industry_share": Fraction, "region_share": Fraction,
}  # fmt: skip


def criteria_of(parameters: Parameters, own: Mapping[str, Any] | None = None) -> Criteria:
    """The deal's own criteria over the starting values of the parameters. Raises ValueError for what is no criterion."""
    own = own or {}
    if set(own) - set(NAMES):
        raise ValueError(f"{min(set(own) - set(NAMES))!r} is no criterion")
    found: dict[str, Any] = {}
    for name, kind in NAMES.items():
        value = kind(str(own[name] if name in own else parameters.value(PREFIX + name)))
        found[name.replace("_yuan", "_fen")] = value * 100 if name.endswith("_yuan") else value
    return Criteria(**found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A claim on the cut-off date. `ends_on`: its last payment; `assignable`: not barred by contract (Civil Code 545); `reasons`: what the

    register and the law say against the patents behind it, found by the one check of operations.
    """

    id: str
    obligor: str
    industry: str
    region: str
    balance_fen: Fen
    ends_on: dt.date
    days_past_due: int = 0
    assignable: bool = True
    defaulted: bool = False
    scheduled_fen: Fen | None = None
    reasons: tuple[Reason, ...] = field(default_factory=tuple)


def months_between(since: dt.date, until: dt.date) -> int:
    """Whole months from a day to a later one; zero where it is not later."""
    months = (until.year - since.year) * 12 + until.month - since.month - (until.day < since.day)
    return max(0, months)


def claim_reasons(claim: Claim, criteria: Criteria, cut_off: dt.date) -> tuple[Reason, ...]:
    """Everything against one claim, none left out."""
    months = months_between(cut_off, claim.ends_on)
    faults: list[tuple[str, Any]] = []
    if claim.defaulted:
        faults.append(("defaulted", claim.days_past_due))
    if not claim.assignable:
        faults.append(("not_assignable", ""))
    if claim.balance_fen < criteria.min_balance_fen:
        faults.append(("balance_below", criteria.min_balance_fen))
    if claim.balance_fen > criteria.max_balance_fen:
        faults.append(("balance_above", criteria.max_balance_fen))
    if claim.ends_on <= cut_off or months < criteria.min_remaining_months:
        faults.append(("ends_too_early", criteria.min_remaining_months))
    if months > criteria.max_remaining_months:
        faults.append(("ends_too_late", criteria.max_remaining_months))
    if claim.days_past_due > criteria.max_days_past_due:
        faults.append(("past_due", criteria.max_days_past_due))
    if claim.scheduled_fen is not None and claim.scheduled_fen != claim.balance_fen:
        faults.append(("schedule_differs", claim.scheduled_fen))
    own = tuple(
        Reason(code="asset_not_eligible", article="pool documents", facts={"asset": claim.id, "test": test, "limit": limit})
        for test, limit in faults
    )
    return (*own, *claim.reasons)


def concentration_reasons(claims: Sequence[Claim], criteria: Criteria) -> tuple[Reason, ...]:
    """Every limit of the whole pool that is passed: number of obligors, largest obligor, the largest few, industry, region (I67)."""
    total = sum(claim.balance_fen for claim in claims)
    if not total:
        return ()
    obligors = _shares(claims, "obligor", total)
    found = []
    if len(obligors) < criteria.min_obligors:
        found.append(("obligors", "", Fraction(len(obligors)), Fraction(criteria.min_obligors)))
    largest = sorted(obligors.items(), key=lambda pair: (-pair[1], pair[0]))
    found += [("obligor", name, share, criteria.obligor_share) for name, share in largest if share > criteria.obligor_share]
    top = sum((share for _name, share in largest[: criteria.top_obligors]), Fraction(0))
    if top > criteria.top_share:
        found.append((f"top_{criteria.top_obligors}", "", top, criteria.top_share))
    for group, limit in (("industry", criteria.industry_share), ("region", criteria.region_share)):
        found += [(group, name, share, limit) for name, share in sorted(_shares(claims, group, total).items()) if share > limit]
    return tuple(
        Reason(
            code="concentration_above_limit", article="pool documents",
            facts={"test": test, "name": name, "share": str(round(float(share), 4)), "limit": str(round(float(limit), 4))},
        )
        for test, name, share, limit in found
    )  # fmt: skip


def _shares(claims: Sequence[Claim], group: str, total: Fen) -> dict[str, Fraction]:
    sums: dict[str, Fen] = defaultdict(int)
    for claim in claims:
        sums[getattr(claim, group)] += claim.balance_fen
    return {name: Fraction(amount, total) for name, amount in sums.items()}
