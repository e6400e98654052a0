"""The database against the plain ledger: the same commands in any order give the same balances, rows, hashes and refusals."""

import datetime as dt

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.ledger.book import Book, folded
from langqiao.engine.ledger.entry import Entry
from langqiao.engine.ledger.row import row_canonical_hash
from langqiao.web.ledger.checks import books_check
from langqiao.web.ledger.models import LedgerAccount, Transfer
from langqiao.web.ledger.services import account_ensure, group_post

pytestmark = [pytest.mark.books, pytest.mark.django_db]
NAMES = [
    ("platform", "client_bank", "CNY"), ("organization/1", "client_money", "CNY"), ("organization/2", "client_money", "CNY"),
    ("deal/a", "escrow", "CNY"), ("platform", "platform_fee", "CNY"), ("organization/1", "client_money", "USD"),
]  # fmt: skip
FIRST = dt.date(2026, 11, 24)
AMOUNTS = st.integers(min_value=1, max_value=120)
SIDES = st.permutations(range(len(NAMES)))
PAIRS = st.tuples(*[st.sampled_from(range(len(NAMES)))] * 2)


class Books(RuleBasedStateMachine):
    """Posts every command to both and compares what each says."""

    def __init__(self):
        super().__init__()
        self.point = transaction.atomic()
        self.point.__enter__()
        self.book, self.day, self.count = Book(), FIRST, 0
        self.ids = [account_ensure(owner=owner, purpose=purpose, currency=currency) for owner, purpose, currency in NAMES]
        for account in self.ids:
            self.book.account_open(account)
        self.sent = {}

    def teardown(self):
        transaction.set_rollback(True)
        self.point.__exit__(None, None, None)

    def both(self, entries, group=None):
        self.count += 1
        group = group or f"g{self.count}"
        told = []
        for post in (lambda: group_post(entries, group=group, by="test").links, lambda: self.book.post(entries, group=group, by="test")):
            try:
                told.append([(row.id, row.seq) for row in post()])
            except Refusal as refusal:
                told.append((refusal.code, refusal.facts))
        assert told[0] == told[1]
        self.sent.setdefault(group, entries)
        return told[0]

    def entry(self, phase, **more):
        self.count += 1
        return Entry(id=f"t{self.count}", phase=phase, code="test", business_date=self.day, **more)

    def holds(self):
        return [row.id for row in self.book.rows if row.phase == "hold"]

    @rule(pairs=st.lists(st.tuples(PAIRS, AMOUNTS), min_size=1, max_size=4))
    def transfers(self, pairs):
        self.both([self.entry("transfer", debit=self.ids[d], credit=self.ids[c], amount_fen=amount) for (d, c), amount in pairs if d != c] or
                  [self.entry("transfer", debit=self.ids[0], credit=self.ids[1], amount_fen=50)])  # fmt: skip

    @rule(amount=AMOUNTS, account=st.sampled_from([1, 2]))
    def pay_in(self, amount, account):
        self.both([self.entry("transfer", debit=self.ids[0], credit=self.ids[account], amount_fen=amount)])

    @rule(amount=AMOUNTS, days=st.one_of(st.none(), st.integers(0, 2)), sides=SIDES)
    def hold(self, amount, days, sides):
        until = None if days is None else self.day + dt.timedelta(days=days)
        self.both([self.entry("hold", debit=self.ids[sides[0]], credit=self.ids[sides[1]], amount_fen=amount, expires_on=until)])

    @precondition(lambda self: self.holds())
    @rule(data=st.data(), phase=st.sampled_from(["post", "void", "expire"]), amount=AMOUNTS, whole=st.booleans())
    def resolve(self, data, phase, amount, whole):
        hold = data.draw(st.sampled_from(self.holds()))
        if whole or phase != "post":
            amount = next(row.amount_fen for row in self.book.rows if row.id == hold)
        self.both([self.entry(phase, pending_id=hold, amount_fen=amount)])

    @precondition(lambda self: self.book.rows)
    @rule(data=st.data())
    def reverse(self, data):
        row = data.draw(st.sampled_from(self.book.rows))
        self.both([self.entry("transfer", debit=row.credit, credit=row.debit, amount_fen=row.amount_fen, reverses=row.id)])

    @precondition(lambda self: self.sent)
    @rule(data=st.data(), other=st.booleans())
    def again(self, data, other):
        group = data.draw(st.sampled_from(sorted(self.sent)))
        entries = [self.entry("transfer", debit=self.ids[0], credit=self.ids[1], amount_fen=1)] if other else self.sent[group]
        self.both(entries, group)

    @rule()
    def tomorrow(self):
        self.day += dt.timedelta(days=1)

    @invariant()
    def the_books_are_the_plain_ledgers(self):
        for account in LedgerAccount.objects.all():
            kept = self.book.accounts[account.id]
            assert (account.debits_posted_fen, account.credits_posted_fen) == (kept.debits_posted_fen, kept.credits_posted_fen)
            assert (account.debits_pending_fen, account.credits_pending_fen) == (kept.debits_pending_fen, kept.credits_pending_fen)
        rows = [transfer.row() for transfer in Transfer.objects.order_by("seq")]
        assert [(r.seq, r.id, r.phase, r.amount_fen, r.held_fen) for r in rows] == [
            (r.seq, r.id, r.phase, r.amount_fen, r.held_fen) for r in self.book.rows
        ]
        assert all(row_canonical_hash(row) == row.hash for row in rows)
        assert all(self.book.accounts[account] == sums for account, sums in folded(rows).items())
        assert books_check(FIRST).sound


def test_the_database_does_what_the_plain_ledger_does():
    run_state_machine_as_test(
        Books,
        settings=settings(
            max_examples=25 if connection.vendor == "sqlite" else 10,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
