"""The market: listings as far as the reader may read them, their drafts, steps, interest, confidentiality, and the deals opened from them."""

import datetime as dt
import uuid
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from pydantic import Field

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.market.listing import MODES
from langqiao.web.api.endpoint import INT_MAX, Call, Endpoint, Given, Nothing, Paging, Told
from langqiao.web.api.paging import listed, page
from langqiao.web.api.problems import ApiError
from langqiao.web.api.rooms.me import OrganizationTold, organization_told
from langqiao.web.market import forms, selectors
from langqiao.web.market.models import Interest, Listing, MarketStep
from langqiao.web.market.patents import Named, patents_named
from langqiao.web.market.roles import listing_role
from langqiao.web.market.services import confidence_give, listing_advance, listing_change, listing_create, listing_deal_open
from langqiao.web.market.services_interest import interest_answer, interest_show
from langqiao.web.people.models import Organization

FEN_MAX = 10**15


class ListedPatentTold(Told):
    """A patent of a listing."""

    key: str
    number: str
    title_zh: str
    title_en: str


class ListingTold(Told):
    """A listing as this member may read it: `detail` is null below the tier. `role`: holder, custodian, platform or empty."""

    id: uuid.UUID
    title: str
    state: str
    version: int
    is_scenario: bool
    holder: OrganizationTold
    role: str
    mode: str
    brief: str
    detail: str | None
    detail_tier: str
    price_kind: str
    price_fen: int | None
    price_low_fen: int | None
    price_high_fen: int | None
    expires_on: dt.date | None
    public_at: dt.datetime | None
    patents: list[ListedPatentTold]


class ListingsTold(Told):
    """A page of listings, newest first."""

    items: list[ListingTold]
    next_cursor: str | None


class ListingsAsked(Paging):
    """`own`: what the organization lists or keeps, drafts included; else what stands for everybody."""

    own: bool = False
    mode: str | None = Field(default=None, max_length=20)
    q: str = Field(default="", max_length=200)


class ListingGiven(Given):
    """A draft. `patents`: numbers in any form, or keys. Money in fen. `version` is needed for a change: the one that was read."""

    mode: str = Field(max_length=20, description=", ".join(MODES))
    patents: list[str] = Field(min_length=1, max_length=200)
    title: str = Field(default="", max_length=200)
    brief: str = Field(default="", max_length=20_000)
    detail: str = Field(default="", max_length=20_000)
    detail_tier: str = Field(default="after_nda", max_length=20)
    price_kind: str = Field(default="on_request", max_length=20)
    price_fen: int | None = Field(default=None, gt=0, le=FEN_MAX)
    price_low_fen: int | None = Field(default=None, gt=0, le=FEN_MAX)
    price_high_fen: int | None = Field(default=None, gt=0, le=FEN_MAX)
    expires_on: dt.date | None = None


class ListingNewGiven(ListingGiven):
    """A new draft; `holder_id` names another organization whose mandate covers the patents."""

    holder_id: int | None = Field(default=None, ge=1, le=INT_MAX)


class ListingChangeGiven(ListingGiven):
    """The whole draft anew."""

    version: int = Field(ge=0, le=INT_MAX)


class StepGiven(Given):
    """An event of the table, with reason codes where it asks for them."""

    event: str = Field(min_length=1, max_length=20)
    reasons: list[str] = Field(default=[], max_length=10)
    text: str = Field(default="", max_length=2000)


class StepTold(Told):
    """A step that was taken; `record_seq` is its link in the record."""

    event: str
    source: str
    target: str
    role: str
    reasons: list[str]
    text: str
    at: dt.datetime
    record_seq: int


class InterestGiven(Given):
    """Whether the organization wants it, and why or why not (reason codes; `other` in words)."""

    wants: bool
    reasons: list[str] = Field(max_length=10)
    text: str = Field(default="", max_length=2000)


class AnswerGiven(Given):
    """Whether the interest is accepted, and why."""

    accept: bool
    reasons: list[str] = Field(max_length=10)
    text: str = Field(default="", max_length=2000)


class InterestTold(Told):
    """An interest in a listing, or a proposal for a demand, and its answer."""

    id: uuid.UUID
    organization: OrganizationTold
    wants: bool
    patent_key: str
    reasons: list[str]
    text: str
    created_at: dt.datetime
    answer: str
    answer_reasons: list[str]
    answer_text: str


class InterestsTold(Told):
    """All for the side that answers, one's own for the others."""

    items: list[InterestTold]


class ConfidenceGiven(Given):
    """In which language the promise was read."""

    language: str = Field(pattern="^(zh|en)$")


class ConfidenceTold(Told):
    """The promise as kept: the hash of the text that was agreed to."""

    listing_id: uuid.UUID
    text_sha256: str
    signed_at: dt.datetime
    record_seq: int


class DealOpenedTold(Told):
    """The deal that was opened."""

    deal_id: uuid.UUID
    state: str


