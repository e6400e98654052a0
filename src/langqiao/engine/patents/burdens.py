"""The burdens on a right through time: pledges, licenses, open license, preservation, suspension, reviews, opened and closed by events."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from langqiao.engine.kernel.dates import add_years
from langqiao.engine.kernel.parameters import Parameters
from langqiao.engine.kernel.problem import Problem
from langqiao.engine.operations.encumbrance import Burden, Encumbrance
from langqiao.engine.operations.scope import Scope
from langqiao.engine.patents.event import RightEvent

OverlayKind = Literal[
    "pledged", "lien", "license", "open_license", "preserved", "suspended", "under_invalidation", "under_review", "opposition",
    "litigation", "encumbered", "stayed", "ownership_dispute", "declared_sep",
]  # fmt: skip
_KIND_OF: dict[str, OverlayKind] = {
    "PLEDGE": "pledged", "LIEN": "lien", "LICENSE": "license", "OPEN_LICENSE": "open_license", "PRESERVATION": "preserved",
    "SUSPENSION": "suspended", "INVALIDATION_REQUEST": "under_invalidation", "REVIEW": "under_review", "OPPOSITION": "opposition",
    "LITIGATION": "litigation", "ENCUMBRANCE": "encumbered", "STAY": "stayed", "OWNERSHIP_DISPUTE": "ownership_dispute",
    "SEP_DECLARATION": "declared_sep",
}  # fmt: skip
_ENDS: dict[str, OverlayKind] = {"LIEN_RELEASE": "lien", "INVALIDATION": "under_invalidation", "PARTIAL_INVALIDATION": "under_invalidation"}
"""Kinds that close a burden of another name; a decision on invalidity ends the request it decides."""
_LICENSE_BURDENS: dict[str, Burden] = {"exclusive": "exclusive_license", "sole": "sole_license", "ordinary": "ordinary_license"}
DEFAULT_LICENSE = "ordinary"
"""A license whose kind is not stated is ordinary (Interpretation 25; I27)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """One burden from `since` to `until` (exclusive; None: still open). `certain` is False where the record leaves open whether it began
    or ended; `closed`: an event ended it, not a day agreed in advance. `license_kind` exclusive | sole | ordinary; `kind_stated` tells whether the source said so.
    """

    kind: OverlayKind
    since: dt.date | None
    until: dt.date | None = None
    holder: str = ""
    grantor: str = ""
    reference: str = ""
    license_kind: str = ""
    kind_stated: bool = True
    recorded: bool = True
    certain: bool = True
    closed: bool = False
    evidence: tuple[RightEvent, ...] = ()

    def covers(self, day: dt.date) -> bool:
        """Whether the burden lies on the right on a day."""
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)

    def as_encumbrance(self) -> Encumbrance | None:
        """The burden as the check of operations reads it; None for those that forbid nothing."""
        if self.kind == "license":
            burden: Burden | None = _LICENSE_BURDENS[self.license_kind or DEFAULT_LICENSE]
        else:
            burden = _CHECKED.get(self.kind)
        if burden is None:
            return None
        return Encumbrance(kind=burden, scope=Scope(start=self.since, end=self.until), holder=self.holder, reference=self.reference)


_CHECKED: dict[OverlayKind, Burden] = {
    "pledged": "pledged", "open_license": "open_license", "preserved": "preserved", "suspended": "suspended",
    "under_invalidation": "under_invalidation", "ownership_dispute": "ownership_dispute",
}  # fmt: skip


def overlays(events: Iterable[RightEvent], parameters: Parameters) -> tuple[tuple[Overlay, ...], tuple[Problem, ...]]:
    """Every burden ever told of, in order of opening, and what could not be matched."""
    found: list[Overlay] = []
    problems: list[Problem] = []
    for event in events:
        kind = _ENDS.get(event.kind) or _KIND_OF.get(event.kind)
        if kind is None:
            continue
        effect = "close" if event.kind in _ENDS else event.effect
        if effect == "close":
            problems += _close(found, kind, event)
        elif effect == "amend":
            problems += _amend(found, kind, event)
        elif effect != "refused":
            found.append(_opened(kind, event, parameters, certain=effect != "unknown"))
        else:
            found.append(replace(_opened(kind, event, parameters, certain=True), recorded=False))
    return tuple(found), tuple(problems)


def _opened(kind: OverlayKind, event: RightEvent, parameters: Parameters, *, certain: bool) -> Overlay:
    until = event.until
    if kind == "suspended" and until is None and event.effective is not None:
        until = add_years(event.effective, int(parameters.value("patents.suspension_dispute_years")))
    return Overlay(
        kind=kind,
        since=event.effective,
        until=until,
        holder="; ".join(event.to_parties),
        grantor="; ".join(event.from_parties),
        reference=event.reference,
        license_kind=(event.license_kind or DEFAULT_LICENSE) if kind == "license" else "",
        kind_stated=bool(event.license_kind) or kind != "license",
        certain=certain,
        evidence=(event,),
    )


def _match(found: list[Overlay], kind: OverlayKind, event: RightEvent) -> list[int]:
    """Places of the open burdens an event may concern: by number; else by holder; else the only one there is."""
    open_ones = [place for place, overlay in enumerate(found) if overlay.kind == kind and not overlay.closed]
    if event.reference:
        numbered = [place for place in open_ones if found[place].reference == event.reference]
        if numbered:
            return numbered
        open_ones = [place for place in open_ones if not found[place].reference]
    holders = [place for place in open_ones if event.to_parties and found[place].holder == "; ".join(event.to_parties)]
    return holders if len(holders) == 1 else open_ones


def _close(found: list[Overlay], kind: OverlayKind, event: RightEvent) -> list[Problem]:
    places = _match(found, kind, event)
    if len(places) == 1:
        overlay = found[places[0]]
        ends = [day for day in (overlay.until, event.effective) if day is not None]
        found[places[0]] = replace(overlay, until=min(ends, default=None), closed=True, evidence=(*overlay.evidence, event))
        return []
    for place in places:
        found[place] = replace(found[place], certain=False, evidence=(*found[place].evidence, event))
    quiet = not places and kind in {"opposition", "under_invalidation", "under_review"}  # "no opposition filed" closes nothing
    return [] if quiet else [_unmatched(event, kind, len(places))]


def _amend(found: list[Overlay], kind: OverlayKind, event: RightEvent) -> list[Problem]:
    places = _match(found, kind, event)
    if len(places) != 1:
        return [_unmatched(event, kind, len(places))]
    overlay = found[places[0]]
    found[places[0]] = replace(
        overlay,
        until=event.until or overlay.until,
        holder="; ".join(event.to_parties) or overlay.holder,
        evidence=(*overlay.evidence, event),
    )
    return []


def _unmatched(event: RightEvent, kind: OverlayKind, candidates: int) -> Problem:
    what = "no open one is known" if not candidates else f"it could be any of {candidates}"
    return Problem(
        where=event.source.file if event.source else event.id,
        offset=event.source.offset if event.source else None,
        code="unmatched_event",
        message=f"{event.kind} {event.effect or 'close'} of {event.effective or 'an unknown day'} concerns a burden ({kind}): {what}",
        severity="note",
        field=event.kind,
    )
