"""Demands and purchase windows: list, one, drafts, steps, proposals, and offers in a window."""

import datetime as dt
import uuid

from pydantic import Field

from langqiao.web.api.endpoint import INT_MAX, Call, Endpoint, Given, Nothing, Paging, Told
from langqiao.web.api.paging import listed, page
from langqiao.web.api.problems import ApiError
from langqiao.web.api.rooms.market import (
    FEN_MAX,
    AnswerGiven,
    InterestsTold,
    InterestTold,
    StepGiven,
    StepTold,
    interest_told,
    must_be_right,
    named,
    step_told,
    typed,
)
from langqiao.web.api.rooms.me import OrganizationTold, organization_told
from langqiao.web.market import forms, selectors
from langqiao.web.market.models import Demand, Window, WindowOffer
from langqiao.web.market.patents import Named
from langqiao.web.market.services_demand import demand_advance, demand_change, demand_create
from langqiao.web.market.services_interest import proposal_make
from langqiao.web.market.services_window import offer_decide, offer_submit, offer_withdraw, window_advance, window_create


class DemandGiven(Given):
    """What is to be solved. Money in fen."""

    title: str = Field(default="", max_length=200)
    problem: str = Field(default="", max_length=20_000)
    parameters: str = Field(default="", max_length=20_000)
    budget_fen: int | None = Field(default=None, gt=0, le=FEN_MAX)
    industry: str = Field(default="", max_length=120)
    region: str = Field(default="", max_length=120)
    deadline_on: dt.date | None = None


class DemandChangeGiven(DemandGiven):
    """The whole draft anew, with the version that was read."""

    version: int = Field(ge=0, le=INT_MAX)


class DemandTold(Told):
    """A demand."""

    id: uuid.UUID
    title: str
    state: str
    version: int
    is_scenario: bool
    organization: OrganizationTold
    problem: str
    parameters: str
    budget_fen: int | None
    industry: str
    region: str
    deadline_on: dt.date | None
    public_at: dt.datetime | None


class DemandsTold(Told):
    """A page of demands, newest first."""

    items: list[DemandTold]
    next_cursor: str | None


class OwnAsked(Paging):
    """`own`: the organization's, drafts included; else what stands for everybody."""

    own: bool = False


class ProposalGiven(Given):
    """A patent for a demand, by number in any form or key, with reason codes."""

    patent: str = Field(min_length=1, max_length=80)
    reasons: list[str] = Field(max_length=10)
    text: str = Field(default="", max_length=2000)


class WindowGiven(Given):
    """A purchase window: both days included."""

    title: str = Field(default="", max_length=200)
    sought: str = Field(default="", max_length=20_000)
    opens_on: dt.date | None = None
    closes_on: dt.date | None = None
    decides_by: dt.date | None = None


class WindowTold(Told):
    """A purchase window."""

    id: uuid.UUID
    title: str
    state: str
    version: int
    is_scenario: bool
    organization: OrganizationTold
    sought: str
    opens_on: dt.date | None
    closes_on: dt.date | None
    decides_by: dt.date | None


class WindowsTold(Told):
    """A page of windows, newest first."""

    items: list[WindowTold]
    next_cursor: str | None


class EventGiven(Given):
    """An event of the table."""

    event: str = Field(min_length=1, max_length=20)


class OfferGiven(Given):
    """A patent at the holder's price, in fen."""

    patent: str = Field(min_length=1, max_length=80)
    price_fen: int = Field(gt=0, le=FEN_MAX)
    note: str = Field(default="", max_length=2000)


class OfferTold(Told):
    """An offer: the buyer reads it once the window has closed, a holder its own."""

    id: uuid.UUID
    organization: OrganizationTold
    key: str
    number: str
    price_fen: int
    note: str
    state: str
    reasons: list[str]
    text: str


class OffersTold(Told):
    """The offers the member may read."""

    items: list[OfferTold]


def _demand(one: Demand) -> DemandTold:
    same = {name: getattr(one, name) for name in DemandTold.model_fields if name != "organization"}
    return DemandTold(**same, organization=organization_told(one.organization))


def _window(one: Window) -> WindowTold:
    same = {name: getattr(one, name) for name in WindowTold.model_fields if name != "organization"}
    return WindowTold(**same, organization=organization_told(one.organization))


