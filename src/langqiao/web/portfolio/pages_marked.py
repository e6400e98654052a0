"""The forms of a selection and of saved views: add marked patents to a portfolio, export marked rows, save and delete a view."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.common.links import safe_next
from langqiao.web.patents.selection import keys_read
from langqiao.web.people.models import Membership, User
from langqiao.web.people.session import member_page, must_edit
from langqiao.web.portfolio import exports
from langqiao.web.portfolio.models import SavedView, ViewPlace
from langqiao.web.portfolio.selectors import portfolio_get, portfolios_list
from langqiao.web.portfolio.services import portfolio_add, portfolio_create
from langqiao.web.portfolio.views import view_delete, view_save

BESIDE_THE_FIELD = {"name_missing", "name_taken"}


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


@require_safe
@member_page
def choose(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Which portfolio the marked patents go into; every member may look, an editor may add."""
    return render(request, "portfolio/add.html", _context(membership, keys_read(request.GET)))


def _context(membership: Membership, keys: list[str]) -> dict[str, Any]:
    portfolios = portfolios_list(organization=membership.organization)
    return {"room": "portfolio", "keys": keys, "membership": membership, "portfolios": portfolios}


@require_POST
@member_page
def add(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Adds the marked patents to a portfolio, or to a new one of the given name; the job that assesses them follows."""
    must_edit(membership)
    keys = keys_read(request.POST)
    name, chosen = request.POST.get("name", ""), request.POST.get("portfolio", "")
    try:
        if chosen.isascii() and chosen.isdigit():
            portfolio = portfolio_get(portfolio_id=int(chosen), organization=membership.organization)
        else:
            portfolio = portfolio_create(membership=membership, name=name, by=_user(request))
        job = portfolio_add(membership=membership, portfolio=portfolio, keys=keys, by=_user(request))
    except Refusal as refusal:
        if refusal.code not in BESIDE_THE_FIELD:
            raise
        return render(request, "portfolio/add.html", {**_context(membership, keys), "error": refusal.message, "name": name}, status=422)
    return redirect("job", job_id=job.pk)


@require_safe
@member_page
def export(request: HttpRequest, membership: Membership, portfolio_id: int, form: str) -> HttpResponse:
    """The marked rows of a portfolio as CSV, XLSX or JSON lines."""
    found = portfolio_get(portfolio_id=portfolio_id, organization=membership.organization)
    maker = exports.FORMS.get(form)
    if maker is None:
        raise Http404
    kind, content = maker(found, keys_read(request.GET))
    headers = {"Content-Disposition": f'attachment; filename="portfolio-{found.pk}-marked.{form}"'}
    return HttpResponse(content, content_type=kind, headers=headers)


@require_POST
@member_page
def save_view(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Saves how a list is looked at; the list follows, with the view's name told."""
    posted = request.POST
    place = ViewPlace.PORTFOLIO if posted.get("place") == ViewPlace.PORTFOLIO else ViewPlace.SEARCH
    number = posted.get("portfolio", "")
    portfolio = None
    if place == ViewPlace.PORTFOLIO:
        portfolio = portfolio_get(
            portfolio_id=int(number) if number.isascii() and number.isdigit() else 0, organization=membership.organization
        )
    fields = {"portfolio": portfolio, "shared": posted.get("shared") == "1"}
    try:
        made = view_save(
            membership=membership, by=_user(request), name=posted.get("name", ""), place=place, query=posted.get("query", ""), **fields
        )
    except Refusal as refusal:
        if refusal.code not in BESIDE_THE_FIELD:
            raise
        messages.error(request, refusal.message)
        return redirect(safe_next(request, fallback="search"))
    messages.success(request, _("The view %(name)s is saved.") % {"name": made.name})
    return redirect(view_address(made))


def view_address(view: SavedView) -> str:
    """The address that shows a list as the view keeps it."""
    base = reverse("search") if view.portfolio_id is None else reverse("portfolio", args=[view.portfolio_id])
    return f"{base}?{view.query}"


@require_POST
@member_page
def delete_view(request: HttpRequest, membership: Membership, view_id: int) -> HttpResponse:
    """Deletes one's own view."""
    gone = view_delete(membership=membership, view_id=view_id)
    messages.success(request, _("The view %(name)s is deleted.") % {"name": gone.name})
    return redirect(safe_next(request, fallback="search"))
