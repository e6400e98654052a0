"""The books: what is posted, what is refused, and what a repetition does; on SQLite, and on PostgreSQL under LANGQIAO_TEST_DATABASE=postgres."""

import datetime as dt

import pytest
from django.db import transaction

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.ledger.entry import Entry
from langqiao.web.ledger import selectors
from langqiao.web.ledger.services import account_ensure, group_post

DAY = dt.date(2026, 11, 24)
pytestmark = pytest.mark.books


def entry(key, debit="", credit="", amount=0, **more):
    return Entry(
        id=key, phase=more.pop("phase", "transfer"), debit=debit, credit=credit, amount_fen=amount, code="test", business_date=DAY, **more
    )


@pytest.fixture
def books(db):
    with transaction.atomic():
        bank = account_ensure(owner="platform", purpose="client_bank")
        buyer = account_ensure(owner="organization/1", purpose="client_money")
        escrow = account_ensure(owner="deal/7b6f", purpose="escrow")
        fee = account_ensure(owner="platform", purpose="platform_fee")
        group_post([entry("in", bank, buyer, 100_000)], group="in", by="test")
        yield {"bank": bank, "buyer": buyer, "escrow": escrow, "fee": fee}


def test_an_account_is_made_once_and_starts_empty(books):
    again = account_ensure(owner="organization/1", purpose="client_money")
    assert again == books["buyer"] == "organization/1:client_money::CNY"
    assert selectors.balance(books["escrow"]) == 0 and selectors.balance(books["buyer"]) == 100_000


def test_a_hold_reserves_and_a_post_moves_and_frees_the_rest(books):
    group_post([entry("h", books["buyer"], books["escrow"], 60_000, phase="hold", expires_on=DAY)], group="h", by="test")
    assert selectors.balance(books["buyer"]) == 100_000 and selectors.available(books["buyer"]) == 40_000
    with pytest.raises(Refusal) as refused:
        group_post([entry("x", books["buyer"], books["fee"], 40_001)], group="x", by="test")
    assert refused.value.code == "ledger_overdrawn" and refused.value.facts["missing"] == "0.01"
    posted = group_post([entry("p", phase="post", pending_id="h", amount=50_000)], group="p", by="test")
    assert not posted.repeated and selectors.balance(books["escrow"]) == 50_000 and selectors.available(books["buyer"]) == 50_000
    with pytest.raises(Refusal) as refused:
        group_post([entry("v", phase="void", pending_id="h")], group="v", by="test")
    assert refused.value.code == "ledger_hold_resolved" and refused.value.facts["first"] == "p"


def test_a_group_is_posted_all_or_none(books):
    good, bad = entry("g1", books["buyer"], books["escrow"], 10), entry("g2", books["escrow"], books["fee"], 11)
    with pytest.raises(Refusal):
        group_post([good, bad], group="g", by="test")
    assert selectors.balance(books["escrow"]) == 0
    group_post([good, entry("g2", books["escrow"], books["fee"], 10)], group="g", by="test")
    assert selectors.balance(books["fee"]) == 10


def test_the_same_group_again_has_one_effect_and_another_content_is_refused(books):
    sent = [entry("k", books["buyer"], books["escrow"], 7)]
    first, again = (group_post(sent, group="k", by="test") for _ in range(2))
    assert again.repeated and again.links == first.links and selectors.balance(books["escrow"]) == 7
    with pytest.raises(Refusal) as refused:
        group_post([entry("k", books["buyer"], books["escrow"], 8)], group="k", by="test")
    assert refused.value.code == "idempotency_key_reused"
