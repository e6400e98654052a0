"""A securitization on the site: from pool over placement and issue to the last payment, on the books and the record, and what is refused."""

import datetime as dt
import uuid

import pytest
from django.db import IntegrityError, transaction
from django.utils.translation import override

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.ledger.entry import Entry
from langqiao.engine.operations.check import REFUSALS
from langqiao.engine.operations.encumbrance import Encumbrance, Standing
from langqiao.engine.operations.scope import Scope
from langqiao.engine.securitization.workflow import POOL
from langqiao.web.audit.models import Record
from langqiao.web.deals.money import available_fen
from langqiao.web.ledger.services import account_ensure, group_post
from langqiao.web.people.models import Role
from langqiao.web.securitization import collected, pool, services, subscription
from langqiao.web.securitization.asking import chain_missing, patent_reasons
from langqiao.web.securitization.books import reconciled
from langqiao.web.securitization.models import Asset, PaidLine, Period
from langqiao.web.securitization.selectors import parties_pool, performing_fen, period_now, transaction_get
from langqiao.web.securitization.shapes import shapes
from tests.web.credit_world import CreditWorld
from tests.web.credit_world import balance as credit_balance
from tests.web.deals_world import code_of, member, own, pay_in
from tests.web.securitization_world import (
    CUT_OFF,
    JUNIOR,
    MILLION,
    SENIOR,
    TERMS,
    SecuritizationWorld,
    balance,
    free_keys,
    licensed,
    receipt,
    trial_balance,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("facts_lake")]


@pytest.fixture
def world(monkeypatch):
    return SecuritizationWorld(monkeypatch)


def agrees(deal):
    """Room and ledger tell one story, and the whole ledger sums to zero."""
    deal.refresh_from_db()
    period = period_now(deal)
    open_cash = sum(one.amount_fen for one in period.collections.exclude(asset=None)) + (period.support_fen or 0) if period else 0
    rows = reconciled(deal, performing_fen=performing_fen(deal), collected_open_fen=open_cash)
    assert [(one.what, one.room_fen) for one in rows] == [(one.what, one.ledger_fen) for one in rows]
    assert trial_balance() == 0


def test_a_301_million_issue_closes_to_the_fen_and_serves_its_first_dates(world):
    deal = world.brought("issued")
    assert deal.pool_fen == 301 * MILLION == balance(deal, "notes") and deal.reserve_fen == 3 * MILLION == balance(deal, "reserve")
    assert available_fen(world.lessor[0].organization) == 400 * MILLION + SENIOR - 3 * MILLION
    assert available_fen(world.bank[0].organization) == 200 * MILLION and balance(deal, "issue_proceeds") == 0
    assert {
        Record.objects.filter(subject=f"securitization/{deal.pk}", action=f"securitization.{event}").count() for event in ("cut", "issue")
    } == {1}
    agrees(deal)
    bank_before = available_fen(world.bank[0].organization)
    for number in (1, 2):
        period = world.served(deal)
        agrees(deal)
        assert period.number == number and period.state == "paid" and period.collected_fen > 0
    senior = deal.tranches.get(place=0)
    assert senior.balance_fen < SENIOR and deal.tranches.get(place=1).balance_fen == JUNIOR
    interest = sum(line.amount_fen for line in PaidLine.objects.filter(period__transaction=deal, item="senior_interest"))
    principal = sum(line.amount_fen for line in PaidLine.objects.filter(period__transaction=deal, item="senior_principal"))
    assert principal == SENIOR - senior.balance_fen
    parts = sum(part.amount_fen for line in PaidLine.objects.filter(period__transaction=deal, tranche=senior) for part in line.parts.all())
    assert parts == interest + principal
    assert abs((available_fen(world.bank[0].organization) - bank_before) * 285 - (interest + principal) * 200) <= 285 * 4


