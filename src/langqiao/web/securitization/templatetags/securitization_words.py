"""Filters of the pages of securitization: codes in words, tones, labels."""

from decimal import Decimal
from typing import Any

from django import template
from django.utils.translation import gettext as _

from langqiao.engine.operations.encumbrance import Reason
from langqiao.web.common import numbers
from langqiao.web.common.numbers import money_exact
from langqiao.web.common.refusals import told
from langqiao.web.securitization import words

register = template.Library()


@register.filter
def abs_word(code: str, group: str) -> str:
    """A code as a word."""
    return words.said(group, str(code)) if code else ""


@register.filter
def abs_tone(code: str) -> str:
    """good, attention, bad or plain."""
    return words.TONES.get(code, "plain")


@register.filter
def abs_why(reason: Reason) -> str:
    """What exactly a reason found: the test, the limit passed, the patent."""
    facts = reason.facts
    code = str(facts.get("test") or facts.get("missing") or "")
    parts = [words.said("fault", "top" if code.startswith("top_") else code)] if code else []
    parts += [str(facts[name]) for name in ("name", "patent") if facts.get(name)]
    limit = facts.get("limit")
    if code.startswith("balance_") and isinstance(limit, int):
        parts.append(money_exact(limit))
    elif facts.get("share"):
        parts.append(f"{facts['share']} > {limit}" if code != "obligors" else f"{float(facts['share']):.0f} < {float(str(limit)):.0f}")
    elif limit not in (None, ""):
        parts.append(str(limit))
    return " · ".join(parts)


@register.filter
def yuan(value: Any) -> str:
    """Fen that may be a float, as exact yuan."""
    return money_exact(round(float(value)))


@register.filter
def yuan_written(text: Any) -> str:
    """Yuan as the terms write them, with thousands, to the fen."""
    return f"¥{numbers.grouped(Decimal(str(text)), places=2)}"


@register.filter
def coupon(rate: Any) -> str:
    """The coupon of a tranche a year; one without a coupon takes what is left over."""
    return numbers.share(Decimal(str(rate)), places=2) if rate is not None and Decimal(str(rate)) else _("the rest")


@register.filter
def cut_words(text: str) -> list[str]:
    """Words of a text, for a loop over fixed names."""
    return text.split()


@register.filter
def row(typed: Any, name: str) -> dict[Any, str]:
    """What was typed in the numbered or named fields `name-…`, by number or name."""
    start = f"{name}-"
    found: dict[Any, str] = {key.removeprefix(start): value for key, value in typed.items() if key.startswith(start)}
    numbered = {int(key): value for key, value in found.items() if key.isdigit()}
    return Row({**found, **numbered})


class Row(dict[Any, str]):
    """A row whose absent fields are empty."""

    def get(self, key: Any, default: Any = "") -> Any:
        """The field, or empty."""
        return super().get(key, default)


@register.filter
def refusal_told(refusal: Any) -> Any:
    """A refusal in the words of the page."""
    return told(refusal)
