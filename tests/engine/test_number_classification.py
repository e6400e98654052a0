"""Classification symbols: every written form of formats.md §9 leads to one, and patterns match what they say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langqiao.engine.patents.classification import any_symbol, cpc, for_ipc_map, ipc, locarno, pattern, sort_key


@pytest.mark.parametrize(
    ("text", "symbol", "edition", "is_inventive"),
    [
        ("G06F3/0481", "G06F 3/0481", "", None),
        ("G06F 3/0481", "G06F 3/0481", "", None),
        ("G06F  3/048", "G06F 3/048", "", None),
        ("Ｇ０６Ｆ３／０４８１", "G06F 3/0481", "", None),
        ("G10L25/51(2006.01)I", "G10L 25/51", "2006.01", True),
        ("A01G13/02(2018.01)N;", "A01G 13/02", "2018.01", False),
        ("F02M  41/12        20060101A I20051008RMEP", "F02M 41/12", "2006.01", True),
        ("H04L  29/06        20060101CFI20051110RMJP", "H04L 29/06", "2006.01", True),
        ("A01C0005000000", "A01C 5/00", "", None),
        ("A01D0042040000", "A01D 42/04", "", None),
        ("G06F0003048100", "G06F 3/0481", "", None),
        ("A45F  504", "A45F 5/04", "", None),
        ("B60R  900", "B60R 9/00", "", None),
        ("B63B 2152", "B63B 21/52", "", None),
        ("H03M 1300", "H03M 13/00", "", None),
        ("F16K 31365", "F16K 31/365", "", None),
        ("C07C143128", "C07C 143/128", "", None),
        ("C08F20000", "C08F 200/00", "", None),
        ("A61f 1320", "A61F 13/20", "", None),
        ("A45F 504", "A45F 5/04", "", None),
        ("C12N001/20", "C12N 1/20", "", None),
        ("A61K35/78", "A61K 35/78", "", None),
        ("H04L 12", "H04L 12/00", "", None),
        ("A01B", "A01B", "", None),
        ("E01", "E01", "", None),
        ("H", "H", "", None),
    ],
)
def test_an_ipc_symbol_is_read(text, symbol, edition, is_inventive):
    found = ipc(text)
    assert found is not None
    assert (found.symbol, found.edition, found.is_inventive) == (symbol, edition, is_inventive)
    assert ipc(found.symbol).symbol == symbol


@pytest.mark.parametrize("text", ["", "01-01", "Z99Z 1/00", "5 3", "G0", "hello", "A61K/35"])
def test_what_is_no_symbol_is_not_read(text):
    assert ipc(text) is None


def test_section_y_is_cpc_only_and_stays_out_of_ipc_maps():
    assert cpc("Y02E 10/50").symbol == "Y02E 10/50"
    assert ipc("Y02E 10/50") is None
    assert [s.symbol for s in for_ipc_map(["H01L 31/04", "Y02E 10/50", "H01L31/04", "nonsense"])] == ["H01L 31/04"]


@pytest.mark.parametrize(
    ("text", "symbol", "edition"),
    [
        ("01-01 (12)", "01-01", "12"),
        ("0601", "06-01", ""),
        ("LOC (12) Cl. 06-01", "06-01", "12"),
        ("6-1", "06-01", ""),
        ("14.02", "14-02", ""),
        ("LOC 11", "11", ""),
    ],
)
def test_a_locarno_symbol_is_read(text, symbol, edition):
    found = locarno(text)
    assert (found.symbol, found.edition, found.subclass) == (symbol, edition, symbol[:2])
    assert any_symbol(text).scheme == "locarno"


def test_parts_of_a_symbol():
    symbol = ipc("G06F 3/0481")
    assert (symbol.section, symbol.subclass, symbol.main_group) == ("G", "G06F", "G06F 3")
    assert (ipc("E01").subclass, ipc("E01").main_group) == ("", "")


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("F21H%", ["F21H 1/00", "F21H"], ["F21K 1/00"]),
        ("H04N   5/%", ["H04N 5/00", "H04N 5/225"], ["H04N 51/00", "H04N"]),
        ("B65F 3/*", ["B65F 3/14"], ["B65F 1/00", "B65F 30/00"]),
        ("G06F*", ["G06F 3/01"], ["G06Q 10/00"]),
        ("G06F11*", ["G06F 11/14", "G06F 11/00"], ["G06F 1/00", "G06F 113/00"]),
        ("C08*", ["C08F 2/00", "C08"], ["C09K 1/00"]),
        ("G06F11/14", ["G06F 11/14"], ["G06F 11/00", "G06F 11/1402"]),
        ("A61K101*", ["A61K 101/00"], ["A61K 1/01"]),
        ("G06N10", ["G06N 10/00", "G06N 10/20"], ["G06N 1/00"]),
        ("A01B 1/00-A01B 3/04", ["A01B 1/00", "A01B 2/50", "A01B 3/04"], ["A01B 3/05", "A01B 3/041", "A01C 1/00"]),
    ],
)
def test_a_pattern_matches_what_it_says(text, inside, outside):
    found = pattern(text)
    assert all(found.matches(symbol) for symbol in inside)
    assert not any(found.matches(symbol) for symbol in outside)


def test_the_narrower_pattern_has_the_smaller_breadth():
    assert [pattern(p).breadth for p in ("G06F11/14", "G06F11*", "G06F*", "G06*", "G*")] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("text", ["", "*", "nothing", "A01B-", "Y02E*"])
def test_a_text_that_is_no_pattern_is_refused(text):
    with pytest.raises(ValueError):
        pattern(text)


def test_symbols_sort_in_the_order_of_the_classification():
    symbols = ["G06F 21/00", "G06F 3/05", "G06F 3/0481", "G06F 3/048"]
    assert sorted(symbols, key=sort_key) == ["G06F 3/048", "G06F 3/0481", "G06F 3/05", "G06F 21/00"]


@given(st.sampled_from("ABCDEFGH"), st.integers(1, 99), st.sampled_from("BCDFKLNRZ"), st.integers(1, 999), st.integers(0, 9999))
def test_all_written_forms_of_one_symbol_agree(section, number, letter, main, sub):
    subgroup = f"{sub:02}".rstrip("0").ljust(2, "0")
    subclass = f"{section}{number:02}{letter}"
    want = f"{subclass} {main}/{subgroup}"
    forms = [
        f"{subclass}{main}/{subgroup}",
        f"{subclass}{main:>4}/{subgroup}",
        f"{subclass}{main:04}{subgroup:0<6}",
        f"{subclass}{main:>3}{subgroup}",
        f"{subclass}{main:03}/{subgroup}",
    ]
    assert {ipc(form).symbol for form in forms} == {want}


@given(st.text(max_size=40))
def test_any_text_is_read_or_not_but_never_breaks(text):
    found = any_symbol(text)
    assert found is None or found.symbol
