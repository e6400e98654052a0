"""Portfolios of the organization and their patents as last assessed."""

import datetime as dt

from pydantic import Field

from langqiao.web.api.endpoint import Call, Endpoint, Paging, Told
from langqiao.web.api.paging import listed, page
from langqiao.web.portfolio.models import Portfolio, PortfolioItem
from langqiao.web.portfolio.selectors import portfolio_get


class PortfolioTold(Told):
    """A portfolio."""

    id: int
    name: str
    created_at: dt.datetime


class PortfoliosTold(Told):
    """A page of portfolios."""

    items: list[PortfolioTold]
    next_cursor: str | None


class ItemTold(Told):
    """A patent of a portfolio as last assessed. Null is unknown, never zero; money is fen of `value_currency`."""

    key: str
    title: str
    office: str
    patent_type: str
    owner: str
    status: str
    filing_date: dt.date | None
    expiry_date: dt.date | None
    annuity_year: int | None
    annuity_due_on: dt.date | None
    annuity_fee_fen: int | None
    grade: str
    score: float | None
    coverage: float | None = Field(description="share of the scheme's weight that evidence covers")
    high_value: bool | None
    value_p10_fen: int | None
    value_p50_fen: int | None
    value_p90_fen: int | None
    value_currency: str
    advice: str
    as_of: dt.date | None


class ItemsTold(Told):
    """A page of a portfolio, by key."""

    items: list[ItemTold]
    next_cursor: str | None


class ItemsAsked(Paging):
    """Narrowing by exact codes."""

    grade: str | None = Field(default=None, max_length=4)
    status: str | None = Field(default=None, max_length=30)
    advice: str | None = Field(default=None, max_length=12)
    office: str | None = Field(default=None, max_length=4)


def portfolio_told(one: Portfolio) -> PortfolioTold:
    return PortfolioTold(id=one.pk, name=one.name, created_at=one.created_at)


PLAIN = tuple(name for name in ItemTold.model_fields if name != "value_currency")


def _item(one: PortfolioItem) -> ItemTold:
    return ItemTold(**{name: getattr(one, name) for name in PLAIN}, value_currency=one.currency)


def portfolios(call: Call) -> PortfoliosTold:
    """The organization's portfolios, oldest first."""
    found = Portfolio.objects.filter(organization=call.membership.organization)
    rows, after = page(found, by=("pk",), cursor=call.query.cursor, limit=call.query.limit, down=False)
    return PortfoliosTold(**listed(rows, portfolio_told, after))


def portfolio(call: Call) -> PortfolioTold:
    """One portfolio."""
    return portfolio_told(portfolio_get(portfolio_id=call.path["portfolio_id"], organization=call.membership.organization))


def items(call: Call) -> ItemsTold:
    """The patents of a portfolio."""
    found = portfolio_get(portfolio_id=call.path["portfolio_id"], organization=call.membership.organization)
    asked = {name: value for name in ("grade", "status", "advice", "office") if (value := getattr(call.query, name)) is not None}
    rows, after = page(
        PortfolioItem.objects.filter(portfolio=found, **asked), by=("key",), cursor=call.query.cursor, limit=call.query.limit, down=False
    )
    return ItemsTold(**listed(rows, _item, after))


ENDPOINTS = (
    Endpoint(
        method="GET", path="/portfolios", name="portfolios", scope="read", act=portfolios, answer=PortfoliosTold, query=Paging,
        summary="The organization's portfolios",
    ),
    Endpoint(
        method="GET", path="/portfolios/{portfolio_id:int}", name="portfolio", scope="read", act=portfolio, answer=PortfolioTold,
        summary="One portfolio",
    ),
    Endpoint(
        method="GET", path="/portfolios/{portfolio_id:int}/items", name="portfolio_items", scope="read", act=items, answer=ItemsTold,
        query=ItemsAsked, summary="The patents of a portfolio with status, grade, value and the next fee",
    ),
)  # fmt: skip
