"""What happens while a loan runs: default interest, floating rates, changes of the pledge, locked proceeds, subsidies, classes, partial compensation."""

import datetime as dt
import uuid

import pytest

from langqiao.engine.credit.monitoring import Seen
from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.credit import base_rates, clock, services, subsidies, watch
from langqiao.web.credit.models import LoanPatent, Subsidy
from langqiao.web.credit.plan import interest_open, penalty_open
from langqiao.web.credit.proceeds import brought
from langqiao.web.credit.quality import non_performing, quality_of
from langqiao.web.credit.selectors import pool_figures
from langqiao.web.deals import room
from langqiao.web.deals.money import available_fen
from langqiao.web.deals.services import deal_request as deal_ask
from langqiao.web.rights.selectors import standing_for
from tests.web.credit_world import KEY, PRINCIPAL, CreditWorld, balance, lapses, trial_balance
from tests.web.deals_world import both as deal_both
from tests.web.deals_world import brought as deal_brought
from tests.web.deals_world import code_of, own, pay_in, sign
from tests.web.deals_world import paper as deal_paper
from tests.web.deals_world import receipt as deal_receipt
from tests.web.deals_world import take as deal_take

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("facts_lake")]
OTHER = "CN-103634295-B"


@pytest.fixture
def world(monkeypatch):
    return CreditWorld(monkeypatch)


def test_an_overdue_installment_bears_half_more_for_exactly_its_days_however_often_the_watch_looks(world):
    loan = world.brought("active")
    world.months_on(loan, 1)
    watch.interest_accrue(clock.today())
    due = loan.installments.get(number=1)
    owed = due.principal_fen + due.interest_fen
    for days in (3, 4, 10):
        world.at(due.due_on + dt.timedelta(days=days))
        watch.interest_accrue(clock.today())
        watch.interest_accrue(clock.today())
    loan.refresh_from_db()
    expected = (owed * 10 * 90_000 + 180_000_000) // 360_000_000  # 6 % and half of it more, over 360
    assert penalty_open(loan) == expected > 0
    assert balance(f"loan/{loan.pk}", "loan_interest") == interest_open(loan) and trial_balance() == 0
    done = world.both(loan, "pay", world.borrower, amount_fen=owed + expected)
    assert done.facts["penalty_fen"] == expected and penalty_open(loan) == 0 == balance(f"loan/{loan.pk}", "loan_interest")
    assert loan.balance_fen == PRINCIPAL - due.principal_fen == balance(f"loan/{loan.pk}", "loans") and trial_balance() == 0


