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
    "loan": _("loan"),
    "organization": _("organization"),
    "personal": _("personal data"),
    "petition": _("claim or correction"),
    "platform": _("platform"),
    "duty": _("timed duty"),
    "right": _("right"),
    "royalty": _("royalties"),
    "security": _("people and access"),
    "user": _("person"),
    "webhook": _("webhook"),
    "window": _("purchase window"),
}
"""The first word of an action or a subject → what a person reads."""


def room_word(code: str) -> Any:
    """The word for the room of an action (`deal.opened`) or of a subject (`deal/UUID`); the code's own first word where there is none."""
    first = code.partition("/")[0].partition(".")[0]
    return ROOMS.get(first, first)
