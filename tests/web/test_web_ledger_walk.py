"""From page to ledger to inclusion proof: every transfer of every room's world is on a page, named by a record, and its record proves its place."""

import json
import re

import pytest
from django.urls import reverse

from langqiao.engine.ledger import merkle
from langqiao.web.audit.heads import head_make
from langqiao.web.audit.models import Record, TreeHead
from langqiao.web.audit.proofs import inclusion_of
from langqiao.web.audit.tree import leaf_of
from langqiao.web.ledger.access import may_see
from langqiao.web.ledger.models import Transfer
from langqiao.web.people.models import Membership
from tests.web.conftest import give_factor
from tests.web.credit_world import CreditWorld
from tests.web.deals_world import World, brought
from tests.web.funds_world import YI, FundWorld

pytestmark = [pytest.mark.books, pytest.mark.django_db, pytest.mark.usefixtures("facts_lake")]
SETUP = "test"
"""Who paid the money in with which a world begins: no step of anybody, so no record; every other transfer has one."""


def deals(_monkeypatch):
    """A sale from the first offer to its settlement."""
    world = World()
    brought(world, world.open(), "settled")


def funds(_monkeypatch):
    """A fund that calls, receives, invests after a committee's decision, realizes and distributes."""
    world = FundWorld()
    world.closed()
    world.seats(*world.experts)
    world.paid_in(YI)
    project = world.at_committee(amount_fen=YI // 2)
    world.passed(project)
    world.signed(project)
    world.do("disbursement", YI // 4, project=project.pk)
    world.do("proceeds", YI // 2, project=project.pk, cost_fen=YI // 4)
    world.do("distribution", YI // 8)


def credit(monkeypatch):
    """A loan in a pool that is paid, defaults on a lapse, is claimed, compensated in parts, and recovers; with default interest and a subsidy."""
    from tests.web.test_web_credit_changes import claimed

    world = CreditWorld(monkeypatch)
    world.open_pool()
    loan = claimed(world)
    world.both(loan, "compensate_part", world.fund, amount_fen=50_000_00)
    world.both(loan, "compensate", world.fund)
    world.both(loan, "collect", world.bank, amount_fen=90_000_00, evidence="R-1")


def insurance(monkeypatch):
    """A policy that is paid for and pays a claim."""
    from tests.web.insurance_world import InsuranceWorld

    world = InsuranceWorld(monkeypatch)
    policy = world.brought()
    world.later(200)
    world.paid_claim(policy)


def securitization(monkeypatch):
    """An issue of receivables with its first date served."""
    from tests.web.securitization_world import SecuritizationWorld

    world = SecuritizationWorld(monkeypatch)
    world.served(world.brought("issued"))


WORLDS = {"deals": deals, "funds": funds, "credit": credit, "insurance": insurance, "securitization": securitization}
"""Room → what fills its books. A room that gets money of its own enters its world here."""
LEAST = {"deals": 4, "funds": 6, "credit": 15, "insurance": 3, "securitization": 8}
"""So many transfers at least have a record, lest a world stop moving money and the walk prove nothing."""


MOVED = (str, str, int)


def moved(debit, credit, amount_fen):
    """How a record that knows no ids names a transfer: both accounts and the amount."""
    return f"{debit} > {credit}: {amount_fen}"


def names_of(record):
    """Every word of a record that could name a transfer: texts anywhere in its payload, and its subject with each number of the payload."""
    found = set()

    def walk(value):
        if isinstance(value, dict):
            for one in value.values():
                walk(one)
        elif isinstance(value, list):
            if len(value) == len(MOVED) and all(type(one) is kind for one, kind in zip(value, MOVED, strict=True)):
                found.add(moved(*value))
            for one in value:
                walk(one)
        elif isinstance(value, str | int):
            found.add(str(value))

    walk(json.loads(record.payload))
    return found | {record.subject} | {f"{record.subject}/{word}" for word in found if len(word) < 60}


def naming(records):
    """Name → the records that carry it."""
    known = {}
    for record in records:
        for name in names_of(record):
            known.setdefault(name, []).append(record)
    return known


def record_of(transfer, known):
    """The record that names a transfer: by its own id, by its group's, or by both accounts and the amount."""
    by_money = known.get(moved(transfer.debit_id, transfer.credit_id, transfer.amount_fen))
    found = known.get(transfer.id) or known.get(transfer.group_id) or by_money
    return found[0] if found else None


def verified(record):
    """The inclusion proof, followed by hand from the record's own hash to the root that was signed."""
    proof = inclusion_of(record)
    assert proof is not None and proof.fits
    head = TreeHead.objects.get(pk=proof.head.pk)
    told = json.loads(proof.text())
    path = [bytes.fromhex(step) if isinstance(step, str) else step for step in proof.path]
    leaf = leaf_of(record.hash)
    reached = merkle.included_root(leaf, record.seq - 1, head.size, path)
    assert (reached.hex() if isinstance(reached, bytes) else reached) == head.root == told["head"]["root"]
    other = merkle.included_root(leaf_of("0" * 64), record.seq - 1, head.size, path)
    assert (other.hex() if isinstance(other, bytes) else other) != head.root
    return proof


@pytest.mark.parametrize("room", sorted(WORLDS))
def test_every_transfer_is_on_a_page_named_by_a_record_and_proven(room, monkeypatch, client):
    WORLDS[room](monkeypatch)
    assert head_make() is not None
    known = naming(Record.objects.order_by("seq"))
    transfers = list(Transfer.objects.select_related("debit", "credit").order_by("seq"))
    walked, opening = 0, 0
    for transfer in transfers:
        member = seer_of(transfer)
        page = opened(client, transfer, member)
        assert transfer.hash in page and str(transfer.id) in page
        for other in Transfer.objects.filter(group_id=transfer.group_id).select_related("debit", "credit"):
            listed = reverse("transfer", args=[other.seq]) in page or other.seq == transfer.seq
            assert listed == (may_see(member, other.debit.owner) or may_see(member, other.credit.owner))
        if transfer.by == SETUP:
            opening += 1
            continue
        record = record_of(transfer, known)
        assert record is not None, (room, transfer.code, transfer.id, transfer.group_id)
        verified(record)
        walked += 1
    assert walked + opening == len(transfers) and walked >= LEAST[room], f"{walked} of {len(transfers)}"


def opened(client, transfer, member):
    """The transfer's page, opened by a member of an organization that one of its sides belongs to."""
    client.force_login(member.user)
    give_factor(client)
    answer = client.get(reverse("transfer", args=[transfer.seq]))
    assert answer.status_code == 200, (transfer.code, transfer.debit_id, transfer.credit_id)
    return re.sub(r"<wbr ?/?>|&#8203;|\u200b", "", answer.content.decode())


def seer_of(transfer):
    """Somebody who may see the transfer, from the organization of one of its sides or one that takes part in what it belongs to."""
    for member in Membership.objects.select_related("user", "organization").order_by("pk"):
        if may_see(member, transfer.debit.owner) or may_see(member, transfer.credit.owner):
            return member
    raise AssertionError(f"nobody may see {transfer.id}")
