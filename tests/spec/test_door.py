"""The door of the calculations: what goes in, what comes out, and how bad input is answered."""

import json

import pytest
from click.testing import CliRunner

from langqiao import rules
from langqiao.cli import calc as door
from langqiao.cli.calc import calc
from langqiao.engine import register

GROWTH = {"base": 100, "end": 144, "years": 2}


def run(*arguments: str, stdin: str | bytes = ""):
    return CliRunner().invoke(calc, list(arguments), input=stdin)


def error_of(result) -> dict:
    assert result.exit_code == 2
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert len(lines) == 1
    return json.loads(lines[0])["error"]


def batch(tmp_path, *lines: str | bytes) -> list[dict]:
    file = tmp_path / "batch.jsonl"
    file.write_bytes(b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines) + b"\n")
    result = run("--batch", str(file))
    assert result.exit_code == 0
    assert result.stderr == ""
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_one_object_goes_in_and_one_comes_out():
    result = run("policy.growth", stdin=json.dumps(GROWTH))
    assert result.exit_code == 0
    assert json.loads(result.stdout)["cagr"] == pytest.approx(0.2, abs=1e-12)


def test_a_refusal_is_an_output_without_figures():
    result = run("policy.growth", stdin='{"base": 0, "end": 1, "years": 1}')
    assert result.exit_code == 0
    output = json.loads(result.stdout)
    assert output["refusal"] == "base_not_positive"
    assert set(output) == {"refusal", "message", "rule"}


@pytest.mark.parametrize(
    ("name", "stdin", "code", "field"),
    [
        ("policy.growth", "{", "bad_json", ""),
        ("policy.growth", '{"base": NaN, "end": 1, "years": 1}', "bad_json", ""),
        ("policy.growth", '{"base": 1, "base": 2, "end": 1, "years": 1}', "bad_json", ""),
        ("policy.growth", b"\xff\xfe", "bad_json", ""),
        ("policy.growth", "[]", "wrong_type", ""),
        ("no.such", "{}", "unknown_calc", ""),
        ("policy.growth", '{"base": 100, "end": 144}', "missing_field", "years"),
        ("policy.growth", '{"base": 100, "end": 144, "years": 2, "more": 1}', "unknown_field", "more"),
        ("policy.growth", '{"base": "100", "end": 144, "years": 2}', "wrong_type", "base"),
        ("policy.growth", '{"base": true, "end": 144, "years": 2}', "wrong_type", "base"),
        ("policy.growth", '{"base": 100, "end": -1, "years": 2}', "out_of_range", "end"),
        ("policy.growth", '{"base": 100, "end": 1, "years": 0}', "out_of_range", "years"),
        ("policy.growth", '{"base": 1, "end": 1e30, "years": 1e-30}', "out_of_range", ""),
        ("patents.term", '{"office": "US", "type": "invention", "filing_date": "2020-01-01"}', "not_allowed", "office"),
        ("patents.term", '{"office": "CN", "type": 3, "filing_date": "2020-01-01"}', "wrong_type", "type"),
        ("patents.term", '{"office": "CN", "type": "design", "filing_date": "2020-02-30"}', "wrong_type", "filing_date"),
        ("patents.term", '{"office": "CN", "type": "design", "filing_date": "20200228"}', "wrong_type", "filing_date"),
        ("patents.term", '{"office": "CN", "type": "design", "filing_date": "9990-01-01"}', "out_of_range", ""),
    ],
)
def test_bad_input_exits_2_with_one_error_line_and_nothing_on_standard_output(name, stdin, code, field):
    error = error_of(run(name, stdin=stdin))
    assert (error["code"], error["field"]) == (code, field)
    assert error["message"]


def test_a_field_inside_a_list_is_named_by_its_path():
    value = {"from_year": 2026, "to_year": 2026, "patents": [register.find("patents.annuity_budget").example["patents"][0], {"id": 3}]}
    assert error_of(run("patents.annuity_budget", stdin=json.dumps(value)))["field"].startswith("patents[1].")


def test_null_stands_for_absent_where_there_is_a_default():
    value = {"office": "CN", "type": "design", "filing_date": "2020-01-01", "grant_date": None}
    assert json.loads(run("patents.term", stdin=json.dumps(value)).stdout)["expiry_date"] == "2030-01-01"


