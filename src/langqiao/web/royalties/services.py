"""Writes of royalties: a period is stated, paid by another person and audited; money goes to the owners by their shares."""

import datetime as dt
import uuid
from fractions import Fraction

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.kernel.money import fen_to_yuan
from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.ledger.entry import Entry
from langqiao.engine.operations.settlement import divide
from langqiao.engine.operations.title import Owner
from langqiao.engine.royalties.due import AuditInput, RoyaltyInput, RoyaltyOutput, ThirdParty, Tier, audit, due
from langqiao.engine.royalties.late import Period, late_interest, periods
from langqiao.web.audit.services import record_append
from langqiao.web.deals import terms as stored
from langqiao.web.deals.models import Deal
from langqiao.web.deals.money import available_fen, client_account, party_account
from langqiao.web.deals.selectors import deal_get, party_name, today
from langqiao.web.ledger.services import group_post
from langqiao.web.people.models import Membership
from langqiao.web.people.session import must_edit
from langqiao.web.rights.selectors import owners_for
from langqiao.web.royalties.models import RoyaltyAudit, RoyaltyStatement

LICENSES = ("license_exclusive", "license_sole", "license_ordinary", "sublicense")
RUNNING = frozenset({"performed", "settled", "closed"})
THIRD_PARTY = {"credit": Fraction(1, 2), "floor": Fraction(1, 2)}
"""Stacking where the license says nothing else: half of what others are paid is credited, never below half of what was earned [d]."""


def royalty_of(deal: Deal) -> stored.RoyaltyTerms | None:
    """The running royalty of a license in effect, None where there is none."""
    royalty = stored.read(deal.terms).license.royalty
    return royalty if royalty and deal.state in RUNNING and deal.effective_on and (royalty.rate or royalty.tiers) else None


def periods_of(deal: Deal, day: dt.date) -> tuple[Period, ...]:
    """Every period of the license that has ended by a day."""
    royalty = royalty_of(deal)
    if royalty is None or deal.effective_on is None:
        return ()
    end = stored.read(deal.terms).license.term_end
    return periods(deal.effective_on, months=royalty.period_months, report_days=royalty.report_days, today=day, end=end)


def due_for(deal: Deal, net_sales_fen: int, third_party_fen: int = 0) -> RoyaltyOutput:
    """What sales of a period make due on the terms of the license."""
    royalty = royalty_of(deal)
    if royalty is None:
        raise Refusal("no_running_royalty", _("This deal has no running royalty in effect."), facts={})
    tiers = royalty.tiers or [(None, royalty.rate or "0")]
    third = ThirdParty(paid=third_party_fen, **THIRD_PARTY) if third_party_fen else None
    rates = tuple(Tier(up_to=up_to, rate=Fraction(rate)) for up_to, rate in tiers)
    return due(RoyaltyInput(net_sales=net_sales_fen, tiers=rates, third_party=third, minimum=royalty.minimum_fen))


def license_get(deal_id: uuid.UUID, membership: Membership, *, side: str = "") -> Deal:
    """A license of the organization, locked where a side is named that alone may write. Refused: not_found, not_allowed."""
    deal = deal_get(deal_id, membership, lock=bool(side))
    sides = {"buyer": deal.buyer_id, "seller": deal.seller_id}
    if membership.organization_id not in sides.values():
        raise Refusal("not_found", _("There is no such deal that you may see."))
    if side and sides[side] != membership.organization_id:
        raise Refusal("not_allowed", _("This is for the other side of the license."), facts={})
    return deal


def statement_make(
    deal_id: uuid.UUID, *, membership: Membership, number: int, net_sales_fen: int, third_party_fen: int = 0
) -> RoyaltyStatement:
    """States a period that has ended, by the licensee. Refused: no_such_period, period_stated, no_running_royalty."""
    must_edit(membership)
    with transaction.atomic():
        deal = license_get(deal_id, membership, side="buyer")
        period = next((one for one in periods_of(deal, today()) if one.number == number), None)
        if period is None:
            raise Refusal("no_such_period", _("There is no such period that has ended."), facts={"number": number})
        if RoyaltyStatement.objects.filter(deal=deal, number=number).exists():
            raise Refusal("period_stated", _("The period has been stated; an error is found by an audit."), facts={"number": number})
        found = due_for(deal, net_sales_fen, third_party_fen)
        made = RoyaltyStatement.objects.create(
            deal=deal, number=number, since=period.since, until=period.until, due_on=period.due_on, net_sales_fen=net_sales_fen,
            third_party_fen=third_party_fen, earned_fen=found.earned, offset_fen=found.offset, top_up_fen=found.top_up, due_fen=found.due,
            stated_by=membership.user, stated_at=timezone.now(),
        )  # fmt: skip
        payload = {"number": number, "net_sales_fen": net_sales_fen, "due_fen": found.due, "until": period.until.isoformat()}
        record_append(actor=membership.user, action="royalty.stated", subject=f"deal/{deal.pk}", payload=payload)
        return made


