"""A journey through a written resolution in a real browser: served, answered, closed, its minutes drawn up as PDF, signed by two, verified on the page."""

import json
import subprocess
import sys

import pytest

from tests.journeys.conftest import free_port, prepared, served, stopped
from tests.journeys.test_journey_funds import Committee

pytestmark = [pytest.mark.journey, pytest.mark.slow]
WORLD = """
import json, django
django.setup()
from django.test import Client
from tests.web.conftest import give_factor
from tests.web.funds_world import FundWorld
world = FundWorld()
world.closed()
for n, expert in enumerate(world.experts):
    world.seat(expert, is_chair=n == 0)
projects = {"written": world.at_committee(title="书面表决的项目")}
def cookie(member):
    client = Client()
    client.force_login(member.user)
    give_factor(client)
    return client.cookies["sessionid"].value
people = {"maker": world.maker, "second": world.second, **{f"expert{n}": expert for n, expert in enumerate(world.experts)}}
print(json.dumps({"fund": str(world.fund.pk), "projects": {name: str(one.pk) for name, one in projects.items()},
    "cookies": {name: cookie(member) for name, member in people.items()}}))
"""


@pytest.fixture(scope="module")
def committee(browser, tmp_path_factory):
    environment, port = prepared(tmp_path_factory.mktemp("council")), free_port()
    made = subprocess.run([sys.executable, "-c", WORLD], env=environment, check=True, timeout=180, capture_output=True, text=True)
    process = served(environment, port)
    found = Committee(browser, f"http://127.0.0.1:{port}", json.loads(made.stdout.splitlines()[-1]))
    yield found
    stopped(process)
    assert not found.complaints


def test_a_written_resolution_is_served_passed_and_its_minutes_are_signed_and_verified(committee):
    page = committee.project("maker", "written")
    page.select_option("#form", "written")
    page.evaluate("document.querySelector('#deadline_on').value = new Date(Date.now() + 7 * 864e5).toISOString().slice(0, 10)")
    page.click("form[action$='/sessions'] button")
    page.wait_for_url("**/funds/sessions/*")
    address = page.url
    page = committee.take(address, "open")
    assert page.locator("td:has-text('已送达')").count() == 5
    for n in range(5):
        committee.vote(address, f"expert{n}")
    page = committee.take(address, "close")
    assert "通过" in page.inner_text(".message")

    page = committee.page("maker")
    page.goto(address)
    page.click("form[action$='/minutes/draw-up'] button")
    page.wait_for_load_state()
    for who in ("expert0", "maker"):
        page = committee.page(who)
        page.goto(address)
        page.click("form[action$='/minutes/sign'] button")
        page.wait_for_load_state()
    assert page.locator(".tag.good:has-text('四项均为')").count() == 2
    with page.expect_download() as got:
        page.click("a[href$='/minutes/zh.pdf']")
    assert got.value.path().read_bytes().startswith(b"%PDF-")
