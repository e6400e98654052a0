"""Cell values: emptiness, several values in a cell, dates and counts, for any text a spreadsheet may hold."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langqiao.data.formats.values import decide_orders, is_organization, language, read_date, repaired, split_values, text_of, whole_number


@pytest.mark.parametrize("cell", ["", "  ", "-", "--", "N/A", "na", "NULL", "None", r"\N", None, "\ufeff", "无"])
def test_what_says_nothing_is_empty(cell):
    assert text_of(cell) == ""


@pytest.mark.parametrize(
    ("cell", "text"), [(0, "0"), ("0", "0"), (12.0, "12"), (12.5, "12.5"), (201110252867.9, "201110252867.9"), (True, "1")]
)
def test_zero_and_other_numbers_are_not_empty(cell, text):
    assert text_of(cell) == text


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("甲;乙", ["甲", "乙"]),
        ("甲; 乙；丙;", ["甲", "乙", "丙"]),
        ("甲 | 乙; 丙", ["甲", "乙; 丙"]),
        ("甲\n乙;丙", ["甲", "乙", "丙"]),
        ("甲(丙;丁);乙", ["甲(丙;丁)", "乙"]),
        ("甲（丙;丁）;乙", ["甲（丙;丁）", "乙"]),
        ("甲(丙;乙", ["甲(丙", "乙"]),
        ("甲;??乙;", ["甲", "乙"]),
        ("??甲", ["甲"]),
        ("甲;;-;乙", ["甲", "乙"]),
        ("", []),
    ],
)
def test_a_cell_is_cut_into_its_values(text, values):
    assert split_values(text) == values


@pytest.mark.parametrize(
    "cell",
    ["2019-07-09", "2019/7/9", "20190709", "2019.07.09", "2019年7月9日", "2019-07-09T00:00:00", "9 Jul 2019", "July 9, 2019", "9-JUL-2019",
     43655, 43655.0, "43655", dt.date(2019, 7, 9), dt.datetime(2019, 7, 9, 23, 59, tzinfo=dt.UTC)],
)  # fmt: skip
def test_dates_without_an_order_are_read(cell):
    assert read_date(cell) == dt.date(2019, 7, 9)


@pytest.mark.parametrize(
    "cell", ["0001-01-01", "01/01/1", "9999-12-31", "0", "", "-", "2019-02-30", "20190230", "12", 12, "99999", "soon", "03/04/2019"]
)
def test_what_is_no_date_or_has_no_order_is_not_read(cell):
    assert read_date(cell) is None


def test_the_order_of_a_column_follows_from_its_values_then_from_the_file():
    assert decide_orders([["25/04/2011"], ["03/04/2011"]]) == ["dmy", "dmy"]
    assert decide_orders([["04/25/2011"], ["03/04/2011"]]) == ["mdy", "mdy"]
    assert decide_orders([["03/04/2011"]]) == [None]
    assert decide_orders([["25/04/2011"], ["04/25/2011"], ["03/04/2011"]]) == ["dmy", "mdy", None]


@given(st.dates(dt.date(1971, 1, 1), dt.date(2069, 12, 31)), st.sampled_from(["dmy", "mdy"]))
def test_a_written_date_comes_back_in_its_order(day, order):
    form = "%d/%m/%Y" if order == "dmy" else "%m/%d/%Y"
    assert read_date(day.strftime(form), order) == day


@given(st.lists(st.dates(dt.date(1990, 1, 1), dt.date(2030, 1, 1)), min_size=1), st.sampled_from(["%d/%m/%Y", "%m/%d/%Y"]))
def test_a_decided_order_is_the_true_one(days, form):
    (order,) = decide_orders([[day.strftime(form) for day in days]])
    assert order in {None, "dmy" if form == "%d/%m/%Y" else "mdy"} or all(day.day == day.month for day in days)


@given(st.text(max_size=60))
def test_any_text_is_a_value_or_not_but_never_breaks(text):
    read_date(text, "dmy")
    whole_number(text)
    assert all(value.strip() for value in split_values(text))


@pytest.mark.parametrize(("cell", "count"), [("1,234", 1234), (12.0, 12), ("１２", 12), ("12.5", None), ("八", None), ("", None)])
def test_counts(cell, count):
    assert whole_number(cell) == count


def test_only_text_that_was_decoded_wrongly_is_repaired():
    assert repaired("CafÃ©") == "Café"
    assert repaired("Café") == "Café"
    assert repaired("Ça va à Côté") == "Ça va à Côté"
    assert repaired("专利") == "专利"


def test_the_script_tells_the_language():
    assert [language(text) for text in ("专利", "patent", "特許ノート", "특허", "")] == ["zh", "en", "ja", "ko", ""]


def test_a_legal_form_tells_an_organization():
    assert is_organization("甲有限公司")
    assert is_organization("Acme Co., Ltd.")
    assert is_organization("张三") is None
