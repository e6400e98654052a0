"""A European patent state by state: after grant it is a bundle of national rights, each with its own fate (EPC 2, 64)."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from langqiao.engine.patents.event import RightEvent

StateFate = Literal["designated", "in_force", "lapsed", "expired", "abandoned", "invalidated"]
_FATES: dict[str, StateFate] = {
    "LAPSE_STATE": "lapsed", "EXPIRY_STATE": "expired", "ABANDONMENT_STATE": "abandoned", "INVALIDATION_STATE": "invalidated",
    "REVOCATION_STATE": "invalidated", "RESTORATION_STATE": "in_force",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class TerritoryState:
    """The right in one state. `designated`: named, nothing told of it since grant; `paid_through`: the last renewal year told as paid."""

    territory: str
    fate: StateFate
    since: dt.date | None
    paid_through: int | None = None
    evidence: tuple[RightEvent, ...] = ()


def territories(
    designated: tuple[str, ...], events: Iterable[RightEvent], on: dt.date, *, ends_on: dt.date | None = None
) -> tuple[TerritoryState, ...]:
    """The fate in every state that is designated or told of, on a day, by state code; at the end of the term (`ends_on`) the living expire.

    Supplementary protection certificates are rights of their own and not seen here.
    """
    found = {name: TerritoryState(territory=name, fate="designated", since=None) for name in designated}
    for event in events:
        if event.effective is not None and event.effective > on:
            continue
        if event.kind == "DESIGNATION":
            for name in event.territories:
                found.setdefault(name, TerritoryState(territory=name, fate="designated", since=event.effective, evidence=(event,)))
        elif event.kind in _FATES or event.kind == "FEE_PAID":
            for name in event.territories:
                found[name] = _told(found.get(name) or TerritoryState(territory=name, fate="designated", since=None), event)
    over = ends_on is not None and on >= ends_on
    return tuple(_over(found[name], ends_on) if over else found[name] for name in sorted(found))


def _over(state: TerritoryState, ends_on: dt.date | None) -> TerritoryState:
    return replace(state, fate="expired", since=ends_on) if state.fate in {"designated", "in_force"} else state


def _told(state: TerritoryState, event: RightEvent) -> TerritoryState:
    evidence = (*state.evidence, event)
    if event.kind == "FEE_PAID":
        paid = max(filter(None, (state.paid_through, event.year)), default=None)
        alive = state.fate == "designated"
        return replace(
            state,
            fate="in_force" if alive else state.fate,
            since=event.effective if alive else state.since,
            paid_through=paid,
            evidence=evidence,
        )
    return replace(state, fate=_FATES[event.kind], since=event.effective, evidence=evidence)
