"""Patent lists of vendors: headers, header rows, values, dates, operations and problems named by the row a spreadsheet shows."""

import csv
import datetime as dt
import hashlib
import io
import os
import re
import zipfile
from pathlib import Path

import pytest

from data.sheets import csv_text, xls, xlsx
from langqiao.data.formats import detect, sheet_workbook, vendor_headers, vendor_sheet
from langqiao.data.formats.model import LegalEvent, Publication
from langqiao.data.formats.source import Input, Rejected, Skipped
from langqiao.engine.kernel.problem import Problem

SHARED = Path(os.environ.get("LANGQIAO_SHARED", Path(__file__).parents[2].parent / "shared"))
OBTAINED = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)

INCOPAT = {
    "标题": "一种方法",
    "标题（翻译）": "A method",
    "公开（公告）号": "CN102329749B",
    "公开（公告）日": "2013-02-06",
    "申请号": "CN201110252867.2",
    "申请日": "2011/08/30",
    "专利类型": "发明授权",
    "申请人": "甲大学; 乙（上海;浦东）有限公司",
    "标准化申请人": "甲大学; 乙有限公司",
    "申请人类型": "大专院校; 企业",
    "申请人地址": "210000江苏省南京市玄武区",
    "当前权利人": "丙有限公司",
    "发明人": "张三; 李四",
    "代理机构": "某专利代理有限公司",
    "IPC主分类": "C12N1/20",
    "IPC": "C12N1/20(2006.01)I; C12R1/01(2006.01)N",
    "CPC": "C12N1/20; Y02E50/10",
    "首项权利要求": "1. 一种方法。",
    "权利要求数量": "8",
    "引证专利": "US8418361B2; EP1000000A1",
    "简单同族": "US8418361B2; CN102329749B",
    "简单同族ID": "77",
    "优先权号": "CN201010123456",
    "优先权日": "20100901",
    "合享价值度": "9",
    "专利有效性": "有效",
    "当前法律状态": "授权",
    "转让次数": "2",
    "转让执行日": "2015-01-05; 2016-07-08",
    "转让人": "甲大学; 乙有限公司",
    "受让人": "乙有限公司; 丙有限公司",
    "许可次数": "1",
    "许可合同备案日期": "2017-03-04",
    "许可人": "丙有限公司",
    "被许可人": "丁厂",
    "许可类型": "独占许可",
    "质押期限": "2018-01-01至2020-12-31",
    "出质人": "丙有限公司",
    "质权人": "某银行",
    "完全未知的列": "保留",
}


def read(data, name="list.xlsx", **options):
    given = Input.of_bytes(data, name, retrieved_at=OBTAINED)
    return list(vendor_sheet.read(given, **options))


def table(*rows, **changes):
    rows = rows or ({},)
    filled = [INCOPAT | changes | row for row in rows]
    return [list(filled[0]), *[list(row.values()) for row in filled]]


def only(kind, records):
    return [record for record in records if isinstance(record, kind)]


def problems(records, code):
    return [record for record in only(Problem, records) if record.code == code]


