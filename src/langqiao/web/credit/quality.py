"""The five classes of a bank's loans: what the days ask, what the bank itself found, and the share that does not perform."""

import datetime as dt
from fractions import Fraction
from typing import Any

from django.db.models import F, Q, Sum

from langqiao.engine.credit.compensation import suspended
from langqiao.engine.credit.five_class import DAYS, NON_PERFORMING, Classified, Signs, classify, worse
from langqiao.engine.credit.loan_workflow import OWED
from langqiao.rules import parameters
from langqiao.web.credit import clock
from langqiao.web.credit.attempt import days_past_due
from langqiao.web.credit.models import Loan, LoanInstallment, Pool
from langqiao.web.people.models import Organization

DEFAULTED = ("defaulted", "enforcing", "claimed", "compensated")


def quality_of(loan: Loan, today: dt.date, *, own: bool = True) -> Classified:
    """The loan's class on a day; with `own` the bank's word where it is the worse."""
    signs = Signs(
        days_past_due=days_past_due(loan, today), defaulted=loan.defaulted_on is not None, watched=loan.level != "fine",
        collateral_alive=any(patent.alive for patent in loan.patents.all()), written_off=bool(loan.lost_fen) and not loan.balance_fen,
    )  # fmt: skip
    found = classify(signs, parameters())
    if own and loan.class_override and worse(loan.class_override, found.quality):
        return Classified(quality=loan.class_override, reasons=("bank_judged",))  # type: ignore[arg-type]
    return found


def non_performing(bank: Organization, today: dt.date) -> tuple[int, int]:
    """Non-performing and whole balance of a bank's drawn loans: those in default, overdue beyond the dated days, or so judged by the bank."""
    rows = Loan.objects.filter(bank=bank, state__in=OWED)
    days = int(parameters().value(DAYS)["substandard"])
    unpaid = Q(paid_principal_fen__lt=F("principal_fen")) | Q(paid_interest_fen__lt=F("interest_fen"))
    late = LoanInstallment.objects.filter(unpaid, due_on__lte=today - dt.timedelta(days=days))
    bad = rows.filter(Q(state__in=DEFAULTED) | Q(class_override__in=sorted(NON_PERFORMING)) | Q(pk__in=late.values("loan_id")))

    def total(found: object) -> int:
        return int(found.aggregate(sum=Sum("balance_fen"))["sum"] or 0)  # type: ignore[attr-defined]

    return total(bad), total(rows)


def npl_ratio(bank: Organization, today: dt.date) -> Fraction | None:
    """The non-performing share of a bank's balance; None where it lends nothing."""
    bad, whole = non_performing(bank, today)
    return Fraction(bad, whole) if whole else None


def bank_lines(pool: Pool) -> list[dict[str, Any]]:
    """The banks of a pool's loans: covered balance, non-performing share of all their loans, and whether the limit suspends them."""
    today, lines = clock.today(), []
    for bank in Organization.objects.filter(loans_given__pool=pool, loans_given__drawn_on__isnull=False).distinct().order_by("name"):
        bad, whole = non_performing(bank, today)
        covered = pool.loans.filter(bank=bank, state__in=OWED).aggregate(sum=Sum("balance_fen"))["sum"] or 0
        lines.append(
            {
                "bank": bank,
                "covered_fen": covered,
                "share": bad / whole if whole else None,
                "suspended": suspended(bad, whole, pool.npl_share),
            }
        )
    return lines
