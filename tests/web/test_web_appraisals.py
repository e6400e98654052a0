"""Recorded grades and opinions: the database refuses to change or delete them."""

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction

from langqiao.web.appraisals.models import RecordedGrade, RecordedOpinion
from langqiao.web.people.models import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def recorded(people):
    common = {
        "key": "CN-1-B", "as_of": dt.date(2026, 1, 1), "lake_version": "v", "body": "{}", "sha256": "0" * 64,
        "organization": people["first"], "by": people[Role.EDITOR],
    }  # fmt: skip
    return [
        RecordedGrade.objects.create(scheme="s", scheme_version="1", letter="B", score=61.5, coverage=0.5, **common),
        RecordedOpinion.objects.create(engine_version="1", p10_fen=1, p50_fen=2, p90_fen=3, **common),
    ]


@pytest.mark.parametrize("place", [0, 1])
def test_a_record_can_neither_be_changed_nor_deleted_by_the_orm_nor_by_sql(recorded, place):
    record = recorded[place]
    table = record._meta.db_table
    ways = [
        lambda: type(record).objects.filter(pk=record.pk).update(body="changed"),
        record.delete,
        lambda: connection.cursor().execute(f"UPDATE {table} SET body = 'changed'"),
        lambda: connection.cursor().execute(f"DELETE FROM {table}"),
    ]
    for way in ways:
        with pytest.raises(DatabaseError), transaction.atomic():
            way()
    assert type(record).objects.get(pk=record.pk).body == "{}"


def test_an_opinion_whose_percentiles_are_out_of_order_is_refused(people):
    with pytest.raises(DatabaseError), transaction.atomic():
        RecordedOpinion.objects.create(
            key="CN-1-B", as_of=dt.date(2026, 1, 1), lake_version="v", body="{}", sha256="0" * 64, organization=people["first"],
            by=people[Role.EDITOR], engine_version="1", p10_fen=3, p50_fen=2, p90_fen=1,
        )  # fmt: skip