def _offer(one: WindowOffer) -> OfferTold:
    same = {name: getattr(one, name) for name in OfferTold.model_fields if name != "organization"}
    return OfferTold(**same, organization=organization_told(one.organization))


def demands(call: Call) -> DemandsTold:
    """Demands that stand, or the organization's own."""
    found = selectors.demands_own(call.membership) if call.query.own else Demand.objects.filter(state="published")
    rows, after = page(found.select_related("organization"), by=("created_at", "pk"), cursor=call.query.cursor, limit=call.query.limit)
    return DemandsTold(**listed(rows, _demand, after))


def demand(call: Call) -> DemandTold:
    """One demand."""
    return _demand(selectors.demand_get(call.uuid("demand_id"), call.membership))


def demand_new(call: Call) -> DemandTold:
    """Drafts a demand."""
    form = typed(call.body, forms.DEMAND_FIELDS)
    terms = forms.demand_terms(form)
    must_be_right(form)
    return _demand(demand_create(membership=call.membership, terms=terms, by=call.user))


def demand_edit(call: Call) -> DemandTold:
    """Changes a draft or a returned demand."""
    form = typed(call.body, forms.DEMAND_FIELDS)
    terms = forms.demand_terms(form)
    must_be_right(form)
    made = demand_change(demand_id=call.uuid("demand_id"), membership=call.membership, version=call.body.version, terms=terms, by=call.user)
    return _demand(made)


def demand_step(call: Call) -> StepTold:
    """Takes a step of a demand."""
    given = call.body
    taken = demand_advance(
        demand_id=call.uuid("demand_id"), event=given.event, membership=call.membership, by=call.user, key=call.key,
        reasons=given.reasons, text=given.text,
    )  # fmt: skip
    return step_told(taken)


def proposals(call: Call) -> InterestsTold:
    """Patents proposed for a demand: all for its owner, one's own for the others."""
    row = selectors.demand_get(call.uuid("demand_id"), call.membership)
    return InterestsTold(items=[interest_told(one) for one in selectors.interests_seen(row, call.membership)])


def _one(call: Call) -> Named:
    found = named([call.body.patent], call.membership.organization)
    if len(found) != 1:
        raise ApiError(422, "unknown_patent", "name one patent", field="patent")
    return found[0]


def propose(call: Call) -> InterestTold:
    """Proposes a patent for a demand."""
    selectors.demand_get(call.uuid("demand_id"), call.membership)
    made = proposal_make(
        demand_id=call.uuid("demand_id"), named=_one(call), reasons=call.body.reasons, text=call.body.text, membership=call.membership,
        by=call.user,
    )  # fmt: skip
    return interest_told(made)


def windows(call: Call) -> WindowsTold:
    """Windows that were opened, or the organization's own."""
    found = selectors.windows_own(call.membership) if call.query.own else Window.objects.filter(state__in=selectors.SHOWN["window"])
    rows, after = page(found.select_related("organization"), by=("created_at", "pk"), cursor=call.query.cursor, limit=call.query.limit)
    return WindowsTold(**listed(rows, _window, after))


def window(call: Call) -> WindowTold:
    """One window."""
    return _window(selectors.window_get(call.uuid("window_id"), call.membership))


def window_new(call: Call) -> WindowTold:
    """Drafts a window."""
    form = typed(call.body, forms.WINDOW_FIELDS)
    terms = forms.window_terms(form)
    must_be_right(form)
    return _window(window_create(membership=call.membership, terms=terms, by=call.user))


def window_step(call: Call) -> StepTold:
    """Takes a step of a window."""
    taken = window_advance(window_id=call.uuid("window_id"), event=call.body.event, membership=call.membership, by=call.user, key=call.key)
    return step_told(taken)


def offers(call: Call) -> OffersTold:
    """The offers of a window that the member may read."""
    row = selectors.window_get(call.uuid("window_id"), call.membership)
    return OffersTold(items=[_offer(one) for one in selectors.offers_seen(row, call.membership)])


def offer_new(call: Call) -> OfferTold:
    """Offers a patent of one's own in a window."""
    selectors.window_get(call.uuid("window_id"), call.membership)
    made = offer_submit(
        window_id=call.uuid("window_id"), membership=call.membership, named=_one(call), price_fen=call.body.price_fen,
        note=call.body.note, by=call.user,
    )  # fmt: skip
    return _offer(made)


