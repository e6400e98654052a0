"""An attempt at a step of a loan: who, in which role, with what, on which day; and whether a refusal of the table holds for it."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from langqiao.engine.credit.compensation import claim_parts, exposure, leverage_allows, stopped
from langqiao.engine.credit.limit import report_reasons
from langqiao.engine.credit.loan_workflow import FOUR_EYES
from langqiao.engine.credit.servicing import allocate
from langqiao.engine.kernel.dates import add_months
from langqiao.engine.kernel.money import fen_to_yuan
from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.operations.encumbrance import Reason
from langqiao.web.credit import selectors
from langqiao.web.credit.asking import reasons_all, report_from
from langqiao.web.credit.models import Loan, LoanAppraisal, LoanRequest
from langqiao.web.credit.plan import installments
from langqiao.web.deals.models import Deal
from langqiao.web.people.models import Membership, User
from langqiao.web.rights.selectors import standing_for

Facts = Mapping[str, Any] | None


@dataclass(slots=True, kw_only=True)
class Attempt:
    """`request`: the other person's request that this step approves; `appraisal`: the row an appraisal would add, not saved yet."""

    loan: Loan
    event: str
    role: str
    today: dt.date
    membership: Membership | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    request: LoanRequest | None = None
    appraisal: LoanAppraisal | None = None
    _reasons: tuple[Reason, ...] | None = None

    @property
    def user(self) -> User | None:
        """Who acts; None: the clock."""
        return self.membership.user if self.membership else None

    def reasons(self) -> tuple[Reason, ...]:
        """What law and bank say, asked once."""
        if self._reasons is None:
            appraised = self.event == "approve"
            amount, months = self.fields.get("principal_fen"), self.fields.get("term")
            self._reasons = reasons_all(self.loan, self.today, appraised=appraised, amount_fen=amount, months=months)
        return self._reasons


def _four_eyes(attempt: Attempt) -> Facts:
    request = attempt.request
    if request is None or attempt.user is None or request.requested_by_id == attempt.user.pk:
        return {"actor": attempt.user.pk if attempt.user else "system"}
    return None


def _unverified(attempt: Attempt) -> Facts:
    names = tuple(one.name for one in (attempt.loan.borrower, attempt.loan.bank) if not one.is_verified)
    return {"parties": names} if names else None


def _no_reason(attempt: Attempt) -> Facts:
    return None if str(attempt.fields.get("reason", "")).strip() else {}


def _report(code: str) -> Callable[[Attempt], Facts]:
    """The gate of an appraisal: the new one when it comes in, the loan's own when the loan is approved."""

    def gate(attempt: Attempt) -> Facts:
        if attempt.event not in {"appraise", "appraise_more", "revalue"}:
            return next((reason.facts for reason in attempt.reasons() if reason.code == code), None)
        if attempt.appraisal is None:
            return None  # the form has not been filled in yet; the step itself asks again
        found = report_reasons(report_from(attempt.appraisal), selectors.policy_for(attempt.loan), attempt.today)
        return next((reason.facts for reason in found if reason.code == code), None)

    return gate


def pledge_registered(loan: Loan, today: dt.date) -> bool:
    """Whether the pledge's deal is registered and the record of every right carries this pledge today (Civil Code 444)."""
    return lies_on(loan, loan.deal, [patent.key for patent in loan.patents.all()], today)


def lies_on(loan: Loan, deal: Deal | None, keys: Sequence[str], today: dt.date) -> bool:
    """Whether a pledge's deal is registered and the record of every named right carries the pledge today."""
    if deal is None or deal.state != "registered":
        return False
    reference = str(deal.pk)
    for key in keys:
        burdens = standing_for(key, today).burdens("pledged")
        if not any(reference in (burden.reference, burden.holder) or burden.holder == loan.bank.name for burden in burdens):
            return False
    return True


def _not_registered(attempt: Attempt) -> Facts:
    loan = attempt.loan
    if attempt.event == "register_more":
        rows = list(loan.additions.filter(state="contracted").select_related("deal"))
        lies = all(lies_on(loan, one.deal, [one.key], attempt.today) for one in rows)
        return None if rows and lies else {"deal": str(rows[0].deal_id) if rows else ""}
    return None if pledge_registered(loan, attempt.today) else {"deal": str(loan.deal_id or "")}


def _still_registered(attempt: Attempt) -> Facts:
    loan = attempt.loan
    deals = [loan.deal, *(one.deal for one in loan.additions.filter(state="registered").select_related("deal"))]
    still = next((deal for deal in deals if deal is not None and deal.state == "registered"), None)
    return {"deal": str(still.pk)} if still is not None else None


def _too_late(attempt: Attempt) -> Facts:
    loan = attempt.loan
    last = add_months(attempt.today, loan.months or loan.asked_months)
    return {"last_payment": last.isoformat(), "debt_end": str(loan.debt_end)} if loan.debt_end and last > loan.debt_end else None


def _sufficient(attempt: Attempt) -> Facts:
    needed = {"call_margin": {"margin"}, "accelerate": {"margin", "accelerate"} if attempt.loan.margin_due_on else {"accelerate"}}
    return None if attempt.loan.level in needed[attempt.event] else {"level": attempt.loan.level}


def _insufficient(attempt: Attempt) -> Facts:
    level = attempt.loan.level
    return {"level": level} if level in {"margin", "accelerate"} else None


def _curing(attempt: Attempt) -> Facts:
    due = attempt.loan.margin_due_on
    over = attempt.loan.level == "accelerate" or (due is not None and due < attempt.today)
    return None if over else {"until": str(due)}


