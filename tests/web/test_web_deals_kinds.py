"""Every other operation through the same service: open license and its taker, auctions of four kinds, pledge, sub-license, conditions of the law."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from langqiao.engine.operations.bidding import Move, commitment_digest
from langqiao.web.deals import room
from langqiao.web.deals.clock import deal_clock, deals_clock
from langqiao.web.deals.facts import statement_of, statement_sha256
from langqiao.web.deals.models import Deal, Reservation
from langqiao.web.deals.money import available_fen
from langqiao.web.deals.opening import deal_open, deal_terms_change
from langqiao.web.deals.services import deal_request
from langqiao.web.ledger.models import LedgerAccount
from langqiao.web.rights.selectors import owners_for, standing_for
from tests.web.deals_world import LICENSE, World, both, brought, code_of, paper, pay_in, receipt, sign, take

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("facts_lake")]
NONCE = "a secret of the seal"
STATEMENT = {
    "statement.fee_method": "fixed", "statement.fixed_fen": "5000.00", "statement.term_end": "2030-01-01", "statement.other_matters": "无",
}  # fmt: skip


@pytest.fixture
def world(db):
    return World()


def burdens(world):
    return sorted(burden.kind for burden in standing_for(world.key, timezone.localdate()).encumbrances)


def announced(world):
    """A statement of open license that the office has announced."""
    deal = deal_open(kind="open_license", membership=world.seller[0], patents=[world.key], fields=STATEMENT)
    both(deal, "file", world.seller)
    receipt(deal, world, "announcement")
    take(deal, "announce", world.office[0])
    deal.refresh_from_db()
    return deal


def taken_by(world, deal, membership):
    """A taker's notice on the published terms."""
    taking = deal_open(kind="open_license_taking", membership=membership, parent=deal)
    take(taking, "give_notice", membership, statement_sha256=statement_sha256(statement_of(taking)))
    return taking


def test_an_open_license_is_taken_by_a_stranger_without_any_act_of_the_owner(world):
    deal = announced(world)
    assert burdens(world) == ["open_license"]
    stranger = world.pair("Stranger")[0]
    pay_in(stranger.organization, 6000_00)
    taking = taken_by(world, deal, stranger)
    take(taking, "pay", stranger)
    assert burdens(world) == ["open_license", "ordinary_license"]
    assert deal_clock(taking.pk) == 2
    taking.refresh_from_db()
    assert taking.state == "closed" and available_fen(stranger.organization) == 1000_00
    assert available_fen(world.seller[0].organization) == 4900_00
    both(deal, "withdraw", world.seller)
    receipt(deal, world, "withdrawal")
    take(deal, "announce_withdrawal", world.office[0])
    assert burdens(world) == ["ordinary_license"]


def test_a_taker_takes_the_published_terms_and_no_others_and_pays_them(world):
    deal = announced(world)
    stranger = world.pair("Stranger")[0]
    taking = deal_open(kind="open_license_taking", membership=stranger, parent=deal)
    assert code_of(take, taking, "give_notice", stranger, statement_sha256="0" * 64) == "open_license_terms_unequal"
    assert code_of(take, deal, "edit_terms", world.seller[0], statement__fixed_fen="1") == "open_license_terms_fixed"
    take(taking, "give_notice", stranger, statement_sha256=statement_sha256(statement_of(taking)))
    assert code_of(take, taking, "pay", stranger) == "open_license_payment_missing"


def test_an_exclusive_license_is_refused_while_an_open_license_is_in_force(world):
    announced(world)
    deal = brought(world, world.open("license_exclusive"), "nda")
    fields = {name.replace(".", "__"): value for name, value in LICENSE.items()}
    assert code_of(take, deal, "make_offer", world.seller[0], **fields) == "open_license_in_force"


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("statement.other_matters", "本技术世界领先", "advertising_language_in_statement"),
        ("statement.fixed_fen", "20000000.01", "open_license_fee_above_cap"),
        ("statement.other_matters", "", "open_license_statement_incomplete"),
    ],
)
def test_a_statement_that_the_rules_forbid_is_not_filed(world, field, value, code):
    deal = deal_open(kind="open_license", membership=world.seller[0], patents=[world.key], fields=STATEMENT | {field: value})
    assert code_of(deal_request, deal.pk, "file", membership=world.seller[0]) == code


