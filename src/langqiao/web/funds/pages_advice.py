"""The page of an advisory opinion: question, experts, sheets; for the manager and for the experts named in it."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from langqiao.engine.funds.advice import CRITERIA, HIGHEST, LOWEST
from langqiao.web.funds import access
from langqiao.web.funds.models import Advice
from langqiao.web.funds.pages import user_of
from langqiao.web.funds.services_advice import advice_ask, advice_get, opinion_of, sheet_give
from langqiao.web.market.forms import form_of
from langqiao.web.people.models import Membership
from langqiao.web.people.session import member_page, must_confirm, must_edit


def advice_figures(asked: Advice) -> dict[str, Any]:
    """An opinion with its means, for the case file and its own page."""
    opinion = opinion_of(asked)
    experts = list(asked.experts.select_related("user", "sheet"))
    return {
        "advice": asked,
        "criteria": CRITERIA,
        "n": opinion.n,
        "mean": float(opinion.mean) if opinion.mean is not None else None,
        "means": [(code, float(opinion.by_criterion[code])) for code in CRITERIA] if opinion.by_criterion else [],
        "lowest": opinion.lowest,
        "highest": opinion.highest,
        "experts": [{"expert": expert, "sheet": getattr(expert, "sheet", None)} for expert in experts],
    }


@require_safe
@member_page
def advice(request: HttpRequest, membership: Membership, advice_id: uuid.UUID) -> HttpResponse:
    """One opinion; an expert sees the others' sheets once its own is given or the day has passed."""
    user = user_of(request)
    asked = advice_get(advice_id, membership, user)
    figures = advice_figures(asked)
    own = next((row for row in figures["experts"] if row["expert"].user_id == user.pk), None)
    runs = timezone.localdate() <= asked.deadline_on
    context = {
        "room": "capital",
        "membership": membership,
        "advice": asked,
        "figures": figures,
        "project": asked.project,
        "manages": asked.project.fund.organization_id == membership.organization_id,
        "own": own,
        "runs": runs,
        "shows": own is None or own["sheet"] is not None or not runs,
        "criteria": CRITERIA,
        "marks": range(LOWEST, HIGHEST + 1),
        "papers": asked.project.papers.all(),
        "patents": asked.project.patents.all(),
    }
    return render(request, "funds/advice.html", context)


@require_POST
@member_page
def advice_new(request: HttpRequest, membership: Membership, project_id: uuid.UUID) -> HttpResponse:
    """Asks an alliance for its opinion."""
    access.project_get(project_id, membership)
    must_edit(membership)
    form = form_of(request.POST, ("alliance", "question", "deadline_on"))
    made = advice_ask(
        project_id=project_id,
        membership=membership,
        by=user_of(request),
        alliance=form.text("alliance", 200),
        question=form.text("question", 1000),
        deadline_on=form.day("deadline_on") or timezone.localdate(),
        emails=request.POST.get("experts", "").splitlines()[:20],
    )
    return redirect("fund_advice", advice_id=made.pk)


@require_POST
@member_page
def advice_sheet(request: HttpRequest, membership: Membership, advice_id: uuid.UUID) -> HttpResponse:
    """An expert's sheet, with a fresh second factor."""
    advice_get(advice_id, membership, user_of(request))
    must_confirm(request)
    given = {code: request.POST.get(code, "") for code in CRITERIA}
    scores = {code: int(mark) for code, mark in given.items() if mark.isascii() and mark.isdigit() and len(mark) == 1}
    words = request.POST.get("words", "")
    sheet_give(advice_id=advice_id, membership=membership, by=user_of(request), scores=scores, words=words)
    return redirect("fund_advice", advice_id=advice_id)
