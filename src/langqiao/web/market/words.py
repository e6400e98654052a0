"""The market's codes in words, by the page's language."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from langqiao.engine.market.reasons import REASONS

MODES: dict[str, Any] = {
    "assignment": _("assignment"),
    "license_exclusive": _("exclusive license"),
    "license_sole": _("sole license"),
    "license_ordinary": _("ordinary license"),
    "open_license": _("open license"),
    "pledge": _("pledge"),
    "joint_venture": _("joint venture (contribution in kind)"),
    "auction": _("auction"),
}
PRICE_KINDS: dict[str, Any] = {
    "posted": _("posted price"),
    "range": _("price range"),
    "on_request": _("price on request"),
    "by_auction": _("price found by auction"),
}
ROUTES: dict[str, Any] = {
    "self_service": _("self-service"),
    "custody": _("through an institution"),
    "platform_led": _("led by the platform"),
}
TIERS: dict[str, Any] = {
    "public": _("everybody"),
    "after_nda": _("after a promise of confidentiality"),
    "data_room": _("in the room of a deal only"),
}
STATES: dict[str, Any] = {
    "draft": _("draft"),
    "submitted": _("waiting for the audit"),
    "returned": _("sent back"),
    "listed": _("listed"),
    "suspended": _("suspended"),
    "sold": _("dealt"),
    "withdrawn": _("withdrawn"),
    "expired": _("expired"),
    "published": _("published"),
    "met": _("met"),
    "open": _("open"),
    "closed": _("closed, decisions pending"),
    "decided": _("decided"),
    "accepted": _("accepted"),
    "declined": _("declined"),
}
EVENTS: dict[str, Any] = {
    "submit": _("Submit for the audit"),
    "accept": _("Accept"),
    "send_back": _("Send back"),
    "suspend": _("Suspend"),
    "resume": _("List again"),
    "sell": _("Dealt"),
    "expire": _("Expired"),
    "withdraw": _("Withdraw"),
    "meet": _("Mark as met"),
    "open": _("Open the window"),
    "close": _("Closed"),
    "decide": _("Publish the decisions"),
}
ROLES: dict[str, Any] = {
    "holder": _("holder"),
    "custodian": _("institution under mandate"),
    "platform": _("platform"),
    "system": _("clock"),
    "owner": _("owner"),
}
TONES = {
    **dict.fromkeys(("listed", "published", "open", "accepted", "met", "sold"), "good"),
    **dict.fromkeys(("submitted", "returned", "suspended", "closed"), "attention"),
    **dict.fromkeys(("expired", "declined"), "bad"),
}
GROUPS: dict[str, dict[str, Any]] = {
    "mode": MODES,
    "price_kind": PRICE_KINDS,
    "route": ROUTES,
    "tier": TIERS,
    "state": STATES,
    "event": EVENTS,
    "role": ROLES,
}
FIELDS: dict[str, Any] = {
    "patents": _("patents"),
    "title": _("title"),
    "brief": _("public brief"),
    "price_kind": _("kind of price (an auction finds its own)"),
    "price_fen": _("price"),
    "price_low_fen": _("lowest price"),
    "price_high_fen": _("highest price"),
    "expires_on": _("last day"),
    "problem": _("problem"),
    "budget_fen": _("budget"),
    "deadline_on": _("last day"),
    "sought": _("what is sought"),
    "opens_on": _("opens on"),
    "closes_on": _("closes on"),
    "decides_by": _("decided by"),
}


def reason_word(code: str, *, chinese: bool) -> str:
    """The word for a reason code."""
    words = REASONS.get(code)
    return words["zh" if chinese else "en"] if words else code