def test_the_whole_life_repays_every_tranche_and_ends_with_nothing_left(world):
    terms = TERMS | {"periods": 4, "fees": [], "triggers": []}

    def fill(deal):
        pool.assets_add(deal.pk, membership=world.arranger[0], rows=[row | {"payments": "4"} for row in world.rows()])
        return deal

    deal = world.brought("issued", terms=terms, fill=fill)
    for _date in range(4):
        assert code_of(world.step, deal, "finish", world.trustee[0]) == "notes_outstanding"
        world.served(deal)
        agrees(deal)
    assert [one.balance_fen for one in deal.tranches.all()] == [0, 0] and period_now(deal) is None
    assert balance(deal, "pool_cash") == balance(deal, "reserve") == balance(deal, "notes") == balance(deal, "pool_claims") == 0
    done = world.step(deal, "finish", world.trustee[0])
    assert deal.state == "closed" and done.facts["unpaid_fen"] == {"优先级": 0, "次级": 0}
    assert not deal.assets.filter(active=True).exists()


def test_a_default_above_the_level_accelerates_and_only_a_vote_of_the_holders_lifts_it(world):
    deal = world.brought("issued")
    lost = list(deal.assets.order_by("pk")[:2])
    world.at(dt.date(2026, 11, 1))
    for asset in lost:
        collected.asset_default(asset.pk, membership=world.lessor[0], reason="破产受理 insolvency")
    agrees(deal)
    assert code_of(collected.asset_default, lost[0].pk, membership=world.lessor[0], reason="again") == "step_not_possible"
    world.collect(deal, world.due(deal))
    world.report(deal)
    deal.refresh_from_db()
    assert (
        deal.state == "accelerated"
        and deal.accelerated_by == ["cumulative_default"]
        and deal.steps.filter(event="trip", role="system").count() == 1
    )
    world.pay(deal)
    agrees(deal)
    lines = {line.item for line in PaidLine.objects.filter(period__transaction=deal)}
    assert "residual" not in lines and "junior_principal" not in lines and "senior_principal" in lines
    for votes, resolution in (("1.00", "R-1"), ("300000000.00", "")):
        refused = code_of(
            services.transaction_request,
            deal.pk,
            "lift",
            membership=world.trustee[0],
            fields={"votes_for_fen": votes, "resolution": resolution},
        )
        assert refused == "trigger_reversal_without_vote"
    outstanding = sum(one.balance_fen for one in deal.tranches.all())
    world.both(deal, "lift", world.trustee, votes_for_fen=outstanding * 7 // 10, resolution="持有人会议 2026-1", reason="补足担保")
    assert deal.state == "issued" and deal.accelerated_by == [] and deal.waived == ["cumulative_default"]
    world.served(deal)
    assert deal.state == "issued" and period_now(deal).number == 3  # what the holders waived does not trip again


def test_a_recovery_on_a_claim_in_default_is_cash_of_the_pool_and_no_principal_of_the_plan(world):
    deal = world.brought("issued")
    asset = deal.assets.first()
    collected.asset_default(asset.pk, membership=world.lessor[0], reason="停付")
    world.collect(deal, [receipt(asset.claim, period_now(deal).until, 5 * MILLION)])
    found = asset.collections.get()
    assert (found.recovery_fen, found.principal_fen) == (5 * MILLION, 0)
    agrees(deal)


def test_a_shortfall_is_called_paid_or_found_missing_and_paid_without_it(world):
    deal = world.brought("issued", terms=TERMS | {"reserve": {"initial": "0.00", "target": "0.00"}})
    world.report(deal)  # nothing came in
    period = period_now(deal)
    assert period.call_fen == SENIOR // 100
    assert code_of(world.both, deal, "pay", world.trustee) == "shortfall_not_called"
    world.step(deal, "call", world.trustee[0])
    assert code_of(world.step, deal, "lapse", world.trustee[0]) == "support_not_overdue"
    before = available_fen(world.guarantor[0].organization)
    world.both(deal, "support", world.guarantor)
    assert before - available_fen(world.guarantor[0].organization) == period.call_fen
    world.both(deal, "pay", world.trustee)
    agrees(deal)
    assert deal.support_fen == SENIOR // 100 and deal.tranches.get(place=0).arrears_fen == 0
    world.report(deal)
    deal.refresh_from_db()
    assert deal.state == "accelerated" and deal.accelerated_by == ["support_called"]
    world.step(deal, "call", world.trustee[0])
    world.at(period_now(deal).call_due_on + dt.timedelta(days=1))
    world.step(deal, "lapse", world.trustee[0])
    world.both(deal, "pay", world.trustee)
    agrees(deal)
    assert deal.tranches.get(place=0).arrears_fen == SENIOR // 100


def test_what_came_back_reimburses_the_provider_before_the_junior_holder(world):
    deal = world.brought("issued", terms=TERMS | {"reserve": {"initial": "0.00", "target": "0.00"}, "triggers": []})
    world.report(deal)
    world.pay(deal)
    world.served(deal)
    agrees(deal)
    paid = PaidLine.objects.get(period__transaction=deal, item="reimbursement")
    assert paid.organization == world.guarantor[0].organization and paid.amount_fen == SENIOR // 100 and deal.support_fen == 0


def test_a_receipt_is_matched_by_claim_or_only_obligor_and_an_unmatched_one_keeps_the_report_back(world):
    deal = world.brought("issued")
    until = period_now(deal).until
    world.collect(
        deal, [receipt("SL-01", until, 100_00), receipt("承租企业02", until, 200_00), receipt("谁也不是", until, 300_00, ref="X-1")]
    )
    assert [one.asset.claim if one.asset else None for one in period_now(deal).collections.order_by("amount_fen")] == [
        "SL-01",
        "SL-02",
        None,
    ]
    assert balance(deal, "pool_cash") == 300_00
    with pytest.raises(Refusal) as refused:
        services.transaction_request(deal.pk, "report", membership=world.lessor[0])
    assert refused.value.code == "collections_unmatched" and refused.value.facts["n"] == 1
    unmatched = period_now(deal).collections.get(ref="X-1")
    assert code_of(collected.collection_match, unmatched.pk, membership=world.lessor[0], claim="nothing") == "terms_invalid"
    collected.collection_match(unmatched.pk, membership=world.lessor[0], claim="SL-03")
    agrees(deal)
    assert code_of(collected.collection_return, unmatched.pk, membership=world.lessor[0], why="x") == "step_not_possible"
    assert code_of(world.collect, deal, [receipt("SL-01", until, 1_00, ref="X-1")]) == "collection_unfit"
    assert balance(deal, "pool_cash") == 600_00


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"amount": "0"}, "above zero"),
        ({"amount": "1.234"}, "decimals"),
        ({"on": "2020-01-01"}, "outside"),
        ({"on": "soon"}, "isoformat"),
        ({"ref": ""}, "number"),
    ],
)
def test_a_bad_receipt_names_its_row_and_nothing_of_the_sheet_is_entered(world, change, told):
    deal = world.brought("issued")
    until = period_now(deal).until
    rows = [receipt("SL-01", until, 100_00), receipt("SL-02", until, 100_00) | change]
    with override("en"), pytest.raises(Refusal) as refused, transaction.atomic():
        world.collect(deal, rows)
    assert refused.value.code == "collection_unfit" and refused.value.facts["row"] == 2 and told in refused.value.facts["why"]
    assert not period_now(deal).collections.exists() and balance(deal, "pool_cash") == 0


