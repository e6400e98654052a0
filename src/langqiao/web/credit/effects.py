"""What each step of a loan does: rows, plan, books, the pledge's deal. Called inside the step's transaction, after every gate."""

import datetime as dt
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from langqiao.engine.credit.policy import DEFAULT_DAYS, NAMES, PREFIX
from langqiao.engine.credit.rates import floating_rate, reset_next
from langqiao.engine.credit.servicing import allocate, payoff
from langqiao.engine.kernel.dates import add_months
from langqiao.engine.kernel.money import fen_to_yuan
from langqiao.engine.kernel.refusal import Refusal
from langqiao.rules import parameters
from langqiao.web.credit import change, enforcement, proceeds, selectors
from langqiao.web.credit.attempt import Attempt
from langqiao.web.credit.base_rates import rate_on
from langqiao.web.credit.books import Posting
from langqiao.web.credit.judged import alarm_of, rejudge
from langqiao.web.credit.models import Loan
from langqiao.web.credit.plan import accrue_all, due_at_once, installments, paid, plan_begin
from langqiao.web.deals.opening import deal_open
from langqiao.web.people.models import CheckState, Organization
from langqiao.web.rights.judging import grade_of
from langqiao.web.rights.selectors import held_on

Done = Mapping[str, Any]


def _nothing(_attempt: Attempt, _posting: Posting) -> Done:
    return {}


def _told(attempt: Attempt, _posting: Posting) -> Done:
    return {"reason": str(attempt.fields.get("reason", ""))[:2000]}


def _admit(attempt: Attempt, _posting: Posting) -> Done:
    loan = attempt.loan
    given = str(attempt.fields.get("appraiser", ""))
    named = Organization.objects.filter(
        pk=int(given) if given.isascii() and given.isdigit() else 0, kind="appraiser", check_state=CheckState.VERIFIED, merged_into=None
    ).first()
    if named is None or named.pk in {loan.borrower_id, loan.bank_id}:
        raise Refusal("appraiser_not_independent", "name a verified appraiser apart from both sides", facts={"appraiser": given[:40]})
    loan.appraiser = named
    return {"appraiser": named.name}


def _appraise(attempt: Attempt, _posting: Posting) -> Done:
    row = attempt.appraisal
    assert row is not None
    row.save()
    for patent in attempt.loan.patents.all():
        held = held_on(patent.key, attempt.today)
        graded = grade_of(held)
        patent.value_fen, patent.grade = row.values_fen[patent.key], graded.letter if graded else ""
        patent.expires_on = held.standing.expiry_date
        patent.save(update_fields=["value_fen", "grade", "expires_on"])
    return {"appraisal": row.pk, "paper_sha256": row.paper.sha256, "values_fen": row.values_fen}


def _revalue(attempt: Attempt, posting: Posting) -> Done:
    """A new appraisal while the loan runs: its values count from now on, and a level that moved is an alarm."""
    loan, before = attempt.loan, attempt.loan.level
    told = _appraise(attempt, posting)
    rejudge(loan)
    if loan.level != before:
        alarm_of(loan, before, attempt.today).save()
    return {**told, "level": loan.level}


def _approve(attempt: Attempt, _posting: Posting) -> Done:
    loan, given = attempt.loan, attempt.fields
    loan.principal_fen, loan.months = given["principal_fen"], given["term"]
    loan.rate_annual, loan.method = given["rate_annual"], given["method"]
    loan.policy = _policy_values(loan)
    told = {"principal_fen": loan.principal_fen, "rate_annual": loan.rate_annual, "months": loan.months, "method": loan.method}
    if given.get("rate_base"):
        return {**told, **_floats(loan, given, attempt.today)}
    return told


def _floats(loan: Loan, given: Mapping[str, Any], day: dt.date) -> Done:
    """A floating rate: base rate of the day plus the spread (the annual rate less the base rate), reset each so many months."""
    fact = rate_on(given["rate_base"], day)
    loan.rate_base, loan.reset_months = given["rate_base"], int(given.get("reset_months") or RESET_MONTHS)
    loan.spread = change.rate_text(Fraction(given["rate_annual"]) - fact.rate)
    return {"rate_base": loan.rate_base, "base_rate": change.rate_text(fact.rate), "spread": loan.spread, "reset_months": loan.reset_months}


def _policy_values(loan: Loan) -> dict[str, Any]:
    """Every rule as it is today: later changes of the bank's policy or of a parameter do not reach back into a loan."""
    own = selectors.policy_values(loan.bank)
    known = parameters()
    return {
        name: own[name] if name in own else known.value(DEFAULT_DAYS if name == "default_days" else PREFIX + name) for name in sorted(NAMES)
    }


RESET_MONTHS = 12
"""A floating rate is set anew each year of the loan, if the approval says nothing else."""
DRAW_DAYS = 60
"""How long after the contract a loan may be drawn, if the contract says nothing else."""


