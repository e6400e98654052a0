"""A fund in a real browser from its first close to the clawback, over eight years that the forms name by their business days."""

import json
import subprocess
import sys

import pytest

from tests.journeys.conftest import free_port, prepared, served, stopped

pytestmark = [pytest.mark.journey, pytest.mark.slow]
START = """
import json, django
django.setup()
from django.test import Client
from tests.web.conftest import give_factor
from tests.web.funds_world import YI, FundWorld
world = FundWorld(charter={"quorum": "1/2"})
world.partners(YI, 2 * YI)
def cookie(member):
    client = Client()
    client.force_login(member.user)
    give_factor(client)
    return client.cookies["sessionid"].value
print(json.dumps({"fund": str(world.fund.pk), "cookies": {name: cookie(getattr(world, name)) for name in ("maker", "second")}}))
"""
BACKSTAGE = """
import json, sys, django
django.setup()
from langqiao.web.funds.models import Fund, Project
from langqiao.web.people.models import Membership, Organization
from tests.web.funds_life_world import LifeWorld
from tests.web.funds_world import YI
world = LifeWorld.__new__(LifeWorld)
world.fund, world.prefix = Fund.objects.get(), ""
world.manager = world.fund.organization
who = lambda name: Membership.objects.get(user__email=name + "@example.com")
world.maker, world.second, world.third = who("maker"), who("second"), who("third")
world.experts = [who(f"expert{n}") for n in range(5)]
"""
RESOLVE = """
world.seats(*world.experts)
made = {}
for title in ("赢的项目", "输的项目"):
    project = world.at_committee(amount_fen=YI // 4, title=title, target=title + "公司")
    world.passed(project)
    world.signed(project)
    made[title] = str(project.pk)
print(json.dumps(made))
"""
WRITE_OFF = """
world.written_off_by_committee(Project.objects.get(title="输的项目"))
print("{}")
"""
PDF = {"name": "paper.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 a paper of the journey"}


class Life:
    """A served site, the fund, and the maker and the approver each in a browser of their own."""

    def __init__(self, browser, site, environment, world):
        self.site, self.environment, self.fund, self.complaints, self.pages, self.projects = site, environment, world["fund"], [], {}, {}
        for who, cookie in world["cookies"].items():
            context = browser.new_context(base_url=site, locale="zh-CN", viewport={"width": 1440, "height": 900})
            context.add_cookies([{"name": "sessionid", "value": cookie, "url": site}])
            page = self.pages[who] = context.new_page()
            page.set_default_timeout(20_000)
            page.on("pageerror", lambda error: self.complaints.append(str(error)))
            page.on("console", lambda told: self.complaints.append(told.text) if "Content Security Policy" in told.text else None)

    def backstage(self, program):
        """What the committee does elsewhere, by the services its pages use; other journeys walk those pages."""
        run = [sys.executable, "-c", BACKSTAGE + program]
        made = subprocess.run(run, env=self.environment, check=True, timeout=120, capture_output=True, text=True)
        return json.loads(made.stdout.splitlines()[-1])

    def open(self, who, part=""):
        page = self.pages[who]
        page.goto(f"/funds/{self.fund}{part}")
        return page

    def send(self, page, button):
        page.click(button)
        page.wait_for_load_state()
        assert page.locator(".message.bad").count() == 0, page.inner_text("main")[:600]

    def approve(self, part=""):
        page = self.open("second", part)
        self.send(page, "button[value='approve'] >> nth=0")
        return page

    def move(self, kind, on, amount="", **more):
        """Asked on the page of the fund, approved by the other."""
        page = self.open("maker")
        page.select_option("#kind", kind)
        page.fill("#on", on)
        page.fill("#amount_fen", amount)
        for name, value in more.items():
            field = page.locator(f"#{name}")
            field.select_option(value) if name in {"partner", "project", "path"} else field.fill(value)
        self.send(page, "form[action$='/orders'] button.decide")
        self.approve()

    def short(self, part, kind, on):
        """A movement whose amount the books give, asked on a page of its own."""
        page = self.open("maker", part)
        form = f"form:has(input[name='kind'][value='{kind}'])"
        page.fill(f"{form} input[name='on']", on)
        self.send(page, f"{form} button")
        return self.approve(part)

    def call(self, on, due, investments):
        page = self.open("maker", "/calls")
        page.fill("#use_investments", investments)
        page.fill("#use_management_fee", "1000000")
        page.fill("form:has(#due_on) input[name='on']", on)
        page.fill("#due_on", due)
        self.send(page, "form:has(#due_on) button")
        self.approve("/calls")

    def partner(self, name):
        page = self.open("maker")
        return page.locator("#partner option", has_text=name).get_attribute("value")

    def value(self, on, **marks):
        for title, fair in marks.items():
            page = self.open("maker", "/value")
            page.select_option("#project", self.projects[title])
            page.fill("#mark-on", on)
            page.fill("#fair_fen", fair)
            page.fill("#inputs", "可比交易")
            page.fill("#mark-reason", "季度重估")
            self.send(page, "form[action$='/marks'] button")
            self.approve("/value")
        page = self.open("maker", "/value")
        page.fill("#valuation-on", on)
        self.send(page, "form[action$='/valuations'] button")
        return self.approve("/value")


