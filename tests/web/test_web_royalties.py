"""Royalties by period with interest and audit, and what inventors get of income: never below the law, by two people, each seeing only their own."""

import datetime as dt
from fractions import Fraction

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from langqiao.engine.operations.encumbrance import Standing
from langqiao.engine.operations.upkeep import missed
from langqiao.engine.royalties.late import late_interest, periods
from langqiao.web.audit.models import Record
from langqiao.web.credit.models import LOAN
from langqiao.web.deals import terms as stored
from langqiao.web.deals.contract import installments_read
from langqiao.web.deals.models import Deal
from langqiao.web.deals.money import available_fen
from langqiao.web.ledger.models import LedgerAccount
from langqiao.web.notices.models import Notice
from langqiao.web.notices.reminders import reminders_look
from langqiao.web.notices.words import ACTIONS, address_of, sentence
from langqiao.web.people.models import User
from langqiao.web.rights.services import entry_append, holding_lock
from langqiao.web.royalties import inventors, schedule, services, upkeep
from langqiao.web.royalties.pages import read_lines
from tests.web.credit_world import lapses
from tests.web.deals_world import LICENSE, World, brought, code_of

DAY = dt.date(2026, 1, 15)
TERMS = LICENSE | {
    "payment.price_fen": "0", "payment.method": "running_royalty", "license.royalty.rate": "5%", "license.royalty.minimum_fen": "1000",
    "license.royalty.period_months": "6", "license.royalty.late_rate_annual": "7.3%",
}  # fmt: skip
db = pytest.mark.django_db
lake = pytest.mark.usefixtures("facts_lake")


def test_periods_follow_one_another_from_the_effective_day_and_end_with_the_license():
    found = periods(DAY, months=6, report_days=30, today=dt.date(2027, 2, 1), end=dt.date(2027, 1, 1))
    assert [(one.number, one.since, one.until) for one in found] == [
        (1, DAY, dt.date(2026, 7, 15)),
        (2, dt.date(2026, 7, 15), dt.date(2027, 1, 1)),
    ]
    assert found[0].due_on == dt.date(2026, 8, 14)
    assert periods(DAY, months=6, report_days=30, today=dt.date(2026, 7, 14)) == ()


@pytest.mark.parametrize(
    ("paid_on", "fen"), [(DAY, 0), (DAY - dt.timedelta(days=9), 0), (DAY + dt.timedelta(days=365), 73_00), (DAY + dt.timedelta(days=1), 20)]
)
def test_late_interest_counts_the_days_after_the_due_day(paid_on, fen):
    assert late_interest(1000_00, Fraction(73, 1000), DAY, paid_on) == fen


@pytest.fixture
def world(db, monkeypatch):
    return World(seller_kind="university")


@pytest.fixture
def license_deal(world, monkeypatch):
    """An ordinary license with a royalty, in effect for thirteen months on the day of the test."""
    world.seller[0].organization.kind = "enterprise"
    world.seller[0].organization.save()
    deal = brought(world, world.open("license_ordinary"), "performed", terms=TERMS)
    world.seller[0].organization.kind = "university"
    world.seller[0].organization.save()
    day = deal.effective_on + dt.timedelta(days=400)
    for place in ("langqiao.web.royalties.services.today", "langqiao.web.royalties.inventors.today", "langqiao.web.royalties.pages.today"):
        monkeypatch.setattr(place, lambda: day)
    return deal


@db
@lake
def test_a_period_is_stated_by_one_paid_by_another_with_interest_and_audited(world, license_deal):
    deal, (first, second), seller = license_deal, world.buyer, world.seller[0]
    assert [period.number for period in services.periods_of(deal, services.today())] == [1, 2]
    assert code_of(services.statement_make, deal.pk, membership=first, number=3, net_sales_fen=1) == "no_such_period"
    assert code_of(services.statement_make, deal.pk, membership=seller, number=1, net_sales_fen=1) == "not_allowed"
    stated = services.statement_make(deal.pk, membership=first, number=1, net_sales_fen=100_000_00)
    assert stated.due_fen == 5_000_00
    assert services.statement_make(deal.pk, membership=first, number=2, net_sales_fen=0).top_up_fen == 1_000_00
    assert code_of(services.statement_make, deal.pk, membership=first, number=1, net_sales_fen=1) == "period_stated"
    assert code_of(services.statement_pay, stated.pk, membership=first) == "four_eyes_missing"
    before = available_fen(seller.organization)
    paid = services.statement_pay(stated.pk, membership=second)
    days = (services.today() - stated.due_on).days
    assert paid.interest_paid_fen == late_interest(5_000_00, Fraction("0.073"), stated.due_on, services.today()) > 0 and days > 0
    assert available_fen(seller.organization) - before == 5_000_00 + paid.interest_paid_fen
    assert code_of(services.statement_pay, stated.pk, membership=second) == "nothing_owed"
    found = services.statement_audit(stated.pk, membership=seller, net_sales_fen=120_000_00, report="A-1")
    assert (found.deficiency_fen, found.cost_on) == (1_000_00, "licensee")
    assert services.statement_pay(stated.pk, membership=second).paid_fen == 6_000_00
    assert code_of(services.statement_audit, stated.pk, membership=seller, net_sales_fen=1, report="") == "already_audited"
    assert sum(account.debits_posted_fen - account.credits_posted_fen for account in LedgerAccount.objects.all()) == 0


