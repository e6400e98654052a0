"""Reads of the operational record: the standing and the owners of a right on a day, from the lake's replay and the record's entries together."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.data.lake.store import Lake
from langqiao.data.rights import Gathered, gather
from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.operations.encumbrance import Standing
from langqiao.engine.operations.title import Owner
from langqiao.engine.patents.kinds import DEAD
from langqiao.engine.patents.owners import ownerships
from langqiao.engine.patents.right import RightView, replay, standing
from langqiao.rules import parameters
from langqiao.web.common.lake import lake_at, site_lake
from langqiao.web.people.models import Organization
from langqiao.web.rights.models import Entry, Holding
from langqiao.web.rights.replay import Burdened, Line, Owned, State, state_of

KEPT = 512
"""How many rights a process keeps as the lake tells them; a new version of the lake makes them unreachable."""
DATES = frozenset({"filing_date", "grant_date", "publication_date", "earliest_filing_date"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One right on a day as known at a moment: the lake's replay with the record's events, the record's state, and both merged."""

    key: str
    holding: Holding | None
    day: dt.date
    known_at: dt.datetime | None
    lines: tuple[Line, ...]
    view: RightView
    state: State
    owners: tuple[Owned, ...]
    standing: Standing

    @property
    def burdens(self) -> tuple[Burdened, ...]:
        """The record's own burdens in force on the day; none outlives the right (Civil Code 865)."""
        return _own(self.view, self.state)


def gathered_of(key: str) -> Gathered:
    """What the site's lake holds of a right. Refused (not_a_patent) where it holds none."""
    lake = site_lake()
    found = _gathered(lake.root, lake.version, key)
    if found is None:
        raise Refusal("not_a_patent", _("The lake holds no publication %(key)s. Search for the number in any form.") % {"key": key[:60]})
    return found


@lru_cache(maxsize=KEPT)
def _gathered(root: Any, _version: str, key: str) -> Gathered | None:
    try:
        return gather(lake_at(root), [key])[key]
    except KeyError:
        return None


def holding_of(key: str) -> Holding | None:
    """The holding of a right by any of its publications; None where none was opened."""
    found = Holding.objects.filter(key=key).first()
    if found is not None:
        return found
    return Holding.objects.filter(key__in=gathered_of(key).keys).first()


def lines_of(holding: Holding | None) -> tuple[Line, ...]:
    """Every entry of a holding in the order of its recording."""
    if holding is None or holding.pk is None:
        return ()
    found = Entry.objects.filter(holding=holding).order_by("seq").select_related("document")
    return tuple(line_of(entry) for entry in found)


def line_of(entry: Entry) -> Line:
    """An entry as the replay reads it."""
    return Line(
        id=entry.pk,
        kind=entry.kind,
        on=entry.on,
        at=entry.recorded_at,
        body=entry.body,
        corrects=entry.corrects_id,
        reference=entry.reference,
        deal=entry.deal,
        sha256=entry.document.sha256 if entry.document else "",
    )


def held_on(key: str, day: dt.date | None = None, *, known_at: dt.datetime | None = None, holding: Holding | None = None) -> Held:
    """The right on a day (default today) as known at a moment (None: now). Refused (not_a_patent) where the lake holds none."""
    day = day or timezone.localdate()
    holding, lines = (holding, lines_of(holding)) if holding else _recorded_of(key)
    return held_from(gathered_of(holding.key if holding else key), lines, day=day, known_at=known_at, holding=holding)


def _recorded_of(key: str) -> tuple[Holding | None, tuple[Line, ...]]:
    """The holding and its entries, in one query where it was opened under this publication and holds any."""
    found = list(Entry.objects.filter(holding__key=key).order_by("seq").select_related("document", "holding"))
    if found:
        return found[0].holding, tuple(line_of(entry) for entry in found)
    holding = holding_of(key)
    return holding, lines_of(holding)


def held_from(
    gathered: Gathered, lines: Sequence[Line], *, day: dt.date, known_at: dt.datetime | None = None, holding: Holding | None = None
) -> Held:
    """The merge itself: what the lake holds and the given entries, on a day as known at a moment."""
    state = state_of(lines, day=day, known_at=known_at)
    known_on = timezone.localtime(known_at).date() if known_at else timezone.localdate()
    facts = replace(gathered.facts, **_facts(state.facts))
    view = replay(facts, [*gathered.events, *state.events], as_of=known_on, on=day, parameters=parameters())
    owners = _owners(view, state)
    return Held(
        key=gathered.key,
        holding=holding,
        day=day,
        known_at=known_at,
        lines=tuple(lines),
        view=view,
        state=state,
        owners=owners,
        standing=_standing(view, state, owners),
    )


def _facts(corrected: Mapping[str, Any]) -> dict[str, Any]:
    return {name: dt.date.fromisoformat(value) if name in DATES and value else value for name, value in corrected.items()}