def test_a_statement_is_changed_while_it_is_a_draft_and_never_after(world):
    deal = deal_open(kind="open_license", membership=world.seller[0], patents=[world.key], fields=STATEMENT)
    deal_terms_change(deal.pk, membership=world.seller[0], fields={"statement.fixed_fen": "4000"})
    assert code_of(deal_terms_change, deal.pk, membership=world.buyer[0], fields={}) == "not_found"
    both(deal, "file", world.seller)
    assert code_of(deal_terms_change, deal.pk, membership=world.seller[0], fields={"statement.fixed_fen": "1"}) == "terms_settled"


def rules(kind, now, **more):
    times = {"opens_at": now - dt.timedelta(hours=1), "closes_at": now + dt.timedelta(hours=1), "reveal_until": now + dt.timedelta(hours=2)}
    given = {
        "kind": kind,
        "reserve_fen": "100000",
        "step_fen": "10000",
        "deposit_fen": "20000",
        "snipe_minutes": "5",
        "start_fen": "500000",
    }
    given |= {name: moment.isoformat() for name, moment in times.items()}
    return {f"auction.{name}": value for name, value in (given | more).items()}


@pytest.fixture
def clock(monkeypatch):
    """A clock that the test moves."""

    class Clock:
        at = timezone.now()

        def now(self):
            return self.at

    clock = Clock()
    monkeypatch.setattr("langqiao.web.deals.services.timezone.now", clock.now)
    return clock


def bidders(world, count=3):
    found = [world.pair(f"Bidder {number}")[0] for number in range(1, count + 1)]
    for one in found:
        pay_in(one.organization, 1_000_000_00)
    return found


def auction(world, kind, clock):
    deal = deal_open(kind="auction", membership=world.seller[0], patents=[world.key], fields=rules(kind, clock.at))
    both(deal, "open", world.platform)
    return deal


def test_an_english_auction_of_three_bidders_ends_in_a_deal_at_the_best_bid(world, clock):
    deal, three = auction(world, "english", clock), bidders(world)
    assert code_of(take, deal, "bid", three[0], amount_fen="150000") == "bid_deposit_missing"
    for one in three:
        take(deal, "deposit", one)
    assert code_of(take, deal, "deposit", three[0]) == "bid_deposit_paid"
    assert code_of(take, deal, "deposit", world.seller[0]) == "not_allowed"
    for one, amount in ((three[0], "110000"), (three[1], "130000")):
        take(deal, "bid", one, amount_fen=amount)
    assert code_of(take, deal, "bid", three[2], amount_fen="135000") == "bid_too_low"
    clock.at += dt.timedelta(minutes=58)
    take(deal, "bid", three[2], amount_fen="140000")
    clock.at += dt.timedelta(minutes=3)
    take(deal, "bid", three[0], amount_fen="150000")
    assert deal_clock(deal.pk) == 0
    clock.at += dt.timedelta(minutes=6)
    assert deal_clock(deal.pk) == 2
    deal.refresh_from_db()
    child = Deal.objects.get(parent=deal)
    assert (deal.state, child.state, child.buyer, child.price_fen) == ("awarded", "accepted", three[0].organization, 150_000_00)
    assert [available_fen(one.organization) for one in three] == [980_000_00, 1_000_000_00, 1_000_000_00]
    assert Reservation.objects.get().deal == child
    pair = (three[0], world.pair_of(three[0]))
    sign(child, ("seller", world.seller[0]), ("buyer", pair[0]))
    both(child, "fund", pair)
    receipt(child, world)
    both(child, "perform", world.platform)
    both(child, "settle", world.platform)
    assert available_fen(three[0].organization) == 850_000_00 and available_fen(world.seller[0].organization) == 147_000_00
    assert [owner.name for owner in owners_for(world.key, timezone.localdate())] == [three[0].organization.name]
    assert sum(account.debits_posted_fen - account.credits_posted_fen for account in LedgerAccount.objects.all()) == 0
    assert not LedgerAccount.objects.filter(purpose="escrow", credits_posted_fen__gt=0).exclude(owner=f"deal/{deal.pk}").exists()


