"""The words of patents and portfolios in templates: parties, evidence marks, facets, graphs, sorting, reasons."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from langqiao.web.common import numbers, terms
from langqiao.web.common.problem_words import problem_sentence
from langqiao.web.common.templatetags.langqiao import chinese, day, query, titled, unknown

register = template.Library()


@register.filter
def names(parties: list[dict[str, Any]]) -> str | SafeString:
    """The names of parties, the first six."""
    found = list(dict.fromkeys(party["name"] for party in parties if party["name"]))
    if not found:
        return unknown()
    more = f" +{len(found) - 6}" if len(found) > 6 else ""
    return "; ".join(found[:6]) + more


@register.filter
def shown(value: Any) -> Any:
    """An input or answer of the evidence drawer by its kind: date, count, figure or text."""
    match value:
        case None | "":
            return unknown()
        case bool():
            return _("yes") if value else _("no")
        case dt.date() | dt.datetime():
            return day(value)
        case int():
            return numbers.grouped(value)
        case float() | Decimal() | Fraction():
            return numbers.significant(value, digits=4)
        case list() | tuple() | set():
            return "; ".join(str(item) for item in value) or unknown()
        case _:
            return str(value)


@register.simple_tag
def why_field(patent: Any, name: str) -> SafeString:
    """The evidence mark of a field of a publication; of an unknown one it says how to supply it."""
    return why_url(patent, "field", name)


@register.simple_tag
def why_url(patent: Any, topic: str, name: str = "") -> SafeString:
    """The evidence mark of a figure of a patent."""
    url = reverse("evidence_of", args=[patent.key, topic, name]) if name else reverse("evidence", args=[patent.key, topic])
    return render_to_string("parts/why.html", {"url": url, "about": name or topic})


@register.filter
@lru_cache(maxsize=16_384)
def number(key: str) -> str:
    """The number of a publication's key as people of its office write it: US-8418361-B2 → "US 8,418,361 B2"."""
    from langqiao.engine.patents.number import Number, written  # noqa: PLC0415 - pages without patents need no numbers

    office, _dash, rest = key.partition("-")
    body, _dash, kind = rest.rpartition("-")
    if not office or not body:
        return key
    kind_of: Any = "application" if "." in body else "publication"
    return written(Number(office=office, kind_of=kind_of, number=body, kind=kind, raw=key))


@register.filter
def holds(values: Any, name: str) -> Any:
    """The chosen values of a facet."""
    return values.get(name, ())


@register.filter
def facet_word(value: str, name: str) -> str:
    """A facet's value as a word: fields and industries by their titles in our reference tables."""
    if name in {"field", "sei"}:
        return _titles(name).get(value, {}).get("zh" if chinese() else "en", value)
    return terms.word("yes" if name == "high_value" else name, value)


@cache
def _titles(name: str) -> dict[str, dict[str, str]]:
    from langqiao.data.reference.tables import rows  # noqa: PLC0415 - only facets need the tables

    table, key = {"field": ("wipo_fields", "field"), "sei": ("sei_branches", "code")}[name]
    return {row[key]: {"zh": row["name_zh"], "en": row["name_en"]} for row in rows(table)}


@register.filter
def order_word(code: str) -> str:
    """The word for an order of results; "" is the best match."""
    return terms.word("order", code)


@register.filter
def milliseconds(seconds: float) -> str:
    """A short time."""
    return f"{seconds * 1000:.0f}\N{NO-BREAK SPACE}ms"


@register.filter
def day_number(value: int) -> str:
    """20191231 as the index holds days → 2019-12-31."""
    text = str(value)
    return f"{text[:4]}-{text[4:6]}-{text[6:8]}"


@register.filter
def plain(value: float | str) -> str:
    """A place of a drawing, with a point whatever the language."""
    return f"{float(value):g}"


@register.filter
def bend(x1: float, x2: float) -> str:
    """The middle between two places: the bend of an edge."""
    return f"{(x1 + x2) / 2:g}"


@register.filter
def label_place(x: float, anchor: str) -> str:
    """Where the words beside a dot begin."""
    return f"{x + {'start': 10, 'end': -10}.get(anchor, 0):g}"


