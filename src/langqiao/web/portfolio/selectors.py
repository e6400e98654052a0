"""Reads of an organization's portfolios: one, its items narrowed and sorted, its figures, its deadlines; never another organization's."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Count, F, Max, Min, Q, Sum
from django.db.models.functions import ExtractYear, TruncMonth
from django.http import QueryDict
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.people.models import Organization
from langqiao.web.portfolio.models import Portfolio, PortfolioItem, Upload

Name = TypeVar("Name", str, int)
PAGE_SIZE = 50
PRUNE_SHOWN = 100
"""Of each list; the export has all."""
SORTS = {
    "key": "key",
    "score": "score",
    "value": "value_p50_fen",
    "filed": "filing_date",
    "expiry": "expiry_date",
    "annuity": "annuity_due_on",
    "coverage": "coverage",
}
COLUMNS = ("owner", "office", "status", "grade", "coverage", "value", "expiry", "annuity", "fee", "advice")
"""What the table may show beside number and title."""
SHOWN_FIRST = ("status", "grade", "coverage", "value", "expiry", "annuity", "fee", "advice")
"""The columns of a table for which none were chosen."""
MAPPED = Q(score__isnull=False, value_p50_fen__gt=0, value_currency__in=("", "CNY"))
"""Patents that a map of score and value can show on one axis."""
NARROWING = ("grade", "status", "advice", "office")


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemsQuery:
    """How a person narrows and sorts the table; `sort` starts with - for descending."""

    values: dict[str, str]
    text: str
    sort: str
    page: int
    columns: Sequence[str] = SHOWN_FIRST

    def rest_uncolumned(self) -> list[tuple[str, str]]:
        """Words, narrowing and order: what the form of the columns carries along."""
        return [("q", self.text), *self.values.items(), ("sort", self.sort)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemsPage:
    """One page of items."""

    items: Sequence[PortfolioItem]
    total: int
    page: int
    page_count: int


def portfolio_get(*, portfolio_id: int, organization: Organization) -> Portfolio:
    """A portfolio of the organization. Refused (not_found) otherwise, as if it did not exist."""
    found = Portfolio.objects.filter(pk=portfolio_id, organization=organization).select_related("organization").first()
    if found is None:
        raise Refusal("not_found", _("There is no such portfolio in your organization."))
    return found


def upload_get(*, upload_id: int, portfolio: Portfolio) -> Upload:
    """An upload of the portfolio. Refused (not_found) otherwise."""
    found = Upload.objects.filter(pk=upload_id, portfolio=portfolio).first()
    if found is None:
        raise Refusal("not_found", _("There is no such upload in this portfolio."))
    return found


def portfolios_list(*, organization: Organization) -> Sequence[Portfolio]:
    """The organization's portfolios with the number of their patents."""
    return list(Portfolio.objects.filter(organization=organization).annotate(item_count=Count("items")))


def items_query_read(given: QueryDict) -> ItemsQuery:
    """The narrowing and order of an address; what is unknown is left out."""
    sort, page, chosen = given.get("sort", "annuity"), given.get("page", "1"), set(given.getlist("col"))
    return ItemsQuery(
        values={name: given.get(name, "") for name in NARROWING if given.get(name)},
        text=given.get("q", "").strip()[:200],
        sort=sort if sort.removeprefix("-") in SORTS else "annuity",
        page=int(page) if page.isascii() and page.isdigit() and int(page) > 0 else 1,
        columns=tuple(name for name in COLUMNS if name in chosen) or SHOWN_FIRST,
    )


