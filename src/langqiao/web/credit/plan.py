"""The plan of a loan as rows: made at drawdown, remade after an early payment, drawn together when the whole debt falls due."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import cast

from langqiao.engine.credit.loan_workflow import OVERDUE
from langqiao.engine.credit.penalty import penalty_added, penalty_rate_micro
from langqiao.engine.credit.schedule import Method
from langqiao.engine.credit.servicing import Allocation, Installment, plan_of, running_interest
from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.credit.books import Posting
from langqiao.web.credit.models import Loan, LoanInstallment
from langqiao.web.credit.selectors import policy_for

FIELDS = ("number", "since", "due_on", "principal_fen", "interest_fen", "paid_principal_fen", "paid_interest_fen")
PAID = ("paid_principal_fen", "paid_interest_fen", "paid_penalty_fen")


def installment(row: LoanInstallment) -> Installment:
    """A row as the engine reads it."""
    return Installment(**{name: getattr(row, name) for name in (*FIELDS, "penalty_fen", "paid_penalty_fen")})


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


def accrue_penalty(loan: Loan, posting: Posting) -> int:
    """Default interest of the days since it was last looked at, on what is overdue; into the books, how much it was.

    Called before anything is paid, so that each amount bears it for exactly the days it was open; the row keeps it without rounding.
    """
    if loan.state not in OVERDUE:
        return 0
    rate = penalty_rate_micro(Fraction(loan.rate_annual or 0), policy_for(loan).penalty_markup)
    added = 0
    for row in LoanInstallment.objects.filter(loan=loan, due_on__lt=posting.today).order_by("number"):
        start = max(row.due_on, loan.penalty_until or row.due_on)
        more = penalty_added(row.open_fen, max(0, (posting.today - start).days), rate)
        if more:
            before = row.penalty_fen
            row.penalty_micro = str(int(row.penalty_micro) + more)
            row.save(update_fields=["penalty_micro"])
            added += row.penalty_fen - before
    loan.penalty_until = max(posting.today, loan.penalty_until or posting.today)
    posting.accrue(added)
    return added


def accrue_all(loan: Loan, posting: Posting) -> int:
    """Interest of ended periods and default interest of overdue amounts, both up to today."""
    return accrue_due(loan, posting) + accrue_penalty(loan, posting)


def reset(loan: Loan, rate: Fraction) -> int:
    """The rows that begin on or after the reset day, made anew at the new rate over the same due days; how many."""
    assert loan.next_reset_on
    rows = list(
        LoanInstallment.objects.filter(loan=loan, since__gte=loan.next_reset_on, accrued=False, paid_principal_fen=0).order_by("number")
    )
    rest = sum(row.principal_fen for row in rows)
    LoanInstallment.objects.filter(pk__in=[row.pk for row in rows]).delete()
    if rest:
        plan_write(loan, _over(rows, rest, rate, loan))
    return len(rows)


def _over(rows: Sequence[LoanInstallment], rest_fen: int, rate: Fraction, loan: Loan) -> list[Installment]:
    """A plan of the rest over the days of the given rows."""
    made = plan_of(rest_fen, rate, len(rows), cast("Method", loan.method), begins=rows[0].since)
    return [
        Installment(number=old.number, since=old.since, due_on=old.due_on, principal_fen=new.principal_fen, interest_fen=new.interest_fen)
        for old, new in zip(rows, made, strict=True)
    ]


def paid(loan: Loan, found: Allocation, posting: Posting, *, source: str | None = "borrower") -> dict[str, int]:
    """Writes a payment: parts on their rows, an early payment makes the rest of the plan anew, money and claim in the books.

    `source`: the account that pays; `borrower` its client money, None where the bank has the money already.
    """
    rows = {row.number: row for row in loan.installments.all()}
    for part in found.parts:
        row = rows[part.number]
        row.paid_principal_fen += part.principal_fen
        row.paid_interest_fen += part.interest_fen
        row.paid_penalty_fen += part.penalty_fen
        row.save(update_fields=PAID)
    posting.accrue(found.prepaid_interest_fen)
    posting.pay(found.principal_fen, found.interest_fen + found.penalty_fen, source=source)
    loan.balance_fen -= found.principal_fen
    if found.prepaid_fen:
        _shorten(loan, [row for row in rows.values() if row.due_on > posting.today], found.prepaid_fen)
    return {
        "principal_fen": found.principal_fen,
        "interest_fen": found.interest_fen,
        "penalty_fen": found.penalty_fen,
        "prepaid_fen": found.prepaid_fen,
    }


def _shorten(loan: Loan, rows: Sequence[LoanInstallment], prepaid_fen: int) -> None:
    """The rows to come, remade for what is left; a prepayment never lengthens the plan (P8)."""
    rest = sum(row.principal_fen for row in rows) - prepaid_fen
    LoanInstallment.objects.filter(pk__in=[row.pk for row in rows]).delete()
    if rest:
        plan_write(loan, _over(rows, rest, Fraction(loan.rate_annual), loan))


def due_at_once(loan: Loan, posting: Posting) -> dict[str, int]:
    """The whole debt falls due: the rows to come become one, due today, with the interest of the running period up to today."""
    accrue_all(loan, posting)
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
    """Spreads what enforcement brought over the rows, the oldest first; of interest the default interest first."""
    for row in LoanInstallment.objects.filter(loan=loan).order_by("number"):
        penalty = min(interest_fen, row.penalty_fen - row.paid_penalty_fen)
        row.paid_penalty_fen, interest_fen = row.paid_penalty_fen + penalty, interest_fen - penalty
        interest = min(interest_fen, row.interest_fen - row.paid_interest_fen)
        principal = min(principal_fen, row.principal_fen - row.paid_principal_fen)
        interest_fen, principal_fen = interest_fen - interest, principal_fen - principal
        row.paid_interest_fen += interest
        row.paid_principal_fen += principal
        row.save(update_fields=PAID)


def interest_open(loan: Loan) -> int:
    """Interest in the books that is not paid, default interest with it."""
    rows = LoanInstallment.objects.filter(loan=loan, accrued=True)
    return sum(row.interest_fen - row.paid_interest_fen + row.penalty_fen - row.paid_penalty_fen for row in rows)


def penalty_open(loan: Loan) -> int:
    """Default interest in the books that is not paid."""
    return sum(row.penalty_fen - row.paid_penalty_fen for row in LoanInstallment.objects.filter(loan=loan))
