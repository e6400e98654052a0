"""Deals as services: the way from lead to settlement with its money, title and record; idempotency, four eyes, and who may do what."""

import pytest

from langqiao.web.audit.models import Record
from langqiao.web.deals.models import DealStep, DealTransfer, Reservation
from langqiao.web.deals.money import available_fen
from langqiao.web.ledger.models import LedgerAccount
from langqiao.web.rights.selectors import owners_for
from tests.web.deals_world import World, brought

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
