"""The list of capabilities names all 104, and every link in it leads to a file that is there."""

import re
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "capabilities.md"
ROWS = [line.split(" | ") for line in PAGE.read_text(encoding="utf-8").splitlines() if re.match(r"\| \d+ \|", line)]
STATES = {"built", "in part", "calculation only", "not built"}


def test_every_capability_stands_once_with_a_state():
    assert [int(row[0].strip("| ")) for row in ROWS] == list(range(1, 105))
    assert {row[2] for row in ROWS} <= STATES


def test_what_is_said_to_be_built_has_a_proof_that_exists():
    for row in ROWS:
        links = re.findall(r"\]\(([^)]+)\)", row[3])
        assert bool(links) == (row[2] != "not built"), row[0]
        for link in links:
            assert (PAGE.parent / link).resolve().exists(), f"{row[0]}: {link}"
