"""The pages of those whose word a deal of others needs: what is asked of the organization, and one consent with the terms it covers."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from langqiao.rules.refusals import cite
from langqiao.web.deals import terms as stored
from langqiao.web.deals.consents import ARTICLES, consent_answer, consent_get, consents_asked, deal_of, is_open, stale
from langqiao.web.deals.facts import consented_sha256
from langqiao.web.deals.words import language
from langqiao.web.people.models import Membership
from langqiao.web.people.session import member_page, must_approve, must_edit

ROWS = 25


@require_safe
@member_page
def consents(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Every consent and waiver that the organization was asked for."""
    page = Paginator(consents_asked(membership.organization), ROWS).get_page(request.GET.get("page"))
    rows = [{"consent": one, "open": is_open(one), "stale": stale(one)} for one in page]
    context = {"room": "deals", "membership": membership, "rows": rows, "page": page, "total": page.paginator.count}
    return render(request, "deals/consents.html", context)


@require_safe
@member_page
def consent(request: HttpRequest, membership: Membership, consent_id: int) -> HttpResponse:
    """One consent: the deal's parties, patents and terms as far as they are consented to, and the organization's own answer."""
    found = consent_get(consent_id, membership)
    deal = found.deal = deal_of(found)
    context = {
        "room": "deals", "membership": membership, "consent": found, "deal": deal, "terms": stored.read(deal.terms), "roles": ("holder",),
        "open": is_open(found), "stale": stale(found), "sha256": consented_sha256(deal), "article": cite(ARTICLES[found.basis], language()),
        "patents": list(deal.patents.all()),
    }  # fmt: skip
    return render(request, "deals/consent.html", context)


@require_POST
@member_page
def answer(request: HttpRequest, membership: Membership, consent_id: int) -> HttpResponse:
    """Gives or refuses the organization's word; needs an approver and a second factor given a short time ago."""
    must_edit(membership)
    consent_get(consent_id, membership)
    must_approve(request, membership)
    given = request.POST
    consent_answer(
        consent_id,
        membership=membership,
        agree=given.get("answer") == "agree",
        reason=given.get("reason", ""),
        seen_sha256=given.get("sha256", ""),
    )
    messages.success(request, _("Your answer is noted in the record; the sides of the deal are told."))
    return redirect("deal_consent", consent_id=consent_id)