def test_null_in_a_required_field_is_of_the_wrong_type():
    assert error_of(run("policy.growth", stdin='{"base": null, "end": 1, "years": 1}'))["code"] == "wrong_type"


def test_no_name_asks_for_one():
    assert error_of(run())["code"] == "unknown_calc"


def test_a_batch_answers_every_non_blank_line_in_order_and_never_stops(tmp_path):
    good = json.dumps({"id": "a", "calc": "policy.growth", "input": GROWTH, "expect": "ignored"})
    answers = batch(
        tmp_path,
        good,
        "   ",
        "{broken",
        '{"id": "c", "calc": "nope", "input": {}}',
        '{"id": "d", "input": {}}',
        '{"id": "e", "calc": "policy.growth"}',
        '{"id": ["f"], "calc": "policy.growth", "input": {}}',
        b"\xff",
        '[{"id": "h"}]',
        '{"id": "i", "calc": ["policy.growth"], "input": {}}',
        good,
    )
    assert [answer["id"] for answer in answers] == ["a", None, "c", "d", "e", None, None, None, "i", "a"]
    assert [answer.get("error", {}).get("code") for answer in answers] == [
        None, "bad_json", "unknown_calc", "missing_field", "missing_field", "missing_field", "bad_json", "wrong_type", "unknown_calc", None,
    ]  # fmt: skip
    assert answers[3]["error"]["field"] == "calc"
    assert answers[4]["error"]["field"] == "input"
    assert answers[0]["output"] == answers[-1]["output"]


def test_the_last_line_of_a_batch_needs_no_line_end(tmp_path):
    file = tmp_path / "batch.jsonl"
    file.write_text(json.dumps({"id": "only", "calc": "policy.growth", "input": GROWTH}), encoding="utf-8")
    assert json.loads(run("--batch", str(file)).stdout)["id"] == "only"


def test_an_overlong_line_is_answered_and_the_next_line_goes_on(tmp_path, monkeypatch):
    monkeypatch.setattr(door, "MAX_LINE", 200)
    good = json.dumps({"id": "b", "calc": "policy.growth", "input": GROWTH})
    answers = batch(tmp_path, '{"id": "a", "pad": "' + "x" * 1000 + '"}', good)
    assert [answer["id"] for answer in answers] == [None, "b"]
    assert answers[0]["error"]["code"] == "bad_json"


def test_deep_nesting_is_bad_json(tmp_path):
    answers = batch(tmp_path, "[" * 100_000, '{"id": "b", "calc": "policy.growth", "input": {"base": 1, "end": 1, "years": 1}}')
    assert answers[0]["error"]["code"] == "bad_json"
    assert answers[1]["output"]["cagr"] == 0


def test_a_defect_in_one_calculation_does_not_stop_the_batch(tmp_path, monkeypatch):
    def broken(*_):
        raise ZeroDivisionError("a defect")

    monkeypatch.setattr(register, "answer", broken)
    answers = batch(tmp_path, json.dumps({"id": "a", "calc": "policy.growth", "input": GROWTH}))
    assert answers[0]["error"]["code"] == "internal_error"


def test_a_batch_file_that_cannot_be_read_exits_2(tmp_path):
    assert error_of(run("--batch", str(tmp_path / "absent")))["code"] == "bad_json"
    assert error_of(run("--batch", str(tmp_path)))["code"] == "bad_json"


def test_a_lone_surrogate_in_a_name_comes_back_as_the_escape_it_was(tmp_path):
    line = '{"id": "\\ud800", "calc": "policy.growth", "input": {"base": 1, "end": 1, "years": 1}}'
    assert batch(tmp_path, line)[0]["id"] == "\ud800"


def test_the_list_is_sorted_and_every_name_has_a_schema():
    names = run("--list").stdout.split()
    assert names == sorted(set(names))
    for name in names:
        schema = json.loads(run(name, "--schema").stdout)
        assert set(schema) == {"input", "output"}
        assert schema["input"]["type"] == "object"


@pytest.mark.parametrize("name", register.names())
def test_the_example_of_every_calculation_is_a_valid_input(name):
    calculation = register.find(name)
    text = json.dumps(calculation.example)
    output = calculation.answer(register.read_json(text), rules.parameters())
    assert output
    assert calculation.doc
    assert calculation.source
    assert set(calculation.title) == {"zh", "en"}