@pytest.mark.parametrize(
    "write", [xlsx, xls, lambda rows: csv_text(rows).encode("gb18030"), lambda rows: csv_text(rows, "\t").encode("utf-16")]
)
def test_the_same_list_is_read_from_every_kind_of_file(write):
    data = write(table())
    assert detect.entry(data[:65536], "x").name in {"patent_workbook", "patent_list"}
    records = read(data)
    (patent,) = only(Publication, records)
    assert (patent.key, patent.format, patent.application_number) == ("CN-102329749-B", "incopat", "201110252867.2")
    assert (patent.stage, patent.patent_type) == ("grant", "invention")
    assert (patent.title, patent.title_zh, patent.title_en) == ("一种方法", "一种方法", "A method")
    assert (patent.filing_date, patent.publication_date, patent.grant_date) == (
        dt.date(2011, 8, 30),
        dt.date(2013, 2, 6),
        dt.date(2013, 2, 6),
    )
    assert [(p.role, p.name, p.std_name) for p in patent.parties[:3]] == [
        ("applicant", "甲大学", "甲大学"),
        ("applicant", "乙（上海;浦东）有限公司", "乙有限公司"),
        ("owner", "丙有限公司", ""),
    ]
    assert (patent.parties[0].region, patent.parties[0].city, patent.parties[0].is_organization) == ("江苏省", "南京市", True)
    assert [(c.scheme, c.symbol, c.is_main) for c in patent.classifications] == [
        ("ipc", "C12N 1/20", True),
        ("ipc", "C12R 1/01", False),
        ("cpc", "C12N 1/20", True),
        ("cpc", "Y02E 50/10", False),
    ]
    assert (patent.claim_count, patent.claims[0].text) == (8, "1. 一种方法。")
    assert [(c.office, c.number, c.kind) for c in patent.citations] == [("US", "8418361", "B2"), ("EP", "1000000", "A1")]
    assert [(m.model, m.family_id, m.number) for m in patent.family] == [
        ("vendor-simple", "77", "8418361"),
        ("vendor-simple", "77", "102329749"),
    ]
    assert (patent.priorities[0].office, patent.priorities[0].date) == ("CN", dt.date(2010, 9, 1))
    assert (patent.status_claimed, patent.status_claimed_on, patent.extra["status_raw"]) == ("in_force", OBTAINED.date(), "授权; 有效")
    assert patent.extra["完全未知的列"] == "保留"
    assert patent.extra["row"] == "2"
    assert "完全未知的列" in problems(records, "headers_unknown")[0].message


def test_vendor_scores_are_opinions_of_the_vendor_and_nothing_else():
    (patent,) = only(Publication, read(xlsx(table())))
    assert [(o.vendor, o.name, o.value, o.date) for o in patent.opinions] == [("incopat", "value_score", "9", OBTAINED.date())]
    assert "vendor_value_score" not in patent.extra


def test_operation_columns_become_events_aligned_by_position():
    events = only(LegalEvent, read(xlsx(table())))
    assert [(e.kind, e.date, e.from_party, e.to_party, e.alignment) for e in events] == [
        ("TRANSFER", dt.date(2015, 1, 5), "甲大学", "乙有限公司", "certain"),
        ("TRANSFER", dt.date(2016, 7, 8), "乙有限公司", "丙有限公司", "certain"),
        ("LICENSE", dt.date(2017, 3, 4), "丙有限公司", "丁厂", "certain"),
        ("PLEDGE", dt.date(2018, 1, 1), "丙有限公司", "某银行", "certain"),
    ]
    assert events[2].extra["license_type"] == "exclusive"
    assert events[3].extra["end"] == "2020-12-31"
    assert {(e.office, e.number, e.number_kind) for e in events} == {("CN", "102329749", "B")}


def test_operations_whose_counts_differ_are_one_uncertain_event():
    changed = {"受让人": "乙有限公司; 丙有限公司; 丁厂"}
    transfers = [e for e in only(LegalEvent, read(xlsx(table(changed)))) if e.kind == "TRANSFER"]
    assert [(e.alignment, e.date, e.to_party) for e in transfers] == [("uncertain", None, "乙有限公司;丙有限公司;丁厂")]
    assert transfers[0].extra["dates"] == "2015-01-05;2016-07-08"


def test_a_stated_count_that_does_not_fit_makes_the_alignment_uncertain():
    transfers = [e for e in only(LegalEvent, read(xlsx(table({"转让次数": "1"})))) if e.kind == "TRANSFER"]
    assert [(e.alignment, e.extra["stated_count"]) for e in transfers] == [("uncertain", "1")]


def test_an_open_license_is_not_an_ordinary_one():
    licenses = [e for e in only(LegalEvent, read(xlsx(table({"许可类型": "开放许可"})))) if "LICENSE" in e.kind]
    assert [e.kind for e in licenses] == ["OPEN_LICENSE"]


def test_rows_before_the_header_are_passed_over_and_rows_keep_their_number():
    rows = [["专利清单"], [], ["链接", "http"], *table()]
    (patent,) = only(Publication, read(xlsx(rows)))
    assert patent.extra["row"] == "5"


