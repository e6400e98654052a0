"""Insurance on the site: tariffs of two people, quotes checked on the record, policies and claims through the books, and what is refused."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.audit.models import Record
from langqiao.web.deals.money import available_fen
from langqiao.web.insurance import clock, experience, services, tariffs
from langqiao.web.insurance.models import Movement, Step
from langqiao.web.insurance.quoting import quote_make
from langqiao.web.insurance.selectors import policies_for, policy_get
from langqiao.web.people.models import Role
from tests.web.credit_world import lapses
from tests.web.deals_world import code_of, member
from tests.web.insurance_world import KEY, OTHER_KEY, InsuranceWorld, books_agree, held, rated, scheduled

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("facts_lake")]


@pytest.fixture
def world(monkeypatch):
    return InsuranceWorld(monkeypatch)


def money_of(pair):
    return available_fen(pair[0].organization)


def test_a_quote_becomes_a_policy_whose_premium_is_earned_by_the_day_to_the_fen(world):
    policy = world.quote(world.product())
    assert (policy.state == "quoted" and policy.premium_fen == 969_231 - 72_692) or policy.premium_fen > 0
    before, insurer = money_of(world.holder), money_of(world.insurer)
    world.brought(policy=policy)
    assert money_of(world.holder) == before - policy.premium_fen and money_of(world.insurer) == insurer + policy.premium_fen
    assert held(world, "deferred_revenue", policy.pk) == policy.premium_fen and policy.earned_fen == 0
    books_agree(world, policy)
    days = (policy.until - policy.since).days
    for day in (1, 100, days - 1):
        world.at(policy.since + dt.timedelta(days=day))
        clock.policies_clock()
        books_agree(world, policy)
        assert policy.earned_fen == policy.premium_fen * day // days
    world.at(policy.until)
    assert clock.policies_clock() == "earned 1, lapsed 0, expired 1"
    books_agree(world, policy)
    assert (policy.state, policy.earned_fen, held(world, "deferred_revenue", policy.pk)) == ("expired", policy.premium_fen, 0)


def test_a_tariff_needs_two_people_and_every_figure_with_its_source(world):
    product = tariffs.product_open(membership=world.insurer[0], kind="enforcement_cost", name="佛山样式")
    shape = tariffs.template_values("foshan_low")
    assert shape["figures"]["base_fen"]["value"] == "200000" and "limit_multiple" not in shape["figures"]
    first = tariffs.tariff_ask(product.pk, membership=world.insurer[0], values=shape, since=clock.today(), template="foshan_low")
    with pytest.raises(Refusal) as refused:
        tariffs.tariff_approve(first.pk, membership=world.insurer[1])
    assert refused.value.code == "tariff_incomplete" and len(refused.value.facts["missing"]) == 6
    whole = scheduled()
    whole["figures"] |= shape["figures"]
    second = tariffs.tariff_ask(product.pk, membership=world.insurer[0], values=whole, since=clock.today())
    assert code_of(tariffs.tariff_approve, second.pk, membership=world.insurer[0]) == "four_eyes_missing"
    assert (
        code_of(world.quote, product) == "not_found"
        and code_of(tariffs.tariff_approve, second.pk, membership=world.holder[1]) == "not_found"
    )
    tariffs.tariff_approve(second.pk, membership=world.insurer[1])
    policy = world.quote(product, patents=f"{KEY}\n{OTHER_KEY}", limit_fen=None)
    assert (policy.premium_fen, policy.limit_fen, policy.units) == (220_000, 3_300_000, 2)
    assert code_of(tariffs.product_open, membership=world.holder[0], kind="overseas", name="x") == "not_allowed"


def test_a_quote_for_a_dead_right_an_unknown_number_or_another_sum_is_refused(world):
    product = world.product()
    lapses(clock.today())
    assert code_of(world.quote, product) == "right_not_in_force"
    assert code_of(world.quote, product, patents="CN 000000000 X") == "terms_invalid"
    assert code_of(world.quote, product, patents=OTHER_KEY, limit_fen=1) == "limit_not_offered"


def test_a_quote_for_a_right_of_another_is_refused(world):
    other = world.buyer
    product = world.product()
    fields = {"product": str(product.pk), "patents": KEY, "limit_fen": 40_000_000, "since": clock.today().isoformat()}
    assert code_of(quote_make, membership=other[0], fields=fields) == "not_registered_owner"


def test_a_fact_that_the_tariff_needs_and_nobody_knows_stops_the_quote(world):
    bands = [{"fact": "earlier_suits", "bands": [["0", "1"], ["", "2"]], "source": "test"}]
    product = world.product(rated(factors=bands))
    assert code_of(world.quote, product) == "rating_fact_missing"
    none, some = world.quote(product, earlier_suits=0), world.quote(product, earlier_suits=3)
    assert some.pure_fen == 2 * none.pure_fen
    line = next(one for one in some.evidence if one["name"] == "earlier_suits")
    assert (line["given"], line["origin"], line["value"], line["source"]) == ("3", "declared", "2", "test")


def test_a_quote_lapses_after_its_last_day_and_binds_nobody_before_it_is_accepted(world):
    policy = world.quote(world.product())
    assert not policies_for(world.insurer[0].organization).exists() and code_of(policy_get, policy.pk, world.insurer[0]) == "not_found"
    world.later(31)
    assert code_of(world.step, policy, "accept", world.holder[0]) == "quote_expired"
    assert clock.policies_clock() == "earned 0, lapsed 1, expired 0"
    policy.refresh_from_db()
    assert policy.state == "lapsed"


def test_nobody_underwrites_alone_and_a_key_makes_a_step_happen_once(world):
    policy = world.brought("accepted")
    assert code_of(world.step, policy, "underwrite", world.insurer[0]) == "four_eyes_missing"
    services.policy_request(policy.pk, "underwrite", membership=world.insurer[0])
    assert code_of(world.step, policy, "underwrite", world.insurer[0]) == "four_eyes_missing"
    assert code_of(world.step, policy, "underwrite", member(world.insurer[0].organization, Role.EDITOR)) == "approver_needed"
    assert code_of(world.step, policy, "underwrite", world.holder[1]) == "not_allowed"
    first = services.policy_advance(policy.pk, "underwrite", membership=world.insurer[1], key="once")
    assert services.policy_advance(policy.pk, "underwrite", membership=world.insurer[1], key="once") == first
    assert code_of(services.policy_advance, policy.pk, "decline", membership=world.insurer[1], key="once") == "idempotency_key_reused"
    assert Record.objects.filter(subject=f"policy/{policy.pk}", action="policy.underwrite").count() == 1


def test_a_right_that_lapses_before_payment_stops_the_policy(world):
    policy = world.brought("underwritten")
    lapses(clock.today())
    assert code_of(services.policy_request, policy.pk, "pay", membership=world.holder[0]) == "right_not_in_force"
    assert held(world, "deferred_revenue", policy.pk) == 0


def test_a_subsidy_is_paid_by_its_payer_once_and_comes_back_in_proportion(world):
    product = world.product(scheduled())
    policy = world.quote(product, limit_fen=None)
    payer = world.payer[0].organization
    world.step(policy, "ask_subsidy", world.holder[0], payer=str(payer.pk), rate="50%")
    assert code_of(world.step, policy, "ask_subsidy", world.holder[0], payer=str(payer.pk), rate="50%") == "subsidy_decided"
    world.brought("underwritten", policy=policy)
    assert code_of(services.policy_request, policy.pk, "pay", membership=world.holder[0]) == "subsidy_undecided"
    world.both(policy, "grant", world.payer)
    before = money_of(world.payer), money_of(world.holder)
    world.both(policy, "pay", world.holder)
    assert (before[0] - money_of(world.payer), before[1] - money_of(world.holder)) == (100_000, 100_000)
    other = world.quote(product, limit_fen=None)
    world.step(other, "ask_subsidy", world.holder[0], payer=str(payer.pk), rate="50%")
    assert code_of(services.policy_request, other.pk, "grant", membership=world.payer[0]) == "subsidy_double"
    world.at(policy.since + dt.timedelta(days=73))
    world.both(policy, "cancel", world.holder)
    assert (money_of(world.payer), money_of(world.holder)) == (before[0] - 20_000, before[1] - 20_000)
    assert (policy.state, policy.earned_fen, policy.paid_fen) == ("cancelled", 40_000, 40_000)
    books_agree(world, policy)


def test_an_endorsement_adds_a_patent_for_the_days_left_and_takes_it_out_again(world):
    product = world.product(scheduled())
    policy = world.brought(product=product, limit_fen=None)
    world.later(73)
    assert code_of(services.policy_request, policy.pk, "endorse", membership=world.insurer[0]) == "change_missing"
    assert code_of(services.policy_request, policy.pk, "propose_change", membership=world.holder[0], fields={"add": KEY}) == "terms_invalid"
    world.both(policy, "propose_change", world.holder, add=OTHER_KEY)
    before = money_of(world.holder)
    world.both(policy, "endorse", world.insurer)
    assert before - money_of(world.holder) == 16_000 and policy.units == 2 and policy.limit_fen == 3_300_000
    books_agree(world, policy)
    world.later(73)
    world.both(policy, "propose_change", world.holder, remove=KEY)
    world.both(policy, "endorse", world.insurer)
    assert before - money_of(world.holder) == 16_000 - 12_000 and policy.limit_fen == 3_000_000
    books_agree(world, policy)
    late = world.notify(policy)
    assert code_of(services.claim_request, late.pk, "refuse", membership=world.insurer[0], fields={"ground": "moon"}) == "terms_invalid"
    world.evidence(late)
    world.claim_step(late, "reserve", world.insurer[0], reserve_fen=1, reason="look")
    assert code_of(services.claim_request, late.pk, "approve", membership=world.insurer[0]) == "patent_not_insured"
    world.at(policy.until)
    clock.policies_clock()
    books_agree(world, policy)
    assert held(world, "deferred_revenue", policy.pk) == 0


def test_a_claim_is_reserved_granted_by_two_paid_through_the_books_and_recovered(world):
    policy = world.brought()
    world.later(40)
    claim = world.notify(policy)
    assert code_of(services.claim_request, claim.pk, "approve", membership=world.insurer[0]) == "step_not_possible"
    assert code_of(world.claim_step, claim, "reserve", world.insurer[0], reserve_fen=5) == "reason_missing"
    world.claim_step(claim, "reserve", world.insurer[0], reserve_fen=150_000_00, reason="first look")
    world.claim_step(claim, "reserve", world.insurer[0], reserve_fen=120_000_00, reason="counsel's bill")
    with pytest.raises(Refusal) as refused:
        services.claim_request(claim.pk, "approve", membership=world.insurer[0])
    assert refused.value.code == "claim_evidence_missing" and len(refused.value.facts["missing"]) == 2
    world.evidence(claim)
    before = money_of(world.holder), money_of(world.insurer)
    assert code_of(world.claim_step, claim, "approve", world.insurer[1]) == "four_eyes_missing"
    world.claim_both(claim, "approve", legal_fen=150_000_00)
    assert claim.payment_fen == (150_000_00 - 1_000_00) * 9 // 10 == claim.reserve_fen == 134_100_00
    world.claim_both(claim, "settle")
    books_agree(world, policy)
    assert (money_of(world.holder) - before[0], before[1] - money_of(world.insurer)) == (134_100_00, 134_100_00)
    assert (
        code_of(services.claim_request, claim.pk, "recover", membership=world.insurer[0], fields={"amount_fen": 1})
        == "recovery_evidence_missing"
    )
    over = {"amount_fen": 134_100_01, "evidence": "court 7"}
    assert code_of(services.claim_request, claim.pk, "recover", membership=world.insurer[0], fields=over) == "recovery_above_payment"
    world.claim_both(claim, "recover", amount_fen=34_100_00, evidence="court 7")
    books_agree(world, policy)
    found = experience.periods_of(world.insurer[0].organization, clock.today())[0].found
    assert (found.paid_fen, found.recovered_fen, found.reserved_fen, found.claims, found.policies) == (134_100_00, 34_100_00, 0, 1, 1)
    assert found.ratio is None or found.ratio > 0
    assert experience.triangles_of(world.insurer[0].organization, clock.today())[0][1][0][1] == [100_000_00]
    reasons = list(Movement.objects.filter(claim=claim).values_list("reason", flat=True))
    assert reasons[:2] == ["first look", "counsel's bill"]


def test_a_claim_inside_the_waiting_period_can_only_be_refused_and_the_objection_needs_two_others(world):
    policy = world.brought()
    world.later(10)
    claim = world.notify(policy)
    world.evidence(claim)
    world.claim_step(claim, "reserve", world.insurer[0], reserve_fen=100_00, reason="look")
    with pytest.raises(Refusal) as refused:
        services.claim_request(claim.pk, "approve", membership=world.insurer[0])
    assert refused.value.code == "claim_in_waiting_period"
    world.claim_both(claim, "refuse", ground="claim_in_waiting_period", reason="第10天，在等待期内")
    assert (claim.state, claim.reserve_fen, claim.ground) == ("refused", 0, "claim_in_waiting_period")
    books_agree(world, policy)
    assert code_of(world.claim_step, claim, "close", world.insurer[0]) == "objection_possible"
    assert code_of(world.claim_step, claim, "object", world.holder[0]) == "reason_missing"
    world.claim_step(claim, "object", world.holder[0], reason="我方认为事故日应为第40天")
    same = {"reason": "维持"}
    assert code_of(services.claim_request, claim.pk, "uphold", membership=world.insurer[0], fields=same) == "decider_repeats"
    others = [member(world.insurer[0].organization) for _ in range(2)]
    world.claim_both(claim, "uphold", others, **same)
    assert claim.state == "closed" and money_of(world.insurer) == 10_000_000_00 + policy.premium_fen


def test_an_objection_comes_too_late_after_its_last_day(world):
    policy = world.brought()
    claim = world.notify(policy)
    world.claim_both(claim, "refuse", ground="claim_in_waiting_period", reason="等待期")
    world.later(31)
    assert code_of(world.claim_step, claim, "object", world.holder[0], reason="x") == "objection_late"
    world.claim_step(claim, "close", world.insurer[0])


def test_payments_end_at_the_limit_and_with_it_the_policy(world):
    policy = world.brought(limit_fen=20_000_000)
    world.later(40)
    first = world.paid_claim(policy, legal_fen=500_000_00)
    assert first.paid_fen == (20_000_000 - 100_000) * 9 // 10 and policy.state == "in_force"
    second = world.paid_claim(policy, legal_fen=500_000_00)
    assert first.paid_fen + second.paid_fen == policy.limit_fen == policy.used_fen and policy.state == "exhausted"
    books_agree(world, policy)
    assert policy.earned_fen == policy.paid_fen == policy.premium_fen
    third = world.notify(policy, incident_on=(clock.today() - dt.timedelta(days=1)).isoformat())
    world.evidence(third)
    world.claim_step(third, "reserve", world.insurer[0], reserve_fen=1, reason="look")
    assert code_of(services.claim_request, third.pk, "approve", membership=world.insurer[0]) == "nothing_payable"


def test_a_claim_for_a_right_that_was_dead_or_after_the_cover_names_its_rule(world):
    policy = world.brought(patents=f"{KEY}\n{OTHER_KEY}")
    world.later(50)
    lapses(clock.today())
    dead = world.notify(policy)
    world.evidence(dead)
    world.claim_step(dead, "reserve", world.insurer[0], reserve_fen=1, reason="look")
    assert code_of(services.claim_request, dead.pk, "approve", membership=world.insurer[0]) == "right_dead_at_incident"
    world.both(policy, "cancel", world.holder)
    after = world.notify(policy, patent=OTHER_KEY)
    world.evidence(after)
    world.claim_step(after, "reserve", world.insurer[0], reserve_fen=1, reason="look")
    assert code_of(services.claim_request, after.pk, "approve", membership=world.insurer[0]) == "claim_after_cover"
    world.claim_step(after, "withdraw", world.holder[0])
    books_agree(world, policy)


def test_a_renewal_knows_the_claims_and_does_not_wait_again(world):
    bands = [{"fact": "earlier_claims", "bands": [["0", "1"], ["", "1.5"]], "source": "test"}]
    product = world.product(rated(factors=bands))
    policy = world.brought(product=product)
    assert code_of(world.quote, product, renews=policy.pk) == "policy_not_renewable"
    world.later(40)
    world.paid_claim(policy)
    world.at(policy.until - dt.timedelta(days=20))
    again = world.quote(product, renews=policy.pk, since=policy.until.isoformat())
    assert again.pure_fen == policy.pure_fen * 3 // 2 and again.patents.get().since == policy.since
    assert code_of(world.quote, product, renews=policy.pk) == "policy_not_renewable"
    world.brought(policy=again)
    world.at(again.since + dt.timedelta(days=5))
    clock.policies_clock()
    claim = world.notify(again)
    world.evidence(claim)
    world.claim_step(claim, "reserve", world.insurer[0], reserve_fen=1, reason="look")
    services.claim_request(claim.pk, "approve", membership=world.insurer[0])


def test_strangers_find_neither_policy_nor_claim_and_history_stays(world):
    policy = world.brought()
    claim = world.notify(policy)
    assert (
        code_of(world.step, policy, "cancel", world.buyer[0]) == code_of(world.claim_step, claim, "object", world.buyer[0]) == "not_found"
    )
    assert code_of(world.notify, policy, who=world.insurer[0]) == "claim_not_possible"
    for table, change in ((Step, {"event": "x"}), (Movement, {"reason": "x"})):
        row = table.objects.first() or Movement.objects.create(claim=claim, on=clock.today())
        with pytest.raises(DatabaseError), transaction.atomic():
            table.objects.filter(pk=row.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        type(policy).objects.filter(pk=policy.pk).update(used_fen=policy.limit_fen + 1)
