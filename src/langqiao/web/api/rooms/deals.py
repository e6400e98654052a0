"""Deals: list, one with what its table allows now and why not, its steps, opening, taking a step, asking a second person for one."""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any, Literal

from django.db.models import Q
from django.utils.translation import gettext as _
from pydantic import Field

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.operations.register import OPERATIONS
from langqiao.web.api.endpoint import INT_MAX, Call, Endpoint, Given, Nothing, Paging, Told
from langqiao.web.api.paging import listed, page
from langqiao.web.api.rooms.market import named
from langqiao.web.api.rooms.me import OrganizationTold, organization_told
from langqiao.web.api.rooms.patents import ReasonTold
from langqiao.web.api.rooms.steps import Fields, FieldTold, StepGiven, fields_told, reasons_told
from langqiao.web.deals import terms as stored
from langqiao.web.deals.buttons import Button, buttons
from langqiao.web.deals.clock import deal_clock
from langqiao.web.deals.models import Deal, DealRequest, DealStep
from langqiao.web.deals.opening import deal_open
from langqiao.web.deals.selectors import deal_get, deals_for, roles_of
from langqiao.web.deals.services import APPROVED, FOUR_EYES, deal_advance, deal_request, deal_request_decline
from langqiao.web.people.models import Organization

ALONE = frozenset({"auction", "open_license"})


class DeadlineTold(Told):
    """What ends by when, and what follows then."""

    code: str
    on: dt.date
    consequence: str


class DealTold(Told):
    """A deal. `roles`: those of the organization in it; `terms` and `price_fen` are null for who only looks on or bids."""

    id: uuid.UUID
    kind: str
    state: str
    ended: bool
    version: int
    label: str
    is_scenario: bool
    seller: OrganizationTold
    buyer: OrganizationTold | None
    roles: list[str]
    patents: list[str]
    price_fen: int | None
    listing: str
    terms: dict[str, Any] | None


class DealsTold(Told):
    """A page of deals, newest first."""

    items: list[DealTold]
    next_cursor: str | None


class EventTold(Told):
    """A step that the table lists for the member's role. `against`: every reason that forbids it now; `four_eyes`: another person asks first.

    `request_id`: the open request; `asked_by_me`: then another person must take it.
    """

    event: str
    role: str
    against: list[ReasonTold]
    four_eyes: bool
    request_id: int | None
    asked_by_me: bool
    fields: list[FieldTold]


class DealWholeTold(DealTold):
    """A deal with what may be done in it now, and by when."""

    events: list[EventTold]
    deadlines: list[DeadlineTold]


class DealsAsked(Paging):
    """`state`: a state of a table, or running; all where it is not given."""

    kind: str | None = Field(default=None, max_length=40)
    state: str | None = Field(default=None, max_length=40)
    q: str = Field(default="", max_length=80)


class DealGiven(Given):
    """`side`: the organization's own; the other by its exact name or id. Taking an open license or a sub-license names `parent_id` instead."""

    kind: str = Field(max_length=40, description=", ".join(OPERATIONS))
    side: Literal["seller", "buyer"] = "seller"
    other: str | None = Field(default=None, max_length=200)
    other_id: int | None = Field(default=None, ge=1, le=INT_MAX)
    patents: list[str] = Field(default=[], max_length=200)
    parent_id: uuid.UUID | None = None
    label: str = Field(default="", max_length=120)
    fields: Fields = Field(default={})


class DealStepTold(Told):
    """A step that was taken; `record_seq` is its link in the record."""

    deal_id: uuid.UUID
    number: int
    event: str
    role: str
    source: str
    target: str
    warnings: list[str]
    at: dt.datetime
    record_seq: int


class DealStepsTold(Told):
    """A page of a deal's steps, oldest first; empty for who only looks on."""

    items: list[DealStepTold]
    next_cursor: str | None


class RequestTold(Told):
    """A step asked for that another person takes or declines."""

    id: int
    deal_id: uuid.UUID
    event: str
    role: str
    state: str
    requested_at: dt.datetime


