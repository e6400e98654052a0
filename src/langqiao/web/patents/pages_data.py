"""The first page and the data page: what the lake holds, how complete it is, what could not be read."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from langqiao.web.appraisals.backtest import backtest_shown
from langqiao.web.common.lake import site_lake
from langqiao.web.patents.holdings import FIELDS, PARTS, holdings_of
from langqiao.web.patents.trouble import files_read, problem_counts, problems_page

COUNTS = ("publications", "claims", "citations", "events", "conveyances", "files")
COLUMNS = ("title", "abstract", "filing_date", "grant_date", "claims", "citations", "parties", "classifications", "families")


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What the lake holds, a search box, and links to real patents."""
    return render(
        request, "home.html", {"holdings": holdings_of(site_lake()), "home_counts": COUNTS, "home_columns": COLUMNS, "room": "home"}
    )


@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """Sources, counts, coverage by field, problems and quarantine, back-tests."""
    lake = site_lake()
    context = {
        "holdings": holdings_of(lake),
        "problem_counts": problem_counts(lake),
        "fields": (*FIELDS, *PARTS),
        "backtest": backtest_shown(),
        "room": "data",
    }
    return render(request, "data/data.html", context)


@require_safe
def problems(request: HttpRequest) -> HttpResponse:
    """Problems one by one, narrowed by code."""
    code, page = request.GET.get("code", ""), request.GET.get("page", "1")
    shown = problems_page(site_lake(), code=code, page=int(page) if page.isascii() and page.isdigit() else 1)
    return render(request, "data/problems.html", {"shown": shown, "code": code, "room": "data"})


@require_safe
def files(request: HttpRequest) -> HttpResponse:
    """The files that were read, with hash, size, day and counts."""
    return render(request, "data/files.html", {"files": files_read(site_lake()), "room": "data"})
