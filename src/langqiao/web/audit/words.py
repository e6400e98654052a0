"""The words for the rooms whose actions and subjects stand in the record."""

from typing import Any

from django.utils.translation import gettext_lazy as _

ROOMS: dict[str, Any] = {
    "account": _("account"),
    "auction": _("auction"),
    "deal": _("deal"),
    "demand": _("demand"),
    "document": _("document"),
    "fund": _("fund"),
    "interest": _("interest"),
    "ledger": _("books"),
    "listing": _("listing"),
    "policy": _("insurance policy"),
    "claim": _("insurance claim"),
    "tariff": _("insurance tariff"),
    "loan": _("loan"),
    "organization": _("organization"),
    "personal": _("personal data"),
    "petition": _("claim or correction"),
    "pipeline": _("project"),
    "project": _("project"),
    "platform": _("platform"),
    "pool": _("compensation pool"),
    "duty": _("timed duty"),
    "right": _("right"),
    "royalty": _("royalties"),
    "security": _("people and access"),
    "session": _("committee session"),
    "sought": _("mandate"),
    "subsidy": _("interest subsidy"),
    "user": _("person"),
    "webhook": _("webhook"),
    "window": _("purchase window"),
}
"""The first word of an action or a subject → what a person reads."""


def room_word(code: str) -> Any:
    """The word for the room of an action (`deal.opened`) or of a subject (`deal/UUID`); the code's own first word where there is none."""
    first = code.partition("/")[0].partition(".")[0]
    return ROOMS.get(first, first)


TABLES: dict[str, Any] = {
    "people.user": _("profile"),
    "people.membership": _("memberships of organizations"),
    "people.usersession": _("sessions: device, address, time"),
    "people.loginattempt": _("failed log-ins"),
    "people.invitation": _("invitations"),
    "people.totpfactor": _("second factor, without its secret"),
    "people.recoverycode": _("recovery codes, without the codes"),
    "people.mandate": _("mandates you gave or accepted"),
    "audit.marksalt": _("salts of your marks in the record"),
    "audit.record": _("your steps in the record"),
    "portfolio": _("portfolio"),
    "appraisals": _("recorded appraisals"),
    "work": _("jobs"),
    "notices": _("notices and how you want them"),
    "deals": _("deals"),
    "documents": _("contracts and files"),
    "market": _("market"),
    "rights": _("operational records of rights"),
    "ledger": _("books"),
    "funds": _("funds"),
    "credit": _("loans"),
    "insurance": _("insurance"),
}
"""Table, or all tables of a room → what a person reads."""


def table_word(name: str) -> Any:
    """The word for a table that names a person (`people.membership.user`); the room's word where the table has none."""
    room, table, *_rest = *name.split("."), ""
    return TABLES.get(f"{room}.{table}") or TABLES.get(room, room)
