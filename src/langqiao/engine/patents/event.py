"""A dated event on a right: when it takes effect, when it could be known, and what a later correction does to it."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from langqiao.engine.kernel.evidence import Source

KINDS_IN_ORDER = (
    "FILING", "PUBLICATION", "EXAMINATION", "ALLOWANCE", "REGISTRATION", "REFUSAL", "WITHDRAWN", "DEEMED_WITHDRAWN", "GRANT",
    "NAME_CHANGE", "TRANSFER_APPLICATION", "TRANSFER", "FEE_MISSED", "FEE_PAID", "LAPSE", "RESTORATION", "ABANDONMENT", "EXPIRY",
    "PARTIAL_ABANDONMENT", "PARTIAL_INVALIDATION", "PARTIAL_REVOCATION", "REVOCATION", "INVALIDATION",
)  # fmt: skip
"""The order of events of one day: a fee paid on the first day of its grace period comes after the day it was missed."""
_RANK = {kind: rank for rank, kind in enumerate(KINDS_IN_ORDER)}


@dataclass(frozen=True, slots=True, kw_only=True)
class RightEvent:
    """One event. `kind` is the house's word (GRANT, LAPSE, PLEDGE …), `effect` open | close | amend | unknown on what the kind concerns.

    `on`: the day of legal effect where the source tells it; `announced_on`: the gazette; `known_on`: when we could know it, if later
    than the gazette. `reference`: registration or record number that joins opening and closing. `territories`: states of a European
    patent. `year`: patent year of a fee. `days`, `until`: added to, or new end of, a term, license or debt. `corrects`: the id of the
    event this one replaces; with `void` the event it names never was. `derived`: computed by us from other records, not announced.
    """

    id: str
    kind: str
    effect: str = ""
    on: dt.date | None = None
    announced_on: dt.date | None = None
    known_on: dt.date | None = None
    code: str = ""
    from_parties: tuple[str, ...] = ()
    to_parties: tuple[str, ...] = ()
    license_kind: str = ""
    reference: str = ""
    territories: tuple[str, ...] = ()
    year: int | None = None
    days: int | None = None
    until: dt.date | None = None
    text: str = ""
    corrects: str = ""
    void: bool = False
    derived: bool = False
    source: Source | None = None

    @property
    def effective(self) -> dt.date | None:
        """The day of legal effect, else the day of announcement."""
        return self.on or self.announced_on

    @property
    def knowable(self) -> dt.date | None:
        """The first day on which the event could be known; None if no date at all is told."""
        return self.known_on or self.announced_on or self.on


def known_by(events: Iterable[RightEvent], as_of: dt.date) -> tuple[RightEvent, ...]:
    """The events that could be known on a day, with the corrections of that day applied, in one order whatever order they came in.

    A later correction never changes what was known on an earlier day (I9): only corrections knowable by `as_of` replace or void.
    """
    known = {event.id: event for event in sorted(events, key=_order) if event.knowable is None or event.knowable <= as_of}
    corrected = {event.corrects for event in known.values() if event.corrects}
    kept = (event for event in known.values() if event.id not in corrected and not event.void)
    return tuple(sorted(kept, key=_order))


def _order(event: RightEvent) -> tuple[dt.date, int, dt.date, str, str]:
    day = event.effective or dt.date.max
    return (day, _RANK.get(event.kind, len(_RANK)), event.announced_on or day, event.id, event.text)