def test_problems_name_the_row_as_the_spreadsheet_shows_it():
    rows = table(
        {},
        {"公开（公告）号": "乱码", "申请号": "2.02E+12"},
        {"申请日": "2011-13-45", "公开（公告）号": "CN102329750B", "权利要求数量": "八"},
    )
    records = read(xlsx([[], *rows]))
    (refused,) = only(Rejected, records)
    assert [p.row for p in refused.problems] == [4, 4, 4]
    assert [p.code for p in refused.problems] == ["number_missing", "number_unreadable", "number_damaged"]
    (date,) = problems(records, "date_unreadable")
    assert (date.row, date.field, date.raw) == (5, "申请日", "2011-13-45")
    assert date.message.startswith("row 5: ")
    assert problems(records, "count_unreadable")[0].row == 5
    assert len(only(Publication, records)) == 2


def test_a_damaged_application_number_is_left_empty_where_the_publication_number_holds():
    records = read(xlsx(table({"申请号": "2.0193E+12"})))
    (patent,) = only(Publication, records)
    assert (patent.key, patent.application_number) == ("CN-102329749-B", "")
    assert problems(records, "number_damaged")[0].row == 2


def test_numbers_that_a_spreadsheet_keeps_as_numbers_are_read_whole():
    (patent,) = only(Publication, read(xlsx(table({"申请号": 201110252867.2}))))
    assert patent.application_number == "201110252867.2"
    (patent,) = only(Publication, read(xlsx(table({"申请号": 2011102528672}))))
    assert patent.application_number == "201110252867.2"


def test_merged_headers_are_named_with_their_row_and_column():
    rows = [["公开号", "申请号", "标题", "申请日", "权利人", None, None], ["CN102329749B", "", "一种方法", "2011-08-30", "甲", "乙", ""]]
    records = read(xlsx(rows, merged=["E1:G1"]))
    (problem,) = problems(records, "header_merged")
    assert (problem.row, problem.field) == (1, "F")
    assert "columns E to G" in problem.message
    assert only(Publication, records)[0].extra["column F"] == "乙"


def test_a_header_of_two_merged_rows_is_read_by_its_lowest_cells():
    rows = [
        ["公开号", "标题", "日期", None, "申请人"],
        [None, None, "申请日", "授权公告日", None],
        ["CN102329749B", "一种方法", "2011-08-30", "2013-02-06", "甲"],
    ]
    first_known = [["公开号", "标题", "申请日", "授权公告日", "申请人"]]
    assert vendor_headers.is_header(first_known[0])
    records = read(xlsx(rows, merged=["A1:A2", "B1:B2", "C1:D1", "E1:E2"]))
    (patent,) = only(Publication, records)
    assert (patent.filing_date, patent.grant_date, patent.parties[0].name) == (dt.date(2011, 8, 30), dt.date(2013, 2, 6), "甲")


def test_a_missing_header_over_filled_cells_is_a_problem_and_over_empty_ones_is_not():
    rows = [["公开号", "申请号", "标题", "申请日", None, None], ["CN102329749B", "", "一种方法", "2011-08-30", "忘记了", ""]]
    records = read(xlsx(rows))
    assert [(p.row, p.field) for p in problems(records, "header_missing")] == [(1, "E")]
    assert only(Publication, records)[0].extra["column E"] == "忘记了"


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([["姓名", "电话"], ["甲", "1"]], "row 1 begins '姓名'"),
        (
            [["标题", "摘要", "申请日", "申请人", "发明人"], ["a", "b", "2011-01-01", "c", "d"]],
            "no column for a publication or application number",
        ),
        ([], "no filled row"),
    ],
)
def test_a_workbook_that_is_no_patent_list_is_refused_with_what_was_seen(rows, words):
    (refused,) = read(xlsx(rows))
    assert isinstance(refused, Rejected)
    assert refused.problems[0].code == "header_not_found"
    assert words in refused.problems[0].message


