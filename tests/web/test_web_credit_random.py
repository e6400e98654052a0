"""Random lives of loans: applications, payments, missed days, lapses, claims, recoveries; after each step books, plan, pool and record agree."""

import datetime as dt
import uuid

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from langqiao.engine.credit.monitoring import Seen
from langqiao.engine.credit.policy import policy_of
from langqiao.engine.kernel.refusal import Refusal
from langqiao.rules import parameters
from langqiao.web.credit import clock, services, watch
from langqiao.web.credit.judged import judgment
from langqiao.web.credit.models import ClaimPart, Loan, LoanStep, PoolClaim
from langqiao.web.credit.plan import interest_open
from langqiao.web.credit.selectors import pool_balances, pool_terms
from langqiao.web.ledger.models import LedgerAccount, Transfer
from tests.web.credit_world import KEY, PRINCIPAL, CreditWorld, balance, trial_balance

pytestmark = [pytest.mark.books, pytest.mark.django_db, pytest.mark.usefixtures("facts_lake")]
AMOUNTS = st.one_of(st.integers(1, 10_000), st.integers(1, PRINCIPAL // 2), st.sampled_from([PRINCIPAL // 12, PRINCIPAL, PRINCIPAL - 1]))
EVENTS = {
    "pay": "borrower", "repay": "borrower", "enforce": "bank", "collect": "bank", "claim": "bank", "classify": "bank", "write_off": "bank",
    "close": "bank", "compensate": "fund", "compensate_part": "fund", "end_claim": "fund", "release_part": "bank", "take_proceeds": "bank",
}  # fmt: skip
REFUSED = {
    "repayment_above_balance", "step_not_possible", "claim_before_enforcement", "already_compensated", "pool_balance_insufficient",
    "compensation_above_claim", "claim_not_begun", "pledge_still_registered", "ledger_overdrawn", "class_too_good", "collateral_release_above_limit",
    "proceeds_missing", "loan_not_in_pool", "foreclosure_clause_without_effect",
}  # fmt: skip
RIGHTS = {
    "well": Seen(alive=True, status="in_force"),
    "missed": Seen(alive=True, status="grace", troubles=frozenset({"annuity_missed"})),
    "attacked": Seen(alive=True, status="in_force", troubles=frozenset({"under_invalidation"})),
    "lapsed": Seen(alive=False, status="lapsed"),
}


class LoanMachine(RuleBasedStateMachine):
    """One drawn loan in a pool; whatever is asked happens whole or is refused with a known code and leaves nothing behind."""

    world = loan = None

    def __init__(self):
        super().__init__()
        self.inside = transaction.atomic()
        self.inside.__enter__()
        self.world.at(self.loan.drawn_on)
        self.right = "well"

    def teardown(self):
        transaction.set_rollback(True)
        self.inside.__exit__(None, None, None)

    @rule(days=st.sampled_from([0, 1, 10, 30, 31, 95]))
    def days_go_by(self, days):
        self.world.at(clock.today() + dt.timedelta(days=days))
        watch.alarms_raise({KEY: RIGHTS[self.right]}, clock.today())
        watch.steps_take(clock.today())
        watch.interest_accrue(clock.today())

    @rule(right=st.sampled_from(sorted(RIGHTS)))
    def the_register_speaks(self, right):
        if self.right != "lapsed":
            self.right = right
        watch.alarms_raise({KEY: RIGHTS[self.right]}, clock.today())

    @rule(event=st.sampled_from(sorted(EVENTS)), amount=AMOUNTS, way=st.sampled_from(["auction", "sale", "title_transfer"]))
    def somebody_acts(self, event, amount, way):
        pair = getattr(self.world, EVENTS[event])
        fields = {
            "pay": {"amount_fen": amount}, "enforce": {"enforced_by": way}, "collect": {"amount_fen": amount, "cost_fen": amount // 7, "evidence": "R"},
            "classify": {"quality": "loss", "reason": "r"}, "compensate_part": {"amount_fen": amount}, "end_claim": {"reason": "r"},
            "release_part": {"patent": KEY, "notice": "n", "reason": "r"}, "take_proceeds": {"deal": "x"},
        }.get(event, {})  # fmt: skip
        before = (Transfer.objects.count(), LoanStep.objects.count())
        try:
            with transaction.atomic():
                services.loan_request(self.loan.pk, event, membership=pair[0], fields=fields)
                services.loan_advance(self.loan.pk, event, membership=pair[1], key=str(uuid.uuid4()))
        except Refusal as refused:
            assert refused.code in REFUSED, refused.code  # noqa: PT017 - the code is part of the property
            assert (Transfer.objects.count(), LoanStep.objects.count()) == before

    @rule()
    def an_application_on_the_pledged_right_is_refused(self):
        if Loan.objects.get(pk=self.loan.pk).deal.state != "registered":
            return
        with transaction.atomic():
            other = self.world.apply()
            self.world.step(other, "submit", self.world.borrower[0])
            appraiser = str(self.world.appraiser[0].organization_id)
            try:
                self.world.step(other, "admit", self.world.bank[0], appraiser=appraiser)
            except Refusal as refused:
                codes = {refused.code, *refused.facts.get("also", ())}
                assert codes & {"already_pledged", "right_not_in_force"}
            else:
                pytest.fail("a right was pledged twice")
            transaction.set_rollback(True)

    @invariant()
    def the_books_balance_and_no_account_is_overdrawn(self):
        assert trial_balance() == 0
        rows = LedgerAccount.objects.all()
        assert all(row.credits_posted_fen >= row.debits_posted_fen for row in rows if row.debits_limited)
        assert all(row.debits_posted_fen >= row.credits_posted_fen for row in rows if row.credits_limited)

    @invariant()
    def the_loan_is_what_its_plan_and_its_books_say(self):
        """P8, I46, I57: Σ principal = what was lent; the balance is open principal, never below zero, and the claim's accounts sum to the recourse."""
        loan = Loan.objects.get(pk=self.loan.pk)
        owner, rows = f"loan/{loan.pk}", list(loan.installments.all())
        open_principal = sum(row.principal_fen - row.paid_principal_fen for row in rows)
        prepaid = sum(step.facts.get("prepaid_fen", 0) for step in loan.steps.filter(event__in=("pay", "repay", "take_proceeds")))
        assert sum(row.principal_fen for row in rows) + prepaid == PRINCIPAL or loan.state in {"repaid", "released"}
        assert loan.balance_fen == balance(owner, "loans") >= 0
        if loan.state in {"active", "margin_called", "accelerated", "defaulted", "enforcing"}:
            assert loan.balance_fen == open_principal
        if loan.state in {"repaid", "released"}:
            assert loan.balance_fen == 0 == interest_open(loan)
        assert balance(owner, "loan_interest") == interest_open(loan) >= 0
        assert len(rows) <= 12 and all(row.due_on <= rows[-1].due_on for row in rows)
        recourse = sum(
            row.debits_posted_fen - row.credits_posted_fen for row in LedgerAccount.objects.filter(purpose="recourse_receivable")
        )
        own = ("loans", "loan_interest", "loan_funding", "loan_income", "loan_loss")
        assert sum(balance(owner, purpose) for purpose in own) + recourse == 0

    @invariant()
    def loan_to_value_falls_as_value_rises_and_no_collateral_left_above_the_line(self):
        """P9: the judgment is monotone in the value, and the pledge holds its patent unless a release was within the limit."""
        loan = Loan.objects.get(pk=self.loan.pk)
        patents, policy = list(loan.patents.all()), policy_of(parameters(), loan.policy)
        assert [one.key for one in patents] == [KEY] and not loan.releases.exists()
        before = judgment(loan, patents, policy)
        for one in patents:
            one.value_fen += 100_000_00
        after = judgment(loan, patents, policy)
        assert before.ltv is None or after.ltv is None or after.ltv <= before.ltv

    @invariant()
    def the_pool_pays_by_its_shares_within_its_cap_and_gets_back_by_the_same(self):
        """P14, I59, I60, I62, I64: parts sum to the loss, members' parts stay below the cap, recoveries keep the proportions, no second claim."""
        pool = self.world.pool
        terms = pool_terms(pool)
        for claim in PoolClaim.objects.all():
            parts = list(ClaimPart.objects.filter(claim=claim))
            assert sum(part.amount_fen for part in parts) == claim.settled_fen <= claim.loss_fen
            assert sum(part.amount_fen for part in parts if part.member_id) <= terms.loan_cap_fen
            assert claim.state != "paid" or claim.settled_fen == claim.loss_fen
            back, borne = sum(part.recovered_fen for part in parts), sum(part.amount_fen for part in parts)
            steps = LoanStep.objects.filter(loan=claim.loan, event="collect").count() + 1
            assert all(abs(part.recovered_fen * borne - part.amount_fen * back) <= borne * steps for part in parts)
        assert PoolClaim.objects.exclude(state="refused").count() <= 1
        moved = sum(part.amount_fen - part.recovered_fen for part in ClaimPart.objects.filter(member__isnull=False))
        assert sum(pool_balances(pool).values()) == self.world.filled_fen - moved


def test_any_life_of_a_loan_keeps_plan_books_pool_and_collateral_whole(monkeypatch):
    world = CreditWorld(monkeypatch)
    world.open_pool(capital_fen=120_000_00, cap_fen=150_000_00, leverage="100")
    world.filled_fen = 120_000_00
    loan = world.brought("active")
    made = {"world": world, "loan": loan}
    bounds = settings(max_examples=12, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    run_state_machine_as_test(type("LoanMachineOf", (LoanMachine,), made), settings=bounds)
