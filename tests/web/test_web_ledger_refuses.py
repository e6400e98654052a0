"""What the database itself refuses from a shell, past every line of Python: each attack is raw SQL, and the books are sound after it."""

import datetime as dt
import re

import pytest
from django.db import DatabaseError, connection, transaction

from langqiao.engine.ledger.entry import Entry
from langqiao.web.ledger.checks import books_check
from langqiao.web.ledger.posting import head
from langqiao.web.ledger.services import account_ensure, group_post

DAY = dt.date(2026, 11, 24)
BANK, A, B = "platform:client_bank::CNY", "organization/1:client_money::CNY", "organization/2:client_money::CNY"
USD = "organization/1:client_money::USD"
pytestmark = pytest.mark.books


@pytest.fixture
def books(db):
    with transaction.atomic():
        for owner, purpose, currency in (
            ("platform", "client_bank", "CNY"), ("organization/1", "client_money", "CNY"), ("organization/2", "client_money", "CNY"),
            ("organization/1", "client_money", "USD"), ("organization/3", "client_money", "CNY"),
        ):  # fmt: skip
            account_ensure(owner=owner, purpose=purpose, currency=currency)

        def entry(key, phase, debit, credit, amount, **more):
            return Entry(id=key, phase=phase, debit=debit, credit=credit, amount_fen=amount, code="t", business_date=DAY, **more)

        group_post([entry("in", "transfer", BANK, A, 1000)], group="in", by="test")
        group_post([entry("hold", "hold", A, B, 600, expires_on=DAY)], group="hold", by="test")
        group_post([entry("done", "hold", A, B, 50)], group="done", by="test")
        group_post([entry("post", "post", A, B, 50, pending_id="done")], group="post", by="test")
        execute("UPDATE ledger_account SET closed = %s WHERE id = %s", [True, "organization/3:client_money::CNY"])


def execute(statement, arguments=()):
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments or None)
        return cursor.rowcount


def row(verb="INSERT", **changes):
    """A raw insert of the next link, sound but for the changes."""
    seq, last = head()
    columns = {
        "seq": seq + 1, "id": "raw", "group_id": "raw", "phase": "transfer", "debit_id": A, "credit_id": B, "currency": "CNY",
        "amount_fen": 10, "held_fen": 0, "pending_id": None, "expires_on": None, "reverses_id": None, "code": "t", "ref": "",
        "business_date": "2026-11-24", "by": "shell", "posted_at_us": 1, "prev_hash": last, "hash": "f" * 64,
    } | changes  # fmt: skip
    marks = ", ".join(["%s"] * len(columns))
    return execute(f"{verb} INTO ledger_transfer ({', '.join(columns)}) VALUES ({marks})", list(columns.values()))


def refused(attack):
    """Whether the attack raised an error, on its own or when the transaction would end."""
    try:
        with transaction.atomic():
            attack()
            connection.check_constraints()
    except DatabaseError as error:
        return str(error) or type(error).__name__
    return ""


