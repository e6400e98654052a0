"""Golden stories: what a page shows, what the calculation door says of the same inputs, and what the ledger holds agree to the fen."""

import datetime as dt
import json

import pytest
from django.urls import reverse

from langqiao.web.credit import clock, watch
from langqiao.web.credit.models import LoanInstallment
from langqiao.web.deals.money import available_fen
from langqiao.web.funds.books import account_of, books_of
from langqiao.web.funds.models import Share
from langqiao.web.ledger.selectors import balance
from tests.web.conftest import give_factor
from tests.web.credit_world import CreditWorld, lapses
from tests.web.credit_world import balance as balance_of
from tests.web.funds_life_world import LifeWorld, day
from tests.web.funds_world import YI
from tests.web.securitization_world import MILLION, SecuritizationWorld
from tests.web.securitization_world import balance as deal_balance

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("facts_lake")]


def yuan(fen):
    """Fen as the door writes money."""
    return f"{fen // 100}.{fen % 100:02d}"


def fen(text):
    return int(text.replace(".", ""))


def exactly(amount_fen):
    """How a page carries the exact amount behind what it rounds."""
    return f'<data class="money" value="{amount_fen}"'


def door(client, name, **given):
    """What the calculation door answers."""
    answer = client.post(f"/api/v1/calc/{name}", json.dumps(given), content_type="application/json")
    assert answer.status_code == 200, answer.content
    return answer.json()