def days_past_due(loan: Loan, today: dt.date) -> int:
    """Days since the oldest due day on which something is still unpaid."""
    unpaid = [row.due_on for row in loan.installments.all() if row.due_on <= today and _open(row)]
    return (today - min(unpaid)).days if unpaid else 0


def _open(row: Any) -> int:
    opened: int = row.principal_fen + row.interest_fen - row.paid_principal_fen - row.paid_interest_fen
    return opened


def _not_in_default(attempt: Attempt) -> Facts:
    loan, policy = attempt.loan, selectors.policy_for(attempt.loan)
    since = (attempt.today - loan.accelerated_on).days if loan.accelerated_on else 0
    past = days_past_due(loan, attempt.today)
    if past >= policy.default_days or (loan.accelerated_on and since > policy.acceleration_days):
        return None
    return {"days": past, "needed": policy.default_days}


def _title_clause(attempt: Attempt) -> Facts:
    return {} if attempt.fields.get("enforced_by") == "title_transfer" else None


def _no_evidence(attempt: Attempt) -> Facts:
    if attempt.fields.get("amount_fen") and str(attempt.fields.get("evidence", "")).strip():
        return None
    return {} if "amount_fen" in attempt.fields or attempt.request else None


def _no_pool(attempt: Attempt) -> Facts:
    return {} if attempt.loan.pool_id is None else None


def _too_early(attempt: Attempt) -> Facts:
    loan = attempt.loan
    if loan.pool is None or loan.defaulted_on is None:
        return {}
    passed = (attempt.today - loan.defaulted_on).days
    return {"days": passed, "needed": loan.pool.claim_days} if passed < loan.pool.claim_days or not loan.enforced_by else None


def _compensated(attempt: Attempt) -> Facts:
    taken = attempt.loan.claims.filter(state="paid").exists()
    return {} if taken or (attempt.event == "claim" and not attempt.loan.balance_fen) else None


def _above_cap(attempt: Attempt) -> Facts:
    claim = attempt.loan.claims.filter(state="open").first()
    if claim is None:
        return None
    parts = claim_parts(claim.loss_fen - claim.settled_fen, selectors.pool_terms(claim.pool), paid_fen=selectors.claim_paid(claim))
    paid = selectors.claim_paid(claim) + sum(amount for name, amount in parts.items() if name.startswith("member/"))
    return {"paid": fen_to_yuan(paid)} if paid > claim.pool.loan_cap_fen else None


def _too_little(attempt: Attempt) -> Facts:
    claim = attempt.loan.claims.filter(state="open").first()
    if claim is None:
        return None
    balances = selectors.pool_balances(claim.pool)
    if attempt.event == "compensate_part" and not attempt.fields.get("amount_fen"):
        return None
    loss = attempt.fields.get("amount_fen") or claim.loss_fen - claim.settled_fen
    parts = claim_parts(loss, selectors.pool_terms(claim.pool), paid_fen=selectors.claim_paid(claim))
    short = [name for name, amount in parts.items() if name.startswith("member/") and balances.get(int(name[7:]), 0) < amount]
    return {"members": tuple(short)} if short else None


def _above_balance(attempt: Attempt) -> Facts:
    amount = attempt.fields.get("amount_fen")
    if not amount:
        return None
    try:
        allocate(amount, installments(attempt.loan), Fraction(attempt.loan.rate_annual), attempt.today)
    except Refusal as above:
        return dict(above.facts)
    return None


def _leverage(attempt: Attempt) -> Facts:
    pool, amount = attempt.loan.pool, attempt.fields.get("principal_fen") or 0
    if pool is None:
        return None
    terms = selectors.pool_terms(pool)
    capital = sum(selectors.pool_balances(pool).values())
    committed = sum(
        loan.principal_fen or 0
        for loan in pool.loans.filter(state__in=("approved", "contracted", "registered")).exclude(pk=attempt.loan.pk)
    )
    exposed = exposure(selectors.pool_covered(pool) + committed + amount, terms)
    return None if leverage_allows(exposed, capital, terms) else {"exposure": fen_to_yuan(exposed), "capital": fen_to_yuan(capital)}


def _paused(attempt: Attempt) -> Facts:
    pool = attempt.loan.pool
    if pool is None:
        return None
    if pool.confirmed_by_id is None:
        return {"pool": pool.name}
    paid, granted = selectors.pool_paid(pool), selectors.pool_granted(pool)
    return {"paid": fen_to_yuan(paid)} if stopped(paid, granted, selectors.pool_terms(pool)) else None


GATES: Mapping[str, Callable[[Attempt], Facts]] = {
    FOUR_EYES: _four_eyes,
    "party_not_verified": _unverified,
    "patents_missing": lambda attempt: None if attempt.loan.patents.exists() else {},
    "reason_missing": _no_reason,
    "appraisal_formalities_missing": _report("appraisal_formalities_missing"),
    "appraisal_too_old": _report("appraisal_too_old"),
    "pledge_not_registered": _not_registered,
    "pledge_still_registered": _still_registered,
    "draw_too_late": _too_late,
    "collateral_sufficient": _sufficient,
    "collateral_insufficient": _insufficient,
    "period_not_over": _curing,
    "default_not_reached": _not_in_default,
    "foreclosure_clause_without_effect": _title_clause,
    "recovery_evidence_missing": _no_evidence,
    "loan_not_in_pool": _no_pool,
    "claim_before_enforcement": _too_early,
    "already_compensated": _compensated,
    "compensation_above_loan_cap": _above_cap,
    "pool_balance_insufficient": _too_little,
    "pool_leverage_exceeded": _leverage,
    "pool_paused": _paused,
    "repayment_above_balance": _above_balance,
}
"""Refusal code → its test; `right_not_in_force` and the others of law and bank are asked of the check itself."""