ATTACKS = {
    "a transfer changed": lambda: execute("UPDATE ledger_transfer SET amount_fen = 1 WHERE id = 'in'"),
    "a transfer deleted": lambda: execute("DELETE FROM ledger_transfer WHERE id = 'post'"),
    "all transfers deleted": lambda: execute("DELETE FROM ledger_transfer"),
    "a group changed": lambda: execute("UPDATE ledger_group SET size = 2"),
    "a group deleted": lambda: execute("DELETE FROM ledger_group"),
    "a group hidden from a statement": lambda: execute("DELETE FROM ledger_touch WHERE account_id = %s", [A]),
    "a group moved to another statement": lambda: execute("UPDATE ledger_touch SET account_id = %s WHERE account_id = %s", [USD, A]),
    "a group twice in a statement": lambda: execute("INSERT INTO ledger_touch VALUES (%s, 'in')", [A]),
    "an account deleted": lambda: execute("DELETE FROM ledger_account WHERE id = %s", [USD]),
    "a balance set by hand": lambda: execute("UPDATE ledger_account SET credits_posted_fen = 9999 WHERE id = %s", [A]),
    "two balances shifted by hand": lambda: execute("UPDATE ledger_account SET credits_posted_fen = credits_posted_fen + 1"),
    "a balance set with a later number": lambda: execute(
        "UPDATE ledger_account SET credits_posted_fen = 9999, last_seq = 99 WHERE id = %s", [A]
    ),
    "a transfer applied again": lambda: execute(
        "UPDATE ledger_account SET debits_pending_fen = debits_pending_fen + 50, last_seq = 3 WHERE id = %s", [A]
    ),
    "an account moved to another owner": lambda: execute("UPDATE ledger_account SET owner = 'organization/9' WHERE id = %s", [A]),
    "a limit taken off": lambda: execute("UPDATE ledger_account SET debits_limited = %s WHERE id = %s", [False, A]),
    "an account with money closed": lambda: execute("UPDATE ledger_account SET closed = %s WHERE id = %s", [True, A]),
    "an account that starts with money": lambda: account(credits=5),
    "client money in the fund's pot": lambda: account(pot="fund"),
    "a fund's account in the clients' pot": lambda: account(kind="fund", owner="fund/1", purpose="fund_cash", pot="client"),
    "an account without a limit": lambda: account(limited=False),
    "an account whose id says another owner": lambda: account(name="organization/8:client_money::CNY"),
    "a chart line changed": lambda: execute("UPDATE ledger_chartline SET pot = 'platform'"),
    "a chart line that mixes pots": lambda: execute(
        "INSERT INTO ledger_chartline VALUES ('x/fund', 'x', 'fund', 'client', %s, %s)", [False, False]
    ),
    "an amount of zero": lambda: row(amount_fen=0),
    "a negative amount": lambda: row(amount_fen=-5),
    "an amount beyond the limit": lambda: row(amount_fen=10**15 + 1),
    "one account on both sides": lambda: row(credit_id=A),
    "one leg only": lambda: row(credit_id=None),
    "an account that is not there": lambda: row(credit_id="organization/99:client_money::CNY"),
    "two currencies": lambda: row(credit_id=USD),
    "the wrong currency": lambda: row(currency="USD"),
    "a closed account": lambda: row(credit_id="organization/3:client_money::CNY"),
    "more than is there": lambda: row(amount_fen=351),
    "more than is there, hold": lambda: row(phase="hold", amount_fen=351, held_fen=351),
    "a transfer that holds": lambda: row(held_fen=10),
    "an unknown phase": lambda: row(phase="gift"),
    "a transfer without its group": row,
    "a transfer into a closed group": lambda: row(group_id="in"),
    "an id twice": lambda: row(id="in"),
    "a fork of the chain": lambda: row(seq=2, prev_hash=head()[1]),
    "a gap in the chain": lambda: row(seq=99),
    "a link to another link": lambda: row(prev_hash="0" * 64),
    "a hold resolved twice": lambda: row(phase="void", pending_id="done", amount_fen=50, held_fen=-50),
    "more than the hold": lambda: row(phase="post", pending_id="hold", amount_fen=601, held_fen=-601),
    "a hold freed by another sum": lambda: row(phase="post", pending_id="hold", amount_fen=500, held_fen=-500),
    "a post of a transfer": lambda: row(phase="post", pending_id="in", amount_fen=10, held_fen=-10),
    "a hold posted to other accounts": lambda: row(
        phase="post", pending_id="hold", amount_fen=600, held_fen=-600, debit_id=B, credit_id=A
    ),
    "a hold posted after its day": lambda: row(
        phase="post", pending_id="hold", amount_fen=600, held_fen=-600, business_date="2026-11-25"
    ),
    "a hold expired on its day": lambda: row(phase="expire", pending_id="hold", amount_fen=600, held_fen=-600),
    "a reversal of another sum": lambda: row(reverses_id="post", debit_id=B, credit_id=A, amount_fen=49),
    "a reversal of a hold": lambda: row(reverses_id="hold", debit_id=B, credit_id=A, amount_fen=600),
    "an empty group": lambda: execute("INSERT INTO ledger_group VALUES ('empty', %s, 1, 'shell', 1)", ["0" * 64]),
    "a group over another's transfers": lambda: execute("INSERT INTO ledger_group VALUES ('over', %s, 2, 'shell', 1)", ["0" * 64]),
}  # fmt: skip


def account(*, name="", kind="organization", owner="organization/7", purpose="client_money", pot="client", credits=0, limited=True):  # noqa: A002
    name = name or f"{owner}:{purpose}::CNY"
    columns = [name, kind, owner, purpose, "", "CNY", pot, 0, credits, 0, 0, limited, False, False, 0]
    execute(f"INSERT INTO ledger_account VALUES ({', '.join(['%s'] * len(columns))})", columns)


