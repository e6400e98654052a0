"""The words for why there is no score, no letter or no value: the codes of a grade, and what each method of valuation lacks."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.common import terms

REASONS: dict[str, Any] = {
    "no_record": _("no record is in the lake"),
    "needs_expert": _("a named expert has to answer"),
    "fee_payments": _("whether the fees were paid is not known"),
    "after_last_event": _("what happened after the last event held is not known"),
    "no_register_events": _("no register events are in the lake"),
    "pledge_amount_not_told": _("the amount of the pledge is not told"),
    "end_of_term_unknown": _("the end of the term is not known"),
    "right_not_in_force": _("the right is not in force"),
    "grant_date": _("the grant date is not known"),
    "not_computed": _("the indicators were not computed for it"),
    "no_certain_status": _("the status is not certain"),
    "not_scored_value": _("the scheme gives this value no score"),
    "coefficient_missing": _("the coefficient of its level is missing"),
    "scheme_has_no_letters": _("the scheme has no letters"),
    "no_score": _("there is no score"),
    "coverage_too_low": _("too little of the weight has evidence"),
}


def grade_reason(code: str) -> str:
    """The reason in words; codes of indicators are found there, an unlisted one stands for itself."""
    from langqiao.web.appraisals.indicators import reason_word  # noqa: PLC0415 - keeps this table free of Ibis

    return str(REASONS[code]) if code in REASONS else reason_word(code)


def missing_by_method(refusal: Refusal) -> list[tuple[str, list[str]]]:
    """(method, its missing inputs) in words, so that the page can say what to supply for which method."""
    found: dict[str, list[str]] = {}
    for name in filter(None, str(refusal.facts.get("inputs", "")).split(", ")):
        method, _dot, plain = name.rpartition(".")
        found.setdefault(terms.word("method", method), []).append(terms.word("value_input", plain))
    return list(found.items())
