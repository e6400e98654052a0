"""Writes about listings: draft, change, the steps of the table, confidentiality; each under a lock and in the record."""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import fields

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.market.listing import LISTING, ListingTerms, listing_gaps
from langqiao.web.audit.services import record_append
from langqiao.web.common.steps import Gate
from langqiao.web.deals.models import Deal
from langqiao.web.deals.opening import deal_open
from langqiao.web.market.models import Listing, ListingConfidence, ListingPatent, MarketStep
from langqiao.web.market.patents import Named
from langqiao.web.market.roles import listing_role, mandate_gap
from langqiao.web.market.selectors import deals_from
from langqiao.web.market.standing import operation_gap, unowned_gap
from langqiao.web.market.steps import Taking, gaps_gate, past_gate, reason_gate, second_person_gate, step_take, subject_of
from langqiao.web.people.models import Membership, Organization, User
from langqiao.web.people.session import must_edit

OPEN_TO_CHANGE = frozenset({"draft", "returned"})
TERMS = tuple(field.name for field in fields(ListingTerms) if field.name != "patents")


@transaction.atomic
def listing_create(*, membership: Membership, holder: Organization, terms: ListingTerms, patents: Sequence[Named], by: User) -> Listing:
    """A draft. Acting for another holder, also as the platform, needs its mandate; refused (mandate_missing) otherwise."""
    must_edit(membership)
    _mandate_must(membership, holder, patents)
    other = membership.organization if membership.organization_id != holder.pk else None
    listing = Listing(
        organization=holder,
        by_organization=other,
        by=by,
        is_scenario=holder.is_demo,
        **{name: getattr(terms, name) for name in TERMS},
    )
    listing.save()
    _patents_set(listing, patents)
    record_append(actor=by, action="listing.draft", subject=subject_of(listing), payload={"mode": listing.mode, "patents": len(patents)})
    return listing


def _mandate_must(membership: Membership, holder: Organization, patents: Sequence[Named]) -> None:
    gap = mandate_gap(membership.organization, holder, [named.key for named in patents], timezone.localdate())
    if gap is not None:
        raise Refusal("mandate_missing", _("Your organization has no mandate of this holder that covers these patents."), facts=gap)


@transaction.atomic
def listing_change(
    *, listing_id: uuid.UUID, membership: Membership, version: int, terms: ListingTerms, patents: Sequence[Named], by: User
) -> Listing:
    """Changes a draft or a returned listing. Refused (changed_meanwhile) if somebody changed it since the form was opened."""
    listing = listing_locked(listing_id, membership)
    must_edit(membership)
    if listing_role(listing, membership) == "platform":
        raise Refusal("not_allowed", _("The platform audits a listing; it does not write it."))
    if listing.state not in OPEN_TO_CHANGE:
        raise Refusal("step_not_possible", _("A submitted listing is not changed."), facts={"event": "change", "state": listing.state})
    if listing.version != version:
        raise Refusal("changed_meanwhile", _("Somebody changed this listing meanwhile. Open it again."))
    for name in TERMS:
        if name != "route":
            setattr(listing, name, getattr(terms, name))
    listing.version += 1
    listing.save()
    _patents_set(listing, patents)
    payload = {"mode": listing.mode, "patents": len(patents), "version": listing.version}
    record_append(actor=by, action="listing.changed", subject=subject_of(listing), payload=payload)
    return listing


def _patents_set(listing: Listing, patents: Sequence[Named]) -> None:
    listing.patents.all().delete()
    ListingPatent.objects.bulk_create(
        ListingPatent(
            listing=listing, key=named.key, number=named.number, office=named.office, title_zh=named.title_zh, title_en=named.title_en
        )
        for named in patents
    )


def listing_locked(listing_id: uuid.UUID, membership: Membership) -> Listing:
    """The row under lock. Refused (not_found) for whoever has no role in it."""
    listing = Listing.objects.select_for_update().filter(pk=listing_id).first()
    if listing is None or not listing_role(listing, membership):
        raise Refusal("not_found", _("There is no such listing."))
    return listing


@transaction.atomic
def listing_advance(
    *,
    listing_id: uuid.UUID,
    event: str,
    membership: Membership,
    by: User,
    key: str = "",
    reasons: Sequence[str] = (),
    text: str = "",
) -> MarketStep:
    """Takes a step of the table. Raises Refusal with the first reason, all others in facts["also"]."""
    must_edit(membership)
    listing = listing_locked(listing_id, membership)
    return step_take(
        Taking(
            row=listing,
            workflow=LISTING,
            event=event,
            role=listing_role(listing, membership),
            user=by,
            organization=membership.organization,
            gates=listing_gates(listing, by, reasons=reasons, text=text),
            reasons=tuple(reasons),
            text=text,
            key=key,
        )
    )


