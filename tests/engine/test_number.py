"""Patent numbers: every written form leads to one normal form, and nothing is guessed silently."""

import csv
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langqiao.engine.patents.number import candidates, cn_check_digit, docdb, is_damaged, parse, patent_type, written
from langqiao.engine.patents.number_us import without_check_digit

SHARED = Path(os.environ.get("LANGQIAO_SHARED", Path(__file__).parents[2].parent / "shared"))


@pytest.mark.parametrize(
    ("text", "key", "kind_of"),
    [
        # China
        ("CN201210003670.X", "CN-201210003670.X", "application"),
        ("201210003670x", "CN-201210003670.X", "application"),
        ("ZL 2012 1 0003670.X", "CN-201210003670.X", "application"),
        ("ＣＮ２０１２１０００３６７０．Ｘ", "CN-201210003670.X", "application"),
        ("CN201210003670", "CN-201210003670.X", "application"),
        ("CN201210003670A", "CN-201210003670.X", "application"),
        ("申请号：201210003670.X", "CN-201210003670.X", "application"),
        ("CN99814539.4", "CN-99814539.4", "application"),
        ("CN.99814539.A", "CN-99814539.4", "application"),
        ("998145394", "CN-99814539.4", "application"),
        ("CN199980014539", "CN-99814539.4", "application"),
        ("CN19998014539", "CN-99814539.4", "application"),
        ("CN102329749B", "CN-102329749-B", "publication"),
        ("CN 102329749 B", "CN-102329749-B", "publication"),
        ("CN.102329749.B", "CN-102329749-B", "publication"),
        ("cn1944658b", "CN-1944658-B", "publication"),
        ("CN305247001S", "CN-305247001-S", "publication"),
        ("公开（公告）号：CN109983900A", "CN-109983900-A", "publication"),
        ("102329749", "CN-102329749", "publication"),
        # United States
        ("US08418361B2", "US-8418361-B2", "publication"),
        ("US 8,418,361 B2", "US-8418361-B2", "publication"),
        ("US-8418361-B2", "US-8418361-B2", "publication"),
        ("8,418,361", "US-8418361", "publication"),
        ("USD701016S1", "US-D701016-S1", "publication"),
        ("D0701016", "US-D701016", "publication"),
        ("US D701,016 S", "US-D701016-S", "publication"),
        ("USPP12345P2", "US-PP12345-P2", "publication"),
        ("RE028671", "US-RE28671", "publication"),
        ("US H0002345 H1", "US-H2345-H1", "publication"),
        ("T 855,001", "US-T855001", "publication"),
        ("14/231,597", "US-14231597", "application"),
        ("14/231597", "US-14231597", "application"),
        ("US14/231597", "US-14231597", "application"),
        ("US20010000044A1", "US-20010000044-A1", "publication"),
        ("US2001/0000044A1", "US-20010000044-A1", "publication"),
        ("US2001000044A1", "US-20010000044-A1", "publication"),
        ("US.2006142694.A1", "US-20060142694-A1", "publication"),
        ("US201113167395", "US-13167395", "application"),
        ("US 12,000,123 B2", "US-12000123-B2", "publication"),
        # international and European
        ("PCT/CN2020/123456", "WO-CN2020123456", "application"),
        ("PCT/US98/16128", "WO-US1998016128", "application"),
        ("PCTCN2020123456", "WO-CN2020123456", "application"),
        ("WO2024EP63512", "WO-EP2024063512", "application"),
        ("WO 2022/259205 A1", "WO-2022259205-A1", "publication"),
        ("WO99/61002", "WO-1999061002", "publication"),
        ("WO.9961002.A1", "WO-1999061002-A1", "publication"),
        ("WO02054790A2", "WO-2002054790-A2", "publication"),
        ("EP.1000000.A1", "EP-1000000-A1", "publication"),
        ("EP1000000", "EP-1000000", "publication"),
        ("EP0680812A1", "EP-680812-A1", "publication"),
        ("EP19990203729", "EP-99203729", "application"),
        ("EP10167109.7", "EP-10167109", "application"),
        # others
        ("DE69905327D1", "DE-69905327-D1", "publication"),
        ("DE 10 2012 345 678 A1", "DE-102012345678-A1", "publication"),
        ("JP2005-533465A", "JP-2005533465-A", "publication"),
        ("KR 10-2012-0012345 A", "KR-20120012345-A", "publication"),
        ("HU.0101714.A2", "HU-0101714-A2", "publication"),
        ("AP.2000001988.A0", "AP-2000001988-A0", "publication"),
    ],
)
def test_a_written_form_is_read(text, key, kind_of):
    number = parse(text)
    assert number is not None
    assert (number.key, number.kind_of) == (key, kind_of)
    assert number.raw == text


@pytest.mark.parametrize(
    "text", ["", "   ", "2.02E+12", "CN2.01831E+12", "２．０２Ｅ＋１２", "patent", "CN", "CN12", "US0", "ZL", "9" * 90, "西瓜"]
)
def test_what_is_no_number_is_not_read(text):
    assert parse(text) is None


def test_a_number_destroyed_by_a_spreadsheet_is_recognized_and_never_expanded():
    assert is_damaged("2.02E+12")
    assert is_damaged("2.0193E+12")
    assert not is_damaged("CN201210003670.X")
    assert not is_damaged("EP1000000")
    assert candidates("2.0193E+12", office="CN") == ()


def test_a_missing_check_digit_is_computed_and_flagged():
    number = parse("CN201210003670")
    assert number.number == "201210003670.X"
    assert "check_digit_computed" in number.flags


