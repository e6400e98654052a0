"""Filters of the matching pages: codes in words, values of reasons, tones."""

from django import template
from django.urls import reverse

from langqiao.engine.matching.rank import Reason
from langqiao.web.common.templatetags.langqiao import chinese
from langqiao.web.market.templatetags.market_words import refusal_words
from langqiao.web.matching import words
from langqiao.web.matching.facts import Shown

register = template.Library()
register.filter("refusal_words", refusal_words)
register.filter("reason_tone", words.tone)


@register.filter
def matching(code: str, group: str) -> str:
    """A code of matching as a word."""
    return str(words.GROUPS[group].get(code, code))


@register.filter
def sought(reason: Reason) -> str:
    """What a reason asked for."""
    return words.values_words(reason.criterion, reason.sought)


@register.filter
def found(reason: Reason) -> str:
    """What the record says."""
    return words.values_words(reason.criterion, reason.found)


@register.filter
def shown_title(shown: Shown) -> str:
    """The title in the page's language where known."""
    return (shown.title_zh if chinese() else shown.title_en) or shown.title_zh


@register.simple_tag
def reason_url(shown: Shown, reason: Reason) -> str:
    """The place of the record that a reason was read from; "" where the record does not say."""
    key = shown.candidate.key
    if not reason.found:
        return ""
    if reason.criterion == "price":
        return reverse("listing", kwargs={"listing_id": shown.listing}) if shown.listing else ""
    tab = words.SOURCES.get(reason.criterion)
    return reverse("patent_tab", kwargs={"key": key, "tab": tab}) if tab else reverse("patent", kwargs={"key": key})
