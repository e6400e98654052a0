"""Writes of interest subsidies: a program confirmed by two people, an application for interest paid, and its payment by two people of the payer."""

import datetime as dt
import uuid
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext as _

from langqiao.engine.credit.loan_workflow import PERFORMING
from langqiao.engine.credit.subsidy import Period, Program, reasons_against, subsidy_fen
from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.ledger.entry import Entry
from langqiao.web.audit.services import record_append
from langqiao.web.credit import clock
from langqiao.web.credit.attempt import days_past_due
from langqiao.web.credit.books import client
from langqiao.web.credit.models import Loan, Subsidy, SubsidyProgram
from langqiao.web.credit.selectors import loan_get
from langqiao.web.deals.terms import invalid
from langqiao.web.ledger.services import group_post
from langqiao.web.people.models import CheckState, Membership, Organization
from langqiao.web.people.session import must_edit

PAYER_KINDS = frozenset({"platform", "center", "office", "fund"})
PAYING = ("pay", "repay", "take_proceeds")
"""Steps that paid interest; what enforcement brought is not subsidized."""
SUBSIDIZED = PERFORMING | {"repaid", "released"}
TAKING = ("asked", "proposed", "paid")


def program_terms(program: SubsidyProgram) -> Program:
    """The program as the engine reads it."""
    return Program(share=Fraction(program.share), cap_fen=program.cap_fen, begins=program.begins, ends=program.ends)


@transaction.atomic
def program_open(
    *, membership: Membership, name: str, share: str, cap_fen: int, begins: dt.date, ends: dt.date, document: str
) -> SubsidyProgram:
    """A program of the payer, waiting for a second person. `document`: the policy paper it rests on. Refused: not_allowed, terms_invalid."""
    must_edit(membership)
    own = membership.organization
    if own.kind not in PAYER_KINDS or not own.is_verified:
        raise Refusal("not_allowed", _("A subsidy program is opened by a verified office, operation center, platform or fund manager."))
    if not name.strip() or not document.strip():
        raise invalid({"name": _("A program has a name and the document it rests on.")})
    program = SubsidyProgram(
        name=" ".join(name.split())[:120], payer=own, share=share.strip()[:12], cap_fen=cap_fen, begins=begins, ends=ends,
        document=document.strip()[:300], opened_by=membership.user, is_scenario=own.is_demo,
    )  # fmt: skip
    try:
        program_terms(program)
    except (ValueError, ZeroDivisionError) as error:
        raise invalid({"share": str(error)[:200]}) from error
    program.save()
    payload = {
        "share": program.share,
        "cap_fen": cap_fen,
        "begins": begins.isoformat(),
        "ends": ends.isoformat(),
        "document": program.document,
    }
    record_append(actor=membership.user, action="subsidy_program.opened", subject=f"subsidy/{program.pk}", payload=payload)
    return program


@transaction.atomic
def program_confirm(program_id: uuid.UUID, *, membership: Membership) -> SubsidyProgram:
    """A second approver of the payer puts the program to work. Refused: not_found, approver_needed, four_eyes_missing."""
    program = program_get(program_id, membership, lock=True)
    if program.payer_id != membership.organization_id or not membership.may_approve:
        raise Refusal("approver_needed", _("An approver of the payer confirms the program."), facts={"role": membership.role})
    _second(program.opened_by_id, membership)
    if program.confirmed_by_id is None:
        program.confirmed_by = membership.user
        program.save(update_fields=["confirmed_by"])
        record_append(actor=membership.user, action="subsidy_program.confirmed", subject=f"subsidy/{program.pk}", payload={})
    return program


def _second(first: int | None, membership: Membership) -> None:
    if first == membership.user_id:
        raise Refusal("four_eyes_missing", _("Nobody approves their own request: another person of the organization does."))


def programs_for(organization: Organization) -> QuerySet[SubsidyProgram]:
    """The payer's own programs and those at work."""
    rows = SubsidyProgram.objects.filter(Q(payer=organization) | Q(confirmed_by__isnull=False))
    return rows.select_related("payer").order_by("-opened_at")


