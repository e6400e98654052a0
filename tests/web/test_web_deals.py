"""Deals as services: the way from lead to settlement with its money, title and record; idempotency, four eyes, and who may do what."""

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.audit.models import Record
from langqiao.web.deals.clock import deal_clock
from langqiao.web.deals.models import DealStep, DealTransfer, Reservation
from langqiao.web.deals.money import available_fen
from langqiao.web.deals.opening import deal_open
from langqiao.web.deals.services import deal_advance, deal_request, deal_request_decline
from langqiao.web.ledger.models import LedgerAccount
from langqiao.web.people.models import Mandate, Organization, Role
from langqiao.web.rights.selectors import owners_for, standing_for
from tests.web.deals_world import World, both, brought, code_of, confide_as, member, receipt, sign, take

OTHER_KEY = "CN-101475642-B"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("facts_lake")]


@pytest.fixture
def world(db):
    return World()


def balanced():
    accounts = LedgerAccount.objects.all()
    assert sum(account.debits_posted_fen - account.credits_posted_fen for account in accounts) == 0
    assert sum(account.debits_pending_fen - account.credits_pending_fen for account in accounts) == 0
    return {account.id.split(":")[1]: account.balance_fen for account in accounts if account.balance_fen}


def test_an_assignment_from_lead_to_closing_moves_money_and_title_and_leaves_its_record(world):
    deal = brought(world, world.open(), "escrowed")
    buyer, seller = world.buyer[0].organization, world.seller[0].organization
    assert available_fen(buyer) == 9_000_000_00 and available_fen(seller) == 0
    brought(world, deal, "performed")
    assert [owner.name for owner in owners_for(world.key, deal.effective_on)] == [buyer.name]
    assert not Reservation.objects.exists()
    brought(world, deal, "closed")
    assert available_fen(seller) == 980_000_00
    assert balanced()["platform_fee"] == 20_000_00
    steps = list(DealStep.objects.filter(deal=deal))
    assert [step.event for step in steps] == ["sign_nda", "make_offer", "accept", "fund", "perform", "settle", "close"]
    assert [step.number for step in steps] == list(range(1, 8))
    assert all(Record.objects.get(seq=step.audit_seq).action == f"deal.{step.event}" for step in steps)
    assert [row.phase for row in DealTransfer.objects.filter(deal=deal)] == ["hold", "post", "transfer", "transfer"]


def test_the_same_key_fifty_times_has_one_effect_and_with_other_content_is_refused(world):
    deal = brought(world, world.open(), "offer")
    first = deal_advance(deal.pk, "accept", membership=world.buyer[0], key="once")
    again = [deal_advance(deal.pk, "accept", membership=world.buyer[0], key="once") for _ in range(50)]
    assert {step.pk for step in again} == {first.pk} and first.response["state"] == "accepted"
    assert DealStep.objects.filter(deal=deal, event="accept").count() == 1
    for event, membership, fields in (
        ("fail", world.buyer[0], {}),
        ("accept", world.seller[0], {}),
        ("accept", world.buyer[0], {"x": "1"}),
    ):
        with pytest.raises(Refusal) as refused:
            deal_advance(deal.pk, event, membership=membership, key="once", fields=fields)
        assert refused.value.code == "idempotency_key_reused"


def test_money_and_title_need_two_people_of_one_side(world):
    deal = brought(world, world.open(), "accepted")
    sign(deal, ("seller", world.seller[0]), ("buyer", world.buyer[0]))
    alone, other = world.buyer
    assert code_of(take, deal, "fund", alone) == "four_eyes_missing"
    deal_request(deal.pk, "fund", membership=alone)
    assert code_of(take, deal, "fund", alone) == "four_eyes_missing"
    assert code_of(deal_request, deal.pk, "fund", membership=other) == "request_open"
    reader, editor = member(other.organization, Role.READER), member(other.organization, Role.EDITOR)
    assert code_of(take, deal, "fund", reader) == "not_allowed"
    assert code_of(take, deal, "fund", editor) == "approver_needed"
    step = take(deal, "fund", other)
    assert (step.actor, step.requested_by) == (other.user, alone.user)


def test_a_declined_request_gives_no_step(world):
    deal = brought(world, world.open(), "accepted")
    sign(deal, ("seller", world.seller[0]), ("buyer", world.buyer[0]))
    asked = deal_request(deal.pk, "fund", membership=world.buyer[0])
    assert code_of(deal_request_decline, asked.pk, membership=world.seller[0]) == "not_found"
    deal_request_decline(asked.pk, membership=world.buyer[1])
    assert code_of(deal_request_decline, asked.pk, membership=world.buyer[1]) == "request_decided"
    assert code_of(take, deal, "fund", world.buyer[1]) == "four_eyes_missing"


def test_a_stranger_does_not_see_a_deal_and_an_impostor_of_the_owner_sells_nothing(world):
    stranger = world.pair("Stranger")[0]
    deal = world.open()
    assert code_of(take, deal, "sign_nda", stranger) == "not_found"
    assert code_of(take, deal, "make_offer", world.office[0]) == "not_found"
    lake_owner = owners_for(OTHER_KEY, timezone.localdate())[0].name
    impostor = world.pair(lake_owner)[0]
    fake = deal_open(kind="assignment", membership=impostor, buyer=world.buyer[0].organization, patents=[OTHER_KEY])
    confide_as(fake, impostor, world.buyer[0])
    assert code_of(take, fake, "make_offer", impostor, payment__price_fen="5") == "not_registered_owner"


