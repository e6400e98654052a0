"""The forms of interest: in a listing, a patent for a demand, an offer in a window, and the answers."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from langqiao.web.common.links import safe_next
from langqiao.web.market import forms
from langqiao.web.market.pages import demand_context, window_context
from langqiao.web.market.pages_change import sent_reasons, user_of
from langqiao.web.market.patents import Named, patents_named
from langqiao.web.market.services_interest import interest_answer, interest_show, proposal_make
from langqiao.web.market.services_window import offer_decide, offer_submit, offer_withdraw
from langqiao.web.people.models import Membership
from langqiao.web.people.session import member_page, must_edit


@require_POST
@member_page
def interest(request: HttpRequest, membership: Membership, listing_id: uuid.UUID) -> HttpResponse:
    """Says that the organization is interested in a listing, or why not."""
    wants = request.POST.get("wants") == "yes"
    interest_show(listing_id=listing_id, wants=wants, membership=membership, by=user_of(request), **sent_reasons(request))
    messages.success(request, _("The holder reads your answer now."))
    return redirect("listing", listing_id=listing_id)


@require_POST
@member_page
def answer(request: HttpRequest, membership: Membership, interest_id: uuid.UUID) -> HttpResponse:
    """Answers an interest or a proposal."""
    accept = request.POST.get("accept") == "yes"
    interest_answer(interest_id=interest_id, accept=accept, membership=membership, by=user_of(request), **sent_reasons(request))
    return redirect(safe_next(request, fallback="market_mine"))


def _one_patent(form: forms.Form, membership: Membership) -> Named | None:
    named, unknown = patents_named(form.typed.get("number", ""), membership.organization)
    if len(named) != 1 or unknown:
        form.errors["number"] = _("Write one patent number that the lake holds, in any form.")
        return None
    return named[0]


@require_POST
@member_page
def propose(request: HttpRequest, membership: Membership, demand_id: uuid.UUID) -> HttpResponse:
    """Proposes a patent for a demand."""
    must_edit(membership)
    form = forms.form_of(request.POST, ("number", "text"))
    named = _one_patent(form, membership)
    if named is None:
        return render(request, "market/demand.html", {**demand_context(request, demand_id), "form": form}, status=422)
    proposal_make(demand_id=demand_id, named=named, membership=membership, by=user_of(request), **sent_reasons(request))
    return redirect("demand", demand_id=demand_id)


@require_POST
@member_page
def offer(request: HttpRequest, membership: Membership, window_id: uuid.UUID) -> HttpResponse:
    """Submits a patent at the holder's price."""
    must_edit(membership)
    form = forms.form_of(request.POST, ("number", "price_fen", "note"))
    named, price = _one_patent(form, membership), form.money("price_fen")
    if price is None and "price_fen" not in form.errors:
        form.errors["price_fen"] = _("Write the amount in yuan with at most two decimals, such as 1234.50.")
    if named is None or price is None:
        return render(request, "market/window.html", {**window_context(request, window_id), "form": form}, status=422)
    note = form.text("note", 2000)
    offer_submit(window_id=window_id, membership=membership, named=named, price_fen=price, note=note, by=user_of(request))
    return redirect("window", window_id=window_id)


@require_POST
@member_page
def offer_back(request: HttpRequest, membership: Membership, window_id: uuid.UUID, offer_id: uuid.UUID) -> HttpResponse:
    """Takes an offer back."""
    offer_withdraw(window_id=window_id, offer_id=offer_id, membership=membership, by=user_of(request))
    return redirect("window", window_id=window_id)


@require_POST
@member_page
def offer_decision(request: HttpRequest, membership: Membership, window_id: uuid.UUID, offer_id: uuid.UUID) -> HttpResponse:
    """Decides an offer."""
    accept = request.POST.get("accept") == "yes"
    offer_decide(window_id=window_id, offer_id=offer_id, accept=accept, membership=membership, by=user_of(request), **sent_reasons(request))
    return redirect("window", window_id=window_id)
