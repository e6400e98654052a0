"""The word of those whose consent a deal needs, given or refused from their own account: co-owners, a pledgee, holders of first refusal."""

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.operations.register import OPERATIONS
from langqiao.web.audit.services import record_append
from langqiao.web.deals.facts import consented_sha256
from langqiao.web.deals.models import Consent, Deadline, Deal
from langqiao.web.deals.selectors import ROOM_SETS, today
from langqiao.web.deals.services import locked
from langqiao.web.people.models import CheckState, Membership, Organization
from langqiao.web.people.session import must_edit
from langqiao.web.rights.selectors import owner_organizations

ARTICLES = {
    "co_owner": "Patent Law 14",
    "pledgee": "Civil Code 444",
    "pledge_parties": "Pledge Measures refusal 11",
    "first_refusal": "Civil Code 847, 859, 860",
}
"""Basis → the article that asks for the word."""
ASKED_MAX = 100
REASON_CHARS_MAX = 500


def holder_organization(deal: Deal, holder: str, day: dt.date) -> Organization | None:
    """The organization of this market that a holder of consent is: an owner of record by an accepted claim, else one verified under exactly this name.

    The disposing side itself is nobody to ask.
    """
    found = None
    for patent in deal.patents.all():
        number = owner_organizations(patent.key, day).get(holder)
        found = found or (Organization.objects.filter(pk=number).first() if number else None)
    found = found or Organization.objects.filter(name=holder, check_state=CheckState.VERIFIED, merged_into=None).first()
    return None if found is None or found.pk == deal.seller_id else found


def consents_asked(organization: Organization) -> QuerySet[Consent]:
    """What other sides ask the organization's word for, newest first, with the deal and its parties."""
    found = Consent.objects.filter(asked=organization).select_related("deal__seller", "deal__buyer").order_by("-at", "-pk")
    return found.prefetch_related("deal__patents")


def waiting_for(organization: Organization) -> list[Consent]:
    """The consents that still wait for the organization in deals that run."""
    found = consents_asked(organization).filter(given_on=None, refused_on=None)[:ASKED_MAX]
    return [one for one in found if is_open(one)]


def is_open(consent: Consent) -> bool:
    """Whether the word may still be given: the deal runs, and nothing was given for its terms as they are."""
    deal = consent.deal
    if deal.state in OPERATIONS[deal.kind].workflow.ends or deal.state in {"performed", "settled"}:
        return False
    return consent.given_on is None or stale(consent)


def stale(consent: Consent) -> bool:
    """Whether the word was given for other terms than those of today."""
    return bool(consent.terms_sha256) and consent.terms_sha256 != consented_sha256(consent.deal)


def consent_get(consent_id: int, membership: Membership) -> Consent:
    """A consent that the membership's organization is asked for. Raises Refusal(not_found) for every other."""
    found = consents_asked(membership.organization).filter(pk=consent_id).first()
    if found is None:
        raise Refusal("not_found", _("There is no such consent that your organization is asked for."))
    return found


def consent_answer(consent_id: int, *, membership: Membership, agree: bool, reason: str = "", seen_sha256: str) -> Consent:
    """The holder's own word on the terms it saw: consent or waiver, or a refusal with its reason (first refusal: it steps in on equal terms).

    A refusal may be turned into a consent while the deal runs; a consent binds, unless the terms change. Refused: not_found, approver_needed,
    text_changed, consent_answered, deal_ended, reason_missing.
    """
    must_edit(membership)
    with transaction.atomic():
        consent = consent_get(consent_id, membership)
        deal = locked(consent.deal_id, None)
        consent = Consent.objects.select_for_update(of=("self",)).get(pk=consent_id)
        consent.deal = deal
        _may_answer(consent, membership, agree=agree, reason=reason, seen_sha256=seen_sha256)
        day = today()
        consent.given_on, consent.refused_on = (day, None) if agree else (None, day)
        consent.terms_sha256, consent.reason = seen_sha256, reason.strip()[:REASON_CHARS_MAX]
        consent.answered_by = membership.user
        consent.save(update_fields=["given_on", "refused_on", "terms_sha256", "reason", "answered_by"])
        if consent.basis == "first_refusal":
            Deadline.objects.filter(deal=deal, code="first_refusal", done_at=None).update(done_at=timezone.now())
        payload = {"consent": consent.pk, "basis": consent.basis, "given": agree, "terms_sha256": seen_sha256}
        record_append(
            actor=membership.user, action="deal.consent_given" if agree else "deal.consent_refused", subject=f"deal/{deal.pk}",
            payload=payload, seen_by=[membership.organization_id],
        )  # fmt: skip
        return consent


def _may_answer(consent: Consent, membership: Membership, *, agree: bool, reason: str, seen_sha256: str) -> None:
    if not membership.may_approve:
        raise Refusal(
            "approver_needed", _("A consent is given or refused by an approver or an administrator."), facts={"role": membership.role}
        )
    if seen_sha256 != consented_sha256(consent.deal):
        raise Refusal("text_changed", _("The terms have changed since you opened the page. Read them again."), facts={})
    if consent.given_on is not None and not stale(consent):
        raise Refusal("consent_answered", _("Your organization has consented to these terms; a consent binds."), facts={})
    if not is_open(consent):
        raise Refusal("deal_ended", _("The deal has ended or was performed."), facts={"state": consent.deal.state})
    if not agree and not reason.strip():
        raise Refusal("reason_missing", _("A refusal carries its reason."), facts={})


def deal_of(consent: Consent) -> Deal:
    """The deal of a consent with what its terms are read from."""
    return Deal.objects.select_related("seller", "buyer", "operator", "parent").prefetch_related(*ROOM_SETS).get(pk=consent.deal_id)
