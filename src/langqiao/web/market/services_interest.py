"""Writes about interest: in a listing, or a patent proposed for a demand; the other side answers; both give reason codes."""

import uuid
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.audit.services import record_append
from langqiao.web.market.models import Demand, Interest, Listing
from langqiao.web.market.patents import Named
from langqiao.web.market.roles import listing_role
from langqiao.web.market.steps import reasons_must, subject_of
from langqiao.web.people.models import Membership, User
from langqiao.web.people.session import must_edit


@transaction.atomic
def interest_show(*, listing_id: uuid.UUID, wants: bool, reasons: Sequence[str], text: str, membership: Membership, by: User) -> Interest:
    """A member's organization is interested in a listing or says why not; a later word replaces one that was not answered yet."""
    must_edit(membership)
    listing = Listing.objects.select_for_update().filter(pk=listing_id, state="listed").first()
    if listing is None:
        raise Refusal("not_found", _("There is no such listing."))
    if listing_role(listing, membership) in {"holder", "custodian"}:
        raise Refusal("own_listing", _("This is your own listing."))
    reasons_must(reasons, text)
    interest = Interest.objects.filter(listing=listing, organization=membership.organization).first()
    if interest is not None and interest.answer:
        raise Refusal("already_answered", _("The holder has answered already. Open a deal or write in it."))
    interest = interest or Interest(listing=listing, organization=membership.organization, by=by)
    interest.wants, interest.reasons, interest.text, interest.by = wants, sorted(reasons), text, by
    interest.save()
    _record(interest, "interest.wants" if wants else "interest.declines", by)
    return interest


@transaction.atomic
def proposal_make(*, demand_id: uuid.UUID, named: Named, reasons: Sequence[str], text: str, membership: Membership, by: User) -> Interest:
    """A holder or broker proposes a patent for a demand."""
    must_edit(membership)
    demand = Demand.objects.select_for_update().filter(pk=demand_id, state="published").first()
    if demand is None:
        raise Refusal("not_found", _("There is no such demand."))
    if demand.organization_id == membership.organization_id:
        raise Refusal("own_listing", _("This is your own demand."))
    reasons_must(reasons, text)
    if Interest.objects.filter(demand=demand, organization=membership.organization, key=named.key).exists():
        raise Refusal("offer_exists", _("Your organization has proposed this patent already."))
    interest = Interest.objects.create(
        demand=demand,
        organization=membership.organization,
        by=by,
        key=named.key,
        number=named.number,
        wants=True,
        reasons=sorted(reasons),
        text=text,
    )
    _record(interest, "demand.proposal", by)
    return interest


@transaction.atomic
def interest_answer(
    *, interest_id: uuid.UUID, accept: bool, reasons: Sequence[str], text: str, membership: Membership, by: User
) -> Interest:
    """The holder of the listing, or the owner of the demand, answers once, with reason codes."""
    must_edit(membership)
    interest = Interest.objects.select_for_update().filter(pk=interest_id).first()
    if interest is None or not may_answer(interest, membership):
        raise Refusal("not_found", _("There is no such interest."))
    if interest.answer:
        raise Refusal("already_answered", _("This was answered before."))
    reasons_must(reasons, text)
    interest.answer, interest.answer_reasons, interest.answer_text = ("accepted" if accept else "declined"), sorted(reasons), text
    interest.answered_by, interest.answered_at = by, timezone.now()
    interest.save()
    _record(interest, f"interest.{interest.answer}", by)
    return interest


def may_answer(interest: Interest, membership: Membership | None) -> bool:
    """Whether the member stands on the side that answers."""
    if membership is None:
        return False
    if interest.listing is not None:
        return listing_role(interest.listing, membership) in {"holder", "custodian"}
    return interest.demand is not None and interest.demand.organization_id == membership.organization_id


def _record(interest: Interest, action: str, by: User) -> None:
    about = interest.listing or interest.demand
    assert about is not None
    codes = interest.answer_reasons if interest.answer else interest.reasons
    payload = {"interest": str(interest.pk), "reasons": codes, "key": interest.key}
    record_append(actor=by, action=action, subject=subject_of(about), payload=payload, seen_by=[interest.organization_id])