def _contract(attempt: Attempt, _posting: Posting) -> Done:
    loan = attempt.loan
    assert attempt.membership is not None
    assert loan.principal_fen
    assert loan.months
    last_draw = attempt.today + dt.timedelta(days=int(attempt.fields.get("draw_days") or DRAW_DAYS))
    loan.debt_end = add_months(last_draw, loan.months)
    terms = {
        "pledge.claim_kind": "借款 / loan",
        "pledge.claim_fen": fen_to_yuan(loan.principal_fen),
        "pledge.debt_end": loan.debt_end.isoformat(),
        "pledge.security_scope": attempt.fields.get("security_scope")
        or "本金、利息及实现质权的费用 / principal, interest and cost of enforcement",
    }
    loan.deal = deal_open(
        kind="pledge", membership=attempt.membership, seller=loan.borrower, buyer=loan.bank, fields=terms,
        patents=[patent.key for patent in loan.patents.all()], label=f"loan {str(loan.pk)[:8]}",
    )  # fmt: skip
    return {"deal": str(loan.deal.pk), "debt_end": loan.debt_end.isoformat()}


def _draw(attempt: Attempt, posting: Posting) -> Done:
    loan = attempt.loan
    assert loan.principal_fen
    loan.drawn_on, loan.balance_fen = attempt.today, loan.principal_fen
    if loan.rate_base and loan.reset_months:
        now = floating_rate(rate_on(loan.rate_base, attempt.today).rate, Fraction(loan.spread))
        loan.rate_annual = change.rate_text(now)  # the base rate may have moved since the approval
        loan.next_reset_on = reset_next(attempt.today, loan.reset_months, attempt.today)
    plan_begin(loan, posting)
    posting.lend(loan.principal_fen)
    rejudge(loan)
    return {"principal_fen": loan.principal_fen, "rate_annual": loan.rate_annual}


def _pay(attempt: Attempt, posting: Posting) -> Done:
    loan = attempt.loan
    accrue_all(loan, posting)
    found = allocate(attempt.fields["amount_fen"], installments(loan), Fraction(loan.rate_annual), attempt.today)
    told = paid(loan, found, posting)
    rejudge(loan)
    return told


def _repay(attempt: Attempt, posting: Posting) -> Done:
    loan = attempt.loan
    accrue_all(loan, posting)
    told = paid(loan, payoff(installments(loan), Fraction(loan.rate_annual), attempt.today), posting)
    loan.level, loan.cure_fen, loan.margin_due_on = "fine", 0, None
    return told


def _take(attempt: Attempt, posting: Posting) -> Done:
    told = proceeds.take(attempt, posting)
    rejudge(attempt.loan)
    return told


def _call_margin(attempt: Attempt, _posting: Posting) -> Done:
    loan = attempt.loan
    loan.margin_due_on = attempt.today + dt.timedelta(days=selectors.policy_for(loan).cure_days)
    return {"cure_fen": loan.cure_fen, "until": loan.margin_due_on.isoformat(), "reasons": loan.level_reasons}


def _cure(attempt: Attempt, _posting: Posting) -> Done:
    attempt.loan.margin_due_on = None
    return {"level": attempt.loan.level}


def _accelerate(attempt: Attempt, posting: Posting) -> Done:
    attempt.loan.accelerated_on = attempt.today
    return {**due_at_once(attempt.loan, posting), "reasons": attempt.loan.level_reasons}


def _default(attempt: Attempt, posting: Posting) -> Done:
    attempt.loan.defaulted_on = attempt.today
    return due_at_once(attempt.loan, posting)


def _close(attempt: Attempt, _posting: Posting) -> Done:
    attempt.loan.closed_on = attempt.today
    return {}


EFFECTS: Mapping[str, Callable[[Attempt, Posting], Done]] = {
    "submit": _nothing, "withdraw": _nothing, "decline": _told, "admit": _admit, "appraise": _appraise, "approve": _approve,
    "contract": _contract, "register": _nothing, "draw": _draw, "pay": _pay, "repay": _repay, "call_margin": _call_margin, "cure": _cure,
    "accelerate": _accelerate, "default": _default, "enforce": enforcement.enforce, "collect": enforcement.collect, "claim": enforcement.claim,
    "refuse_claim": enforcement.refuse_claim, "compensate": enforcement.compensate, "write_off": enforcement.write_off, "close": _close,
    "release": _close, "revalue": _revalue, "reset": change.reset_rate, "supplement": change.supplement, "appraise_more": change.appraise_more,
    "contract_more": change.contract_more, "register_more": change.register_more, "drop_more": change.drop_more,
    "release_part": change.release_part, "take_proceeds": _take, "free_proceeds": proceeds.free, "classify": change.classify,
    "link_sale": enforcement.link_sale, "compensate_part": enforcement.compensate_part, "end_claim": enforcement.end_claim,
}  # fmt: skip
