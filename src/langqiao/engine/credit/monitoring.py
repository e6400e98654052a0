"""What a loan's collateral is worth on a day and which alarm follows: warning, margin call, acceleration, each with its reasons."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from langqiao.engine.credit.collateral import Asset, CollateralInput, collateral
from langqiao.engine.credit.policy import Policy
from langqiao.engine.kernel.money import Fen
from langqiao.engine.operations.encumbrance import Standing
from langqiao.engine.patents.kinds import DEAD

Level = Literal["fine", "warn", "margin", "accelerate"]
RANK: dict[Level, int] = {"fine": 0, "warn": 1, "margin": 2, "accelerate": 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A pledged right as the record has it on a day: alive or not, its status, and the troubles that make it worth less or watched."""

    alive: bool
    status: str
    troubles: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One patent of a loan: appraised value and how its right was last seen."""

    value_fen: Fen
    seen: Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgment:
    """Value of the living collateral, loan to value (None: no value), what would cure a breach of the margin line, the level and why."""

    value_fen: Fen
    ltv: Fraction | None
    cure_fen: Fen
    level: Level
    reasons: tuple[str, ...]


def seen_of(standing: Standing, day: dt.date) -> Seen:
    """A right's standing in the words of the watch."""
    expired = standing.expiry_date is not None and standing.expiry_date <= day
    alive = standing.granted and standing.status not in DEAD and not expired
    troubles = {str(burden.kind) for burden in standing.burdens("suspended", "preserved", "under_invalidation", "ownership_dispute")}
    if standing.status == "grace":
        troubles.add("annuity_missed")
    return Seen(alive=alive, status="expired" if expired else standing.status, troubles=frozenset(troubles))


def judge(balance_fen: Fen, patents: Iterable[Held], policy: Policy) -> Judgment:
    """Judges a loan: the line that its loan to value has crossed; any trouble at all is a warning; nothing alive with a balance accelerates."""
    held = list(patents)
    assets = tuple(_asset(one, policy) for one in held)
    given = CollateralInput(balance=balance_fen, collateral=assets, trigger=policy.margin, cap=policy.margin)
    found = collateral(given)
    ltv = Fraction(balance_fen, found.value) if found.value else None
    reasons = sorted({trouble for one in held for trouble in one.seen.troubles} | {"right_dead" for one in held if not one.seen.alive})
    level = _level(balance_fen, ltv, policy, troubled=bool(reasons))
    over = {"warn": "ltv_warn", "margin": "ltv_margin", "accelerate": "ltv_accelerate"}
    crossed = level in over and (ltv is None or ltv > getattr(policy, level)) and bool(balance_fen)
    return Judgment(
        value_fen=found.value, ltv=ltv, cure_fen=found.cure, level=level, reasons=(*reasons, *([over[level]] if crossed else [])),
    )  # fmt: skip


def _asset(one: Held, policy: Policy) -> Asset:
    haircut = policy.invalidation_haircut if "under_invalidation" in one.seen.troubles else Fraction(0)
    return Asset(value=one.value_fen, alive=one.seen.alive, haircut=haircut)


def _level(balance_fen: Fen, ltv: Fraction | None, policy: Policy, *, troubled: bool) -> Level:
    if not balance_fen:
        return "fine"
    if ltv is None or ltv > policy.accelerate:
        return "accelerate"
    if ltv > policy.margin:
        return "margin"
    return "warn" if ltv > policy.warn or troubled else "fine"