def test_a_floating_loan_is_reset_by_the_newest_published_rate_and_only_from_its_day_on(world):
    loan = world.brought("appraised")
    terms = world.terms(rate_annual="0.05", rate_base="lpr_1y", reset_months=3)
    world.both(loan, "approve", world.bank, **terms)
    assert (loan.rate_base, loan.spread, loan.reset_months) == ("lpr_1y", "0.02", 3)
    world.brought("active", loan)
    world.months_on(loan, 2)
    entered = base_rates.rate_enter(
        membership=world.platform[0], base="lpr_1y", since=clock.today().isoformat(), rate="2.5%", source="test of the reset"
    )
    assert code_of(base_rates.rate_confirm, entered.pk, membership=world.platform[0]) == "four_eyes_missing"
    assert (
        code_of(base_rates.rate_enter, membership=world.bank[0], base="lpr_1y", since="2027-01-01", rate="1%", source="x") == "not_allowed"
    )
    base_rates.rate_confirm(entered.pk, membership=world.platform[1])
    before = list(loan.installments.values_list("number", "due_on", "principal_fen", "interest_fen"))
    watch.steps_take(clock.today())
    loan.refresh_from_db()
    assert loan.rate_annual == "0.05" and before == list(loan.installments.values_list("number", "due_on", "principal_fen", "interest_fen"))
    world.months_on(loan, 3)
    assert watch.steps_take(clock.today()) == 1
    loan.refresh_from_db()
    after = list(loan.installments.values_list("number", "due_on", "principal_fen", "interest_fen"))
    assert loan.rate_annual == "0.045" and after[:3] == before[:3]
    assert [row[:2] for row in after] == [row[:2] for row in before] and sum(row[2] for row in after) == PRINCIPAL
    rest = sum(row[2] for row in after[3:])
    assert after[3][3] == (rest * 45 // 1000 + 6) // 12 and after[3][3] < before[3][3]
    facts = loan.steps.get(event="reset").facts
    assert facts["base_rate"] == "0.025" and facts["source"] == "test of the reset" and watch.steps_take(clock.today()) == 0
    assert loan.next_reset_on > clock.today()


def supplemented(world, loan, value_fen=600_000_00):
    own(world.borrower[0].organization, OTHER)
    world.step(loan, "supplement", world.borrower[0], patents=OTHER)
    paper = world.paper(loan, world.appraiser[0])
    fields = {
        "appraisers": "甲\n乙", "method_cost": True, "method_income": True, "base_date": clock.today().isoformat(), "signed_and_sealed": True,
        "paper": paper.pk, f"value.{loan.additions.get().key}": value_fen,
    }  # fmt: skip
    services.loan_advance(loan.pk, "appraise_more", membership=world.appraiser[0], key=str(uuid.uuid4()), fields=fields)
    world.step(loan, "contract_more", world.bank[0])
    return loan.additions.get().deal


def registered(world, deal):
    sign(deal, ("seller", world.borrower[0]), ("pledgee", world.bank[0]))
    deal_take(deal, "sign", world.borrower[0])
    deal_both(deal, "file", world.borrower)
    deal_receipt(deal, world)
    deal_take(deal, "register", world.office[0])


def test_a_further_patent_counts_only_once_registered_and_the_first_is_released_only_within_the_limit(world):
    loan = world.brought("active")
    keep = {"patent": KEY, "notice": "变更 2026-1", "reason": "置换"}
    refused = code_of(services.loan_request, loan.pk, "release_part", membership=world.bank[0], fields=keep)
    assert refused == "collateral_release_above_limit"
    deal = supplemented(world, loan)
    loan.refresh_from_db()
    assert loan.patents.count() == 1 and loan.value_fen == 1_000_000_00
    assert code_of(world.step, loan, "register_more", world.bank[0]) == "pledge_not_registered"
    registered(world, deal)
    watch.steps_take(clock.today())
    loan.refresh_from_db()
    assert loan.patents.count() == 2 and loan.value_fen == 1_600_000_00
    # 400,000 on 600,000 alone is 67 %, above the margin line of 55 %: the first stays until the debt has fallen.
    assert code_of(services.loan_request, loan.pk, "release_part", membership=world.bank[0], fields=keep) == refused
    world.both(loan, "pay", world.borrower, amount_fen=100_000_00)
    world.both(loan, "release_part", world.bank, **keep)
    assert [patent.key for patent in loan.patents.all()] != [KEY] and loan.patents.count() == 1 and loan.value_fen == 600_000_00
    assert loan.releases.get().notice == "变更 2026-1" and loan.level in {"fine", "warn"}
    world.both(loan, "repay", world.borrower)
    world.deregister(loan)
    assert code_of(world.step, loan, "release", world.bank[0]) == "pledge_still_registered"  # that of the further patent
    deal_receipt(deal, world, "deregistration")
    deal_take(deal, "release", world.platform[0], pledge__release_ground="discharged")
    world.step(loan, "release", world.bank[0])
    assert loan.state == "released" and not any(standing_for(key, clock.today()).burdens("pledged") for key in (KEY, OTHER))


def test_of_a_pledge_of_two_one_is_released_and_the_other_ends_with_the_debt(world):
    own(world.borrower[0].organization, OTHER)
    loan = world.brought("active", world.apply(patents=f"{KEY}\n{OTHER}"))
    assert loan.value_fen == 2_000_000_00
    release = {"patent": OTHER, "notice": "变更 2026-2", "reason": "部分解除"}
    world.both(loan, "release_part", world.bank, **release)
    assert not standing_for(OTHER, clock.today()).burdens("pledged") and standing_for(KEY, clock.today()).burdens("pledged")
    assert loan.value_fen == 1_000_000_00 and [one.key for one in loan.deal.patents.all()] == [KEY]
    last = code_of(services.loan_request, loan.pk, "release_part", membership=world.bank[0], fields=release | {"patent": KEY})
    assert last == "collateral_release_above_limit"
    world.both(loan, "repay", world.borrower)
    world.deregister(loan)
    world.step(loan, "release", world.bank[0])
    assert loan.state == "released" and not standing_for(KEY, clock.today()).burdens("pledged")


def test_the_proceeds_of_a_real_sale_of_the_pledged_right_go_to_the_bank_and_are_counted_once(world):
    loan = world.brought("active")
    terms = {"payment.price_fen": "1000000", "pledge_route": "prepay", "pledge_debt_fen": "300000"}
    deal = deal_brought(world, world.open(), "accepted", terms=terms)
    sign(deal, ("seller", world.seller[0]), ("buyer", world.buyer[0]))
    assert code_of(deal_ask, deal.pk, "fund", membership=world.buyer[0]) == "pledgee_consent_missing"
    file = deal_paper(deal, world.seller[0])
    room.consent_note(
        deal.pk, membership=world.seller[0], holder=world.bank[0].organization.name, basis="pledgee", given_on=clock.today(), file=file
    )
    deal_both(deal, "fund", world.buyer)
    assert not brought(loan)
    before = available_fen(world.bank[0].organization)
    deal_brought(world, deal, "settled")
    assert available_fen(world.bank[0].organization) - before == 300_000_00 and [one.open_fen for one in brought(loan)] == [300_000_00]
    world.both(loan, "take_proceeds", world.bank, deal=str(deal.pk))
    assert available_fen(world.bank[0].organization) - before == 300_000_00  # the bank has the money already: only the claim falls
    assert loan.balance_fen == PRINCIPAL - 300_000_00 == balance(f"loan/{loan.pk}", "loans") and trial_balance() == 0
    assert not brought(loan)
    refused = code_of(services.loan_request, loan.pk, "take_proceeds", membership=world.bank[0], fields={"deal": str(deal.pk)})
    assert refused == "proceeds_missing"


def test_a_fall_in_value_by_a_new_appraisal_is_an_alarm_and_then_a_margin_call(world):
    loan = world.brought("active")
    lower = world.appraisal(loan, **{f"value.{KEY}": 700_000_00})
    old = lower | {"base_date": "2025-01-01"}
    assert code_of(services.loan_advance, loan.pk, "revalue", membership=world.appraiser[0], key="old", fields=old) == "appraisal_too_old"
    services.loan_advance(loan.pk, "revalue", membership=world.appraiser[0], key="new", fields=lower)
    loan.refresh_from_db()
    alarm = loan.alarms.get()
    assert (alarm.before, alarm.level, loan.value_fen, alarm.reasons) == ("fine", "margin", 700_000_00, ["ltv_margin"])
    assert watch.steps_take(clock.today()) == 1
    loan.refresh_from_db()
    assert loan.state == "margin_called" and loan.cure_fen == PRINCIPAL - 385_000_00


def test_proceeds_on_deposit_prepay_the_debt_once_and_go_free_after_it(world):
    loan = world.brought("active")
    deal = deposited(world, loan, 90_000_00)
    assert [one.open_fen for one in brought(loan)] == [90_000_00]
    assert code_of(services.loan_request, loan.pk, "take_proceeds", membership=world.bank[0], fields={"deal": "x"}) == "proceeds_missing"
    before = available_fen(world.bank[0].organization)
    world.both(loan, "take_proceeds", world.bank, deal=str(deal.pk))
    assert loan.balance_fen == PRINCIPAL - 90_000_00 == balance(f"loan/{loan.pk}", "loans")
    assert available_fen(world.bank[0].organization) - before == 90_000_00 and trial_balance() == 0 and not brought(loan)
    again = deposited(world, loan, 5_000_00)
    much = deposited(world, loan, 500_000_00)
    world.both(loan, "take_proceeds", world.bank, deal=str(much.pk))
    assert loan.balance_fen == 0 == interest_open(loan) and loan.state == "active" and loan.level == "fine"
    world.both(loan, "repay", world.borrower)
    world.deregister(loan)
    assert code_of(world.step, loan, "release", world.bank[0]) == "proceeds_still_locked"
    world.both(loan, "free_proceeds", world.bank, deal=str(much.pk))
    before = available_fen(world.borrower[0].organization)
    world.both(loan, "free_proceeds", world.bank, deal=str(again.pk))
    assert available_fen(world.borrower[0].organization) - before == 5_000_00
    world.step(loan, "release", world.bank[0])
    assert loan.state == "released" and trial_balance() == 0


def deposited(world, loan, amount_fen):
    """A license on the pledged right by the borrower whose price lies on deposit, as the settlement of a deal leaves it."""
    from django.db import transaction

    from langqiao.engine.ledger.entry import Entry
    from langqiao.web.deals.opening import deal_open
    from langqiao.web.ledger.services import account_ensure, group_post

    deal = deal_open(kind="license_ordinary", membership=world.borrower[0], buyer=world.buyer[0].organization, patents=[KEY])
    with transaction.atomic():
        source = account_ensure(owner=f"organization/{world.buyer[0].organization_id}", purpose="client_money")
        target = account_ensure(owner=f"deal/{deal.pk}", purpose="pledge_deposit", ref="a")
        entry = Entry(
            id=f"test/{deal.pk}", phase="transfer", debit=source, credit=target, amount_fen=amount_fen, code="deal.settle",
            ref=f"deal/{deal.pk}", business_date=clock.today(),
        )  # fmt: skip
        group_post([entry], group=f"test/{deal.pk}", by=world.buyer[0].user)
    return deal


def subsidized(world, **more):
    pay_in(world.office[0].organization, 1_000_000_00)
    given = {"name": "知识产权质押贴息", "share": "0.5", "cap_fen": 1_500_00, "begins": dt.date(2026, 1, 1), "ends": dt.date(2030, 1, 1)}
    program = subsidies.program_open(membership=world.office[0], document="test document", **(given | more))
    assert code_of(subsidies.program_confirm, program.pk, membership=world.office[0]) == "four_eyes_missing"
    return subsidies.program_confirm(program.pk, membership=world.office[1])


def test_interest_is_subsidized_once_by_two_people_of_the_payer_within_share_and_cap(world):
    loan = world.brought("active")
    program = subsidized(world)
    begun = clock.today()
    asked = {"loan_id": loan.pk, "program_id": program.pk, "since": begun}
    world.months_on(loan, 1)
    unpaid = code_of(subsidies.subsidy_ask, membership=world.borrower[0], until=clock.today(), **asked)
    assert unpaid == "subsidy_nothing_left"
    world.both(loan, "pay", world.borrower, amount_fen=PRINCIPAL // 12 + 2_000_00)
    late = clock.today() + dt.timedelta(days=1)
    assert code_of(subsidies.subsidy_ask, membership=world.borrower[0], until=late, **asked) == "subsidy_period_not_over"
    assert code_of(subsidies.subsidy_ask, membership=world.bank[0], until=clock.today(), **asked) == "not_allowed"
    row = subsidies.subsidy_ask(membership=world.borrower[0], until=clock.today(), **asked)
    assert (row.interest_fen, row.amount_fen) == (2_000_00, 1_000_00)
    assert code_of(subsidies.subsidy_ask, membership=world.borrower[0], until=clock.today(), **asked) == "subsidy_given_before"
    payer, borrower = world.office[0].organization, world.borrower[0].organization
    before = available_fen(payer), available_fen(borrower)
    decide = subsidies.subsidy_decide
    assert code_of(decide, row.pk, membership=world.office[0], event="pay") == "step_not_possible"
    decide(row.pk, membership=world.office[0], event="propose")
    assert code_of(decide, row.pk, membership=world.office[0], event="pay") == "four_eyes_missing"
    assert code_of(decide, row.pk, membership=world.buyer[0], event="pay") == "not_found"
    decide(row.pk, membership=world.office[1], event="pay")
    assert code_of(decide, row.pk, membership=world.office[1], event="pay") == "step_not_possible"
    assert (available_fen(payer), available_fen(borrower)) == (before[0] - 1_000_00, before[1] + 1_000_00) and trial_balance() == 0
    world.months_on(loan, 2)
    world.both(loan, "pay", world.borrower, amount_fen=PRINCIPAL // 12 + 1_833_33)
    second = subsidies.subsidy_ask(
        membership=world.borrower[0], loan_id=loan.pk, program_id=program.pk, since=row.until + dt.timedelta(days=1), until=clock.today()
    )
    assert second.amount_fen == 500_00  # the cap of 1,500 leaves no more
    assert Subsidy.objects.filter(state="paid").count() == 1
    world.months_on(loan, 4)
    third = {"since": second.until + dt.timedelta(days=1), "until": clock.today()}
    overdue = code_of(subsidies.subsidy_ask, membership=world.borrower[0], loan_id=loan.pk, program_id=program.pk, **third)
    assert overdue == "subsidy_loan_overdue"


def test_the_class_follows_the_days_and_the_bank_may_only_find_it_worse(world):
    loan = world.brought("active")
    seen = []
    for days in (0, 1, 90, 91, 271, 361):
        world.at(loan.installments.get(number=1).due_on + dt.timedelta(days=days))
        seen.append(quality_of(loan, clock.today()).quality)
    assert seen == ["normal", "attention", "attention", "substandard", "doubtful", "loss"]
    world.at(loan.installments.get(number=1).due_on + dt.timedelta(days=100))
    better = {"quality": "attention", "reason": "良好"}
    assert code_of(services.loan_request, loan.pk, "classify", membership=world.bank[0], fields=better) == "class_too_good"
    assert code_of(services.loan_request, loan.pk, "classify", membership=world.bank[0], fields={"quality": "loss"}) == "reason_missing"
    world.both(loan, "classify", world.bank, quality="loss", reason="借款人停产")
    assert quality_of(loan, clock.today()).quality == "loss" and quality_of(loan, clock.today(), own=False).quality == "substandard"
    assert non_performing(world.bank[0].organization, clock.today()) == (PRINCIPAL, PRINCIPAL)


def test_a_bank_above_the_pool_s_limit_gets_no_new_loan_into_it(world):
    world.open_pool()
    loan = world.brought("appraised")
    other = world.brought("active", world.apply()) if False else None
    assert other is None
    world.pool.npl_limit = "0.05"
    world.pool.save(update_fields=["npl_limit"])
    services.loan_request(loan.pk, "approve", membership=world.bank[0], fields=world.terms())
    world.step(loan, "approve", world.bank[1])
    world.brought("active", loan)
    loan.class_override = "substandard"
    loan.save()
    from langqiao.web.credit.attempt import Attempt
    from langqiao.web.credit.gates import refused

    found = refused(Attempt(loan=loan, event="approve", role="bank", today=clock.today()), "bank_suspended")
    assert found == {"share": 1.0, "limit": 0.05}
    loan.class_override = ""
    loan.save()
    assert refused(Attempt(loan=loan, event="approve", role="bank", today=clock.today()), "bank_suspended") is None


def test_a_pool_pays_a_claim_in_parts_and_the_rest_may_stay_with_the_bank(world):
    world.open_pool()
    loan = claimed(world)
    lost = loan.balance_fen
    whole = code_of(services.loan_request, loan.pk, "compensate_part", membership=world.fund[0], fields={"amount_fen": lost})
    assert whole == "compensation_above_claim"
    assert code_of(services.loan_request, loan.pk, "end_claim", membership=world.fund[0], fields={"reason": "x"}) == "claim_not_begun"
    for part in (100_000_01, 50_000_00):
        world.both(loan, "compensate_part", world.fund, amount_fen=part)
        assert trial_balance() == 0 and loan.state == "claimed"
    assert code_of(world.step, loan, "refuse_claim", world.fund[0], reason="x") == "claim_begun"
    assert loan.balance_fen == lost - 150_000_01 == balance(f"loan/{loan.pk}", "loans")
    world.both(loan, "end_claim", world.fund, reason="其余不属于代偿范围")
    parts = {part.member.share if part.member else "bank": part.amount_fen for part in loan.claims.get().parts.all()}
    assert sum(parts.values()) == lost == loan.recourse_fen and loan.balance_fen == 0 and loan.state == "compensated"
    assert parts["bank"] == loan.lost_fen == lost - parts["54"] - parts["20"]
    assert pool_figures(world.pool)["paid_fen"] == parts["54"] + parts["20"]
    before = pool_figures(world.pool)["capital_fen"]
    world.both(loan, "collect", world.bank, amount_fen=lost // 2, evidence="R-9")
    back = {part.member.share if part.member else "bank": part.recovered_fen for part in loan.claims.get().parts.all()}
    for name, amount in back.items():
        assert abs(amount * lost - parts[name] * (lost // 2)) <= lost
    assert pool_figures(world.pool)["capital_fen"] == before + back["54"] + back["20"] and trial_balance() == 0


def claimed(world):
    """A loan whose collateral lapsed, claimed on the pool."""
    loan = world.brought("active")
    world.months_on(loan, 1)
    lapses(clock.today())
    watch.loans_watch()
    world.at(clock.today() + dt.timedelta(days=16))
    watch.loans_watch()
    loan.refresh_from_db()
    world.both(loan, "enforce", world.bank, enforced_by="auction", evidence="(2027)执1")
    world.at(clock.today() + dt.timedelta(days=31))
    world.both(loan, "claim", world.bank)
    return loan


def test_only_a_sale_by_the_pledgor_of_the_loan_s_own_patents_after_the_default_enforces_it(world):
    from langqiao.web.deals.opening import deal_open

    world.open_pool()
    loan = world.brought("active")
    early = deal_open(kind="assignment", membership=world.borrower[0], buyer=world.buyer[0].organization, patents=[KEY])
    alive = {KEY: Seen(alive=True, status="in_force")}
    world.at(loan.installments.get(number=1).due_on + dt.timedelta(days=91))
    watch.alarms_raise(alive, clock.today())
    watch.steps_take(clock.today())
    loan.refresh_from_db()
    world.both(loan, "enforce", world.bank, enforced_by="sale")
    link = {"membership": world.bank[0], "fields": {"deal": str(early.pk)}}
    assert code_of(services.loan_request, loan.pk, "link_sale", **link) == "sale_not_of_loan"
    loan.defaulted_on = early.opened_at.date()
    loan.save()
    deal = deal_open(kind="assignment", membership=world.borrower[0], buyer=world.buyer[0].organization, patents=[KEY])
    world.both(loan, "link_sale", world.bank, deal=str(deal.pk))
    assert loan.sale == deal and loan.state == "enforcing" and LoanPatent.objects.filter(loan=loan).count() == 1


def test_a_program_and_a_rate_refuse_what_does_not_fit(world):
    assert code_of(subsidized, world, share="1.5") == "terms_invalid"
    given = {"base": "shibor", "since": "x", "rate": "nine", "source": ""}
    with pytest.raises(Refusal) as refused:
        base_rates.rate_enter(membership=world.platform[0], **given)
    assert set(refused.value.facts["faults"]) == {"since", "rate", "source"}
