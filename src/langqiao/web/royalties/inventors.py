"""Writes of inventors' income: the unit's rule, a distribution proposed by one and approved by another, and the receipt of each payment."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Literal

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.kernel.calculation import BadInput
from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.ledger.entry import Entry
from langqiao.engine.royalties.split import SplitInput, SplitOutput, split
from langqiao.rules import parameters
from langqiao.web.audit.services import mark, record_append
from langqiao.web.deals.facts import is_state_unit
from langqiao.web.deals.models import Deal, DealTransfer
from langqiao.web.deals.money import client_account
from langqiao.web.deals.selectors import party_name, today
from langqiao.web.ledger.models import Transfer
from langqiao.web.ledger.services import account_ensure, group_post
from langqiao.web.people.models import Membership, Organization, User
from langqiao.web.people.session import must_edit, owner_of
from langqiao.web.royalties.models import Distribution, InventorRule, InventorShare, RoyaltyStatement
from langqiao.web.royalties.services import license_get

INVENTORS_MAX = 60


def rule_make(*, membership: Membership, share: Fraction, document: str, since: dt.date) -> InventorRule:
    """Notes the unit's rule. Refused: not_allowed, rule_incomplete, inventor_share_below_statutory_minimum for a state unit."""
    if not membership.may_approve:
        raise Refusal("not_allowed", _("The rule is noted by an approver or an administrator."))
    if not 0 <= share <= 1 or not document.strip():
        raise Refusal("rule_incomplete", _("A rule has a share between 0 and 1 and names its document."), facts={})
    least = minimum()
    if share < least and is_state_unit(membership.organization):
        raise Refusal(
            "inventor_share_below_statutory_minimum", _("A state unit gives its contributors no less than the law."),
            article="Technology Transformation Law 45", facts={"share": str(share), "minimum": str(least)},
        )  # fmt: skip
    with transaction.atomic():
        made, _new = InventorRule.objects.get_or_create(
            organization=membership.organization, since=since,
            defaults={"share": _text(share), "document": document.strip()[:200], "by": membership.user, "at": timezone.now()},
        )  # fmt: skip
        payload = {"share": made.share, "since": since.isoformat()}
        record_append(actor=membership.user, action="inventors.rule", subject=owner_of(membership.organization_id), payload=payload)
        return made


def minimum() -> Fraction:
    """The statutory share of net income."""
    return Fraction(str(parameters().value("income.inventor_share_minimum")))


def rule_on(organization: Organization, day: dt.date) -> InventorRule | None:
    """The rule in force on a day."""
    return InventorRule.objects.filter(organization=organization, since__lte=day).first()


def income_of(deal: Deal, organization: Organization, statement: RoyaltyStatement | None) -> int:
    """What a deal's price, or one royalty statement, has brought the organization, as the books say it."""
    if statement is not None:
        account = f"{owner_of(organization.pk)}:client_money::CNY"
        found = Transfer.objects.filter(group__id__startswith=f"royalty/{statement.pk}/", credit_id=account)
        return int(found.aggregate(total=Sum("amount_fen"))["total"] or 0)
    name = party_name(deal, organization, today())
    kept = DealTransfer.objects.filter(deal=deal, phase="transfer", target_role="seller", target_party__in={name, organization.name})
    return int(kept.aggregate(total=Sum("amount_fen"))["total"] or 0)


def distribution_propose(
    deal_id: uuid.UUID, *, membership: Membership, inventors: Mapping[str, Fraction], costs: Sequence[int] = (), emails: Mapping[str, str] | None = None,
    withheld: Mapping[str, int] | None = None, statement_id: int | None = None,
) -> Distribution:  # fmt: skip
    """Divides income that has come in, by the unit's rule or, without one, the statutory share. `costs` in fen; `withheld`: tax by name.

    Refused: no_income, distribution_made, net_income_negative, inventor_share_below_statutory_minimum, inventor_shares_do_not_sum.
    """
    must_edit(membership)
    with transaction.atomic():
        deal = license_get(deal_id, membership, side="seller")
        statement = RoyaltyStatement.objects.filter(pk=statement_id, deal=deal).first() if statement_id else None
        income, source = income_of(deal, membership.organization, statement), f"statement/{statement.number}" if statement else "price"
        if not income:
            raise Refusal("no_income", _("No income of this deal has come in that could be divided."), facts={})
        if Distribution.objects.filter(organization=membership.organization, deal=deal, source=source).exclude(state="declined").exists():
            raise Refusal("distribution_made", _("This income has been divided already."), facts={})
        rule = rule_on(membership.organization, today())
        share = Fraction(rule.share) if rule else minimum()
        found = divided(membership.organization, income=income, costs=costs, share=share, inventors=inventors, has_rule=rule is not None)
        made = Distribution.objects.create(
            organization=membership.organization, deal=deal, statement=statement, source=source, income_fen=income, costs=list(costs), rule=rule,
            share=_text(share), net_fen=found.net_income, inventors_fen=found.inventors_total, owner_fen=found.owner,
            proposed_by=membership.user, proposed_at=timezone.now(),
        )  # fmt: skip
        for name, amount in found.inventors.items():
            user = User.objects.filter(email=(emails or {}).get(name, "").strip().lower()).first() if (emails or {}).get(name) else None
            _share_make(made, name, user=user, share=inventors[name], amount=amount, withheld=(withheld or {}).get(name, 0))
        payload = {
            "distribution": made.pk,
            "net_fen": made.net_fen,
            "inventors_fen": made.inventors_fen,
            "inventors": [mark(name) for name in inventors],
        }
        record_append(actor=membership.user, action="inventors.proposed", subject=f"deal/{deal.pk}", payload=payload)
        return made


