"""A journey through an insurance in a real browser: a claim inside the waiting period is refused with its rule, a later one is paid."""

import datetime as dt
import json
import subprocess
import sys

import pytest

from tests.journeys.conftest import free_port, prepared, served, stopped

pytestmark = [pytest.mark.journey, pytest.mark.slow]
WORLD = """
import json, sys, django
django.setup()
from django.test import Client
from tests.web.conftest import give_factor
from tests.web.insurance_world import InsuranceWorld, rated
class NoPatch:
    def setattr(self, *args): raise AssertionError("the journey keeps the real day")
world = InsuranceWorld(NoPatch())
products = {"waits": world.product(rated(waiting_days="30")), "at_once": world.product(rated(waiting_days="0"))}
def cookie(member):
    client = Client()
    client.force_login(member.user)
    give_factor(client)
    return client.cookies["sessionid"].value
people = {"holder": world.holder[0], "holder2": world.holder[1], "insurer": world.insurer[0], "insurer2": world.insurer[1]}
print(json.dumps({"products": {name: str(one.pk) for name, one in products.items()}, "cookies": {name: cookie(one) for name, one in people.items()}}))
"""
PDF = {"name": "paper.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 a paper of the journey"}


class Insured:
    """A site of its own; every person has a browser signed in with a second factor."""

    def __init__(self, browser, site, world):
        self.browser, self.site, self.world, self.pages, self.complaints = browser, site, world, {}, []

    def page(self, who):
        if who not in self.pages:
            context = self.browser.new_context(base_url=self.site, locale="zh-CN", viewport={"width": 1440, "height": 900})
            context.add_cookies([{"name": "sessionid", "value": self.world["cookies"][who], "url": self.site}])
            page = self.pages[who] = context.new_page()
            page.set_default_timeout(30_000)
            page.on("pageerror", lambda error: self.complaints.append(str(error)))
            page.on("console", lambda told: self.complaints.append(told.text) if "Content Security Policy" in told.text else None)
        return self.pages[who]

    def two(self, address, event, pair, **fields):
        """The first asks with the fields, the second takes the step."""
        for who in pair:
            page = self.page(who)
            page.goto(address)
            step = page.locator(f"section[aria-labelledby=step-{event}]")
            for name, value in fields.items() if who == pair[0] else ():
                field = step.locator(f"[name={name}]")
                field.select_option(value) if field.evaluate("one => one.tagName") == "SELECT" else field.fill(value)
            step.locator("form button").first.click()
            page.wait_for_load_state()

    def policy(self, product):
        page = self.page("holder")
        page.goto(f"/insurance/quote?product={self.world['products'][product]}")
        page.fill("#patents", "CN 102905253 B")
        page.fill("#limit_fen", "400000.00")
        page.click("main form button.decide")
        page.wait_for_url("**/insurance/policies/*")
        address = page.url
        page.locator("section[aria-labelledby=step-accept] button").click()
        page.wait_for_load_state()
        self.two(address, "underwrite", ("insurer", "insurer2"))
        self.two(address, "pay", ("holder", "holder2"))
        page.goto(address)
        assert "生效" in page.locator(".head").inner_text()
        return address

    def claim(self, policy):
        page = self.page("holder")
        page.goto(f"{policy}/claims")
        page.fill("#incident_on", dt.datetime.now(dt.timezone(dt.timedelta(hours=8))).date().isoformat())
        page.select_option("#patent", index=1)
        page.fill("#legal_fen", "30000.00")
        page.fill("#description", "对手在同一商品上使用该方法，已立案。")
        page.click("main form button.decide")
        page.wait_for_url("**/insurance/claims/*")
        for kind in ("case_acceptance", "invoice"):
            page.select_option("#paper-kind", kind)
            page.set_input_files("#paper-file", PDF | {"buffer": PDF["buffer"] + kind.encode()})
            page.locator("form[enctype] button").click()
            page.wait_for_load_state()
        insurer = self.page("insurer")
        insurer.goto(page.url)
        insurer.fill("#reserve-reserve_fen", "25000")
        insurer.fill("#reserve-reason", "初步估计")
        insurer.locator("section[aria-labelledby=step-reserve] button").click()
        insurer.wait_for_load_state()
        return page.url


@pytest.fixture(scope="module")
def insured(browser, tmp_path_factory):
    """An insurer with two products and a holder with money, served."""
    environment, port = prepared(tmp_path_factory.mktemp("insurance")), free_port()
    made = subprocess.run([sys.executable, "-c", WORLD], env=environment, check=True, timeout=300, capture_output=True)
    process = served(environment, port)
    found = Insured(browser, f"http://127.0.0.1:{port}", json.loads(made.stdout.decode().splitlines()[-1]))
    yield found
    for page in found.pages.values():
        page.context.close()
    stopped(process)


def test_a_claim_in_the_waiting_period_is_refused_and_one_after_it_is_paid(insured):
    waiting = insured.claim(insured.policy("waits"))
    page = insured.page("insurer")
    page.goto(waiting)
    assert "等待期" in page.locator("#why-approve").inner_text()
    insured.two(waiting, "refuse", ("insurer", "insurer2"), ground="claim_in_waiting_period", reason="事故在等待期内")
    holder = insured.page("holder")
    holder.goto(waiting)
    assert "拒赔" in holder.locator(".head").inner_text() and holder.locator("section[aria-labelledby=step-object]").count() == 1
    address = insured.policy("at_once")
    paid = insured.claim(address)
    insured.two(paid, "approve", ("insurer", "insurer2"), legal_fen="30000.00")
    insured.two(paid, "settle", ("insurer", "insurer2"))
    holder.goto(paid)
    text = holder.locator("main").inner_text()
    assert "已赔付" in text and "26,100.00" in text  # (30,000 − 1,000) × 0.9
    assert insured.complaints == []
