"""Later records add to what is known; what was known earlier stays readable; the newest record speaks, silence is no correction."""

import datetime as dt
from collections import Counter

import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from langqiao.data.lake.ingest import ingest
from langqiao.data.lake.latest import latest, latest_but
from langqiao.data.lake.precedence import CHILDREN, MERGED, NATURAL_KEYS, RECORD_ORDER, latest_rows
from langqiao.data.lake.schema import TABLES
from langqiao.data.lake.store import Lake, UnknownTableError
from tests.data.lake_world import NOON, conveyance, grant, lake_of, rows

LATER = NOON + dt.timedelta(days=30)
JUST_BEFORE = LATER - dt.timedelta(seconds=1)


def read_later(tmp_path, data: bytes, name: str = "correction.xml") -> Lake:
    folder = tmp_path / "later"
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(data)
    lake = Lake(tmp_path / "lake")
    ingest([folder], lake, clock=lambda: LATER)
    return lake


def test_a_correction_is_read_and_the_earlier_text_stays_known(tmp_path):
    lake_of(tmp_path, {"a.xml": grant("1000001", claims=3, title="First title") + grant("1000002")})
    lake = read_later(tmp_path, grant("1000001", claims=2, title="Corrected title"))
    assert [row["title"] for row in rows(lake, "publications") if row["number"] == "1000001"] == ["Corrected title"]
    assert [row["title"] for row in rows(lake, "publications", known_at=JUST_BEFORE) if row["number"] == "1000001"] == ["First title"]
    assert len(rows(lake, "claims")) == 2 + 2
    assert len(rows(lake, "claims", known_at=JUST_BEFORE)) == 3 + 2
    assert len(rows(lake, "claims", latest=False)) == 3 + 2 + 2
    assert rows(lake, "publications", known_at=NOON - dt.timedelta(seconds=1)) == []
    now, then = lake.dossier("US-1000001-B2"), lake.dossier("US-1000001-B2", JUST_BEFORE)
    assert (len(now.claims), len(then.claims), len(now.records), len(then.records)) == (2, 3, 2, 1)
    assert (now.publication["title"], then.publication["title"]) == ("Corrected title", "First title")


def test_a_later_record_that_is_silent_takes_nothing_away(tmp_path):
    lake_of(tmp_path, {"a.xml": grant("1000001", claims=3, cites=("900001", "900002"), text="An abstract.")})
    bare = grant("1000001", claims=0, text="").replace(b"<date>20180106</date>", b"")
    lake = read_later(tmp_path, bare)
    [publication] = rows(lake, "publications")
    assert publication["abstract"] == "An abstract."
    assert publication["filing_date"] == dt.date(2018, 1, 6)
    assert publication["known_at"] == LATER
    assert (len(rows(lake, "claims")), len(rows(lake, "citations"))) == (3, 2)


def test_both_forms_of_a_conveyance_are_one_and_keep_day_and_property(tmp_path):
    lake_of(tmp_path, {"a.jsonl": conveyance(7)})
    other = conveyance(7, recorded="04/01/2018").replace(b'"properties": [{', b'"was": [{')
    lake = read_later(tmp_path, other, "b.jsonl")
    [deed] = rows(lake, "conveyances")
    assert (deed["conveyance_key"], deed["recorded_date"], deed["assignees"]) == ("000001/0007", dt.date(2018, 4, 1), ["RIVER BANK, N.A."])
    assert len(rows(lake, "conveyed_properties")) == 1
    assert [row["recorded_date"] for row in rows(lake, "conveyances", known_at=JUST_BEFORE)] == [None]


def test_the_clock_of_the_machine_may_go_back_and_the_order_of_knowing_does_not(tmp_path):
    lake_of(tmp_path, {"a.xml": grant("1000001")}, at=LATER)
    (tmp_path / "files" / "b.xml").write_bytes(grant("1000002"))
    lake = Lake(tmp_path / "lake")
    ingest([tmp_path / "files"], lake, clock=lambda: NOON)
    known = {row["number"]: row["known_at"] for row in rows(lake, "publications")}
    assert known["1000002"] > known["1000001"] == LATER


def test_an_unknown_table_is_named_with_those_there_are(tmp_path):
    lake, _ = lake_of(tmp_path, {"a.xml": grant("1000001")})
    with pytest.raises(UnknownTableError, match="it has publications"):
        lake.table("patents")
    with pytest.raises(UnknownTableError, match="need another name"):
        lake.put_derived("claims", pa.table({"a": [1]}))


def test_a_computed_table_is_replaced_and_readers_of_the_one_before_go_on(tmp_path):
    lake, _ = lake_of(tmp_path, {"a.xml": grant("1000001")})
    for value in (1, 2, 3, 4):
        before = lake.table("figures") if value > 1 else None
        entry = lake.put_derived("figures", pa.table({"value": [value]}), as_of=dt.date(2026, 1, 5))
        assert (entry.generation, entry.rows, entry.version, entry.as_of) == (value, 1, lake.version, "2026-01-05")
        if before is not None:
            assert before.to_pyarrow().to_pylist() == [{"value": value - 1}]
        assert lake.table("figures").to_pyarrow().to_pylist() == [{"value": value}]
    assert sorted(path.name for path in (tmp_path / "lake" / "derived").iterdir()) == ["figures-000003.parquet", "figures-000004.parquet"]
    assert Lake(tmp_path / "lake").table("figures").to_pyarrow().to_pylist() == [{"value": 4}]