def _only_bids(one: Deal, roles: Sequence[str]) -> bool:
    """Whether the organization is a bidder: it sees neither the reserve nor who else bids, as on the page."""
    return one.kind == "auction" and "buyer" in roles


def _plain(one: Deal, call: Call) -> dict[str, Any]:
    roles = roles_of(one, call.membership.organization)
    knows = (bool(roles) and not _only_bids(one, roles)) or one.kind == "open_license"
    return {
        **{name: getattr(one, name) for name in ("id", "kind", "state", "version", "label", "is_scenario", "listing")},
        "price_fen": one.price_fen if knows else None,
        "ended": one.state in OPERATIONS[one.kind].workflow.ends,
        "seller": organization_told(one.seller),
        "buyer": organization_told(one.buyer) if one.buyer else None,
        "roles": list(roles),
        "patents": [patent.key for patent in one.patents.all()],
        "terms": stored.read(one.terms).model_dump(mode="json") if knows else None,
    }


def _event(one: Button) -> EventTold:
    return EventTold(
        event=one.event,
        role=one.role,
        against=reasons_told(one.against),
        four_eyes=one.four_eyes,
        request_id=one.request.pk if one.request else None,
        asked_by_me=one.asked_by_me,
        fields=fields_told(one.fields),
    )


def _step(one: DealStep) -> DealStepTold:
    names = ("deal_id", "number", "event", "role", "source", "target", "warnings", "at")
    return DealStepTold(**{name: getattr(one, name) for name in names}, record_seq=one.audit_seq)


def request_told(one: DealRequest) -> RequestTold:
    return RequestTold(**{name: getattr(one, name) for name in RequestTold.model_fields})


def deals(call: Call) -> DealsTold:
    """The deals of which the organization is a part."""
    asked = call.query
    found = deals_for(call.membership, kind=asked.kind or "", state=asked.state or "", text=asked.q)
    rows, after = page(found, by=("opened_at", "pk"), cursor=asked.cursor, limit=asked.limit)
    return DealsTold(**listed(rows, lambda one: DealTold(**_plain(one, call)), after))


def _whole(one: Deal, call: Call) -> DealWholeTold:
    deadlines = one.deadlines.filter(done_at=None).order_by("on", "pk") if roles_of(one, call.membership.organization) else ()
    return DealWholeTold(
        **_plain(one, call),
        events=[_event(button) for button in buttons(one, call.membership)],
        deadlines=[DeadlineTold(code=due.code, on=due.on, consequence=due.consequence) for due in deadlines],
    )


def deal(call: Call) -> DealWholeTold:
    """One deal, with every step the table lists for the member and every reason against it."""
    return _whole(deal_get(call.uuid("deal_id"), call.membership), call)


def steps(call: Call) -> DealStepsTold:
    """The steps a deal has taken, as far as the organization may know them: a bidder its own and the platform's."""
    one = deal_get(call.uuid("deal_id"), call.membership)
    own = call.membership.organization
    roles = roles_of(one, own)
    found = DealStep.objects.filter(deal=one) if roles else DealStep.objects.none()
    if _only_bids(one, roles):
        found = found.filter(Q(organization=own) | ~Q(role="buyer"))
    rows, after = page(found, by=("number",), cursor=call.query.cursor, limit=call.query.limit, down=False)
    return DealStepsTold(**listed(rows, _step, after))


def _other(call: Call) -> Organization | None:
    given = call.body
    if given.kind in ALONE or (given.kind == "open_license_taking"):
        return None
    found = Organization.objects.filter(merged_into=None)
    one = found.filter(pk=given.other_id).first() if given.other_id else found.filter(name=given.other).first() if given.other else None
    if one is None:
        name = given.other or str(given.other_id or "")
        raise Refusal("party_missing", _("There is no organization of exactly this name on the market."), facts={"name": name[:80]})
    return one