def page(client, member, name, **names):
    client.force_login(member.user)
    give_factor(client)
    answer = client.get(reverse(name, kwargs=names), headers={"Accept-Language": "zh-Hans"})
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_distribution_is_the_doors_waterfall_and_the_ledgers(client):
    world = LifeWorld()
    world.call_in(YI + 3, day(0, 4))
    project = world.held(amount_fen=YI // 4, on=day(0, 8))
    world.do("proceeds", 3 * YI, project=project.pk, cost_fen=YI // 4, path="license_out", on=day(3, 9))
    order = world.do("distribution", 3 * YI, on=day(3, 9))
    paid_on = {share.order.on for share in Share.objects.filter(order__kind="receipt", order__fund=world.fund)}
    said = door(
        client, "fund.waterfall", kind="european", pref_rate=0.08, pref_compounding="compound_annual", day_count="act_365", catch_up=1, carry=0.2,
        flows=[{"date": max(paid_on or {day(0, 5)}).isoformat(), "contribution": yuan(YI + 3)}, {"date": day(3, 9).isoformat(), "distribution": yuan(3 * YI)}],
    )  # fmt: skip
    partners = sum(Share.objects.filter(order=order).values_list("amount_fen", flat=True))
    assert fen(said["gp"]) > 0 and fen(said["lp"]) + fen(said["gp"]) == 3 * YI
    assert partners == fen(said["lp"])
    books = books_of(world.fund)
    assert -balance(account_of(world.fund, "fund_cash")) == YI + 3 - YI // 4
    assert -books.total("accrued_carry") == fen(said["gp"]) and books.total("carry_escrow") == 0
    shown = page(client, world.maker, "fund", fund_id=world.fund.pk)
    for share in Share.objects.filter(order=order):
        assert exactly(share.amount_fen) in shown or f"¥{share.amount_fen // 100:,}.{share.amount_fen % 100:02d}" in shown


def test_a_loan_from_plan_to_last_payment_is_the_doors_schedule_and_the_ledgers(client, monkeypatch):
    world = CreditWorld(monkeypatch)
    loan = world.brought("active")
    said = door(client, "loan.schedule", principal=yuan(loan.principal_fen), rate_annual=0.06, months=12, method="linear")
    rows = list(LoanInstallment.objects.filter(loan=loan).order_by("number"))
    assert [(yuan(row.principal_fen), yuan(row.interest_fen)) for row in rows] == [
        (row["principal"], row["interest"]) for row in said["rows"]
    ]
    shown = page(client, world.bank[0], "loan", loan_id=loan.pk)
    for row in rows:
        assert exactly(row.interest_fen) in shown or f"{row.interest_fen // 100:,}.{row.interest_fen % 100:02d}" in shown
    bank, before = world.bank[0].organization, available_fen(world.bank[0].organization)
    for row in rows:
        world.at(row.due_on)
        world.both(loan, "pay", world.borrower, amount_fen=row.principal_fen + row.interest_fen)
    total = fen(said["total_interest"])
    assert available_fen(bank) - before == loan.principal_fen + total
    assert balance_of(f"loan/{loan.pk}", "loans") == 0 and -balance_of(f"loan/{loan.pk}", "loan_income") == total


def test_a_claim_on_the_pool_is_the_doors_split_and_the_ledgers(client, monkeypatch):
    world = CreditWorld(monkeypatch)
    world.open_pool()
    loan = world.brought("active")
    world.months_on(loan, 1)
    lapses(clock.today())
    watch.loans_watch()
    world.at(clock.today() + dt.timedelta(days=16))
    watch.loans_watch()
    loan.refresh_from_db()
    world.both(loan, "enforce", world.bank, enforced_by="auction", evidence="(2027)执1")
    world.both(loan, "collect", world.bank, amount_fen=123_456_78, cost_fen=1_000_01, evidence="R-1")
    world.at(clock.today() + dt.timedelta(days=30))
    world.both(loan, "claim", world.bank)
    lost, bank = loan.balance_fen, available_fen(world.bank[0].organization)
    world.both(loan, "compensate", world.fund)
    said = door(client, "pool.split", loss=yuan(lost), shares={"fund": 54, "insurer": 20, "bank": 26})["parts"]
    parts = {part.member.share if part.member else "bank": part.amount_fen for part in loan.claims.get().parts.all()}
    assert parts == {"54": fen(said["fund"]), "20": fen(said["insurer"]), "bank": fen(said["bank"])}
    assert available_fen(world.bank[0].organization) - bank == fen(said["fund"]) + fen(said["insurer"])
    shown = page(client, world.fund[0], "pool", pool_id=world.pool.pk)
    assert exactly(fen(said["fund"]) + fen(said["insurer"])) in shown


def test_the_first_date_of_a_securitization_pays_what_the_door_says(client, monkeypatch):
    world = SecuritizationWorld(monkeypatch)
    deal = world.brought("issued")
    notes = deal_balance(deal, "notes")
    collected = sum(fen(row["amount"]) for row in world.due(deal))
    world.served(deal)
    period = deal.periods.order_by("number").first()
    paid = {item: sum(line.amount_fen for line in period.lines.filter(item=item)) for item in period.lines.values_list("item", flat=True)}
    assert sum(paid.values()) == collected == period.interest_fen + period.principal_fen
    assert paid["fees"] == 20_000_00 + notes // 4000  # the trustee's fixed fee and a quarter of 0.1 % for the servicer
    senior, junior = 285 * MILLION, 16 * MILLION
    # What is passed through to principal is what the claims repaid: the door is given no more than that behind fees and interest.
    said = door(
        client, "securitization.period", cash=yuan(paid["fees"] + senior // 100 + period.principal_fen), fees=yuan(paid["fees"]),
        principal="sequential", reserve={"balance": "3000000.00", "target": "3000000.00"},
        tranches=[{"name": "A", "balance": yuan(senior), "rate": 0.01}, {"name": "B", "balance": yuan(junior), "rate": 0.0}],
    )  # fmt: skip
    assert fen(said["tranches"]["A"]["interest"]) == paid["senior_interest"] == senior // 100
    assert fen(said["tranches"]["A"]["principal"]) == paid["senior_principal"] == notes - deal_balance(deal, "notes")
    assert fen(said["residual"]) == 0 and paid["residual"] == collected - paid["fees"] - paid["senior_interest"] - paid["senior_principal"]
    shown = page(client, world.trustee[0], "securitization_date", deal_id=deal.pk, number=1)
    assert exactly(paid["senior_principal"]) in shown or f"{paid['senior_principal'] // 100:,}" in shown
