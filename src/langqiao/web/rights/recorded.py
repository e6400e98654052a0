"""The right behind a patent page with what the record publishes of it: corrections, register events and changes of owner beside the lake's."""

import datetime as dt
from typing import Any

from django.db.models import Max
from django.utils import timezone

from langqiao.web.common.lake import site_lake
from langqiao.web.patents.view import Patent
from langqiao.web.rights.models import Entry, Holding
from langqiao.web.rights.seen import STRANGER, lines_seen
from langqiao.web.rights.selectors import Held, gathered_of, held_from, lines_of

READ = frozenset({"event", "fact_corrected", "owner_changed", "voided"})
"""The kinds of entry that change what a patent page says; owners set by a claim and burdens stand on the record's own page."""
KEPT, NEWEST = "langqiao_recorded", "langqiao_newest"


def recorded(patent: Patent, as_of: dt.date | None = None) -> Held | None:
    """The right with the public lines of its record, read once for each patent of a request; None where the record adds nothing to the lake.

    `as_of`: what was known and held on a day (default: today).
    """
    kept: dict[Any, Held | None] = vars(patent).setdefault(KEPT, {})
    if as_of not in kept:
        kept[as_of] = _recorded(patent, as_of)
    return kept[as_of]


def newest(patent: Patent) -> int:
    """The newest entry that changes what the page of a patent says, 0 where there is none: what is kept of the page depends on it. Read once."""
    kept: dict[str, int] = vars(patent)
    if NEWEST not in kept:
        own = patent.lake.root == site_lake().root
        entries = Entry.objects.filter(holding__key__in=_keys(patent), kind__in=READ) if own else Entry.objects.none()
        kept[NEWEST] = entries.aggregate(newest=Max("pk"))["newest"] or 0
    return kept[NEWEST]


def _keys(patent: Patent) -> list[str]:
    return [patent.key, *(row["key"] for row in patent.siblings)]


def _recorded(patent: Patent, as_of: dt.date | None) -> Held | None:
    if patent.lake.root != site_lake().root:
        return None
    holding = Holding.objects.filter(key__in=_keys(patent), entries__kind__in=READ).distinct().first()
    if holding is None:
        return None
    end = None if as_of is None else timezone.make_aware(dt.datetime.combine(as_of, dt.time.max))
    lines = lines_seen(lines_of(holding), STRANGER)
    return held_from(gathered_of(patent.key), lines, day=as_of or timezone.localdate(), known_at=end, holding=holding)
