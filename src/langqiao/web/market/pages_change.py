"""The forms of the market: writing and changing a listing, demand or window, and their steps."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.market import forms, selectors
from langqiao.web.market.models import Demand, Listing
from langqiao.web.market.patents import patents_named
from langqiao.web.market.roles import listing_role
from langqiao.web.market.services import OPEN_TO_CHANGE, confidence_give, listing_advance, listing_change, listing_create, listing_deal_open
from langqiao.web.market.services_demand import demand_advance, demand_change, demand_create
from langqiao.web.market.services_window import window_advance, window_create
from langqiao.web.market.words import GROUPS
from langqiao.web.people.models import MandateScope, Membership, Organization, OrganizationKind, User
from langqiao.web.people.selectors import mandates_for
from langqiao.web.people.session import member_page, must_approve, must_edit

FormPage = tuple[str, dict[str, Any]]


def user_of(request: HttpRequest) -> User:
    """The signed-in user."""
    assert isinstance(request.user, User)
    return request.user


def sent_reasons(request: HttpRequest) -> dict[str, Any]:
    """The reasons and words of a posted form."""
    return {"reasons": request.POST.getlist("reasons"), "text": request.POST.get("text", "").strip()[:2000]}


def holders_for(membership: Membership) -> list[Organization]:
    """For whom a member may list: its own organization (unless it is the platform) and every holder whose mandate covers listing."""
    own = membership.organization
    held = {found.holder for found in mandates_for(own, timezone.localdate()) if MandateScope.LIST in found.scopes}
    others = sorted(held, key=lambda organization: organization.name)
    return others if own.kind == OrganizationKind.PLATFORM else [own, *others]


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def listing_new(request: HttpRequest, membership: Membership) -> HttpResponse:
    """The form of a new listing; what was typed stays when something is wrong."""
    must_edit(membership)
    holders = holders_for(membership)
    given = request.POST if request.method == "POST" else _marked(request)
    holder = next((found for found in holders if str(found.pk) == given.get("holder")), holders[0] if holders else membership.organization)
    form = forms.form_of(given, forms.LISTING_FIELDS)
    context = {"room": "market", "membership": membership, "holders": holders, "holder": holder, "form": form, "groups": GROUPS}
    if request.method != "POST":
        return render(request, "market/listing_form.html", context)
    named, unknown = patents_named(form.typed.get("patents", ""), holder)
    route = "self_service" if holder.pk == membership.organization_id else "custody"
    route = "platform_led" if membership.organization.kind == OrganizationKind.PLATFORM else route
    terms = forms.listing_terms(form, keys=tuple(one.key for one in named), route=route)
    _tell_unknown(form, unknown)
    if form.errors:
        return render(request, "market/listing_form.html", context, status=422)
    made = listing_create(membership=membership, holder=holder, terms=terms, patents=named, by=user_of(request))
    return redirect("listing", listing_id=made.pk)


def _marked(request: HttpRequest) -> QueryDict:
    """What the address gives, patents marked in a list (`item`) as lines of numbers."""
    given = request.GET.copy()
    if marked := given.getlist("item"):
        given["patents"] = "\n".join(marked)
    return given


def _tell_unknown(form: forms.Form, unknown: list[str]) -> None:
    if unknown:
        form.errors["patents"] = _("No patent of the lake has this number: %(lines)s") % {"lines": "; ".join(unknown[:5])}


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def listing_edit(request: HttpRequest, membership: Membership, listing_id: uuid.UUID) -> HttpResponse:
    """The form of a draft or returned listing."""
    must_edit(membership)
    listing = selectors.listing_get(listing_id, membership)
    if listing_role(listing, membership) not in {"holder", "custodian"}:
        raise Refusal("not_found", _("There is no such listing."))
    if listing.state not in OPEN_TO_CHANGE:
        raise Refusal("step_not_possible", _("A submitted listing is not changed."), facts={"event": "change", "state": listing.state})
    form = forms.form_of(request.POST, forms.LISTING_FIELDS) if request.method == "POST" else forms.Form(typed=_typed(listing))
    context = {
        "room": "market",
        "membership": membership,
        "listing": listing,
        "holder": listing.organization,
        "form": form,
        "groups": GROUPS,
    }
    if request.method != "POST":
        return render(request, "market/listing_form.html", context)
    named, unknown = patents_named(form.typed.get("patents", ""), listing.organization)
    terms = forms.listing_terms(form, keys=tuple(one.key for one in named), route=listing.route)
    _tell_unknown(form, unknown)
    if form.errors:
        return render(request, "market/listing_form.html", context, status=422)
    listing_change(listing_id=listing_id, membership=membership, version=_version(request), terms=terms, patents=named, by=user_of(request))
    return redirect("listing", listing_id=listing_id)


def _version(request: HttpRequest) -> int:
    raw = request.POST.get("version", "")
    return int(raw) if raw.isascii() and raw.isdigit() else -1


def _typed(row: Listing | Demand) -> dict[str, str]:
    """The fields of a row as its form writes them."""
    names = forms.LISTING_FIELDS if isinstance(row, Listing) else forms.DEMAND_FIELDS
    typed = {}
    for name in names:
        if name == "patents":
            assert isinstance(row, Listing)
            typed[name] = "\n".join(patent.number for patent in row.patents.all())
            continue
        value = getattr(row, name)
        typed[name] = "" if value is None else f"{value // 100}.{value % 100:02d}" if name.endswith("_fen") else str(value)
    return typed


@require_POST
@member_page
def listing_step(request: HttpRequest, membership: Membership, listing_id: uuid.UUID) -> HttpResponse:
    """Takes a step of a listing."""
    event, key = request.POST.get("event", ""), request.POST.get("key", "")[:80]
    listing_advance(listing_id=listing_id, event=event, membership=membership, by=user_of(request), key=key, **sent_reasons(request))
    return redirect("listing", listing_id=listing_id)


@require_POST
@member_page
def listing_deal(_request: HttpRequest, membership: Membership, listing_id: uuid.UUID) -> HttpResponse:
    """Opens a deal from a listing."""
    must_edit(membership)
    deal = listing_deal_open(listing=selectors.listing_get(listing_id, membership), membership=membership)
    return redirect("deal", deal_id=deal.pk)


@require_POST
@member_page
def listing_confidence(request: HttpRequest, membership: Membership, listing_id: uuid.UUID) -> HttpResponse:
    """Promises confidentiality; the second tier opens."""
    must_approve(request, membership)
    listing = selectors.listing_get(listing_id, membership)
    language = "zh" if request.POST.get("language") == "zh" else "en"
    confidence_give(listing=listing, membership=membership, language=language, by=user_of(request))
    messages.success(request, _("The promise is recorded; the confidential part is open to your organization."))
    return redirect("listing", listing_id=listing_id)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def demand_form(request: HttpRequest, membership: Membership, demand_id: uuid.UUID | None = None) -> HttpResponse:
    """The form of a new demand, or of one that is a draft or was sent back."""
    must_edit(membership)
    demand = selectors.demand_get(demand_id, membership) if demand_id else None
    if request.method == "POST":
        form = forms.form_of(request.POST, forms.DEMAND_FIELDS)
    else:
        form = forms.Form(typed=_typed(demand)) if demand else forms.form_of(request.GET, forms.DEMAND_FIELDS)
    context = {"room": "market", "membership": membership, "demand": demand, "form": form}
    if request.method != "POST":
        return render(request, "market/demand_form.html", context)
    terms = forms.demand_terms(form)
    if form.errors:
        return render(request, "market/demand_form.html", context, status=422)
    by = user_of(request)
    if demand is None:
        return redirect("demand", demand_id=demand_create(membership=membership, terms=terms, by=by).pk)
    demand_change(demand_id=demand.pk, membership=membership, version=_version(request), terms=terms, by=by)
    return redirect("demand", demand_id=demand.pk)


@require_POST
@member_page
def demand_step(request: HttpRequest, membership: Membership, demand_id: uuid.UUID) -> HttpResponse:
    """Takes a step of a demand."""
    event, key = request.POST.get("event", ""), request.POST.get("key", "")[:80]
    demand_advance(demand_id=demand_id, event=event, membership=membership, by=user_of(request), key=key, **sent_reasons(request))
    return redirect("demand", demand_id=demand_id)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def window_new(request: HttpRequest, membership: Membership) -> HttpResponse:
    """The form of a new purchase window."""
    must_edit(membership)
    form = forms.form_of(request.POST if request.method == "POST" else request.GET, forms.WINDOW_FIELDS)
    context = {"room": "market", "membership": membership, "form": form}
    if request.method != "POST":
        return render(request, "market/window_form.html", context)
    terms = forms.window_terms(form)
    if form.errors:
        return render(request, "market/window_form.html", context, status=422)
    return redirect("window", window_id=window_create(membership=membership, terms=terms, by=user_of(request)).pk)


@require_POST
@member_page
def window_step(request: HttpRequest, membership: Membership, window_id: uuid.UUID) -> HttpResponse:
    """Takes a step of a window."""
    key = request.POST.get("key", "")[:80]
    window_advance(window_id=window_id, event=request.POST.get("event", ""), membership=membership, by=user_of(request), key=key)
    return redirect("window", window_id=window_id)
