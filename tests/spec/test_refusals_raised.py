"""Every refusal code can be reached by the program and is named by a test; what is not yet stands in a list, no more and no less."""

import re
from functools import cache
from pathlib import Path

from langqiao.rules.refusals import refusals

HERE = Path(__file__)
TESTS = HERE.parents[1]
SOURCE = TESTS.parent / "src" / "langqiao"
LISTS = HERE.with_name("refusals_open.txt")
"""Lines `untested: CODE` (raised in the source, named by no test) and `unreached: CODE` (of the knowledge's registry, no step raises it yet)."""
QUOTED = re.compile(r"""["']([a-z][a-z0-9]*(?:_[a-z0-9]+)*)["']""")
BARE = re.compile(r"\b([a-z][a-z0-9]*(?:_[a-z0-9]+)+)\b")


@cache
def in_source():
    """Codes that stand as text in the program, its rules or its SQL, outside the registry itself."""
    found = set()
    for path in SOURCE.rglob("*"):
        if path.suffix == ".py":
            found |= set(QUOTED.findall(path.read_text(encoding="utf-8")))
        if path.suffix in {".yaml", ".sql"} and path.name != "refusals.yaml":
            found |= set(BARE.findall(path.read_text(encoding="utf-8")))
    return found


@cache
def in_tests():
    """Codes that stand as text in a test."""
    return {code for path in TESTS.rglob("*.py") if path != HERE for code in QUOTED.findall(path.read_text(encoding="utf-8"))}


def listed(kind):
    """The codes of a kind in the list."""
    lines = [line.partition(": ") for line in LISTS.read_text(encoding="utf-8").splitlines() if line]
    assert lines == sorted(lines), "keep the list in order"
    return {code for name, _colon, code in lines if name == kind}


def test_the_walk_finds_codes_on_both_sides():
    assert {"four_eyes_missing", "not_registered_owner"} <= in_source() & in_tests()
    assert "no_code_of_this_name_exists" not in in_source()


def test_a_code_of_the_registry_is_raised_somewhere_or_listed_as_unreached():
    assert {code for code in refusals() if code not in in_source()} == listed("unreached")


def test_a_code_that_the_program_raises_is_named_by_a_test_or_listed_as_untested():
    assert {code for code in refusals() if code in in_source() and code not in in_tests()} == listed("untested")
