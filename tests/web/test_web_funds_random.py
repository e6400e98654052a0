"""Random sequences of calls, receipts, payments, proceeds and distributions: the books balance and reconcile after each step, and money is conserved."""

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.funds import books
from langqiao.web.funds.models import Order
from langqiao.web.ledger.selectors import trial_balance
from tests.web.funds_world import YI, FundWorld

pytestmark = [pytest.mark.books, pytest.mark.django_db, pytest.mark.usefixtures("facts_lake")]
AMOUNTS = st.one_of(st.integers(1, 1_000), st.integers(1, YI // 2), st.sampled_from([YI // 3, YI - 1, 2 * YI]))
REFUSED = {
    "call_above_commitment",
    "call_not_open",
    "cash_missing",
    "cost_above_book",
    "committee_decision_missing",
    "ledger_overdrawn",
    "step_not_possible",
}


class FundMachine(RuleBasedStateMachine):
    """A closed fund with one project in hand, beside a second fund that nothing may touch; a model of plain sums walks along."""

    world = other = partners = project = None

    def __init__(self):
        super().__init__()
        self.inside = transaction.atomic()
        self.inside.__enter__()
        self.sums = dict.fromkeys(("call", "receipt", "disbursement", "proceeds", "distribution", "cost"), 0)

    def teardown(self):
        transaction.set_rollback(True)
        self.inside.__exit__(None, None, None)

    def attempt(self, kind, amount, **more):
        """A movement that either happens whole or is refused with a known code and leaves nothing behind."""
        before = Order.objects.count()
        try:
            with transaction.atomic():
                self.world.do(kind, amount, **more)
        except Refusal as refused:
            assert refused.code in REFUSED, refused.code  # noqa: PT017 - the code is part of the property
            assert Order.objects.count() == before
            return
        self.sums[kind] += amount
        self.sums["cost"] += more.get("cost_fen", 0)

    @rule(amount=AMOUNTS)
    def call(self, amount):
        self.attempt("call", amount, due_on=timezone.localdate())

    @rule(amount=AMOUNTS, nth=st.integers(0, 2), whole=st.booleans())
    def receive(self, amount, nth, whole):
        owed = books.partner_accounts(self.world.fund)[nth].open_fen
        self.attempt("receipt", owed if whole and owed else amount, partner=self.partners[nth].pk)

    @rule(amount=AMOUNTS)
    def pay(self, amount):
        self.attempt("disbursement", amount, project=self.project.pk)

    @precondition(lambda self: self.sums["disbursement"])
    @rule(amount=AMOUNTS, share=st.integers(0, 100))
    def realize(self, amount, share):
        cost = books.cost_fen(self.world.fund, self.project.pk) * share // 100
        self.attempt("proceeds", amount, project=self.project.pk, cost_fen=cost)

    @rule(amount=AMOUNTS, whole=st.booleans())
    def distribute(self, amount, whole):
        cash = books.cash_fen(self.world.fund)
        self.attempt("distribution", cash if whole and cash else amount)

    @invariant()
    def the_books_balance_and_reconcile(self):
        fund = self.world.fund
        lines = trial_balance(owner=fund.owner)
        assert sum(line.debits_fen for line in lines) == sum(line.credits_fen for line in lines)
        assert not trial_balance(owner=self.other.fund.owner)
        accounts = books.partner_accounts(fund)
        figures = books.fund_figures(fund, accounts)
        sums = self.sums
        assert figures.difference_fen == 0
        assert (figures.called_fen, figures.paid_fen) == (sums["call"], sums["receipt"])
        assert figures.cash_fen == sums["receipt"] + sums["proceeds"] - sums["disbursement"] - sums["distribution"] >= 0
        assert figures.cost_fen == sums["disbursement"] - sums["cost"] >= 0
        assert figures.distributed_fen + figures.carry_fen == sums["distribution"]
        assert all(account.called_fen <= account.partner.commitment_fen and account.open_fen >= 0 for account in accounts)
        profit = max(sums["distribution"] - sums["receipt"], 0)
        assert figures.carry_fen * 5 <= profit + 5


def test_any_sequence_of_movements_keeps_the_books_whole():
    world = FundWorld(charter={"quorum": "1/2"})
    partners = world.closed(YI // 100 + 1, 2 * YI + 7, YI)
    world.seats(*world.experts)
    project = world.at_committee(amount_fen=YI // 2)
    world.passed(project)
    world.signed(project)
    made = {"world": world, "other": FundWorld(prefix="other-"), "partners": partners, "project": project}
    bounds = settings(max_examples=8, stateful_step_count=10, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    run_state_machine_as_test(type("FundMachineOf", (FundMachine,), made), settings=bounds)