@pytest.fixture(scope="module")
def life(browser, tmp_path_factory):
    environment, port = prepared(tmp_path_factory.mktemp("life")), free_port()
    made = subprocess.run([sys.executable, "-c", START], env=environment, check=True, timeout=180, capture_output=True, text=True)
    process = served(environment, port)
    found = Life(browser, f"http://127.0.0.1:{port}", environment, json.loads(made.stdout.splitlines()[-1]))
    yield found
    stopped(process)
    assert not found.complaints


def test_the_first_years_terms_close_calls_a_later_partner_payments_fee_and_value(life):
    page = life.open("maker", "/terms")
    page.click("#new + * , section[aria-labelledby='new'] summary")
    page.select_option("#kind", "american")
    for name, value in (
        ("fee_rate", "0.02"),
        ("fee_months", "12"),
        ("escrow_share", "0.3"),
        ("late_rate", "0.1"),
        ("reason", "合伙人约定"),
    ):
        page.fill(f"#{name}", value)
    page.fill("#from_on", "2017-03-01")
    life.send(page, "section[aria-labelledby='new'] button.decide")
    page = life.approve("/terms")
    assert "逐项目" in page.inner_text("section[aria-labelledby='now']")

    page = life.open("second")
    page.fill("#close-on", "2017-03-01")
    life.send(page, "form[action$='/close'] button")
    life.projects = life.backstage(RESOLVE)

    life.call("2017-04-01", "2017-05-01", "99000000")
    for name, amount in (("合伙人0", "33333333.33"), ("合伙人1", "66666666.67")):
        life.move("receipt", "2017-05-01", amount, partner=life.partner(name))

    page = life.open("maker", "/calls")
    page.click("section[aria-labelledby='later'] summary")
    for name, value in (("name", "后来者"), ("commitment_fen", "100000000"), ("funds_source", "自有资金")):
        page.fill(f"#{name}", value)
    page.set_input_files("#identity", PDF)
    page.set_input_files("#disclosure", PDF)
    life.send(page, "form[action$='/newcomers'] button")
    life.send(life.open("second", "/calls"), "form[action$='/check'] button")
    page = life.short("/calls", "equalization", "2017-07-01")
    assert "2017-07-01" in page.inner_text("section[aria-labelledby='later']")

    for title in ("赢的项目", "输的项目"):
        life.move("disbursement", "2017-08-01", "25000000", project=life.projects[title])
    life.short("/fees", "fee_accrual", "2018-03-01")
    page = life.short("/fees", "fee", "2018-03-01")
    assert "8,000,000.00" in page.inner_text(".figures")  # 2 % of 400 million, the later partner counted from the first close
    page = life.value("2018-03-31", 赢的项目="50000000", 输的项目="10000000")
    assert page.locator("figure.chart img").evaluate(
        "img => img.complete || img.decode().then(() => true)"
    ) and "2018-03-31" in page.inner_text("section[aria-labelledby='valuations']")


def test_the_last_years_a_default_cured_carry_by_deal_write_off_and_clawback(life):
    life.call("2019-04-01", "2019-05-01", "7000000")
    for name, amount in (("合伙人0", "2000000"), ("后来者", "2000000")):
        life.move("receipt", "2019-05-01", amount, partner=life.partner(name))
    page = life.open("maker", "/calls")
    page.fill("form[action$='/defaults'] input[name='on']", "2019-06-01")
    life.send(page, "form[action$='/defaults'] button")
    page = life.open("second", "/calls")
    page.fill("form:has(button[value='declare']) input[name='on']", "2019-06-15")
    life.send(page, "button[value='declare']")
    life.move("receipt", "2019-07-30", "4000000", partner=life.partner("合伙人1"))
    page = life.short("/calls", "late_interest", "2019-07-30")
    assert "已补足" in page.inner_text("section[aria-labelledby='defaults']")

    won, lost = life.projects["赢的项目"], life.projects["输的项目"]
    life.move("proceeds", "2021-03-01", "200000000", project=won, cost_fen="25000000", path="sale")
    life.move("distribution", "2021-03-15", "190000000", project=won)
    page = life.open("second", "/value")
    carry = (190_000_000 - 25_000_000 - 4_000_000) // 5  # the deal's cost and its half of the fee come first, the rest is caught up
    assert f"{carry:,}.00" in page.inner_text("section[aria-labelledby='end'] dl")
    life.backstage(WRITE_OFF)
    life.move("write_off", "2024-12-01", "25000000", project=lost)
    page = life.short("/value", "clawback", "2025-03-01")
    life.value("2025-03-31")
    page = life.open("second", "/reports")
    differences = page.locator("section[aria-labelledby='proof'] tbody tr td:last-child").all_inner_texts()
    assert differences == ["¥0.00"] * 6
    assert "回拨业绩报酬" in page.inner_text("section[aria-labelledby='performance']")
    page = life.open("second")
    assert page.locator("section[aria-labelledby='partners'] tbody tr td:last-child").all_inner_texts() == ["¥0.00"] * 3
