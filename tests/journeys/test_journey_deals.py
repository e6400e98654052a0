"""Journeys through deals in a real browser: a sale from lead to settlement, a stranger's open license, an auction of three, a refusal with its article."""

import datetime as dt
import json
import os
import subprocess
import sys
from pathlib import Path

import pyotp
import pytest

from tests.journeys.conftest import free_port, prepared, served, stopped
from tests.journeys.test_accessible import violations
from tests.web.conftest import PASSWORD

pytestmark = [pytest.mark.journey, pytest.mark.slow]
NUMBER = "CN102329749B"
WORLD = """
import json, django
django.setup()
from tests.web.deals_world import World, pay_in
world, people, names = World(), {}, {}
pairs = {name: getattr(world, name) for name in ("seller", "buyer", "platform", "office")}
for number in (1, 2, 3):
    pairs[f"bidder{number}"] = world.pair(f"竞买单位{number}")
    pay_in(pairs[f"bidder{number}"][0].organization, 100_000_000)
print(json.dumps({name: {"name": pair[0].organization.name, "mail": [one.user.email for one in pair]} for name, pair in pairs.items()}))
"""
ROOT = Path(__file__).parents[2]


class Market:
    """A site of its own whose people each have a browser."""

    def __init__(self, browser, site, people):
        self.browser, self.site, self.people, self.pages, self.complaints = browser, site, people, {}, []

    def page(self, who, nth=0, *, factor=False):
        """The page of a person, signed in; with a second factor given just now where it is asked for."""
        if (who, nth) not in self.pages:
            page = self.browser.new_context(base_url=self.site, locale="zh-CN", viewport={"width": 1440, "height": 900}).new_page()
            page.set_default_timeout(30_000)
            page.on("pageerror", lambda error: self.complaints.append(str(error)))
            page.on("console", lambda told: self.complaints.append(told.text) if "Content Security Policy" in told.text else None)
            page.goto("/log-in")
            page.fill("#email", self.people[who]["mail"][nth])
            page.fill("#password", PASSWORD)
            page.click("main button.decide")
            page.wait_for_url("**/desk")
            self.pages[who, nth] = page
            page.has_factor = False
        page = self.pages[who, nth]
        if factor and not page.has_factor:
            page.goto("/account/second-factor")
            secret = page.inner_text("#secret").replace(" ", "")
            page.fill("#password", PASSWORD)
            page.fill("#code", pyotp.TOTP(secret).now())
            page.click("main button.decide")
            page.wait_for_selector(".codes li")
            page.has_factor = True
        return page


@pytest.fixture(scope="module")
def market(browser, tmp_path_factory):
    environment, port = prepared(tmp_path_factory.mktemp("deals")), free_port()
    paths = {**environment, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])}
    made = subprocess.run([sys.executable, "-c", WORLD], env=paths, check=True, capture_output=True, text=True, timeout=180)
    process = served(environment, port)
    found = Market(browser, f"http://127.0.0.1:{port}", json.loads(made.stdout.splitlines()[-1]))
    yield found
    stopped(process)
    assert not found.complaints


def opened(page, kind, other=None, **fields):
    """A deal from the form; returns its address."""
    page.goto(f"/deals/new?kind={kind}")
    page.fill("#patents", NUMBER)
    if other:
        page.fill("#other", other)
    for name, value in fields.items():
        place = page.locator(f'[name="{name.replace("__", ".")}"]').first
        place.select_option(value) if place.evaluate("node => node.tagName") == "SELECT" else place.fill(value)
    page.click("main form[method=post] button.decide")
    page.wait_for_url("**/deals/*-*")
    return page.url


def act(page, address, event, **fields):
    """A step by its form on the page of the deal: taken, or asked for."""
    page.goto(address)
    form = page.locator(f'form[action$="/steps/{event}"], form[action$="/requests/{event}"]').first
    for name, value in fields.items():
        place = form.locator(f'[name="{name.replace("__", ".")}"]')
        place.select_option(value) if place.evaluate("node => node.tagName") == "SELECT" else place.fill(value)
    form.locator("button").last.click()
    page.wait_for_selector(".message.success")


def both(market, who, address, event):
    """One asks, another with a fresh second factor takes it."""
    act(market.page(who, 0), address, event)
    act(market.page(who, 1, factor=True), address, event)


def state(page, address, word):
    page.goto(address)
    page.wait_for_selector(f".head .tag:has-text('{word}')")


def write(page, address, what, **fields):
    """Something written into the room by its form."""
    page.goto(address)
    form = page.locator(f'form[action$="/room/{what}"]')
    form.evaluate("node => { const more = node.closest('details'); if (more) more.open = true; }")
    for name, value in fields.items():
        place = form.locator(f'[name="{name}"]')
        place.select_option(value) if place.evaluate("node => node.tagName") == "SELECT" else place.fill(value)
    form.locator("button").last.click()
    page.wait_for_selector(".message.success")


