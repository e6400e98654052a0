"""The journey of a right: claimed with a certificate in Chinese, reviewed by the office with its second factor, then owned, with calendar and history."""

import subprocess
import sys

import pytest

from tests.journeys.conftest import EMAIL, PASSWORD, free_port, prepared, served, stopped
from tests.journeys.test_journey_people import log_in, opened, set_up_factor

pytestmark = [pytest.mark.journey, pytest.mark.slow]
KEY = "CN-102329749-B"
OFFICER, HIS_PASSWORD = "officer@example.com", "a sentence of the officer"
OFFICE = """
import django, sys
django.setup()
from django.utils import timezone
from langqiao.web.people.models import Membership, Organization, User
office = Organization.objects.create(name="桥头知识产权局", kind="office", check_state="verified", check_document="charter", checked_at=timezone.now())
officer = User.objects.create_user(sys.argv[1], sys.argv[2], name="Officer")
Membership.objects.create(user=officer, organization=office, role="approver")
"""


@pytest.fixture(scope="module")
def own_site(tmp_path_factory):
    """A site of this journey's own with an office beside the university."""
    environment, port = prepared(tmp_path_factory.mktemp("rights")), free_port()
    subprocess.run([sys.executable, "-c", OFFICE, OFFICER, HIS_PASSWORD], env=environment, check=True, timeout=60)
    process = served(environment, port)
    yield f"http://127.0.0.1:{port}"
    stopped(process)


def test_a_right_is_claimed_reviewed_and_owned(browser, own_site):
    holder, complaints = opened(browser, own_site)
    log_in(holder, EMAIL, PASSWORD)
    holder.goto(f"/patents/{KEY}/operations")
    holder.click("text=运营档案")
    holder.click("text=认领该权利")
    holder.fill("#owners", "桥头大学 | 2/3\n某某公司 | 1/2")
    holder.fill("#mine", "桥头大学")
    certificate = {"name": "证书.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 certificate"}
    holder.set_input_files("#file", certificate)
    holder.click("main button.decide")
    assert "owner_shares_do_not_sum" in holder.inner_text("[role=alert]")
    holder.fill("#owners", "桥头大学 | 2/3\n某某公司 | 1/3")
    holder.set_input_files("#file", certificate)
    holder.click("main button.decide")
    holder.wait_for_selector("text=待审核")
    petition = holder.url

    officer, more = opened(browser, own_site, "en-US")
    log_in(officer, OFFICER, HIS_PASSWORD)
    officer.wait_for_load_state()
    set_up_factor(officer, HIS_PASSWORD)
    officer.goto("/rights/review")
    officer.click("text=claim of ownership")
    officer.wait_for_selector("text=2/3")
    officer.click("button[value=accept]")
    officer.wait_for_selector("text=accepted")

    holder.goto(petition)
    holder.wait_for_selector("text=已接受")
    holder.goto("/rights")
    assert "2/3" in holder.inner_text("table")
    holder.click(f"text={KEY}")
    holder.wait_for_selector("text=已在本站核实，可行使权利")
    assert complaints == more == []