PLAIN = (
    "id", "title", "state", "version", "is_scenario", "mode", "brief", "detail_tier", "price_kind", "price_fen", "price_low_fen",
    "price_high_fen", "expires_on", "public_at",
)  # fmt: skip


def listing_told(one: Listing, call: Call) -> ListingTold:
    """A listing for the member: the confidential part only where its tier is open."""
    is_open = one.detail_tier in selectors.listing_tiers(one, call.membership)
    return ListingTold(
        **{name: getattr(one, name) for name in PLAIN},
        holder=organization_told(one.organization),
        role=listing_role(one, call.membership),
        detail=one.detail if is_open else None,
        patents=[
            ListedPatentTold(key=patent.key, number=patent.number, title_zh=patent.title_zh, title_en=patent.title_en)
            for patent in one.patents.all()
        ],
    )


def step_told(step: MarketStep) -> StepTold:
    """A step of the market."""
    names = ("event", "source", "target", "role", "reasons", "text", "at")
    return StepTold(**{name: getattr(step, name) for name in names}, record_seq=step.audit_seq)


def interest_told(one: Interest) -> InterestTold:
    """An interest or a proposal."""
    names = ("id", "wants", "reasons", "text", "created_at", "answer", "answer_reasons", "answer_text")
    same = {name: getattr(one, name) for name in names}
    return InterestTold(**same, organization=organization_told(one.organization), patent_key=one.key)


def listings(call: Call) -> ListingsTold:
    """Listings that stand, or the organization's own."""
    asked = call.query
    found = selectors.listings_own(call.membership) if asked.own else Listing.objects.filter(state="listed")
    if asked.mode is not None:
        found = found.filter(mode=asked.mode)
    for word in asked.q.split()[:8]:
        within = Q(patents__number__icontains=word) | Q(patents__title_zh__icontains=word) | Q(patents__title_en__icontains=word)
        found = found.filter(pk__in=Listing.objects.filter(Q(title__icontains=word) | Q(brief__icontains=word) | within).values("pk"))
    found = found.select_related("organization").prefetch_related("patents")
    rows, after = page(found, by=("created_at", "pk"), cursor=asked.cursor, limit=asked.limit)
    return ListingsTold(**listed(rows, lambda one: listing_told(one, call), after))


def listing(call: Call) -> ListingTold:
    """One listing."""
    return listing_told(selectors.listing_get(call.uuid("listing_id"), call.membership), call)


def named(numbers: list[str], organization: Organization) -> list[Named]:
    """The patents that numbers name. ApiError (422) for one that the lake does not hold."""
    found, unknown = patents_named("\n".join(numbers), organization)
    if unknown or not found:
        message = _("No patent of the lake has this number: %(lines)s") % {"lines": "; ".join(unknown[:5]) or "–"}
        raise ApiError(422, "unknown_patent", message, field="patents")
    return found


def typed(given: Given, names: tuple[str, ...]) -> forms.Form:
    """What a program gave, as the form of the page would give it: one reader of terms for both."""
    found: dict[str, str] = {}
    for name in names:
        value: Any = getattr(given, name)
        if value is not None and not isinstance(value, list):
            found[name] = f"{value // 100}.{value % 100:02d}" if name.endswith("_fen") else str(value)
    return forms.Form(typed=found)


def must_be_right(form: forms.Form) -> None:
    """ApiError (422) for the first field that cannot be read."""
    for name, message in form.errors.items():
        raise ApiError(422, "bad_input", message, field=name)


def _holder(call: Call) -> Organization:
    wanted = call.body.holder_id
    if wanted is None or wanted == call.membership.organization_id:
        return call.membership.organization
    found = Organization.objects.filter(pk=wanted, merged_into=None).first()
    if found is None:
        raise Refusal("mandate_missing", _("Your organization has no mandate of this holder that covers these patents."))
    return found


def listing_new(call: Call) -> ListingTold:
    """Makes a draft."""
    holder, own = _holder(call), call.membership.organization
    patents = named(call.body.patents, holder)
    route = "self_service" if holder == own else "platform_led" if own.kind == "platform" else "custody"
    form = typed(call.body, forms.LISTING_FIELDS)
    terms = forms.listing_terms(form, keys=tuple(one.key for one in patents), route=route)
    must_be_right(form)
    made = listing_create(membership=call.membership, holder=holder, terms=terms, patents=patents, by=call.user)
    return listing_told(made, call)


def listing_edit(call: Call) -> ListingTold:
    """Changes a draft or a returned listing; refused (changed_meanwhile) if somebody changed it since it was read."""
    row = selectors.listing_get(call.uuid("listing_id"), call.membership)
    if not listing_role(row, call.membership):
        raise Refusal("not_found", _("There is no such listing."))
    patents = named(call.body.patents, row.organization)
    form = typed(call.body, forms.LISTING_FIELDS)
    terms = forms.listing_terms(form, keys=tuple(one.key for one in patents), route=row.route)
    must_be_right(form)
    made = listing_change(
        listing_id=row.pk, membership=call.membership, version=call.body.version, terms=terms, patents=patents, by=call.user
    )
    return listing_told(made, call)


