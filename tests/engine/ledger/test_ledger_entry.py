"""Accounts, entries and rows as values: what the chart allows, what makes an entry malformed, what the hash is taken of."""

import dataclasses
import datetime as dt
import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.ledger.account import account_id, account_name, account_parse
from langqiao.engine.ledger.book import Book, folded
from langqiao.engine.ledger.chart import CHART, LINES, OWNER_KINDS
from langqiao.engine.ledger.entry import MAX_AMOUNT_FEN, Entry, entries_check
from langqiao.engine.ledger.row import COLUMNS, GENESIS, row_canonical, row_canonical_hash

DAY = dt.date(2026, 11, 24)
BANK, A, B = "platform:client_bank::CNY", "organization/1:client_money::CNY", "organization/2:client_money::CNY"


def entry(**changes):
    sound = {"id": "e", "phase": "transfer", "debit": BANK, "credit": A, "amount_fen": 100, "code": "test", "business_date": DAY}
    return Entry(**(sound | changes))


def test_an_account_is_named_by_owner_purpose_reference_and_currency():
    name = account_name(owner="fund/3", purpose="partner_capital", ref="organization/7")
    assert (
        name.id
        == "fund/3:partner_capital:organization/7:CNY"
        == account_id(owner="fund/3", purpose="partner_capital", ref="organization/7")
    )
    assert account_parse(name.id) == name and name.owner_kind == "fund" and name.pot == "fund"


def test_fund_client_and_platform_money_never_share_an_account():
    for line in LINES:
        assert line.owners and set(line.owners) <= set(OWNER_KINDS)
        for kind in line.owners:
            pot = line.pot_of(kind)
            assert (pot == "fund") == (kind == "fund") and (pot != "platform" or kind == "platform")
        assert not (line.debits_limited and line.credits_limited)
    assert len(CHART) == len(LINES)
    assert account_name(owner="platform", purpose="client_bank").pot == "client"
    assert account_name(owner="platform", purpose="platform_bank").pot == "platform"


@pytest.mark.parametrize(
    "words",
    [
        {"owner": "fund/1", "purpose": "client_money"}, {"owner": "organization/1", "purpose": "gift"}, {"owner": "organization", "purpose": "client_money"},
        {"owner": "organization/1:2", "purpose": "client_money"}, {"owner": "platform/1", "purpose": "client_bank"},
        {"owner": "organization/1", "purpose": "client_money", "ref": "a:b"}, {"owner": "organization/1", "purpose": "client_money", "ref": "甲"},
        {"owner": "organization/1", "purpose": "client_money", "currency": "cny"}, {"owner": "", "purpose": "client_bank"},
    ],
)  # fmt: skip
def test_an_account_that_the_chart_does_not_know_is_refused(words):
    with pytest.raises(Refusal) as refused:
        account_name(**words)
    assert refused.value.code == "ledger_account_unfit"


@pytest.mark.parametrize(
    "changes",
    [
        {"amount_fen": 0}, {"amount_fen": -1}, {"amount_fen": MAX_AMOUNT_FEN + 1}, {"amount_fen": 1.0}, {"amount_fen": True}, {"id": ""}, {"id": "a b"},
        {"id": "x" * 161}, {"id": "款"}, {"phase": "gift"}, {"pending_id": "h"}, {"phase": "post", "pending_id": None}, {"expires_on": DAY},
        {"phase": "hold", "reverses": "x"}, {"debit": A}, {"debit": ""}, {"credit": ""}, {"debit": "", "credit": ""}, {"code": ""}, {"code": "A B"},
        {"ref": "x" * 161}, {"ref": "a\nb"}, {"ref": "e\u0301"}, {"phase": "post", "pending_id": "h", "amount_fen": 0},
    ],
)  # fmt: skip
def test_a_malformed_entry_is_refused_before_any_account_is_looked_at(changes):
    entries_check([entry()])
    with pytest.raises(Refusal) as refused:
        entries_check([entry(**changes)])
    assert refused.value.code == "ledger_entry_malformed"


def test_a_group_has_entries_and_none_twice():
    for entries in ([], [entry(), entry()], [entry(id=str(n)) for n in range(10_001)]):
        with pytest.raises(Refusal):
            entries_check(entries)


@given(
    text=st.text(max_size=20).filter(lambda text: not any("\ud800" <= sign <= "\udfff" for sign in text)),
    number=st.integers(-(2**63), 2**63 - 1),
)
def test_the_canonical_text_is_what_the_standard_library_writes(text, number):
    values = [number if index % 3 == 0 else text if index % 3 == 1 else None for index in range(len(COLUMNS))]
    told = json.dumps(dict(zip(COLUMNS, values, strict=True)), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    assert row_canonical(values) == told


def book():
    found = Book()
    for account in (BANK, A, B):
        found.account_open(account)
    found.post([entry(id="1"), entry(id="2", debit=A, credit=B, amount_fen=40)], group="g", by="test", at_us=7)
    return found


@pytest.mark.parametrize("column", [field for field in COLUMNS if field != "prev_hash"])
def test_the_hash_changes_with_every_column_and_with_the_hash_before_it(column):
    first, second = book().rows
    assert first.prev_hash == GENESIS and second.prev_hash == first.hash and row_canonical_hash(second) == second.hash
    value = getattr(second, column)
    other = value + 1 if isinstance(value, int) else DAY if value is None or (isinstance(value, dt.date) and value != DAY) else "x"
    assert row_canonical_hash(dataclasses.replace(second, **{column: other})) != second.hash
    assert row_canonical_hash(dataclasses.replace(second, prev_hash="f" * 64)) != second.hash


def test_the_first_rows_hash_is_a_known_value_so_that_a_change_of_form_is_seen():
    first = book().rows[0]
    told = (
        '{"amount_fen":100,"business_date":"2026-11-24","by":"test","code":"test","credit":"organization/1:client_money::CNY","currency":"CNY",'
        '"debit":"platform:client_bank::CNY","expires_on":null,"group":"g","held_fen":0,"id":"1","pending_id":null,"phase":"transfer",'
        '"posted_at_us":7,"prev_hash":"' + "0" * 64 + '","ref":"","reverses":null,"seq":1}'
    )
    assert first.hash == hashlib.sha256(told.encode()).hexdigest()


def test_the_plain_ledger_posts_all_or_none_and_its_balances_are_the_fold_of_its_rows():
    found = book()
    with pytest.raises(Refusal) as refused:
        found.post([entry(id="3", debit=A, credit=B, amount_fen=60), entry(id="4", debit=A, credit=B, amount_fen=1)], group="h", by="test")
    assert refused.value.code == "ledger_overdrawn" and refused.value.facts["missing"] == "0.01"
    assert len(found.rows) == 2 and found.accounts == folded(found.rows)
    assert found.accounts[A].balance_fen == 60 and found.accounts[BANK].balance_fen == -100
