"""How terms are written: money in capitals, days, rates that stay exact, texts by language."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langqiao.engine.contracts.clause import Field, is_given
from langqiao.engine.contracts.wording import DIGITS, FEN_MAX, capital_amount, date, money, rate, written

VALUES = {sign: place for place, sign in enumerate(DIGITS)}
UNITS = {"拾": 10, "佰": 100, "仟": 1000}


def read_back(text):
    """The fen that a capital amount says; a second, independent reader of the form."""
    total, section, digit = 0, 0, 0
    yuan_part, _, rest = text.partition("元") if "元" in text else ("", "", text)
    for sign in yuan_part:
        if sign in VALUES:
            digit = VALUES[sign]
        elif sign in UNITS:
            section, digit = section + digit * UNITS[sign], 0
        else:
            scale = {"万": 10**4, "亿": 10**8}[sign]
            if sign == "亿":
                total, section, digit = (total + section + digit) * scale, 0, 0
            else:
                total, section, digit = total + (section + digit) * scale, 0, 0
    fen = (total + section + digit) * 100
    digit = 0
    for sign in rest:
        if sign in VALUES:
            digit = VALUES[sign]
        elif sign == "角":
            fen, digit = fen + digit * 10, 0
        elif sign == "分":
            fen, digit = fen + digit, 0
    return fen


@pytest.mark.parametrize(
    ("fen", "text"),
    [
        (0, "零元整"),
        (1, "壹分"),
        (10, "壹角整"),
        (105, "壹元零伍分"),
        (20_305, "贰佰零叁元零伍分"),
        (120_000_000, "壹佰贰拾万元整"),
        (10_000_100, "壹拾万零壹元整"),
        (100_001_000_000, "壹拾亿零壹万元整"),
        (123_456_789_012, "壹拾贰亿叁仟肆佰伍拾陆万柒仟捌佰玖拾元壹角贰分"),
    ],
)
def test_an_amount_is_written_in_capitals_as_bank_papers_do(fen, text):
    assert capital_amount(fen) == text


@given(st.integers(0, 10**14 - 1))
def test_capitals_say_the_amount_that_was_written(fen):
    assert read_back(capital_amount(fen)) == fen
    assert "零零" not in capital_amount(fen)


@pytest.mark.parametrize("fen", [-1, FEN_MAX])
def test_an_amount_out_of_range_is_not_written(fen):
    with pytest.raises(ValueError, match="capitals"):
        capital_amount(fen)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0.035", "3.5%"),
        ("0.2", "20%"),
        ("1", "100%"),
        ("1/3", "33 1/3%"),
        ("2/3", "66 2/3%"),
        ("0.00015", "0.015%"),
        ("-0.05", "-5%"),
        ("1/300", "1/3%"),
    ],
)
def test_a_rate_is_exact(value, text):
    assert rate(value) == text


@pytest.mark.parametrize("value", [0.1, "many", "1/0", "nan"])
def test_what_is_no_exact_rate_is_refused(value):
    with pytest.raises(ValueError):
        rate(value)


def test_money_and_days_by_language():
    assert money(120_000_000, "en") == "CNY 1,200,000.00"
    assert money(120_000_000, "zh") == "人民币1,200,000.00元（大写：壹佰贰拾万元整）"
    assert (date("2026-11-24", "zh"), date("2026-11-24", "en")) == ("2026年11月24日", "24 November 2026")


def test_a_free_text_is_said_in_the_language_asked_for_and_otherwise_in_the_one_there_is():
    term = Field(name="territory", type="text", label={})
    assert written(term, {"zh": "中国", "en": "China"}, "en") == "China"
    assert written(term, {"zh": "中国", "en": ""}, "en") == "中国"
    assert not is_given({"zh": "", "en": ""}) and is_given(False) and is_given(0)


def test_a_choice_outside_its_list_and_money_that_is_no_whole_number_are_refused():
    with pytest.raises(ValueError, match="none of"):
        written(Field(name="x", type="choice", label={}, choices={"a": {"zh": "甲", "en": "A"}}), "b", "zh")
    for wrong in (1.5, True, "12"):
        with pytest.raises(ValueError, match="whole number"):
            written(Field(name="x", type="money", label={}), wrong, "zh")
