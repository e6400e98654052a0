"""Filters of the pages of loans: codes in words, tones of states and levels, labels of fields."""

from collections.abc import Iterable

from django import template

from langqiao.web.common.templatetags.langqiao import chinese
from langqiao.web.credit import words

register = template.Library()


@register.filter
def loan(code: str, group: str) -> str:
    """A code as a word."""
    return words.said(group, code) if code else ""


@register.filter
def loan_reasons(codes: Iterable[str]) -> str:
    """Codes of reasons as words."""
    return ("；" if chinese() else "; ").join(words.said("reason", code) for code in codes)


@register.filter
def loan_tone(code: str) -> str:
    """good, attention, bad or plain."""
    return words.TONES.get(code, "plain")


@register.filter
def loan_field(name: str) -> str:
    """The label of a field; `value.KEY` is the value of a patent."""
    if name.startswith("value."):
        return ("评估值（元） " if chinese() else "Value (yuan) ") + name[6:]
    if "." in name:
        return " · ".join(words.said("policy", part) for part in name.split("."))
    return words.said("policy", name) if name in words.POLICY and name not in words.FIELD else words.said("field", name)