WHY = {
    "a transfer changed": "ledger_immutable",
    "a transfer deleted": "ledger_immutable",
    "all transfers deleted": "ledger_immutable",
    "a group changed": "ledger_immutable",
    "a group deleted": "ledger_immutable",
    "a group hidden from a statement": "ledger_immutable",
    "a group moved to another statement": "ledger_immutable",
    "a group twice in a statement": "ledger_immutable|ledger_touch_pkey",
    "an account deleted": "ledger_immutable",
    "a balance set by hand": "ledger_balance_moved_by_hand",
    "two balances shifted by hand": "ledger_balance_moved_by_hand",
    "a balance set with a later number": "ledger_balance_moved_by_hand",
    "a transfer applied again": "ledger_balance_moved_by_hand",
    "an account moved to another owner": "ledger_immutable",
    "a limit taken off": "ledger_immutable",
    "an account with money closed": "ledger_account_not_empty",
    "an account that starts with money": "ledger_account_starts_empty",
    "client money in the fund's pot": "ledger_account_unfit|foreign key",
    "a fund's account in the clients' pot": "ledger_account_unfit|foreign key",
    "an account without a limit": "ledger_account_unfit|foreign key",
    "an account whose id says another owner": "account_id",
    "a chart line changed": "ledger_immutable",
    "a chart line that mixes pots": "chartline_pots_apart",
    "an amount of zero": "transfer_amount",
    "a negative amount": "transfer_amount",
    "an amount beyond the limit": "transfer_amount",
    "one account on both sides": "transfer_two_accounts",
    "one leg only": "ledger_account_unknown|not-null",
    "an account that is not there": "ledger_account_unknown",
    "two currencies": "ledger_currency_differs",
    "the wrong currency": "ledger_currency_differs",
    "a closed account": "ledger_account_closed",
    "more than is there": "ledger_overdrawn",
    "more than is there, hold": "ledger_overdrawn",
    "a transfer that holds": "transfer_held",
    "an unknown phase": "transfer_phase|transfer_held",
    "a transfer without its group": "foreign key",
    "a transfer into a closed group": "ledger_group_complete",
    "an id twice": "ledger_id_taken",
    "a fork of the chain": "ledger_chain_forks",
    "a gap in the chain": "ledger_chain_forks",
    "a link to another link": "ledger_chain_forks",
    "a hold resolved twice": "ledger_hold_resolved",
    "more than the hold": "ledger_hold_exceeded",
    "a hold freed by another sum": "ledger_hold_exceeded",
    "a post of a transfer": "ledger_hold_unknown",
    "a hold posted to other accounts": "ledger_hold_unknown",
    "a hold posted after its day": "ledger_hold_expired",
    "a hold expired on its day": "ledger_hold_not_expired",
    "a reversal of another sum": "ledger_reversal_differs",
    "a reversal of a hold": "ledger_reversal_differs",
    "an empty group": "ledger_group_incomplete",
    "a group over another's transfers": "ledger_group_incomplete",
}
"""The rule that stops each attack, so that none is stopped by another fault of its own."""


@pytest.mark.parametrize("name", ATTACKS)
def test_the_database_refuses_from_a_shell(name, books):
    before = head()
    assert re.search(WHY[name], refused(ATTACKS[name]))
    assert head() == before and books_check(DAY).sound


def test_the_same_row_without_a_change_is_taken_so_that_each_attack_fails_for_its_own_reason(books):
    def sound():
        row()
        execute("INSERT INTO ledger_group VALUES ('raw', %s, 1, 'shell', 1)", ["0" * 64])

    assert refused(sound) == ""
    found = [problem.code for problem in books_check(DAY).problems]
    assert found == ["row_altered"], "what the shell cannot compute, the hash, is found by the check"


