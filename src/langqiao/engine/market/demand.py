"""A demand: the problem somebody wants solved, within which limits, and the steps from draft to met; and purchase windows."""

import datetime as dt
from dataclasses import dataclass

from langqiao.engine.kernel.money import Fen
from langqiao.engine.kernel.workflow import Step, Workflow

OWNER = frozenset({"owner"})
PLATFORM = frozenset({"platform"})
SYSTEM = frozenset({"system"})

DEMAND = Workflow(
    name="demand",
    start="draft",
    ends=frozenset({"met", "withdrawn", "expired"}),
    steps=(
        Step(source="draft", event="submit", target="submitted", by=OWNER, unless=("demand_incomplete", "demand_expired")),
        Step(source="returned", event="submit", target="submitted", by=OWNER, unless=("demand_incomplete", "demand_expired")),
        Step(source="submitted", event="accept", target="published", by=PLATFORM, unless=("four_eyes_missing", "demand_expired")),
        Step(source="submitted", event="send_back", target="returned", by=PLATFORM, unless=("four_eyes_missing", "reason_missing")),
        Step(source="published", event="meet", target="met", by=OWNER),
        Step(source="published", event="expire", target="expired", by=SYSTEM),
        *(Step(source=state, event="withdraw", target="withdrawn", by=OWNER) for state in ("draft", "submitted", "returned", "published")),
    ),
)
"""draft → submitted → published → met, or returned, withdrawn, expired."""

WINDOW = Workflow(
    name="purchase_window",
    start="draft",
    ends=frozenset({"decided", "withdrawn"}),
    steps=(
        Step(source="draft", event="open", target="open", by=OWNER, unless=("window_incomplete", "window_order_wrong")),
        Step(source="open", event="close", target="closed", by=SYSTEM, unless=("period_not_over",)),
        Step(source="closed", event="decide", target="decided", by=OWNER, unless=("window_undecided",)),
        Step(source="draft", event="withdraw", target="withdrawn", by=OWNER),
        Step(source="open", event="withdraw", target="withdrawn", by=OWNER, unless=("window_has_offers",)),
    ),
)
"""A fixed window in which holders submit at their own price; once offers stand the buyer owes a decision by the published day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandTerms:
    """What a demand says. `parameters`: the figures a solution has to reach, one a line. `deadline_on`: the last day it stands."""

    title: str
    problem: str
    parameters: str = ""
    budget_fen: Fen | None = None
    industry: str = ""
    region: str = ""
    deadline_on: dt.date | None = None


def demand_gaps(terms: DemandTerms) -> tuple[str, ...]:
    """The fields a demand lacks, in the order of the form."""
    gaps = {
        "title": not terms.title.strip(),
        "problem": not terms.problem.strip(),
        "budget_fen": terms.budget_fen is not None and terms.budget_fen <= 0,
        "deadline_on": terms.deadline_on is None,
    }
    return tuple(name for name, absent in gaps.items() if absent)


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowTerms:
    """What a purchase window says: what is sought, when it is open (both days included), and by when every offer is decided."""

    title: str
    sought: str
    opens_on: dt.date | None = None
    closes_on: dt.date | None = None
    decides_by: dt.date | None = None


def window_gaps(terms: WindowTerms) -> tuple[str, ...]:
    """The fields a window lacks."""
    gaps = {
        "title": not terms.title.strip(),
        "sought": not terms.sought.strip(),
        "opens_on": terms.opens_on is None,
        "closes_on": terms.closes_on is None,
        "decides_by": terms.decides_by is None,
    }
    return tuple(name for name, absent in gaps.items() if absent)


def window_in_order(terms: WindowTerms) -> bool:
    """Whether the window opens before it closes and is decided after it closed."""
    if terms.opens_on is None or terms.closes_on is None or terms.decides_by is None:
        return False
    return terms.opens_on <= terms.closes_on < terms.decides_by