def opened(call: Call) -> DealWholeTold:
    """Opens a deal; the organization is one of its sides. Opening commits nobody: every further step has its own gates."""
    given, own = call.body, call.membership.organization
    if given.kind not in OPERATIONS:
        raise Refusal("kind_unknown", _("There is no such operation."), facts={"kind": given.kind})
    parent = deal_get(given.parent_id, call.membership) if given.parent_id else None
    other, selling = _other(call), given.kind in ALONE or given.side == "seller"
    taking = given.kind == "open_license_taking"
    made = deal_open(
        kind=given.kind, membership=call.membership, seller=None if taking else own if selling else other,
        buyer=own if taking or not selling else other, patents=[one.key for one in named(given.patents, own)] if given.patents else [],
        fields=given.fields, parent=parent, label=given.label,
    )  # fmt: skip
    return _whole(made, call)


def step(call: Call) -> DealStepTold:
    """Takes a step, or refuses it with nothing changed. Money and title need the scope approve and a fresh second factor, and two people."""
    one, event = deal_get(call.uuid("deal_id"), call.membership), call.body.event
    listed_step = OPERATIONS[one.kind].workflow.step(one.state, event)
    if event in APPROVED or (listed_step is not None and FOUR_EYES in listed_step.unless):
        call.must_approve()
    taken = deal_advance(one.pk, event, membership=call.membership, key=call.key, fields=call.body.fields)
    if event == "pay":
        deal_clock(one.pk)
    return _step(taken)


def ask(call: Call) -> RequestTold:
    """Asks for a step of money or title that another approver of the same side then takes."""
    deal_get(call.uuid("deal_id"), call.membership)
    return request_told(deal_request(call.uuid("deal_id"), call.body.event, membership=call.membership, fields=call.body.fields))


def decline(call: Call) -> RequestTold:
    """Takes a request back or turns it down."""
    deal_get(call.uuid("deal_id"), call.membership)
    if not DealRequest.objects.filter(pk=call.path["request_id"], deal_id=call.uuid("deal_id")).exists():
        raise Refusal("not_found", _("There is no such request of your organization."))
    return request_told(deal_request_decline(call.path["request_id"], membership=call.membership))


ONE = "/deals/{deal_id:uuid}"
ENDPOINTS = (
    Endpoint(
        method="GET", path="/deals", name="deals", scope="read", act=deals, answer=DealsTold, query=DealsAsked, summary="Deals",
    ),
    Endpoint(
        method="POST", path="/deals", name="deal_open", scope="deals", act=opened, answer=DealWholeTold, body=DealGiven, status=201,
        role="editor", summary="Open a deal",
        example={"kind": "assignment", "side": "seller", "other": "Second", "patents": ["CN 102329749 B"]},
    ),
    Endpoint(
        method="GET", path=ONE, name="deal", scope="read", act=deal, answer=DealWholeTold,
        summary="One deal with its allowed events and every reason against the others",
    ),
    Endpoint(
        method="GET", path=ONE + "/steps", name="deal_steps", scope="read", act=steps, answer=DealStepsTold, query=Paging,
        summary="The steps a deal has taken",
    ),
    Endpoint(
        method="POST", path=ONE + "/steps", name="deal_step", scope="deals", act=step, answer=DealStepTold, body=StepGiven,
        role="editor", summary="Take a step of a deal", example={"event": "make_offer", "fields": {"payment.price_fen": 100_000_00}},
    ),
    Endpoint(
        method="POST", path=ONE + "/requests", name="deal_request", scope="deals", act=ask, answer=RequestTold, body=StepGiven,
        status=201, role="editor", summary="Ask for a step that another person takes", example={"event": "fund"},
    ),
    Endpoint(
        method="POST", path=ONE + "/requests/{request_id:int}/decline", name="deal_decline", scope="deals", act=decline,
        answer=RequestTold, body=Nothing, role="editor", summary="Take a request back or turn it down",
    ),
)  # fmt: skip