def test_a_side_that_the_platform_has_not_verified_makes_no_contract(world):
    Organization.objects.filter(pk=world.buyer[0].organization_id).update(check_state="unchecked")
    deal = brought(world, world.open(), "offer")
    assert code_of(take, deal, "accept", world.buyer[0]) == "party_not_verified"


def test_a_changed_term_needs_new_signatures(world):
    deal = brought(world, world.open(), "offer")
    sign(deal, ("seller", world.seller[0]), ("buyer", world.buyer[0]))
    take(deal, "make_offer", world.seller[0], payment__price_fen="900000")
    take(deal, "accept", world.buyer[0])
    assert code_of(deal_request, deal.pk, "fund", membership=world.buyer[0]) == "written_contract_missing"


def test_a_failed_field_names_the_field_and_changes_nothing(world):
    deal = brought(world, world.open(), "nda")
    with pytest.raises(Refusal) as refused:
        take(deal, "make_offer", world.seller[0], payment__price_fen="12.345", payment__broker_rate="120%")
    assert refused.value.code == "terms_invalid" and set(refused.value.facts["faults"]) == {"payment.price_fen"}
    assert code_of(take, deal, "make_offer", world.seller[0], payment__broker_rate="120%") == "terms_invalid"
    assert code_of(take, deal, "make_offer", world.seller[0], nonsense="1") == "terms_invalid"
    deal.refresh_from_db()
    assert (deal.state, deal.terms) == ("nda", {})


def test_the_database_refuses_to_change_the_history(world):
    deal = brought(world, world.open(), "nda")
    for change in (lambda: deal.steps.update(event="x"), lambda: deal.steps.all()._raw_delete("default")):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_a_refund_gives_the_buyer_everything_back_and_frees_the_right(world):
    deal = brought(world, world.open(), "escrowed")
    assert Reservation.objects.get().deal == deal
    both(deal, "refund", world.platform, reason="the seller withdrew")
    assert available_fen(world.buyer[0].organization) == 10_000_000_00
    assert not Reservation.objects.exists() and balanced() is not None


def test_a_hold_that_ends_gives_the_money_back_by_the_clock(world, monkeypatch):
    deal = brought(world, world.open(), "escrowed")
    assert deal_clock(deal.pk) == 0
    monkeypatch.setattr("langqiao.web.deals.services.today", lambda: deal.hold_expires_on)
    assert deal_clock(deal.pk) == 1
    deal.refresh_from_db()
    assert deal.state == "refunded" and available_fen(world.buyer[0].organization) == 10_000_000_00


def test_one_deal_reserves_the_right_against_all_others(world):
    first, second = (brought(world, world.open(), "offer") for _ in range(2))
    take(first, "accept", world.buyer[0])
    assert code_of(take, second, "accept", world.buyer[0]) == "right_reserved"
    take(first, "fail", world.seller[0])
    take(second, "accept", world.buyer[0])


def test_an_unpaid_buyer_is_told_what_is_missing(world):
    deal = brought(world, world.open(), "accepted", terms={"payment.price_fen": "99999999"})
    sign(deal, ("seller", world.seller[0]), ("buyer", world.buyer[0]))
    with pytest.raises(Refusal) as refused:
        deal_request(deal.pk, "fund", membership=world.buyer[0])
    assert refused.value.facts == {"due": "99999999.00", "paid": "10000000.00"}


@pytest.mark.parametrize("kind", ["license_exclusive", "license_sole", "license_ordinary"])
def test_a_license_burdens_the_right_is_recorded_and_paid(world, kind):
    deal = brought(world, world.open(kind), "performed")
    assert standing_for(world.key, timezone.localdate()).burdens(f"{kind.removeprefix('license_')}_license")
    assert deal.deadlines.get(code="license_recordal").done_at is None
    receipt(deal, world, "recordal")
    take(deal, "record", world.seller[0])
    assert deal.deadlines.get(code="license_recordal").done_at is not None
    brought(world, deal, "closed")
    assert available_fen(world.seller[0].organization) == 980_000_00


def test_an_institution_with_a_mandate_negotiates_for_the_seller_and_binds_it_to_nothing(world):
    agent, day = world.pair("Broker", "broker"), timezone.localdate()
    deal = brought(world, world.open(), "nda")
    assert code_of(take, deal, "make_offer", agent[0], payment__price_fen="5") == "not_found"
    Mandate.objects.create(
        holder=world.seller[0].organization,
        agent=agent[0].organization,
        scopes=["negotiate"],
        from_on=day,
        until_on=day,
        accepted_at=timezone.now(),
    )
    take(deal, "make_offer", agent[0], payment__price_fen="1000000")
    take(deal, "make_offer", world.buyer[0], payment__price_fen="900000")
    assert code_of(take, deal, "accept", agent[0]) == "mandate_missing"
    take(deal, "accept", world.seller[0])


def test_a_state_unit_is_free_of_publicity_only_at_the_posted_price_of_its_listing():
    world = World(seller_kind="university")
    for offered, code in (("1000000", None), ("999999.99", "price_publicity_missing")):
        deal = brought(world, world.open(price_by="listing", listed_fen=1_000_000_00), "accepted", terms={"payment.price_fen": offered})
        sign(deal, ("seller", world.seller[0]), ("buyer", world.buyer[0]))
        if code:
            assert code_of(deal_request, deal.pk, "fund", membership=world.buyer[0]) == code
        else:
            deal_request(deal.pk, "fund", membership=world.buyer[0])
        take(deal, "fail", world.seller[0])
