"""The reference pages say what the code says: every table, column and limit, with a meaning."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from langqiao.cli import main
from langqiao.cli.reference.lake import pages
from langqiao.data.lake.meanings import OWN, TABLE_MEANINGS, meaning
from langqiao.data.lake.schema import TABLES
from langqiao.data.lake.sources import source_path
from tests.data.lake_world import grant, lake_of

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize(("table", "column"), [(table, column) for table, schema in TABLES.items() for column in schema.names])
def test_every_column_has_a_meaning(table, column):
    assert meaning(table, column)
    assert TABLE_MEANINGS[table][1]


def test_no_meaning_is_left_of_what_is_gone():
    assert set(TABLE_MEANINGS) == set(TABLES)
    assert not {(table, column) for table, column in OWN if column not in TABLES[table].names}


@pytest.mark.parametrize("page", list(pages()), ids=lambda page: page.path)
def test_the_pages_are_what_the_code_writes(page):
    assert (DOCS / page.path).read_text(encoding="utf-8") == page.text, "run make docs"


def test_the_doctor_finds_a_lake_in_order_and_a_broken_one_broken(tmp_path):
    lake, _ = lake_of(tmp_path, {"a.xml": grant("1000001")})

    def looked_at() -> tuple[int, dict[str, str]]:
        result = CliRunner().invoke(main, ["doctor", "--lake", str(lake.root), "--full", "--json"])
        return result.exit_code, {finding["what"]: finding["status"] for finding in json.loads(result.stdout)}

    code, found = looked_at()
    assert (code, found["manifest"], found["parts"], found["rows"], found["kept files"]) == (0, "ok", "ok", "ok", "ok")
    [unit] = lake.manifest.units()
    source_path(lake.root, unit.sha256).write_bytes(b"changed")
    code, found = looked_at()
    assert (code, found["kept files"], found["rows"]) == (1, "error", "ok")
    [part, *_] = lake.manifest.parts("claims")
    (lake.root / part.file).write_bytes(b"PAR1 no more")
    assert looked_at()[1]["rows"] == "error"
    (lake.root / part.file).unlink()
    assert looked_at()[1]["parts"] == "error"


def test_the_doctor_says_how_to_fill_an_empty_lake(tmp_path):
    result = CliRunner().invoke(main, ["doctor", "--lake", str(tmp_path / "none")])
    assert result.exit_code == 0
    assert "langqiao ingest PATH" in result.stdout
    assert not (tmp_path / "none").exists()
