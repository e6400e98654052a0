"""Tables out of the lake in four forms; no cell is one that a spreadsheet executes, and what is read back is what was in the lake."""

import csv
import datetime as dt
import io
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from langqiao.cli import main
from langqiao.data.lake import export
from langqiao.data.lake.export import LIVE, TooManyRowsError, neutral, original, sheet_text, write
from langqiao.data.lake.ingest import ingest
from langqiao.data.lake.store import Lake
from tests.data.lake_world import NOON, conveyance, grant, lake_of

LATER = NOON + dt.timedelta(days=3)
TITLES = ["=1+1", "@SUM(A1)", "-2+3", "+4", '=HYPERLINK("http://x","y")', "'=1", '普通标题, with "quotes" and; marks']


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    root = tmp_path_factory.mktemp("export")
    grants = [grant(f"{1_000_001 + n}", title=title.replace('"', "&quot;"), cites=("900001",)) for n, title in enumerate(TITLES)]
    lake, _ = lake_of(root, {"a.xml": b"".join(grants), "b.jsonl": conveyance(1), "c": b"?"})
    (root / "files" / "a.xml").write_bytes(grant("1000001", title="Corrected"))
    ingest([root / "files"], lake, clock=lambda: LATER)
    lake.put_derived("indicators", pa.table({"key": ["US-1000001-B2"], "value": [0.5]}), as_of=dt.date(2026, 1, 5))
    return lake


def exported(lake: Lake, *arguments: str):
    return CliRunner().invoke(main, ["export", *arguments, "--lake", str(lake.root)])


@pytest.mark.parametrize(
    ("table", "count"),
    [
        ("publications", 7), ("descriptions", 7), ("claims", 14), ("citations", 7), ("parties", 0), ("classifications", 0), ("priorities", 0),
        ("families", 0), ("opinions", 0), ("events", 0), ("conveyances", 1), ("conveyed_properties", 1), ("problems", 1), ("indicators", 1),
    ],
)  # fmt: skip
def test_every_table_is_written_in_every_form(table, count, lake, tmp_path):
    result = exported(lake, table)
    assert result.exit_code == 0, result.output
    read = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(read) == count
    for kind in ("jsonl", "csv", "parquet", "xlsx"):
        assert exported(lake, table, "--format", kind, "--output", str(tmp_path / f"out.{kind}")).exit_code == 0
    assert [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()] == read
    assert len(list(csv.reader(io.StringIO((tmp_path / "out.csv").read_text(encoding="utf-8"), newline="")))) == count + 1
    assert pq.read_table(tmp_path / "out.parquet").num_rows == count
    sheet = load_workbook(tmp_path / "out.xlsx").active
    assert sheet.max_row == count + 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.csv", "out.jsonl", "out.parquet", "out.xlsx"]


def test_a_publication_has_number_title_day_and_place(lake):
    rows = [json.loads(line) for line in exported(lake, "publications").stdout.splitlines()]
    first = rows[0]
    assert (first["number"], first["kind"], first["title"], first["publication_date"]) == ("1000001", "B2", "Corrected", "2020-01-07")
    assert first["source_file"].endswith("a.xml")
    assert len(first["sha256"]) == 64
    assert first["offset"] == 0
    assert first["known_at"] == "2026-01-08T12:00:00Z"
    assert [row["key"] for row in rows] == sorted(row["key"] for row in rows)


def test_as_of_a_day_is_what_the_lake_knew_at_its_end(lake):
    def titles(*options: str) -> list[str]:
        return [json.loads(line)["title"] for line in exported(lake, "publications", *options).stdout.splitlines()]

    assert titles("--as-of", "2026-01-04") == []
    assert titles("--as-of", "2026-01-05")[0] == "=1+1"
    assert titles("--as-of", "2026-01-08T20:00:00+08:00")[0] == "Corrected"
    assert titles("--as-of", "2026-01-08T19:59:59+08:00")[0] == "=1+1"
    assert len(titles("--all-records")) == 8


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["patents"], "it has publications"),
        (["publications", "--format", "xlsx"], "add --output FILE"),
        (["publications", "--format", "parquet"], "add --output FILE"),
        (["publications", "--as-of", "yesterday"], "neither a day"),
        (["publications", "--as-of", "2026-01-08T20:00:00"], "names no time zone"),
        (["indicators", "--as-of", "2026-01-08"], "computed table"),
    ],
)
def test_a_wrong_call_says_what_to_do(arguments, said, lake):
    result = exported(lake, *arguments)
    assert result.exit_code in {1, 2}
    assert said in result.stderr


