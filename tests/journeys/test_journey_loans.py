"""A journey through a loan in a real browser: application, appraisal, approval, drawdown; a missed annuity lapses the right; claim and compensation."""

import json
import subprocess
import sys

import pytest

from tests.journeys.conftest import free_port, prepared, served, stopped

pytestmark = [pytest.mark.journey, pytest.mark.slow]
WORLD = """
import json, sys, django
from django.conf import settings
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # nobody logs in by password here, and hashing fourteen takes a minute
django.setup()
from django.test import Client
from tests.web.conftest import give_factor
from tests.web.credit_world import KEY, CreditWorld
class Patch:
    def setattr(self, *given): raise SystemExit("the journey does not move the clock here")
world = CreditWorld(Patch())
world.open_pool()
def cookie(member):
    client = Client()
    client.force_login(member.user)
    give_factor(client)
    return client.cookies["sessionid"].value
pairs = {"borrower": world.borrower, "bank": world.bank, "fund": world.fund, "appraiser": world.appraiser}
print(json.dumps({"key": KEY, "bank": str(world.bank[0].organization_id), "appraiser": str(world.appraiser[0].organization_id), "pool": str(world.pool.pk),
    "people": {"pairs": {name: [one.pk for one in pair] for name, pair in pairs.items()}, "office": [world.office[0].pk], "platform": [one.pk for one in world.platform]},
    "cookies": {f"{name}{n}": cookie(one) for name, pair in pairs.items() for n, one in enumerate(pair)}}))
"""
BEHIND = """
import datetime as dt, sys, django
django.setup()
from django.utils import timezone
from langqiao.web.credit import clock, watch
from langqiao.web.credit.models import Loan
from langqiao.web.people.models import Membership
from tests.web import credit_world, deals_world
what, people = sys.argv[1], __import__("json").loads(sys.argv[2])
loan = Loan.objects.get()
member = lambda pk: Membership.objects.select_related("user", "organization").get(pk=pk)
class World:
    platform = [member(pk) for pk in people["platform"]]
    office = [member(pk) for pk in people["office"]]
    borrower = [member(pk) for pk in people["pairs"]["borrower"]]
    bank = [member(pk) for pk in people["pairs"]["bank"]]
if what == "register":
    credit_world.CreditWorld.register(World, loan)
if what == "lapse":
    credit_world.lapses(clock.today())
    print(watch.loans_watch())
if what == "days":  # days go by: everything the loan has behind it lies so many days earlier, then the duty runs
    gone = dt.timedelta(days=int(sys.argv[3]))
    for row in [loan, *loan.installments.all()]:
        for name in ("drawn_on", "margin_due_on", "accelerated_on", "defaulted_on", "penalty_until", "since", "due_on"):
            if getattr(row, name, None):
                setattr(row, name, getattr(row, name) - gone)
        row.save()
    print(watch.loans_watch())
"""
PDF = {"name": "report.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 report of the journey"}


class Lending:
    """A site of its own; every person has a browser signed in with a second factor."""

    def __init__(self, browser, site, world, environment):
        self.browser, self.site, self.world, self.environment = browser, site, world, environment
        self.pages, self.complaints, self.address = {}, [], "/loans"

    def page(self, who):
        if who not in self.pages:
            context = self.browser.new_context(base_url=self.site, locale="zh-CN", viewport={"width": 1440, "height": 900})
            context.add_cookies([{"name": "sessionid", "value": self.world["cookies"][who], "url": self.site}])
            page = self.pages[who] = context.new_page()
            page.set_default_timeout(30_000)
            page.on("pageerror", lambda error: self.complaints.append(str(error)))
            page.on("console", lambda told: self.complaints.append(told.text) if "Content Security Policy" in told.text else None)
        page = self.pages[who]
        page.goto(self.address)
        return page

    def step(self, who, event, **fields):
        """Fills in and sends the form of a step, or of the request for it."""
        page = self.page(who)
        form = page.locator(f"form[action$='/step/{event}'], form[action$='/ask/{event}']").first
        for name, value in fields.items():
            entry = form.locator(f"[name='{name}']")
            if value is True:
                entry.check()
            elif entry.evaluate("node => node.tagName") == "SELECT":
                entry.select_option(value)
            else:
                entry.fill(value)
        form.locator("button").first.click()
        page.wait_for_load_state()
        return page

    def both(self, pair, event, **fields):
        self.step(f"{pair}0", event, **fields)
        return self.step(f"{pair}1", event)

    def behind(self, what, *more):
        """What happens elsewhere: the office registers, the register tells of a lapse, the clock's duty runs on a later day."""
        command = [sys.executable, "-c", BEHIND, what, json.dumps(self.world["people"]), *more]
        subprocess.run(command, env=self.environment, check=True, timeout=120, capture_output=True)


