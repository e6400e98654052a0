"""The pages of a holder: desk, portfolios, one portfolio, its problems, its prune list, its charts and exports."""

import datetime as dt
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from langqiao.web.common.charts import svg_of
from langqiao.web.common.sheets import XLSX
from langqiao.web.matching.selectors import desk_mandates
from langqiao.web.people.models import Membership
from langqiao.web.people.session import member_page
from langqiao.web.portfolio import exports
from langqiao.web.portfolio.charts import CHARTS
from langqiao.web.portfolio.models import Portfolio
from langqiao.web.portfolio.problems import problems_page
from langqiao.web.portfolio.proofs import figure_proof
from langqiao.web.portfolio.selectors import (
    COLUMNS,
    annuities_due,
    items_page,
    items_query_read,
    portfolio_figures,
    portfolio_get,
    portfolios_list,
    prune_list,
    upload_get,
    uploads_list,
)
from langqiao.web.portfolio.views import query_kept, views_list
from langqiao.web.work.desk import desk_of
from langqiao.web.work.selectors import jobs_latest


def _today() -> dt.date:
    return timezone.localdate()


DESK_STEPS: dict[str, str] = {
    "fund": "funds",
    "bank": "loans",
    "insurer": "market",
    "broker": "market",
    "office": "rights_review",
    "center": "rights_review",
    "platform": "organization_checks",
}
"""Kind of organization → the room where its work begins; the others begin with their portfolios."""


@require_safe
@member_page
def desk(request: HttpRequest, membership: Membership) -> HttpResponse:
    """What waits for the member in every room, by day and by money at stake; `room` narrows it; annuities, jobs and portfolios beside it."""
    organization = membership.organization
    found, room = desk_of(membership, _today()), request.GET.get("room", "")
    context = {
        "room": "desk",
        "desk": found,
        "rows": [row for row in found.rows if row.room == room] if room in dict(found.by_room) else found.rows,
        "chosen": room,
        "first_step": DESK_STEPS.get(organization.kind, "portfolios"),
        "due": annuities_due(organization, today=_today()),
        "mandates": desk_mandates(organization),
        "jobs": jobs_latest(organization=organization),
        "portfolios": portfolios_list(organization=organization),
        "membership": membership,
    }
    return render(request, "portfolio/desk.html", context)


def portfolios_context(membership: Membership) -> dict[str, Any]:
    """What the list of portfolios shows."""
    return {"room": "portfolio", "portfolios": portfolios_list(organization=membership.organization), "membership": membership}


@require_safe
@member_page
def portfolios(request: HttpRequest, membership: Membership) -> HttpResponse:
    """The organization's portfolios."""
    return render(request, "portfolio/portfolios.html", portfolios_context(membership))


def portfolio_context(request: HttpRequest, membership: Membership, portfolio: Portfolio) -> dict[str, Any]:
    """What the page of a portfolio shows."""
    query = items_query_read(request.GET)
    figures = portfolio_figures(portfolio, today=_today())
    shown = items_page(portfolio, query, whole=figures.total)
    return {
        "room": "portfolio",
        "portfolio": portfolio,
        "membership": membership,
        "figures": figures,
        "query": query,
        "shown": shown,
        "page_count": shown.page_count,
        "uploads": uploads_list(portfolio),
        "today": _today(),
        "columns": COLUMNS,
        "columns_legend": _("columns beside number and title"),
        "views": views_list(membership=membership, place="portfolio", portfolio=portfolio),
        "view_query": query_kept(request.GET.urlencode(), "portfolio"),
    }


@require_safe
@member_page
def portfolio(request: HttpRequest, membership: Membership, portfolio_id: int) -> HttpResponse:
    """A portfolio: figures, charts, table of patents, uploads."""
    found = portfolio_get(portfolio_id=portfolio_id, organization=membership.organization)
    return render(request, "portfolio/portfolio.html", portfolio_context(request, membership, found))


@require_safe
@member_page
def problems(request: HttpRequest, membership: Membership, portfolio_id: int, upload_id: int) -> HttpResponse:
    """The problems of an upload by row."""
    found = portfolio_get(portfolio_id=portfolio_id, organization=membership.organization)
    upload = upload_get(upload_id=upload_id, portfolio=found)
    context = {"room": "portfolio", "portfolio": found, "upload": upload, **problems_page(upload, request.GET)}
    return render(request, "portfolio/problems.html", context)


@require_safe
@member_page
def prune(request: HttpRequest, membership: Membership, portfolio_id: int) -> HttpResponse:
    """What to keep or drop before the next fees, with reasons."""
    found = portfolio_get(portfolio_id=portfolio_id, organization=membership.organization)
    context = {
        "room": "portfolio",
        "portfolio": found,
        "drop": prune_list(found, "drop"),
        "keep": prune_list(found, "keep"),
        "figures": portfolio_figures(found, today=_today()),
    }
    return render(request, "portfolio/prune.html", context)


@require_safe
@member_page
def chart(request: HttpRequest, membership: Membership, portfolio_id: int, name: str) -> HttpResponse:  # noqa: ARG001
    """A chart of a portfolio as SVG."""
    found = portfolio_get(portfolio_id=portfolio_id, organization=membership.organization)
    maker = CHARTS.get(name)
    if maker is None:
        raise Http404
    return HttpResponse(svg_of(maker(found, _today())), content_type="image/svg+xml", headers={"Cache-Control": "private, no-cache"})


@require_safe
@member_page
def evidence(request: HttpRequest, membership: Membership, portfolio_id: int, name: str) -> HttpResponse:
    """Why a figure of a portfolio is what it is: a drawer for scripts, a page without."""
    found = portfolio_get(portfolio_id=portfolio_id, organization=membership.organization)
    proof = figure_proof(portfolio_figures(found, today=_today()), name, today=_today())
    if proof is None:
        raise Http404
    context = {"proof": proof, "back": reverse("portfolio", args=[found.pk]), "back_word": found.name, "room": "portfolio"}
    return render(request, "patents/evidence_part.html" if request.htmx else "patents/evidence.html", context)  # type: ignore[attr-defined]


@require_safe
@member_page
def export(request: HttpRequest, membership: Membership, portfolio_id: int, form: str) -> HttpResponse:  # noqa: ARG001
    """The portfolio as CSV or XLSX, cells that a spreadsheet would execute neutralized."""
    found = portfolio_get(portfolio_id=portfolio_id, organization=membership.organization)
    maker = exports.FORMS.get(form)
    if maker is None:
        raise Http404
    kind, content = maker(found, None)
    headers = {"Content-Disposition": f'attachment; filename="portfolio-{found.pk}.{form}"'}
    return HttpResponse(content, content_type=kind, headers=headers)


@require_safe
def sample(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """An empty table with the headers the reader understands, to be filled in."""
    headers = {"Content-Disposition": 'attachment; filename="portfolio-sample.xlsx"'}
    return HttpResponse(exports.sample_xlsx(), content_type=XLSX, headers=headers)
