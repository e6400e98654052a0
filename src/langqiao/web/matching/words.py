"""The codes of matching in words, by the page's language."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from langqiao.data.reference.industry import branches
from langqiao.data.reference.technology import fields
from langqiao.engine.kernel.money import fen_to_yuan
from langqiao.engine.matching.rank import Reason
from langqiao.web.common import terms
from langqiao.web.common.templatetags.langqiao import chinese

PURPOSES: dict[str, Any] = {
    "invest": _("to invest in"),
    "lend": _("to lend on"),
    "buy": _("to buy"),
    "license": _("to take a license of"),
}
VISIBILITIES: dict[str, Any] = {"private": _("seen by us alone"), "public": _("seen by everybody")}
CRITERIA: dict[str, Any] = {
    "text": _("words of the text"),
    "field": _("technology field"),
    "industry": _("emerging industry"),
    "ipc": _("class (IPC)"),
    "status": _("state of the right"),
    "grade": _("grade"),
    "high_value": _("high-value patent"),
    "region": _("region of the holder"),
    "price": _("price"),
}
VERDICTS: dict[str, Any] = {"met": _("met"), "not_met": _("not met")}
FIELDS: dict[str, Any] = {
    "title": _("title"),
    "purpose": _("purpose"),
    "visibility": _("who sees it"),
    "brief": _("public brief"),
    "words": _("what is sought"),
    "fields": _("technology fields"),
    "industries": _("emerging industries"),
    "ipc": _("classes (IPC)"),
    "statuses": _("states of the right"),
    "grade_least": _("lowest grade"),
    "regions": _("regions"),
    "ticket_high_fen": _("ticket"),
    "required": _("required criteria"),
    "until_on": _("last day"),
}
SOURCES = {"status": "right", "grade": "grade", "high_value": "high-value"}
"""Criterion → the tab of the patent's page on which its record is shown; the others stand on the first one."""
GROUPS: dict[str, dict[str, Any]] = {
    "purpose": PURPOSES,
    "visibility": VISIBILITIES,
    "criterion": CRITERIA,
    "verdict": VERDICTS,
    "field": FIELDS,
}


def field_names() -> dict[int, str]:
    """The technology fields by number, in the page's language."""
    return {field.number: field.name_zh if chinese() else field.name_en for field in fields()}


def industry_names() -> dict[str, str]:
    """The fields of the strategic emerging industries by code, in the page's language."""
    return {code: branch.name_zh if chinese() else branch.name_en for code, branch in branches().items() if not branch.parent}


def values_words(criterion: str, values: tuple[str, ...]) -> str:
    """The values of a reason as people read them."""
    if criterion == "price":
        return " – ".join(fen_to_yuan(int(value)) if value else "…" for value in values)
    return ("、" if chinese() else ", ").join(_one(criterion, value) for value in values[:12])


def _one(criterion: str, value: str) -> str:
    if criterion == "field":
        return field_names().get(int(value), value)
    if criterion == "industry":
        return industry_names().get(value, value)
    if criterion == "status":
        return str(terms.word("status", value))
    if criterion == "high_value":
        return str(VERDICTS.get(value, value))
    return value


def tone(reason: Reason) -> str:
    """Good, attention, bad, or plain where nothing is known."""
    if reason.fit is None:
        return "plain"
    return "good" if reason.fit >= 1 else "bad" if reason.fit <= 0 else "attention"
