"""Finding patents: the query of a results page read from its address, and what the index answers."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils.translation import gettext as _

from langqiao.data.lake.store import Lake
from langqiao.data.search.index import FILTER_FIELDS
from langqiao.data.search.query import MAX_OFFSET, MAX_QUERY_CHARS, Filters, Results, search
from langqiao.web.common.lake import index_folder

PAGE_SIZE = 25
DAYS = ("filed_from", "filed_to", "published_from", "published_to")


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What a person asked: words, narrowing, page; `errors` say which part could not be read, by field."""

    text: str = ""
    values: Mapping[str, Sequence[str]] = field(default_factory=dict)
    days: Mapping[str, dt.date | None] = field(default_factory=dict)
    page: int = 1
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
    page = given.get("page", "1")
    last = MAX_OFFSET // PAGE_SIZE
    return Query(
        text=text,
        values={name: given.getlist(name)[:20] for name in FILTER_FIELDS if given.getlist(name)},
        days=days,
        page=min(int(page), last) if page.isascii() and page.isdigit() and int(page) > 0 else 1,
        errors=errors,
    )


def patents_find(lake: Lake, query: Query) -> Results | None:
    """What the index answers; None where no index was built yet."""
    try:
        return search(index_folder(lake), query.text, filters=query.filters(), page=query.page, size=PAGE_SIZE)
    except FileNotFoundError:
        return None


def page_count(results: Results) -> int:
    """How many pages the results have, within the limit of the index."""
    return max(1, min(-(-results.total // PAGE_SIZE), MAX_OFFSET // PAGE_SIZE))
