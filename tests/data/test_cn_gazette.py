"""The CNIPA gazette: both encodings, separators that are artifacts, numbers a spreadsheet destroyed, kinds and addresses."""

import collections
import datetime as dt
import os
from pathlib import Path

import pytest

from langqiao.data.formats import cnipa_gazette, cnipa_xml, detect
from langqiao.data.formats.model import Publication
from langqiao.data.formats.source import Input, Rejected
from langqiao.engine.kernel.problem import Problem

SHARED = Path(os.environ.get("LANGQIAO_SHARED", Path(__file__).parents[2].parent / "shared")) / "data"
HEADER = "item,name,authorization_notice_id,authorized_announcement_date,filing_id,filing_date,patentee,designer,address,Int.Cl.\r\n"
ROW = "12847,一种方法,CN109983900A,2019.07.09,2019102822696,2019.04.09,甲大学;??乙有限公司;,张三;??李四,518057广东省深圳市南山区,A01C21/00(2006.01)I;??G06F3/0481(2013.01)N\r\n"


def read(text, encoding="gb18030", name="week.csv"):
    return list(cnipa_gazette.read(Input.of_bytes((HEADER + text).encode(encoding), name)))


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig"])
def test_a_row_is_read_in_every_encoding(encoding):
    records = read(ROW, encoding)
    (patent,) = records
    assert isinstance(patent, Publication)
    assert patent.key == "CN-109983900-A"
    assert (patent.application_number, patent.application_number_raw) == ("201910282269.6", "2019102822696")
    assert (patent.title, patent.title_lang, patent.stage, patent.patent_type) == ("一种方法", "zh", "application", "invention")
    assert (patent.filing_date, patent.publication_date, patent.grant_date) == (dt.date(2019, 4, 9), dt.date(2019, 7, 9), None)
    assert [(p.role, p.name, p.region, p.city) for p in patent.parties] == [
        ("owner", "甲大学", "广东省", "深圳市"),
        ("owner", "乙有限公司", "", ""),
        ("inventor", "张三", "", ""),
        ("inventor", "李四", "", ""),
    ]
    assert [(c.symbol, c.is_main, c.is_inventive, c.edition) for c in patent.classifications] == [
        ("A01C 21/00", True, True, "2006.01"),
        ("G06F 3/0481", False, False, "2013.01"),
    ]
    assert patent.extra["postcode"] == "518057"


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig"])
def test_the_place_of_a_row_names_its_very_bytes(encoding):
    data = (HEADER + ROW + ROW.replace("109983900", "109983901")).encode(encoding)
    for record in cnipa_gazette.read(Input.of_bytes(data, "week.csv")):
        line = data[record.place.offset : record.place.offset + record.place.length]
        assert record.number_raw.encode() in line
        assert line.decode(encoding.removesuffix("-sig")).endswith("\r\n")


@pytest.mark.parametrize("damaged", ["2.02E+12", "2.0193E+12", "2.01831e+12"])
def test_a_destroyed_application_number_is_left_empty_and_never_expanded(damaged):
    patent, problem = read(ROW.replace("2019102822696", damaged))
    assert patent.application_number == ""
    assert patent.application_number_raw == damaged
    assert patent.extra["flag"] == "number_damaged"
    assert isinstance(problem, Problem)
    assert (problem.code, problem.severity, problem.row, problem.field) == ("number_damaged", "warning", 2, "filing_id")


def test_a_wrong_check_digit_is_reported():
    patent, problem = read(ROW.replace("2019102822696", "2019102822691"))
    assert patent.application_number == "201910282269.1"
    assert problem.code == "check_digit_wrong"


def test_the_kind_letter_tells_type_and_stage():
    for number, kind, patent_type, stage in [
        ("CN102307917B", "B", "invention", "grant"),
        ("CN209098573U", "U", "utility_model", "grant"),
        ("CN305252300S", "S", "design", "grant"),
    ]:
        patent = read(ROW.replace("CN109983900A", number).replace("A01C21/00(2006.01)I;??G06F3/0481(2013.01)N", "02-02 (11)"))[0]
        assert (patent.kind, patent.patent_type, patent.stage) == (kind, patent_type, stage)
        assert patent.grant_date == patent.publication_date == dt.date(2019, 7, 9)
        assert (patent.classifications[0].scheme, patent.classifications[0].symbol) == ("locarno", "02-02")


