"""The day-end check finds what was done to the books past their guards: each damage is made with the triggers off, and named."""

import datetime as dt

import pytest
from django.db import connection, transaction

from langqiao.engine.ledger.entry import Entry
from langqiao.web.ledger.checks import BooksUnsoundError, books_check, day_end
from langqiao.web.ledger.services import account_ensure, group_post

DAY = dt.date(2026, 11, 24)
A = "organization/1:client_money::CNY"
pytestmark = pytest.mark.books


@pytest.fixture
def books(db):
    with transaction.atomic():
        bank, a = account_ensure(owner="platform", purpose="client_bank"), account_ensure(owner="organization/1", purpose="client_money")
        suspense = account_ensure(owner="platform", purpose="suspense")
        for n in range(3):
            group_post([entry(f"in{n}", bank, a)], group=f"in{n}", by="test")
    return {"bank": bank, "suspense": suspense}


def entry(key, debit, credit, phase="transfer", **more):
    return Entry(id=key, phase=phase, debit=debit, credit=credit, amount_fen=100, code="t", business_date=DAY, **more)


class guards_off:  # noqa: N801 - reads as a statement
    """Runs a statement as somebody would who may drop triggers and constraints."""

    def __enter__(self):
        self.cursor = connection.cursor()
        if connection.vendor == "postgresql":
            self.cursor.execute("SET session_replication_role = replica")
            for name in ("account_debits_limited", "account_credits_limited"):
                self.cursor.execute(f"ALTER TABLE ledger_account DROP CONSTRAINT {name}")
            return self.cursor
        self.cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'ledger%'")
        self.triggers = self.cursor.fetchall()
        for name, _sql in self.triggers:
            self.cursor.execute(f"DROP TRIGGER {name}")
        self.cursor.execute("PRAGMA ignore_check_constraints = ON")
        return self.cursor

    def __exit__(self, *_error):
        if connection.vendor == "postgresql":
            self.cursor.execute("SET session_replication_role = origin")
            return
        self.cursor.execute("PRAGMA ignore_check_constraints = OFF")
        for _name, sql in self.triggers:
            self.cursor.execute(sql)


DAMAGES = {
    "an amount changed": ("UPDATE ledger_transfer SET amount_fen = 99 WHERE seq = 2", {"row_altered", "balance_not_folded"}),
    "a reference changed": ("UPDATE ledger_transfer SET ref = 'x' WHERE seq = 2", {"row_altered"}),
    "a hash changed": (f"UPDATE ledger_transfer SET hash = '{'e' * 64}' WHERE seq = 2", {"row_altered", "chain_broken"}),
    "the last transfer deleted": ("DELETE FROM ledger_transfer WHERE seq = 3", {"balance_not_folded", "touch_differs"}),
    "a transfer deleted": (
        "DELETE FROM ledger_transfer WHERE seq = 2",
        {"balance_not_folded", "chain_gap", "chain_broken", "touch_differs"},
    ),
    "a group taken out of a statement": (f"DELETE FROM ledger_touch WHERE account_id = '{A}' AND group_id = 'in1'", {"touch_differs"}),
    "a group put into another's statement": ("INSERT INTO ledger_touch VALUES ('platform:suspense::CNY', 'in1')", {"touch_differs"}),
    "a balance raised": (
        f"UPDATE ledger_account SET credits_posted_fen = credits_posted_fen + 1 WHERE id = '{A}'",
        {"balance_not_folded", "sums_differ"},
    ),
    "a limit broken": (
        f"UPDATE ledger_account SET debits_posted_fen = 301 WHERE id = '{A}'",
        {"balance_not_folded", "sums_differ", "limit_broken"},
    ),
    "a group's size changed": ("UPDATE ledger_group SET size = 2 WHERE id = 'in1'", {"group_broken"}),
    "a purpose that the chart does not know": (
        "INSERT INTO ledger_chartline VALUES ('gift/organization', 'gift', 'organization', 'client', FALSE, FALSE)",
        {"chart_differs"},
    ),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damage_made_past_the_guards_is_found_and_named(name, books):
    assert books_check(DAY).problems == ()
    statement, codes = DAMAGES[name]
    with guards_off() as cursor:
        cursor.execute(statement)
    found = books_check(DAY)
    assert {problem.code for problem in found.problems} == codes and not found.sound
    with pytest.raises(BooksUnsoundError):
        day_end()


def test_a_guard_that_is_gone_is_missed(books):
    on = " ON ledger_transfer" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER ledger_transfer_move" + on)
    assert [(problem.code, problem.where) for problem in books_check(DAY).problems] == [("guard_missing", "ledger_transfer_move")]


def test_suspense_must_be_zero_at_the_end_of_the_day(books):
    with transaction.atomic():
        group_post([entry("unknown", books["bank"], books["suspense"])], group="unknown", by="test")
    assert [problem.code for problem in books_check(DAY).problems] == ["suspense_not_zero"]


def test_a_hold_past_its_day_is_a_warning_and_not_an_error(books):
    with transaction.atomic():
        group_post([entry("h", A, books["bank"], "hold", expires_on=DAY)], group="h", by="test")
    assert books_check(DAY).problems == ()
    found = books_check(DAY + dt.timedelta(days=1))
    assert [problem.code for problem in found.problems] == ["hold_overdue"] and found.sound


def test_the_duty_of_the_day_frees_what_ran_out_and_then_checks(books):
    with transaction.atomic():
        group_post([entry("h", A, books["bank"], "hold", expires_on=dt.date(2020, 1, 1))], group="h", by="test")
    assert day_end().startswith("5 transfers, 1 holds freed, 0 warnings")
    assert day_end().startswith("5 transfers, 0 holds freed, 0 warnings")