def sign_contract(market, address):
    """The contract is made from the terms and signed by both sides in both languages."""
    page = market.page("seller")
    page.goto(address)
    form = page.locator('form[action$="/contract"]')
    form.evaluate("node => { node.closest('details').open = true; }")
    for place in form.locator("input, textarea").all():
        kind = place.get_attribute("type")
        if kind != "hidden" and place.is_visible() and not place.input_value():
            place.fill({"date": "2031-10-27", "number": "5"}.get(kind, "按双方约定"))
    for place in form.locator("select").all():
        if place.is_visible() and not place.input_value():
            place.select_option(index=2)
    form.locator("button").last.click()
    page.wait_for_selector(".message.success")
    links = (
        page.locator("#contract")
        .locator("xpath=../..")
        .locator("a[href*='/documents/']")
        .evaluate_all("all => all.map(one => one.getAttribute('href'))")
    )
    for who in ("seller", "buyer"):
        signer = market.page(who, 1, factor=True)
        for link in [link for link in links if link.count("/") == 2]:
            signer.goto(link)
            signer.click("form[action$='/sign'] button")
            signer.wait_for_selector(".message.success")


def test_a_patent_is_sold_from_confidence_to_settlement(market):
    seller, buyer, platform = market.page("seller"), market.page("buyer"), market.page("platform")
    address = opened(seller, "assignment", market.people["buyer"]["name"])
    for side in (seller, buyer):
        write(side, address, "nda")
    act(seller, address, "make_offer", payment__price_fen="1000000")
    sign_contract(market, address)
    act(buyer, address, "accept")
    both(market, "buyer", address, "fund")
    state(seller, address, "资金已托管")
    write(platform, address, "receipt", kind="registration", number="R-1", on=dt.date.today().isoformat())  # noqa: DTZ011 - the site's own day
    both(market, "platform", address, "perform")
    both(market, "platform", address, "settle")
    act(platform, address, "close")
    state(seller, address, "已结案")
    assert "¥980,000.00" in seller.inner_text("main")


def test_a_stranger_takes_an_open_license_and_an_exclusive_one_is_refused(market):
    owner, office, stranger = market.page("buyer"), market.page("office"), market.page("bidder1", factor=True)
    address = opened(
        owner, "open_license", statement__fee_method="fixed", statement__fixed_fen="5000", statement__term_end="2030-01-01",
        statement__other_matters="无",
    )  # fmt: skip
    both(market, "buyer", address, "file")
    write(owner, address, "receipt", kind="announcement", number="A-1", on=dt.date.today().isoformat())  # noqa: DTZ011 - the site's own day
    act(office, address, "announce")
    stranger.goto("/deals/open-licenses")
    stranger.click("a[data-open]")
    stranger.click("text=取得该开放许可")
    stranger.wait_for_selector("form[action$='/steps/give_notice']")
    taking = stranger.url
    act(stranger, taking, "give_notice")
    act(stranger, taking, "pay")
    state(stranger, taking, "已结案")
    refused = opened(owner, "license_exclusive", market.people["bidder2"]["name"])
    for side in (owner, market.page("bidder2")):
        write(side, refused, "nda")
    owner.goto(refused)
    told = owner.inner_text("#why-make_offer")
    assert "《专利法》第51条" in told and "开放许可" in told
    owner.goto(refused)
    assert owner.locator("button[aria-disabled=true]", has_text="要约").count() == 1


def test_three_bidders_meet_in_an_auction(market):
    owner = market.page("buyer")
    now = dt.datetime.now(dt.timezone(dt.timedelta(hours=8)))
    at = lambda minutes: (now + dt.timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M")  # noqa: E731
    address = opened(
        owner, "auction", auction__kind="english", auction__reserve_fen="100000", auction__step_fen="10000", auction__deposit_fen="20000",
        auction__opens_at=at(-5), auction__closes_at=at(60), auction__reveal_until=at(90),
    )  # fmt: skip
    both(market, "platform", address, "open")
    for number, amount in ((1, "110000"), (2, "130000"), (3, "150000")):
        bidder = market.page(f"bidder{number}", factor=True)
        act(bidder, address, "deposit")
        act(bidder, address, "bid", amount_fen=amount)
    first = market.pages["bidder1", 0]
    first.goto(address)
    told = first.inner_text("#auction >> xpath=../..")
    assert "¥150,000.00" in told and "竞买人3号" in told and "竞买单位3" not in first.content()
    form = first.locator("form[action$='/steps/bid']")
    form.locator("[name=amount_fen]").fill("155000")
    form.locator("button").last.click()
    first.wait_for_selector(".message.bad")
    assert "bid_too_low" in first.inner_text(".message.bad")


def test_the_pages_of_deals_have_no_serious_violation(market):
    page = market.page("seller")
    page.goto("/deals?state=all")
    deal = page.locator("a[data-open]").first.get_attribute("href")
    for address in ("/deals", deal, "/deals/new?kind=auction", "/deals/auctions", "/deals/open-licenses", "/royalties", "/royalties/mine"):
        page.goto(address)
        assert violations(page) == [], address
