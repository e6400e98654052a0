"""A journey through a 301-million second-license securitization in a real browser: structured, placed, issued, served, triggered, its statement read."""

import json
import subprocess
import sys

import pytest

from tests.journeys.conftest import free_port, prepared, served, stopped

pytestmark = [pytest.mark.journey, pytest.mark.slow]
WORLD = """
import datetime, json, sys, django
django.setup()
from django.test import Client
from django.utils import timezone
from tests.web import securitization_world as w
from tests.web.conftest import give_factor
from langqiao.engine.kernel.dates import add_months
today = timezone.localdate()
w.CUT_OFF, w.FIRST_END = add_months(today, -3), today
world = w.SecuritizationWorld(fixed=False)
deal = world.brought("pooled", world.licensed_pool(world.draft("second_license", cut_off_on=w.CUT_OFF)))
def cookie(member):
    client = Client()
    client.force_login(member.user)
    give_factor(client)
    return client.cookies["sessionid"].value
pairs = {"arranger": world.arranger, "lessor": world.lessor, "trustee": world.trustee, "bank": world.bank}
rows = world.due_until(deal, today, skip=("SL-01", "SL-02"))
sheet = "claim,on,amount,ref\\n" + "\\n".join(",".join(row[name] for name in ("claim", "on", "amount", "ref")) for row in rows)
print(json.dumps({"deal": str(deal.pk), "today": today.isoformat(), "sheet": sheet,
    "ids": {name: pair[0].organization_id for name, pair in pairs.items()},
    "cookies": {f"{name}{n}": cookie(one) for name, pair in pairs.items() for n, one in enumerate(pair, 1)}}))
"""


class Market:
    """A site of its own; every person has a browser signed in with a second factor."""

    def __init__(self, browser, site, world):
        self.browser, self.site, self.world, self.pages, self.complaints = browser, site, world, {}, []

    def page(self, who, path=""):
        if who not in self.pages:
            context = self.browser.new_context(base_url=self.site, locale="zh-CN", viewport={"width": 1440, "height": 900})
            context.add_cookies([{"name": "sessionid", "value": self.world["cookies"][who], "url": self.site}])
            page = self.pages[who] = context.new_page()
            page.set_default_timeout(30_000)
            page.on("pageerror", lambda error: self.complaints.append(str(error)))
            page.on("console", lambda told: self.complaints.append(told.text) if "Content Security Policy" in told.text else None)
        page = self.pages[who]
        page.goto(f"/securitizations/{self.world['deal']}{path}")
        return page

    def press(self, page, selector):
        page.click(selector)
        page.wait_for_load_state()
        return page

    def both(self, who, event):
        """One asks, another approves."""
        self.press(self.page(f"{who}1"), f"form[action$='/ask/{event}'] button")
        return self.press(self.page(f"{who}2"), f"form[action$='/step/{event}'] button")


@pytest.fixture(scope="module")
def market(browser, tmp_path_factory):
    environment, port = prepared(tmp_path_factory.mktemp("securitization")), free_port()
    made = subprocess.run([sys.executable, "-c", WORLD], env=environment, check=True, timeout=180, capture_output=True, text=True)
    process = served(environment, port)
    found = Market(browser, f"http://127.0.0.1:{port}", json.loads(made.stdout.splitlines()[-1]))
    yield found
    stopped(process)
    assert not found.complaints


def structured(market):
    """The arranger types the structure; the figures of the real deal stand in the form already."""
    page = market.page("arranger1", "/structure")
    assert page.input_value("[name='size-0']") == "285000000.00" and page.input_value("[name='rate-0']") == "0.04"
    page.fill("#first_end_on", market.world["today"])
    page.fill("#tax_rate", "0")
    page.fill("[name='size-1']", "15,000,000")
    page.check("#trigger-cumulative_default")
    market.press(page, "button.decide")
    assert "各档之和不等于发行规模" in page.inner_text("[role='alert']")
    page.fill("[name='size-1']", "16,000,000")
    market.press(page, "button.decide")
    assert "优先级" in page.inner_text("#tranches ~ *, section[aria-labelledby='tranches']")


def placed(market):
    """Invited, declared, confirmed, subscribed, allotted."""
    page = market.page("arranger1")
    for who in ("bank", "lessor"):
        page.select_option("#invite", str(market.world["ids"][who]))
        market.press(page, "form[action$='/investors'] button")
    market.press(page, "form[action$='/step/offer'] button")
    for who, place, amount in (("bank2", 0, "285,000,000"), ("lessor2", 1, "16000000")):
        page = market.page(who)
        page.fill("#net_assets_fen", "500000000")
        page.fill("#evidence", "2025年审计报告")
        page.check("#risks_read")
        market.press(page, "form[action$='/declaration'] button")
        page.fill(f"#asked-{place}", amount)
        market.press(page, "form[action$='/subscription'] button")
    page = market.page("arranger2")
    for _investor in range(2):
        market.press(page, "form[action$='/confirm'] button")
    market.both("arranger", "allocate")


def test_a_301_million_second_license_securitization_is_issued_served_and_triggered(market):
    structured(market)
    market.both("lessor", "consent")
    market.both("trustee", "approve")
    placed(market)
    page = market.both("trustee", "issue")
    assert (
        "存续" in page.inner_text(".head") and "2.85" in page.inner_text("section[aria-labelledby='books']")
    ) or "285,000,000.00" in page.content()

    page = market.page("lessor1", "/pool")
    for claim in ("SL-01", "SL-02"):
        row = page.locator("tr", has_text=claim)
        row.locator("summary").click()
        row.locator("input[name='reason']").fill("破产受理")
        row.locator("form[action$='/default'] button").click()
        page.wait_for_load_state()
    page = market.page("lessor1")
    page.set_input_files("#c-file", {"name": "receipts.csv", "mimeType": "text/csv", "buffer": market.world["sheet"].encode()})
    market.press(page, "form[action$='/collections'] button")
    page = market.both("lessor", "report")
    assert "加速清偿" in page.inner_text(".head") and "累计违约率" in page.inner_text(".message.bad")

    page = market.both("trustee", "pay")
    assert "不一致" not in page.inner_text("section[aria-labelledby='books']")
    page = market.page("trustee1", "/dates/1")
    ladder = page.inner_text("section[aria-labelledby='ladder']")
    assert "优先级本金" in ladder and "剩余收益" not in ladder and "次级" not in ladder.replace("次级本金", "")

    page = market.page("trustee1", "/scenarios")
    assert page.evaluate("[...document.images].every(one => one.complete && one.naturalWidth > 0)")
    page = market.page("bank1")
    with page.expect_download() as file:
        page.click("a[href$='statement.pdf']")
    assert file.value.path().read_bytes().startswith(b"%PDF-")
