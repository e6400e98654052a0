"""The main pages checked by axe in the browser: no serious violation, in both languages, light and dark, wide and narrow."""

import pytest

pytestmark = [pytest.mark.journey, pytest.mark.slow]
KEY = "CN-102329749-B"
PAGES = [
    "/",
    "/search?q=装置",
    f"/patents/{KEY}",
    f"/patents/{KEY}/right",
    f"/patents/{KEY}/owners",
    f"/patents/{KEY}/grade",
    f"/patents/{KEY}/value",
    f"/patents/{KEY}/high-value",
    f"/patents/{KEY}/indicators",
    f"/evidence/{KEY}/status",
    "/data",
    "/data/files",
    "/log-in",
    "/calc",
    "/audit/heads",
]
MEMBER_PAGES = [
    "/desk",
    "/portfolios",
    "/rights",
    "/rights/annuities",
    "/market",
    "/market/demands",
    "/market/mine",
    "/deals",
    "/funds",
    "/loans",
    "/pools",
    "/money",
    "/royalties",
    "/documents",
    "/notices",
    "/notices/settings",
    "/account",
    "/organization/people",
    "/audit?own=1",
    "/account/data",
    "/account/tokens",
    "/deals/consents",
    "/deals/auctions",
    "/deals/open-licenses",
    "/market/windows",
    "/market/listings/new",
    "/market/demands/new",
    "/matching",
    "/matching/mandates/new",
    "/loans/new",
    "/loans/rates",
    "/subsidies",
    "/insurance",
    "/insurance/products",
    "/securitizations",
    "/securitizations/new",
    "/securitizations/templates",
]
GRAVE = {"serious", "critical"}


def violations(page):
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found if one["impact"] in GRAVE]


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("look", [("zh-CN", "light", 1440), ("en-US", "dark", 390)], ids=lambda look: "-".join(map(str, look)))
def test_a_page_has_no_serious_violation(browser, site, address, look):
    language, scheme, width = look
    context = browser.new_context(
        base_url=site, locale=language, color_scheme=scheme, viewport={"width": width, "height": 900}, bypass_csp=True
    )
    page = context.new_page()
    page.goto(address)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


@pytest.mark.parametrize("address", MEMBER_PAGES)
def test_a_members_page_has_no_serious_violation(member, address):
    for scheme, width in (("light", 1440), ("dark", 390)):
        member.emulate_media(color_scheme=scheme)
        member.set_viewport_size({"width": width, "height": 900})
        answer = member.goto(address)
        assert answer.status == 200
        assert violations(member) == [], scheme
        assert member.evaluate("document.documentElement.scrollWidth") <= width


def test_the_open_drawer_has_no_serious_violation(page):
    page.goto(f"/patents/{KEY}")
    page.click("main .why >> nth=0")
    page.wait_for_selector("#drawer[open] .evidence")
    assert violations(page) == []
