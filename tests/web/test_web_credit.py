"""Loans on patents on the site: from application over registration and drawdown to release, and what is refused on the way."""

import pytest

from langqiao.web.deals.money import available_fen
from tests.web.credit_world import PRINCIPAL, CreditWorld, balance, trial_balance
from tests.web.deals_world import code_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("facts_lake")]


@pytest.fixture
def world(monkeypatch):
    return CreditWorld(monkeypatch)


def test_a_loan_goes_from_application_to_release_and_the_books_balance_after_each_step(world):
    loan = world.brought("active")
    assert balance(f"loan/{loan.pk}", "loans") == PRINCIPAL == loan.balance_fen
    bank, month = world.bank[0].organization, PRINCIPAL // 12
    before = available_fen(bank)
    world.months_on(loan, 1)
    world.both(loan, "pay", world.borrower, amount_fen=month + 2_000_00)
    loan.refresh_from_db()
    assert loan.balance_fen == PRINCIPAL - loan.installments.get(number=1).principal_fen == balance(f"loan/{loan.pk}", "loans")
    assert trial_balance() == 0 and balance(f"loan/{loan.pk}", "loan_interest") == 0
    world.months_on(loan, 2)
    done = world.both(loan, "repay", world.borrower)
    assert loan.state == "repaid" and loan.balance_fen == 0 == balance(f"loan/{loan.pk}", "loans") == trial_balance()
    interest = -balance(f"loan/{loan.pk}", "loan_income")
    assert available_fen(bank) - before == PRINCIPAL + interest == balance(f"loan/{loan.pk}", "loan_funding") + PRINCIPAL
    assert done.facts["interest_fen"] == 1_833_33 and interest == 2_000_00 + 1_833_33
    assert code_of(world.step, loan, "release", world.bank[0]) == "pledge_still_registered"
    world.deregister(loan)
    world.step(loan, "release", world.bank[0])
    assert loan.state == "released"
