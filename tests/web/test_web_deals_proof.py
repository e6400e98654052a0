"""Proof of the shell of deals: the whole product of state, event and role; an exception at every statement; a hundred buyers at once."""

import os
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
from django.conf import settings
from django.db import OperationalError, connection

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.operations.register import OPERATIONS
from langqiao.rules.refusals import refusals
from langqiao.web.deals.models import Deal
from langqiao.web.deals.services import deal_advance
from tests import postgres
from tests.web.deals_world import PRICE, World, brought, deal_request, receipt, sign

pytestmark = [pytest.mark.usefixtures("facts_lake")]
MANY = 1000
FOREIGN = ("bid", "announce", "register")


def by_role(world):
    return {"buyer": world.buyer[1], "seller": world.seller[1], "platform": world.platform[1], "system": None}


def refused_by_the_table(refusal, step, role):
    """The code is registered and told in both languages; a step that is not listed is refused for that."""
    code = refusals()[refusal.code]
    assert code.sentence("zh", refusal.facts) and code.sentence("en", refusal.facts)
    if step is None or role not in step.by:
        assert refusal.code in {"step_not_possible" if step is None else "not_allowed", "terms_invalid"}


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["assignment", "license_ordinary"])
def test_every_event_in_every_state_by_every_role_goes_by_the_table_or_is_refused_by_a_known_code(kind):
    world, flow, went, seen = World(), OPERATIONS[kind].workflow, 0, set()
    for state in flow.states:
        for event in [*dict.fromkeys(step.event for step in flow.steps), *FOREIGN]:
            for role, membership in by_role(world).items():
                deal = Deal.objects.create(
                    kind=kind,
                    state=state,
                    seller=world.seller[0].organization,
                    buyer=world.buyer[0].organization,
                    operator=world.platform[0].organization,
                )
                deal.patents.create(key=world.key)
                step = flow.step(state, event)
                try:
                    taken = deal_advance(
                        deal.pk, event, membership=membership, key=str(uuid.uuid4()), fields=PRICE if event == "make_offer" else {}
                    )
                    assert step is not None and taken.target == step.target and role in step.by
                    went += 1
                except Refusal as refusal:
                    refused_by_the_table(refusal, step, role)
                    seen.add(refusal.code)
    assert went >= 4 and {"step_not_possible", "not_allowed", "nda_missing"} <= seen


def everything():
    """Every row of every table that a step may write."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table.startswith(
                ("deals_", "ledger_account", "ledger_transfer", "rights_entry", "rights_holding", "audit_chain", "audit_record")
            ):
                cursor.execute(f'SELECT * FROM "{table}"')
                found[table] = sorted(map(repr, cursor.fetchall()))
    return found


class Breaks:
    """A wrapper of the connection that fails at the n-th statement that reads or writes, before or after it ran."""

    def __init__(self, at, *, after):
        self.at, self.after, self.count, self.writes = at, after, 0, 0

    def __call__(self, execute, sql, params, many, context):
        if sql.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK")):
            return execute(sql, params, many, context)
        self.count += 1
        self.writes += sql.startswith(("INSERT", "UPDATE", "DELETE"))
        if self.count == self.at and not self.after:
            raise OperationalError("broken on purpose")
        result = execute(sql, params, many, context)
        if self.count == self.at:
            raise OperationalError("broken on purpose")
        return result


def at_the_step(world, event):
    """A deal at which only the event is left to take, and who takes it."""
    if event == "fund":
        deal = brought(world, world.open(), "accepted")
        sign(deal, ("seller", world.seller[0]), ("buyer", world.buyer[0]))
        deal_request(deal.pk, "fund", membership=world.buyer[0])
        return deal, world.buyer[1]
    deal = brought(world, world.open(), "escrowed" if event == "perform" else "performed")
    receipt(deal, world)
    deal_request(deal.pk, event, membership=world.platform[0])
    return deal, world.platform[1]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("event", ["fund", "perform", "settle"])
def test_a_failure_at_any_statement_leaves_the_old_state_whole(event):
    world = World()
    deal, membership = at_the_step(world, event)
    before, key = everything(), str(uuid.uuid4())
    breaks = Breaks(0, after=False)

    def broken_at(number, *, after):
        nonlocal breaks
        breaks = Breaks(number, after=after)
        try:
            with connection.execute_wrapper(breaks):
                deal_advance(deal.pk, event, membership=membership, key=key)
        except OperationalError as error:
            if "on purpose" not in str(error):
                raise
            assert everything() == before, (number, after)
            return True
        return False

    count = 1
    assert broken_at(count, after=False)
    while count < MANY and broken_at(count, after=True):  # after one statement is before the next
        count += 1
    assert breaks.writes >= {"fund": 11, "perform": 15, "settle": 11}[event]
    assert breaks.count < count < MANY, "each statement of the step, those that write among them, was the broken one"
    deal.refresh_from_db()
    assert deal.state == OPERATIONS["assignment"].workflow.step(deal.steps.last().source, event).target
    assert everything() != before


RACE = """
import sys, threading, uuid, django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.db import connection, connections
from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.deals.models import Deal, Reservation
from langqiao.web.deals.services import deal_advance
from tests.web.deals_world import World
world, buyers = World(), []
for n in range(int(sys.argv[1])):
    pair = world.pair(f"buyer {n}")
    deal = Deal.objects.create(kind="assignment", state="offer", seller=world.seller[0].organization, buyer=pair[0].organization,
        operator=world.platform[0].organization, offer_by="seller", terms={"payment": {"price_fen": 100}}, price_fen=100)
    deal.patents.create(key=world.key)
    buyers.append((deal, pair[0]))