def offer_back(call: Call) -> OfferTold:
    """Takes one's own offer back while the window is open."""
    made = offer_withdraw(window_id=call.uuid("window_id"), offer_id=call.uuid("offer_id"), membership=call.membership, by=call.user)
    return _offer(made)


def offer_answer(call: Call) -> OfferTold:
    """The buyer's decision on one offer after closing."""
    given = call.body
    made = offer_decide(
        window_id=call.uuid("window_id"), offer_id=call.uuid("offer_id"), accept=given.accept, reasons=given.reasons, text=given.text,
        membership=call.membership, by=call.user,
    )  # fmt: skip
    return _offer(made)


DEMAND, WINDOW = "/demands/{demand_id:uuid}", "/windows/{window_id:uuid}"
OFFER = WINDOW + "/offers/{offer_id:uuid}"
ENDPOINTS = (
    Endpoint(
        method="GET", path="/demands", name="demands", scope="read", act=demands, answer=DemandsTold, query=OwnAsked, summary="Demands",
    ),
    Endpoint(
        method="POST", path="/demands", name="demand_new", scope="market", act=demand_new, answer=DemandTold, body=DemandGiven, status=201,
        role="editor", summary="Draft a demand", example={"title": "Softer coating", "problem": "It peels at 5 °C."},
    ),
    Endpoint(method="GET", path=DEMAND, name="demand", scope="read", act=demand, answer=DemandTold, summary="One demand"),
    Endpoint(
        method="POST", path=DEMAND + "/change", name="demand_change", scope="market", act=demand_edit, answer=DemandTold,
        body=DemandChangeGiven, role="editor", summary="Change a draft of a demand", example={"title": "Coating", "version": 1},
    ),
    Endpoint(
        method="POST", path=DEMAND + "/steps", name="demand_step", scope="market", act=demand_step, answer=StepTold, body=StepGiven,
        role="editor", summary="Take a step of a demand", example={"event": "submit"},
    ),
    Endpoint(
        method="GET", path=DEMAND + "/proposals", name="demand_proposals", scope="read", act=proposals, answer=InterestsTold,
        summary="Patents proposed for a demand",
    ),
    Endpoint(
        method="POST", path=DEMAND + "/proposals", name="demand_propose", scope="market", act=propose, answer=InterestTold,
        body=ProposalGiven, status=201, role="editor", summary="Propose a patent for a demand",
        example={"patent": "CN 102329749 B", "reasons": ["fit"]},
    ),
    Endpoint(
        method="GET", path="/windows", name="windows", scope="read", act=windows, answer=WindowsTold, query=OwnAsked,
        summary="Purchase windows",
    ),
    Endpoint(
        method="POST", path="/windows", name="window_new", scope="market", act=window_new, answer=WindowTold, body=WindowGiven, status=201,
        role="editor", summary="Draft a purchase window", example={"title": "Batteries", "sought": "Solid electrolytes"},
    ),
    Endpoint(method="GET", path=WINDOW, name="window", scope="read", act=window, answer=WindowTold, summary="One purchase window"),
    Endpoint(
        method="POST", path=WINDOW + "/steps", name="window_step", scope="market", act=window_step, answer=StepTold, body=EventGiven,
        role="editor", summary="Take a step of a purchase window", example={"event": "open"},
    ),
    Endpoint(
        method="GET", path=WINDOW + "/offers", name="window_offers", scope="read", act=offers, answer=OffersTold,
        summary="Offers of a window: the buyer's after closing, a holder's own",
    ),
    Endpoint(
        method="POST", path=WINDOW + "/offers", name="window_offer", scope="market", act=offer_new, answer=OfferTold, body=OfferGiven,
        status=201, role="editor", summary="Offer a patent in a window", example={"patent": "CN 102329749 B", "price_fen": 100_00},
    ),
    Endpoint(
        method="POST", path=OFFER + "/withdraw", name="offer_withdraw", scope="market", act=offer_back, answer=OfferTold, body=Nothing,
        role="editor", summary="Take an offer back",
    ),
    Endpoint(
        method="POST", path=OFFER + "/decision", name="offer_decide", scope="market", act=offer_answer, answer=OfferTold, body=AnswerGiven,
        role="editor", summary="Decide on an offer", example={"accept": True, "reasons": ["fit"]},
    ),
)  # fmt: skip
