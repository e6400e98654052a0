"""The plan of a loan as rows: made at drawdown, remade after an early payment, drawn together when the whole debt falls due."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import cast

from langqiao.engine.credit.schedule import Method
from langqiao.engine.credit.servicing import Allocation, Installment, plan_of, running_interest
from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.credit.books import Posting
from langqiao.web.credit.models import Loan, LoanInstallment

FIELDS = ("number", "since", "due_on", "principal_fen", "interest_fen", "paid_principal_fen", "paid_interest_fen")


def installment(row: LoanInstallment) -> Installment:
    """A row as the engine reads it."""
    return Installment(**{name: getattr(row, name) for name in FIELDS})


def installments(loan: Loan) -> list[Installment]:
    """The plan as the engine reads it."""
    return [installment(row) for row in loan.installments.all()]


def plan_write(loan: Loan, rows: Iterable[Installment]) -> None:
    """Writes new rows."""
    LoanInstallment.objects.bulk_create([LoanInstallment(loan=loan, **{name: getattr(row, name) for name in FIELDS}) for row in rows])


def plan_begin(loan: Loan, posting: Posting) -> None:
    """The whole plan on the day of drawing. Refused: schedule_does_not_repay_loan, which no plan of the engine meets (I57)."""
    assert loan.principal_fen
    assert loan.months
    rows = plan_of(loan.principal_fen, Fraction(loan.rate_annual), loan.months, cast("Method", loan.method), begins=posting.today)
    if sum(row.principal_fen for row in rows) != loan.principal_fen:
        raise Refusal("schedule_does_not_repay_loan", "the plan does not repay the loan", facts={})
    plan_write(loan, rows)


def accrue_due(loan: Loan, posting: Posting) -> int:
    """Brings the interest of periods that have ended into the books; how much it was."""
    rows = [row for row in loan.installments.all() if row.due_on <= posting.today and not row.accrued]
    posting.accrue(sum(row.interest_fen for row in rows))
    LoanInstallment.objects.filter(pk__in=[row.pk for row in rows]).update(accrued=True)
    return sum(row.interest_fen for row in rows)


def paid(loan: Loan, found: Allocation, posting: Posting) -> dict[str, int]:
    """Writes a payment: parts on their rows, an early payment makes the rest of the plan anew, money and claim in the books."""
    rows = {row.number: row for row in loan.installments.all()}
    for part in found.parts:
        row = rows[part.number]
        row.paid_principal_fen += part.principal_fen
        row.paid_interest_fen += part.interest_fen
        row.save(update_fields=["paid_principal_fen", "paid_interest_fen"])
    posting.accrue(found.prepaid_interest_fen)
    posting.pay(found.principal_fen, found.interest_fen)
    loan.balance_fen -= found.principal_fen
    if found.prepaid_fen:
        _shorten(loan, [row for row in rows.values() if row.due_on > posting.today], found.prepaid_fen)
    return {"principal_fen": found.principal_fen, "interest_fen": found.interest_fen, "prepaid_fen": found.prepaid_fen}


def _shorten(loan: Loan, rows: Sequence[LoanInstallment], prepaid_fen: int) -> None:
    """The rows to come, remade for what is left; a prepayment never lengthens the plan (P8)."""
    rest = sum(row.principal_fen for row in rows) - prepaid_fen
    LoanInstallment.objects.filter(pk__in=[row.pk for row in rows]).delete()
    if rest:
        made = plan_of(rest, Fraction(loan.rate_annual), len(rows), cast("Method", loan.method), begins=rows[0].since)
        kept = [
            Installment(
                number=old.number, since=old.since, due_on=old.due_on, principal_fen=new.principal_fen, interest_fen=new.interest_fen
            )
            for old, new in zip(rows, made, strict=True)
        ]
        plan_write(loan, kept)


def due_at_once(loan: Loan, posting: Posting) -> dict[str, int]:
    """The whole debt falls due: the rows to come become one, due today, with the interest of the running period up to today."""
    accrue_due(loan, posting)
    rows = list(LoanInstallment.objects.filter(loan=loan, due_on__gt=posting.today).order_by("number"))
    if not rows:
        return {"principal_fen": 0, "interest_fen": 0}
    principal = sum(row.principal_fen for row in rows)
    interest = running_interest([installment(row) for row in rows], principal, Fraction(loan.rate_annual), posting.today)
    LoanInstallment.objects.filter(pk__in=[row.pk for row in rows]).delete()
    LoanInstallment.objects.create(
        loan=loan, number=rows[0].number, since=rows[0].since, due_on=posting.today, principal_fen=principal, interest_fen=interest, accrued=True
    )  # fmt: skip
    posting.accrue(interest)
    return {"principal_fen": principal, "interest_fen": interest}


def settled(loan: Loan, principal_fen: int, interest_fen: int) -> None:
    """Spreads what enforcement brought over the rows, the oldest first."""
    for row in LoanInstallment.objects.filter(loan=loan).order_by("number"):
        interest = min(interest_fen, row.interest_fen - row.paid_interest_fen)
        principal = min(principal_fen, row.principal_fen - row.paid_principal_fen)
        interest_fen, principal_fen = interest_fen - interest, principal_fen - principal
        row.paid_interest_fen += interest
        row.paid_principal_fen += principal
        row.save(update_fields=["paid_principal_fen", "paid_interest_fen"])


def interest_open(loan: Loan) -> int:
    """Interest in the books that is not paid."""
    return sum(row.interest_fen - row.paid_interest_fen for row in LoanInstallment.objects.filter(loan=loan, accrued=True))
