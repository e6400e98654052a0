"""Kills a settling process at random moments: nothing acknowledged may be lost, nothing half done may stay. Prints its seed first.

`python -m tests.soak.kill TRIALS [SEED]` on the store of the environment; `make soak` runs 1,000 on each database.
"""

import datetime as dt
import json
import os
import random
import secrets
import signal
import sys
import time
import traceback

import django
from django.db import connection, connections, transaction

django.setup()

from langqiao.engine.ledger.entry import Entry  # noqa: E402 - after the setup
from langqiao.web.audit.models import Record  # noqa: E402
from langqiao.web.audit.services import record_append  # noqa: E402
from langqiao.web.ledger.checks import GROUPS, books_check  # noqa: E402
from langqiao.web.ledger.models import Group  # noqa: E402
from langqiao.web.ledger.services import account_ensure, group_post  # noqa: E402

DAY = dt.date(2026, 11, 24)
SHORTEST_S, LONGEST_S = 0.030, 0.250
FULL_CHECK_EVERY = 50


def entry(key, debit="", credit="", amount=0, phase="transfer", **more):
    return Entry(id=key, phase=phase, debit=debit, credit=credit, amount_fen=amount, code="soak", business_date=DAY, **more)


def settle(number):
    """A deal in two transactions: the price held, then posted and divided, each with its record."""
    with transaction.atomic():
        buyer, seller = (account_ensure(owner=f"organization/{n}", purpose="client_money") for n in (1, 2))
        escrow = account_ensure(owner=f"deal/{number.replace('.', '-')}", purpose="escrow")
        group_post([entry(f"{number}.hold", buyer, escrow, 100, "hold")], group=f"{number}.hold", by="soak")
        record_append(actor="soak", action="soak.held", subject=f"soak/{number}.hold", payload={"amount_fen": 100})
    yield f"{number}.hold"
    with transaction.atomic():
        fee = account_ensure(owner="platform", purpose="platform_fee")
        entries = [
            entry(f"{number}.post", phase="post", pending_id=f"{number}.hold", amount=100),
            entry(f"{number}.fee", escrow, fee, 3),
            entry(f"{number}.rest", escrow, seller, 97),
        ]
        group_post(entries, group=f"{number}.post", by="soak")
        record_append(actor="soak", action="soak.settled", subject=f"soak/{number}.post", payload={"entries": 3})
    yield f"{number}.post"


def trial(name, wait_s):
    """The groups that a process acknowledged before it was killed after `wait_s`."""
    connections.close_all()
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(read)
        try:
            number = 0
            connection.ensure_connection()
            os.write(write, b"ready\n")
            while True:
                for group in settle(f"{name}.{number}"):
                    os.write(write, f"{group}\n".encode())
                number += 1
        except BaseException:  # noqa: BLE001 - shown, and seen by the parent in the status
            traceback.print_exc()
        finally:
            os._exit(1)
    os.close(write)
    ready = os.read(read, len(b"ready\n"))  # the moments count from here: a loaded machine may need long to begin
    time.sleep(wait_s)
    os.kill(pid, signal.SIGKILL)
    _pid, status = os.waitpid(pid, 0)
    with os.fdopen(read) as pipe:
        told = pipe.read().split("\n")[:-1]
    assert os.WIFSIGNALED(status) and ready == b"ready\n", f"trial {name}: the process ended by itself"
    return told


def verify(name, told):
    """Whatever was acknowledged is there; whatever is there is whole, and its record is there too."""
    wait_for_other_sessions()
    there = set(Group.objects.filter(id__startswith=f"{name}.").values_list("id", flat=True))
    recorded = {
        subject.partition("/")[2]
        for subject in Record.objects.filter(subject__startswith=f"soak/{name}.").values_list("subject", flat=True)
    }
    assert set(told) <= there, f"trial {name}: acknowledged and lost: {sorted(set(told) - there)}"
    assert there == recorded, f"trial {name}: books and record differ: {sorted(there ^ recorded)}"
    assert len(there) - len(told) <= 1, f"trial {name}: more than the last step was not acknowledged"
    with connection.cursor() as cursor:
        cursor.execute(GROUPS)
        assert not cursor.fetchall(), f"trial {name}: half a group stayed"


def wait_for_other_sessions():
    """On PostgreSQL the killed process's session may still be ending."""
    while connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " AND backend_type = 'client backend'"
            )
            if cursor.fetchone()[0] == 0:
                return
        time.sleep(0.005)


def sound(trials):
    problems = [problem for problem in books_check(DAY).problems if problem.severity == "error"]
    assert not problems, f"after {trials} trials: {problems[:3]}"


def main(trials, seed):
    print(f"seed {seed}", flush=True)
    dice = random.Random(seed)
    with transaction.atomic():
        bank, buyer = (
            account_ensure(owner="platform", purpose="client_bank"),
            account_ensure(owner="organization/1", purpose="client_money"),
        )
        group_post([entry("in", bank, buyer, 10**12)], group="in", by="soak")
    acknowledged = without = 0
    for number in range(trials):
        told = trial(f"k{number}", dice.uniform(SHORTEST_S, LONGEST_S))
        verify(f"k{number}", told)
        acknowledged, without = acknowledged + len(told), without + (not told)
        if number % FULL_CHECK_EVERY == FULL_CHECK_EVERY - 1:
            sound(number + 1)
    sound(trials)
    print(
        json.dumps(
            {"trials": trials, "seed": seed, "acknowledged": acknowledged, "trials_without_any": without, "vendor": connection.vendor}
        )
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else secrets.randbelow(10**9))
