"""The words of this room's codes in both languages: states of papers, kinds of change, answers of a verification, what a record tells."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from langqiao.rules.clause_reader import contracts
from langqiao.rules.package_reader import packages
from langqiao.web.audit.words import room_word

PAPER_STATES = {"there": _("there"), "unsigned": _("not signed by every side"), "missing": _("missing")}
PAPER_TONES = {"there": "good", "unsigned": "attention", "missing": "bad"}
CHANGES = {"same": _("unchanged"), "added": _("added"), "removed": _("removed"), "changed": _("changed")}
CHANGE_TONES = {"same": "plain", "added": "good", "removed": "bad", "changed": "attention"}
WRONG = {
    "unreadable": _("The file is no PDF, is damaged or was cut short: nothing in it can be relied on."),
    "unsigned": _("The file bears no signature."),
    "too_many": _("The file bears more signatures than are checked."),
}
FACTS = {
    "agent": _("an agent files"),
    "co_owned": _("the patents are co-owned"),
    "pledged": _("the patents are pledged"),
    "buyer_is_foreign": _("the acquirer is a foreign person"),
    "state_unit": _("the seller is a state institute or university"),
    "price_by": _("how the price was found"),
    "license_kind": _("kind of license"),
    "appraised": _("the patents were appraised"),
    "invalidation_pending": _("a request for invalidation is pending"),
    "same_day_invention": _("an invention was filed on the same day"),
    "patent_type": _("type of patent"),
}
YES_NO = {"true": _("yes"), "false": _("no")}
FACT_CHOICES = {
    "price_by": {"agreement": _("by agreement"), "listing": _("by listing"), "auction": _("by auction")},
    "license_kind": {"exclusive": _("exclusive"), "sole": _("sole"), "ordinary": _("ordinary")},
    "patent_type": {"invention": _("invention"), "utility_model": _("utility model"), "design": _("design")},
}
ACTIONS = {
    "document.made": {"zh": "文件生成", "en": "document made"},
    "document.signed": {"zh": "文件签署", "en": "document signed"},
}
"""What records of this room tell; those of other rooms are told by their code."""


OWN_KINDS = {"committee_minutes": {"zh": "委员会会议纪要", "en": "minutes of a committee"}}
"""Kinds of documents that a room makes itself, neither a contract of the library nor a package."""


def action_word(action: str, language: str) -> str:
    """A record's action in a language, as a certificate tells it: the words of this room, else the room's word and the code."""
    if action in ACTIONS:
        return ACTIONS[action][language]
    with override("zh-hans" if language == "zh" else "en"):
        return f"{room_word(action)} · {action}"


def kind_word(kind: str, language: str) -> str:
    """The name of a kind of document."""
    if kind in contracts():
        return contracts()[kind].title[language]
    if kind in OWN_KINDS:
        return OWN_KINDS[kind][language]
    form, _dot, rest = kind.partition(".")
    package, _dot, paper = rest.partition(".")
    if package in packages():
        found = next((one.title[language] for one in packages()[package].papers if one.id == paper), "")
        return found if form == "paper" else packages()[package].title[language]
    return kind