def test_csv_cells_are_text_to_a_spreadsheet_and_come_back_as_they_were(lake):
    text = exported(lake, "publications", "--format", "csv", "--as-of", "2026-01-05").stdout
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert sorted(original(row["title"]) for row in rows) == sorted(TITLES)
    assert not [cell for row in rows for cell in row.values() if cell.startswith(LIVE)]


def test_sheet_cells_are_strings_with_a_quote_prefix(lake, tmp_path):
    assert exported(lake, "publications", "--format", "xlsx", "--output", str(tmp_path / "a.xlsx"), "--as-of", "2026-01-05").exit_code == 0
    sheet = load_workbook(tmp_path / "a.xlsx").active
    [column] = [cell.column for cell in sheet[1] if cell.value == "title"]
    cells = [sheet.cell(row, column) for row in range(2, sheet.max_row + 1)]
    assert sorted(cell.value for cell in cells) == sorted(TITLES)
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.quotePrefix for cell in cells)


def written(values: list[str], kind: str) -> io.BytesIO:
    table = pa.table({"text": pa.array(values, pa.string())})
    stream = io.BytesIO()
    assert write(table.to_batches(), table.schema, kind, stream) == len(values)
    stream.seek(0)
    return stream


TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.builds(lambda mark, text: mark + text, st.sampled_from([*LIVE, "'", "''", "'="]), st.text("=+-@'\t\r\n;,\"ab中", max_size=12)),
)


@settings(max_examples=500, deadline=None)
@example(["_x0041_", "=cmd|' /C calc'!A0", "\t=1", "'", "", "#REF!", "\r", "\x00=1"])
@given(st.lists(TEXTS, min_size=1, max_size=12))
def test_any_text_is_a_text_again_in_csv(values):
    cells = [row[0] if row else "" for row in csv.reader(io.TextIOWrapper(written(values, "csv"), encoding="utf-8", newline=""))][1:]
    assert [original(cell) for cell in cells] == values
    assert not [cell for cell in cells if cell.startswith(LIVE)]


@settings(max_examples=150, deadline=None)
@example(["_x0041_", "=cmd|' /C calc'!A0", "\t=1", "'", "", "#REF!", "\r", "a\r\nb", "\x00=1", " x ", "2020-01-01", "TRUE", "1e5"])
@given(st.lists(TEXTS, min_size=1, max_size=12))
def test_any_text_is_a_text_again_in_a_sheet(values):
    sheet = load_workbook(written(values, "xlsx")).active
    cells = [sheet.cell(row, 1) for row in range(2, len(values) + 2)]
    assert [cell.value or "" for cell in cells] == [sheet_text(value) for value in values]
    assert {cell.data_type for cell in cells if cell.value} <= {"s"}


@given(TEXTS)
def test_neutral_is_undone_by_original(text):
    assert original(neutral(text)) == text


def test_a_table_too_long_for_a_sheet_is_refused(monkeypatch):
    monkeypatch.setattr(export, "XLSX_ROWS", 3)
    with pytest.raises(TooManyRowsError, match="take csv or parquet"):
        written(["a"] * 4, "xlsx")


def test_numbers_stay_numbers_and_lists_are_json(tmp_path):
    table = pa.table(
        {"n": [-5], "x": [1.5], "flag": [True], "none": pa.array([None], pa.int32()), "names": [["=a", "b"]], "day": [dt.date(2020, 1, 2)]}
    )
    stream = io.BytesIO()
    write(table.to_batches(), table.schema, "csv", stream)
    assert stream.getvalue().decode().splitlines()[1] == '-5,1.5,true,,"[""=a"",""b""]",2020-01-02'
    stream = io.BytesIO()
    write(table.to_batches(), table.schema, "xlsx", stream)
    assert [cell.value for cell in load_workbook(stream).active[2]] == [-5, 1.5, True, None, '["=a","b"]', "2020-01-02"]
