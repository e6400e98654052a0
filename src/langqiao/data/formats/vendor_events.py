"""Operation columns of a vendor's list as events: transfers, licenses and pledges, aligned by position or marked uncertain."""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from langqiao.data.formats.model import LegalEvent, Publication
from langqiao.data.formats.values import read_date
from langqiao.data.formats.vendor_values import RowValues

LICENSE_TYPES = {
    "独占": "exclusive", "排他": "sole", "排它": "sole", "独家": "sole", "普通": "ordinary", "开放": "open", "交叉": "cross", "分许可": "sub",
    "强制": "compulsory", "exclusive": "exclusive", "sole": "sole", "common": "ordinary", "ordinary": "ordinary", "non-exclusive": "ordinary",
}  # fmt: skip
"""Words of license kinds and the kind of the technology-contract interpretation (2020) art. 25 they stand for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Columns:
    """The columns of one operation."""

    kind: str
    dates: tuple[str, ...]
    givers: tuple[str, ...]
    takers: tuple[str, ...]
    types: str = ""
    terms: str = ""
    count: str = ""


_OPERATIONS = (
    _Columns(
        kind="TRANSFER",
        dates=("transfer_date", "transfer_effective_date"),
        givers=("assignors",),
        takers=("assignees", "assignees_std"),
        count="transfer_count",
    ),
    _Columns(
        kind="LICENSE",
        dates=("license_recordal_date", "license_effective_date"),
        givers=("licensors",),
        takers=("licensees", "current_licensees"),
        types="license_types",
        count="license_count",
    ),
    _Columns(
        kind="PLEDGE",
        dates=("pledge_effective_date",),
        givers=("pledgors",),
        takers=("pledgees", "current_pledgees"),
        terms="pledge_term",
        count="pledge_count",
    ),
)


def events(values: RowValues, patent: Publication) -> Iterator[LegalEvent]:
    """Every operation that the row's columns tell of."""
    for columns in _OPERATIONS:
        yield from _operation(values, patent, columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lists:
    days: Sequence[dt.date | None]
    givers: Sequence[str]
    takers: Sequence[str]
    types: Sequence[str]
    terms: Sequence[str]

    @property
    def filled(self) -> list[Sequence[object]]:
        return [part for part in (self.days, self.givers, self.takers, self.types, self.terms) if part]


def _operation(values: RowValues, patent: Publication, columns: _Columns) -> Iterator[LegalEvent]:
    lists = _Lists(
        days=values.days(*columns.dates),
        givers=values.many(*columns.givers),
        takers=values.many(*columns.takers),
        types=values.many(columns.types) if columns.types else (),
        terms=values.many(columns.terms) if columns.terms else (),
    )
    stated = values.count(columns.count)
    if not (lists.days or lists.givers or lists.takers or lists.terms):
        return
    lengths = {len(part) for part in lists.filled}
    length = lengths.pop() if len(lengths) == 1 else 0
    if length and stated in {None, length}:
        for i in range(length):
            yield _aligned(patent, columns.kind, lists, i)
    else:
        yield _uncertain(patent, columns.kind, lists, stated)


def _aligned(patent: Publication, kind: str, lists: _Lists, i: int) -> LegalEvent:
    def at(part: Sequence[str]) -> str:
        return part[i] if part else ""

    start, end = _term(at(lists.terms))
    day = lists.days[i] if lists.days else start
    event = _event(patent, kind, day, giver=at(lists.givers), taker=at(lists.takers))
    event.extra = _extra(at(lists.types), at(lists.terms), end)
    if event.extra.get("license_type") == "open":
        event.kind = "OPEN_LICENSE"
    return event


def _uncertain(patent: Publication, kind: str, lists: _Lists, stated: int | None) -> LegalEvent:
    """The counts differ: one event with everything the cells say, and the date only where there is just one."""
    day = lists.days[0] if len(lists.days) == 1 else None
    event = _event(patent, kind, day, giver=";".join(lists.givers), taker=";".join(lists.takers))
    event.alignment = "uncertain"
    event.extra = _extra(";".join(lists.types), ";".join(lists.terms), None)
    if len(lists.days) > 1:
        event.extra["dates"] = ";".join(day.isoformat() if day else "?" for day in lists.days)
    if stated is not None:
        event.extra["stated_count"] = str(stated)
    return event


def _event(patent: Publication, kind: str, day: dt.date | None, *, giver: str, taker: str) -> LegalEvent:
    return LegalEvent(
        place=patent.place,
        format=patent.format,
        office=patent.office,
        number=patent.number,
        number_kind=patent.kind,
        application_number=patent.application_number,
        code="",
        kind=kind,
        date=day,
        effective_date=day,
        from_party=giver,
        to_party=taker,
        text="from the operation columns of a vendor's list",
    )


def _extra(license_type: str, term: str, end: dt.date | None) -> dict[str, str]:
    extra = {}
    if license_type:
        extra["license_type_raw"] = license_type
        found = {word for mark, word in LICENSE_TYPES.items() if mark in license_type.lower()}
        if len(found) == 1:
            extra["license_type"] = found.pop()
    if term:
        extra["term"] = term
    if end:
        extra["end"] = end.isoformat()
    return extra


_DATE = re.compile(r"\d{4}[-./年]\d{1,2}[-./月]\d{1,2}日?|\b(?:19|20)\d{6}\b")


def _term(text: str) -> tuple[dt.date | None, dt.date | None]:
    """The two dates of a term such as "2020-01-01至2023-01-01"; nothing where it is written otherwise."""
    days = [read_date(match) for match in _DATE.findall(text)]
    return (days[0], days[1]) if len(days) == 2 else (None, None)
