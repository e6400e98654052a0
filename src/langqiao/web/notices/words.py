"""What is told in words: each recorded action that people are told of, with the page it leads to; actions not listed are told nobody."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

PAGES = {
    "listing": ("listing", "listing_id"),
    "demand": ("demand", "demand_id"),
    "window": ("window", "window_id"),
    "deal": ("deal", "deal_id"),
    "right": ("patent", "key"),
    "portfolio": ("portfolio", "portfolio_id"),
    "fund": ("fund", "fund_id"),
    "session": ("fund_session", "session_id"),
    "loan": ("loan", "loan_id"),
    "consent": ("deal_consent", "consent_id"),
}
"""Kind of subject → (route, its argument)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The sentence of an action; `own`: also told to the organization that acted; `deadline`: sent to those who want deadlines only."""

    words: Any
    own: bool = False
    deadline: bool = False


ACTIONS: dict[str, Told] = {
    "listing.submit": Told(words=_("A listing waits for the audit")),
    "listing.accept": Told(words=_("Your listing stands on the market")),
    "listing.send_back": Told(words=_("Your listing was sent back with reasons")),
    "listing.suspend": Told(words=_("Your listing was suspended")),
    "listing.resume": Told(words=_("Your listing stands again")),
    "listing.expire": Told(words=_("Your listing has expired"), deadline=True),
    "listing.sell": Told(words=_("Your listing led to a deal")),
    "listing.confidence": Told(words=_("Somebody promised confidentiality for your listing")),
    "interest.wants": Told(words=_("Somebody is interested in your listing")),
    "interest.declines": Told(words=_("Somebody said why your listing is not for them")),
    "interest.accepted": Told(words=_("Your interest was answered: go on")),
    "interest.declined": Told(words=_("Your interest was answered: declined")),
    "demand.accept": Told(words=_("Your demand is published")),
    "demand.send_back": Told(words=_("Your demand was sent back with reasons")),
    "demand.expire": Told(words=_("Your demand has expired"), deadline=True),
    "demand.proposal": Told(words=_("A patent was proposed for your demand")),
    "purchase_window.close": Told(words=_("Your purchase window has closed: offers wait for decisions"), deadline=True),
    "window.offer_decided": Told(words=_("An offer in a purchase window was decided")),
    "deal.opened": Told(words=_("A deal was opened with you")),
    "deal.request": Told(words=_("A step waits for a second person"), own=True),
    "deal.request_declined": Told(words=_("A requested step was declined"), own=True),
    "deal.sign_nda": Told(words=_("The promise of confidentiality of a deal is complete")),
    "deal.make_offer": Told(words=_("A deal has a new offer")),
    "deal.accept": Told(words=_("An offer was accepted")),
    "deal.fund": Told(words=_("Money of a deal is held in escrow")),
    "deal.perform": Told(words=_("A deal was performed: the register has changed")),
    "deal.settle": Told(words=_("A deal was settled: the money is paid out"), own=True),
    "deal.refund": Told(words=_("Money of a deal was paid back"), own=True),
    "deal.fail": Told(words=_("A deal has failed")),
    "deal.expire": Told(words=_("The hold of a deal has expired"), own=True, deadline=True),
    "deal.record": Told(words=_("A license was recorded with the office")),
    "deal.close": Told(words=_("A deal is closed"), own=True),
    "deal.consent_asked": Told(words=_("Your consent to a deal of others is asked for"), deadline=True),
    "deal.consent_given": Told(words=_("A consent or waiver of a deal was given")),
    "deal.consent_refused": Told(words=_("A consent of a deal was refused, or first refusal exercised")),
    "deal.invoice_asked": Told(words=_("An invoice of a deal is asked for")),
    "deal.invoice_issued": Told(words=_("An invoice of a deal was issued")),
    "session.served": Told(words=_("A written resolution was put before you: answer until its deadline"), deadline=True),
    "document.signed": Told(words=_("A document was signed")),
    "right.petition.accepted": Told(words=_("A petition on a right was accepted"), own=True),
    "right.petition.refused": Told(words=_("A petition on a right was refused, with reasons"), own=True),
    "reminder.deal": Told(words=_("A deadline of a deal comes near"), own=True, deadline=True),
    "reminder.annuity": Told(words=_("An annuity is due"), own=True, deadline=True),
    "watch.status": Told(words=_("The status of a watched patent has changed"), own=True),
    "search.new": Told(words=_("A saved search found new patents"), own=True),
}


def sentence(action: str) -> str:
    """The action in words."""
    told = ACTIONS.get(action)
    return str(told.words) if told else action


def address_of(subject: str, facts: Mapping[str, Any]) -> str:
    """The page a notice leads to; "" where there is none."""
    if facts.get("address"):
        return str(facts["address"])
    kind, _slash, key = subject.partition("/")
    page = PAGES.get(kind)
    try:
        return reverse(page[0], kwargs={page[1]: key}) if page else ""
    except NoReverseMatch:
        return ""
