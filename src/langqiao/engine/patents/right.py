"""A right as a pure replay of its dated events: status, term, fees, burdens, owners, and everything that is not known."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from langqiao.engine.kernel.parameters import Parameters
from langqiao.engine.kernel.problem import Problem
from langqiao.engine.operations.encumbrance import Encumbrance, Standing
from langqiao.engine.patents.burdens import Overlay, overlays
from langqiao.engine.patents.event import RightEvent, known_by
from langqiao.engine.patents.expiry import Term, term_of
from langqiao.engine.patents.facts import RightFacts
from langqiao.engine.patents.kinds import DoorStatus
from langqiao.engine.patents.owners import Ownership, owners_on, ownerships
from langqiao.engine.patents.phases import Phase, Timeline, timeline
from langqiao.engine.patents.states import ALIVE, GRANTED, PENDING, door_status
from langqiao.engine.patents.territories import TerritoryState, territories
from langqiao.engine.patents.upkeep import FeeDue, fees_due, missed

NO_RIGHT = frozenset({"sir", "defensive"})
"""US statutory invention registrations and defensive publications (35 U.S.C. 157)."""
ONLY_GRANTED = frozenset({"INVALIDATION", "PARTIAL_INVALIDATION", "EXPIRY", "PLEDGE", "OPEN_LICENSE", "FEE_MISSED"})
"""Kinds that only a granted right can have (Implementing Rules 85, 106; pledge measures)."""
IMPLIED = "derived:GRANT:implied"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upkeep:
    """`next_fee`: the next to fall due after the day, if all before are paid; `paid_through`: the last year told as paid; `complete_to`:
    the day up to which the record of payments is complete; `asked`: None where it cannot be told whether the law asks fees at all;
    `untold`: fees that fell due before the day and of which no payment is told.
    """

    asked: bool | None
    next_fee: FeeDue | None
    untold: tuple[FeeDue, ...]
    paid_through: int | None
    complete_to: dt.date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RightView:
    """A right on the day `on`, from everything that could be known by `as_of`.

    `unknown`: codes of what is missing; `certain`: nothing missing could change the status. `last_told_on`: the last event held: what
    happened after it is not known. `events`: those used, in order.
    """

    facts: RightFacts
    as_of: dt.date
    on: dt.date
    timeline: Timeline
    term: Term
    upkeep: Upkeep
    all_overlays: tuple[Overlay, ...]
    ownership: Ownership
    territories: tuple[TerritoryState, ...]
    unknown: tuple[str, ...]
    problems: tuple[Problem, ...]
    events: tuple[RightEvent, ...]

    @property
    def phase(self) -> Phase:
        """The phase of the day."""
        return self.timeline.on(self.on)

    @property
    def status(self) -> DoorStatus:
        """The status as a check reads it."""
        return door_status(self.phase.state)

    @property
    def granted(self) -> bool:
        """Whether the right had been granted by the day."""
        return self.phase.state in GRANTED

    @property
    def certain(self) -> bool:
        """Whether nothing unknown could change the status."""
        return not self.unknown

    @property
    def end(self) -> dt.date | None:
        """The first day without the right: the day it died if it did, else the end of its term."""
        dead = [p.start for p in self.timeline.phases if p.state not in {*PENDING, *ALIVE}]
        return dead[0] if dead else self.term.end

    @property
    def overlays(self) -> tuple[Overlay, ...]:
        """The burdens in force on the day; a burden ends with the right (Civil Code 865; I7)."""
        if self.phase.state not in {*PENDING, *ALIVE}:
            return ()
        return tuple(overlay for overlay in self.all_overlays if overlay.recorded and overlay.covers(self.on))

    @property
    def last_told_on(self) -> dt.date | None:
        """The last day of which any announced event tells."""
        return max((event.effective for event in self.events if event.effective and not event.derived), default=None)


def replay(
    facts: RightFacts, events: Iterable[RightEvent], *, as_of: dt.date, parameters: Parameters, on: dt.date | None = None
) -> RightView:
    """The right on a day (`on`, default `as_of`) from the events that could be known by `as_of`; the same in whatever order they come (I8)."""
    day = on or as_of
    announced = known_by(events, as_of)
    term = term_of(facts, announced, parameters)
    used = _completed(facts, announced, as_of=as_of, term=term, parameters=parameters)
    line = timeline(used, filed_on=facts.filing_date, ends_on=term.end)
    burdens, unmatched = overlays(used, parameters)
    chain, gaps = ownerships(facts.owners, facts.owners_told_on, used)
    states = territories(facts.designated_states, used, day, ends_on=term.end) if facts.office == "EP" else ()
    view = RightView(
        facts=facts,
        as_of=as_of,
        on=day,
        timeline=line,
        term=term,
        upkeep=_upkeep(facts, used, day, parameters),
        all_overlays=_clipped(burdens, line, max(day, as_of)),
        ownership=owners_on(chain, day),
        territories=states,
        unknown=(),
        problems=(*line.problems, *unmatched, *gaps),
        events=used,
    )
    return replace(view, unknown=tuple(dict.fromkeys(_unknown(view))))


def standing(view: RightView, *, consents: frozenset[str] = frozenset(), evaluation_report: bool = False) -> Standing:
    """The right as the check of operations reads it on the view's day."""
    burdens = [burden for overlay in view.overlays if (burden := overlay.as_encumbrance()) is not None]
    if view.facts.same_day_invention and view.status in ALIVE:
        burdens.append(Encumbrance(kind="same_day_invention", reference=view.facts.same_day_invention))
    return Standing(
        office=view.facts.office,
        type=view.facts.patent_type,
        granted=view.granted,
        status=view.status,
        owners=view.ownership.owners,
        consents=consents,
        encumbrances=tuple(burdens),
        grant_date=view.facts.grant_date,
        expiry_date=view.term.end,
        evaluation_report=evaluation_report,
    )


