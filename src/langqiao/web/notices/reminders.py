"""Days that come near: deadlines of deals, royalty periods, installments, payments of loans, sessions of committees, annual fees."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import F, Q
from django.utils import timezone

from langqiao.web.credit.models import LoanInstallment
from langqiao.web.deals.models import Deadline, Deal
from langqiao.web.funds.models import Session
from langqiao.web.notices.services import Reminder, reminders_write
from langqiao.web.portfolio.models import PortfolioItem
from langqiao.web.royalties.schedule import installments_of, periods_waiting
from langqiao.web.royalties.services import LICENSES, RUNNING

AHEAD = dt.timedelta(days=31)


def reminders_look() -> int:
    """The duty of the day: what comes near or has passed; returns how many were told."""
    today = timezone.localdate()
    found = [*_deals(today), *_royalties(today), *_installments(today), *_loans(today), *_sessions(today), *_annuities(today)]
    return reminders_write(found, today=today)


def _deals(today: dt.date) -> Iterator[Reminder]:
    near = Deadline.objects.filter(done_at=None, on__lte=today + AHEAD).select_related("deal")
    for deadline in near:
        for organization_id in {deadline.deal.seller_id, deadline.deal.buyer_id, deadline.deal.operator_id} - {None}:
            yield Reminder(
                organization_id=int(organization_id or 0),
                action="reminder.deal",
                subject=f"deal/{deadline.deal_id}",
                on=deadline.on,
                facts={"code": deadline.code, "consequence": deadline.consequence},
            )


def _annuities(today: dt.date) -> Iterator[Reminder]:
    span = (today - AHEAD, today + AHEAD)
    near = PortfolioItem.objects.filter(annuity_due_on__range=span).select_related("portfolio")
    for item in near:
        facts = {"code": str(item.annuity_year or ""), "fee_fen": item.annuity_fee_fen, "advice": item.advice}
        assert item.annuity_due_on is not None
        yield Reminder(
            organization_id=item.portfolio.organization_id,
            action="reminder.annuity",
            subject=f"right/{item.key}",
            on=item.annuity_due_on,
            facts=facts,
        )


def _both(deal: Deal, action: str, on: dt.date, facts: dict[str, object]) -> Iterator[Reminder]:
    for organization_id in {deal.seller_id, deal.buyer_id} - {None}:
        yield Reminder(organization_id=int(organization_id or 0), action=action, subject=f"royalty/{deal.pk}", on=on, facts=facts)


def _royalties(today: dt.date) -> Iterator[Reminder]:
    """Periods that are to be stated or paid; both sides are told, the licensee to act and the licensor to ask."""
    licenses = Deal.objects.filter(kind__in=LICENSES, state__in=sorted(RUNNING), effective_on__isnull=False)
    for deal in licenses.select_related("seller", "buyer").prefetch_related("royalty_statements__audit"):
        for waiting in periods_waiting(deal, today):
            if today - AHEAD <= waiting.due_on <= today + AHEAD:
                yield from _both(
                    deal, "reminder.royalty", waiting.due_on, {"code": f"period-{waiting.number}", "owed_fen": waiting.owed_fen}
                )


def _installments(today: dt.date) -> Iterator[Reminder]:
    """Installments of a price that the contract names a day for."""
    deals = Deal.objects.filter(terms__payment__method="installments", state__in=["escrowed", *sorted(RUNNING)])
    for deal in deals.select_related("seller", "buyer"):
        for row in installments_of(deal):
            if today - AHEAD <= row.due_on <= today + AHEAD:
                facts: dict[str, object] = {"code": f"installment-{row.due_on}", "amount_fen": row.amount_fen}
                yield from _both(deal, "reminder.installment", row.due_on, facts)


def _loans(today: dt.date) -> Iterator[Reminder]:
    unpaid = Q(paid_principal_fen__lt=F("principal_fen")) | Q(paid_interest_fen__lt=F("interest_fen"))
    near = LoanInstallment.objects.filter(unpaid, due_on__range=(today - AHEAD, today + AHEAD), loan__closed_on=None).select_related("loan")
    for row in near:
        facts = {
            "code": f"installment-{row.number}",
            "owed_fen": row.principal_fen + row.interest_fen - row.paid_principal_fen - row.paid_interest_fen,
        }
        for organization_id in (row.loan.borrower_id, row.loan.bank_id):
            yield Reminder(
                organization_id=organization_id, action="reminder.loan", subject=f"loan/{row.loan_id}", on=row.due_on, facts=facts
            )


def _sessions(today: dt.date) -> Iterator[Reminder]:
    """Sessions that were called and not concluded; the fund's organization is told."""
    near = Session.objects.filter(state__in=("called", "open"), deadline_on__range=(today - AHEAD, today + AHEAD)).select_related("fund")
    for session in near:
        facts = {"code": str(session.pk)}
        yield Reminder(
            organization_id=session.fund.organization_id,
            action="reminder.session",
            subject=f"session/{session.pk}",
            on=session.deadline_on,
            facts=facts,
        )
