"""The page of a project after the investment: warnings, covenants, figures, the way out; and the forms about what a project is."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from langqiao.engine.funds.aftercare import COVENANTS
from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.funds import access, aftercare
from langqiao.web.funds.pages import user_of
from langqiao.web.funds.papers import paper_keep
from langqiao.web.funds.services_council import profile_set
from langqiao.web.funds.services_project import exit_choose, price_change
from langqiao.web.market.forms import form_of
from langqiao.web.people.models import Membership
from langqiao.web.people.session import member_page, must_edit

WHOLE_MAX = 15
"""Digits of a figure."""


@require_safe
@member_page
def after(request: HttpRequest, membership: Membership, project_id: uuid.UUID) -> HttpResponse:
    """What the fund watches of a project it holds."""
    found = access.project_get(project_id, membership)
    context = {
        "room": "capital",
        "membership": membership,
        "project": found,
        "alarms": aftercare.alarms_of(found),
        "covenants": found.covenants.select_related("answered_by"),
        "figures": found.figures.select_related("by"),
        "kinds": COVENANTS,
        "is_open": found.state in aftercare.HELD and membership.may_edit,
        "today": timezone.localdate(),
    }
    return render(request, "funds/after.html", context)


def _whole(text: str) -> int:
    """A whole number as typed. Refused (reason_missing) where it is none."""
    plain = text.replace(",", "").replace("，", "").strip()
    if not (plain.isascii() and plain.isdigit() and len(plain) <= WHOLE_MAX):
        raise Refusal("reason_missing", _("Write a whole number."))
    return int(plain)


@require_POST
@member_page
def covenant_new(request: HttpRequest, membership: Membership, project_id: uuid.UUID) -> HttpResponse:
    """Enters a covenant."""
    access.project_get(project_id, membership)
    form = form_of(request.POST, ("text", "observer", "due_on"))
    aftercare.covenant_add(
        project_id=project_id,
        membership=membership,
        by=user_of(request),
        kind=request.POST.get("kind", ""),
        text=form.text("text", 500),
        due_on=form.day("due_on"),
        observer=form.text("observer", 200),
    )
    return redirect("fund_after", project_id=project_id)


@require_POST
@member_page
def covenant_reply(request: HttpRequest, membership: Membership, project_id: uuid.UUID, covenant_id: uuid.UUID) -> HttpResponse:
    """Whether a covenant was kept."""
    access.project_get(project_id, membership)
    must_edit(membership)
    form = form_of(request.POST, ("due_on",))
    aftercare.covenant_answer(
        covenant_id=covenant_id,
        membership=membership,
        by=user_of(request),
        kept=request.POST.get("kept") == "yes",
        sha256=paper_keep(request.FILES.get("file")),
        due_on=form.day("due_on"),
    )
    return redirect("fund_after", project_id=project_id)


@require_POST
@member_page
def figure_new(request: HttpRequest, membership: Membership, project_id: uuid.UUID) -> HttpResponse:
    """Plans a figure for a quarter."""
    access.project_get(project_id, membership)
    must_edit(membership)
    form = form_of(request.POST, ("name", "unit", "plan", "quarter_ends_on"))
    ends_on = form.day("quarter_ends_on")
    if ends_on is None:
        raise Refusal("reason_missing", _("Name the last day of the quarter."))
    aftercare.figure_plan(
        project_id=project_id,
        membership=membership,
        by=user_of(request),
        name=form.text("name", 120),
        unit=form.text("unit", 40),
        quarter_ends_on=ends_on,
        plan=_whole(form.text("plan", 30)),
    )
    return redirect("fund_after", project_id=project_id)


@require_POST
@member_page
def figure_actual(request: HttpRequest, membership: Membership, project_id: uuid.UUID, figure_id: int) -> HttpResponse:
    """Reports a figure."""
    access.project_get(project_id, membership)
    must_edit(membership)
    actual = _whole(request.POST.get("actual", ""))
    sha256 = paper_keep(request.FILES.get("file"))
    aftercare.figure_report(figure_id=figure_id, membership=membership, by=user_of(request), actual=actual, sha256=sha256)
    return redirect("fund_after", project_id=project_id)


@require_POST
@member_page
def profile(request: HttpRequest, membership: Membership, project_id: uuid.UUID) -> HttpResponse:
    """What a project is: stage, region, a declared relation."""
    found = access.project_get(project_id, membership)
    stage, region, related = (request.POST.get(name, "") for name in ("stage", "region", "related"))
    profile_set(project=found, membership=membership, by=user_of(request), stage=stage, region=region, related=related)
    return redirect("fund_project", project_id=project_id)


@require_POST
@member_page
def price(request: HttpRequest, membership: Membership, project_id: uuid.UUID) -> HttpResponse:
    """Changes the price after the resolution."""
    access.project_get(project_id, membership)
    form = form_of(request.POST, ("amount_fen", "reason"))
    amount, reason = form.money("amount_fen") or 0, form.text("reason", 500)
    price_change(project_id=project_id, membership=membership, by=user_of(request), amount_fen=amount, reason=reason)
    return redirect("fund_project", project_id=project_id)


@require_POST
@member_page
def way_out(request: HttpRequest, membership: Membership, project_id: uuid.UUID) -> HttpResponse:
    """Chooses the way out."""
    access.project_get(project_id, membership)
    path, reason = request.POST.get("path", ""), request.POST.get("reason", "")
    exit_choose(project_id=project_id, membership=membership, by=user_of(request), path=path, reason=reason)
    return redirect("fund_project", project_id=project_id)
