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
    "pool": ("pool", "pool_id"),
    "subsidy": ("subsidy_program", "program_id"),
    "policy": ("policy", "policy_id"),
    "claim": ("claim", "claim_id"),
    "consent": ("deal_consent", "consent_id"),
    "royalty": ("royalty_license", "deal_id"),
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
    "loan.submit": Told(words=_("An application for a loan was submitted")),
    "loan.withdraw": Told(words=_("An application for a loan was withdrawn")),
    "loan.admit": Told(words=_("A loan application was taken up and an appraiser named")),
    "loan.decline": Told(words=_("A loan application was declined")),
    "loan.appraise": Told(words=_("The appraisal of a loan was entered")),
    "loan.approve": Told(words=_("A loan was approved")),
    "loan.contract": Told(words=_("The pledge contract of a loan was opened")),
    "loan.register": Told(words=_("The pledge of a loan is registered")),
    "loan.reset": Told(words=_("The rate of a floating loan was reset")),
    "loan.revalue": Told(words=_("The patents of a loan were appraised anew")),
    "loan.supplement": Told(words=_("Further patents were offered for a pledge")),
    "loan.appraise_more": Told(words=_("Further patents for a pledge were appraised")),
    "loan.contract_more": Told(words=_("The pledge contract of further patents was opened")),
    "loan.drop_more": Told(words=_("Further patents for a pledge were taken back")),
    "loan.link_sale": Told(words=_("A sale of pledged patents was tied to its loan")),
    "loan.register_more": Told(words=_("The pledge of further patents is registered")),
    "loan.release_part": Told(words=_("A patent was released from a pledge")),
    "loan.take_proceeds": Told(words=_("Proceeds of a pledged patent were applied to the debt")),
    "loan.free_proceeds": Told(words=_("Deposited proceeds were given back")),
    "loan.compensate_part": Told(words=_("A pool paid a part of a claim")),
    "loan.end_claim": Told(words=_("A pool ended a claim at what it had paid")),
    "subsidy.asked": Told(words=_("An interest subsidy was applied for")),
    "subsidy.paid": Told(words=_("An interest subsidy was paid")),
    "subsidy.refused": Told(words=_("An interest subsidy was refused")),
    "loan.draw": Told(words=_("A loan was paid out")),
    "loan.pay": Told(words=_("A payment on a loan has come in")),
    "loan.repay": Told(words=_("A loan is repaid in full")),
    "loan.call_margin": Told(words=_("A margin call was made on a loan"), deadline=True),
    "loan.cure": Told(words=_("A margin call was cured")),
    "loan.accelerate": Told(words=_("A loan was called due at once")),
    "loan.default": Told(words=_("A loan is in default")),
    "loan.enforce": Told(words=_("The pledge of a loan is being enforced")),
    "loan.collect": Told(words=_("Proceeds of a pledge were entered")),
    "loan.claim": Told(words=_("The risk pool is asked to compensate a loan")),
    "loan.refuse_claim": Told(words=_("The risk pool refused to compensate")),
    "loan.compensate": Told(words=_("The risk pool has compensated a loan")),
    "loan.write_off": Told(words=_("A loan was written off")),
    "loan.close": Told(words=_("A loan is closed")),
    "loan.release": Told(words=_("The pledge of a loan is released")),
    "loan.alarm": Told(words=_("The watch on the pledged rights of a loan raised an alarm")),
    "policy.accept": Told(words=_("A quote of insurance was accepted and waits for underwriting")),
    "policy.underwrite": Told(words=_("A policy is underwritten; its premium is due")),
    "policy.decline": Told(words=_("An insurer declined to insure")),
    "policy.ask_subsidy": Told(words=_("A premium subsidy was asked for")),
    "policy.grant": Told(words=_("A premium subsidy was granted")),
    "policy.deny": Told(words=_("A premium subsidy was denied")),
    "policy.pay": Told(words=_("A premium was paid; the policy is in force")),
    "policy.propose_change": Told(words=_("A change of a policy's patents was asked for")),
    "policy.endorse": Told(words=_("A policy was endorsed")),
    "policy.refuse_change": Told(words=_("A change of a policy was refused")),
    "policy.cancel": Told(words=_("A policy was canceled and premium returned")),
    "policy.lapse": Told(words=_("A quote of insurance has lapsed"), deadline=True),
    "policy.expire": Told(words=_("A policy has expired"), deadline=True),
    "policy.exhaust": Told(words=_("The limit of a policy is used up")),
    "policy.request": Told(words=_("A step of a policy waits for a second person"), own=True),
    "claim.notify": Told(words=_("A claim was notified")),
    "claim.approve": Told(words=_("A claim was granted")),
    "claim.refuse": Told(words=_("A claim was refused with its reason"), deadline=True),
    "claim.settle": Told(words=_("A claim was paid")),
    "claim.object": Told(words=_("The insured objects to a refusal")),
    "claim.reopen": Told(words=_("A refused claim is assessed again")),
    "claim.uphold": Told(words=_("The refusal of a claim was upheld")),
    "claim.request": Told(words=_("A step of a claim waits for a second person"), own=True),
    "loan.request": Told(words=_("A step of a loan waits for a second person"), own=True),
    "loan.request_declined": Told(words=_("A requested step of a loan was declined"), own=True),
    "royalty.stated": Told(words=_("A royalty period was stated: it waits to be paid"), own=True),
    "royalty.paid": Told(words=_("A royalty was paid")),
    "royalty.audited": Told(words=_("An audit of a royalty statement was noted")),
    "license.fee_missed": Told(words=_("An annual fee of a licensed patent was missed"), own=True, deadline=True),
    "license.fee_made_good": Told(words=_("A missed annual fee of a licensed patent was made good")),
    "inventors.proposed": Told(words=_("A distribution to inventors waits for approval"), own=True),
    "inventors.approved": Told(words=_("A distribution to inventors was approved"), own=True),
    "inventors.declined": Told(words=_("A distribution to inventors was declined"), own=True),
    "session.called": Told(words=_("The committee of a fund is called"), own=True, deadline=True),
    "session.open": Told(words=_("A ballot of a committee is open"), own=True, deadline=True),
    "session.close": Told(words=_("A ballot of a committee is closed"), own=True),
    "session.cancel": Told(words=_("A session of a committee was canceled"), own=True),
    "session.condition_met": Told(words=_("A condition of a resolution is met")),
    "project.entered": Told(words=_("A project was brought to a fund")),
    "project.approve": Told(words=_("A fund has approved a project for due diligence")),
    "project.resolve": Told(words=_("The committee has resolved on a project")),
    "project.close": Told(words=_("An investment was concluded")),
    "project.exit": Told(words=_("A fund has left a project")),
    "fund.order_asked": Told(words=_("A payment of a fund waits for a second person"), own=True),
    "fund.order_decided": Told(words=_("A payment of a fund was decided"), own=True),
    "document.signed": Told(words=_("A document was signed")),
    "right.petition.accepted": Told(words=_("A petition on a right was accepted"), own=True),
    "right.petition.refused": Told(words=_("A petition on a right was refused, with reasons"), own=True),
    "reminder.deal": Told(words=_("A deadline of a deal comes near"), own=True, deadline=True),
    "reminder.royalty": Told(words=_("A royalty period is to be stated and paid"), own=True, deadline=True),
    "reminder.installment": Told(words=_("An installment by the contract is due"), own=True, deadline=True),
    "reminder.loan": Told(words=_("An installment of a loan is due"), own=True, deadline=True),
    "reminder.session": Told(words=_("The deadline of a committee session comes near"), own=True, deadline=True),
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
