"""The pages of the bank's portfolio: classes, stages, stress by cluster, vintages; and the line of one loan's loan to value as a chart."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from langqiao.engine.credit.rates import BASES
from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.common.charts import svg_of
from langqiao.web.credit import base_rates, clock, desk
from langqiao.web.credit.models import BaseRate
from langqiao.web.credit.outside import COLUMNS, outside_import
from langqiao.web.credit.quality import npl_ratio
from langqiao.web.credit.selectors import loan_get, policy_for
from langqiao.web.people.models import Membership
from langqiao.web.people.session import member_page, must_approve, must_edit

PRIVATE = {"Cache-Control": "private, no-cache"}


def must_be_bank(membership: Membership) -> None:
    """Refuses (not_found) whoever has no portfolio of loans."""
    if membership.organization.kind != "bank":
        raise Refusal("not_found", _("Only a bank has a portfolio of loans."))


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def portfolio(request: HttpRequest, membership: Membership) -> HttpResponse:
    """The bank's loans under stress, by class and by quarter of drawing; a POST reads its list of loans made elsewhere."""
    must_be_bank(membership)
    wrong: list[Any] = []
    if request.method == "POST":
        read, wrong = outside_import(membership=membership, file=request.FILES.get("file"), as_of=clock.today())
        if not wrong:
            messages.success(request, _("%(n)d loans made elsewhere are read.") % {"n": read})
            return redirect("loan_portfolio")
    bank, today = membership.organization, clock.today()
    start = desk.scenario_start()
    typed = {name: request.GET.get(name, start[name]) for name in desk.NAMES}
    context: dict[str, Any] = {
        "room": "capital", "membership": membership, "typed": typed, "names": desk.NAMES, **desk.stressed(bank, typed),
        "outside": list(bank.outside_loans.all()), "wrong": wrong, "columns": list(COLUMNS.values()),
        "classes": desk.classes(desk.owed_loans(bank), today, bank.outside_loans.all()), "npl": npl_ratio(bank, today), "points": desk.vintage_points(bank, today),
    }  # fmt: skip
    return render(request, "credit/portfolio.html", context, status=422 if context["faults"] or wrong else 200)


@require_safe
@member_page
def vintage_chart(_request: HttpRequest, membership: Membership) -> HttpResponse:
    """The vintages as SVG."""
    must_be_bank(membership)
    points = desk.vintage_points(membership.organization, clock.today())
    return HttpResponse(svg_of(desk.vintage_spec(points)), content_type="image/svg+xml", headers=PRIVATE)


@require_safe
@member_page
def loan_chart(_request: HttpRequest, membership: Membership, loan_id: uuid.UUID) -> HttpResponse:
    """One loan's loan to value over time as SVG."""
    found = loan_get(loan_id, membership)
    return HttpResponse(svg_of(desk.line_spec(found, policy_for(found))), content_type="image/svg+xml", headers=PRIVATE)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def loan_rates(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Base rates as dated facts; the platform enters a later one."""
    faults: dict[str, Any] = {}
    names = ("base", "since", "rate", "source")
    typed = {name: request.POST.get(name, "") for name in names}
    if request.method == "POST":
        try:
            base_rates.rate_enter(membership=membership, **typed)
            return redirect("loan_rates")
        except Refusal as refused:
            if refused.code != "terms_invalid":
                raise
            faults = refused.facts["faults"]
    own = membership.organization
    context = {
        "room": "capital", "membership": membership, "facts": list(reversed(base_rates.facts())), "bases": BASES, "typed": typed, "faults": faults,
        "may_enter": own.kind in base_rates.ENTERING_KINDS and own.is_verified and membership.may_edit,
        "waiting": BaseRate.objects.filter(confirmed_by=None).select_related("entered_by"),
    }  # fmt: skip
    return render(request, "credit/rates.html", context, status=422 if faults else 200)


@require_POST
@member_page
def loan_rate_confirm(request: HttpRequest, membership: Membership, rate_id: int) -> HttpResponse:
    """Puts an entered rate in force."""
    must_edit(membership)
    must_approve(request, membership)
    base_rates.rate_confirm(rate_id, membership=membership)
    return redirect("loan_rates")