def test_sealed_bids_at_second_price_are_committed_opened_and_awarded(world, clock):
    deal, three = auction(world, "second_price", clock), bidders(world)
    for one, fen in zip(three, (200_000_00, 300_000_00, 250_000_00), strict=True):
        take(deal, "deposit", one)
        move = Move(bidder=one.organization.name, amount_fen=fen, nonce=NONCE)
        take(deal, "bid", one, digest=commitment_digest(str(deal.pk), move))
    assert not deal.bid_set.exclude(amount_fen=None).exists(), "no amount is known before it is opened"
    clock.at += dt.timedelta(hours=1, minutes=1)
    assert deal_clock(deal.pk) == 1
    assert code_of(take, deal, "reveal", three[0], amount_fen="200001", nonce=NONCE) == "bid_commitment_mismatch"
    for one, yuan in zip(three, ("200000", "300000", "250000"), strict=True):
        take(deal, "reveal", one, amount_fen=yuan, nonce=NONCE)
    assert deal_clock(deal.pk) == 1
    child = Deal.objects.get(parent=deal)
    assert (child.buyer, child.price_fen) == (three[1].organization, 250_000_00)
    assert not any("nonce" in step.fields for step in deal.steps.all())


def test_a_dutch_auction_ends_with_its_first_bid_at_the_price_of_the_clock(world, clock):
    fields = rules("dutch", clock.at, step_minutes="10")
    deal = deal_open(kind="auction", membership=world.seller[0], patents=[world.key], fields=fields)
    both(deal, "open", world.platform)
    first, second, _third = bidders(world)
    for one in (first, second):
        take(deal, "deposit", one)
    take(deal, "bid", first, amount_fen="450000")
    assert deal.bid_set.get(move="bid").amount_fen == 440_000_00
    assert code_of(take, deal, "bid", second, amount_fen="450000") == "auction_not_open"
    clock.at += dt.timedelta(seconds=1)
    assert deal_clock(deal.pk) == 2
    assert Deal.objects.get(parent=deal).price_fen == 440_000_00


def test_an_unsold_auction_frees_the_deposits_and_leads_to_private_treaty(world, clock):
    deal, (one, *_rest) = auction(world, "english", clock), bidders(world)
    take(deal, "deposit", one)
    take(deal, "bid", one, amount_fen="50000")
    clock.at += dt.timedelta(hours=2)
    assert deal_clock(deal.pk) == 2
    deal.refresh_from_db()
    assert deal.state == "unsold" and available_fen(one.organization) == 1_000_000_00 and not Reservation.objects.exists()
    take(deal, "negotiate", world.seller[0], buyer=str(one.organization_id))
    child = Deal.objects.get(parent=deal)
    assert (child.kind, child.state, child.buyer) == ("assignment", "lead", one.organization)


PLEDGE = {"pledge.claim_kind": "借款", "pledge.claim_fen": "300000", "pledge.debt_end": "2029-01-01", "pledge.security_scope": "本金及利息"}


def pledged(world):
    deal = world.open("pledge", fields=PLEDGE)
    sign(deal, ("seller", world.seller[0]), ("pledgee", world.buyer[0]))
    take(deal, "sign", world.seller[0])
    both(deal, "file", world.seller)
    assert code_of(take, deal, "register", world.office[0]) == "pledge_not_registered"
    receipt(deal, world)
    take(deal, "register", world.office[0])
    return deal


