"""Every open case of the calculation door's contract gives the figures the contract expects; skipped where the shared folder is absent."""

import importlib.util
import json
import os
from pathlib import Path
from types import ModuleType

import pytest
from click.testing import CliRunner

from langqiao.cli.calc import calc
from langqiao.engine import register

SHARED = Path(os.environ.get("LANGQIAO_SHARED", Path(__file__).parents[1].parent / "shared"))
GOLDENS = SHARED / "goldens"
CASES = GOLDENS / "calc.jsonl"


def judge() -> ModuleType:
    spec = importlib.util.spec_from_file_location("goldens_check", GOLDENS / "check.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def cases() -> list[dict]:
    if not CASES.exists():
        return []
    return [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines() if line.strip()]


@pytest.fixture(scope="module")
def answers() -> dict[str, dict]:
    """The door's answers to all cases in one batch, by id; numbers keep their decimal text, as a caller would see them."""
    done = CliRunner().invoke(calc, ["--batch", str(CASES)])
    assert done.exit_code == 0, done.output
    answered = [register.read_json(line) for line in done.stdout.splitlines()]
    assert [answer["id"] for answer in answered] == [case["id"] for case in cases()]
    return {answer["id"]: answer for answer in answered}


@pytest.mark.skipif(not CASES.exists(), reason="the shared goldens are not here")
@pytest.mark.parametrize("case", cases(), ids=lambda case: case["id"])
def test_a_golden_case_is_answered_as_the_contract_expects(case, answers):
    answer = answers[case["id"]]
    assert "output" in answer, answer.get("error")
    assert judge().compare(case, answer["output"]) == []