def test_a_wrong_check_digit_is_kept_as_given_and_flagged():
    number = parse("CN201210003670.1")
    assert number.number == "201210003670.1"
    assert "check_digit_wrong" in number.flags


def test_a_patent_number_is_the_application_number_of_a_granted_right():
    assert "patent_number" in parse("ZL201210003670.X").flags


def test_a_lengthened_old_number_comes_back_to_eight_digits():
    assert "lengthened" in parse("CN199980014539").flags
    assert parse("200410000123").number.startswith("200410000123.")


def test_eight_digits_of_the_us_are_ambiguous_and_both_readings_are_given():
    assert [number.key for number in candidates("US12345678")] == ["US-12345678", "US-12345678"]
    assert [number.kind_of for number in candidates("US12345678")] == ["publication", "application"]
    assert "ambiguous" in parse("US12345678").flags
    assert parse("US12345678", kind_of="application").kind_of == "application"
    assert parse("US16345678").kind_of == "application"
    assert parse("US08418361").kind_of == "publication"


def test_a_number_without_an_office_says_that_the_office_was_assumed():
    assert "office_assumed" in parse("8418361").flags
    assert {number.office for number in candidates("1000000")} == {"US", "EP", "CN"}
    assert parse("1000000", office="EP").key == "EP-1000000"


def test_docdb_applications_of_the_us_and_the_pct_have_their_own_form():
    assert docdb("US", "201113167395", "A", kind_of="application").key == "US-13167395"
    assert docdb("US", "20685698", "A", kind_of="application").key == "US-09206856"
    unknown = docdb("US", "2366704", "A", kind_of="application")
    assert (unknown.number, unknown.flags) == ("20040023667", frozenset({"series_unknown"}))
    assert docdb("US", "9816128", "W", kind_of="application").key == "WO-US1998016128"
    assert docdb("IB", "2022055385", "W", kind_of="application").key == "WO-IB2022055385"
    assert docdb("CN", "98814060", "A", kind_of="application").number.startswith("98814060.")
    assert docdb("CN", "1149075", "C", kind_of="publication").key == "CN-1149075-C"
    assert docdb("EP", "0680812", "A1", kind_of="publication").key == "EP-680812-A1"
    assert docdb("US", "2006142694", "A1", kind_of="publication").key == "US-20060142694-A1"


def test_a_green_book_number_loses_its_check_digit():
    assert without_check_digit("039302717") == "3930271"
    assert without_check_digit("RE0286710") == "RE28671"
    assert without_check_digit("nothing") == ""


def test_the_number_tells_the_type_of_patent():
    assert patent_type(parse("CN305247001S")) == "design"
    assert patent_type(parse("CN201910282269.6")) == "invention"
    assert patent_type(parse("CN99814539.4")) == "invention"
    assert patent_type(parse("USD701016S1")) == "design"
    assert patent_type(parse("US8418361B2")) == "invention"


def test_numbers_are_written_as_their_office_writes_them():
    assert written(parse("US8418361B2")) == "US 8,418,361 B2"
    assert written(parse("USD0701016S1")) == "US D701,016 S1"
    assert written(parse("14231597", office="US", kind_of="application")) == "US 14/231,597"
    assert written(parse("WOPCT") or parse("PCT/CN2020/123456")) == "PCT/CN2020/123456"
    assert written(parse("US20010000044A1")) == "US 2001/0000044 A1"


_serial = st.integers(0, 9_999_999).map(lambda n: f"{n:07}")
_new = st.builds(lambda year, kind, serial: f"{year}{kind}{serial}", st.integers(2004, 2030), st.sampled_from("12389"), _serial)


@given(_new, st.sampled_from(["CN{0}.{1}", "{0}.{1}", "ZL{0}.{1}", "CN {0}{1}", "cn{0}", "{0}{1}"]))
def test_every_written_form_of_a_chinese_application_is_the_same_number(digits, form):
    check = cn_check_digit(digits)
    number = parse(form.format(digits, check))
    assert (number.office, number.number, number.kind_of) == ("CN", f"{digits}.{check}", "application")


@given(_new, st.integers(0, 11), st.integers(1, 9))
def test_the_check_digit_finds_every_single_wrong_digit_outside_the_type(digits, place, change):
    wrong = digits[:place] + str((int(digits[place]) + change) % 10) + digits[place + 1 :]
    assert cn_check_digit(wrong) != cn_check_digit(digits)


@given(st.text(max_size=100))
def test_any_text_is_read_or_not_but_never_breaks(text):
    for number in candidates(text):
        assert number.number
        assert parse(number.key, kind_of=number.kind_of) is not None


@pytest.mark.parametrize(
    "text", ["US-8418361-B2", "CN-102329749-B", "EP-680812-A1", "WO-1999061002-A1", "US-20010000044-A1", "CN-201210003670.X"]
)
def test_a_key_is_a_written_form_of_itself(text):
    assert parse(text).key == text


@pytest.mark.skipif(not (SHARED / "data").is_dir(), reason="the development data folder is absent")
def test_all_4753_real_chinese_application_numbers_pass_the_check():
    with (SHARED / "data/cn_lifecycle/cn_lifecycle.csv").open(encoding="utf-8") as file:
        old = [parse(row["app_num"]) for row in csv.DictReader(file)]
    assert len(old) == 2020
    with (SHARED / "data/cn_gazette/cn_gazette_8000.utf8.csv").open(encoding="utf-8") as file:
        new = [parse(row["filing_no"], office="CN") for row in csv.DictReader(file) if not is_damaged(row["filing_no"])]
    assert len(new) == 2733
    assert not [number for number in old + new if number is None or number.flags or number.kind_of != "application"]
