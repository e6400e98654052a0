"""Random sequences of calls, receipts, payments, proceeds and distributions: the books balance and reconcile after each step, and money is conserved."""

import datetime as dt

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.funds import books, defaults, distributing, reports, terms, worth
from langqiao.web.funds.models import Order
from langqiao.web.ledger.models import Transfer
from langqiao.web.ledger.selectors import trial_balance
from tests.web.funds_life_world import LifeWorld, day
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


LIFE_REFUSED = REFUSED | {
    "call_not_late",
    "clawback_not_agreed",
    "deal_proceeds_missing",
    "default_not_declared",
    "default_running",
    "escrow_needed",
    "grace_running",
    "later_close_not_possible",
    "mark_missing",
    "name_taken",
    "not_liquidated",
    "period_closed",
}


class LifeMachine(RuleBasedStateMachine):
    """A fund whose days pass: later partners, defaults, fees, marks, valuations, escrow and clawback beside the plain movements."""

    world = other = project = None

    def __init__(self):
        super().__init__()
        self.inside = transaction.atomic()
        self.inside.__enter__()
        self.on, self.whole, self.entered = day(0, 6), 0, 0

    def teardown(self):
        transaction.set_rollback(True)
        self.inside.__exit__(None, None, None)

    def attempt(self, run, *args, **more):
        """Happens whole or is refused with a known code and leaves nothing behind; None where it was refused."""
        before = Order.objects.count()
        try:
            with transaction.atomic():
                return run(*args, **more)
        except Refusal as refused:
            assert refused.code in LIFE_REFUSED, refused.code  # noqa: PT017 - the code is part of the property
            assert Order.objects.count() == before
            return None

    def move(self, kind, amount=0, **more):
        return self.attempt(self.world.do, kind, amount, on=self.on, **more)

    def partner(self, nth):
        found = list(self.world.fund.partners.all())
        return found[nth % len(found)]

    @rule(days=st.integers(1, 200))
    def wait(self, days):
        self.on += dt.timedelta(days=days)

    @rule(amount=AMOUNTS, days=st.integers(0, 40))
    def call(self, amount, days):
        self.move("call", amount, due_on=self.on + dt.timedelta(days=days))

    @rule(nth=st.integers(0, 4), whole=st.booleans(), amount=AMOUNTS)
    def receive(self, nth, whole, amount):
        found = self.partner(nth)
        owed = next(account.open_fen for account in books.partner_accounts(self.world.fund) if account.partner == found)
        self.move("receipt", owed if whole and owed else amount, partner=found.pk)

    @rule()
    def everybody_pays(self):
        for account in books.partner_accounts(self.world.fund):
            if account.open_fen:
                self.move("receipt", account.open_fen, partner=account.partner.pk)

    @rule(amount=AMOUNTS)
    def enter(self, amount):
        self.entered += 1
        newcomer = self.attempt(self.world.newcomer, f"后来者{self.entered}", amount)
        if newcomer is not None:
            cash = books.cash_fen(self.world.fund)
            self.move("equalization", newcomer=newcomer.pk)
            assert books.cash_fen(self.world.fund) == cash

    @rule(nth=st.integers(0, 4))
    def fall_into_default(self, nth):
        late = [owed.share for owed in defaults.owed_by(self.partner(nth), self.on) if owed.standing == "late"]
        if late:
            self.attempt(self.world.default, late[0], self.on)

    @rule(nth=st.integers(0, 4), kind=st.sampled_from(["late_interest", "forfeiture", "release"]))
    def deal_with_default(self, nth, kind):
        self.move(kind, partner=self.partner(nth).pk)

    @rule(kind=st.sampled_from(["fee_accrual", "fee"]))
    def charge(self, kind):
        self.move(kind)

    @rule(amount=st.integers(1, YI // 100))
    def spend(self, amount):
        self.move("expense", amount)

    @rule(amount=AMOUNTS, share=st.integers(0, 100))
    def realize(self, amount, share):
        cost = books.cost_fen(self.world.fund, self.project.pk) * share // 100
        self.move("proceeds", amount, project=self.project.pk, cost_fen=cost)

    @rule(amount=AMOUNTS, part=st.integers(1, 4))
    def distribute(self, amount, part):
        free = books.books_of(self.world.fund).free_fen // part
        order = self.move("distribution", free or amount, project=self.project.pk)
        if order is not None:
            self.whole += order.amount_fen
            assert sum(share.amount_fen for share in order.shares.all()) + order.result["carry_fen"] == order.amount_fen
            assert sum(share.parts.get("concession_fen", 0) for share in order.shares.all()) == 0

    @rule(fair=AMOUNTS)
    def value(self, fair):
        if not self.world.fund.marks.filter(on=self.on).exists():
            self.attempt(self.world.mark, self.project, self.on, fair)
        before = self.world.fund.valuations.filter(state="approved").order_by("-on").first()
        found = self.attempt(self.world.value, self.on)
        if found is not None:
            steps = sum(amount for _name, amount in worth.bridge(before.body if before else None, found.body))
            assert (before.partners_fen if before else 0) + steps == found.partners_fen
            if found.partners_fen > 0 and books.partner_accounts(self.world.fund, self.on)[0].weight_fen > 0:
                assert sum(found.body["by_partner"].values()) == found.partners_fen

    @rule()
    def claw_back(self):
        if self.move("clawback") is not None:
            agreement = terms.terms_on(self.world.fund, self.on).agreement
            received = -books.books_of(self.world.fund).total("accrued_carry")
            assert received == distributing.entitled_carry(self.world.fund, agreement, on=self.on, worth=0)

    @invariant()
    def everything_reconciles(self):
        fund = self.world.fund
        ledger = books.books_of(fund)
        lines = trial_balance(owner=fund.owner)
        assert sum(line.debits_fen for line in lines) == sum(line.credits_fen for line in lines)
        assert {line.account.pot for line in lines} <= {"fund"}
        assert not trial_balance(owner=self.other.fund.owner)
        mixed = Transfer.objects.exclude(debit__owner=fund.owner) | Transfer.objects.exclude(credit__owner=fund.owner)
        assert not mixed.exists()
        accounts = books.partner_accounts(fund, books=ledger)
        figures = books.fund_figures(fund, accounts, books=ledger)
        assert figures.difference_fen == 0
        assert figures.distributed_fen + figures.carry_fen == self.whole
        assert ledger.free_fen >= 0 and figures.cost_fen >= 0 and figures.escrow_fen >= 0
        assert ledger.total("equalization_interest") == 0
        assert sum(account.moved_fen for account in accounts) == 0
        assert all(account.unfunded_fen >= 0 and account.open_fen >= 0 for account in accounts)
        assert not [proof.code for proof in reports.proofs(fund, self.on) if proof.difference_fen]


@pytest.mark.parametrize("kind", ["european", "american", "layered"])
def test_any_sequence_over_the_years_keeps_the_books_whole(kind):
    def body(members):
        more = {"kind": kind, "fee_rate": "0.02", "fee_rate_after": "0.01", "forfeit_share": "0.3", "escrow_share": "0.4", "grace_days": 30}
        if kind == "layered":
            return more | {"senior": [str(members[2].pk)], "senior_rate": "0.06"}
        given = {"partner": str(members[1].pk), "hurdle_rate": "0.03", "share": "0.5", "decided_by": "leading group"}
        return more | {"concession": given, "recycling_cap": "1.2", "recycling_months": 24}

    world = LifeWorld(commitments=(YI // 100 + 1, 2 * YI + 7, YI), body=body)
    world.call_in(YI, day(0, 4))
    project = world.held(amount_fen=YI // 3, on=day(0, 5))
    made = {"world": world, "other": LifeWorld(prefix="other-"), "project": project}
    bounds = settings(max_examples=5, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    run_state_machine_as_test(type("LifeMachineOf", (LifeMachine,), made), settings=bounds)
