"""The words templates use: numbers by language, dates, unknown values with the way to supply them, evidence marks."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any
from urllib.parse import urlencode

from django import template
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from langqiao.web.common import numbers, terms

register = template.Library()
Exact = float | int | Decimal | Fraction


def chinese() -> bool:
    """Whether the page is written in Chinese."""
    return (get_language() or "").startswith("zh")


@register.filter
def count(value: Exact | None) -> str | SafeString:
    """A count with thousands."""
    return unknown() if value is None else numbers.grouped(value)


@register.filter
def figure(value: Exact | None, digits: int = 3) -> str | SafeString:
    """A statistic with three significant digits."""
    return unknown() if value is None else numbers.significant(value, digits=digits)


@register.filter
def percent(value: Exact | None, places: int = 0) -> str | SafeString:
    """A share as percent."""
    return unknown() if value is None else numbers.share(value, places=places)


@register.filter
def cell(value: object) -> str:
    """A cell of a report: figures with thousands (whole as they are, exact ones to the fen), nothing where nothing is given, the rest as it stands."""
    match value:
        case None:
            return ""
        case bool():
            return str(value)
        case int():
            return numbers.grouped(value)
        case Decimal():
            return numbers.grouped(value, places=2)
        case _:
            return str(value)


@register.filter
def money(fen: int | None, currency: str = "CNY") -> str | SafeString:
    """An amount for the eye; the exact one on hover."""
    if fen is None:
        return unknown()
    short, exact = numbers.money_short(fen, chinese=chinese(), currency=currency), numbers.money_exact(fen, currency)
    return format_html('<data class="money" value="{}" title="{}">{}</data>', fen, exact, short)


@register.filter
def money_exact(fen: int | None) -> str | SafeString:
    """An amount to the fen."""
    return unknown() if fen is None else numbers.money_exact(fen)


@register.filter
def size(value: int | None) -> str | SafeString:
    """Bytes."""
    return unknown() if value is None else numbers.size(value)


@register.filter
def duration(seconds: float | None) -> str | SafeString:
    """A time span."""
    return unknown() if seconds is None else numbers.duration(seconds, chinese=chinese())


@register.filter(expects_localtime=True)
def day(value: dt.date | dt.datetime | str | None) -> str | SafeString:
    """A date, ISO; of a moment its day in Beijing."""
    if not value:
        return unknown()
    text = value if isinstance(value, str) else value.date().isoformat() if isinstance(value, dt.datetime) else value.isoformat()
    return format_html('<time datetime="{}">{}</time>', text, text)


@register.filter
def known(value: Any) -> Any:
    """The value, or the word for unknown."""
    return unknown() if value is None or value == "" else value


@register.simple_tag
def unknown(needs: str = "") -> SafeString:
    """Unknown is a value: the word, and what would make it known."""
    if needs:
        return format_html('<span class="unknown" title="{}">{}</span>', needs, _("unknown"))
    return format_html('<span class="unknown">{}</span>', _("unknown"))


@register.filter
def term(code: str | None, group: str) -> str | SafeString:
    """A code of our records as the field's word: status, event kind, role, patent type …"""
    return unknown() if not code else terms.word(group, code)


@register.filter
def tone(code: str | None, group: str) -> str:
    """Which of good, attention, bad, plain a code is."""
    return terms.tone(group, code or "")


@register.filter
def titled(value: Any) -> str:
    """The text of a {"zh": …, "en": …} mapping in the page's language, falling back to the other."""
    if isinstance(value, dict):
        first, second = ("zh", "en") if chinese() else ("en", "zh")
        return str(value.get(first) or value.get(second) or "")
    return str(value or "")


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """mapping[key] or None."""
    return mapping.get(key) if hasattr(mapping, "get") else None


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """The page's query string with some parameters changed (None removes one)."""
    request: HttpRequest = context["request"]
    parameters = request.GET.copy()
    for name, value in changes.items():
        if value is None or value == "":
            parameters.pop(name, None)
        else:
            parameters[name] = str(value)
    return "?" + parameters.urlencode()


@register.simple_tag(takes_context=True)
def query_toggle(context: template.Context, name: str, value: str) -> str:
    """The page's query string with one value of a repeated parameter switched, from the first page on."""
    request: HttpRequest = context["request"]
    pairs = [(key, item) for key, items in request.GET.lists() for item in items if key != "page"]
    pairs = [pair for pair in pairs if pair != (name, value)] if (name, value) in pairs else [*pairs, (name, value)]
    return "?" + urlencode(pairs)


@register.inclusion_tag("parts/why.html")
def why(url: str, about: str = "") -> dict[str, str]:
    """The quiet mark beside a figure that opens its evidence."""
    return {"url": url, "about": about}


@register.inclusion_tag("parts/range.html")
def value_range(low: int | None, middle: int | None, high: int | None) -> dict[str, Any]:
    """A value as a bar from p10 over p50 to p90 on a logarithmic scale."""
    from langqiao.web.common.drawing import range_bar  # noqa: PLC0415 - the drawing is needed by few pages

    return {"low": low, "middle": middle, "high": high, "bar": range_bar(low, middle, high)}


@register.filter
def title_of(row: dict[str, Any]) -> str:
    """The title of a publication in the page's language where known, else as published."""
    first, second = ("title_zh", "title_en") if chinese() else ("title_en", "title_zh")
    return str(row.get(first) or row.get("title") or row.get(second) or "")


@register.simple_tag
def share_of(part: int | None, whole: int | None) -> str | SafeString:
    """Part / whole as percent; never 0 or 100 % where some are or are not."""
    if part is None or not whole:
        return unknown()
    if 0 < part < whole:
        return numbers.share(min(0.99, max(0.01, part / whole)))
    return numbers.share(part / whole)


@register.simple_tag
def why_count(table: str) -> SafeString:
    """The evidence mark of a count of the lake, where its table has one."""
    from langqiao.data.lake.schema import TABLES  # noqa: PLC0415 - Arrow is heavy for pages without counts

    if table not in TABLES:
        return SafeString("")
    return render_to_string("parts/why.html", {"url": reverse("evidence_lake", args=[table]), "about": terms.word("table", table)})


@register.filter
def field_name(name: str) -> str:
    """The word for a field or part of a publication."""
    return terms.word("field", name) if name in terms.WORDS["field"] else terms.word("table", name)
