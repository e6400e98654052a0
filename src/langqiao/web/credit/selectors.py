"""Reads of loans and pools: who takes which role, one loan or none, the lists of borrower, bank, appraiser and pool operator."""

import uuid
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from django.db.models import Prefetch, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from langqiao.engine.credit.compensation import BANK, PoolTerms, exposure, stopped
from langqiao.engine.credit.loan_workflow import OWED
from langqiao.engine.credit.policy import Policy, policy_of
from langqiao.engine.kernel.refusal import Refusal
from langqiao.rules import parameters
from langqiao.web.credit.models import CreditPolicy, Loan, LoanStep, Pool, PoolClaim
from langqiao.web.ledger.models import LedgerAccount
from langqiao.web.people.models import Membership, Organization

OPERATOR_KINDS = frozenset({"platform", "center", "office", "fund"})
LIST_MAX = 500


def roles_of(loan: Loan, organization: Organization) -> tuple[str, ...]:
    """The roles of an organization in a loan; a draft is the borrower's alone."""
    if loan.borrower_id == organization.pk:
        return ("borrower",)
    if loan.state == "draft" or (loan.state == "withdrawn" and not loan.steps.filter(event="submit").exists()):
        return ()
    found = []
    if loan.bank_id == organization.pk:
        found.append("bank")
    if loan.appraiser_id == organization.pk:
        found.append("appraiser")
    if loan.pool is not None and (loan.pool.operator_id == organization.pk):
        found.append("pool")
    return tuple(found)


def loan_get(loan_id: uuid.UUID, membership: Membership, *, lock: bool = False) -> Loan:
    """A loan that the member's organization takes part in. Refused (not_found)."""
    rows = Loan.objects.select_related("borrower", "bank", "appraiser", "pool", "deal")
    if lock:
        rows = rows.select_for_update(of=("self",))
    loan = rows.filter(pk=loan_id).first()
    if loan is None or not roles_of(loan, membership.organization):
        raise Refusal("not_found", _("There is no such loan."))
    return loan


def loans_for(organization: Organization) -> QuerySet[Loan]:
    """The loans an organization takes part in, the latest first."""
    own = Q(borrower=organization)
    seen = Q(bank=organization) | Q(appraiser=organization) | Q(pool__operator=organization)
    submitted = Q(pk__in=LoanStep.objects.filter(event="submit").values("loan_id"))
    rows = Loan.objects.filter(own | (seen & submitted)).select_related("borrower", "bank", "appraiser", "pool")
    return rows.prefetch_related("patents")


def parties_loan(key: str) -> set[int]:
    """Whom a loan's records concern."""
    row = Loan.objects.filter(pk=key).values_list("borrower_id", "bank_id", "appraiser_id", "pool__operator_id").first()
    return {pk for pk in row or () if pk is not None}


def parties_pool(key: str) -> set[int]:
    """Whom a pool's records concern."""
    pool = Pool.objects.filter(pk=key).prefetch_related("members").first()
    return {pool.operator_id, *(member.organization_id for member in pool.members.all())} if pool else set()


def policy_values(bank: Organization) -> Mapping[str, Any]:
    """The bank's own rules in force, empty where it set none."""
    found = CreditPolicy.objects.filter(bank=bank, approved_at__isnull=False).order_by("approved_at", "pk").last()
    return found.values if found else {}


def policy_for(loan: Loan) -> Policy:
    """The bank's rules for a loan: those of its approval, before it those in force."""
    return policy_of(parameters(), loan.policy or policy_values(loan.bank))


def pool_terms(pool: Pool) -> PoolTerms:
    """The pool's terms as the engine reads them; members by `member/ID`."""
    shares = {BANK: Fraction(pool.bank_share)} | {f"member/{one.pk}": Fraction(one.share) for one in pool.members.all()}
    return PoolTerms(
        shares=shares, loan_cap_fen=pool.loan_cap_fen, leverage=Fraction(pool.leverage), stop_loss=Fraction(pool.stop_loss), claim_days=pool.claim_days
    )  # fmt: skip


def pool_balances(pool: Pool) -> dict[int, int]:
    """What lies in the pool by member, from the books."""
    rows = LedgerAccount.objects.filter(owner=f"pool/{pool.pk}", purpose="risk_pool")
    return {int(row.ref): row.credits_posted_fen - row.debits_posted_fen - row.debits_pending_fen for row in rows if row.ref.isdigit()}


def pool_covered(pool: Pool) -> int:
    """Principal outstanding of the loans that the pool covers now."""
    return pool.loans.filter(state__in=OWED - {"compensated"}).aggregate(sum=Sum("balance_fen"))["sum"] or 0


def pool_paid(pool: Pool) -> int:
    """What the members have paid out, recoveries not deducted."""
    paid = pool.claims.exclude(state="refused").filter(parts__member__isnull=False).aggregate(sum=Sum("parts__amount_fen"))["sum"]
    return paid or 0


def claim_paid(claim: PoolClaim) -> int:
    """What the members have paid on one claim."""
    return claim.parts.filter(member__isnull=False).aggregate(sum=Sum("amount_fen"))["sum"] or 0


def pool_granted(pool: Pool) -> int:
    """Principal of every loan the pool ever covered and that was drawn."""
    return pool.loans.filter(drawn_on__isnull=False).aggregate(sum=Sum("principal_fen"))["sum"] or 0


def pool_figures(pool: Pool) -> dict[str, Any]:
    """Capital, exposure, leverage used, paid out, recovered, and whether the stop-loss holds."""
    terms = pool_terms(pool)
    capital = sum(pool_balances(pool).values())
    exposed = exposure(pool_covered(pool), terms)
    paid, granted = pool_paid(pool), pool_granted(pool)
    back = pool.claims.filter(parts__member__isnull=False).aggregate(sum=Sum("parts__recovered_fen"))["sum"] or 0
    return {
        "capital_fen": capital, "exposure_fen": exposed, "room_fen": max(0, int(terms.leverage * capital) - exposed), "paid_fen": paid,
        "recovered_fen": back, "granted_fen": granted, "stopped": stopped(paid, granted, terms), "leverage": exposed / capital if capital else None,
    }  # fmt: skip


def pools_for(organization: Organization) -> QuerySet[Pool]:
    """The pools an organization operates or bears a part of."""
    return Pool.objects.filter(Q(operator=organization) | Q(members__organization=organization)).distinct().select_related("operator")


def pool_get(pool_id: uuid.UUID, membership: Membership, *, lock: bool = False) -> Pool:
    """A pool that the member's organization operates or bears a part of. Refused (not_found)."""
    rows = Pool.objects.select_for_update() if lock else Pool.objects.select_related("operator")
    pool = rows.prefetch_related(Prefetch("members")).filter(pk=pool_id).first()
    own = membership.organization_id
    if pool is None or (pool.operator_id != own and all(one.organization_id != own for one in pool.members.all())):
        raise Refusal("not_found", _("There is no such pool."))
    return pool
