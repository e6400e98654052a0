"""Reference tables: complete, dated, sourced; maps that never use what they may not and say where each result comes from."""

import csv
import datetime as dt
import os
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langqiao.data.reference.green import green, topics
from langqiao.data.reference.industry import branches, counts_by_branch, sei, sei_rows
from langqiao.data.reference.market import benchmark, benchmarks, royalty_prior, royalty_priors
from langqiao.data.reference.places import address, countries, country, province, provinces
from langqiao.data.reference.tables import cards
from langqiao.data.reference.technology import field, fields, stems, wipo_field
from langqiao.data.reference.titles import ipc_title

SHARED = Path(os.environ.get("LANGQIAO_SHARED", Path(__file__).parents[2].parent / "shared")) / "data"


def test_every_table_of_the_folder_has_a_card_with_its_source():
    names = {
        entry.name.rpartition(".")[0] for entry in files("langqiao.data.reference").iterdir() if entry.name.endswith((".csv", ".yaml"))
    }
    own = {name for name in names if not name.startswith("legal_codes")} - {"tables"}
    assert own == set(cards())
    for card in cards().values():
        assert card.source and card.terms and card.version
        assert set(card.title) == {"zh", "en"}
        assert isinstance(card.taken_on, dt.date)


# --- WIPO technology fields -----------------------------------------------------------------------------------------------------------


def test_there_are_35_fields_in_five_sectors_and_764_patterns_each_in_one_field():
    assert [entry.number for entry in fields()] == list(range(1, 36))
    assert {entry.sector_en for entry in fields()} == {
        "Electrical engineering", "Instruments", "Chemistry", "Mechanical engineering", "Other fields",
    }  # fmt: skip
    assert sum(len(entry.patterns) for entry in fields()) == len(stems()) == 764
    assert all(entry.name_zh and entry.sector_zh for entry in fields())


@pytest.mark.parametrize(
    ("symbol", "number"),
    [("G06F 3/0481", 6), ("G06Q 10/00", 7), ("H04N 5/225", 2), ("H04N 21/00", 4), ("H04N 1/00", 3), ("A61K 8/00", 14), ("A61K 31/00", 16),
     ("G01N 33/50", 11), ("G01N 21/00", 10), ("H01L 31/04", 8), ("B82Y 10/00", 22), ("E01F 8/00", 24), ("C13B 10/00", 18), ("C13B 5/00", 29)],
)  # fmt: skip
def test_a_symbol_leads_to_its_field(symbol, number):
    (hit,) = wipo_field([symbol])
    assert (hit.field.number, hit.is_main, hit.is_confirmed) == (number, True, True)
    assert hit.version


def test_a_patent_may_belong_to_several_fields_and_the_first_symbol_is_main():
    hits = wipo_field(["G06F3/0481", "A61B5/00", "G06N10/00"])
    assert [(hit.field.number, hit.symbols, hit.is_main) for hit in hits] == [
        (6, ("G06F 3/0481", "G06N 10/00"), True),
        (13, ("A61B 5/00",), False),
    ]


def test_section_y_never_enters_a_map_of_the_ipc():
    assert wipo_field(["Y02E 10/50"]) == []
    assert green(["Y02E 10/50"]) == []
    assert sei(["Y02E 10/50"]) == []


def test_a_symbol_of_an_old_edition_is_placed_by_its_subclass_and_marked():
    (hit,) = wipo_field(["A61K 7/16"])
    assert (hit.field.number, hit.is_confirmed) == (16, False)
    (hit,) = wipo_field(["H10K 50/00"])
    assert (hit.field.number, hit.is_confirmed) == (8, False)


def test_a_first_symbol_without_a_field_leaves_no_main_field():
    assert [hit.is_main for hit in wipo_field(["A01", "G06F 3/00"])] == [False]
    assert wipo_field([]) == []


def test_an_unknown_field_number_is_refused():
    with pytest.raises(LookupError):
        field(36)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the development data folder is absent")
def test_real_chinese_symbols_nearly_all_have_a_field():
    with (SHARED / "cn_gazette/cn_gazette_8000.utf8.csv").open(encoding="utf-8") as file:
        rows = [row["int_cl"] for row in csv.DictReader(file) if row["type"] != "appearance_designed" and "/" in row["int_cl"]]
    placed = [bool(wipo_field([part.strip("? ") for part in text.split(";")])) for text in rows]
    assert len(rows) > 5_000
    assert sum(placed) / len(placed) > 0.999


@pytest.mark.skipif(not SHARED.is_dir(), reason="the development data folder is absent")
def test_the_restated_table_holds_the_facts_of_the_source_and_no_others():
    with (SHARED / "reference/ipc_technology.csv").open(encoding="utf-8") as file:
        wanted = {
            (row["IPC_code"].replace("/%", "").replace("%", "").replace("  ", " ").replace("  ", " "), int(row["Field_number"]))
            for row in csv.DictReader(file)
        }
    assert set(stems().items()) == wanted


# --- strategic emerging industries ----------------------------------------------------------------------------------------------------