def test_a_prepayment_lowers_the_plan_and_more_than_the_claim_owes_is_refused(world):
    deal = world.brought("issued")
    asset = deal.assets.first()
    rest = [flow.interest_fen for flow in asset.flows.all()]
    world.collect(deal, [receipt(asset.claim, period_now(deal).until, 10 * MILLION)])
    asset.refresh_from_db()
    found = asset.collections.get()
    assert found.prepayment_fen > 0 and asset.performing_fen == asset.balance_fen - found.principal_fen - found.prepayment_fen
    assert sum(flow.principal_fen - flow.paid_principal_fen for flow in asset.flows.all()) == asset.performing_fen
    assert all(after <= before for after, before in zip((flow.interest_fen for flow in asset.flows.all()), rest, strict=True))
    agrees(deal)
    assert code_of(world.collect, deal, [receipt(asset.claim, period_now(deal).until, 300 * MILLION)]) == "collection_unfit"


def test_a_claim_and_a_patent_are_in_one_pool_only_and_the_database_says_so_too(world):
    deal = world.brought("pooled")
    other = world.draft("receivables")
    world.filled(other)
    with pytest.raises(Refusal) as refused:
        services.transaction_request(other.pk, "cut", membership=world.arranger[0])
    assert refused.value.code == "claim_already_pooled" and refused.value.facts["count"] == 11
    with pytest.raises(IntegrityError, match="claim"), transaction.atomic():
        Asset.objects.filter(transaction=other).update(active=True)
    world.step(deal, "reopen", world.arranger[0])
    world.both(other, "cut", world.arranger)
    assert other.state == "pooled"