def items_page(portfolio: Portfolio, query: ItemsQuery, *, whole: int | None = None) -> ItemsPage:
    """A page of the items; unknown values stand last in either order. `whole`: how many the portfolio holds, where that is known already."""
    found = PortfolioItem.objects.filter(portfolio=portfolio, **query.values)
    if query.text:
        words = Q(key__icontains=query.text) | Q(title__icontains=query.text) | Q(owner__icontains=query.text)
        found = found.filter(words | Q(title_zh__icontains=query.text) | Q(title_en__icontains=query.text))
    column = F(SORTS[query.sort.removeprefix("-")])
    order = column.desc(nulls_last=True) if query.sort.startswith("-") else column.asc(nulls_last=True)
    total = found.count() if whole is None or query.text or query.values else whole
    page_count = max(1, -(-total // PAGE_SIZE))
    page = min(query.page, page_count)
    items = list(found.order_by(order, "key")[(page - 1) * PAGE_SIZE : page * PAGE_SIZE])
    return ItemsPage(items=items, total=total, page=page, page_count=page_count)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Counts by grade, status and advice; what falls due within a year; expiry by year.

    `dated`: how many end this year or later; `mapped`: how many have a score and a value in yuan above zero; `by_month`: (month, fees, fen) of the fees
    of a year; `by_worth`: (grade, how many, lowest, highest p50 in fen) of the mapped.
    """

    total: int
    graded: int
    valued: int
    by_grade: list[tuple[str, int]]
    by_status: list[tuple[str, int]]
    by_advice: dict[str, int]
    high_value: int
    due_count: int
    due_fen: int
    by_expiry: list[tuple[int, int]]
    dated: int
    mapped: int
    by_month: list[tuple[dt.date, int, int]]
    by_worth: list[tuple[str, int, int, int]]


def portfolio_figures(portfolio: Portfolio, *, today: dt.date) -> Figures:
    """The figures above the table."""
    items = PortfolioItem.objects.filter(portfolio=portfolio)
    soon = Q(annuity_due_on__gte=today, annuity_due_on__lt=today + dt.timedelta(days=365))
    groups = list(
        items.order_by()
        .annotate(ends=ExtractYear("expiry_date"))
        .values("grade", "status", "advice", "ends")
        .annotate(
            total=Count("id"),
            graded=Count("id", filter=Q(score__isnull=False)),
            valued=Count("id", filter=Q(value_p50_fen__isnull=False)),
            high_value=Count("id", filter=Q(high_value=True)),
            due_count=Count("id", filter=soon),
            due_fen=Sum("annuity_fee_fen", filter=soon),
            mapped=Count("id", filter=MAPPED),
            low=Min("value_p50_fen", filter=MAPPED),
            high=Max("value_p50_fen", filter=MAPPED),
        )
    )
    months = items.filter(soon).annotate(month=TruncMonth("annuity_due_on")).order_by("month").values_list("month")
    sums = {
        name: sum(group[name] or 0 for group in groups)
        for name in ("total", "graded", "valued", "high_value", "due_count", "due_fen", "mapped")
    }
    ends = _folded((group["ends"], group["total"]) for group in groups if group["ends"] is not None and group["ends"] >= today.year)
    return Figures(
        **sums,
        by_grade=_folded((group["grade"], group["total"]) for group in groups),
        by_status=_folded((group["status"], group["total"]) for group in groups),
        by_advice=dict(_folded((group["advice"], group["total"]) for group in groups)),
        by_expiry=ends,
        dated=sum(n for _year, n in ends),
        by_month=[(month, n, fen or 0) for month, n, fen in months.annotate(n=Count("id"), fen=Sum("annuity_fee_fen"))],
        by_worth=_worths(groups),
    )


def _worths(groups: Sequence[Mapping[str, Any]]) -> list[tuple[str, int, int, int]]:
    found: dict[str, tuple[int, int, int]] = {}
    for group in groups:
        if group["mapped"]:
            n, low, high = found.get(group["grade"], (0, group["low"], group["high"]))
            found[group["grade"]] = (n + group["mapped"], min(low, group["low"]), max(high, group["high"]))
    return sorted((grade, *row) for grade, row in found.items())


def _folded(pairs: Iterable[tuple[Name, int]]) -> list[tuple[Name, int]]:
    found: Counter[Name] = Counter()
    for name, n in pairs:
        found[name] += n
    return sorted(found.items())


def annuities_due(organization: Organization, *, today: dt.date, limit: int = 20) -> Sequence[PortfolioItem]:
    """The organization's annuities that fall due next, over all portfolios."""
    found = PortfolioItem.objects.filter(portfolio__organization=organization, annuity_due_on__gte=today).select_related("portfolio")
    return list(found.order_by("annuity_due_on", "key")[:limit])


def prune_list(portfolio: Portfolio, advice: str) -> Sequence[PortfolioItem]:
    """The patents with that advice, the largest fees to come first."""
    found = PortfolioItem.objects.filter(portfolio=portfolio, advice=advice)
    return list(found.order_by(F("fees_to_come_fen").desc(nulls_last=True), "key")[:PRUNE_SHOWN])


def uploads_list(portfolio: Portfolio) -> Sequence[Upload]:
    """The newest uploads with their jobs."""
    return list(Upload.objects.filter(portfolio=portfolio).select_related("job")[:10])