def _completed(
    facts: RightFacts, announced: tuple[RightEvent, ...], *, as_of: dt.date, term: Term, parameters: Parameters
) -> tuple[RightEvent, ...]:
    """The announced events with those that the record implies: grant, missed fees, the end of a utility model by its invention."""
    events = [_placed(event, facts, term) for event in announced if event.effect != "expected"]
    kinds = {event.kind for event in events}
    for kind, day in (("PUBLICATION", facts.publication_date), ("GRANT", facts.grant_date)):
        if day is not None and kind not in kinds:
            events.append(RightEvent(id=f"derived:{kind}", kind=kind, on=day, known_on=day, derived=True, source=facts.source))
    if "GRANT" not in {event.kind for event in events}:
        events += _implied_grant(facts, events)
    restored = tuple(event.effective for event in events if event.kind == "RESTORATION" and event.effective)
    events += missed(facts, as_of, parameters, restored_on=restored)
    events += _bundle_ended(facts, events, as_of)
    return known_by([_waived(event) if facts.patent_type in NO_RIGHT else event for event in events], as_of)


def _implied_grant(facts: RightFacts, events: list[RightEvent]) -> list[RightEvent]:
    """The grant of which no record tells, but which a granted document or an event that only a granted right can have implies."""
    signs = [event for event in events if event.kind in ONLY_GRANTED and event.effect in {"", "open"}]
    if facts.patent_type in NO_RIGHT or not (facts.is_granted_document or signs):
        return []
    days = [day for event in signs if (day := event.effective)]
    knowable = [day for event in signs if (day := event.knowable)]
    on = min(days, default=facts.filing_date)
    return [RightEvent(id=IMPLIED, kind="GRANT", on=on, known_on=min(knowable, default=on), derived=True, source=facts.source)]