def test_the_second_license_chain_is_read_from_the_register(world):
    deal = world.brought("pooled", structure="second_license", fill=world.licensed_pool)
    assert deal.pool_fen == 301 * MILLION and deal.assets.filter(patents__active=True).count() == 11


@pytest.mark.parametrize(
    ("more", "missing"),
    [
        ({"back": False}, "license_back"),
        ({"ends": dt.date(2027, 1, 1)}, "exclusive_ends_before_claim"),
        ({"lessor": "somebody else"}, "exclusive_license"),
    ],
)
def test_a_broken_chain_refuses_the_pool_and_says_what_is_missing(world, more, missing):
    deal = world.draft("second_license")
    key = free_keys(1)[0]
    licensed(key, **({"firm": "承租企业01", "lessor": world.lessor[0].organization.name} | more))
    pool.asset_add(deal.pk, membership=world.arranger[0], row=world.row(1, patents=key))
    with pytest.raises(Refusal) as refused:
        services.transaction_request(deal.pk, "cut", membership=world.arranger[0])
    codes = {refused.value.code, *refused.value.facts["also"]}
    assert "secondary_license_chain_broken" in codes
    asset = deal.assets.get()
    found = {
        one.facts["missing"] for one in patent_reasons(deal, asset, asset.patents.get()) if one.code == "secondary_license_chain_broken"
    }
    assert missing in found


def test_a_lease_back_needs_the_originator_as_registered_owner(world):
    deal, key = world.draft("lease_back"), free_keys(1)[0]
    pool.asset_add(deal.pk, membership=world.arranger[0], row=world.row(1, patents=key))
    with pytest.raises(Refusal) as refused:
        services.transaction_request(deal.pk, "cut", membership=world.arranger[0])
    assert "not_registered_owner" in {refused.value.code, *refused.value.facts["also"]}
    own(world.lessor[0].organization, key, on=dt.date(2026, 8, 1))
    with pytest.raises(Refusal) as refused:
        services.transaction_request(deal.pk, "cut", membership=world.arranger[0])
    assert "not_registered_owner" not in {refused.value.code, *refused.value.facts["also"]}


def test_a_license_back_beyond_the_exclusive_one_is_outside_the_chain(world):
    lessor = world.lessor[0].organization
    head = Encumbrance(kind="exclusive_license", holder=lessor.name, scope=Scope(territories=frozenset({"CN-44"})))
    back = Encumbrance(kind="ordinary_license", holder="甲", scope=Scope())
    open_ = Encumbrance(kind="open_license")
    standing = Standing(type="invention", granted=True, status="in_force", owners=("甲",), encumbrances=(head, back, open_))
    assert chain_missing(standing, lessor, "甲", day=CUT_OFF, ends_on=CUT_OFF) == ("license_back_outside", "open_license")


def test_every_rule_of_the_check_for_a_pool_is_a_gate_of_the_cut_off():
    assert {rule.code for rule in REFUSALS if "abs_pool" in rule.operations} <= set(POOL)


def test_eligibility_and_concentration_refuse_with_every_reason(world):
    deal = world.draft("receivables")
    assert code_of(services.transaction_request, deal.pk, "cut", membership=world.arranger[0]) == "pool_empty"
    pool.asset_add(deal.pk, membership=world.arranger[0], row=world.row(1, "90000000.00", payments="40", days_past_due="9"))
    with pytest.raises(Refusal) as refused:
        services.transaction_request(deal.pk, "cut", membership=world.arranger[0])
    assert refused.value.code == "asset_not_eligible" and refused.value.facts["count"] == 3
    assert "concentration_above_limit" in refused.value.facts["also"]
    pool.party_set(deal.pk, membership=world.arranger[0], role="rating", organization_id=None)
    with pytest.raises(Refusal) as refused:
        services.transaction_request(deal.pk, "cut", membership=world.arranger[0])
    assert refused.value.code == "roles_missing" and refused.value.facts["roles"] == ("rating",)