def test_every_sheet_with_a_header_row_is_read():
    first = table()
    second = table({"公开（公告）号": "CN102329750B"})
    records = read(xlsx(None, sheets={"说明": [["读我"]], "一": first, "二": second}))
    assert [(patent.extra["sheet"], patent.extra["row"]) for patent in only(Publication, records)] == [("一", "2"), ("二", "2")]
    assert len({patent.place.offset for patent in only(Publication, records)}) == 2
    bad = read(xlsx(None, sheets={"一": first, "二": table({"申请日": "x1"})}))
    assert problems(bad, "date_unreadable")[0].message.startswith("sheet '二', row 2: ")


def test_the_same_row_again_is_skipped_and_another_of_the_same_number_is_reported():
    records = read(xlsx(table({}, {}, {"标题": "另一个标题"})))
    assert len(only(Skipped, records)) == 1
    assert len(only(Publication, records)) == 2
    assert [(p.code, p.row) for p in problems(records, "number_repeated")] == [("number_repeated", 4)]


def test_a_place_in_a_workbook_can_be_checked_again():
    (first,), (second,) = (only(Publication, read(xlsx(table()))) for _ in range(2))
    assert first.place == second.place
    raw = sheet_workbook.row_again(Input.of_bytes(xlsx(table()), "list.xlsx"), first.place.offset)
    assert hashlib.sha256(raw).hexdigest() == first.place.sha256
    assert len(raw) == first.place.length
    with pytest.raises(LookupError):
        sheet_workbook.row_again(Input.of_bytes(xlsx(table()), "list.xlsx"), 99)


PATSNAP = [
    ["公开(公告)号", "申请号", "标题", "标题(译)(简体中文)", "申请日", "授权日", "[标]当前申请(专利权)人", "当前申请(专利权)人", "IPC分类号", "简单法律状态",
     "法律状态/事件", "权利转移生效日", "转让人", "受让人", "被引用专利数量", "专利价值", "受理局"],
    ["US8418361B2", "US12/345678", "Razor", "剃刀", "2009-01-02", "2013-04-16", "甲公司 | 乙公司", "A Inc. | B Ltd", "B26B21/02 | B26B21/40", "有效",
     "授权 | 权利转移", "2012-05-06", "A Inc.", "B Ltd", "12", "$1,230,000", "美国"],
]  # fmt: skip


def test_patsnap_columns_are_read_with_their_own_separators():
    (patent,) = only(Publication, read(xlsx(PATSNAP)))
    assert (patent.format, patent.key, patent.application_number) == ("patsnap", "US-8418361-B2", "12345678")
    assert [(p.role, p.name, p.std_name) for p in patent.parties] == [("owner", "A Inc.", "甲公司"), ("owner", "B Ltd", "乙公司")]
    assert [c.symbol for c in patent.classifications] == ["B26B 21/02", "B26B 21/40"]
    assert (patent.title_zh, patent.title_en) == ("剃刀", "Razor")
    assert [(o.vendor, o.name, o.value) for o in patent.opinions] == [("patsnap", "value_amount", "$1,230,000")]
    assert patent.extra["forward_citation_count"] == "12"
    assert patent.status_claimed == "in_force"


def test_patsnap_field_codes_stand_for_headers():
    rows = [
        ["Veröffentlichung [PN]", "Titel [TTL]", "x [APNO]", "y [APD]", "z [ANCS]"],
        ["CN102329749B", "t", "CN201110252867.2", "2011-08-30", "甲"],
    ]
    (patent,) = only(Publication, read(xlsx(rows)))
    assert patent.filing_date == dt.date(2011, 8, 30)


def test_a_chinese_list_prefers_the_grant_and_keeps_the_first_publication():
    rows = [["序号", "申请日", "公开日", "授权公告日", "申请人", "申请号", "公开号", "授权公告号", "专利名称", "主权项", "分类号"],
            [1, "2011.08.30", "2012.01.25", "2013.02.06", "甲", "CN201110252867.2", "CN102329749A", "CN102329749B", "一种方法", "1. 一种", "C12N1/20"]]  # fmt: skip
    (patent,) = only(Publication, read(xlsx(rows)))
    assert (patent.format, patent.key, patent.stage) == ("cn_list", "CN-102329749-B", "grant")
    assert (patent.publication_date, patent.grant_date) == (dt.date(2013, 2, 6), dt.date(2013, 2, 6))
    assert patent.extra["first_publication"] == "CN-102329749-A"
    assert patent.claims[0].text == "1. 一种"


