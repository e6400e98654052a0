"""Filters of the funds' pages: codes in words, tones of states, papers, questions and reasons in the page's language."""

from collections.abc import Iterable
from typing import Any

from django import template

from langqiao.engine.funds.pipeline import EXIT
from langqiao.web.common.templatetags.langqiao import chinese
from langqiao.web.funds import words, words_council
from langqiao.web.market.templatetags.market_words import refusal_words

register = template.Library()
register.filter("refusal_words", refusal_words)
register.filter("paper_word", words.paper_word)
register.filter("question_word", words.question_word)
register.filter("exit_word", words_council.exit_word)
register.filter("check_said", words_council.check_said)


@register.filter
def fund(code: str, group: str) -> str:
    """A code of the funds as a word."""
    return str(words.GROUPS[group].get(code, code))


@register.filter
def fund_tone(state: str) -> str:
    """good, attention, bad or plain."""
    return words.TONES.get(state, "plain")


@register.filter
def fund_words(codes: Iterable[str], group: str) -> str:
    """Codes as words."""
    return ("、" if chinese() else ", ").join(fund(code, group) for code in codes)


@register.filter
def loss_words(codes: Iterable[str]) -> str:
    """Reasons as words."""
    return ("、" if chinese() else ", ").join(words.loss_word(code) for code in codes)


@register.simple_tag
def fund_group(name: str) -> dict[str, Any]:
    """All words of a group."""
    return words.GROUPS[name]


@register.filter
def split_codes(text: str) -> list[str]:
    """Codes of a refusal's facts, written with commas between them."""
    return [code for code in text.split(", ") if code]


@register.filter
def exit_word(code: str) -> str:
    """A way out in the page's language."""
    return getattr(EXIT[code], "zh" if chinese() else "en") if code in EXIT else ""
