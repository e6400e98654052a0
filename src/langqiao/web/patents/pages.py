"""The pages of search, of one patent, of evidence and of sources."""

import time
from collections.abc import Hashable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from langqiao.data.search.meaning import Found
from langqiao.data.search.query import ORDERS
from langqiao.web.appraisals.selectors import records_of
from langqiao.web.appraisals.tabs import header_of
from langqiao.web.common.fragments import fragment
from langqiao.web.common.lake import index_folder, site_lake
from langqiao.web.common.templatetags.langqiao import chinese
from langqiao.web.patents import evidence as proofs
from langqiao.web.patents import finding
from langqiao.web.patents.charts import chart_svg
from langqiao.web.patents.near import near_of
from langqiao.web.patents.reading import patent_for, source_for
from langqiao.web.patents.records import state_of
from langqiao.web.patents.rights import right_of
from langqiao.web.patents.tabs import TABS, tab_context, tabs_of
from langqiao.web.patents.topics import evidence_of
from langqiao.web.patents.view import Patent
from langqiao.web.people.session import membership_of
from langqiao.web.portfolio.views import query_kept, views_list
from langqiao.web.rights.recorded import newest


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Results with facets; the text of a number that the index holds once leads to the patent."""
    lake, query = site_lake(), finding.query_read(request.GET)
    start = time.perf_counter()
    found = finding.patents_find(lake, query)
    seconds = time.perf_counter() - start
    results = found.results if found else None
    if results and results.jump and "stay" not in request.GET and not query.values:
        return redirect("patent", key=results.jump)
    context = {
        "room": "search",
        "query": query,
        "results": results,
        "seconds": seconds,
        "used": found.used if found else None,
        "page_count": finding.page_count(results) if results else 1,
        "modes": finding.MODES,
        "orders": ORDERS,
        "columns": finding.COLUMNS,
        "columns_legend": _("none chosen: a list with the passage found"),
        **_list_shown(request, query, found),
        **_views(request),
    }
    return render(request, "patents/search.html", context, status=422 if query.errors else 200)


def _list_shown(request: HttpRequest, query: finding.Query, found: Found | None) -> dict[str, Any]:
    """Facets and rows of the results; they depend on the index and the address alone."""
    if found is None:
        return {}
    folder = index_folder(site_lake())
    about = (str(folder), finding.index_stamp(folder), finding.vector_stamp(folder), request.GET.urlencode())
    facets = fragment("patents/results_facets.html", request, about=about, context=lambda: {"query": query, "results": found.results})
    rows = fragment(
        "patents/results_list.html", request, about=about, context=lambda: {"query": query, "results": found.results, "ranks": found.ranks}
    )
    return {"facets_shown": facets, "list_shown": rows}


def _views(request: HttpRequest) -> dict[str, Any]:
    """The saved views that the member may open."""
    membership = membership_of(request) if request.user.is_authenticated else None
    if membership is None:
        return {}
    return {
        "membership": membership,
        "views": views_list(membership=membership, place="search"),
        "view_query": query_kept(request.GET.urlencode(), "search"),
    }


@require_safe
def patent(request: HttpRequest, key: str, tab: str = "overview") -> HttpResponse:
    """The patent page with one of its tabs; a script asks for the tab alone."""
    found = patent_for(request, key)
    if tab not in TABS:
        raise Http404
    tabs = tabs_of(found)
    if tab not in {shown.name for shown in tabs}:
        return redirect("patent", key=key)
    part = request.htmx and request.htmx.target == "tab"  # type: ignore[attr-defined]
    context = {"room": "search", "patent": found, "tabs": tabs, "tab": tab, "title": found.title(chinese=chinese())}
    context |= _shown(request, found, tab) if part else {**_head(request, found), **_shown(request, found, tab)}
    return render(request, "patents/tab_frame.html" if part else "patents/patent.html", context)


LAKE_TABS = {"overview", "claims", "right", "owners", "family", "citations", "indicators", "documents"}
"""The tabs that say the same to everybody who may read the lake; the others hold forms or what an organization has recorded."""


def _about(patent: Patent) -> tuple[Hashable, ...]:
    """What a part of the page depends on beside the address: the lake, its version, what was computed from it, the record, the day."""
    return (str(patent.lake.root), state_of(patent.lake), patent.key, newest(patent), timezone.localdate())


def _whole(request: HttpRequest, patent: Patent, tab: str) -> dict[str, Any]:
    """Everything the templates of a tab and of the head may show."""
    return {
        "patent": patent,
        "right": right_of(patent),
        "title": patent.title(chinese=chinese()),
        "other_title": patent.other_title(chinese=chinese()),
        **tab_context(patent, tab, request.GET),
        **header_of(patent),
    }


def _head(request: HttpRequest, patent: Patent) -> dict[str, Any]:
    """Title and figures of the head."""

    def context() -> dict[str, Any]:
        return _whole(request, patent, "overview")

    about = _about(patent)
    return {name: fragment(f"patents/{name}.html", request, about=about, context=context) for name in ("head_title", "head_figures")}


def _shown(request: HttpRequest, patent: Patent, tab: str) -> dict[str, Any]:
    """The body of the tab, kept where it depends on the lake alone; else the context of its template."""
    template = f"patents/tab_{tab}.html"
    if tab in LAKE_TABS:
        about = (*_about(patent), request.GET.urlencode())
        return {"tab_body": fragment(template, request, about=about, context=lambda: _whole(request, patent, tab))}
    return {"tab_body": None, "tab_template": template, **_whole(request, patent, tab), **_records(request, patent.key, tab)}


def _records(request: HttpRequest, key: str, tab: str) -> dict[str, Any]:
    """What the member's organization has recorded of the patent, on the tabs that record."""
    kind = {"grade": "grade", "value": "opinion"}.get(tab)
    membership = membership_of(request) if kind and request.user.is_authenticated else None
    if kind is None or membership is None:
        return {}
    return {"membership": membership, "records": records_of(kind=kind, key=key, organization=membership.organization)}


