"""The phrases of the evidence of facts in the reader's language: the engine and the data layer say them in English, once each."""

import re
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from langqiao.web.common import terms

PHRASES: dict[str, Any] = {
    "category of each independent claim by the noun its preamble ends in": gettext_lazy(
        "category of each independent claim by the noun its preamble ends in"
    ),
    "read by rule from the wording, not by an examiner": gettext_lazy("read by rule from the wording, not by an examiner"),
    "SEI-IPC concordance of 2021 (trial)": gettext_lazy("SEI-IPC concordance of 2021 (trial)"),
    "ipc_only: the official row also asks for a keyword that is not part of our table": gettext_lazy(
        "by class alone: the official row also asks for a keyword that is not part of our table"
    ),
    "distinct WIPO technology fields of its IPC symbols": gettext_lazy("distinct WIPO technology fields of its IPC symbols"),
    "offices other than its own in the stated family, WO left out": gettext_lazy(
        "offices other than its own in the stated family, WO left out"
    ),
    "offices other than its own with a member of kind B; whether it still stands abroad is not known": gettext_lazy(
        "offices other than its own with a member of kind B; whether it still stands abroad is not known"
    ),
    "min(max(value, p01), p99) / p99 of field and filing year": gettext_lazy("min(max(value, p01), p99) / p99 of field and filing year"),
    "replay of the dated events of the right": gettext_lazy("replay of the dated events of the right"),
    "invalidation, review and opposition among the events of the right": gettext_lazy(
        "invalidation, review and opposition among the events of the right"
    ),
    "kind of right as published": gettext_lazy("kind of right as published"),
    "grant as published": gettext_lazy("grant as published"),
    "recorded pledges and security interests among the events of the right": gettext_lazy(
        "recorded pledges and security interests among the events of the right"
    ),
    "highest recorded pledge in fen": gettext_lazy("highest recorded pledge in fen"),
    "recorded transfers and licenses among the events of the right": gettext_lazy(
        "recorded transfers and licenses among the events of the right"
    ),
    "stated": gettext_lazy("as stated by the person named"),
}
NAMES: dict[str, Any] = {
    "offices": gettext_lazy("offices"),
    "with granted member": gettext_lazy("with a granted member"),
    "models": gettext_lazy("models of the family"),
    "ipc": "IPC",
    "end": gettext_lazy("end of term"),
    "unknown": gettext_lazy("what is unknown"),
    "state": gettext_lazy("state of the right"),
    "since": gettext_lazy("since"),
    "transfers": gettext_lazy("transfers"),
    "licenses": gettext_lazy("licenses"),
    "value": gettext_lazy("value of the indicator"),
    "source": gettext_lazy("source"),
    "by": gettext_lazy("stated by"),
}
_CLAIM = re.compile(r"claim (\d+)")


def phrase(text: str) -> str:
    """A formula or note in the reader's language; one that is no fixed phrase (a formula with its version and source) stands as it is."""
    for known, word in PHRASES.items():
        if text == known or text.startswith((f"{known},", f"{known};")):
            return f"{word}{text[len(known) :]}"
    return text


def input_word(name: str) -> str:
    """The name of an input of a fact."""
    found = _CLAIM.fullmatch(name)
    if found:
        return _("claim %(n)s") % {"n": found[1]}
    return str(NAMES.get(name, name))


def value_word(value: Any) -> Any:
    """A code among the values, or several, as words; numbers and texts as they are."""
    if isinstance(value, str):
        return terms.word("claim_kind", value) if value in terms.WORDS["claim_kind"] else value
    return value