def listing_step(call: Call) -> StepTold:
    """Takes a step: submit, accept, return, withdraw, suspend, …; refused with every reason and its article."""
    given = call.body
    taken = listing_advance(
        listing_id=call.uuid("listing_id"), event=given.event, membership=call.membership, by=call.user, key=call.key,
        reasons=given.reasons, text=given.text,
    )  # fmt: skip
    return step_told(taken)


def interests(call: Call) -> InterestsTold:
    """Interest in a listing."""
    row = selectors.listing_get(call.uuid("listing_id"), call.membership)
    return InterestsTold(items=[interest_told(one) for one in selectors.interests_seen(row, call.membership)])


def interest(call: Call) -> InterestTold:
    """Says that the organization is interested, or why not."""
    given = call.body
    made = interest_show(
        listing_id=call.uuid("listing_id"),
        wants=given.wants,
        reasons=given.reasons,
        text=given.text,
        membership=call.membership,
        by=call.user,
    )
    return interest_told(made)


def answer(call: Call) -> InterestTold:
    """Answers an interest or a proposal, once."""
    given = call.body
    made = interest_answer(
        interest_id=call.uuid("interest_id"), accept=given.accept, reasons=given.reasons, text=given.text, membership=call.membership,
        by=call.user,
    )  # fmt: skip
    return interest_told(made)


def confidence(call: Call) -> ConfidenceTold:
    """Promises confidentiality for the organization; the second tier of the listing opens. An approver's step, as on the page."""
    row = selectors.listing_get(call.uuid("listing_id"), call.membership)
    given = confidence_give(listing=row, membership=call.membership, language=call.body.language, by=call.user)
    return ConfidenceTold(listing_id=row.pk, text_sha256=given.text_sha256, signed_at=given.signed_at, record_seq=given.audit_seq)


def deal(call: Call) -> DealOpenedTold:
    """Opens a deal on the terms of a listing."""
    made = listing_deal_open(listing=selectors.listing_get(call.uuid("listing_id"), call.membership), membership=call.membership)
    return DealOpenedTold(deal_id=made.pk, state=made.state)


EXAMPLE = {"mode": "license_ordinary", "patents": ["CN 102329749 B"], "title": "A listing", "brief": "What it is good for."}
ONE = "/listings/{listing_id:uuid}"
ENDPOINTS = (
    Endpoint(
        method="GET", path="/listings", name="listings", scope="read", act=listings, answer=ListingsTold, query=ListingsAsked,
        summary="Listings that stand, or one's own",
    ),
    Endpoint(
        method="POST", path="/listings", name="listing_new", scope="market", act=listing_new, answer=ListingTold, body=ListingNewGiven,
        status=201, role="editor", summary="Draft a listing", example=EXAMPLE,
    ),
    Endpoint(method="GET", path=ONE, name="listing", scope="read", act=listing, answer=ListingTold, summary="One listing"),
    Endpoint(
        method="POST", path=ONE + "/change", name="listing_change", scope="market", act=listing_edit, answer=ListingTold,
        body=ListingChangeGiven, role="editor", summary="Change a draft", example={**EXAMPLE, "version": 1},
    ),
    Endpoint(
        method="POST", path=ONE + "/steps", name="listing_step", scope="market", act=listing_step, answer=StepTold, body=StepGiven,
        role="editor", summary="Take a step of a listing", example={"event": "submit"},
    ),
    Endpoint(
        method="GET", path=ONE + "/interests", name="listing_interests", scope="read", act=interests, answer=InterestsTold,
        summary="Interest in a listing: all for the holder, one's own for the others",
    ),
    Endpoint(
        method="POST", path=ONE + "/interests", name="listing_interest", scope="market", act=interest, answer=InterestTold,
        body=InterestGiven, role="editor", summary="Be interested in a listing, or say why not", example={"wants": True, "reasons": ["fit"]},
    ),
    Endpoint(
        method="POST", path="/interests/{interest_id:uuid}/answer", name="interest_answer", scope="market", act=answer,
        answer=InterestTold, body=AnswerGiven, role="editor", summary="Answer an interest or a proposal",
        example={"accept": True, "reasons": ["fit"]},
    ),
    Endpoint(
        method="POST", path=ONE + "/confidence", name="listing_confidence", scope="market", act=confidence, answer=ConfidenceTold,
        body=ConfidenceGiven, role="editor", approves=True, summary="Promise confidentiality", example={"language": "en"},
    ),
    Endpoint(
        method="POST", path=ONE + "/deal", name="listing_deal", scope="deals", act=deal, answer=DealOpenedTold, body=Nothing, status=201,
        role="editor", summary="Open a deal from a listing",
    ),
)  # fmt: skip
