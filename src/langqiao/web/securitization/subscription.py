"""Writes of the placement: investors invited, what they declare of themselves and who confirms it, and what they subscribe for."""

import uuid
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.kernel.money import fen_to_yuan
from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.audit.services import record_append
from langqiao.web.deals.terms import invalid
from langqiao.web.people.models import CheckState, Membership, Organization
from langqiao.web.people.session import must_edit
from langqiao.web.securitization.models import Investor, Subscription, Transaction
from langqiao.web.securitization.pool import draft_locked
from langqiao.web.securitization.selectors import lot_fen, parameter, transaction_get


@transaction.atomic
def investor_invite(deal_id: uuid.UUID, *, membership: Membership, organization_id: int) -> Investor:
    """The arranger invites an organization to a placement that is not public. Refused: investors_above_limit, terms_invalid."""
    deal = draft_locked(deal_id, membership, ("approved", "offered"))
    limit = int(parameter("investor.holders_max"))
    if deal.investors.count() >= limit:
        raise Refusal("investors_above_limit", _("The number of investors would pass the limit."), facts={"limit": limit})
    found = Organization.objects.filter(pk=organization_id, check_state=CheckState.VERIFIED, merged_into=None).first()
    if found is None:
        raise invalid({"organization": _("Choose an organization that the platform has verified.")})
    investor, made = Investor.objects.get_or_create(transaction=deal, organization=found)
    if made:
        _told(deal, membership, "invite", {"organization": found.pk})
    return investor


def _own(deal_id: uuid.UUID, membership: Membership) -> tuple[Transaction, Investor]:
    must_edit(membership)
    deal = transaction_get(deal_id, membership, lock=True)
    investor = Investor.objects.select_for_update().filter(transaction=deal, organization=membership.organization).first()
    if investor is None:
        raise Refusal("not_allowed", _("Only an invited investor does this."), facts={"role": "", "event": "subscribe"})
    if deal.state != "offered":
        raise Refusal("step_not_possible", _("The subscription is not open."), facts={"event": "subscribe", "state": deal.state})
    return deal, investor


@transaction.atomic
def investor_declare(deal_id: uuid.UUID, *, membership: Membership, net_assets_fen: int, evidence: str, risks_read: bool) -> Investor:
    """The investor declares its net assets with the number of the audited statement, and that it has read the risks.

    Refused: investor_not_qualified below the legal minimum, terms_invalid.
    """
    deal, investor = _own(deal_id, membership)
    faults = {}
    if not risks_read:
        faults["risks_read"] = _("needed")
    if not 0 < len(evidence.strip()) <= 120:
        faults["evidence"] = _("needed")
    if faults:
        raise invalid(faults)
    if net_assets_fen < int(parameter("investor.net_assets_min_yuan")) * 100:
        raise Refusal(
            "investor_not_qualified", _("The net assets are below the legal minimum."), facts={"names": (membership.organization.name,)}
        )
    investor.net_assets_fen, investor.evidence = net_assets_fen, evidence.strip()
    investor.declared_by, investor.declared_at = membership.user, timezone.now()
    investor.confirmed_by, investor.confirmed_at = None, None
    investor.save()
    _told(
        deal,
        membership,
        "declare_investor",
        {"organization": investor.organization_id, "net_assets_fen": net_assets_fen, "evidence": investor.evidence},
    )
    return investor


@transaction.atomic
def investor_confirm(investor_id: int, *, membership: Membership) -> Investor:
    """The arranger has checked the proof and confirms. Refused: not_found, investor_not_qualified where nothing was declared."""
    found = Investor.objects.filter(pk=investor_id).values_list("transaction_id", flat=True).first()
    if found is None:
        raise Refusal("not_found", _("There is no such investor."))
    deal = draft_locked(found, membership, ("approved", "offered"))
    investor = Investor.objects.select_for_update().select_related("organization").get(pk=investor_id)
    if investor.declared_by_id is None:
        raise Refusal("investor_not_qualified", _("The investor has declared nothing yet."), facts={"names": (investor.organization.name,)})
    if investor.declared_by_id == membership.user_id:
        raise Refusal("four_eyes_missing", _("Nobody confirms what they declared themselves."), facts={"actor": membership.user_id})
    investor.confirmed_by, investor.confirmed_at = membership.user, timezone.now()
    investor.save(update_fields=["confirmed_by", "confirmed_at"])
    _told(deal, membership, "confirm_investor", {"organization": investor.organization_id})
    return investor


@transaction.atomic
def subscribe(deal_id: uuid.UUID, *, membership: Membership, amounts_fen: Mapping[int, int]) -> list[Subscription]:
    """What the investor asks for, by place of the tranche; zero takes a bid back. Refused: investor_not_qualified,

    subscription_below_minimum, subscription_not_lots.
    """
    deal, investor = _own(deal_id, membership)
    if investor.declared_by_id is None:
        raise Refusal("investor_not_qualified", _("Declare your net assets first."), facts={"names": (membership.organization.name,)})
    if not membership.may_approve:
        raise Refusal("approver_needed", _("An approver of the organization takes this step."), facts={"role": membership.role})
    least, lot = int(parameter("investor.subscription_min_yuan")) * 100, lot_fen()
    tranches = {one.place: one for one in deal.tranches.all()}
    if set(amounts_fen) - set(tranches):
        raise invalid({"tranche": _("There is no such tranche.")})
    for amount in amounts_fen.values():
        if amount and amount < least:
            raise Refusal("subscription_below_minimum", _("The subscription is below the minimum."), facts={"minimum": fen_to_yuan(least)})
        if amount % lot or amount > 10**15:
            raise Refusal("subscription_not_lots", _("A subscription is a whole number of units."), facts={"lot": fen_to_yuan(lot)})
    made = []
    for place, amount in amounts_fen.items():
        if not amount:
            investor.subscriptions.filter(tranche=tranches[place]).delete()
            continue
        given = {"asked_fen": amount, "by": membership.user}
        made.append(Subscription.objects.update_or_create(investor=investor, tranche=tranches[place], defaults=given)[0])
    _told(
        deal, membership, "subscribe", {"organization": investor.organization_id, "asked_fen": {str(k): v for k, v in amounts_fen.items()}}
    )
    return made


def _told(deal: Transaction, membership: Membership, what: str, payload: Mapping[str, object]) -> None:
    record_append(
        actor=membership.user, action=f"securitization.{what}", subject=f"securitization/{deal.pk}", payload=payload, seen_by=(membership.organization_id,)
    )  # fmt: skip
