"""The journey of a colleague: invited by an administrator, password and second factor set, approver; later removed, the desk handed over."""

import re
from pathlib import Path

import pyotp
import pytest

from tests.journeys.conftest import EMAIL, PASSWORD, free_port, prepared, served, stopped

pytestmark = [pytest.mark.journey, pytest.mark.slow]
COLLEAGUE, HER_PASSWORD = "colleague@example.com", "a sentence of the colleague"


@pytest.fixture(scope="module")
def own_site(tmp_path_factory):
    """A site of this journey's own, and the folder into which it writes letters."""
    environment, port = prepared(tmp_path_factory.mktemp("people")), free_port()
    process = served(environment, port)
    yield f"http://127.0.0.1:{port}", Path(environment["LANGQIAO_VAR"], "mail")
    stopped(process)


def opened(browser, site, language="zh-CN"):
    """A new browser, with what its console complained about."""
    page = browser.new_context(base_url=site, locale=language, viewport={"width": 1440, "height": 900}).new_page()
    page.set_default_timeout(20_000)
    complaints = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda told: complaints.append(told.text) if "Content Security Policy" in told.text else None)
    return page, complaints


def log_in(page, email, password):
    page.goto("/log-in")
    page.fill("#email", email)
    page.fill("#password", password)
    page.click("main button.decide")


def set_up_factor(page, password):
    """Reads the secret off the page as an authenticator would, and gives the first code; returns secret and recovery codes."""
    page.goto("/account/second-factor")
    page.wait_for_selector(".qr svg")
    secret = page.inner_text("#secret").replace(" ", "")
    page.fill("#password", password)
    page.fill("#code", pyotp.TOTP(secret).now())
    page.click("main button.decide")
    page.wait_for_selector(".codes li")
    return secret, page.locator(".codes li").all_inner_texts()


def letter(folder):
    """The newest letter's link."""
    newest = max(folder.iterdir(), key=lambda path: path.stat().st_mtime_ns)
    return re.search(r"/invitations/\S+", newest.read_text(encoding="utf-8").replace("=\n", ""))[0]


def test_a_colleague_is_invited_works_and_leaves_her_desk_to_another(browser, own_site):
    site, folder = own_site
    admin, complaints = opened(browser, site)
    log_in(admin, EMAIL, PASSWORD)
    admin.wait_for_url("**/desk")
    set_up_factor(admin, PASSWORD)
    admin.goto("/organization/people")
    admin.fill("#invite-email", COLLEAGUE)
    admin.select_option("#invite-role", "approver")
    admin.click("text=发出邀请")
    admin.wait_for_selector(".message:has-text('colleague@example.com')")

    her, her_complaints = opened(browser, site, "en-US")
    link = letter(folder)
    her.goto(link)
    her.fill("#name", "Colleague")
    her.fill("#password", HER_PASSWORD)
    her.click("text=Make the account and join")
    her.wait_for_url("**/account/second-factor")
    _secret, codes = set_up_factor(her, HER_PASSWORD)
    assert len(codes) == 10
    her.goto("/desk")
    assert her.locator("a:has-text('桥头大学')").count() >= 1

    again, _ = opened(browser, site, "en-US")
    again.goto(link)
    assert again.locator("text=link_not_valid").count() == 1
    log_in(again, COLLEAGUE, HER_PASSWORD)
    again.wait_for_url("**/log-in/code**")
    again.fill("#code", codes[0])
    again.click("main button.decide")
    again.wait_for_url("**/desk")
    again.goto("/account")
    assert again.locator("section:has(#sessions) tbody tr").count() == 2

    admin.goto("/organization/people")
    row = admin.locator("tr", has_text=COLLEAGUE)
    row.locator("summary").click()
    row.locator("select[name=successor]").select_option(label="Journey")
    row.locator("text=确认结束").click()
    admin.wait_for_selector(".message:has-text('Colleague')")
    assert admin.locator("tr", has_text=COLLEAGUE).count() == 0
    her.goto("/desk")
    assert her.locator("text=not_a_member").count() == 1
    assert complaints == [] and her_complaints == []
