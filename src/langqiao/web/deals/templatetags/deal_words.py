"""The words of deals for templates: codes by group, parties by operation, refusals as sentences."""

from collections.abc import Iterable

from django import template

from langqiao.engine.kernel.money import fen_to_yuan
from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.operations.encumbrance import Reason
from langqiao.rules.refusals import refusals, warnings
from langqiao.web.common.refusals import Told, told
from langqiao.web.deals import words

register = template.Library()
BAD = frozenset({"failed", "refunded", "canceled", "terminated", "enforced"})
GOOD = frozenset({"closed", "settled", "performed", "registered", "published", "awarded"})


@register.filter
def deal(code: str, group: str) -> str:
    """The word of a code."""
    return words.said(group, code) if code else ""


@register.filter
def party(role: str, kind: str) -> str:
    """What a role is called in an operation."""
    return words.role_in(kind, role)


@register.filter
def state_tone(state: str) -> str:
    """good, bad or attention."""
    return "bad" if state in BAD else "good" if state in GOOD else "attention"


@register.filter
def reasons_told(reasons: Iterable[Reason]) -> list[Told]:
    """Reasons as sentences in the page's language."""
    return [
        told(Refusal(reason.code, reason.code.replace("_", " "), article=reason.article or None, facts=dict(reason.facts)))
        for reason in reasons
    ]


@register.filter
def warning_told(code: str) -> str:
    """A warning as a sentence."""
    known = warnings().get(code)
    return known.because[words.language()] if known else code


@register.filter
def refusal_because(code: str) -> str:
    """What a refusal code means."""
    known = refusals().get(code)
    return known.because[words.language()] if known else code


@register.filter
def yuan_input(fen: int) -> str:
    """An amount as a form takes it: yuan with two decimals, without signs between the digits."""
    return fen_to_yuan(fen)
