"""The status of a right through time: its known events folded through the table of states into phases, each with its evidence."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from langqiao.engine.kernel.problem import Problem
from langqiao.engine.patents.event import RightEvent
from langqiao.engine.patents.states import ALIVE, PENDING, RIGHT, STATUS_EVENTS, State

VOIDING = frozenset({"INVALIDATION", "REVOCATION"})
HARMLESS = frozenset({"FEE_PAID", "PUBLICATION", "EXAMINATION"})
"""Told of a right in any state without contradicting it: national fees, corrected publications."""
CONTRADICTS = "event_contradicts_status"


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A state from `start` (None: from an unknown day) to `end`, exclusive (None: still); `evidence` are the events that led to it."""

    state: State
    start: dt.date | None
    end: dt.date | None = None
    evidence: tuple[RightEvent, ...] = ()

    def covers(self, day: dt.date) -> bool:
        """Whether the phase holds on a day."""
        return (self.start is None or self.start <= day) and (self.end is None or day < self.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """Phases without gap in order of time, and the events that could not follow the state derived before them (I8)."""

    phases: tuple[Phase, ...]
    problems: tuple[Problem, ...]

    def on(self, day: dt.date) -> Phase:
        """The phase of a day; the first one for a day before it."""
        return next((phase for phase in reversed(self.phases) if phase.covers(day)), self.phases[0])


def timeline(events: Iterable[RightEvent], *, filed_on: dt.date | None, ends_on: dt.date | None) -> Timeline:
    """The timeline of ordered, known events. `ends_on`: the day on which the term ends by itself."""
    phases = [Phase(state="filed", start=filed_on)]
    problems = []
    for event in events:
        if event.kind not in STATUS_EVENTS:
            continue
        if event.effective is None and event.kind not in VOIDING and not event.derived:
            problems.append(_problem(event, "undated_event", f"{event.kind} has no date and was not applied"))
            continue
        if ends_on is not None and event.kind != "EXPIRY" and (event.effective or dt.date.min) >= ends_on:
            phases = _expired(phases, ends_on)
        phases, contradiction = _followed(phases, event)
        problems += contradiction
    return Timeline(phases=_closed(_expired(phases, ends_on)), problems=tuple(problems))


def _followed(phases: list[Phase], event: RightEvent) -> tuple[list[Phase], list[Problem]]:
    last = phases[-1]
    step = RIGHT.step(last.state, event.kind)
    if step is not None:
        return _applied(phases, event, step.target), []  # type: ignore[arg-type]
    if any(other.target == last.state for other in RIGHT.steps if other.event == event.kind):  # told twice: one more witness
        return [*phases[:-1], replace(last, evidence=(*last.evidence, event))], []
    if event.kind in HARMLESS:
        return phases, []
    message = f"{event.kind} ({event.code or 'no code'}) of {event.effective or 'an unknown day'} cannot follow the status {last.state}"
    return phases, [_problem(event, CONTRADICTS, message)]


def _applied(phases: list[Phase], event: RightEvent, target: State) -> list[Phase]:
    if event.kind == "RESTORATION":
        return _restored(phases, event)
    if event.kind in VOIDING:
        return _voided(phases, event)
    last = phases[-1]
    if target == last.state:
        return [*phases[:-1], replace(last, evidence=(*last.evidence, event))]
    return [*phases, Phase(state=target, start=event.effective, evidence=(event,))]


def _restored(phases: list[Phase], event: RightEvent) -> list[Phase]:
    """The loss is taken out of the record: the state before it goes on (I5); a grace period before a lapse is healed by it."""
    loss, before = phases[-1], phases[:-1]
    kept = [phase for phase in before if phase.state != "grace" or phase is not before[-1]]
    last = kept[-1]
    return [*kept[:-1], replace(last, evidence=(*last.evidence, *loss.evidence, event))]


def _voided(phases: list[Phase], event: RightEvent) -> list[Phase]:
    """What is wholly invalid never was: every phase from the grant on is replaced (Patent Law 47; I3)."""
    before = [phase for phase in phases if phase.state in PENDING]
    granted = next((phase for phase in phases if phase.state in ALIVE), None)
    start = granted.start if granted is not None else event.effective
    evidence = tuple(found for phase in phases[len(before) :] for found in phase.evidence)
    return [*before, Phase(state="invalidated", start=start, evidence=(*evidence, event))]


def _expired(phases: list[Phase], ends_on: dt.date | None) -> list[Phase]:
    last = phases[-1]
    if ends_on is None or last.state not in ALIVE or (last.start is not None and last.start >= ends_on):
        return phases
    return [*phases, Phase(state="expired", start=ends_on, evidence=())]


def _closed(phases: list[Phase]) -> tuple[Phase, ...]:
    followers = [*(phase.start for phase in phases[1:]), None]
    closed = [replace(phase, end=end) for phase, end in zip(phases, followers, strict=True)]
    return tuple(phase for phase in closed if phase.start is None or phase.end is None or phase.start < phase.end)


def _problem(event: RightEvent, code: str, message: str) -> Problem:
    return Problem(
        where=event.source.file if event.source else event.id,
        offset=event.source.offset if event.source else None,
        code=code,
        message=message,
        severity="warning",
        field=event.kind,
    )