@db
@lake
def test_inventors_get_the_statutory_share_by_two_people_and_each_sees_only_the_own_part(world, license_deal, client):
    seller, other = world.seller
    stated = services.statement_make(license_deal.pk, membership=world.buyer[0], number=1, net_sales_fen=100_000_00)
    shares = {"甲": Fraction(2, 3), "乙": Fraction(1, 3)}
    given = {"membership": seller, "inventors": shares, "statement_id": stated.pk}
    assert code_of(inventors.distribution_propose, license_deal.pk, **given) == "no_income"
    services.statement_pay(stated.pk, membership=world.buyer[1])
    person = User.objects.create_user("jia@example.com", "a long enough sentence")
    assert (
        code_of(inventors.distribution_propose, license_deal.pk, **given | {"inventors": {"甲": Fraction(1, 2)}})
        == "inventor_shares_do_not_sum"
    )
    made = inventors.distribution_propose(license_deal.pk, **given, emails={"甲": person.email}, withheld={"甲": 100}, costs=[1_000_00])
    assert made.net_fen == made.income_fen - 1_000_00 and made.inventors_fen * 2 - made.net_fen in {0, 1}
    assert code_of(inventors.distribution_propose, license_deal.pk, **given) == "distribution_made"
    assert code_of(inventors.distribution_decide, made.pk, membership=seller, approve=True) == "four_eyes_missing"
    assert code_of(inventors.distribution_decide, made.pk, membership=world.buyer[0], approve=True) == "not_found"
    first, second = made.shares.all()
    assert code_of(inventors.share_paid, first.pk, membership=other, receipt="B-1") == "not_approved"
    before = available_fen(seller.organization)
    inventors.distribution_decide(made.pk, membership=other, approve=True)
    assert before - available_fen(seller.organization) == made.inventors_fen == first.amount_fen + second.amount_fen
    assert LedgerAccount.objects.get(purpose="tax_payable", owner=f"organization/{seller.organization_id}").balance_fen == 100
    assert code_of(inventors.share_paid, first.pk, membership=other, receipt=" ") == "receipt_missing"
    inventors.share_paid(first.pk, membership=other, receipt="B-1")
    assert code_of(inventors.share_paid, first.pk, membership=other, receipt="B-2") == "share_paid"
    client.force_login(person)
    page = client.get(reverse("my_income"), headers={"accept-language": "en"}).content.decode()
    assert "B-1" in page and "乙" not in page


@db
@lake
def test_a_state_unit_has_no_rule_below_the_law_and_a_company_may(world):
    given = {"document": "rule 1", "since": dt.date(2026, 1, 1)}
    assert (
        code_of(inventors.rule_make, membership=world.seller[0], share=Fraction(49, 100), **given)
        == "inventor_share_below_statutory_minimum"
    )
    assert inventors.rule_make(membership=world.buyer[0], share=Fraction(3, 10), **given).share == "3/10"
    assert inventors.rule_on(world.buyer[0].organization, timezone.localdate()).share == "3/10"


@db
@lake
def test_the_pages_open_for_both_sides_in_both_languages(world, license_deal, client):
    services.statement_make(license_deal.pk, membership=world.buyer[0], number=1, net_sales_fen=100_000_00)
    for side in (world.seller[0], world.buyer[0], world.buyer[1]):
        client.force_login(side.user)
        for language in ("en", "zh-hans"):
            for address in (reverse("royalties"), reverse("royalty_license", args=[license_deal.pk])):
                assert client.get(address, headers={"accept-language": language}).status_code == 200
    client.force_login(world.platform[0].user)
    assert client.get(reverse("royalty_license", args=[license_deal.pk])).status_code == 404


def test_lines_of_inventors_are_read_by_name_share_mail_and_tax():
    shares, emails, withheld = read_lines("王伟；60%；wang@example.com；12.50\n李娜; 2/5\n\n")
    assert shares == {"王伟": Fraction(3, 5), "李娜": Fraction(2, 5)}
    assert emails["王伟"] == "wang@example.com" and withheld == {"王伟": 1250, "李娜": 0}