def listing_gates(listing: Listing, by: User | None, *, reasons: Sequence[str] = (), text: str = "") -> dict[str, Gate]:
    """Every gate of the table, asked only where a step names it."""
    keys = list(listing.patents.values_list("key", flat=True))
    today = timezone.localdate()
    acting = listing.by_organization
    return {
        "not_owner_here": lambda: unowned_gap(listing.organization, keys, today),
        "mandate_missing": lambda: mandate_gap(acting, listing.organization, keys, today) if acting else None,
        "listing_incomplete": gaps_gate(listing_gaps(terms_of(listing, keys))),
        "listing_expired": past_gate(listing.expires_on, today),
        "operation_not_open": lambda: operation_gap(listing.organization, listing.mode, keys, today),
        "four_eyes_missing": second_person_gate(listing, by, listing.organization),
        "reason_missing": reason_gate(reasons, text),
        "deal_in_progress": lambda: {"deals": str(deals)} if (deals := deals_from(listing)) else None,
    }


def terms_of(listing: Listing, keys: Sequence[str]) -> ListingTerms:
    """The row as the engine's terms."""
    return ListingTerms(patents=tuple(keys), **{name: getattr(listing, name) for name in TERMS})


CONFIDENCE = {
    "zh": "本组织承诺：对该挂牌的保密内容仅用于评估本次合作，不向第三方披露，不作他用；不再评估时销毁副本。",
    "en": (
        "Our organization promises to use the confidential part of this listing only to judge this offer, to show it to nobody else, "
        "and to destroy copies when it stops judging."
    ),
}
"""The promise that opens the second tier. The text agreed to is kept by its hash in the record."""


@transaction.atomic
def confidence_give(*, listing: Listing, membership: Membership, language: str, by: User) -> ListingConfidence:
    """An approver or administrator promises confidentiality for the organization; once is enough."""
    if not membership.may_approve:
        raise Refusal("not_allowed", _("An approver or administrator of your organization signs the promise."))
    if listing_role(listing, membership) in {"holder", "custodian"}:
        raise Refusal("own_listing", _("This is your own listing."))
    given = ListingConfidence.objects.filter(listing=listing, organization=membership.organization).first()
    if given is not None:
        return given
    digest = hashlib.sha256(CONFIDENCE[language].encode()).hexdigest()
    record = record_append(
        actor=by,
        action="listing.confidence",
        subject=subject_of(listing),
        payload={"organization": membership.organization_id, "text_sha256": digest, "language": language},
        seen_by=[membership.organization_id],
    )
    return ListingConfidence.objects.create(
        listing=listing, organization=membership.organization, by=by, text_sha256=digest, audit_seq=record.seq
    )


BUYER_OPENS = frozenset({"assignment", "license_exclusive", "license_sole", "license_ordinary", "pledge"})
"""Modes whose deal the other side opens; an auction and a statement of open license are opened by the holder for everybody."""
HOLDER_OPENS = frozenset({"auction", "open_license"})
TAKES_ALL = frozenset({"assignment", "license_exclusive"})
"""Modes of which one performed deal ends the listing."""


def listing_deal_open(*, listing: Listing, membership: Membership) -> Deal:
    """Opens a deal on the terms of a listing that stands; the holder opens an auction or a statement, the other side everything else."""
    role = listing_role(listing, membership)
    opens = HOLDER_OPENS if role in {"holder", "custodian"} else BUYER_OPENS
    if listing.state != "listed" or listing.mode not in opens:
        raise Refusal(
            "step_not_possible", _("No deal is opened from this listing by you."), facts={"event": "deal", "state": listing.state}
        )
    keys = list(listing.patents.values_list("key", flat=True))
    buyer = membership.organization if listing.mode in BUYER_OPENS else None
    return deal_open(
        kind=listing.mode,
        membership=membership,
        seller=listing.organization,
        buyer=buyer,
        patents=keys,
        listing=str(listing.pk),
        price_by="auction" if listing.mode == "auction" else "listing" if listing.price_kind == "posted" else "agreement",
        listed_fen=listing.price_fen if listing.price_kind == "posted" else None,
        label=listing.title,
        broker=listing.by_organization,
    )


def listing_dealt(*, listing_id: str) -> None:
    """Ends a listing after a deal from it was performed, in the caller's transaction; one of many ordinary licenses leaves it standing."""
    listing = Listing.objects.select_for_update().filter(pk=listing_id, state="listed").first()
    if listing is not None and (listing.mode in TAKES_ALL or listing.mode == "auction"):
        step_take(Taking(row=listing, workflow=LISTING, event="sell", role="system", user=None, organization=None))


def listings_expire() -> int:
    """The duty of the day: what stood until yesterday expires; returns how many. Each in its own transaction."""
    done = 0
    late = Listing.objects.filter(state__in=("listed", "suspended"), expires_on__lt=timezone.localdate()).values_list("pk", flat=True)
    for pk in list(late):
        with transaction.atomic():
            listing = Listing.objects.select_for_update().get(pk=pk)
            if listing.state in {"listed", "suspended"}:
                step_take(Taking(row=listing, workflow=LISTING, event="expire", role="system", user=None, organization=None))
                done += 1
    return done
