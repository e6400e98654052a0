"""The forms that change portfolios: new, upload, refresh, delete."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.people.models import Membership, User
from langqiao.web.people.session import member_page
from langqiao.web.portfolio.pages import portfolio_context, portfolios_context
from langqiao.web.portfolio.selectors import portfolio_get
from langqiao.web.portfolio.services import portfolio_create, portfolio_delete, portfolio_refresh, upload_create

BESIDE_THE_FIELD = {"name_missing", "name_taken", "name_differs", "file_missing", "file_kind", "file_too_large", "file_empty"}
"""Refusals that a form shows beside its field; the others are pages of their own."""


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


@require_POST
@member_page
def create(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Makes a portfolio."""
    try:
        made = portfolio_create(membership=membership, name=request.POST.get("name", ""), by=_user(request))
    except Refusal as refusal:
        if refusal.code not in BESIDE_THE_FIELD:
            raise
        context = {**portfolios_context(membership), "error": refusal.message, "name": request.POST.get("name", "")}
        return render(request, "portfolio/portfolios.html", context, status=422)
    return redirect("portfolio", portfolio_id=made.pk)


@require_POST
@member_page
def upload(request: HttpRequest, membership: Membership, portfolio_id: int) -> HttpResponse:
    """Takes a file; its job's page follows."""
    portfolio = portfolio_get(portfolio_id=portfolio_id, organization=membership.organization)
    try:
        made = upload_create(membership=membership, portfolio=portfolio, file=request.FILES.get("file"), by=_user(request))
    except Refusal as refusal:
        if refusal.code not in BESIDE_THE_FIELD:
            raise
        context = {**portfolio_context(request, membership, portfolio), "upload_error": refusal.message}
        return render(request, "portfolio/portfolio.html", context, status=422)
    return redirect("job", job_id=made.job_id)


@require_POST
@member_page
def refresh(request: HttpRequest, membership: Membership, portfolio_id: int) -> HttpResponse:
    """Queues a new assessment."""
    portfolio = portfolio_get(portfolio_id=portfolio_id, organization=membership.organization)
    job = portfolio_refresh(membership=membership, portfolio=portfolio, by=_user(request))
    return redirect("job", job_id=job.pk)


@require_POST
@member_page
def delete(request: HttpRequest, membership: Membership, portfolio_id: int) -> HttpResponse:
    """Deletes a portfolio whose name was written to confirm."""
    portfolio = portfolio_get(portfolio_id=portfolio_id, organization=membership.organization)
    try:
        portfolio_delete(membership=membership, portfolio=portfolio, confirmed_name=request.POST.get("name", ""))
    except Refusal as refusal:
        if refusal.code not in BESIDE_THE_FIELD:
            raise
        context = {**portfolio_context(request, membership, portfolio), "delete_error": refusal.message}
        return render(request, "portfolio/portfolio.html", context, status=422)
    messages.success(request, _("The portfolio %(name)s is deleted.") % {"name": portfolio.name})
    return redirect("portfolios")
