"""The pages of the calculation door: the list by room, one form and result, and the Excel file."""

from itertools import groupby
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from langqiao.engine import register
from langqiao.engine.kernel.calculation import Calculation
from langqiao.rules import parameters
from langqiao.web.api.clock import TooSlowError, within_limit
from langqiao.web.calc.charts import chart_of, kept_chart
from langqiao.web.calc.excel import workbook
from langqiao.web.calc.forms import Field, SchemaForm, row_count, walk
from langqiao.web.calc.results import Result, result_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _language() -> str:
    return "zh" if (get_language() or "").startswith("zh") else "en"


def title_of(calculation: Calculation) -> str:
    """The title in the reader's language."""
    return calculation.title[_language()]


def formula_of(calculation: Calculation) -> str:
    """Formula and conventions in the reader's language."""
    return calculation.formula[_language()]


@require_safe
def calculations(request: HttpRequest) -> HttpResponse:
    """Every calculation, by room."""
    found = list(register.all_calculations())
    rooms = [(room, [(c, title_of(c)) for c in group]) for room, group in groupby(found, key=lambda c: c.name.split(".")[0])]
    return render(request, "calc/list.html", {"rooms": rooms, "count": len(found), "room": "calc"})


def _found(name: str) -> Calculation:
    try:
        return register.find(name)
    except register.BadInput as error:
        raise Http404(error.message) from error


@require_http_methods(["GET", "HEAD", "POST"])
def calculation(request: HttpRequest, name: str) -> HttpResponse:
    """The form of a calculation, with its example to start from; on POST the result below it."""
    found = _found(name)
    form = SchemaForm(found.schema()["input"])
    if request.method != "POST":
        return _page(request, found, form.fields(dict(found.example)), started=True)
    if "add" in request.POST or "drop" in request.POST:
        return _page(request, found, form.fields(_changed(form, request)))
    given = form.read(request.POST)
    fields = form.fields(given)
    result, output, general = _answer(found, given, fields)
    return _page(request, found, fields, result=result, output=output, general=general)


@require_POST
def excel(request: HttpRequest, name: str) -> HttpResponse:
    """The calculation of the posted form as an Excel file; with bad input the page again, with the error at its field."""
    found = _found(name)
    form = SchemaForm(found.schema()["input"])
    given = form.read(request.POST)
    fields = form.fields(given)
    result, output, general = _answer(found, given, fields)
    if result is None:
        return _page(request, found, fields, general=general)
    assert output is not None
    response = HttpResponse(workbook(found, given, result, heading=(title_of(found), formula_of(found))), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{found.name}.xlsx"'
    return response


@require_safe
def chart(request: HttpRequest, digest: str) -> HttpResponse:  # noqa: ARG001
    """The SVG of a chart that a result page shows."""
    svg = kept_chart(digest)
    if svg is None:
        raise Http404
    response = HttpResponse(svg, content_type="image/svg+xml")
    response["Cache-Control"] = "private, max-age=86400"
    return response


def _answer(found: Calculation, given: dict[str, Any], fields: list[Field]) -> tuple[Result | None, dict[str, Any] | None, str]:
    try:
        with within_limit():
            output = found.answer(given, parameters())
    except register.BadInput as error:
        return None, None, _placed(fields, error)
    except TooSlowError as error:
        return None, None, str(error)
    return result_of(found, output), output, ""


def _placed(fields: list[Field], error: register.BadInput) -> str:
    """Puts the error at its field; the text for the top of the page where no field is concerned."""
    for place in walk(fields):
        if place.name == error.field:
            place.error = error.message
            return ""
        for entry in place.rows if place.kind == "map" else []:
            if f"{place.name}.{entry[0].value}" == error.field:
                entry[1].error = error.message
                return ""
    return f"{error.field}: {error.message}" if error.field else error.message


def _changed(form: SchemaForm, request: HttpRequest) -> dict[str, Any]:
    """What was typed, with one row more or one less."""
    posted = request.POST.copy()
    added = posted.get("add", "")
    if added:
        posted[f"{added}#rows"] = str(row_count(posted, added) + 1)
    value = form.read(posted)
    if added:
        _append_empty(value, added)
    dropped = posted.get("drop", "")
    if dropped:
        _remove(value, dropped)
    return value


def _append_empty(value: dict[str, Any], path: str) -> None:
    target: Any = value
    parts = path.split(".")
    for part in parts[:-1]:
        target = target.setdefault(part, {})
    current = target.get(parts[-1])
    if isinstance(current, dict):
        current[""] = None
    else:
        target[parts[-1]] = [*(current or []), None]


def _remove(value: dict[str, Any], path: str) -> None:
    name, _, rest = path.rpartition("[")
    target: Any = value
    for part in name.removesuffix("#key").split("."):
        target = target.get(part) if isinstance(target, dict) else None
    index = int(rest.rstrip("]")) if rest.rstrip("]").isdigit() else -1
    if isinstance(target, list) and 0 <= index < len(target):
        del target[index]
    elif isinstance(target, dict) and 0 <= index < len(target):
        del target[list(target)[index]]


def _page(
    request: HttpRequest,
    found: Calculation,
    fields: list[Field],
    *,
    result: Result | None = None,
    output: dict[str, Any] | None = None,
    general: str = "",
    started: bool = False,
) -> HttpResponse:
    bad = bool(general) or any(place.error for place in walk(fields))
    context = {
        "calculation": found,
        "formula": formula_of(found),
        "title": title_of(found),
        "fields": fields,
        "result": result,
        "chart": chart_of(found, output) if output else None,
        "general_error": general,
        "bad": bad,
        "started": started,
        "room": "calc",
    }
    return render(request, "calc/calculation.html", context, status=422 if bad else 200)