@pytest.fixture(scope="module")
def lending(tmp_path_factory, browser):
    environment = prepared(tmp_path_factory.mktemp("loans"))
    made = subprocess.run([sys.executable, "-c", WORLD], env=environment, check=True, timeout=280, capture_output=True, text=True)
    port = free_port()
    process = served(environment, port)
    try:
        yield Lending(browser, f"http://127.0.0.1:{port}", json.loads(made.stdout.splitlines()[-1]), environment)
    finally:
        stopped(process)


def test_a_loan_goes_from_application_to_the_pool_s_claim_after_a_missed_annuity_lapsed_the_right(lending):
    page = lending.page("borrower0")
    page.goto("/loans/new")
    page.select_option("#bank", lending.world["bank"])
    page.fill("#patents", lending.world["key"])
    page.fill("#amount_fen", "400000")
    page.fill("#months", "12")
    page.fill("#purpose", "扩建生产线")
    page.click("main form button.decide")
    page.wait_for_url("**/loans/*-*")
    lending.address = page.url
    lending.step("borrower0", "submit")
    lending.step("bank0", "admit", appraiser=lending.world["appraiser"])
    page = lending.page("appraiser0")
    page.select_option("#paper-kind", "appraisal")
    page.set_input_files("#paper-file", PDF)
    page.click("form[action$='/papers'] button")
    page.wait_for_load_state()
    fields = {"appraisers": "甲\n乙", "method_cost": True, "method_income": True, "signed_and_sealed": True, "paper": {"index": 1}}
    _appraise(lending, fields)
    lending.both("bank", "approve", principal_fen="400000", rate_annual="6%", term="12", method="linear", pool=lending.world["pool"])
    page = lending.page("bank0")
    assert "已批准" in page.inner_text("h1 + p")
    page = lending.page("bank0")
    assert page.locator("form[action$='/ask/draw']").count() == 0  # nothing is paid out before the pledge is registered
    lending.step("bank0", "contract")
    lending.behind("register")
    lending.step("bank0", "register")
    page = lending.both("bank", "draw")
    assert "已放款" in page.inner_text("h1 + p")
    lending.behind("lapse")
    page = lending.page("bank0")
    assert "已提前到期" in page.inner_text("h1 + p") and "权利已终止" in page.inner_text("body")
    assert page.locator("img[src*='ltv.svg']").evaluate("image => image.complete && image.naturalWidth > 100")
    lending.behind("days", "16")
    lending.both("bank", "enforce", enforced_by="auction", evidence="(2027)执1")
    page = lending.page("bank0")
    assert "处置中" in page.inner_text("h1 + p")
    assert page.locator("form[action$='/ask/claim']").count() == 0, "the pool is claimed only after its days"
    lending.behind("days", "31")
    page = lending.both("bank", "claim")
    assert "已申请代偿" in page.inner_text("h1 + p")
    lending.both("fund", "compensate_part", amount_fen="100000")
    page = lending.both("fund", "compensate")
    assert "已代偿" in page.inner_text("h1 + p") and "400,000.00" in page.inner_text("section[aria-labelledby='claim']")
    assert not lending.complaints


def _appraise(lending, fields):
    page = lending.page("appraiser0")
    form = page.locator("form[action$='/step/appraise']")
    form.locator("[name='appraisers']").fill(fields["appraisers"])
    for name in ("method_cost", "method_income", "signed_and_sealed"):
        form.locator(f"[name='{name}']").check()
    form.locator("[name='paper']").select_option(index=1)
    form.locator("[name^='value.']").fill("1000000")
    form.locator("button").first.click()
    page.wait_for_load_state()
