"""Guarantees of pledge loans: the bank claims after the default, for its own part by the pool's split, and never for more than it has lost."""

import datetime as dt
import uuid

import pytest

from langqiao.engine.credit.compensation import BANK, claim_parts
from langqiao.web.credit import clock as loan_clock
from langqiao.web.credit import watch
from langqiao.web.credit.models import Loan
from langqiao.web.credit.selectors import pool_terms
from langqiao.web.deals.money import available_fen
from langqiao.web.insurance import clock, quoting, services, tariffs
from langqiao.web.insurance.selectors import loan_loss
from tests.web.credit_world import CreditWorld, lapses
from tests.web.deals_world import code_of
from tests.web.insurance_world import LOAN_SEVERITY, rated, trial_balance

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("facts_lake")]


class GuaranteeWorld(CreditWorld):
    """A loan world whose insurer guarantees loans."""

    def at(self, day):
        super().at(day)
        self.monkeypatch.setattr(clock, "today", lambda: day)

    def product(self):
        made = tariffs.product_open(membership=self.insurer[0], kind="pledge_guarantee", name="保证保险")
        values = rated(severity=LOAN_SEVERITY, deductible_fen="0", coinsurance="0", waiting_days="0")
        tariff = tariffs.tariff_ask(made.pk, membership=self.insurer[0], values=values, since=clock.today())
        tariffs.tariff_approve(tariff.pk, membership=self.insurer[1])
        return made

    def quote(self, product, loan):
        fields = {"product": str(product.pk), "loan": str(loan.pk), "since": clock.today().isoformat()}
        return quoting.quote_make(membership=self.borrower[0], fields=fields)

    def policy_both(self, policy, event, pair):
        services.policy_request(policy.pk, event, membership=pair[0])
        services.policy_advance(policy.pk, event, membership=pair[1], key=str(uuid.uuid4()))

    def insured(self, loan):
        policy = self.quote(self.product(), loan)
        services.policy_advance(policy.pk, "accept", membership=self.borrower[0], key=str(uuid.uuid4()))
        self.policy_both(policy, "underwrite", self.insurer)
        self.policy_both(policy, "pay", self.borrower)
        policy.refresh_from_db()
        return policy

    def claim_both(self, claim, event, **fields):
        services.claim_request(claim.pk, event, membership=self.insurer[0], fields=fields)
        services.claim_advance(claim.pk, event, membership=self.insurer[1], key=str(uuid.uuid4()))
        claim.refresh_from_db()

    def default(self, loan):
        self.months_on(loan, 1)
        lapses(loan_clock.today())
        watch.loans_watch()
        self.at(loan_clock.today() + dt.timedelta(days=16))
        watch.loans_watch()
        loan.refresh_from_db()
        assert loan.state == "defaulted"


@pytest.fixture
def world(monkeypatch):
    return GuaranteeWorld(monkeypatch)


def test_a_default_enables_the_bank_s_claim_for_its_own_part_by_the_pool_s_split(world):
    world.open_pool()
    loan = world.brought("active")
    policy = world.insured(loan)
    own = claim_parts(loan.balance_fen, pool_terms(loan.pool))[BANK]
    assert policy.limit_fen == own and policy.beneficiary == loan.bank
    assert code_of(world.quote, policy.tariff.product, loan) == "loan_not_insurable"
    given = {"incident_on": clock.today().isoformat(), "description": "违约 default"}
    assert code_of(services.claim_notify, policy.pk, membership=world.borrower[0], fields=given) == "claim_not_possible"
    assert code_of(services.claim_notify, policy.pk, membership=world.buyer[0], fields=given) == "not_found"
    early = services.claim_notify(policy.pk, membership=world.bank[0], fields=given)
    services.claim_advance(early.pk, "reserve", membership=world.insurer[0], key="early", fields={"reserve_fen": 100, "reason": "x"})
    assert code_of(services.claim_request, early.pk, "approve", membership=world.insurer[0]) == "loan_not_in_default"
    world.default(loan)
    lost = claim_parts(Loan.objects.get(pk=loan.pk).balance_fen, pool_terms(loan.pool))[BANK]
    given["incident_on"] = clock.today().isoformat()
    claim = services.claim_notify(policy.pk, membership=world.bank[0], fields=given)
    assert claim.claimed == {"loss_fen": lost} and claim.claimant == loan.bank
    services.claim_advance(claim.pk, "reserve", membership=world.insurer[0], key="once", fields={"reserve_fen": lost, "reason": "default"})
    before = available_fen(loan.bank), available_fen(world.borrower[0].organization)
    world.claim_both(claim, "approve")
    assert claim.payment_fen == min(lost, policy.limit_fen)
    world.claim_both(claim, "settle")
    assert (available_fen(loan.bank) - before[0], available_fen(world.borrower[0].organization)) == (claim.payment_fen, before[1])
    assert loan_loss(Loan.objects.get(pk=loan.pk)) == lost - claim.payment_fen and trial_balance() == 0
    assert code_of(services.claim_request, early.pk, "approve", membership=world.insurer[0]) in {"loan_not_in_default", "nothing_payable"}


def test_without_a_pool_the_whole_balance_is_the_bank_s_loss(world):
    loan = world.brought("active")
    policy = world.insured(loan)
    world.default(loan)
    assert loan_loss(loan) == loan.balance_fen == policy.limit_fen
