"""The pages of a selection: patents side by side, two claim sets word by word, the marked patents as a file."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.common.templatetags.langqiao import chinese
from langqiao.web.common.templatetags.patent_words import number
from langqiao.web.patents import selection
from langqiao.web.patents.claimdiff import claim_pairs, counts
from langqiao.web.patents.compare import FEWEST, MOST, groups_of
from langqiao.web.patents.reading import patent_for
from langqiao.web.patents.view import Patent


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """The marked patents side by side. Refused (compare_count) unless two to six are marked."""
    keys = selection.keys_read(request.GET)
    if not FEWEST <= len(keys) <= MOST:
        raise Refusal(
            "compare_count",
            _("%(n)d patents are marked; two to six can stand side by side.") % {"n": len(keys)},
            facts={"n": len(keys)},
        )
    patents = [patent_for(request, key) for key in keys]
    heads = [{"patent": patent, "title": patent.title(chinese=chinese()), "without": _without(keys, patent.key)} for patent in patents]
    context = {
        "room": "search",
        "heads": heads,
        "groups": groups_of(patents),
        "pair": patents if len(patents) == FEWEST and all(patent.rows("claims") for patent in patents) else None,
        "only_differences": request.GET.get("only") == "differences",
    }
    return render(request, "patents/compare.html", context)


def _without(keys: list[str], key: str) -> list[str]:
    """The other keys, where enough are left to compare."""
    rest = [other for other in keys if other != key]
    return rest if len(rest) >= FEWEST else []


@require_safe
def claims(request: HttpRequest, key: str, other: str) -> HttpResponse:
    """The claims of one publication against another's. Refused (claims_missing) where the lake holds none of one of them."""
    first, second = patent_for(request, key), patent_for(request, other)
    for patent in (first, second):
        if not patent.rows("claims"):
            name = number(patent.key)
            raise Refusal("claims_missing", _("The lake holds no claims of %(key)s.") % {"key": name}, facts={"key": name})
    pairs = claim_pairs(first.rows("claims"), second.rows("claims"))
    context = {
        "room": "search",
        "sides": [_side(first), _side(second)],
        "pairs": pairs,
        "counts": counts(pairs),
        "only_changes": request.GET.get("only") == "changes",
    }
    return render(request, "patents/claims_diff.html", context)


def _side(patent: Patent) -> dict[str, Any]:
    """One side with the places of its claims in the records, each once."""
    places = {row["sha256"]: row for row in patent.rows("claims")}
    return {
        "patent": patent,
        "title": patent.title(chinese=chinese()),
        "count": len(patent.rows("claims")),
        "places": list(places.values()),
    }


@require_safe
def export(request: HttpRequest, form: str) -> HttpResponse:
    """The marked patents as CSV, XLSX or JSON lines."""
    maker = selection.FORMS.get(form)
    if maker is None:
        raise Http404
    kind, content = maker(selection.rows_marked(request, selection.keys_read(request.GET)))
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="patents.{form}"'})