def _bundle_ended(facts: RightFacts, events: list[RightEvent], as_of: dt.date) -> list[RightEvent]:
    """A European patent that has ended in every designated state has ended: with the last of them."""
    states = territories(facts.designated_states, known_by(events, as_of), as_of) if facts.office == "EP" else ()
    if not states or any(state.fate in {"designated", "in_force"} for state in states):
        return []
    last = max((state.since for state in states if state.since), default=None)
    return [RightEvent(id="derived:LAPSE:states", kind="LAPSE", on=last, known_on=last, derived=True)] if last else []


def _waived(event: RightEvent) -> RightEvent:
    """The registration of an invention without a patent waives the right: what the office calls a grant gives none."""
    return replace(event, kind="ABANDONMENT") if event.kind == "GRANT" else event


def _placed(event: RightEvent, facts: RightFacts, term: Term) -> RightEvent:
    """The day an event takes effect where its source does not tell or the publication knows better.

    The grant is of the day the granted document says; an expiry announced without its day took effect at the end of the term; a same-day
    invention's grant ends the utility model.
    """
    if event.kind == "GRANT" and facts.grant_date is not None and event.effective != facts.grant_date:
        return replace(event, on=facts.grant_date, known_on=event.knowable)
    if event.kind == "EXPIRY" and event.on is None and term.end and event.announced_on and term.end <= event.announced_on:
        return replace(event, on=term.end, known_on=event.knowable)
    if event.kind == "SAME_DAY_GRANT":
        return replace(event, kind="ABANDONMENT")
    return event


def _clipped(burdens: tuple[Overlay, ...], line: Timeline, today: dt.date) -> tuple[Overlay, ...]:
    """No burden outlives the right: a stated end is that of the right at the latest, an open one ends when the right does (I7)."""
    dead = next((phase.start for phase in line.phases if phase.state not in {*PENDING, *ALIVE}), None)
    if dead is None:
        return burdens
    return tuple(
        replace(burden, until=min(burden.until or dead, dead)) if burden.until is not None or dead <= today else burden
        for burden in burdens
    )


def _upkeep(facts: RightFacts, events: tuple[RightEvent, ...], on: dt.date, parameters: Parameters) -> Upkeep:
    fees = fees_due(facts, parameters)
    told = [event.year for event in events if event.kind == "FEE_PAID" and event.year and not event.territories]
    paid = [*told, *(payment.year for payment in facts.fees.payments if payment.paid_on <= on)]
    last = max(paid, default=0)  # a later fee is only taken when the earlier ones are paid
    return Upkeep(
        asked=None if fees is None else bool(fees),
        untold=tuple(fee for fee in fees or () if fee.due_date < on and fee.year > last),
        next_fee=next((fee for fee in fees or () if fee.due_date >= on and fee.year not in paid), None),
        paid_through=max(paid, default=None),
        complete_to=facts.fees.complete_to,
    )


def _unknown(view: RightView) -> Iterable[str]:
    state = view.phase.state
    alive, pending = state in ALIVE, state in PENDING
    if alive or state == "expired" or view.term.end is None:
        yield from view.term.unknown
    upkeep = view.upkeep
    if alive and (upkeep.asked is None or upkeep.untold) and (upkeep.complete_to is None or upkeep.complete_to < view.on):
        yield "fee_payments"
    if (alive or pending) and view.on > (view.last_told_on or dt.date.min):
        yield "after_last_event"
    if state in GRANTED and any(event.id == IMPLIED for event in view.events):
        yield "grant_date"
    if state in {"lapsed", "expired", "abandoned"} and view.phase.evidence and not any(event.on for event in view.phase.evidence):
        yield "end_day"
    if any(territory.fate == "designated" for territory in view.territories) and alive:
        yield "national_rights"
    if any(problem.code == "undated_event" for problem in view.problems):
        yield "undated_events"
    if view.facts.office not in {"CN", "US", "EP"}:
        yield "office_rules_not_held"
