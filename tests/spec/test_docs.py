"""The generated reference pages are what the code writes today, and new rooms plug in by a line."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from langqiao import rules
from langqiao.cli import docs as writer
from langqiao.cli.docs import GENERATORS, behind, docs, pages
from langqiao.cli.reference.page import Page, table
from langqiao.engine import register
from langqiao.rules.refusals import refusals

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def written() -> dict[str, str]:
    return {page.path: page.text for page in pages()}


def test_the_checked_in_pages_are_up_to_date():
    assert behind(DOCS) == [], "run make docs"


def test_every_calculation_code_and_parameter_is_documented(written):
    calculations = written["reference/calculations.md"]
    assert all(f"\n## {name}\n" in calculations for name in register.names())
    assert all(f'id="{code}"' in written["reference/refusals.md"] for code in refusals())
    assert all(f"`{parameter.key}`" in written["reference/parameters.md"] for parameter in rules.parameters())


def test_what_is_not_confirmed_is_marked(written):
    unconfirmed = sum(not value.confirmed for parameter in rules.parameters() for value in parameter.values)
    assert unconfirmed
    assert written["reference/parameters.md"].count("⚠ `") == unconfirmed


def test_the_states_are_drawn(written):
    text = written["reference/right-states.md"]
    assert "```mermaid\nstateDiagram-v2\n  [*] --> filed\n" in text
    assert "  grace --> lapsed: LAPSE\n" in text


def test_generators_plug_in_as_a_list_and_do_not_write_the_same_page(monkeypatch):
    monkeypatch.setattr(writer, "GENERATORS", [*GENERATORS, GENERATORS[0]])
    with pytest.raises(ValueError, match="two generators"):
        list(writer.pages())


def test_the_command_writes_what_is_missing_and_checks_what_is_there(tmp_path):
    run = CliRunner().invoke
    late = run(docs, ["--folder", str(tmp_path), "--check"])
    assert late.exit_code == 1
    assert "calculations.md has fallen behind" in late.output
    assert run(docs, ["--folder", str(tmp_path)]).exit_code == 0
    assert run(docs, ["--folder", str(tmp_path), "--check"]).exit_code == 0
    assert run(docs, ["--folder", str(tmp_path)]).output == ""


def test_a_cell_cannot_break_its_table():
    assert table(["a"], [["x|y\nz"]]).splitlines() == ["| a |", "|---|", "| x\\|y z |"]
    assert Page(path="p", text="t").path == "p"