SQLITE_CONFLICTS = {
    "OR IGNORE past a limit": lambda: row("INSERT OR IGNORE", amount_fen=351),
    "OR IGNORE past an amount": lambda: row("INSERT OR IGNORE", amount_fen=0),
    "OR IGNORE past an id": lambda: row("INSERT OR IGNORE", id="in"),
    "OR REPLACE of an id": lambda: row("INSERT OR REPLACE", id="in"),
    "OR REPLACE of a number": lambda: row("INSERT OR REPLACE", seq=1, prev_hash="0" * 64),
    "OR REPLACE of a resolution": lambda: row("INSERT OR REPLACE", phase="void", pending_id="done", amount_fen=50, held_fen=-50),
    "OR REPLACE of an account": lambda: execute(
        "INSERT OR REPLACE INTO ledger_account SELECT id, owner_kind, owner, purpose, ref, currency, pot, 0, 0, 0, 0, debits_limited,"
        " credits_limited, closed, 0 FROM ledger_account WHERE id = %s", [A]
    ),
    "OR REPLACE of a group": lambda: execute("INSERT OR REPLACE INTO ledger_group SELECT * FROM ledger_group WHERE id = 'in'"),
    "OR REPLACE of a statement's group": lambda: execute("INSERT OR REPLACE INTO ledger_touch SELECT * FROM ledger_touch"),
    "OR REPLACE of a chart line": lambda: execute("INSERT OR REPLACE INTO ledger_chartline SELECT * FROM ledger_chartline"),
    "UPDATE OR IGNORE of a transfer": lambda: execute("UPDATE OR IGNORE ledger_transfer SET amount_fen = 1"),
    "a fraction of a fen": lambda: row(amount_fen=10.5),
    "text for an amount": lambda: row(amount_fen="ten"),
}  # fmt: skip


@pytest.mark.parametrize("name", SQLITE_CONFLICTS)
def test_no_conflict_clause_of_sqlite_steps_over_a_rule(name, books):
    if connection.vendor != "sqlite":
        pytest.skip("a clause of SQLite")
    before = head()
    assert refused(SQLITE_CONFLICTS[name]) or head() == before
    assert head() == before and books_check(DAY).sound


POSTGRES_WAYS = {
    "TRUNCATE of transfers": lambda: execute("TRUNCATE ledger_transfer CASCADE"),
    "TRUNCATE of statements": lambda: execute("TRUNCATE ledger_touch"),
    "TRUNCATE of everything": lambda: execute("TRUNCATE ledger_account, ledger_group, ledger_transfer, ledger_chartline, ledger_touch"),
    "ON CONFLICT DO UPDATE": lambda: execute(
        "INSERT INTO ledger_group VALUES ('in', %s, 1, 'x', 1) ON CONFLICT (id) DO UPDATE SET size = 9", ["0" * 64]
    ),
    "MERGE": lambda: execute(
        "MERGE INTO ledger_account AS a USING (SELECT 1) AS s ON a.id = 'platform:client_bank::CNY'"
        " WHEN MATCHED THEN UPDATE SET debits_posted_fen = 7"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", POSTGRES_WAYS)
def test_no_way_of_postgresql_around_a_row_is_open(name, books):
    if connection.vendor != "postgresql":
        pytest.skip("a statement of PostgreSQL")
    assert refused(POSTGRES_WAYS[name])
    assert books_check(DAY).sound


def test_a_role_of_postgresql_without_rights_to_change_posts_and_cannot_touch_history(books):
    if connection.vendor != "postgresql":
        pytest.skip("roles of PostgreSQL")
    execute("CREATE ROLE books_site_test")
    execute("GRANT USAGE ON SCHEMA public TO books_site_test")
    execute("GRANT SELECT, INSERT ON ledger_transfer, ledger_group, ledger_chartline TO books_site_test")
    execute("GRANT SELECT, INSERT, UPDATE (closed) ON ledger_account TO books_site_test")
    execute("SET ROLE books_site_test")
    account_ensure(owner="organization/77", purpose="client_money")
    sent = Entry(id="r", phase="transfer", debit=A, credit=B, amount_fen=10, code="t", business_date=DAY)
    group_post([sent], group="r", by="test")
    for statement in (
        "UPDATE ledger_transfer SET ref = 'x'", "DELETE FROM ledger_transfer", "UPDATE ledger_account SET debits_posted_fen = 0",
        "ALTER TABLE ledger_transfer DISABLE TRIGGER USER", "TRUNCATE ledger_group",
    ):  # fmt: skip
        assert re.search("permission denied|must be owner", refused(lambda statement=statement: execute(statement)))
    execute("RESET ROLE")
    assert books_check(DAY).sound
