"""Filters of the pages of insurance: codes in words, tones of states."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from django import template

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.common.numbers import share
from langqiao.web.common.refusals import Told, told
from langqiao.web.deals.templatetags.deal_words import reasons_told
from langqiao.web.insurance import words

register = template.Library()


@register.filter
def insured(code: str, group: str) -> str:
    """A code as a word."""
    return words.said(group, code) if code else ""


@register.filter
def insured_tone(code: str) -> str:
    """good, attention, bad or plain."""
    return words.TONES.get(code, "plain")


@register.filter
def refusal_told(refusal: Refusal) -> Told:
    """A refusal as a person reads it."""
    return told(refusal)


@register.filter
def against_told(check: Mapping[str, Any]) -> list[Told]:
    """What is against a claim's rule, as a sentence."""
    return reasons_told([check["against"]]) if check["against"] else []


@register.filter
def rate_told(rate: str) -> str:
    """A share kept as decimal text."""
    return share(Fraction(rate), places=1)
