"""A served site with a small real lake and a headless Chromium, for journeys in a real browser."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from importlib.resources import files
from pathlib import Path

import pytest

CHROMIUM = next(
    (path for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser", shutil.which("chromium") or "") if path and Path(path).exists()),
    "",
)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage", "--disable-component-update"]
EMAIL, PASSWORD = "journey@example.com", "a sentence for the journey"
START_S = 60


def free_port():
    """A port nobody listens on now."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return asked.getsockname()[1]


def surroundings(var):
    """The environment of a site of its own below `var`."""
    return {
        **os.environ,
        "LANGQIAO_VAR": str(var),
        "LANGQIAO_LAKE": str(var / "lake"),
        "LANGQIAO_SECRET": "journeys-only-" + "0" * 50,
        "DJANGO_SETTINGS_MODULE": "langqiao.web.settings",
    }


def lake_made(environment):
    """A lake of the shipped facts, computed and indexed."""
    facts = [str(files("langqiao.data.facts").joinpath(name)) for name in ("cn_patents.csv", "cn_events.csv")]
    program = (
        "import datetime, sys; from pathlib import Path; from langqiao.data.lake.store import Lake;"
        "from langqiao.data.pipeline import STAGES, run;"
        "run(Lake(Path(sys.argv[1])), datetime.date.today(), paths=sys.argv[2:], stages=[s for s in STAGES if s.name != 'vectors'])"
    )
    subprocess.run([sys.executable, "-c", program, environment["LANGQIAO_LAKE"], *facts], env=environment, check=True, timeout=300)


def prepared(var):
    """Environment of a site of its own below `var`: a lake of the shipped facts, computed and indexed, and one user in one organization."""
    environment = surroundings(var)
    lake_made(environment)
    people = (
        "import django, sys; django.setup(); from django.core.management import call_command; call_command('migrate', verbosity=0);"
        "from langqiao.web.people.models import User; from langqiao.web.people.services import organization_create;"
        "user = User.objects.create_user(sys.argv[1], sys.argv[2], name='Journey'); organization_create(name='桥头大学', kind='university', by=user)"
    )
    subprocess.run([sys.executable, "-c", people, EMAIL, PASSWORD], env=environment, check=True, timeout=120)
    return environment


def served(environment, port):
    """`langqiao serve` in a process group of its own, answering."""
    log = Path(environment["LANGQIAO_VAR"], "serve.log")
    command = [sys.executable, "-m", "langqiao.cli", "serve", "--port", str(port), "--workers", "1"]
    with log.open("wb") as out:
        process = subprocess.Popen(command, env=environment, start_new_session=True, stdout=out, stderr=subprocess.STDOUT)
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
                return process
        except OSError:
            time.sleep(0.2)
    stopped(process)
    raise AssertionError(f"the site did not answer within {START_S} s: {log.read_text()[-2000:]}")


def stopped(process):
    """Ends the site."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture(scope="session")
def browser():
    """Chromium, or a skip with the reason printed."""
    if not CHROMIUM:
        pytest.skip("no Chromium on this machine: apt-get install chromium, then the journeys run")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()


@pytest.fixture(scope="session")
def site(browser, tmp_path_factory):
    """The address of a served site."""
    environment, port = prepared(tmp_path_factory.mktemp("site")), free_port()
    process = served(environment, port)
    yield f"http://127.0.0.1:{port}"
    stopped(process)


@pytest.fixture
def page(browser, site):
    """A page of a Chinese reader; scripts that fail or are refused by the policy fail the journey."""
    context = browser.new_context(base_url=site, locale="zh-CN", viewport={"width": 1440, "height": 900})
    opened, complaints = context.new_page(), []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on(
        "console",
        lambda told: complaints.append(told.text) if told.type == "error" and "404" not in told.text and "422" not in told.text else None,
    )
    opened.set_default_timeout(20_000)
    yield opened
    context.close()
    assert not complaints


@pytest.fixture
def member(page):
    """The same page, logged in."""
    page.goto("/log-in")
    page.fill("#email", EMAIL)
    page.fill("#password", PASSWORD)
    page.click("main button.decide")
    page.wait_for_url("**/desk")
    return page
