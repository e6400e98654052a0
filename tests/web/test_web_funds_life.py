"""A fund's money over its life: versions of terms, later closers, defaults, fees, layers, deals, concession, escrow and clawback, to the fen."""

import datetime as dt
from fractions import Fraction

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from langqiao.web.funds import books, defaults, facts, fees, terms
from langqiao.web.funds.models import Default, FundFact, Mark, Order, Share, TermsVersion
from langqiao.web.ledger.selectors import trial_balance
from tests.web.funds_life_world import LifeWorld, day
from tests.web.funds_world import SHA, YI
from tests.web.test_web_funds import refused

pytestmark = [pytest.mark.books, pytest.mark.django_db, pytest.mark.usefixtures("facts_lake")]
WAN = 1_000_000


def whole(world):
    """Every account agrees with the ledger, and the ledger with itself."""
    accounts = books.partner_accounts(world.fund)
    assert [account.difference_fen for account in accounts] == [0] * len(accounts)
    lines = trial_balance(owner=world.fund.owner)
    assert sum(line.debits_fen for line in lines) == sum(line.credits_fen for line in lines)
    assert len({line.account.owner for line in lines}) <= 1
    return {account.partner.name: account for account in accounts}


def test_terms_change_by_two_people_only_forward_and_a_distribution_keeps_its_version(db):
    world = LifeWorld()
    world.call_in(YI, day(0, 4))
    project = world.held(amount_fen=YI // 2, on=day(1))
    world.do("proceeds", 2 * YI, project=project.pk, cost_fen=YI // 2, on=day(2))
    world.do("distribution", YI, on=day(2, 4))
    by = {"fund_id": world.fund.pk, "membership": world.maker, "by": world.maker.user, "reason": "agreed"}
    refused("terms_not_forward", terms.terms_ask, **by, body={"carry": "0.1"}, from_on=day(2, 4))
    refused("fund_terms_wrong", terms.terms_ask, **by, body={"carry": "1"}, from_on=day(3))
    refused("management_fee_above_cap", terms.terms_ask, **by, body={"fee_rate": "0.03"}, from_on=day(3))
    refused("outside_mandate", terms.terms_ask, **by, body={"single_share": "0.5"}, from_on=day(3))
    refused("reason_missing", terms.terms_ask, **by | {"reason": " "}, body={"carry": "0.1"}, from_on=day(3))
    asked = terms.terms_ask(**by, body={"carry": "0.1"}, from_on=day(3))
    refused("not_allowed", terms.terms_decide, version_id=asked.pk, membership=world.maker, by=world.maker.user, approve=True)
    own = {"membership": world.second, "by": world.maker.user}
    refused("four_eyes_missing", terms.terms_decide, version_id=asked.pk, **own, approve=True)
    terms.terms_decide(version_id=asked.pk, membership=world.second, by=world.second.user, approve=True)
    assert terms.terms_on(world.fund, day(2, 12)).number == 1
    assert terms.terms_on(world.fund, day(3)).agreement.carry == Fraction(1, 10)
    first, second = Order.objects.get(kind="distribution"), world.do("distribution", YI // 4, on=day(3, 5))
    assert (first.result["terms_version"], second.result["terms_version"]) == (1, 2)
    assert (first.result["terms"]["carry"], second.result["terms"]["carry"]) == ("0.2", "0.1")
    with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
        TermsVersion.objects.filter(pk=asked.pk).update(from_on=day(1))
    whole(world)


def test_a_later_partner_pays_its_part_with_interest_that_is_no_return_of_capital(db):
    world = LifeWorld(commitments=(YI, YI))
    world.call_in(YI, day(0, 4), uses={"investments": 90 * WAN, "management_fee": YI - 90 * WAN})
    newcomer = world.newcomer("后来者", 2 * YI)
    enter = {"newcomer": newcomer.pk, "on": day(1)}
    before = books.cash_fen(world.fund)
    order = world.do("equalization", 0, **enter)
    accounts = whole(world)
    assert books.cash_fen(world.fund) == before
    assert accounts["后来者"].called_fen == accounts["后来者"].paid_fen == YI // 2
    assert accounts["合伙人0"].called_fen == YI // 4 and accounts["合伙人0"].unfunded_fen == YI - YI // 4
    days = (day(1) - day(0, 4)).days
    assert abs(order.result["interest_fen"] - YI // 2 * 8 * days // 36500) <= 2
    assert order.amount_fen == order.result["capital_fen"] + order.result["interest_fen"]
    assert all(account.distributed_fen == 0 for account in accounts.values())
    assert sum(account.interest_fen for account in accounts.values()) == 0
    refused("later_close_not_possible", world.ask, "equalization", 0, newcomer=newcomer.pk, on=day(2))
    world.call_in(4 * WAN, day(1, 5))
    assert whole(world)["后来者"].called_fen == YI // 2 + 2 * WAN


def test_nobody_enters_while_a_call_is_open_or_after_a_distribution(db):
    world = LifeWorld(commitments=(YI, YI))
    late = world.members[1]
    world.call_in(YI, day(0, 4), unpaid=(late,))
    newcomer = world.newcomer("后来者", YI)
    told = refused("later_close_not_possible", world.ask, "equalization", 0, newcomer=newcomer.pk, on=day(1))
    assert told.facts["why"] == "open_call"
    world.do("receipt", YI // 2, partner=late.pk, on=day(1))
    world.do("distribution", WAN, on=day(1))
    told = refused("later_close_not_possible", world.ask, "equalization", 0, newcomer=newcomer.pk, on=day(1, 4))
    assert told.facts["why"] == "distributed"


@pytest.fixture
def owing(db):
    """A fund whose third partner did not pay the first call."""
    world = LifeWorld(commitments=(YI, 2 * YI, YI), body={"forfeit_share": "0.5", "late_rate": "0.1", "grace_days": 20})
    world.call_in(WAN * 400, day(0, 4))
    world.call_in(WAN * 400, day(1), unpaid=(world.members[2],))
    return world


def test_a_late_partner_is_noticed_by_one_and_declared_by_another_and_its_distribution_is_kept_back(owing):
    world, late = owing, owing.members[2]
    share = Share.objects.get(partner=late, order__on=day(1))
    notice = {"fund_id": world.fund.pk, "membership": world.maker, "by": world.maker.user, "share_id": share.pk}
    refused("call_not_late", defaults.default_notice, **notice, on=day(1, 3, 20))
    made = defaults.default_notice(**notice, on=day(1, 5))
    decide = {"default_id": made.pk, "membership": world.second, "on": day(1, 5, 2)}
    refused("four_eyes_missing", defaults.default_decide, **decide, by=world.maker.user, declare=True)
    defaults.default_decide(**decide, by=world.second.user, declare=True)
    call = world.do("call", WAN * 3, on=day(1, 6), due_on=day(1, 7))
    assert late.pk not in {share.partner_id for share in call.shares.all()}
    world.do("receipt", WAN, partner=world.members[0].pk, on=day(1, 6))
    order = world.do("distribution", WAN * 40, on=day(1, 6))
    kept = order.shares.get(partner=late)
    assert kept.parts["suspended"] and whole(world)["合伙人2"].suspended_fen == kept.amount_fen > 0
    refused("default_running", world.ask, "release", 0, partner=late.pk, on=day(1, 6))
    world.do("receipt", WAN * 100, partner=late.pk, on=day(1, 8))
    assert Default.objects.get().state == "defaulted"
    interest = world.do("late_interest", 0, partner=late.pk, on=day(1, 8))
    late_days = (day(1, 8) - (day(1) + dt.timedelta(days=30))).days
    assert interest.amount_fen == round(Fraction(WAN * 100 * late_days, 3650))
    assert Default.objects.get().state == "cured"
    world.do("release", 0, partner=late.pk, on=day(1, 8))
    assert whole(world)["合伙人2"].suspended_fen == 0
    assert {owed.standing for owed in defaults.owed_by(late, day(2))} == {"paid", "cured"}


def test_a_default_not_cured_forfeits_what_the_clause_says_to_the_others(owing):
    world, late = owing, owing.members[2]
    share = Share.objects.get(partner=late, order__on=day(1))
    refused("default_not_declared", world.ask, "forfeiture", 0, partner=late.pk, on=day(1, 5))
    world.default(share, day(1, 5))
    refused("grace_running", world.ask, "forfeiture", 0, partner=late.pk, on=day(1, 5, 10))
    cash = books.cash_fen(world.fund)
    world.do("forfeiture", 0, partner=late.pk, on=day(1, 6))
    accounts = whole(world)
    assert books.cash_fen(world.fund) == cash
    lost = WAN * 50
    assert accounts["合伙人2"].weight_fen == WAN * 100 - lost and accounts["合伙人2"].open_fen == 0
    assert accounts["合伙人0"].moved_fen + accounts["合伙人1"].moved_fen == lost
    assert Default.objects.get().state == "forfeited"
    with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
        Default.objects.update(state="cured")
    order = world.do("distribution", WAN * 70, on=day(1, 7))
    parts = {share.partner.name: share.amount_fen for share in order.shares.all()}
    total = sum(account.weight_fen for account in accounts.values())
    assert all(abs(parts[name] - WAN * 70 * account.weight_fen // total) <= 1 for name, account in accounts.items())


def test_without_a_clause_nothing_is_forfeited(db):
    world = LifeWorld(commitments=(YI, YI))
    world.call_in(YI, day(0, 4), unpaid=(world.members[1],))
    world.default(Share.objects.get(partner=world.members[1]), day(0, 6))
    refused("forfeiture_not_agreed", world.ask, "forfeiture", 0, partner=world.members[1].pk, on=day(1))


def test_the_fee_follows_commitments_then_cost_with_its_offset_and_is_accrued_and_paid_by_two(db):
    world = LifeWorld(commitments=(YI, YI), body={"fee_rate": "0.02", "fee_rate_after": "0.01", "fee_months": 12})
    world.call_in(YI, day(0, 4))
    project = world.held(amount_fen=YI // 4, on=day(1))
    world.fact("portfolio_fee", 100 * WAN // 2, day(1, 6))
    accrued = world.do("fee_accrual", 0, on=day(2))
    assert accrued.amount_fen == 2 * (2 * YI * 2 // 100) - 100 * WAN // 2
    refused("step_not_possible", world.ask, "fee_accrual", 0, on=day(2))
    paid = world.do("fee", 0, on=day(2))
    assert paid.amount_fen == accrued.amount_fen
    world.do("proceeds", YI // 8, project=project.pk, cost_fen=YI // 8, on=day(3, 6))
    found = fees.fees_of(world.fund, day(4))
    bases = [(row.base_kind, row.base) for row in found.schedule.rows]
    assert bases == [("commitments", 2 * YI)] * 3 + [("unrealized_cost", YI // 4)]
    assert found.payable_fen == 0 and found.due_fen == found.schedule.net_total - accrued.amount_fen
    whole(world)


def test_an_accrual_that_the_books_have_overtaken_is_asked_anew(db):
    world = LifeWorld(commitments=(YI, YI), body={"fee_rate": "0.02"})
    asked = world.ask("fee_accrual", 0, on=day(1))
    world.fact("fee_waiver", WAN, day(0, 6))
    told = refused("order_outdated", world.decide, asked)
    assert told.facts["asked_fen"] - told.facts["now_fen"] == WAN


def layered(members):
    return {"kind": "layered", "senior": [str(members[1].pk)], "senior_rate": "0.06", "carry": "0.2"}


def test_senior_capital_and_its_capped_return_come_first_and_the_junior_layer_bears_the_loss(db):
    world = LifeWorld(commitments=(YI, YI), body=layered)
    world.call_in(YI, day(0, 4))
    paid_on = day(0, 4) + dt.timedelta(days=30)
    on = paid_on + dt.timedelta(days=365)
    project = world.held(amount_fen=YI // 4, on=paid_on)
    world.do("proceeds", YI, project=project.pk, cost_fen=YI // 4, on=on)
    half = YI // 2
    first = world.do("distribution", half, on=on)
    assert [share.partner for share in first.shares.all()] == [world.members[1]]
    second = world.do("distribution", half // 2, on=on)
    parts = {share.partner: share.parts for share in second.shares.all()}
    assert parts[world.members[1]] == {"senior_return_fen": half * 6 // 100}
    assert parts[world.members[0]] == {"junior_capital_fen": half // 2 - half * 6 // 100}
    third = world.do("distribution", half, on=on)
    rest = half - (half - (half // 2 - half * 6 // 100))
    assert third.result["carry_fen"] == rest // 5
    whole(world)


def test_too_large_a_senior_layer_is_refused(db):
    refused("senior_leverage_exceeded", LifeWorld, commitments=(YI, YI + 1), body=layered)


def test_deal_by_deal_carry_is_escrowed_and_clawed_back_to_the_entitlement_of_the_whole_fund(db):
    world = LifeWorld(commitments=(YI, YI), body={"kind": "american", "escrow_share": "0.3", "carry": "0.2"})
    world.call_in(YI, day(0, 4))
    won = world.held(amount_fen=YI // 4, on=day(0, 6), title="赢的项目")
    lost = world.held(amount_fen=YI // 4, on=day(0, 6), title="输的项目")
    refused("deal_proceeds_missing", world.ask, "distribution", WAN, project=lost.pk, on=day(1))
    world.do("proceeds", YI, project=won.pk, cost_fen=YI // 4, on=day(1), path="sale")
    given = world.do("distribution", YI, project=won.pk, on=day(1))
    carry = given.result["carry_fen"]
    assert carry > 0 and given.result["escrow_fen"] == round(Fraction(3 * carry, 10))
    refused("not_liquidated", world.ask, "clawback", 0, on=day(2))
    refused("committee_decision_missing", world.ask, "write_off", YI // 4, project=lost.pk, on=day(2))
    world.written_off_by_committee(lost)
    world.do("write_off", YI // 4, project=lost.pk, on=day(2))
    refused("escrow_needed", world.ask, "escrow_release", 1, on=day(2))
    before = {name: account.distributed_fen for name, account in whole(world).items()}
    back = world.do("clawback", 0, on=day(3))
    figures = books.fund_figures(world.fund, books.partner_accounts(world.fund))
    assert back.result["from_escrow_fen"] == min(given.result["escrow_fen"], back.amount_fen)
    assert figures.carry_fen == carry - back.amount_fen
    from langqiao.web.funds.distributing import entitled_carry

    agreement = terms.terms_on(world.fund, day(3)).agreement
    assert figures.carry_fen == entitled_carry(world.fund, agreement, on=day(3), worth=0)
    after = whole(world)
    assert sum(account.distributed_fen - before[name] for name, account in after.items()) == back.amount_fen
    refused("step_not_possible", world.ask, "clawback", 0, on=day(3))


def conceding(members):
    return {"concession": {"partner": str(members[1].pk), "hurdle_rate": "0.04", "share": "0.5", "decided_by": "领导小组"}}


def test_the_public_partner_concedes_above_its_hurdle_only_and_the_total_is_unchanged(db):
    world = LifeWorld(commitments=(YI, YI), body=conceding)
    world.call_in(YI, day(0, 4))
    paid_on = day(0, 4) + dt.timedelta(days=30)
    on = paid_on + dt.timedelta(days=730)
    project = world.held(amount_fen=YI // 4, on=paid_on)
    world.do("proceeds", 3 * YI, project=project.pk, cost_fen=YI // 4, on=on)
    public, half = world.members[1], YI // 2
    got = 0
    for amount in (YI // 3, YI // 3 * 2, 2 * YI):
        order = world.do("distribution", amount, on=on)
        shares = list(order.shares.all())
        assert sum(share.amount_fen for share in shares) + order.result["carry_fen"] == amount
        assert sum(share.parts.get("concession_fen", 0) for share in shares) == 0
        got += order.shares.get(partner=public).amount_fen
    conceded = -sum(share.parts.get("concession_fen", 0) for share in Share.objects.filter(partner=public, order__kind="distribution"))
    hurdle = half * 8 // 100
    assert conceded > 0 and got >= half + hurdle
    entitled = got + conceded
    assert abs(conceded * 2 - (entitled - half - hurdle)) <= 2
    whole(world)


def test_cost_that_came_back_early_may_be_called_again_up_to_the_cap(db):
    world = LifeWorld(commitments=(YI, YI), body={"recycling_cap": "1.2", "recycling_months": 18})
    world.call_in(2 * YI, day(0, 4))
    project = world.held(amount_fen=YI // 4, on=day(0, 6))
    world.do("proceeds", YI // 4, project=project.pk, cost_fen=YI // 4, on=day(1))
    world.do("distribution", YI // 4, on=day(1))
    accounts = whole(world)
    assert [account.unfunded_fen for account in accounts.values()] == [YI // 8, YI // 8]
    world.call_in(YI // 4, day(1, 5))
    refused("call_above_commitment", world.ask, "call", 2, on=day(2), due_on=day(2))
    assert all(account.called_fen == YI + YI // 8 for account in whole(world).values())


def test_facts_count_only_when_another_confirms_them_and_stand_then(db):
    world = LifeWorld(commitments=(YI, YI))
    by = {"fund_id": world.fund.pk, "membership": world.maker, "by": world.maker.user}
    fact = {"kind": "jobs", "on": day(1), "amount": 12, "source": "x", "evidence_sha256": SHA, "project": None}
    refused("evidence_missing", facts.fact_enter, **by, fact=fact | {"evidence_sha256": ""})
    refused("reason_missing", facts.fact_enter, **by, fact=fact | {"source": " "})
    made = facts.fact_enter(**by, fact=fact)
    refused("four_eyes_missing", facts.fact_decide, fact_id=made.pk, membership=world.second, by=world.maker.user, approve=True)
    facts.fact_decide(fact_id=made.pk, membership=world.second, by=world.second.user, approve=True)
    with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
        FundFact.objects.update(amount=13)
    assert not Mark.objects.exists()