def test_english_headers_are_taken_by_likeness_and_the_guess_is_reported():
    rows = [
        ["Publication Nunber", "Title", "Filling Date", "Assignees", "IPC"],
        ["EP1000000A1", "Apparatus", "1999-11-08", "A B.V.", "B28B5/02"],
    ]
    records = read(xlsx(rows))
    (patent,) = only(Publication, records)
    assert (patent.key, patent.filing_date, patent.parties[0].role) == ("EP-1000000-A1", dt.date(1999, 11, 8), "owner")
    (guess,) = problems(records, "headers_guessed")
    assert "Publication Nunber = publication_no" in guess.message
    assert guess.severity == "note"


def test_what_a_person_has_confirmed_beats_every_guess():
    rows = [["Nr", "Name", "Wann", "Wer"], ["EP1000000A1", "Apparatus", "1999-11-08", "A B.V."]]
    (patent,) = only(
        Publication, read(xlsx(rows), mapping={"Nr": "publication_no", "Name": "title", "Wann": "filing_date", "Wer": "applicants"})
    )
    assert (patent.key, patent.title) == ("EP-1000000-A1", "Apparatus")


def test_a_page_can_show_how_a_file_would_be_read():
    ((name, plan),) = vendor_sheet.plans(Input.of_bytes(xlsx(table()), "list.xlsx"))
    assert (name, plan.vendor, plan.header_row) == ("专利", "incopat", 1)
    assert [column.header for column in plan.of("unknown")] == ["完全未知的列"]


ENGLISH = ["Publication Number", "Title", "Filing Date", "Grant Date", "Applicant"]


@pytest.mark.parametrize(
    ("dates", "filing", "grant"),
    [
        # A value above 12 in the column decides; the other column follows.
        ([("03/04/2011", "05/06/2013"), ("25/04/2011", "07/06/2013")], dt.date(2011, 4, 3), dt.date(2013, 6, 5)),
        ([("03/04/2011", "05/06/2013"), ("04/25/2011", "07/06/2013")], dt.date(2011, 3, 4), dt.date(2013, 5, 6)),
        ([("03/04/11", "05/06/13"), ("25/04/99", "07/06/13")], dt.date(2011, 4, 3), dt.date(2013, 6, 5)),
        ([("3-Apr-2011", "Jun 5, 2013"), ("", "")], dt.date(2011, 4, 3), dt.date(2013, 6, 5)),
        ([(40636, "2013年6月5日"), ("", "")], dt.date(2011, 4, 3), dt.date(2013, 6, 5)),
        ([(dt.date(2011, 4, 3), dt.datetime(2013, 6, 5, 8)), ("", "")], dt.date(2011, 4, 3), dt.date(2013, 6, 5)),  # noqa: DTZ001
    ],
)
def test_the_order_of_day_and_month_is_decided_for_each_column(dates, filing, grant):
    rows = [ENGLISH, *[[f"EP100000{i}A1", "t", *pair, "A"] for i, pair in enumerate(dates)]]
    first = only(Publication, read(xlsx(rows)))[0]
    assert (first.filing_date, first.grant_date) == (filing, grant)


def test_an_undecided_order_is_asked_not_guessed():
    rows = [ENGLISH, ["EP1000000A1", "t", "03/04/2011", "2013-06-05", "A"], ["EP1000001A1", "t", "05/06/2011", "2013-06-05", "A"]]
    records = read(xlsx(rows))
    (problem,) = problems(records, "date_order_undecided")
    assert "column C (Filing Date): 2 dates" in problem.message
    assert [(p.filing_date, p.grant_date) for p in only(Publication, records)] == [(None, dt.date(2013, 6, 5))] * 2


def test_columns_that_contradict_each_other_do_not_decide_a_third():
    rows = [[*ENGLISH, "Priority Date"], ["EP1000000A1", "t", "25/04/2011", "04/25/2013", "A", "03/04/2010"]]
    (patent,) = only(Publication, read(xlsx(rows)))
    assert (patent.filing_date, patent.grant_date, patent.priority_date) == (dt.date(2011, 4, 25), dt.date(2013, 4, 25), None)


