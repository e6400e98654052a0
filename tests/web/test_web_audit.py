"""The record: appended inside a transaction only, chained, never changed, with marks in the place of personal data."""

import datetime as dt
import json

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.transaction import TransactionManagementError

from langqiao.engine.record.chain import GENESIS, problems
from langqiao.web.audit.models import Chain, MarkSalt, Record, RecordReader
from langqiao.web.audit.services import mark, marks_forget, record_append


def append(**changed):
    return record_append(**{"actor": "platform", "action": "test.said", "subject": "test/1", "payload": {"n": 1}} | changed)


@pytest.mark.django_db(transaction=True)
def test_a_record_is_refused_outside_a_transaction():
    with pytest.raises(TransactionManagementError):
        append()
    assert not Record.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_record_goes_with_the_transaction_that_it_tells_of():
    def fails():
        with transaction.atomic():
            append()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert not Record.objects.exists()
    assert Chain.objects.get().size == 0
    with transaction.atomic():
        assert append().seq == 1


@pytest.mark.django_db
def test_each_record_names_the_hash_of_the_one_before_and_the_end_of_the_chain_moves_on():
    made = [append(payload={"n": n, "名": "é"}) for n in range(5)]
    assert [record.seq for record in made] == [1, 2, 3, 4, 5]
    assert [record.prev_hash for record in made] == [GENESIS, *(record.hash for record in made[:-1])]
    assert list(problems(record.link() for record in Record.objects.order_by("seq"))) == []
    end = Chain.objects.get()
    assert (end.size, end.hash) == (5, made[-1].hash)
    assert json.loads(Record.objects.get(seq=3).payload) == {"n": 2, "名": "é"}


@pytest.mark.django_db
@pytest.mark.parametrize("payload", [{"price": 1.5}, {"day": dt.date(2026, 1, 1)}, {1: "one"}, {"half": "\ud800"}, {"é": 1, "e\u0301": 2}])
def test_what_has_no_canonical_form_is_not_recorded(payload):
    with pytest.raises(ValueError):
        append(payload=payload)


@pytest.mark.django_db
@pytest.mark.parametrize("changed", [{"actor": ""}, {"action": "a\nb"}, {"subject": "s" * 161}])
def test_a_name_that_is_empty_long_or_not_printable_is_not_recorded(changed):
    with pytest.raises(ValueError):
        append(**changed)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_record SET payload = '{}' WHERE seq = 1",
        "DELETE FROM audit_record WHERE seq = 2",
        "UPDATE audit_record SET seq = 9 WHERE seq = 2",
        "UPDATE audit_chain SET size = 1",
        "DELETE FROM audit_chain",
        "INSERT INTO audit_record SELECT 4, at, actor, action, subject, parties, payload, hash, 'other' FROM audit_record WHERE seq = 2",
        "INSERT INTO audit_record SELECT 3, at, actor, action, subject, parties, payload, 'fork', 'other' FROM audit_record WHERE seq = 2",
        "INSERT OR REPLACE INTO audit_chain VALUES (1, 0, 'x')",
        "INSERT OR REPLACE INTO audit_record SELECT 1, at, actor, action, subject, parties, payload, prev_hash, 'x' FROM audit_record WHERE seq = 1",
        "INSERT OR REPLACE INTO audit_record SELECT 3, at, actor, action, subject, parties, payload, hash, hash FROM audit_record WHERE seq = 2",
        "INSERT OR REPLACE INTO audit_recordreader SELECT id, organization_id, 2 FROM audit_recordreader",
        "DELETE FROM audit_recordreader",
        "UPDATE audit_recordreader SET organization_id = 8",
    ],
)
def test_the_database_itself_refuses_to_change_the_record(statement):
    append(subject="organization/7")
    append()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Chain.objects.get().size == Record.objects.count() == 2


@pytest.mark.django_db
def test_a_record_is_read_by_the_organizations_of_its_subject_and_by_those_named(people):
    record = append(subject="organization/7", seen_by=[9, 7], actor=people["editor"])
    assert record.parties == "[7,9]"
    assert record.actor == f"user/{people['editor'].pk}"
    assert set(RecordReader.objects.filter(record=record).values_list("organization_id", flat=True)) == {7, 9}


@pytest.mark.django_db
def test_a_mark_is_the_same_for_the_same_text_until_it_is_forgotten_and_the_chain_still_verifies(people):
    before = mark("Zhang San 张三", of=people["editor"])
    assert before == mark("Zhang San 张三") != mark("Li Si 李四")
    assert "Zhang" not in before
    append(payload={"inventor": before})
    assert marks_forget(user=people["editor"], texts=["Li Si 李四"]) == 2
    assert not MarkSalt.objects.exists()
    assert mark("Zhang San 张三") != before
    assert list(problems(record.link() for record in Record.objects.order_by("seq"))) == []