def owed(statement: RoyaltyStatement, day: dt.date) -> tuple[int, int]:
    """(principal still unpaid, with what an audit added; late interest on it to the day), in fen."""
    whole = max(statement.due_fen, statement.audit.due_fen) if hasattr(statement, "audit") else statement.due_fen
    unpaid = whole - statement.paid_fen
    royalty = royalty_of(statement.deal)
    rate = Fraction(royalty.late_rate_annual) if royalty else Fraction(0)
    return unpaid, late_interest(unpaid, rate, statement.due_on, day)


def statement_pay(statement_id: int, *, membership: Membership) -> RoyaltyStatement:
    """Pays what a statement, or its audit, still asks for, with late interest, to the owners by their shares.

    By an approver of the licensee who did not state it. Refused: not_found, not_allowed, four_eyes_missing, nothing_owed, ledger_overdrawn.
    """
    with transaction.atomic():
        deal_id = RoyaltyStatement.objects.filter(pk=statement_id).values_list("deal_id", flat=True).first()
        if deal_id is None:
            raise Refusal("not_found", _("There is no such statement."))
        deal = license_get(deal_id, membership, side="buyer")
        statement = RoyaltyStatement.objects.select_for_update(of=("self",)).select_related("audit").get(pk=statement_id)
        statement.deal = deal
        if not membership.may_approve:
            raise Refusal("approver_needed", _("Money is approved by an approver or an administrator."), facts={"role": membership.role})
        if statement.stated_by_id == membership.user_id:
            raise Refusal("four_eyes_missing", _("Another person than who stated it pays."), facts={"actor": f"user/{membership.user_id}"})
        principal, interest = owed(statement, today())
        if principal + interest <= 0:
            raise Refusal("nothing_owed", _("Nothing is owed on this statement."), facts={})
        _paid(deal, statement, principal=principal, interest=interest, membership=membership)
        statement.paid_fen, statement.interest_paid_fen = statement.paid_fen + principal, statement.interest_paid_fen + interest
        statement.paid_on = today()
        statement.save(update_fields=["paid_fen", "interest_paid_fen", "paid_on"])
        return statement


def _paid(deal: Deal, statement: RoyaltyStatement, *, principal: int, interest: int, membership: Membership) -> None:
    assert deal.buyer is not None, "a license has a licensee"
    total = principal + interest
    if available_fen(deal.buyer) < total:
        facts = {"due": fen_to_yuan(total), "paid": fen_to_yuan(available_fen(deal.buyer))}
        raise Refusal("escrow_payment_missing", _("The client money does not cover what is owed."), facts=facts)
    group = f"royalty/{statement.pk}/{statement.paid_fen}/{statement.interest_paid_fen}"
    source = client_account(deal.buyer)
    entries = [
        Entry(
            id=str(uuid.uuid5(uuid.NAMESPACE_URL, f"{group}/{name}")), phase="transfer", debit=source, credit=party_account(deal, name),
            amount_fen=amount, code="royalty.paid", ref=f"deal/{deal.pk}", business_date=today(),
        )
        for name, amount in divide(total, payees_of(deal)).items()
        if amount
    ]  # fmt: skip
    group_post(entries, group=group, by=membership.user)
    payload = {
        "number": statement.number,
        "principal_fen": principal,
        "interest_fen": interest,
        "transfers": [entry.id for entry in entries],
    }
    record_append(actor=membership.user, action="royalty.paid", subject=f"deal/{deal.pk}", payload=payload)


def payees_of(deal: Deal) -> tuple[Owner, ...]:
    """Who gets a royalty: all owners of record by their shares (Patent Law 14), a sub-licensor alone."""
    seller, first = party_name(deal, deal.seller, today()), deal.patents.first()
    owners = owners_for(first.key, today()) if first and deal.kind != "sublicense" else ()
    return owners if seller in {owner.name for owner in owners} else (Owner(name=seller),)


def statement_audit(statement_id: int, *, membership: Membership, net_sales_fen: int, report: str) -> RoyaltyAudit:
    """Notes what the licensor's audit found; the deficiency is due at once. Refused: not_found, not_allowed, already_audited."""
    must_edit(membership)
    with transaction.atomic():
        statement = RoyaltyStatement.objects.filter(pk=statement_id).first()
        if statement is None:
            raise Refusal("not_found", _("There is no such statement."))
        deal = license_get(statement.deal_id, membership, side="seller")
        if RoyaltyAudit.objects.filter(statement=statement).exists():
            raise Refusal("already_audited", _("The statement has been audited."), facts={})
        should = due_for(deal, net_sales_fen, statement.third_party_fen).due
        found = audit(AuditInput(reported=statement.due_fen, due=should))
        made = RoyaltyAudit.objects.create(
            statement=statement, net_sales_fen=net_sales_fen, due_fen=should, deficiency_fen=found.deficiency,
            deficiency_share=f"{found.deficiency_share:.6f}", cost_on=found.audit_cost_on, report=report.strip()[:200] or "–",
            by=membership.user, at=timezone.now(),
        )  # fmt: skip
        payload = {
            "number": statement.number,
            "net_sales_fen": net_sales_fen,
            "deficiency_fen": found.deficiency,
            "cost_on": found.audit_cost_on,
        }
        record_append(actor=membership.user, action="royalty.audited", subject=f"deal/{deal.pk}", payload=payload)
        return made
