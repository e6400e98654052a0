"""Journeys over a list: marking with the keyboard, side by side, columns, orders, search by meaning said honestly, a saved view, printing."""

import csv
import io
import re
from pathlib import Path

import pytest

pytestmark = [pytest.mark.journey, pytest.mark.slow]


def test_the_keyboard_marks_two_patents_and_puts_them_side_by_side(page):
    page.goto("/search?q=装置")
    page.wait_for_selector(".results")
    compare = page.locator(".marked-bar button >> text=比较")
    assert compare.is_disabled()
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    marked = page.locator("input[name=item]:checked").evaluate_all("boxes => boxes.map(box => box.value)")
    assert len(marked) == 2 and compare.is_enabled()
    compare.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/compare?*")
    heads = page.locator("table.compare thead a.mono").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert heads == [f"/patents/{key}" for key in marked]
    page.locator("table.compare .why").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#drawer[open] .evidence")


def test_marked_patents_start_one_listing(member):
    member.goto("/search?q=装置")
    boxes = member.locator("input[name=item]")
    for n in (0, 1):
        boxes.nth(n).check()
    marked = member.locator("input[name=item]:checked").evaluate_all("boxes => boxes.map(box => box.value)")
    member.click(".marked-bar button >> text=挂牌")
    member.wait_for_url("**/market/listings/new?**")
    assert member.locator("#patents").input_value().splitlines() == marked and len(marked) == 2


def test_shift_marks_a_range_and_the_box_on_top_all(page):
    page.goto("/search?q=装置")
    boxes = page.locator("input[name=item]")
    boxes.nth(1).click()
    boxes.nth(4).click(modifiers=["Shift"])
    assert page.locator("input[name=item]:checked").count() == 4
    for _ in range(7):
        page.keyboard.press("j")
    page.keyboard.press("X")
    assert page.locator("input[name=item]:checked").count() == 6
    page.check("[data-all]")
    assert page.locator("input[name=item]:checked").count() == boxes.count()
    assert page.locator(".marked-bar button >> text=比较").is_disabled()
    with page.expect_download() as waiting:
        page.click(".marked-bar button >> text=CSV")
    rows = list(csv.reader(io.StringIO(Path(waiting.value.path()).read_bytes().decode("utf-8-sig"))))
    assert len(rows) == 1 + boxes.count()


def test_columns_and_an_order_stay_when_the_words_change(page):
    page.goto("/search?q=装置")
    page.click("details.menu >> summary:has-text('列')")
    page.check("details.menu input[value=owner]")
    page.check("details.menu input[value=published]")
    page.click("details.menu >> text=显示所选列")
    page.wait_for_selector(".marked table")
    page.select_option("#order", "newest")
    page.wait_for_url("**order=newest**")
    page.fill("#q", "方法")
    page.press("#q", "Enter")
    page.wait_for_url(re.compile("q=%E6%96%B9%E6%B3%95"))
    days = [day for day in page.locator(".marked tbody tr td:last-child time").all_inner_texts() if day]
    assert days and days == sorted(days, reverse=True)


def test_a_reader_without_scripts_marks_and_compares_too(browser, site):
    context = browser.new_context(base_url=site, locale="en-US", java_script_enabled=False)
    plain = context.new_page()
    plain.goto("/search?q=装置")
    for n in (0, 1):
        plain.locator("input[name=item]").nth(n).check()
    plain.click(".marked-bar button >> text=Compare")
    assert plain.locator("table.compare thead a.mono").count() == 2
    plain.go_back()
    plain.goto("/compare?item=CN-102329749-B")
    assert "two to six" in plain.locator(".message").inner_text()
    context.close()


@pytest.mark.parametrize("address", ["/search?q=装置&col=owner&col=status", "/compare?item=CN-102329749-B&item=CN-107190516-B"])
@pytest.mark.parametrize("look", [("zh-CN", "light", 1440), ("en-US", "dark", 390)], ids=lambda look: "-".join(map(str, look)))
def test_the_lists_and_the_comparison_have_no_serious_violation(browser, site, address, look):
    from tests.journeys.test_accessible import violations

    language, scheme, width = look
    context = browser.new_context(
        base_url=site, locale=language, color_scheme=scheme, viewport={"width": width, "height": 900}, bypass_csp=True
    )
    opened = context.new_page()
    opened.goto(address)
    if "search" in address:
        opened.click("details.menu summary >> nth=0")
    assert violations(opened) == []
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


def test_a_printed_page_has_no_tools_and_all_its_rows(page):
    page.goto("/compare?item=CN-102329749-B&item=CN-107190516-B")
    rows = page.locator("table.compare tr").count()
    page.emulate_media(media="print")
    assert not page.locator("header.top").is_visible() and not page.locator("table.compare .why").first.is_visible()
    assert page.locator("table.compare tr:visible").count() == rows