@db
@lake
def test_a_license_shows_what_comes_and_both_sides_are_reminded_until_it_is_paid(world, license_deal, client, monkeypatch):
    day = services.today()
    coming = schedule.periods_coming(license_deal, day)
    assert [one.number for one in coming][:1] == [3] and all(one.due_on > day for one in coming)
    assert [(one.number, one.owed_fen) for one in schedule.periods_waiting(license_deal, day)] == [(1, None), (2, None)]
    due = schedule.periods_waiting(license_deal, day)[1].due_on
    monkeypatch.setattr("langqiao.web.notices.reminders.timezone.localdate", lambda: due - dt.timedelta(days=1))
    monkeypatch.setattr("langqiao.web.royalties.services.today", lambda: due - dt.timedelta(days=1))
    assert reminders_look() > 0 and reminders_look() == 0, "told once a lead"
    told = Notice.objects.filter(action="reminder.royalty", due_on=due)
    sides = {world.seller[0].organization_id, world.buyer[0].organization_id}
    assert set(told.values_list("organization_id", flat=True)) == sides
    assert address_of(told[0].subject, told[0].facts) == reverse("royalty_license", args=[license_deal.pk])
    services.statement_make(license_deal.pk, membership=world.buyer[0], number=2, net_sales_fen=0)
    services.statement_pay(license_deal.royalty_statements.get(number=2).pk, membership=world.buyer[1])
    fresh = Deal.objects.prefetch_related("royalty_statements__audit").get(pk=license_deal.pk)
    assert [one.number for one in schedule.periods_waiting(fresh, due)] == [1]


@db
@lake
def test_installments_of_a_contract_are_written_shown_and_reminded_of(world, client):
    terms = LICENSE | {"payment.method": "installments"}
    world.seller[0].organization.kind = "enterprise"
    world.seller[0].organization.save()
    deal = brought(world, world.open("license_ordinary"), "performed", terms=terms)
    today = timezone.localdate()
    text = f"{today}；600,000；on signature\n{today + dt.timedelta(days=90)}; 400000"
    deal.contract = {"given": {"installments": text}}
    deal.save()
    rows = schedule.installments_of(deal)
    assert [(row.due_on, row.amount_fen, row.condition) for row in rows] == [
        (today, 600_000_00, "on signature"), (today + dt.timedelta(days=90), 400_000_00, ""),
    ]  # fmt: skip
    client.force_login(world.buyer[0].user)
    page = client.get(reverse("royalty_license", args=[deal.pk]), headers={"accept-language": "zh-hans"}).content.decode()
    assert "合同约定的分期款项" in page and "600,000.00" in page
    reminders_look()
    assert Notice.objects.filter(action="reminder.installment", due_on=today).count() == 2
    with pytest.raises(ValueError, match="Invalid isoformat"):
        installments_read("soon; 5")


def test_every_event_of_royalties_and_loans_that_people_wait_for_has_words_in_both_languages():
    wanted = {
        "royalty.stated",
        "royalty.paid",
        "royalty.audited",
        "inventors.proposed",
        "inventors.approved",
        "session.called",
        "loan.alarm",
    }
    wanted |= {f"loan.{step.event}" for step in LOAN.steps} - {"loan.classify"}
    assert wanted <= set(ACTIONS) and "loan.classify" not in ACTIONS  # what the bank thinks of a loan is the bank's
    for action in wanted:
        said = []
        for language in ("zh-hans", "en"):
            with override(language):
                said.append(sentence(action))
        assert said[0] != said[1], action


@db
@lake
def test_i34_a_missed_annual_fee_of_a_licensed_right_is_noted_for_both_sides_until_it_is_made_good(world, client, license_deal):
    deal, day = license_deal, timezone.localdate()
    other = world.open("license_ordinary")
    assert upkeep.licenses_watch(day) == "licensed rights 1, fees missed 0, made good 0"
    lapses(day, deal.patents.get().key)
    assert [upkeep.licenses_watch(day) for _again in range(2)] == [
        "licensed rights 1, fees missed 1, made good 0", "licensed rights 1, fees missed 0, made good 0",
    ]  # fmt: skip
    found = upkeep.breaches_of(deal).get()
    assert (found.status, found.found_on, found.cured_on) == ("lapsed", day, None)
    assert not upkeep.breaches_of(other).exists()
    record = Record.objects.get(action="license.fee_missed")
    assert {deal.seller_id, deal.buyer_id} <= set(record.readers.values_list("organization_id", flat=True))
    assert address_of(record.subject, {}) == reverse("royalty_license", args=[deal.pk])
    client.force_login(world.buyer[0].user)
    assert "第26条" in client.get(reverse("royalty_license", args=[deal.pk])).content.decode()
    with transaction.atomic():
        entry_append(holding_lock(found.key), kind="event", on=day, body={"kind": "RESTORATION"}, by=None)
    assert "made good 1" in upkeep.licenses_watch(day)
    assert upkeep.breaches_of(deal).get().cured_on == day


@db
@lake
def test_a_license_that_has_ended_asks_for_no_more_annual_fees(world, license_deal):
    deal, day = license_deal, timezone.localdate()
    lapses(day, deal.patents.get().key)
    terms = stored.read(deal.terms)
    deal.terms = stored.patched(deal.terms, {"license.term_end": day - dt.timedelta(days=1), "license.no_term": False})
    deal.save()
    assert stored.read(deal.terms).license.term_end and terms.license.term_end is None
    assert "missed 0" in upkeep.licenses_watch(day)


@pytest.mark.parametrize(
    ("status", "answer"), [("in_force", ""), ("grace", "grace"), ("lapsed", "lapsed"), ("invalidated", ""), ("expired", "")]
)
def test_i34_only_an_unpaid_fee_is_the_licensors_breach(status, answer):
    assert missed(Standing(type="invention", granted=True, status=status, owners=("A",))) == answer
