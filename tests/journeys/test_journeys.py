"""Journeys of people through the site in a real browser."""

import hashlib
import io
import re
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

pytestmark = [pytest.mark.journey, pytest.mark.slow]
KEY = "CN-102329749-B"


def test_a_stranger_finds_a_patent_and_follows_a_figure_to_the_bytes_it_came_from(page):
    page.goto("/")
    page.fill("#q", "枯草 Bacillus subtilis")
    page.press("#q", "Enter")
    page.wait_for_selector(".results")
    page.fill("#q", "CN102329749B")
    page.press("#q", "Enter")
    page.wait_for_url(f"**/patents/{KEY}")
    page.click("nav.tabs >> text=权利与事件")
    page.wait_for_url(f"**/patents/{KEY}/right")
    page.wait_for_selector(".timeline li")
    page.click("nav.tabs >> text=分级")
    page.wait_for_url(f"**/patents/{KEY}/grade")
    page.wait_for_selector("table.leaf-tree")
    page.locator("table.leaf-tree tr", has_text="记录").filter(has_not_text="未知").locator(".why").first.click()
    page.wait_for_selector("#drawer[open] .evidence .answer")
    page.click("#drawer .sources a >> nth=0")
    page.wait_for_url("**/source/*")
    sha = page.url.rsplit("/", 1)[1]
    assert page.locator(".tag.good").count() == 1
    with page.expect_download() as waiting:
        page.click("text=下载字节")
    assert hashlib.sha256(Path(waiting.value.path()).read_bytes()).hexdigest() == sha


def test_the_keyboard_reaches_a_patent_without_a_mouse(page):
    page.goto("/search?q=装置")
    page.wait_for_selector(".results")
    page.keyboard.press("j")
    page.keyboard.press("j")
    chosen = page.locator("li.chosen")
    assert chosen.count() == 1
    key = chosen.locator("input[name=item]").get_attribute("value")
    page.keyboard.press("o")
    page.wait_for_url(f"**/patents/{key}")
    page.locator(".why").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#drawer[open] .evidence")
    page.keyboard.press("Escape")
    assert page.locator("#drawer[open]").count() == 0
    assert page.evaluate("document.activeElement.classList.contains('why')")
    page.keyboard.press("?")
    page.wait_for_selector("#keys[open]")


def test_a_reader_changes_the_language_and_stays_on_the_page(page):
    page.goto(f"/patents/{KEY}/right")
    assert page.locator("html").get_attribute("lang") == "zh-Hans"
    page.click("button:has-text('English')")
    page.wait_for_selector("html[lang=en]")
    assert page.url.endswith(f"/patents/{KEY}/right") and page.locator("nav.tabs >> text=Right and events").count() == 1
    page.click("button:has-text('中文')")
    page.wait_for_selector("html[lang=zh-Hans]")


def test_every_page_works_without_scripts(browser, site):
    context = browser.new_context(base_url=site, locale="en-US", java_script_enabled=False)
    plain = context.new_page()
    plain.goto("/")
    plain.fill("#q", "CN102329749B")
    plain.press("#q", "Enter")
    plain.wait_for_url(f"**/patents/{KEY}")
    plain.click("nav.tabs >> text=Owners")
    plain.click("main .why >> nth=0")
    assert plain.locator(".evidence").count() == 1
    plain.click(".sources a >> nth=0")
    assert plain.locator("pre.bytes").count() == 1
    context.close()


def spreadsheet():
    """An export as incoPat writes it: a patent of the site, one of the holder's own, a destroyed number, a day that does not exist."""
    book = Workbook()
    sheet = book.active
    sheet.append(["标题", "申请人", "公开(公告)号", "申请号", "申请日", "公开(公告)日", "专利类型", "IPC主分类", "当前法律状态"])
    sheet.append(["枯草芽孢杆菌", "某公司", "CN102329749B", "", "2011-09-19", "2013-01-16", "发明", "C12N1/20", "授权"])
    sheet.append(["一种廊桥的斜撑结构", "桥头大学", "CN209999999U", "", "2018-11-23", "2019-07-12", "实用新型", "E01D19/00", "授权"])
    sheet.append(["号码被表格损坏的专利", "桥头大学", "2.02E+12", "", "2018-11-23", "2019-07-12", "发明", "E01D19/00", "授权"])
    sheet.append(["日期不存在的专利", "桥头大学", "CN209999998U", "", "2018-13-45", "2019-07-12", "实用新型", "E01D19/00", "授权"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_holder_uploads_an_excel_file_and_gets_a_portfolio_with_problems_named_by_row(member):
    member.goto("/portfolios")
    member.fill("#name", "全部专利")
    member.click("main button.decide")
    member.wait_for_url(re.compile(r"/portfolios/\d+$"))
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    member.set_input_files("#file", {"name": "incopat 导出.xlsx", "mimeType": kind, "buffer": spreadsheet()})
    member.click("text=上传并分级")
    member.wait_for_url("**/jobs/*")
    member.wait_for_selector("#job .tag.good", timeout=120_000)
    member.click("text=打开资产")
    member.wait_for_url(re.compile(r"/portfolios/\d+$"))
    assert member.locator("a:has-text('CN 102329749 B')").count() == 1
    assert member.locator("a:has-text('CN 209999999 U')").count() == 1
    member.click("table a[href*='/problems/']")
    member.wait_for_url("**/problems/*")
    told = member.locator("tbody tr").all_inner_texts()
    assert any(text.startswith("4") for text in told) and any("2018-13-45" in text and text.startswith("5") for text in told)
    member.go_back()
    with member.expect_download() as waiting:
        member.click("a:has-text('XLSX') >> nth=0")
    rows = list(load_workbook(io.BytesIO(Path(waiting.value.path()).read_bytes())).active.values)
    assert "CN 209999999 U" in {row[0] for row in rows}
    scores = {row[0]: row[12] for row in rows[1:]}
    assert any(score is not None for score in scores.values()), "no patent of the portfolio has a score"
    member.click("a:has-text('CN 209999999 U')")
    member.wait_for_url("**/patents/CN-209999999-U")
    assert "一种廊桥的斜撑结构" in member.locator("h1").inner_text()
