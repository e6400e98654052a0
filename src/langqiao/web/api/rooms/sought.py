"""Standing searches: what a fund, a bank or a buyer looks for; entered, changed and ended by its own organization."""

import datetime as dt
import uuid
from typing import Annotated, Any

from pydantic import Field

from langqiao.web.api.endpoint import INT_MAX, Call, Endpoint, Given, Nothing, Paging, Told
from langqiao.web.api.paging import listed, page
from langqiao.web.matching import selectors, services
from langqiao.web.matching.models import TEXT_CHARS, TITLE_CHARS, Mandate

Word = Annotated[str, Field(max_length=100)]
Words = Annotated[list[Word], Field(max_length=services.LIST_MAX)]
Fen = Annotated[int, Field(ge=0, le=INT_MAX)]


class SoughtGiven(Given):
    """What is looked for; an empty part asks nothing. `required`: criteria that exclude. `brief`: what everybody reads of a public search."""

    title: str = Field(max_length=TITLE_CHARS)
    purpose: str = Field(max_length=10, description="invest, lend, buy or license")
    until_on: dt.date
    visibility: str = Field(default="private", max_length=10)
    brief: str = Field(default="", max_length=TEXT_CHARS)
    words: str = Field(default="", max_length=500)
    fields: list[Annotated[int, Field(ge=0, le=1_000)]] = Field(default=[], max_length=services.LIST_MAX)
    industries: Words = Field(default=[])
    ipc: Words = Field(default=[])
    statuses: Words = Field(default=[])
    grade_least: str = Field(default="", max_length=2)
    high_value: bool = False
    regions: Words = Field(default=[])
    ticket_low_fen: Fen | None = None
    ticket_high_fen: Fen | None = None
    required: Words = Field(default=[])


class SoughtTold(Told):
    """A standing search of the own organization."""

    id: uuid.UUID
    title: str
    purpose: str
    until_on: dt.date
    visibility: str
    brief: str
    words: str
    fields: list[int]
    industries: list[str]
    ipc: list[str]
    statuses: list[str]
    grade_least: str
    high_value: bool
    regions: list[str]
    ticket_low_fen: int | None
    ticket_high_fen: int | None
    required: list[str]
    version: int
    ended_at: dt.datetime | None
    is_scenario: bool


class SoughtsTold(Told):
    """A page of standing searches, newest first."""

    items: list[SoughtTold]
    next_cursor: str | None


def _told(one: Mandate) -> SoughtTold:
    return SoughtTold(**{name: getattr(one, name) for name in SoughtTold.model_fields})


def _terms(call: Call) -> services.Terms:
    given: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in dict(call.body).items()}
    return services.Terms(**given)


def soughts(call: Call) -> SoughtsTold:
    """The standing searches of the own organization."""
    found = Mandate.objects.filter(organization=call.membership.organization)
    rows, after = page(found, by=("created_at", "pk"), cursor=call.query.cursor, limit=call.query.limit)
    return SoughtsTold(**listed(rows, _told, after))


def sought(call: Call) -> SoughtTold:
    """One standing search."""
    return _told(selectors.mandate_own(call.uuid("mandate_id"), call.membership))


def enter(call: Call) -> SoughtTold:
    """Enters a standing search."""
    return _told(services.mandate_create(membership=call.membership, by=call.user, terms=_terms(call)))


def change(call: Call) -> SoughtTold:
    """Gives a standing search other terms, all of them."""
    return _told(services.mandate_change(mandate_id=call.uuid("mandate_id"), membership=call.membership, by=call.user, terms=_terms(call)))


def end(call: Call) -> SoughtTold:
    """Ends a standing search for good."""
    return _told(services.mandate_end(mandate_id=call.uuid("mandate_id"), membership=call.membership, by=call.user))


ONE = "/sought/{mandate_id:uuid}"
WRITES: dict[str, Any] = {"method": "POST", "scope": "market", "role": "editor", "answer": SoughtTold}
EXAMPLE = {"title": "Lidar", "purpose": "invest", "until_on": "2027-11-30", "words": "lidar"}
ENDPOINTS = (
    Endpoint(
        method="GET", path="/sought", name="soughts", scope="read", act=soughts, answer=SoughtsTold, query=Paging, summary="Own standing searches",
    ),
    Endpoint(method="GET", path=ONE, name="sought", scope="read", act=sought, answer=SoughtTold, summary="One standing search"),
    Endpoint(
        **WRITES, path="/sought", name="sought_new", act=enter, body=SoughtGiven, status=201, summary="Enter a standing search", example=EXAMPLE,
    ),
    Endpoint(**WRITES, path=ONE, name="sought_edit", act=change, body=SoughtGiven, summary="Change a standing search", example=EXAMPLE),
    Endpoint(**WRITES, path=ONE + "/end", name="sought_end", act=end, body=Nothing, summary="End a standing search"),
)  # fmt: skip