def program_get(program_id: uuid.UUID, membership: Membership, *, lock: bool = False) -> SubsidyProgram:
    """A program that the organization pays, or that is at work. Refused (not_found)."""
    rows = SubsidyProgram.objects.select_for_update() if lock else SubsidyProgram.objects.select_related("payer")
    program = rows.filter(pk=program_id).first()
    if program is None or (program.payer_id != membership.organization_id and program.confirmed_by_id is None):
        raise Refusal("not_found", _("There is no such program."))
    return program


def interest_paid(loan: Loan, period: Period) -> int:
    """Interest that the borrower paid in a period, default interest left out, read from the steps that paid it."""
    rows = loan.steps.filter(event__in=PAYING, source__in=sorted(PERFORMING), on__gte=period.since, on__lte=period.until)
    return sum(int(row.facts.get("interest_fen", 0)) for row in rows)


@transaction.atomic
def subsidy_ask(*, membership: Membership, loan_id: uuid.UUID, program_id: uuid.UUID, since: dt.date, until: dt.date) -> Subsidy:
    """The borrower applies for the interest it paid from `since` to `until`, both included.

    Refused: not_found, not_allowed, party_not_verified, subsidy_outside_program, subsidy_period_not_over, subsidy_loan_overdue,
    subsidy_given_before (no day's interest is subsidized twice, whatever the program), subsidy_nothing_left.
    """
    must_edit(membership)
    loan = loan_get(loan_id, membership, lock=True)
    program = program_get(program_id, membership, lock=True)
    if loan.borrower_id != membership.organization_id:
        raise Refusal("not_allowed", _("The borrower applies for a subsidy."))
    if program.confirmed_by_id is None:
        raise Refusal("not_found", _("There is no such program."))
    if loan.borrower.check_state != CheckState.VERIFIED:
        raise Refusal("party_not_verified", "the borrower is not verified", facts={"parties": (loan.borrower.name,)})
    period = Period(since=since, until=until)
    interest, amount = _worth(loan, program, period)
    row = Subsidy.objects.create(
        program=program, loan=loan, since=since, until=until, interest_fen=interest, amount_fen=amount, asked_by=membership.user,
        asked_on=clock.today(),
    )  # fmt: skip
    payload = {"subsidy": str(row.pk), "loan": str(loan.pk), "since": since.isoformat(), "until": until.isoformat(), "amount_fen": amount}
    record_append(
        actor=membership.user, action="subsidy.asked", subject=f"subsidy/{program.pk}", payload=payload | {"interest_fen": interest}
    )
    return row


def _worth(loan: Loan, program: SubsidyProgram, period: Period, *, leave: Subsidy | None = None) -> tuple[int, int]:
    """Interest and subsidy of a period, with every reason against it raised."""
    others = loan.subsidies.filter(state__in=TAKING)
    if leave is not None:
        others = others.exclude(pk=leave.pk)
    taken = [Period(since=one.since, until=one.until) for one in others]
    terms = program_terms(program)
    overdue = days_past_due(loan, clock.today())
    if loan.state not in SUBSIDIZED:
        overdue = max(overdue, 1)
    found = reasons_against(period, terms, taken=taken, days_past_due=overdue, today=clock.today())
    interest = interest_paid(loan, period)
    given = others.filter(program=program).aggregate(sum=Sum("amount_fen"))["sum"] or 0
    amount = subsidy_fen(interest, given, terms)
    if not found and not amount:
        found = ("subsidy_nothing_left",)
    if found:
        facts: Mapping[str, Any] = {"since": period.since.isoformat(), "until": period.until.isoformat(), "also": found[1:]}
        raise Refusal(found[0], found[0].replace("_", " "), facts=facts)
    return interest, amount


def subsidy_get(subsidy_id: uuid.UUID, membership: Membership, *, lock: bool = False) -> Subsidy:
    """An application of the borrower's or to the payer's program. Refused (not_found)."""
    rows = Subsidy.objects.select_related("program", "loan__borrower", "loan__bank")
    if lock:
        rows = rows.select_for_update(of=("self",))
    row = rows.filter(pk=subsidy_id).first()
    if row is None or membership.organization_id not in {row.program.payer_id, row.loan.borrower_id}:
        raise Refusal("not_found", _("There is no such application."))
    return row


