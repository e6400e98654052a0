"""What of loans waits on the desk: steps a colleague asked for, applications, appraisals, margin calls, installments."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from langqiao.web.credit.models import Loan, LoanInstallment, LoanRequest
from langqiao.web.credit.words import said
from langqiao.web.people.models import Membership
from langqiao.web.work.desk import ROWS_A_ROOM, DeskItem, Need

AHEAD = dt.timedelta(days=30)
BANK_STATES = ("applied", "appraised", "registered", "defaulted")
"""Where the bank takes the next step."""


def waiting(membership: Membership, today: dt.date) -> Iterator[DeskItem]:
    """In order: requests of colleagues, loans at a state of ours or with an alarm, installments within 30 days."""
    if membership.may_approve:
        asked = LoanRequest.objects.filter(organization=membership.organization_id, state="open").exclude(requested_by=membership.user_id)
        for request in asked.select_related("loan__borrower", "requested_by")[:ROWS_A_ROOM]:
            yield _item(
                request.loan,
                _("Approve or decline: %(event)s") % {"event": said("event", request.event)},
                need="approve",
                why=_("asked by %(name)s on %(day)s") % {"name": str(request.requested_by), "day": request.requested_at.date().isoformat()},
            )
    yield from _loans(membership)
    yield from _installments(membership, today)


def _item(
    loan: Loan, what: str, *, need: Need = "act", why: str = "", on: dt.date | None = None, amount_fen: int | None = None
) -> DeskItem:
    return DeskItem(
        what=f"{what} · {loan.borrower.name}",
        url=reverse("loan", args=[loan.pk]),
        need=need,
        why=why,
        on=on,
        amount_fen=amount_fen or loan.balance_fen or loan.principal_fen or loan.asked_fen,
        is_scenario=loan.is_scenario,
    )


def _loans(membership: Membership) -> Iterator[DeskItem]:
    mine = membership.organization_id
    stands = Q(bank=mine) & (Q(state__in=BANK_STATES) | ~Q(level="fine"))
    stands |= Q(appraiser=mine, state="eligible") | Q(borrower=mine, margin_due_on__isnull=False)
    for loan in Loan.objects.filter(stands, closed_on=None).select_related("borrower")[:ROWS_A_ROOM]:
        reasons = "; ".join(said("reason", code) for code in loan.level_reasons)
        if loan.level != "fine" or loan.margin_due_on:
            yield _item(loan, said("level", loan.level), why=reasons, on=loan.margin_due_on, amount_fen=loan.cure_fen)
        elif loan.appraiser_id == mine:
            yield _item(loan, said("event", "appraise"))
        else:
            yield _item(loan, _("Decide on the loan: %(state)s") % {"state": said("state", loan.state)})


def _installments(membership: Membership, today: dt.date) -> Iterator[DeskItem]:
    unpaid = Q(paid_principal_fen__lt=F("principal_fen")) | Q(paid_interest_fen__lt=F("interest_fen"))
    mine = Q(loan__borrower=membership.organization_id) | Q(loan__bank=membership.organization_id)
    near = LoanInstallment.objects.filter(unpaid, mine, due_on__lte=today + AHEAD, loan__closed_on=None).select_related("loan__borrower")
    for row in near.order_by("due_on")[:ROWS_A_ROOM]:
        need: Need = "act" if row.loan.borrower_id == membership.organization_id else "know"
        yield _item(row.loan, _("Installment %(n)d") % {"n": row.number}, need=need, on=row.due_on, amount_fen=row.open_fen)