@require_safe
def near(request: HttpRequest, key: str) -> HttpResponse:
    """Patents like this one: a part that the page loads after its first paint, a page without scripts."""
    found = patent_for(request, key)
    context = {"patent": found, "near": near_of(found), "room": "search"}
    return render(request, "patents/near_part.html" if request.htmx else "patents/near.html", context)  # type: ignore[attr-defined]


@require_safe
def chart(request: HttpRequest, key: str, name: str) -> HttpResponse:
    """A chart of a patent as SVG."""
    svg = chart_svg(patent_for(request, key), name)
    if svg is None:
        raise Http404
    return HttpResponse(svg, content_type="image/svg+xml", headers={"Cache-Control": "private, max-age=300"})


@require_safe
def evidence(request: HttpRequest, key: str, topic: str, name: str = "") -> HttpResponse:
    """Why a figure is what it is: a drawer for scripts, a page without."""
    found = patent_for(request, key)
    shown = evidence_of(found, topic, name)
    if shown is None:
        raise Http404
    context = {"proof": shown, "patent": found, "back": reverse("patent", args=[key]), "room": "search"}
    return render(request, "patents/evidence_part.html" if request.htmx else "patents/evidence.html", context)  # type: ignore[attr-defined]


@require_safe
def evidence_lake(request: HttpRequest, table: str) -> HttpResponse:
    """Where a count of the lake comes from."""
    shown = proofs.evidence_of_count(site_lake(), table)
    if shown is None:
        raise Http404
    context = {"proof": shown, "back": reverse("data"), "room": "data"}
    return render(request, "patents/evidence_part.html" if request.htmx else "patents/evidence.html", context)  # type: ignore[attr-defined]


@require_safe
def source(request: HttpRequest, sha256: str) -> HttpResponse:
    """A raw record: its file, offset, length, hash, whether the bytes still have that hash, and the bytes themselves."""
    found = source_for(request, sha256)
    return render(request, "patents/source.html", {"source": found, "room": "data"})


@require_safe
def source_raw(request: HttpRequest, sha256: str) -> HttpResponse:
    """The bytes of a raw record as a download, never shown as a page of this site."""
    found = source_for(request, sha256)
    if found.content is None:
        raise Http404
    headers = {"Content-Disposition": f'attachment; filename="{sha256[:16]}.bin"', "Content-Security-Policy": "sandbox; default-src 'none'"}
    return HttpResponse(found.content, content_type="application/octet-stream", headers=headers)