def test_the_concordance_has_the_counts_of_its_card():
    assert len(sei_rows()) == 303
    assert sum(len(row.include) for row in sei_rows()) == 1689
    assert sum(len(row.exclude) for row in sei_rows()) == 956
    assert sum(not row.needs_keyword for row in sei_rows()) == 15
    assert sum(bool(branch.parent) for branch in branches().values()) == 40
    assert sum(not branch.parent for branch in branches().values()) == 9


def test_an_exclusion_beats_every_broader_inclusion_of_its_row():
    row = next(row for row in sei_rows() if row.row == "1.1-01")
    assert row.holds("G06F 11/00")
    assert not row.holds("G06F 11/14")
    assert not row.holds("G06F 3/00")


def test_symbols_that_stand_in_both_lists_count_as_included():
    row = next(row for row in sei_rows() if row.row == "1.1-03")
    assert row.holds("H04B 3/54")
    assert not row.holds("H04B 7/185")


def test_a_hit_names_row_branch_and_version_and_says_whether_the_ipc_decides():
    hits = {hit.row: hit for hit in sei(["G06N10/00", "G06F11/14"])}
    assert (hits["1.2-01"].decision, hits["1.2-01"].branch.code, hits["1.2-01"].field.code) == ("met", "1.2", "1")
    assert hits["1.2-05"].decision == "ipc_only"
    assert {hit.version for hit in hits.values()} == {"2021-trial"}


def test_keywords_given_by_the_user_decide_the_rows_that_ask_for_one():
    words = {"1.2-05": ["存储"]}
    by_text = {hit.row: hit.decision for hit in sei(["G06F11/14"], text="一种存储装置", keywords=words)}
    assert by_text["1.2-05"] == "met"
    assert "1.2-05" not in {hit.row for hit in sei(["G06F11/14"], text="一种桌子", keywords=words)}


def test_both_counts_are_reported_for_a_branch():
    counts = counts_by_branch([sei(["G06N10/00"]), sei(["G06F11/14"]), sei(["A47B1/00"])])
    assert counts["1.2"] == (2, 1)


@given(st.sampled_from([row.row for row in sei_rows()]))
def test_every_row_can_be_met_by_one_of_its_own_symbols(name):
    row = next(row for row in sei_rows() if row.row == name)
    candidates = [
        symbol
        for entry in row.include
        for symbol in ([entry.stem] if entry.is_exact or " " not in entry.stem else [f"{entry.stem}/{sub:02}" for sub in range(100)])
    ]
    assert any(row.holds(symbol) for symbol in candidates)


# --- green, titles, places, market ----------------------------------------------------------------------------------------------------


def test_the_green_inventory_finds_its_symbols():
    assert sum(len(patterns) for _, patterns in topics()) == 1214
    assert [hit.topic_en for hit in green(["H01L 31/042", "G06F 3/00"])] == ["Assemblies of a plurality of solar cells"]


def test_titles_of_sections_are_in_two_languages():
    assert ipc_title("G") == "Physics"
    assert ipc_title("G", "zh-hans") == "物理"
    assert ipc_title("G06F 3/00") == "Electric digital data processing"
    assert ipc_title("G06F 3/00", "zh") == "物理"
    assert ipc_title("nothing") == ""


def test_there_are_34_province_level_units_found_by_code_and_name():
    assert len(provinces()) == 34
    assert {province(text).code for text in ("44", "广东省", "广东", "Guangdong")} == {"44"}
    assert province("火星") is None
    assert country("美国").code == country("us").code == country("United States").code == "US"
    assert len({entry.code for entry in countries()}) == len(countries())


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("518057广东省深圳市南山区高新区", ("518057", "CN", "广东省", "深圳市")),
        ("北京市海淀区中关村", ("", "CN", "北京市", "海淀区")),
        ("重庆市忠县", ("", "CN", "重庆市", "忠县")),
        ("四川省阿坝藏族羌族自治州", ("", "CN", "四川省", "阿坝藏族羌族自治州")),
        ("中国台湾新竹市", ("", "TW", "", "")),
        ("日本东京都", ("", "JP", "", "")),
        ("", ("", "", "", "")),
    ],
)
def test_an_address_is_cut_into_its_parts(text, parts):
    found = address(text)
    assert (found.postcode, found.country, found.region, found.city) == parts


def test_royalty_priors_are_ranges_or_distributions_with_a_source():
    for prior in royalty_priors():
        assert prior.source and prior.basis and set(prior.title) == {"zh", "en"}
        assert bool(prior.points) != (prior.low_percent is not None)
        if prior.low_percent is not None:
            assert 0 < prior.low_percent < prior.high_percent < 20
        assert list(prior.points) == sorted(prior.points)
        assert all(a[1] <= b[1] <= 1 for a, b in zip(prior.points, prior.points[1:], strict=False))
    assert royalty_prior("parr_all_technology").points[-1] == (10.0, 0.92)
    with pytest.raises(LookupError):
        royalty_prior("25_percent_rule")


def test_market_benchmarks_carry_the_unsold_lots():
    assert all(entry.source and entry.unit and entry.year for entry in benchmarks())
    assert benchmark("auction_unsold_share").value["2006 spring"] == 0.66
    assert benchmark("auction_2008_spring").value["sold"] == 53
    with pytest.raises(LookupError):
        benchmark("nothing")
