"""The words of the books in the reader's language: purposes, phases, codes of entries, owners of accounts."""

import re
from collections.abc import Iterable

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from langqiao.engine.ledger.account import account_parse
from langqiao.engine.ledger.chart import CHART
from langqiao.rules.words import words
from langqiao.web.people.models import Organization

PHASES = {
    "transfer": _("moved"),
    "hold": _("put on hold"),
    "post": _("hold posted"),
    "void": _("hold voided"),
    "expire": _("hold expired"),
}
HOLDS = {"open": _("on hold"), "post": _("posted"), "void": _("voided"), "expire": _("ran out")}
HOLD_TONES = {"open": "attention", "post": "good", "void": "plain", "expire": "plain"}
POTS = {"client": _("clients' money"), "fund": _("funds' money"), "platform": _("the platform's own money")}
CODES = {
    "payment.in": _("paid in"),
    "payment.out": _("paid out"),
    "bank.unmatched": _("bank line without an order"),
    "bank.assigned": _("assigned from suspense"),
    "hold.expired": _("hold ran out"),
    "correction": _("correction"),
}
ROOMS = {
    "deal": _("step of a deal"),
    "fund": _("fund"),
    "loan": _("loan"),
    "credit": _("loan"),
    "royalty": _("royalty"),
    "inventors": _("inventors' reward"),
    "policy": _("insurance"),
    "pool": _("pool"),
}
KINDS = {
    "platform": _("the platform"),
    "person": _("person"),
    "deal": _("deal"),
    "loan": _("loan"),
    "pool": _("pool"),
    "fund": _("fund"),
    "organization": _("organization"),
}
PROBLEMS = {
    "sums_differ": _("debits and credits differ"),
    "balance_not_folded": _("a balance is not the sum of its transfers"),
    "account_missing": _("an account is missing"),
    "limit_broken": _("an account is over its limit"),
    "suspense_not_zero": _("suspense is not zero"),
    "hold_overdue": _("a hold is past its last day"),
    "group_broken": _("a group is not whole"),
    "touch_differs": _("a statement would miss or add a group"),
    "chain_gap": _("a number of the chain is missing"),
    "chain_broken": _("a link does not carry the hash before it"),
    "row_altered": _("a transfer was altered"),
    "guard_missing": _("a guard of the database is gone"),
    "chart_differs": _("the chart differs from the books"),
}
ORGANIZATION = re.compile(r"organization/(\d+)")


def chinese() -> bool:
    """Whether the reader reads Chinese."""
    return (get_language() or "").startswith("zh")


def purpose_word(purpose: str) -> str:
    """The purpose of an account."""
    line = CHART.get(purpose)
    return purpose if line is None else line.zh if chinese() else line.en


def code_word(code: str) -> str:
    """Why an entry was made: its own word, or its room's with the step's code."""
    if code in CODES:
        return str(CODES[code])
    room, _dot, step = code.partition(".")
    known = words()["deal_event"].get(step) if room == "deal" else None
    told = known["zh" if chinese() else "en"] if known else step
    return f"{ROOMS[room]} · {told}" if room in ROOMS else code


class Owners:
    """Names of the owners of accounts, read in one query for all that a page shows."""

    def __init__(self, accounts: Iterable[str]) -> None:
        keys = {int(found.group(1)) for account in accounts if (found := ORGANIZATION.match(account))}
        self.names = dict(Organization.objects.filter(pk__in=keys).values_list("pk", "name"))

    def owner(self, account: str) -> str:
        """Who owns the account."""
        kind, _slash, key = account_parse(account).owner.partition("/")
        if kind == "organization" and key.isdigit() and int(key) in self.names:
            return self.names[int(key)]
        return f"{KINDS[kind]} {key[:8]}".strip()

    def account(self, account: str) -> str:
        """Owner and purpose, with the reference where the purpose has several accounts."""
        name = account_parse(account)
        return " · ".join(part for part in (self.owner(account), purpose_word(name.purpose), name.ref) if part)
