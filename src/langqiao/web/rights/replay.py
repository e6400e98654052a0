"""The operational record of a right as a pure replay of its entries: owners with shares, burdens and reductions, on a day, as known at a moment."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from langqiao.engine.operations.encumbrance import Burden, Encumbrance
from langqiao.engine.operations.scope import Scope
from langqiao.engine.patents.annuity import Reduction
from langqiao.engine.patents.event import RightEvent
from langqiao.engine.patents.reduction import Practice

LICENSES: frozenset[str] = frozenset({"exclusive_license", "sole_license", "ordinary_license"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One entry: from which day it holds, since when it is known, and which earlier one it replaces (kind `voided`: takes out)."""

    id: int
    kind: str
    on: dt.date
    at: dt.datetime
    body: Mapping[str, Any] = field(default_factory=dict)
    corrects: int | None = None
    reference: str = ""
    deal: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """One owner of the record: registered name, share (None: not stated), and the organization of the site that it is, if any."""

    name: str
    share: Fraction | None = None
    organization: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Burdened:
    """One burden of the record from `since` until it was removed, with where it came from.

    `under`: reference of the head license of a sub-license. `own_practice`: stands for the practice of a sole licensor. `recordal`: number
    and day of the license's recordal.
    """

    entry: int
    kind: Burden
    scope: Scope
    holder: str
    reference: str
    since: dt.date
    under: str = ""
    own_practice: bool = False
    deal: str = ""
    source: str = ""
    sha256: str = ""
    removed_on: dt.date | None = None
    recordal: str = ""
    recorded_on: dt.date | None = None

    def in_force(self, day: dt.date) -> bool:
        """Added, not removed, and its time not over; a license whose time is yet to begin binds already."""
        return self.since <= day and (self.removed_on is None or day < self.removed_on) and not self.scope.ended(day)

    @property
    def numbers(self) -> frozenset[str]:
        """The numbers under which the register may know it: its reference, that of its registration, that of its recordal."""
        return frozenset(number for number in (self.reference, self.source, self.recordal) if number)

    @property
    def encumbrance(self) -> Encumbrance:
        """The burden as the one check reads it."""
        return Encumbrance(kind=self.kind, scope=self.scope, holder=self.holder, reference=self.reference)


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What the record says on a day. `owners` empty: nothing of its own. `events` and `facts` go into the replay of the right."""

    owners: tuple[Owned, ...] = ()
    owners_since: dt.date | None = None
    burdens: tuple[Burdened, ...] = ()
    practiced: tuple[Practice, ...] = ()
    reduction: Reduction = "none"
    evaluation_report: bool = False
    events: tuple[RightEvent, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)


def known(lines: Iterable[Line], known_at: dt.datetime | None) -> tuple[Line, ...]:
    """The lines that stood at a moment (None: all): recorded by then and not replaced by one recorded by then."""
    told = [line for line in lines if known_at is None or line.at <= known_at]
    corrected = {line.corrects for line in told if line.corrects is not None}
    return tuple(line for line in told if line.id not in corrected and line.kind != "voided")


def state_of(lines: Iterable[Line], *, day: dt.date, known_at: dt.datetime | None = None) -> State:
    """The state on a day as it was known at a moment; the same in whatever order the lines come."""
    standing = sorted(known(lines, known_at), key=lambda line: (line.on, line.id))
    facts = {line.body["fact"]: line.body["value"] for line in sorted(standing, key=lambda line: line.id) if line.kind == "fact_corrected"}
    state = State(events=tuple(event_of(line) for line in standing if line.kind in {"event", "owner_changed"}), facts=facts)
    for line in standing:
        if line.on <= day:
            state = _with(state, line)
    return replace(state, practiced=tuple(_bounded(practice, state.burdens) for practice in state.practiced))


def _with(state: State, line: Line) -> State:
    match line.kind:
        case "owners_set" | "owner_changed":
            return replace(state, owners=tuple(owned_of(row) for row in line.body["owners"]), owners_since=line.on)
        case "burden_added":
            return replace(state, burdens=(*state.burdens, burdened_of(line)))
        case "burden_removed":
            return replace(state, burdens=_removed(state.burdens, line))
        case "recorded":
            return replace(state, burdens=_recorded(state.burdens, line))
        case "annuity_reduced":
            return replace(state, practiced=(*state.practiced, _Practiced(start=line.on, reference=line.body["of"])))
        case "fee_reduction":
            return replace(state, reduction=line.body["reduction"])
        case "event" if line.body["kind"] == "EVALUATION_REPORT":
            return replace(state, evaluation_report=not line.body.get("void"))
        case _:
            return state


@dataclass(frozen=True, slots=True, kw_only=True)
class _Practiced(Practice):
    """A practice with the reference of the license that makes it."""

    reference: str = ""


def _bounded(practice: Practice, burdens: Sequence[Burdened]) -> Practice:
    """The reduction ends with the license that practices the open license."""
    reference = practice.reference if isinstance(practice, _Practiced) else ""
    ends = [
        min((end for end in (burden.scope.end, burden.removed_on) if end is not None), default=None)
        for burden in burdens
        if burden.reference == reference and burden.kind in LICENSES
    ]
    return Practice(start=practice.start, end=next(iter(ends), None))


def burden_matches(burden: Burdened, kind: str, reference: str) -> bool:
    """Whether a removal of this kind and reference means the burden, if it is still there."""
    return burden.removed_on is None and burden.kind == kind and burden.reference == reference


def _removed(burdens: Sequence[Burdened], line: Line) -> tuple[Burdened, ...]:
    body = line.body
    return tuple(
        replace(burden, removed_on=line.on) if burden_matches(burden, body["burden"], body["reference"]) else burden for burden in burdens
    )


def _recorded(burdens: Sequence[Burdened], line: Line) -> tuple[Burdened, ...]:
    return tuple(
        replace(burden, recordal=line.reference, recorded_on=line.on)
        if burden.reference == line.body["of"] and burden.kind in LICENSES and burden.removed_on is None
        else burden
        for burden in burdens
    )


def owned_of(row: Mapping[str, Any]) -> Owned:
    """An owner from the body of an entry."""
    share = row.get("share")
    return Owned(name=row["name"], share=Fraction(share) if share else None, organization=row.get("organization"))


def owned_body(owner: Owned) -> dict[str, Any]:
    """An owner as the body of an entry holds it."""
    return {"name": owner.name, "share": str(owner.share) if owner.share is not None else None, "organization": owner.organization}


def burdened_of(line: Line) -> Burdened:
    """A burden from the body of an entry."""
    body = line.body
    return Burdened(
        entry=line.id,
        kind=body["burden"],
        scope=scope_of(body),
        holder=body.get("holder", ""),
        reference=body.get("reference", ""),
        since=line.on,
        under=body.get("under", ""),
        own_practice=bool(body.get("own_practice")),
        deal=line.deal,
        source=line.reference,
        sha256=line.sha256,
    )


def scope_of(body: Mapping[str, Any]) -> Scope:
    """A scope from the body of an entry; missing parts are without limit."""
    return Scope(
        territories=frozenset(body["territories"]) if body.get("territories") else None,
        fields=frozenset(body["fields"]) if body.get("fields") else None,
        start=_day(body.get("start")),
        end=_day(body.get("end")),
    )


def scope_body(scope: Scope) -> dict[str, Any]:
    """A scope as the body of an entry holds it."""
    return {
        "territories": sorted(scope.territories) if scope.territories is not None else None,
        "fields": sorted(scope.fields) if scope.fields is not None else None,
        "start": scope.start.isoformat() if scope.start else None,
        "end": scope.end.isoformat() if scope.end else None,
    }


EVENT_ID = "record:"
"""Begins the id of an event that stands in the record, before the number of its entry."""


def event_of(line: Line) -> RightEvent:
    """An entry as an event of the right, an assignment as a transfer; `corrects` may name an event of the lake."""
    body: Mapping[str, Any] = (
        line.body if line.kind == "event" else {"kind": "TRANSFER", "to_parties": [row["name"] for row in line.body["owners"]]}
    )
    return RightEvent(
        id=f"{EVENT_ID}{line.id}",
        kind=body["kind"],
        effect=body.get("effect", ""),
        on=line.on,
        announced_on=_day(body.get("announced_on")),
        known_on=line.at.astimezone(BEIJING).date(),
        code=body.get("code", ""),
        from_parties=tuple(body.get("from_parties", ())),
        to_parties=tuple(body.get("to_parties", ())),
        reference=line.reference,
        year=body.get("year"),
        days=body.get("days"),
        until=_day(body.get("until")),
        text=body.get("text", ""),
        corrects=body.get("corrects_event", ""),
        void=bool(body.get("void")),
    )


BEIJING = dt.timezone(dt.timedelta(hours=8))


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