def _share_make(made: Distribution, name: str, *, user: User | None, share: Fraction, amount: int, withheld: int) -> None:
    if not 0 <= withheld <= amount:
        raise Refusal("withholding_wrong", _("The tax withheld lies between zero and the amount."), facts={"name": name})
    InventorShare.objects.create(distribution=made, name=name, user=user, share=str(share), amount_fen=amount, withheld_fen=withheld)


def divided(
    organization: Organization, *, income: int, costs: Sequence[int], share: Fraction, inventors: Mapping[str, Fraction], has_rule: bool
) -> SplitOutput:
    """The calculation income.split on these figures."""
    if not 1 <= len(inventors) <= INVENTORS_MAX or sum(inventors.values(), Fraction(0)) != 1:
        raise Refusal(
            "inventor_shares_do_not_sum",
            _("The shares of the inventors sum to 1."),
            facts={"total": str(sum(inventors.values(), Fraction(0)))},
        )
    kind: Literal["state_institute", "company"] = "state_institute" if is_state_unit(organization) else "company"
    try:
        given = SplitInput(
            income=income,
            costs=tuple(costs),
            inventor_share=share,
            inventors=dict(inventors),
            owner_kind=kind,
            has_rule_or_agreement=has_rule,
        )
        return split(given, parameters())
    except BadInput as error:
        raise Refusal("inventor_shares_do_not_sum", str(error), facts={}) from error


def _text(share: Fraction) -> str:
    return str(share)


def distribution_decide(distribution_id: int, *, membership: Membership, approve: bool) -> Distribution:
    """Approves a distribution, which moves the money from the unit to what it owes its inventors and the tax office; or declines it.

    Refused: not_found, approver_needed, four_eyes_missing, distribution_decided.
    """
    with transaction.atomic():
        made = Distribution.objects.select_for_update().filter(pk=distribution_id, organization=membership.organization).first()
        if made is None:
            raise Refusal("not_found", _("There is no such distribution of your organization."))
        if not membership.may_approve:
            raise Refusal("approver_needed", _("Money is approved by an approver or an administrator."), facts={"role": membership.role})
        if made.state != Distribution.PROPOSED:
            raise Refusal("distribution_decided", _("The distribution has been decided."), facts={"state": made.state})
        if approve and made.proposed_by_id == membership.user_id:
            raise Refusal("four_eyes_missing", _("Nobody approves their own proposal."), facts={"actor": f"user/{membership.user_id}"})
        made.state = Distribution.APPROVED if approve else Distribution.DECLINED
        made.decided_by, made.decided_at = membership.user, timezone.now()
        made.save(update_fields=["state", "decided_by", "decided_at"])
        if approve:
            group_post(_entries(made), group=f"inventors/{made.pk}", by=membership.user)
        record_append(
            actor=membership.user,
            action=f"inventors.{made.state}",
            subject=f"deal/{made.deal_id}",
            payload={"distribution": made.pk, "inventors_fen": made.inventors_fen},
        )
        return made


def _entries(made: Distribution) -> list[Entry]:
    source, owner = client_account(made.organization), owner_of(made.organization_id)
    tax = account_ensure(owner=owner, purpose="tax_payable")
    found = []
    for share in made.shares.all():
        payable = account_ensure(owner=owner, purpose="inventor_payable", ref=f"share-{share.pk}")
        for name, account, amount in (("net", payable, share.net_fen), ("tax", tax, share.withheld_fen)):
            if amount:
                found.append(_entry(f"inventors/{made.pk}/{share.pk}/{name}", source, account, amount))
    return found


def _entry(name: str, debit: str, credit: str, amount: int) -> Entry:
    return Entry(id=name, phase="transfer", debit=debit, credit=credit, amount_fen=amount, code="inventors.income", business_date=today())


def share_paid(share_id: int, *, membership: Membership, receipt: str) -> InventorShare:
    """Notes the bank's receipt of a payment order: the money leaves the client account at the bank. Refused: not_found, not_approved, share_paid, receipt_missing."""
    if not membership.may_approve:
        raise Refusal("approver_needed", _("Money is approved by an approver or an administrator."), facts={"role": membership.role})
    with transaction.atomic():
        share = InventorShare.objects.select_for_update(of=("self",)).select_related("distribution").filter(
            pk=share_id, distribution__organization=membership.organization
        ).first()  # fmt: skip
        if share is None:
            raise Refusal("not_found", _("There is no such share of your organization."))
        if share.distribution.state != Distribution.APPROVED:
            raise Refusal("not_approved", _("The distribution has not been approved."), facts={})
        if share.paid_on is not None:
            raise Refusal("share_paid", _("The share has been paid."), facts={})
        if not 1 <= len(receipt.strip()) <= 80:
            raise Refusal("receipt_missing", _("A payment is noted on the bank's receipt: write its number."), facts={})
        payable = account_ensure(owner=owner_of(membership.organization_id), purpose="inventor_payable", ref=f"share-{share.pk}")
        bank = account_ensure(owner="platform", purpose="client_bank")
        if share.net_fen:
            group_post(
                [_entry(f"inventors/paid/{share.pk}", payable, bank, share.net_fen)], group=f"inventors/paid/{share.pk}", by=membership.user
            )
        share.receipt, share.paid_on = receipt.strip(), today()
        share.save(update_fields=["receipt", "paid_on"])
        payload = {"share": share.pk, "net_fen": share.net_fen}
        record_append(actor=membership.user, action="inventors.paid", subject=f"deal/{share.distribution.deal_id}", payload=payload)
        return share