def test_a_long_delimited_file_is_read_again_before_its_date_order_stays_open(monkeypatch):
    monkeypatch.setattr(vendor_sheet, "SAMPLE_ROWS", 3)
    rows = [ENGLISH, *[[f"EP100000{i}A1", "t", "03/04/2011", "", "A"] for i in range(8)], ["EP1000009A1", "t", "25/04/2011", "", "A"]]
    patents = only(Publication, read(csv_text(rows, ";").encode(), "long.csv"))
    assert {patent.filing_date for patent in patents[:8]} == {dt.date(2011, 4, 3)}
    assert len(patents) == 9


def test_phpip_lists_are_known():
    rows = [["Our Ref", "Country", "Cat", "Origin", "Status", "Status date", "Client", "Title", "Filed", "FilNo", "Published", "Pub. No", "Granted", "Grt No"],
            ["P1", "EP", "PAT", "FR", "Granted", "2004-06-01", "C", "Apparatus", "1999-11-08", "99203729.7", "2000-05-17", "1000000", "2003-02-05", "1000000"]]  # fmt: skip
    (patent,) = only(Publication, read(csv_text(rows, ";").encode("latin-1"), "phpip.csv"))
    assert (patent.format, patent.office, patent.number, patent.application_number) == ("phpip", "EP", "1000000", "99203729")


def test_a_workbook_bomb_is_refused_before_it_is_opened():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 300_000_000)
    (refused,) = read(out.getvalue())
    assert refused.problems[0].code == "archive_ratio"


@pytest.mark.parametrize("data", [b"PK\x03\x04[Content_Types].xml xl/w", bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600])
def test_a_broken_workbook_is_refused(data):
    (refused,) = read(data)
    assert refused.problems[0].code == "workbook_unreadable"


def test_text_that_was_decoded_wrongly_is_repaired_and_said_so():
    records = read(xlsx(table({"代理机构": "CafÃ© Conseil"})))
    assert problems(records, "encoding_repaired")[0].field == "代理机构"
    assert "Café Conseil" in {party.name for party in only(Publication, records)[0].parties}


@pytest.mark.skipif(not (SHARED / "knowledge").is_dir(), reason="the shared folder is absent")
def test_every_header_of_the_written_knowledge_is_known():
    text = (SHARED / "knowledge" / "formats.md").read_text(encoding="utf-8")
    incopat = text[text.index("### 5.3") : text.index("### 5.4")]
    table_text = "\n".join(line for line in incopat.splitlines() if line.startswith("|"))
    pairs = re.findall(r"([^|·]+?) → `(\w+)`", table_text)
    assert len(pairs) == 166
    assert [(h, f) for h, f in pairs if vendor_headers.known(h.strip(), "incopat") != f] == []


def test_a_whole_incopat_file_of_all_166_headers_is_read_without_losing_a_column():
    from langqiao.data.reference.tables import rows

    headers = [row["header"] for row in rows("vendor_headers") if row["vendor"] == "incopat" and row["group"] != "variant"]
    assert len(headers) == 166
    values = [INCOPAT.get(header, INCOPAT.get(header.replace("(", "（").replace(")", "）"), f"值{i}")) for i, header in enumerate(headers)]
    records = read(xlsx([headers, values]))
    (patent,) = only(Publication, records)
    assert not problems(records, "headers_unknown")
    assert patent.key == "CN-102329749-B"
    assert len(patent.extra) > 80


def test_csv_cells_may_hold_line_breaks_and_rows_are_counted_as_a_spreadsheet_does():
    text = csv_text(table({"摘要": "一\n二"}, {"摘要": "三", "公开（公告）号": "CN102329750B", "申请日": "x1"}))
    records = read(text.encode(), "list.csv")
    assert only(Publication, records)[0].abstract == "一\n二"
    assert problems(records, "date_unreadable")[0].row == 3


def test_the_reader_of_tables_agrees_with_the_library_on_ordinary_text():
    text = csv_text(table())
    assert next(csv.reader(io.StringIO(text))) == list(INCOPAT)