def test_the_structure_must_add_up_and_cover_its_senior_holders(world):
    deal = world.brought("pooled")
    assert code_of(world.structure, deal, None, issue_fen=300 * MILLION) == "tranches_do_not_sum"
    order = list(reversed(["tax", "fees", "senior_interest"]))
    assert code_of(world.structure, deal, TERMS | {"waterfall": order}) == "structure_inconsistent"
    assert code_of(world.structure, deal, TERMS | {"loot": 1}) == "terms_invalid"
    greedy = [TERMS["tranches"][0] | {"rate": 0.5}, TERMS["tranches"][1]]
    with pytest.raises(Refusal) as refused:
        world.structure(deal, TERMS | {"tranches": greedy, "support": None})
    assert refused.value.code == "senior_coverage_below_one"
    pool.party_set(deal.pk, membership=world.arranger[0], role="support", organization_id=None)
    deal = transaction_get(deal.pk, world.arranger[0])
    assert code_of(world.structure, deal) == "roles_missing"
    assert deal.state == "pooled" and not deal.tranches.exists()


def test_placement_is_private_qualified_paid_and_exact(world):
    deal = world.brought("approved")
    assert code_of(world.step, deal, "offer", world.arranger[0]) == "investors_missing"
    assert code_of(transaction_get, deal.pk, world.bank[0]) == "not_found"
    bids = world.invest(deal)
    world.step(deal, "offer", world.arranger[0])
    assert transaction_get(deal.pk, world.bank[0]) == deal
    bank = world.bank
    assert code_of(subscription.subscribe, deal.pk, membership=bank[0], amounts_fen={0: MILLION}) == "investor_not_qualified"
    declare = {"membership": bank[0], "evidence": "审计报告", "risks_read": True}
    assert code_of(subscription.investor_declare, deal.pk, **declare, net_assets_fen=1) == "investor_not_qualified"
    assert code_of(subscription.investor_declare, deal.pk, **(declare | {"risks_read": False}), net_assets_fen=10**12) == "terms_invalid"
    subscription.investor_declare(deal.pk, **declare, net_assets_fen=10**12)
    assert code_of(subscription.subscribe, deal.pk, membership=bank[0], amounts_fen={0: 1_00}) == "subscription_below_minimum"
    assert code_of(subscription.subscribe, deal.pk, membership=bank[0], amounts_fen={0: MILLION + 1}) == "subscription_not_lots"
    subscription.subscribe(deal.pk, membership=bank[0], amounts_fen={0: 250 * MILLION})
    assert code_of(services.transaction_request, deal.pk, "allocate", membership=world.arranger[0]) == "subscriptions_below_issue"
    world.subscribed(deal, bids)
    subscription.subscribe(deal.pk, membership=world.bank[1], amounts_fen={0: 350 * MILLION})
    world.both(deal, "allocate", world.arranger)
    got = {one.investor.organization_id: one.allotted_fen for one in deal.tranches.get(place=0).subscriptions.all()}
    assert sum(got.values()) == SENIOR and all(amount % 100_00 == 0 for amount in got.values())
    assert got[world.bank[0].organization_id] == round(350 / 435 * 2_850_000) * 100_00
    assert code_of(subscription.subscribe, deal.pk, membership=bank[0], amounts_fen={0: MILLION}) == "step_not_possible"


def test_an_investor_without_money_keeps_the_issue_from_closing(world):
    deal = world.brought("offered")
    poor = world.pair("桥下基金 Poor", "fund")
    subscription.investor_invite(deal.pk, membership=world.arranger[0], organization_id=poor[0].organization_id)
    world.subscribed(deal, ((poor, {0: SENIOR}), (world.lessor, {1: JUNIOR})))
    world.both(deal, "allocate", world.arranger)
    with pytest.raises(Refusal) as refused:
        services.transaction_request(deal.pk, "issue", membership=world.trustee[0])
    assert refused.value.code == "subscription_unpaid" and refused.value.facts["names"] == (poor[0].organization.name,)
    assert balance(deal, "issue_proceeds") == 0 == trial_balance()
    world.step(deal, "fail", world.arranger[0], reason="募集不足")
    assert deal.state == "failed" and not deal.assets.filter(active=True).exists()


