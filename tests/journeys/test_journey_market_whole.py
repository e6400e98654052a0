"""One story of the market from the listing to the inventor's account, in each language, every person with a login of their own."""

import datetime as dt
import json
import os
import subprocess
import sys

import pytest

from tests.journeys.conftest import free_port, prepared, served, stopped
from tests.journeys.test_journey_deals import NUMBER, ROOT, Market, act, both, sign_contract, write
from tests.web.conftest import PASSWORD

pytestmark = [pytest.mark.journey, pytest.mark.slow]
WORLD = """
import json, django
django.setup()
from tests.web.conftest import PASSWORD
from tests.web.deals_world import World
from langqiao.web.people.models import User
world = World(seller_kind="university")
pairs = {name: getattr(world, name) for name in ("seller", "buyer", "platform", "office")}
pairs["auditor"] = world.pair("廊桥平台 Platform", "platform")
inventor = User.objects.create_user("inventor@example.com", PASSWORD, name="Wang")
people = {name: {"name": pair[0].organization.name, "mail": [one.user.email for one in pair]} for name, pair in pairs.items()}
people["inventor"] = {"name": "", "mail": [inventor.email]}
print(json.dumps(people))
"""
WORDS = {
    "zh-CN": {"listed": "已挂牌", "paid": "980,000.00", "mine": "我作为发明人的收入"},
    "en": {"listed": "listed", "paid": "980,000.00", "mine": "My income as an inventor"},
}


class OneLanguage(Market):
    """The people of the story, all reading one language; whoever belongs to no organization lands elsewhere than on a desk."""

    def __init__(self, browser, site, people, language):
        super().__init__(browser, site, people)
        self.language = language

    def page(self, who, nth=0, *, factor=False):
        """As `Market.page`, with the browser in this story's language."""
        if (who, nth) not in self.pages:
            page = self.browser.new_context(base_url=self.site, locale=self.language, viewport={"width": 1440, "height": 900}).new_page()
            page.set_default_timeout(30_000)
            page.on("pageerror", lambda error: self.complaints.append(str(error)))
            page.on("console", lambda told: self.complaints.append(told.text) if "Content Security Policy" in told.text else None)
            page.goto("/log-in")
            page.fill("#email", self.people[who]["mail"][nth])
            page.fill("#password", PASSWORD)
            page.click("main button.decide")
            page.wait_for_url(lambda address: "/log-in" not in address)
            page.has_factor = False
            self.pages[who, nth] = page
        return super().page(who, nth, factor=factor)


@pytest.fixture(params=["zh-CN", "en"])
def story(request, browser, tmp_path_factory):
    environment, port = prepared(tmp_path_factory.mktemp("whole")), free_port()
    paths = {**environment, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])}
    made = subprocess.run([sys.executable, "-c", WORLD], env=paths, check=True, capture_output=True, text=True, timeout=180)
    process = served(environment, port)
    found = OneLanguage(browser, f"http://127.0.0.1:{port}", json.loads(made.stdout.splitlines()[-1]), request.param)
    yield found
    stopped(process)
    assert not found.complaints


def day(days=0):
    """A day counted from the site's own, as a form takes it."""
    return (dt.datetime.now(dt.timezone(dt.timedelta(hours=8))).date() + dt.timedelta(days=days)).isoformat()


def sent(page, button):
    """A form sent by its button, with the page that answers."""
    with page.expect_navigation():
        page.locator(button).last.click()


def listed(story):
    """The holder's editor lists the patent, the platform's auditor lets it stand; returns the address of the listing."""
    page = story.page("seller")
    page.goto("/market/listings/new")
    page.fill("#patents", NUMBER)
    for name, value in {"title": "Probiotics", "brief": "A strain that lowers cholesterol.", "expires_on": day(90)}.items():
        page.fill(f"[name={name}]", value)
    page.select_option("#mode", "license_ordinary")
    page.select_option("#price_kind", "on_request")
    page.click("main form[method=post] button.decide")
    page.wait_for_url("**/market/listings/*-*")
    address = page.url
    for who, event in (("seller", "submit"), ("auditor", "accept")):
        actor = story.page(who, factor=who == "auditor")
        actor.goto(address)
        sent(actor, f"form:has(input[value={event}]) button")
    page.goto(address)
    assert page.locator(".head .tag").first.inner_text() == WORDS[story.language]["listed"]
    return address


def negotiated(story, listing):
    """A buyer takes the listing up; both promise confidence; an offer, a counter-offer, a publicity that has run, acceptance."""
    seller, buyer = story.page("seller"), story.page("buyer")
    buyer.goto(listing)
    buyer.locator("form[action$='/deal'] button").first.click()
    buyer.wait_for_url("**/deals/*-*")
    deal = buyer.url
    for side in (seller, buyer):
        write(side, deal, "nda")
    terms = {"payment__method": "lump_sum", "license__term_end": "2029-12-31"}
    act(buyer, deal, "make_offer", payment__price_fen="800000", **terms)
    act(seller, deal, "make_offer", payment__price_fen="1000000")
    write(seller, deal, "publicity", result_name="Probiotics", begun_on=day(-20))
    sign_contract(story, deal)
    act(buyer, deal, "accept")
    return deal


def settled(story, deal):
    """Escrow by two of the buyer, performance, recordal with the office's receipt, settlement by two of the platform."""
    platform = story.page("platform")
    both(story, "buyer", deal, "fund")
    both(story, "platform", deal, "perform")
    write(platform, deal, "receipt", kind="recordal", number="L-1", on=day())
    act(story.page("buyer"), deal, "record")
    both(story, "platform", deal, "settle")
    act(platform, deal, "close")
    page = story.page("seller")
    page.goto(deal)
    assert f"¥{WORDS[story.language]['paid']}" in page.inner_text("main")


def distributed(story, deal):
    """One of the unit proposes the division, another approves and notes the bank's receipt."""
    royalty = deal.replace("/deals/", "/royalties/")
    first, second = story.page("seller"), story.page("seller", 1, factor=True)
    first.goto(royalty)
    form = first.locator("form[action$='/distribute']")
    form.evaluate("node => { const more = node.closest('details'); if (more) more.open = true; }")
    form.locator("textarea").fill("Wang; 100%; inventor@example.com; 1000")
    form.locator("button").click()
    first.wait_for_selector(".message.success")
    second.goto(royalty)
    sent(second, "form[action$='/approve'] button")
    second.goto(royalty)
    second.fill("form[action$='/paid'] input[name=receipt]", "B-2026-1")
    sent(second, "form[action$='/paid'] button")


def test_a_patent_goes_from_its_listing_to_the_inventor(story):
    deal = negotiated(story, listed(story))
    settled(story, deal)
    distributed(story, deal)
    inventor = story.page("inventor")
    inventor.goto("/royalties/mine")
    told = inventor.inner_text("main")
    assert WORDS[story.language]["mine"] in told and "B-2026-1" in told and "490,000.00" in told
    logins = {email for (who, nth) in story.pages for email in [story.people[who]["mail"][nth]]}
    assert len(logins) == len(story.pages) == 8
