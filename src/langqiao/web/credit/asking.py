"""What law and bank say about a loan's patents today: the one check for each right, and the bank's rules over all of them."""

import datetime as dt
from dataclasses import dataclass

from langqiao.engine.credit.limit import Limit, Report, Security, Wanted, bank_reasons, limit
from langqiao.engine.kernel.dates import add_months
from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.operations.check import check
from langqiao.engine.operations.encumbrance import Plan, Reason
from langqiao.web.credit.models import Loan, LoanAppraisal, LoanPatent
from langqiao.web.credit.selectors import policy_for
from langqiao.web.rights.selectors import Held, held_on, owner_name_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """One patent of a loan: its right on the day and every case of refusal that a pledge would meet."""

    patent: LoanPatent
    held: Held | None
    reasons: tuple[Reason, ...]


def answers(loan: Loan, day: dt.date, *, debt_end: dt.date | None = None) -> list[Answered]:
    """The one check of a pledge for each patent, disposed of by the borrower; consents are the deal's matter and count as missing."""
    return [_answered(loan, patent, day, debt_end or add_months(day, loan.months or loan.asked_months)) for patent in loan.patents.all()]


def _answered(loan: Loan, patent: LoanPatent, day: dt.date, debt_end: dt.date) -> Answered:
    try:
        held = held_on(patent.key, day)
        name = owner_name_of(loan.borrower, patent.key, day) or loan.borrower.name
    except Refusal as refused:
        return Answered(patent=patent, held=None, reasons=(Reason(code=refused.code, article="", facts={"patent": patent.number}),))
    plan = Plan(operation="pledge", on=day, debt_end=debt_end, disposing_party=name)
    own = loan.deal is not None and loan.deal.state == "registered"  # then the pledge in the record is this loan's
    found = [one for one in check(held.standing, plan).refusals if not (own and one.code == "already_pledged")]
    told = tuple(Reason(code=one.code, article=one.article, facts={**one.facts, "patent": patent.number}) for one in found)
    return Answered(patent=patent, held=held, reasons=told)


def securities(answered: list[Answered]) -> list[Security]:
    """The patents as the limit reads them, with the type and end of term that the record has today."""
    return [
        Security(
            patent=one.patent.number,
            type=one.held.standing.type if one.held else "",
            grade=one.patent.grade,
            expiry_date=one.held.standing.expiry_date if one.held else None,
            value_fen=one.patent.value_fen,
        )
        for one in answered
    ]


def report_of(loan: Loan) -> Report | None:
    """The latest appraisal's formalities."""
    found = loan.appraisals.last()
    return report_from(found) if found else None


def report_from(row: LoanAppraisal) -> Report:
    """An appraisal's formalities as the engine reads them."""
    return Report(
        appraisers=tuple(row.appraisers),
        methods=frozenset(row.methods),
        one_method_reason=row.one_method_reason,
        base_date=row.base_date,
        signed_and_sealed=row.signed_and_sealed,
    )


def wanted_of(loan: Loan, day: dt.date, *, amount_fen: int | None = None, months: int | None = None) -> Wanted:
    """The loan as proposed, approved or asked for."""
    return Wanted(amount_fen=amount_fen or loan.principal_fen or loan.asked_fen, months=months or loan.months or loan.asked_months, on=day)


def reasons_all(
    loan: Loan, day: dt.date, *, appraised: bool, amount_fen: int | None = None, months: int | None = None
) -> tuple[Reason, ...]:
    """Every reason of law and bank against a loan, none left out."""
    wanted = wanted_of(loan, day, amount_fen=amount_fen, months=months)
    answered = answers(loan, day, debt_end=wanted.debt_end)
    law = [reason for one in answered for reason in one.reasons]
    report = report_of(loan) if appraised else None
    return (*law, *bank_reasons(wanted, securities(answered), policy_for(loan), report=report, appraised=appraised))


def limit_of(loan: Loan, day: dt.date) -> Limit:
    """How much the patents carry by the bank's rules today."""
    return limit(securities(answers(loan, day)), policy_for(loan), day)