gate, told, lock = threading.Barrier(len(buyers)), [], threading.Lock()
def buy(deal, membership):
    gate.wait()
    try:
        word = deal_advance(deal.pk, "accept", membership=membership, key=str(uuid.uuid4())).target
    except Refusal as refusal:
        word = refusal.code
    except Exception as error:
        word = repr(error)
    finally:
        connections.close_all()
    with lock:
        told.append(word)
threads = [threading.Thread(target=buy, args=pair) for pair in buyers]
[t.start() for t in threads]; [t.join() for t in threads]
print(sorted({word: told.count(word) for word in told}.items()), Reservation.objects.count(), Deal.objects.filter(state="accepted").count())
won, answers = Deal.objects.get(state="accepted"), []
membership = next(member for deal, member in buyers if deal.pk == won.pk)
def again():
    try:
        answers.append(deal_advance(won.pk, "fail", membership=membership, key="the same key").pk)
    except Exception as error:
        answers.append(repr(error))
    finally:
        connections.close_all()
threads = [threading.Thread(target=again) for _ in range(50)]
[t.start() for t in threads]; [t.join() for t in threads]
print(len(answers), len(set(answers)), won.steps.filter(event="fail").count())
"""


@pytest.mark.slow
@pytest.mark.parametrize(("database", "buyers"), [("sqlite", 100), ("postgres", 60)])
def test_of_many_buyers_at_once_one_wins(database, buyers, tmp_path):
    (tmp_path / "lake").symlink_to(settings.LAKE)
    root = Path(__file__).parents[2]
    environment = {
        **os.environ, "LANGQIAO_TEST_VAR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "tests.settings",
        "PYTHONPATH": f"{root}{os.pathsep}{root / 'src'}", "LANGQIAO_TEST_DATABASE": "", "DATABASE_URL": "",
    }  # fmt: skip
    if database == "postgres":
        name = f"race_{uuid.uuid4().hex[:12]}"
        postgres.execute(f"CREATE DATABASE {name}")
        environment |= {"DATABASE_URL": postgres.url(name)}
    done = subprocess.run(
        [sys.executable, "-c", RACE, str(buyers)], check=False, env=environment, capture_output=True, text=True, timeout=400
    )
    expected = f"[('accepted', 1), ('right_reserved', {buyers - 1})] 1 1"
    assert done.stdout.strip().splitlines()[-2:] == [expected, "50 1 1"], done.stdout + done.stderr[-2000:]
