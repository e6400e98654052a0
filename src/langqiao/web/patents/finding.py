"""Finding patents: the query of a results page read from its address, and what the index answers."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import get_args

from django.http import QueryDict
from django.utils.translation import gettext as _

from langqiao.data.lake.store import Lake
from langqiao.data.search.index import FILTER_FIELDS
from langqiao.data.search.meaning import Found, Mode, Used, find
from langqiao.data.search.query import MAX_OFFSET, MAX_QUERY_CHARS, ORDERS, Filters, Results, search
from langqiao.web.common.lake import index_folder

PAGE_SIZE = 25
DAYS = ("filed_from", "filed_to", "published_from", "published_to")
MODES: tuple[Mode, ...] = get_args(Mode)
COLUMNS = ("owner", "patent_type", "office", "status", "grade", "filed", "published")
"""What a table of results may show beside number and title; without a choice the results are a list with the passage found."""
KEPT = 256
"""How many answers of the index a process keeps; a rebuilt index makes them unreachable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What a person asked: words, narrowing, page; `errors` say which part could not be read, by field."""

    text: str = ""
    values: Mapping[str, Sequence[str]] = field(default_factory=dict)
    days: Mapping[str, dt.date | None] = field(default_factory=dict)
    page: int = 1
    mode: Mode = "words"
    order: str = ""
    columns: Sequence[str] = ()
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was asked."""
        return not self.text and not self.values and not any(self.days.values())

    def chips(self) -> Iterator[tuple[str, str]]:
        """Each narrowing as (field, value)."""
        for name, chosen in self.values.items():
            for value in chosen:
                yield name, value

    def rest(self) -> Iterator[tuple[str, str]]:
        """Everything but the words and the page as (parameter, value): what a form has to carry along."""
        yield from self.chips()
        yield from ((name, day.isoformat()) for name, day in self.days.items() if day)
        yield from (("mode", self.mode),) if self.mode != "words" else ()
        yield from (("order", self.order),) if self.order else ()
        yield from (("col", name) for name in self.columns)

    def rest_undated(self) -> list[tuple[str, str]]:
        """The rest without the days: for the form that asks for days."""
        return [pair for pair in self.rest() if pair[0] not in DAYS]

    def rest_unordered(self) -> list[tuple[str, str]]:
        """The rest without the order: for the form that chooses one."""
        return [pair for pair in self.rest() if pair[0] != "order"]

    def rest_uncolumned(self) -> list[tuple[str, str]]:
        """Words and rest without the columns: for the form that chooses them."""
        return [("q", self.text), *(pair for pair in self.rest() if pair[0] != "col")]

    def filters(self) -> Filters:
        """The narrowing as the index takes it."""
        return Filters(
            values=self.values,
            filed_from=self.days.get("filed_from"),
            filed_to=self.days.get("filed_to"),
            published_from=self.days.get("published_from"),
            published_to=self.days.get("published_to"),
        )


def query_read(given: QueryDict) -> Query:
    """The query of an address; what cannot be read is told, not guessed."""
    errors: dict[str, str] = {}
    text = given.get("q", "").strip()
    if len(text) > MAX_QUERY_CHARS:
        errors["q"] = _("The query has %(n)d characters; %(limit)d are allowed.") % {"n": len(text), "limit": MAX_QUERY_CHARS}
        text = text[:MAX_QUERY_CHARS]
    days: dict[str, dt.date | None] = {}
    for name in DAYS:
        raw = given.get(name, "").strip()
        try:
            days[name] = dt.date.fromisoformat(raw) if raw else None
        except ValueError:
            days[name] = None
            errors[name] = _("%(text)s is not a date such as 2026-06-30.") % {"text": raw[:40]}
    page, mode, order = given.get("page", "1"), given.get("mode", ""), given.get("order", "")
    last, chosen = MAX_OFFSET // PAGE_SIZE, set(given.getlist("col"))
    return Query(
        text=text,
        values={name: given.getlist(name)[:20] for name in FILTER_FIELDS if given.getlist(name)},
        days=days,
        page=min(int(page), last) if page.isascii() and page.isdigit() and int(page) > 0 else 1,
        mode=next((known for known in MODES if known == mode), "words"),
        order=order if order in ORDERS else "",
        columns=tuple(name for name in COLUMNS if name in chosen),
        errors=errors,
    )


def patents_find(lake: Lake, query: Query) -> Found | None:
    """What the index answers; None where no index was built yet."""
    folder = index_folder(lake)
    stamp = index_stamp(folder)
    if not stamp:
        return None
    narrowed = tuple((name, tuple(values)) for name, values in sorted(query.values.items()))
    days = tuple(query.days.get(name) for name in DAYS)
    return _found(folder, (stamp, vector_stamp(folder)), (query.text, query.mode, query.order, query.page), (narrowed, days))


def index_stamp(folder: Path) -> int:
    """When the index was built; 0 where there is none."""
    try:
        return (folder / "langqiao.json").stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def vector_stamp(folder: Path) -> int:
    """When the vectors beside an index were built; 0 where there are none."""
    try:
        return (folder.parent / "vectors" / "keys.json").stat().st_mtime_ns
    except FileNotFoundError:
        return 0


Narrowed = tuple[tuple[tuple[str, tuple[str, ...]], ...], tuple[dt.date | None, ...]]


@lru_cache(maxsize=KEPT)
def _found(folder: Path, _stamps: tuple[int, int], asked: tuple[str, Mode, str, int], narrowed: Narrowed) -> Found:
    text, mode, order, page = asked
    filters = Filters(values=dict(narrowed[0]), **dict(zip(DAYS, narrowed[1], strict=True)))
    if mode != "words":
        return find(folder, folder.parent / "vectors", text, mode=mode, filters=filters, page=page, size=PAGE_SIZE)
    results = search(folder, text, filters=filters, page=page, size=PAGE_SIZE, order=order)
    return Found(results=results, used=Used(mode="words"), ranks={})


def page_count(results: Results) -> int:
    """How many pages the results have, within the limit of the index."""
    return max(1, min(-(-results.total // PAGE_SIZE), MAX_OFFSET // PAGE_SIZE))