def _standing(view: RightView, state: State, owners: Sequence[Owned]) -> Standing:
    """The standing with the record's burdens beside the lake's; a burden that both tell of by one number is the record's, which knows its scope."""
    base = standing(view, evaluation_report=state.evaluation_report)
    own = _own(view, state)
    numbers = {number for burden in own for number in burden.numbers}
    told = tuple(burden for burden in base.encumbrances if burden.reference not in numbers)
    return replace(base, owners=tuple(owner.name for owner in owners), encumbrances=(*told, *(burden.encumbrance for burden in own)))


def _own(view: RightView, state: State) -> tuple[Burdened, ...]:
    """The record's burdens in force on the view's day: none on a dead right, and none whose end the register has announced by its number."""
    if view.status in DEAD:
        return ()
    ended = released(view, view.on)
    return tuple(burden for burden in state.burdens if burden.in_force(view.on) and not ended & burden.numbers)


def released(view: RightView, day: dt.date) -> set[str]:
    """The numbers of burdens that a legal event of the lake had ended by a day."""
    closed = [overlay for overlay in view.all_overlays if overlay.closed and overlay.reference]
    return {overlay.reference for overlay in closed if overlay.until is not None and overlay.until <= day}


def _owners(view: RightView, state: State) -> tuple[Owned, ...]:
    """The record's owners, then changed by transfers that the register announced later; the lake's where the record has none."""
    if not state.owners:
        return tuple(Owned(name=name) for name in view.ownership.owners)
    later = [event for event in view.events if event.effective is not None and state.owners_since < event.effective <= view.on]  # type: ignore[operator]
    names = tuple(owner.name for owner in state.owners)
    chain, _gaps = ownerships(names, None, later)
    last = chain[-1].owners
    if set(last) == set(names):
        return state.owners
    known = {owner.name: owner for owner in state.owners}
    return tuple(Owned(name=name, organization=known[name].organization if name in known else None) for name in last)


def standing_for(key: str, day: dt.date) -> Standing:
    """What the law asks of a right before any operation on a day: the lake's status, term and burdens with those of the record.

    `owners` are the registered names of `owners_for`; `consents` are empty: the operation adds those on file. Refused (not_a_patent).
    """
    return held_on(key, day).standing


def owners_for(key: str, day: dt.date) -> tuple[Owner, ...]:
    """The owners on a day by registered name with their shares (None: not stated). Refused (not_a_patent)."""
    return tuple(Owner(name=owner.name, share=owner.share) for owner in held_on(key, day).owners)


def owner_organizations(key: str, day: dt.date) -> dict[str, int]:
    """Registered name of an owner → id of the organization of this site that it is, for owners whose claim was accepted or who bought here."""
    return {owner.name: owner.organization for owner in held_on(key, day).owners if owner.organization is not None}


def owner_name_of(organization: Organization, key: str, day: dt.date) -> str | None:
    """The registered name under which an organization owns a right on a day; None: it may not act as owner."""
    return next((name for name, found in owner_organizations(key, day).items() if found == organization.pk), None)


def organizations_concerned(key: str) -> set[int]:
    """The organizations that may read the records about a right: its owners of today who are known here."""
    holding = holding_of(key)
    if holding is None:
        return set()
    return set(holding.owners_now.filter(organization__isnull=False).values_list("organization_id", flat=True))


def held_many(holdings: Sequence[Holding], day: dt.date | None = None) -> list[Held]:
    """Many rights on a day, read in a few questions to the lake and one to the books; those no longer in the lake are left out."""
    day = day or timezone.localdate()
    lake = site_lake()
    known_keys = held_keys(lake, [holding.key for holding in holdings])
    gathered = gather(lake, known_keys) if known_keys else {}
    lines: dict[int, list[Line]] = {}
    for entry in Entry.objects.filter(holding__in=holdings).order_by("holding", "seq").select_related("document"):
        lines.setdefault(entry.holding_id, []).append(line_of(entry))
    return [
        held_from(gathered[holding.key], lines.get(holding.pk, []), day=day, holding=holding)
        for holding in holdings
        if holding.key in gathered
    ]


def held_keys(lake: Lake, keys: Sequence[str]) -> list[str]:
    """Those of the keys that the lake holds."""
    if not keys or not lake.version:
        return []
    rows = lake.rows("publications", "key IN (SELECT unnest(?))", [list(keys)])
    return sorted({row["key"] for row in rows})


def holdings_owned(organization: Organization) -> list[Holding]:
    """The rights an organization is known to own today, by key."""
    return list(Holding.objects.filter(owners_now__organization=organization).prefetch_related("owners_now").order_by("key")[:OWNED_MAX])


OWNED_MAX = 2_000
"""How many rights one list shows; the portfolio has its own pages for more."""