@transaction.atomic
def subsidy_decide(subsidy_id: uuid.UUID, *, membership: Membership, event: str, reason: str = "") -> Subsidy:
    """`propose` and `pay` by two people of the payer, `refuse` by one with a reason, `withdraw` by the borrower before it is paid.

    The payment moves client money of the payer to the borrower, once. Refused: not_found, not_allowed, approver_needed, four_eyes_missing,
    reason_missing, step_not_possible, ledger_overdrawn, and what stands against the application by then.
    """
    must_edit(membership)
    row = subsidy_get(subsidy_id, membership)
    Loan.objects.select_for_update().get(pk=row.loan_id)
    SubsidyProgram.objects.select_for_update().get(pk=row.program_id)
    row = subsidy_get(subsidy_id, membership, lock=True)
    if row.state not in STEPS.get(event, ()):
        raise Refusal("step_not_possible", _("The application is not in a state for this."), facts={"state": row.state, "event": event})
    if (row.loan.borrower_id if event == "withdraw" else row.program.payer_id) != membership.organization_id:
        raise Refusal("not_allowed", _("The other side takes this step."))
    DECISIONS[event](row, membership, reason)
    return row


STEPS = {"propose": ("asked",), "pay": ("proposed",), "refuse": ("asked", "proposed"), "withdraw": ("asked", "proposed")}


def _propose(row: Subsidy, membership: Membership, _reason: str) -> None:
    _worth(row.loan, row.program, Period(since=row.since, until=row.until), leave=row)
    row.state, row.proposed_by = "proposed", membership.user
    _written(row, membership, "subsidy.proposed", [])


def _pay(row: Subsidy, membership: Membership, _reason: str) -> None:
    if not membership.may_approve:
        raise Refusal("approver_needed", _("An approver of the payer pays a subsidy."), facts={"role": membership.role})
    _second(row.proposed_by_id, membership)
    _worth(row.loan, row.program, Period(since=row.since, until=row.until), leave=row)
    entry = Entry(
        id=f"subsidy/{row.pk}", phase="transfer", debit=client(row.program.payer_id), credit=client(row.loan.borrower_id),
        amount_fen=row.amount_fen, code="subsidy.pay", ref=f"loan/{row.loan_id}", business_date=clock.today(),
    )  # fmt: skip
    group_post([entry], group=f"subsidy/{row.pk}", by=membership.user)
    row.state, row.paid_by, row.decided_on = "paid", membership.user, clock.today()
    _written(row, membership, "subsidy.paid", [[entry.debit, entry.credit, entry.amount_fen]])


def _refuse(row: Subsidy, membership: Membership, reason: str) -> None:
    if not reason.strip():
        raise Refusal("reason_missing", _("A refusal carries its reason."), facts={})
    row.state, row.reason, row.decided_on = "refused", reason.strip()[:2000], clock.today()
    _written(row, membership, "subsidy.refused", [])


def _withdraw(row: Subsidy, membership: Membership, _reason: str) -> None:
    row.state, row.decided_on = "withdrawn", clock.today()
    _written(row, membership, "subsidy.withdrawn", [])


DECISIONS = {"propose": _propose, "pay": _pay, "refuse": _refuse, "withdraw": _withdraw}


def _written(row: Subsidy, membership: Membership, action: str, money: list[list[Any]]) -> None:
    row.save()
    payload = {"subsidy": str(row.pk), "loan": str(row.loan_id), "amount_fen": row.amount_fen, "money": money, "group": f"subsidy/{row.pk}"}
    record = record_append(actor=membership.user, action=action, subject=f"subsidy/{row.program_id}", payload=payload)
    row.audit_seq = record.seq
    row.save(update_fields=["audit_seq"])


def parties(key: str) -> set[int]:
    """Whom a program's records concern: its payer and the borrowers that applied."""
    program = SubsidyProgram.objects.filter(pk=key).first()
    return {program.payer_id, *program.applications.values_list("loan__borrower_id", flat=True)} if program else set()