def test_a_row_without_a_publication_number_is_refused_and_kept():
    (refused,) = read(ROW.replace("CN109983900A", "1.1E+08"))
    assert isinstance(refused, Rejected)
    assert refused.problems[0].code == "number_unreadable"
    assert refused.problems[0].row == 2
    assert "一种方法".encode("gb18030") in refused.raw


def test_a_row_with_shifted_cells_is_refused():
    (refused,) = read("1,a,b\r\n")
    assert refused.problems[0].code == "row_wrong_width"


def test_bytes_of_another_encoding_cost_one_row_only():
    data = (HEADER + ROW).encode() + b"1,\xff\xfe\xff,CN1A,,,,,,,\r\n" + ROW.replace("109983900", "109983901").encode()
    records = list(cnipa_gazette.read(Input.of_bytes(data, "week.csv")))
    assert [type(record).__name__ for record in records] == ["Publication", "Rejected", "Publication"]
    assert records[1].problems[0].code == "row_unreadable"
    assert records[1].problems[0].row == 3


def test_an_unclosed_quotation_mark_costs_one_row_only():
    rows = [ROW.replace("109983900", f"10998390{i}") for i in range(5)]
    rows[1] = rows[1].replace("一种方法", '"一种方法')
    records = read("".join(rows))
    assert [type(record).__name__ for record in records] == ["Publication", "Rejected", "Publication", "Publication", "Publication"]


def test_unreadable_dates_and_classes_are_warnings():
    records = read(ROW.replace("2019.04.09", "2019.13.09").replace("A01C21/00(2006.01)I", "A0/1"))
    assert sorted(record.code for record in records[1:]) == ["class_unreadable", "date_unreadable"]
    assert records[0].filing_date is None
    assert records[0].classifications[0].symbol == "G06F 3/0481"


def test_detection_knows_the_gazette_by_its_header():
    assert detect.entry((HEADER + ROW).encode("gb18030"), "any.txt").name == "cnipa_gazette"
    assert detect.entry(b"\xef\xbb\xbf" + HEADER.encode(), "any.txt").name == "cnipa_gazette"


@pytest.mark.parametrize(
    "data",
    [
        b'<?xml version="1.0"?><cn-patent-document lang="zh">',
        b'<?xml version="1.0"?><x xmlns:p="http://www.wipo.int/standards/XMLSchema/ST96/Patent"/>',
    ],
)
def test_chinese_xml_is_known_and_refused_in_words(data):
    assert detect.entry(data, "a.xml").name == "cnipa_xml"
    (refused,) = cnipa_xml.read(Input.of_bytes(data, "a.xml"))
    assert refused.problems[0].code == "format_not_supported"
    assert "not supported yet" in refused.problems[0].message


@pytest.mark.skipif(not (SHARED / "cn_gazette").is_dir(), reason="the development data folder is absent")
def test_all_8000_real_rows_are_read_with_5267_damaged_numbers():
    count = collections.Counter()
    for path in sorted((SHARED / "cn_gazette").glob("*.gb18030.csv")):
        for record in cnipa_gazette.read(Input.of_bytes(path.read_bytes(), path.name)):
            count[type(record).__name__] += 1
            if isinstance(record, Problem):
                count[record.code] += 1
            elif isinstance(record, Publication):
                count[record.kind] += 1
                count["with_application"] += bool(record.application_number)
                assert record.classifications
                assert record.parties[0].country
    assert count["Publication"] == 8000
    assert count["number_damaged"] == count["Problem"] == 5267
    assert count["with_application"] == 2733
    assert (count["A"], count["B"], count["U"], count["S"]) == (1998, 2000, 2002, 2000)


@pytest.mark.skipif(not (SHARED / "cn_gazette").is_dir(), reason="the development data folder is absent")
def test_the_variant_with_thirteen_columns_gives_the_same_publications():
    path = SHARED / "cn_gazette" / "cn_gazette_8000.utf8.csv"
    assert cnipa_gazette.detects(path.read_bytes()[:65536], path.name)
    records = [r for r in cnipa_gazette.read(Input.of_bytes(path.read_bytes(), path.name)) if isinstance(r, Publication)]
    assert len({record.key for record in records}) == 8000