def test_nobody_approves_their_own_and_the_key_makes_a_step_happen_once(world):
    deal = world.filled(world.draft("receivables"))
    assert code_of(world.step, deal, "cut", world.arranger[0]) == "four_eyes_missing"
    services.transaction_request(deal.pk, "cut", membership=world.arranger[0])
    assert code_of(world.step, deal, "cut", world.arranger[0]) == "four_eyes_missing"
    assert code_of(world.step, deal, "cut", member(world.arranger[0].organization, Role.EDITOR)) == "approver_needed"
    assert code_of(services.transaction_request, deal.pk, "cut", membership=world.arranger[1]) == "request_open"
    first = services.transaction_advance(deal.pk, "cut", membership=world.arranger[1], key="once")
    assert services.transaction_advance(deal.pk, "cut", membership=world.arranger[1], key="once") == first
    assert code_of(services.transaction_advance, deal.pk, "reopen", membership=world.arranger[1], key="once") == "idempotency_key_reused"
    assert code_of(services.transaction_advance, deal.pk, "reopen", membership=world.arranger[1], key="") == "idempotency_key_missing"


def test_steps_in_the_wrong_order_or_role_are_refused_and_strangers_find_nothing(world):
    deal = world.filled(world.draft("receivables"))
    assert code_of(transaction_get, deal.pk, world.trustee[0]) == "not_found"  # a draft is the arranger's alone
    assert code_of(world.step, deal, "issue", world.arranger[0]) == "step_not_possible"
    assert code_of(world.step, deal, "pay", world.arranger[0]) == "step_not_possible"
    world.both(deal, "cut", world.arranger)
    assert code_of(world.step, deal, "structure", world.trustee[0]) == "not_allowed"
    assert code_of(world.step, deal, "reopen", world.buyer[0]) == "not_found"
    assert code_of(pool.asset_add, deal.pk, membership=world.arranger[0], row=world.row(99)) == "step_not_possible"
    assert code_of(pool.asset_add, deal.pk, membership=world.trustee[0], row=world.row(99)) == "not_allowed"
    assert parties_pool(str(deal.pk)) >= {world.arranger[0].organization_id, world.trustee[0].organization_id}


def test_the_report_waits_for_the_end_of_the_period_and_only_the_servicer_collects(world):
    deal = world.brought("issued")
    assert code_of(services.transaction_request, deal.pk, "report", membership=world.lessor[0]) == "period_not_ended"
    refused = code_of(collected.collections_enter, deal.pk, membership=world.trustee[0], rows=[receipt("SL-01", CUT_OFF, 1_00)], key="k")
    assert refused == "not_allowed"


def test_the_servicer_hands_on_no_more_than_it_holds(monkeypatch):
    world = SecuritizationWorld(monkeypatch, money_fen=1)
    for pair, amount in ((world.bank, 200), (world.insurer, 85), (world.lessor, 16), (world.guarantor, 1)):
        pay_in(pair[0].organization, amount * MILLION)
    deal = world.brought("issued")
    with transaction.atomic():
        own_account = account_ensure(owner=f"organization/{world.lessor[0].organization_id}", purpose="client_money")
        bank = account_ensure(owner="platform", purpose="client_bank")
        amount = available_fen(world.lessor[0].organization) - 1_00
        entry = Entry(
            id="out-1", phase="transfer", debit=own_account, credit=bank, amount_fen=amount, code="bank.out", business_date=CUT_OFF
        )
        group_post([entry], group="out-1", by="test")
    assert code_of(world.collect, deal, [receipt("SL-01", period_now(deal).until, 2_00)]) == "ledger_overdrawn"
    assert not period_now(deal).collections.exists() and balance(deal, "pool_cash") == 0


def test_a_claim_is_replaced_by_one_at_least_as_large_of_another_obligor(world):
    deal = world.brought("issued")
    old = deal.assets.first()
    fields = {"old": old.claim, "new": "SL-99"}
    assert code_of(services.transaction_request, deal.pk, "replace", membership=world.lessor[0], fields=fields) == "replacement_unfit"
    pool.asset_add(deal.pk, membership=world.arranger[0], row=world.row(98, "1000000.00", obligor=old.obligor))
    with pytest.raises(Refusal) as refused:
        services.transaction_request(deal.pk, "replace", membership=world.lessor[0], fields=fields | {"new": "SL-98"})
    assert refused.value.facts["faults"] == ("balance", "same_obligor")
    pool.asset_add(deal.pk, membership=world.arranger[0], row=world.row(99, "30000000.00"))
    world.both(deal, "replace", world.lessor, **fields)
    old.refresh_from_db()
    new = deal.assets.get(claim="SL-99")
    assert (old.state, old.active, new.state, new.replaces_id) == ("replaced", False, "pooled", old.pk)
    agrees(deal)


