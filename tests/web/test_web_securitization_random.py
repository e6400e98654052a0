"""Random lives of a securitization: collections, defaults, shortfalls, replacements; after each step room and ledger agree and the books sum to zero."""

import datetime as dt
import uuid

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.securitization.workflow import LIVE
from langqiao.web.deals.money import available_fen
from langqiao.web.ledger.models import LedgerAccount
from langqiao.web.securitization import clock, collected
from langqiao.web.securitization.books import reconciled
from langqiao.web.securitization.models import PaidLine, PaidPart
from langqiao.web.securitization.selectors import performing_fen, period_now
from tests.web.securitization_world import MILLION, TERMS, SecuritizationWorld, receipt, trial_balance

pytestmark = [pytest.mark.books, pytest.mark.django_db, pytest.mark.usefixtures("facts_lake")]
REFUSED = {
    "collection_unfit", "collections_unmatched", "ledger_overdrawn", "shortfall_not_called", "support_money_missing", "step_not_possible",
    "no_shortfall", "notes_outstanding",
}  # fmt: skip
KINDS = ("short", "due", "more")


class SecuritizationMachine(RuleBasedStateMachine):
    """An outstanding issue of six dates; a model of plain sums walks along: money of all who take part is neither made nor lost."""

    world = deal = total = None

    def __init__(self):
        super().__init__()
        self.inside = transaction.atomic()
        self.inside.__enter__()
        self.day = clock.today
        self.balances = [one.balance_fen for one in self.deal.tranches.all()]
        self.world.at(self.deal.issued_on)
        self.deal.refresh_from_db()

    def teardown(self):
        transaction.set_rollback(True)
        self.inside.__exit__(None, None, None)
        clock.today = self.day

    def attempt(self, act, *args, **kwargs):
        """A step that happens whole or is refused with a known code and leaves nothing behind."""
        before = self.cash()
        try:
            with transaction.atomic():
                act(*args, **kwargs)
        except Refusal as refused:
            assert refused.code in REFUSED, refused.code  # noqa: PT017 - the code is part of the property
            assert self.cash() == before
        self.deal.refresh_from_db()

    def cash(self):
        """Every account that holds cash: of the clients and of the vehicle."""
        purposes = ("client_money", "pool_cash", "reserve", "tax_payable", "tranche_interest", "tranche_principal", "issue_proceeds")
        rows = LedgerAccount.objects.filter(purpose__in=purposes)
        return {row.id: row.credits_posted_fen - row.debits_posted_fen for row in rows}

    def open(self):
        period = period_now(self.deal)
        return period is not None and period.state == "open" and self.deal.state in LIVE

    @precondition(lambda self: self.open())
    @rule(nth=st.integers(0, 10), kind=st.sampled_from(KINDS), part=st.integers(1, 100), named=st.booleans())
    def collect(self, nth, kind, part, named):
        assets = list(self.deal.assets.order_by("pk"))
        asset = assets[nth % len(assets)]
        period = period_now(self.deal)
        owed = sum(
            f.principal_fen + f.interest_fen - f.paid_principal_fen - f.paid_interest_fen
            for f in asset.flows.all()
            if f.due_on <= period.until
        )
        amount = {"short": owed * part // 100, "due": owed, "more": owed + asset.performing_fen * part // 100}[kind] or part
        name = asset.claim if named or asset.active else "谁也不是"
        self.attempt(self.world.collect, self.deal, [receipt(name, period.until, amount)])

    @precondition(lambda self: self.open())
    @rule(nth=st.integers(0, 10))
    def default(self, nth):
        asset = list(self.deal.assets.order_by("pk"))[nth % 11]
        self.attempt(collected.asset_default, asset.pk, membership=self.world.lessor[0], reason="随机")

    @precondition(lambda self: self.open())
    @rule(back=st.booleans())
    def settle(self, back):
        for one in period_now(self.deal).collections.filter(asset=None, returned_why=""):
            claim = self.deal.assets.filter(active=True).first()
            if back or claim is None:
                self.attempt(collected.collection_return, one.pk, membership=self.world.lessor[0], why="错汇")
            else:
                self.attempt(collected.collection_match, one.pk, membership=self.world.lessor[0], claim=claim.claim)

    @precondition(lambda self: self.open())
    @rule()
    def report(self):
        self.attempt(self.world.report, self.deal)

    @precondition(lambda self: period_now(self.deal) is not None and period_now(self.deal).state == "reported")
    @rule(support=st.booleans())
    def pay(self, support):
        period = period_now(self.deal)
        if period.call_fen:
            self.attempt(self.world.step, self.deal, "call", self.world.trustee[0])
            if support:
                self.attempt(self.world.both, self.deal, "support", self.world.guarantor)
            else:
                self.world.at(clock.today() + dt.timedelta(days=6))
                self.attempt(self.world.step, self.deal, "lapse", self.world.trustee[0])
        self.attempt(self.world.both, self.deal, "pay", self.world.trustee)

    @rule()
    def early(self):
        self.attempt(self.world.both, self.deal, "pay", self.world.trustee)

    @invariant()
    def room_and_ledger_agree_and_the_books_sum_to_zero(self):
        period = period_now(self.deal)
        open_cash = sum(one.amount_fen for one in period.collections.exclude(asset=None)) + (period.support_fen or 0) if period else 0
        rows = reconciled(self.deal, performing_fen=performing_fen(self.deal), collected_open_fen=open_cash)
        assert [(one.what, one.room_fen) for one in rows] == [(one.what, one.ledger_fen) for one in rows]
        assert trial_balance() == 0 and sum(self.cash().values()) == self.total

    @invariant()
    def balances_only_fall_and_no_junior_holder_is_repaid_before_the_senior_one(self):
        now = [one.balance_fen for one in self.deal.tranches.all()]
        assert all(new <= old for new, old in zip(now, self.balances, strict=True))
        if now[0]:
            assert now[1] == self.balances[1]
        self.balances = now

    @invariant()
    def every_line_is_what_its_holders_got(self):
        for line in PaidLine.objects.filter(period__transaction=self.deal, tranche__isnull=False):
            assert sum(PaidPart.objects.filter(line=line).values_list("amount_fen", flat=True)) == line.amount_fen


@pytest.mark.slow
def test_random_lives_keep_cash_books_and_seniority(monkeypatch):
    world = SecuritizationWorld(monkeypatch)
    terms = TERMS | {"periods": 6, "tax_rate": 0.03, "support": {"limit": "5000000.00"}}
    deal = world.brought("issued", terms=terms)
    assert available_fen(world.bank[0].organization) == 200 * MILLION and uuid.UUID(str(deal.pk))
    SecuritizationMachine.world, SecuritizationMachine.deal = world, deal
    purposes = ("client_money", "pool_cash", "reserve", "tax_payable")
    SecuritizationMachine.total = sum(
        row.credits_posted_fen - row.debits_posted_fen for row in LedgerAccount.objects.filter(purpose__in=purposes)
    )
    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    run_state_machine_as_test(
        SecuritizationMachine, settings=settings(max_examples=8, stateful_step_count=20, deadline=None, suppress_health_check=checks)
    )