@register.filter
def as_percent(value: float) -> str:
    """0.42 → "42", for attributes."""
    return f"{value * 100:.0f}"


@register.filter
def item_title(item: Any) -> str:
    """The title of a portfolio's patent in the page's language where known."""
    return (item.title_zh if chinese() else item.title_en) or item.title or ""


@register.simple_tag(takes_context=True)
def sort_head(context: template.Context, name: str, word: str, *, kind: str = "") -> SafeString:
    """The head of a column that sorts: one click up, the next down."""
    sort = context["query"].sort
    ascending, descending = sort == name, sort == f"-{name}"
    url = query(context, sort=f"-{name}" if ascending else name, page=None)
    state = SafeString(' aria-sort="ascending"') if ascending else SafeString(' aria-sort="descending"') if descending else SafeString("")
    return format_html('<th scope="col" class="{}"{}><a class="sort" href="{}#patents">{}</a></th>', kind, state, url, word)


SORTED_COLUMNS = {"grade": "score", "coverage": "coverage", "value": "value", "expiry": "expiry", "annuity": "annuity"}
"""Column of a portfolio's table → what it sorts by; the others do not sort."""
NUMBER_COLUMNS = {"grade", "coverage", "value", "fee"}


@register.simple_tag(takes_context=True)
def item_head(context: template.Context, name: str) -> SafeString:
    """The head of a chosen column of a portfolio's table."""
    word, kind = terms.word("column", name), "n" if name in NUMBER_COLUMNS else ""
    if name in SORTED_COLUMNS:
        return sort_head(context, SORTED_COLUMNS[name], word, kind=kind)
    return format_html('<th scope="col" class="{}">{}</th>', kind, word)


@register.filter
def reasons_text(item: Any) -> str:
    """Why the advice is what it is, in the page's language."""
    return " ".join(titled(reason) for reason in item.reasons)


@register.filter
def reason_text(reason: Any) -> str:
    """A reason kept as {"zh": …, "en": …} in the page's language."""
    return titled(reason)


@register.filter
def cited(article: str) -> str:
    """An article as it is cited in the page's language; a law of another country stays as it is."""
    from langqiao.rules.refusals import cite  # noqa: PLC0415 - the table of laws is read once it is needed

    try:
        return cite(article, "zh" if chinese() else "en")
    except KeyError:
        return article


@register.filter
def unknowns(right: Any) -> str:
    """What is not known of a right, as one line."""
    from langqiao.web.patents.rights import unknown_words  # noqa: PLC0415 - pages without a right need no replay

    return "; ".join(unknown_words(right.unknown))


@register.filter
def problem_words(code: str) -> str:
    """A data problem's code as a sentence in the page's language."""
    return problem_sentence(code)


@register.filter
def file_name(source_file: str) -> str:
    """The name of a source file as people know it: without the folders in which the site keeps uploads."""
    return (
        source_file.removeprefix(f"{settings.MEDIA_ROOT}/").split("/", 2)[-1]
        if source_file.startswith(str(settings.MEDIA_ROOT))
        else source_file
    )


@register.filter
def indicator_reason(code: str) -> str:
    """Why an indicator is unknown."""
    from langqiao.web.appraisals.indicators import reason_word  # noqa: PLC0415 - pages without indicators need no Ibis

    return reason_word(code)


@register.filter
def sentence(words: Any) -> str:
    """A sentence kept in both languages (attributes zh and en)."""
    return str(words.zh if chinese() else words.en)


@register.inclusion_tag("parts/range_drawing.html")
def range_drawing(low: int | None, middle: int | None, high: int | None) -> dict[str, Any]:
    """The bar of a range alone, on the logarithmic scale that all such bars share."""
    from langqiao.web.common.drawing import range_bar  # noqa: PLC0415 - the drawing is needed by few pages

    return {"bar": range_bar(low, middle, high)}


@register.filter
def grade_reason(code: str) -> str:
    """Why a grade has no score or no letter."""
    from langqiao.web.appraisals import words  # noqa: PLC0415 - only the grade tab needs them

    return words.grade_reason(code)


@register.filter
def input_name(code: str) -> str:
    """The word for an input without its method."""
    return terms.word("value_input", code.rpartition(".")[2])
