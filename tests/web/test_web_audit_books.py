"""The books under the record: heads name their end, the stand-alone verifier folds every balance anew and finds what was done to them."""

import json

import pytest
from django.db import transaction

from langqiao.web.audit.export import export
from langqiao.web.audit.heads import head_make
from langqiao.web.audit.models import TreeHead
from langqiao.web.audit.reading import site_rows
from langqiao.web.audit.services import record_append
from langqiao.web.audit.verification import verify
from langqiao.web.ledger.models import Transfer
from langqiao.web.ledger.services import group_post
from tests.web.test_web_audit_verify import alone, change, codes, copy_to, outside
from tests.web.test_web_ledger import DAY, books, entry

assert books, "the fixture of the books is used by name"


@pytest.fixture
def written(books, tmp_path):
    """Books with a transfer, a resolved hold and a waiting one, under a signed head; their export."""
    with transaction.atomic():
        group_post([entry("h", books["buyer"], books["escrow"], 60_000, phase="hold", expires_on=DAY)], group="h", by="test")
        group_post([entry("p", phase="post", pending_id="h", amount=50_000)], group="p", by="test")
        group_post([entry("w", books["buyer"], books["escrow"], 7_000, phase="hold", expires_on=DAY)], group="w", by="test")
        record_append(actor="platform", action="test.paid", subject="test/1", payload={"price_fen": 50_000})
        head_make()
    export(tmp_path / "out")
    return tmp_path / "out"


def changed(path, edit):
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    edit(lines)
    text = "".join(json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n" for line in lines)
    path.write_text(text, encoding="utf-8")


def test_the_verifier_folds_the_balances_of_transfers_and_holds(written):
    code, said = alone(written)
    assert code == 0, said
    assert len((written / "transfers.jsonl").read_text().splitlines()) == 4


@pytest.mark.parametrize("name", ["debits_posted_fen", "credits_posted_fen", "debits_pending_fen", "credits_pending_fen"])
def test_the_verifier_finds_a_balance_that_its_transfers_do_not_give(written, name):
    changed(written / "balances.jsonl", lambda lines: lines[0].update({name: lines[0][name] + 1}))
    code, said = alone(written)
    assert code == 1 and "its transfers give" in said


@pytest.mark.parametrize(
    "edit",
    [
        lambda lines: lines[1].update(amount_fen=1),
        lambda lines: lines[0].update(credit=lines[0]["debit"]),
        lambda lines: lines.pop(),
        lambda lines: lines.pop(1),
        lambda lines: lines.reverse(),
        lambda lines: lines.append(lines[-1] | {"seq": 5}),
    ],
)
def test_the_verifier_finds_whatever_is_done_to_the_transfers(written, edit):
    changed(written / "transfers.jsonl", edit)
    assert alone(written)[0] == 1


def test_a_head_names_the_end_of_the_books_and_a_cut_or_rewritten_end_is_found(written, tmp_path):
    last = Transfer.objects.order_by("-seq").first()
    assert json.loads(TreeHead.objects.get().body)["also"] == [["ledger", 4, last.hash]]
    assert verify(site_rows, outside=outside()).problems == ()
    copy = copy_to(tmp_path / "copy.sqlite3")
    change(copy, f"UPDATE ledger_transfer SET hash = '{'0' * 64}' WHERE seq = 4")
    assert codes(copy) == {"head_books_differ"}
    change(copy, "DELETE FROM ledger_transfer WHERE seq = 4")
    assert codes(copy, outside=outside()) == {"head_books_differ"}
