"""Races of many writers on the books, each a command: prints one JSON line of what happened. `python -m tests.soak.races NAME`."""

import datetime as dt
import json
import multiprocessing
import sys

import django
from django.db import connection, connections, transaction
from django.db.utils import IntegrityError

from tests.soak.forks import together

django.setup()

from langqiao.engine.kernel.refusal import Refusal  # noqa: E402 - after the setup
from langqiao.engine.ledger.entry import Entry  # noqa: E402
from langqiao.web.audit.services import record_append  # noqa: E402
from langqiao.web.ledger.checks import books_check  # noqa: E402
from langqiao.web.ledger.models import Transfer  # noqa: E402
from langqiao.web.ledger.selectors import available, balance  # noqa: E402
from langqiao.web.ledger.services import account_ensure, group_post  # noqa: E402

DAY = dt.date(2026, 11, 24)
WRITERS = 8


def entry(key, debit="", credit="", amount=0, phase="transfer", **more):
    day = more.pop("day", DAY)
    return Entry(id=key, phase=phase, debit=debit, credit=credit, amount_fen=amount, code="race", business_date=day, **more)


def opened(amount):
    with transaction.atomic():
        bank, escrow = account_ensure(owner="platform", purpose="client_bank"), account_ensure(owner="deal/race", purpose="escrow")
        client = account_ensure(owner="organization/1", purpose="client_money")
        group_post([entry("in", bank, client, amount)], group="in", by="race")
    return client, escrow


def tried(entries, group):
    try:
        with transaction.atomic():
            posted = group_post(entries, group=group, by="race")
            if not posted.repeated:
                record_append(actor="race", action="race.posted", subject=f"race/{group}", payload={"entries": len(entries)})
            return "again" if posted.repeated else "posted"
    except Refusal as refusal:
        return refusal.code


def overdraw():
    """Eight writers take 7 fen at a time, some by hold and post, from an account of 1,000."""
    client, escrow = opened(1000)

    def work(number):
        told = []
        for n in range(40):
            key = f"w{number}.{n}"
            if n % 3:
                told.append(tried([entry(key, client, escrow, 7)], key))
            else:
                told.append(tried([entry(key, client, escrow, 7, "hold"), entry(key + "p", phase="post", pending_id=key, amount=7)], key))
        return told

    told = [word for words in together(WRITERS, work) for word in words]
    return {"posted": told.count("posted"), "refused": told.count("ledger_overdrawn"), "left": available(client), "escrow": balance(escrow)}


def same_key():
    """Fifty sendings of the same group from eight writers, and eight of other content under its id."""
    client, escrow = opened(1000)

    def work(number):
        told = [tried([entry("k", client, escrow, 5)], "k") for _ in range(7 if number < 2 else 6)]
        return [*told, tried([entry("k", client, escrow, 6 + number)], "k")]

    told = [word for words in together(WRITERS, work) for word in words]
    return {word: told.count(word) for word in sorted(set(told))} | {"moved": balance(escrow)}


def one_hold():
    """Every writer resolves the same hold: posts, voids and expiries at the same moment, on both sides of its last day."""
    client, escrow = opened(1000)
    won = []
    for n in range(10):
        tried([entry(f"h{n}", client, escrow, 10, "hold", expires_on=DAY)], f"h{n}")
        phases = (("post", DAY), ("void", DAY), ("expire", DAY + dt.timedelta(days=1)), ("post", DAY + dt.timedelta(days=1)))

        def work(number, n=n, phases=phases):
            phase, day = phases[number % 4]
            return tried([entry(f"r{n}.{number}", phase=phase, pending_id=f"h{n}", amount=10, day=day)], f"r{n}.{number}")

        told = together(WRITERS, work)
        won.append(told.count("posted"))
    return {"won": won, "unresolved": available(client) - balance(client)}


def fork():
    """Eight writers at accounts of their own, as fast as they can."""
    opened(1000)

    def work(number):
        with transaction.atomic():
            bank = account_ensure(owner="platform", purpose="client_bank")
            own = account_ensure(owner=f"organization/{number + 10}", purpose="client_money")
        for count in range(40):
            key = f"f{number}.{count}"
            assert tried([entry(key, bank, own, 1), entry(key + "b", bank, own, 2)], key) == "posted"
        return 40

    counts = together(WRITERS, work)
    rows = list(Transfer.objects.order_by("seq").values_list("seq", "prev_hash", "hash"))
    return {
        "acknowledged": 2 * sum(counts) + 1,
        "rows": len(rows),
        "linked": all(rows[n][1] == rows[n - 1][2] and rows[n][0] == n + 1 for n in range(1, len(rows))),
    }


def planted(guards):
    """A writer that reads, computes in Python and writes the balance back, forty times: with the guards on, and with them off."""
    client, escrow = opened(100_000)
    if not guards:
        drop_guards()
    caught = []
    for trial in range(40):
        answers = planted_pair(client, escrow, 2 * trial)
        found = {problem.code for problem in books_check(DAY).problems}
        caught.append("balance_not_folded" in found if not guards else answers == ["ledger_balance_moved_by_hand"] * 2 and not found)
        if not guards:
            repair()
    return {"trials": len(caught), "caught": sum(caught)}


def planted_pair(client, escrow, first):
    both_have_read = multiprocessing.get_context("fork").Barrier(2)
    return together(2, lambda number: read_compute_write(client, escrow, first + number, both_have_read))


def read_compute_write(client, escrow, n, both_have_read):
    with connection.cursor() as cursor:
        cursor.execute("SELECT debits_posted_fen FROM ledger_account WHERE id = %s", [client])
        read = cursor.fetchone()[0]
        both_have_read.wait(30)
        try:
            with transaction.atomic():
                cursor.execute("UPDATE ledger_account SET debits_posted_fen = %s WHERE id = %s", [read + 10, client])
                cursor.execute("UPDATE ledger_account SET credits_posted_fen = credits_posted_fen + 10 WHERE id = %s", [escrow])
                cursor.execute(
                    "INSERT INTO ledger_transfer (seq, id, group_id, phase, debit_id, credit_id, currency, amount_fen, held_fen, code, ref,"
                    " business_date, by, posted_at_us, prev_hash, hash) VALUES"
                    " (%s, %s, 'in', 'transfer', %s, %s, 'CNY', 10, 0, 't', '', '2026-11-24', 'x', 1, %s, %s)",
                    [n + 2, f"p{n}", client, escrow, f"{n + 1:064d}", f"{n + 1:063d}x"],
                )
        except IntegrityError as error:
            return str(error).split("\n", maxsplit=1)[0]
    connections.close_all()
    return "written"


def drop_guards():
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE ledger_transfer DISABLE TRIGGER USER")
            cursor.execute("ALTER TABLE ledger_account DISABLE TRIGGER USER")
            return
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'ledger%'")
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP TRIGGER {name}")


def repair():
    """Puts the lost payment back, so that the next trial starts with a balance that is the fold."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ledger_account SET debits_posted_fen = (SELECT SUM(amount_fen) FROM ledger_transfer WHERE debit_id = ledger_account.id)"
            " WHERE purpose = 'client_money'"
        )


RACES = {
    "overdraw": overdraw,
    "same_key": same_key,
    "one_hold": one_hold,
    "fork": fork,
    "planted_on": lambda: planted(True),
    "planted_off": lambda: planted(False),
}

if __name__ == "__main__":
    result = RACES[sys.argv[1]]()
    if sys.argv[1] != "planted_off":
        result["problems"] = [problem.code for problem in books_check(DAY).problems]
    print(json.dumps(result))
