"""How USPTO files write numbers, dates and classes, and what they become."""

import datetime as dt

import pytest

from langqiao.data.formats import uspto_values as v
from langqiao.data.formats.uspto_patentr import claims
from langqiao.engine.patents.number import parse


@pytest.mark.parametrize(
    ("printed", "number"),
    [
        ("08418361", "8418361"),
        ("D0701016", "D701016"),
        ("D. 271298", "D271298"),
        ("PP015444", "PP15444"),
        ("RE038662", "RE38662"),
        ("Re. 35,000", "RE35000"),
        ("H000445", "H445"),
        ("2003/0169838", "20030169838"),
        ("20040098881", "20040098881"),
        ("US 2001/0000044", "20010000044"),
        ("3,930,271", "3930271"),
    ],
)
def test_a_patent_number_without_padding(printed, number):
    assert v.patent_number(printed) == number
    assert v.cited_number("US", printed) == number


@pytest.mark.parametrize("printed", ["08418361", "D0701016", "PP015444", "RE038662", "20040098881", "H000445"])
def test_the_fast_road_and_the_number_module_agree(printed):
    assert v.patent_number(printed) == parse(printed, office="US", kind_of="publication").number


@pytest.mark.parametrize(
    ("office", "printed", "expected"),
    [
        ("US", "10339710", ("US", "10339710")),
        ("US", "09/616467", ("US", "09616467")),
        ("US", "09/616,467", ("US", "09616467")),
        ("WO", "PCT/EP2003/011007", ("WO", "EP2003011007")),
        ("US", "PCT/US15/27322", ("WO", "US2015027322")),
    ],
)
def test_an_application_number(office, printed, expected):
    assert v.application_number(office, printed) == expected


def test_a_month_is_no_day():
    assert v.day("20010102") == dt.date(2001, 1, 2)
    assert v.day("20010100") is None
    assert v.month_only("20010100")
    assert v.day("20010231") is None
    assert not v.month_only("20011300")


@pytest.mark.parametrize(
    ("printed", "symbol"),
    [
        ("A45F  504", "A45F 5/04"),
        ("B60R  900", "B60R 9/00"),
        ("B63B 2152", "B63B 21/52"),
        ("C12N001/20", "C12N 1/20"),
        ("A43B 2300", "A43B 23/00"),
        ("H04N  7173", "H04N 7/173"),
        ("G06F 15177", "G06F 15/177"),
        ("E03C 104", "E03C 1/04"),
    ],
)
def test_an_ipc_symbol_in_fixed_columns(printed, symbol):
    assert v.packed_ipc(printed) == (symbol, symbol[:4])


@pytest.mark.parametrize(
    ("printed", "symbol"),
    [
        ("  2336", "2/336"),
        (" 24  9", "24/9"),
        (" 24  34", "24/3.4"),
        ("709228", "709/228"),
        ("4555751", "455/575.1"),
        ("37910101", "379/101.01"),
        ("D14126", "D14/126"),
        ("D 2969", "D2/969"),
        (" 12142 E", "12/142 E"),
        ("D14138 AD", "D14/138 AD"),
        ("D 6500-502", "D6/500-502"),
        ("536 18.1", "536/18.1"),
        ("179 90B", "179/90 B"),
        ("\n                    4675\n                ", "4/675"),
    ],
)
def test_a_us_class_in_fixed_columns(printed, symbol):
    assert v.uspc(printed)[0] == symbol


def test_locarno():
    assert v.locarno("0299") == ("02-99", "02")


@pytest.mark.parametrize(
    ("printed", "number", "granted", "kind", "inferred"),
    [
        ("B2", "8418361", dt.date(2013, 4, 16), "B2", False),
        ("", "3930271", dt.date(1976, 1, 6), "A", True),
        ("", "RE28671", dt.date(1976, 1, 6), "E", True),
        ("", "D242583", dt.date(1976, 12, 7), "S", True),
        ("", "PP3821", dt.date(1976, 1, 6), "P", True),
        ("S", "D435854", dt.date(2001, 1, 2), "S1", True),
    ],
)
def test_a_kind_code_is_inferred_where_none_was_printed(printed, number, granted, kind, inferred):
    assert v.kind_code(printed, number, granted) == (kind, inferred)


@pytest.mark.parametrize(
    ("text", "earlier"),
    [
        ("The method of claim 1, wherein", (1,)),
        ("A device as in claims 1 or 2 wherein", (1, 2)),
        ("A device according to any one of claims 1 to 4, wherein", (1, 2, 3, 4)),
        ("A device according to claims 1-3 and 5", (1, 2, 3, 5)),
        ("An independent device", ()),
        ("The method of claim 9", ()),
    ],
)
def test_the_claims_that_a_claim_names(text, earlier):
    assert v.claims_referred(text, 7) == earlier


def test_claims_that_run_together_are_told_apart_by_their_numbers():
    found = claims(
        "I claim:1. A tube of 12. 5 mm made of plastic, havingfirst and second ends.2. In a tube as in claim 1, a valve.3. A valve."
    )
    assert [(claim.number, claim.depends_on) for claim in found] == [(1, ()), (2, (1,)), (3, ())]
    assert found[0].text.startswith("A tube of 12. 5 mm")
