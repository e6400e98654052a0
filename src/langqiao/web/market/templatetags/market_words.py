"""Filters of the market's pages: codes in words, tones of states, reasons, titles by language."""

from collections.abc import Iterable
from typing import Any

from django import template

from langqiao.rules.refusals import Language, refusals
from langqiao.web.common.templatetags.langqiao import chinese
from langqiao.web.market import words
from langqiao.web.market.models import Listing, ListingPatent

register = template.Library()


@register.filter
def market(code: str, group: str) -> str:
    """A code of the market as a word."""
    return str(words.GROUPS[group].get(code, code))


@register.filter
def market_tone(state: str) -> str:
    """good, attention, bad or plain."""
    return words.TONES.get(state, "plain")


@register.filter
def reason_words(codes: Iterable[str]) -> str:
    """Reason codes as words."""
    return ("、" if chinese() else ", ").join(words.reason_word(code, chinese=chinese()) for code in codes)


@register.filter
def patent_title(patent: ListingPatent) -> str:
    """The title in the page's language, else in the other."""
    first, second = (patent.title_zh, patent.title_en) if chinese() else (patent.title_en, patent.title_zh)
    return first or second


@register.filter
def refusal_words(codes: Iterable[str]) -> list[dict[str, str]]:
    """Refusal codes with sentence, article and the way out, from the registry."""
    language: Language = "zh" if chinese() else "en"
    found: list[dict[str, str]] = []
    for code in codes:
        known = refusals().get(code)
        entry = {"code": code, "sentence": known.because[language] if known else code}
        found.append(entry | {"article": known.cited(language) if known else "", "fix": known.fix[language] if known else ""})
    return found


@register.simple_tag
def group(name: str) -> dict[str, Any]:
    """All words of a group."""
    return words.GROUPS[name]


@register.filter
def has_price(listing: Listing) -> bool:
    """Whether the listing shows a figure."""
    return listing.price_fen is not None or listing.price_low_fen is not None