def test_a_pledge_exists_from_its_registration_and_ends_on_a_ground(world):
    deal = pledged(world)
    assert burdens(world) == ["pledged"]
    assert code_of(take, deal, "release", world.platform[0]) == "pledge_release_without_ground"
    receipt(deal, world, "deregistration")
    take(deal, "release", world.platform[0], pledge__release_ground="discharged")
    assert burdens(world) == []


def test_a_pledged_right_is_sold_with_the_pledgees_consent_and_its_proceeds_pay_the_debt(world):
    pledged(world)
    bank, seller = world.buyer[0], world.seller[0]
    acquirer = world.pair("Acquirer")
    pay_in(acquirer[0].organization, 1_000_000_00)
    world.buyer = acquirer
    terms = {"payment.price_fen": "1000000", "pledge_route": "prepay", "pledge_debt_fen": "300000"}
    deal = brought(world, world.open(), "accepted", terms=terms)
    sign(deal, ("seller", seller), ("buyer", acquirer[0]))
    assert code_of(deal_request, deal.pk, "fund", membership=acquirer[0]) == "pledgee_consent_missing"
    file = paper(deal, seller)
    room.consent_note(deal.pk, membership=seller, holder=bank.organization.name, basis="pledgee", given_on=timezone.localdate(), file=file)
    both(deal, "fund", acquirer)
    before = available_fen(bank.organization)
    brought(world, deal, "settled")
    assert available_fen(bank.organization) - before == 300_000_00 and available_fen(seller.organization) == 680_000_00


def test_a_state_unit_publishes_the_price_first_and_a_foreign_buyer_needs_clearance():
    world = World(seller_kind="university")
    deal = brought(world, world.open(), "accepted", terms={"payment.price_fen": "1000000", "buyer_country": "DE"})
    sign(deal, ("seller", world.seller[0]), ("buyer", world.buyer[0]))
    assert code_of(deal_request, deal.pk, "fund", membership=world.buyer[0]) == "price_publicity_missing"
    begun = timezone.localdate() - dt.timedelta(days=20)
    room.publicity_begin(deal.pk, membership=world.seller[0], result_name="成果", begun_on=begun)
    both(deal, "fund", world.buyer)
    receipt(deal, world)
    assert code_of(deal_request, deal.pk, "perform", membership=world.platform[0]) == "export_clearance_missing"
    room.clearance_note(deal.pk, membership=world.seller[0], number="TE-1", on=begun)
    both(deal, "perform", world.platform)


def test_a_sub_license_lies_within_its_head_license(world):
    terms = LICENSE | {"license.may_sublicense": "on", "license.territories": "CN-44"}
    head = brought(world, world.open("license_exclusive"), "performed", terms=terms)
    third = world.pair("Third")
    deal = deal_open(kind="sublicense", membership=world.buyer[0], parent=head, buyer=third[0].organization)
    world.seller, world.buyer = world.buyer, third
    brought(world, deal, "nda")
    given = {"payment__price_fen": "1", "payment__method": "lump_sum", "license__no_term": "on"}
    assert code_of(take, deal, "make_offer", world.seller[0], **given) == "sublicense_exceeds_parent"
    pay_in(third[0].organization, 100)
    brought(world, deal, "performed", terms=LICENSE | {"payment.price_fen": "1", "license.territories": "CN-44"})
    assert burdens(world) == ["exclusive_license", "ordinary_license"]


def test_the_clock_of_all_deals_goes_on_when_one_cannot_be_read(world, clock):
    deal = auction(world, "english", clock)
    broken = Deal.objects.create(kind="auction", state="open", seller=world.seller[0].organization, terms={})
    broken.patents.create(key=world.key)
    clock.at += dt.timedelta(hours=2)
    assert deals_clock() == "2 steps, 1 failures"
    deal.refresh_from_db()
    assert deal.state == "unsold" and uuid.UUID(str(deal.pk))