WORDS = st.sampled_from(["", "a", "b"])
DAYS = st.sampled_from([None, dt.date(2020, 1, 1), dt.date(2021, 1, 1)])
MOMENTS = st.sampled_from([NOON, LATER])


def value_for(name: str, kind: pa.DataType) -> st.SearchStrategy:
    if name in {"known_at", "retrieved_at"}:
        return MOMENTS
    if name == "key":
        return st.sampled_from(["K1", "K2"])
    if pa.types.is_list(kind):
        return st.lists(st.sampled_from([1, 2]) if pa.types.is_integer(kind.value_type) else st.sampled_from(["p", "q"]), max_size=2)
    if pa.types.is_date(kind):
        return DAYS
    if pa.types.is_boolean(kind):
        return st.sampled_from([None, True, False])
    if pa.types.is_integer(kind):
        return st.sampled_from([0, 1]) if name in {"offset", "length"} else st.sampled_from([None, 1, 2])
    return WORDS


@st.composite
def tables(draw) -> tuple[str, list[dict]]:
    """Rows of a table in which no two records have the same place, as in a lake."""
    name = draw(st.sampled_from([*MERGED, *CHILDREN, *NATURAL_KEYS]))
    schema = TABLES[name]
    found = draw(st.lists(st.fixed_dictionaries({field.name: value_for(field.name, field.type) for field in schema}), max_size=6))
    for number, row in enumerate(found):
        if name in CHILDREN:
            row["record"] = row["sha256"] = f"{row['source_file']}{row['offset']}{row['known_at']}"
        else:
            row["offset"] = number
    return name, found


@settings(max_examples=120, deadline=None)
@given(tables())
def test_the_expression_reads_what_the_rule_reads(given_rows):
    name, found = given_rows
    connection = ibis.duckdb.connect()
    connection.raw_sql("SET TimeZone = 'UTC'")
    table = connection.create_table("rows", pa.Table.from_pylist(found, schema=TABLES[name]))
    by_expression = latest(table, name).to_pyarrow().to_pylist()
    by_rule = latest_rows(found, name)
    assert sorted(map(repr, map(plain, by_expression))) == sorted(map(repr, map(plain, by_rule)))
    if name in MERGED or name in CHILDREN:
        key = list(MERGED.get(name, ("key",)))
        places = {tuple(row[column] for column in (*key, *RECORD_ORDER)) for row in found}
        counted = Counter(place[: len(key)] for place in places)
        again = [dict(zip(key, place, strict=True)) for place, count in counted.items() if count > 1]
        twice = connection.create_table("twice", pa.Table.from_pylist(again, schema=pa.schema([(column, pa.string()) for column in key])))
        shorter = latest_but(table, name, twice=twice).to_pyarrow().to_pylist()
        assert sorted(map(repr, map(plain, shorter))) == sorted(map(repr, map(plain, by_rule)))
    connection.disconnect()


def test_a_lake_with_and_without_second_records_is_read_alike(tmp_path):
    lake_of(tmp_path / "once", {"a.xml": grant("1000001", claims=3, cites=("900001",)), "b.jsonl": conveyance(1)})
    lake_of(tmp_path / "more", {"a.xml": grant("1000001", claims=3, cites=("900001",)), "b.jsonl": conveyance(1)})
    (tmp_path / "more" / "later").mkdir()
    (tmp_path / "more" / "later" / "c.xml").write_bytes(grant("1000002") + grant("1000002"))
    once, more = Lake(tmp_path / "once" / "lake"), Lake(tmp_path / "more" / "lake")
    before = {name: len(rows(more, name)) for name in TABLES}
    ingest([tmp_path / "more" / "later"], more)
    assert (len(rows(more, "publications")), len(rows(more, "publications", latest=False)), len(rows(more, "claims"))) == (2, 3, 3 + 2)
    for name in ("publications", "claims", "citations", "conveyances", "conveyed_properties"):
        assert len(rows(once, name)) == before[name]
        of_first = [row for row in rows(more, name) if row.get("key") != "US-1000002-B2"]
        assert [bare(row) for row in of_first] == [bare(row) for row in rows(once, name)]


def bare(row: dict) -> dict:
    return {name: value for name, value in row.items() if name not in {"source_file", "known_at", "retrieved_at"}}


def plain(row: dict) -> list:
    """A row with times in one time zone and nothing known in one form."""
    values = {name: value.astimezone(dt.UTC) if isinstance(value, dt.datetime) else value for name, value in row.items()}
    return [(name, values[name]) for name in sorted(values)]
