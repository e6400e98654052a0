"""Kills a process that takes deals through escrow, recordal and settlement at random moments; the next process goes on where it died.

Prints its seed first. `python -m tests.soak.kill_deals TRIALS [SEED]` on the store of the environment; `make soak` runs 1,000 on each database.
"""

import json
import os
import random
import secrets
import signal
import sys
import time
import traceback
import uuid
from importlib.resources import files
from pathlib import Path

import django
from django.conf import settings
from django.db import connection, connections

django.setup()

import tests.web.routes  # noqa: E402, F401 - before the worlds, which import each other through it
from langqiao.data.lake.ingest import ingest  # noqa: E402 - after the setup
from langqiao.data.lake.store import Lake  # noqa: E402
from langqiao.web.audit.models import Record  # noqa: E402
from langqiao.web.audit.reading import site_rows  # noqa: E402
from langqiao.web.audit.verification import verify as record_verify  # noqa: E402
from langqiao.web.deals import confidence, room  # noqa: E402
from langqiao.web.deals.models import Deal, DealRequest, DealStep, DealTransfer, Nda, OfficeReceipt, Reservation, Signature  # noqa: E402
from langqiao.web.deals.opening import deal_open  # noqa: E402
from langqiao.web.deals.selectors import today  # noqa: E402
from langqiao.web.deals.services import deal_advance, deal_request  # noqa: E402
from langqiao.web.ledger.checks import books_check  # noqa: E402
from langqiao.web.ledger.models import LedgerAccount, Transfer  # noqa: E402
from langqiao.web.rights.selectors import owners_for  # noqa: E402
from tests.soak.kill import wait_for_other_sessions  # noqa: E402
from tests.web.deals_world import World, pay_in, sign  # noqa: E402

SHORTEST_S, LONGEST_S = 0.030, 0.600
FULL_CHECK_EVERY = 50
PRICE_FEN = 1_000_00
EVENTS = ("sign_nda", "make_offer", "accept", "fund", "perform", "settle", "close")
RESERVED, PAID = {"accepted", "escrowed"}, {"performed", "settled", "closed"}


def going_on(world):
    """The deal that has not closed, else a new one that sells the right back by whoever owns it now; and its two sides."""
    deal = Deal.objects.exclude(state="closed").first()
    names = {pair[0].organization.name: pair for pair in (world.seller, world.buyer)}
    if deal is None:
        owner = names[owners_for(world.key, today())[0].name]
        other = next(pair for pair in names.values() if pair is not owner)
        seller, buyer = owner[0].organization, other[0].organization
        deal = deal_open(kind="assignment", membership=owner[0], seller=seller, buyer=buyer, patents=[world.key])
    return deal, names[deal.seller.name], names[deal.buyer.name]


def step(world, deal, seller, buyer):
    """Takes the deal one step on, whatever of it was done before a kill; the step's event."""
    key = f"{deal.pk}.{deal.state}"
    match deal.state:
        case "lead":
            for side in (seller[0], buyer[0]):
                if not Nda.objects.filter(deal=deal, organization=side.organization).exists():
                    room.nda_sign(deal.pk, membership=side, seen_sha256=confidence.text_sha256(deal, "en"))
            return "sign_nda"
        case "nda":
            fields = {"payment.price_fen": f"{PRICE_FEN // 100}.00"}
            return deal_advance(deal.pk, "make_offer", membership=seller[0], key=key, fields=fields).event
        case "offer":
            return deal_advance(deal.pk, "accept", membership=buyer[0], key=key).event
        case "accepted":
            signed = set(Signature.objects.filter(deal=deal).values_list("role", flat=True))
            sign(deal, *((role, side[0]) for role, side in (("seller", seller), ("buyer", buyer)) if role not in signed))
            return by_two(deal, "fund", buyer, key)
        case "escrowed":
            if not OfficeReceipt.objects.filter(deal=deal).exists():
                room.receipt_note(deal.pk, membership=world.platform[0], kind="registration", number=f"R-{deal.pk}", on=today())
            return by_two(deal, "perform", world.platform, key)
        case "performed":
            return by_two(deal, "settle", world.platform, key)
        case _:
            return deal_advance(deal.pk, "close", membership=world.platform[0], key=key).event


def by_two(deal, event, pair, key):
    if not DealRequest.objects.filter(deal=deal, event=event, state=DealRequest.OPEN).exists():
        deal_request(deal.pk, event, membership=pair[0], fields={})
    return deal_advance(deal.pk, event, membership=pair[1], key=key).event


