"""A journey through a committee in a real browser: it refuses one deal for quorum and one for conflict, passes a third, and money moves only then."""

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
from tests.web.funds_world import YI, FundWorld
world = FundWorld()
world.closed()
world.seats(*world.experts)
world.paid_in(YI)
projects = {"quorum": world.at_committee(title="缺法定人数的项目"), "conflict": world.at_committee(title="有冲突的项目", target=world.outside.name),
    "third": world.at_committee(title="通过的项目")}
def cookie(member):
    client = Client()
    client.force_login(member.user)
    give_factor(client)
    return client.cookies["sessionid"].value
people = {"maker": world.maker, "second": world.second, **{f"expert{n}": expert for n, expert in enumerate(world.experts)}}
print(json.dumps({"fund": str(world.fund.pk), "projects": {name: str(one.pk) for name, one in projects.items()},
    "cookies": {name: cookie(member) for name, member in people.items()}}))
"""
PDF = {"name": "paper.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 a paper of the journey"}
EXPERTS = [f"expert{n}" for n in range(5)]


class Committee:
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

    def project(self, who, name):
        page = self.page(who)
        page.goto(f"/funds/projects/{self.world['projects'][name]}")
        return page

    def fund(self, who):
        page = self.page(who)
        page.goto(f"/funds/{self.world['fund']}")
        return page

    def call(self, name, *, conditions=""):
        """The maker calls the committee with today as the deadline; the address of the session."""
        page = self.project("maker", name)
        page.fill("#conditions", conditions)
        page.click("form[action$='/sessions'] button")
        page.wait_for_url("**/funds/sessions/*")
        return page.url

    def take(self, address, event):
        page = self.page("second")
        page.goto(address)
        page.click(f"form.step:has(input[value='{event}']) button")
        page.wait_for_load_state()
        return page

    def vote(self, address, who):
        page = self.page(who)
        page.goto(address)
        page.click("form[action$='/declare'] button")
        page.wait_for_load_state()
        page.check("input[name='vote'][value='for']")
        page.fill("#reason", "权属清楚，价格合理")
        page.click("form[action$='/vote'] button")
        page.wait_for_load_state()
        return page

    def ask(self, amount):
        page = self.fund("maker")
        page.select_option("#kind", "disbursement")
        page.fill("#amount_fen", amount)
        page.select_option("#project", self.world["projects"]["third"])
        page.click("form[action$='/orders'] button.decide")
        page.wait_for_load_state()
        return page


@pytest.fixture(scope="module")
def committee(browser, tmp_path_factory):
    environment, port = prepared(tmp_path_factory.mktemp("funds")), free_port()
    made = subprocess.run([sys.executable, "-c", WORLD], env=environment, check=True, timeout=180, capture_output=True, text=True)
    process = served(environment, port)
    found = Committee(browser, f"http://127.0.0.1:{port}", json.loads(made.stdout.splitlines()[-1]))
    yield found
    stopped(process)
    assert not found.complaints


def test_a_committee_refuses_for_quorum_and_for_conflict_and_money_moves_after_the_third_only(committee):
    short = committee.call("quorum")
    committee.take(short, "open")
    for who in EXPERTS[:3]:
        page = committee.vote(short, who)
        assert "已投票" in page.content() and "权属清楚" not in committee.page("second").content()
    page = committee.take(short, "close")
    assert "未通过" in page.inner_text(".message.bad") and "法定人数" in page.inner_text(".message.bad")

    conflicted = committee.call("conflict")
    page = committee.page("second")
    page.goto(conflicted)
    assert page.locator("table .tag.bad").count() == 5
    assert "冲突" in page.inner_text("#why-open")
    assert page.locator("form.step:has(input[value='open']) button[aria-disabled='true']").count() == 1

    page = committee.fund("maker")
    assert page.locator("#project option").count() == 1  # no project of this fund may be paid yet

    third = committee.call("third", conditions="取得环评批复")
    committee.take(third, "open")
    for who in EXPERTS:
        committee.vote(third, who)
    page = committee.take(third, "close")
    assert "通过" in page.inner_text(".message") and page.inner_text("#minutes") == "会议纪要"

    page = committee.ask("10000000")
    assert "conditions_precedent_open" in page.content() and "signature_missing" in page.content()
    page = committee.page("maker")
    page.goto(third)
    page.set_input_files("form[action*='/conditions/'] input[type='file']", PDF)
    page.click("form[action*='/conditions/'] button")
    page.wait_for_load_state()
    page = committee.page("second")
    page.goto(third)
    page.click("form[action*='/conditions/'] button[name='confirm']")
    page.wait_for_load_state()
    for who, code in (("second", "agreement_fund"), ("maker", "agreement_target")):
        page = committee.project(who, "third")
        page.select_option("#code", code)
        page.set_input_files("#paper", PDF)
        page.click("form[action$='/papers'] button")
        page.wait_for_load_state()
    page = committee.ask("10000000")
    page.wait_for_selector("tr:has-text('项目拨付') .tag.attention")
    page = committee.fund("second")
    page.click("button[value='approve']")
    page.wait_for_load_state()
    page = committee.project("second", "third")
    assert "投后" in page.inner_text(".head")
