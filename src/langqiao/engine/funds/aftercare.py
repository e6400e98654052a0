"""After the investment: what is warned of, from figures against plan, covenants, and what the register says of the patents."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

COVENANTS = ("information", "financial", "ip_upkeep", "no_disposal", "key_people", "observer")
"""Kinds of duties of the target: to report, to keep a figure, to keep its patents up, to dispose of none, to keep people, to seat an observer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """A figure of a quarter: plan and actual in its unit; `actual` None: not reported."""

    name: str
    ends_on: dt.date
    plan: int
    actual: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """A covenant: `kept` None is not answered; `due_on` the day by which it is answered."""

    text: str
    due_on: dt.date | None
    kept: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A patent of the project today: its state in the register and its burdens; `annuity_due_on`: the next payment, where known."""

    number: str
    status: str
    burdens: frozenset[str]
    annuity_due_on: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """What is warned of: a code, what it is about, and the figures of its sentence."""

    code: str
    about: str
    low: int | None = None
    plan: int | None = None
    on: dt.date | None = None


BAD = frozenset({"lapsed", "expired", "abandoned", "invalidated", "rejected", "withdrawn"})
RISKS = ("under_invalidation", "litigation", "ownership_dispute", "preserved", "suspended", "pledged", "exclusive_license")


def alarms(
    figures: Sequence[Reported], duties: Sequence[Duty], patents: Sequence[Watched], *, day: dt.date, tolerance: Fraction
) -> tuple[Alarm, ...]:
    """Every warning of a day: a figure more than `tolerance` below its plan or not reported after its quarter, a covenant broken or overdue,

    a patent that has ended, is in its grace period, or has a burden that endangers it. Sorted as listed.
    """
    found: list[Alarm] = []
    for one in figures:
        if one.actual is None and one.ends_on < day:
            found.append(Alarm(code="figure_missing", about=one.name, on=one.ends_on))
        elif one.actual is not None and one.actual < (1 - tolerance) * one.plan:
            found.append(Alarm(code="figure_below_plan", about=one.name, low=one.actual, plan=one.plan, on=one.ends_on))
    for duty in duties:
        if duty.kept is False:
            found.append(Alarm(code="covenant_broken", about=duty.text))
        elif duty.kept is None and duty.due_on is not None and duty.due_on < day:
            found.append(Alarm(code="covenant_overdue", about=duty.text, on=duty.due_on))
    for patent in patents:
        found.extend(_of_patent(patent))
    return tuple(found)


def _of_patent(patent: Watched) -> list[Alarm]:
    if not patent.status:
        return [Alarm(code="status_unknown", about=patent.number)]
    if patent.status in BAD:
        return [Alarm(code="right_ended", about=patent.number)]
    found = [Alarm(code="annuity_unpaid", about=patent.number, on=patent.annuity_due_on)] if patent.status == "grace" else []
    return found + [Alarm(code=f"burden_{kind}", about=patent.number) for kind in RISKS if kind in patent.burdens]