def trial(number, world, wait_s):
    """The steps that a process acknowledged before it was killed after `wait_s`."""
    connections.close_all()
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(read)
        try:
            connection.ensure_connection()
            os.write(write, b"ready\n")
            while True:
                deal, seller, buyer = going_on(world)
                event = step(world, deal, seller, buyer)
                os.write(write, f"{deal.pk} {event}\n".encode())
        except BaseException:  # noqa: BLE001 - shown, and seen by the parent in the status
            traceback.print_exc()
        finally:
            os._exit(1)
    os.close(write)
    ready = os.read(read, len(b"ready\n"))
    time.sleep(wait_s)
    os.kill(pid, signal.SIGKILL)
    _pid, status = os.waitpid(pid, 0)
    with os.fdopen(read) as pipe:
        told = [tuple(line.split()) for line in pipe.read().split("\n")[:-1]]
    assert os.WIFSIGNALED(status) and ready == b"ready\n", f"trial {number}: the process ended by itself"
    return told


def verify(number, world, told, known):
    """What was acknowledged is there, at most one step more is, and every deal is whole; the number of steps there are."""
    wait_for_other_sessions()
    there = {(str(deal), event) for deal, event in DealStep.objects.values_list("deal_id", "event")}
    assert set(told) <= there, f"trial {number}: acknowledged and lost: {sorted(set(told) - there)}"
    assert len(there) - known - len(set(told)) <= 1, f"trial {number}: more than the last step was not acknowledged"
    for deal in Deal.objects.order_by("-opened_at")[:3]:
        whole(number, world, deal)
    return len(there)


def whole(number, world, deal):
    """State, history, record, money, title and reservation of one deal tell the same."""
    where = f"trial {number}, deal {deal.pk} in {deal.state}"
    steps = list(DealStep.objects.filter(deal=deal).order_by("number"))
    assert tuple(one.event for one in steps) == EVENTS[: len(steps)], f"{where}: {[one.event for one in steps]}"
    assert deal.state == (steps[-1].target if steps else "lead"), f"{where}: the last step led to {steps[-1].target}"
    recorded = [Record.objects.get(seq=one.audit_seq) for one in steps]
    assert [one.action for one in recorded] == [f"deal.{one.event}" for one in steps], f"{where}: the record differs"
    assert all(one.subject == f"deal/{deal.pk}" for one in recorded), f"{where}: recorded of another"
    for row in DealTransfer.objects.filter(deal=deal):
        assert Transfer.objects.filter(id=row.ledger_id, amount_fen=row.amount_fen).exists(), f"{where}: {row.key} is not in the books"
    escrow = LedgerAccount.objects.filter(owner=f"deal/{deal.pk}", purpose="escrow").first()
    held = escrow.balance_fen + escrow.credits_pending_fen if escrow else 0
    assert held == (PRICE_FEN if deal.state in {"escrowed", "performed"} else 0), f"{where}: {held} fen in escrow"
    assert Reservation.objects.filter(deal=deal).exists() == (deal.state in RESERVED), f"{where}: reserved or not"
    if deal == Deal.objects.order_by("-opened_at").first():
        owner = deal.buyer.name if deal.state in PAID else deal.seller.name
        assert [one.name for one in owners_for(world.key, today())] == [owner], f"{where}: the title"


def sound(trials):
    problems = [problem for problem in books_check(today()).problems if problem.severity == "error"]
    assert not problems, f"after {trials} trials: {problems[:3]}"
    found = record_verify(site_rows)
    assert not found.problems, f"after {trials} trials: {found.problems[:3]}"


def main(trials, seed):
    print(f"seed {seed}", flush=True)
    dice = random.Random(seed)
    ingest(
        [Path(str(files("langqiao.data.facts").joinpath(name))) for name in ("cn_patents.csv", "cn_events.csv")], Lake(Path(settings.LAKE))
    )
    world = World()
    pay_in(world.seller[0].organization, 10_000_000_00)
    acknowledged = known = 0
    for number in range(trials):
        told = trial(number, world, dice.uniform(SHORTEST_S, LONGEST_S))
        known = verify(number, world, told, known)
        acknowledged += len(told)
        if number % FULL_CHECK_EVERY == FULL_CHECK_EVERY - 1:
            sound(number + 1)
    sound(trials)
    again(world)
    settled = Deal.objects.filter(state="closed").count()
    print(json.dumps({"trials": trials, "seed": seed, "acknowledged": acknowledged, "deals_closed": settled, "vendor": connection.vendor}))


def again(world):
    """The key of a step that was taken, sent again, is answered as before and has no effect."""
    step_of = DealStep.objects.filter(event="accept").order_by("pk").last()
    if step_of is None:
        return
    count = DealStep.objects.count()
    buyer = next(pair for pair in (world.seller, world.buyer) if pair[0].organization_id == step_of.deal.buyer_id)
    assert deal_advance(uuid.UUID(str(step_of.deal_id)), "accept", membership=buyer[0], key=step_of.key).pk == step_of.pk
    assert DealStep.objects.count() == count


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else secrets.randbelow(10**9))