def test_a_declared_event_of_the_terms_accelerates_and_another_is_refused(world):
    deal = world.brought("issued")
    assert code_of(world.step, deal, "declare", world.trustee[0], trigger="support_downgrade", reason="AA") == "trigger_not_agreed"
    assert code_of(world.step, deal, "declare", world.trustee[0], trigger="servicer_default") == "reason_missing"
    assert code_of(world.step, deal, "trip", world.trustee[0]) == "trigger_not_tripped"
    world.step(deal, "declare", world.trustee[0], trigger="servicer_default", reason="未按期转付")
    assert deal.state == "accelerated" and deal.accelerated_by == ["servicer_default"]


def test_a_pledge_loan_of_the_site_becomes_a_claim_and_in_one_pool_only(monkeypatch):
    credit = CreditWorld(monkeypatch)
    loan = credit.brought("active")
    bank = credit.bank
    arranger = credit.pair("桥东证券 Arranger", "fund")
    deals = []
    for _number in range(2):
        deal = pool.transaction_open(
            membership=arranger[0], name="质押贷款（演示）", vehicle="计划", structure="pledge_loans", cut_off_on=loan.drawn_on
        )
        for role in ("originator", "servicer", "trustee", "appraiser", "rating"):
            pool.party_set(deal.pk, membership=arranger[0], role=role, organization_id=bank[0].organization_id)
        pool.criteria_set(
            deal.pk, membership=arranger[0], values={"min_obligors": "1", "obligor_share": "1", "top_share": "1", "industry_share": "1"}
        )
        deal.refresh_from_db()
        pool.loan_add(deal.pk, membership=arranger[0], loan_id=loan.pk, industry="通信", region="江州")
        deals.append(deal)
    services.transaction_request(deals[0].pk, "cut", membership=arranger[0])
    services.transaction_advance(deals[0].pk, "cut", membership=arranger[1], key=str(uuid.uuid4()))
    asset = deals[0].assets.get()
    assert asset.active and asset.balance_fen == loan.balance_fen == credit_balance(f"loan/{loan.pk}", "loans")
    assert asset.patents.get().pledge == str(loan.deal_id) and sum(flow.principal_fen for flow in asset.flows.all()) == loan.balance_fen
    assert code_of(services.transaction_request, deals[1].pk, "cut", membership=arranger[0]) == "claim_already_pooled"
    credit.months_on(loan, 1)
    credit.both(loan, "repay", credit.borrower)
    other = deals[1]
    with pytest.raises(Refusal) as refused:
        services.transaction_request(other.pk, "cut", membership=arranger[0])
    assert {refused.value.code, *refused.value.facts["also"]} >= {"asset_not_eligible", "claim_already_pooled"}


def test_the_database_keeps_one_open_date_and_two_people_apart(world):
    deal = world.brought("issued")
    period = period_now(deal)
    with pytest.raises(IntegrityError), transaction.atomic():
        Period.objects.create(transaction=deal, number=9, since=period.since, until=period.until, pay_on=period.pay_on, opening_fen=1)
    request = deal.requests.filter(state="taken").first()
    with pytest.raises(IntegrityError), transaction.atomic():
        deal.requests.filter(pk=request.pk).update(decided_by=request.requested_by)
    with pytest.raises(IntegrityError), transaction.atomic():
        deal.tranches.filter(place=0).update(balance_fen=SENIOR + 1)


def test_templates_of_real_deals_carry_their_source_and_leave_open_what_was_not_seen():
    assert len(shapes()) == 12 and all(one.source for one in shapes())
    known = next(one for one in shapes() if one.key == "guangkai-2019")
    assert (known.size_yuan, known.tranches[0].rate, known.practice) == (301_000_000, "0.04", ("tranches",))
    unseen = next(one for one in shapes() if one.key == "shenzhi-1-2021")
    assert unseen.size_yuan is None and unseen.structure is None and unseen.tranches[0].rate is None
