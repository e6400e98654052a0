"""The site's defenses on every route: policy, frames, cookies, inline code; and settings that are fit for real users."""

import os
import re
import subprocess
import sys

import pytest
from django.test import Client
from django.urls import reverse

from tests.web.conftest import PASSWORD
from tests.web.routes import ROUTES, owned_by
from tests.web.test_web_routes import filled, opened_by

INLINE = re.compile(rb"<script(?![^>]*\bsrc=)[^>]*>|<style[\s>]|\sstyle\s*=\s*[\"']|\son[a-z]+\s*=\s*[\"']|javascript:", re.IGNORECASE)
OUTSIDE = re.compile(rb"<(?:script|link|img|iframe|object|embed|form)\b[^>]*(?:src|href|action)=[\"'](?:https?:)?//", re.IGNORECASE)
WHOLE_CHARTS = {"patent_chart", "calculation_chart", "portfolio_chart"}
"""Answers that are pictures: they carry the policy too and are shown as <img>, where nothing in them runs."""


@pytest.fixture
def answers(people, facts_lake):
    """name → answer of every route to the administrator, who sees most."""
    owned, client = owned_by(people), opened_by(Client(), people, "admin")
    found = {}
    for name, (_who, method, arguments) in ROUTES.items():
        address = reverse(name, kwargs=filled(arguments, owned))
        found[name] = getattr(client, method)(address)
        if name == "log_out":
            client = opened_by(Client(), people, "admin")
    return found


def test_every_answer_carries_the_policy_without_unsafe_and_no_frame_may_hold_it(answers):
    assert len(answers) > 60
    for name, answer in answers.items():
        policy = answer.headers.get("Content-Security-Policy", "")
        assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy and "object-src 'none'" in policy, name
        assert "unsafe" not in policy and "*" not in policy and "data:" not in policy and "http" not in policy, name
        assert answer.headers["X-Frame-Options"] == "DENY", name
        assert answer.headers["X-Content-Type-Options"] == "nosniff", name
        assert answer.headers["Referrer-Policy"] == "same-origin", name
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin", name


def test_no_page_holds_code_or_style_of_its_own_nor_asks_another_site(answers):
    pages = 0
    for name, answer in answers.items():
        if answer.streaming or not answer.headers.get("Content-Type", "").startswith("text/html") or name in WHOLE_CHARTS:
            continue
        pages += 1
        assert not INLINE.search(answer.content), (name, INLINE.search(answer.content))
        assert not OUTSIDE.search(answer.content), (name, OUTSIDE.search(answer.content))
    assert pages > 30


def test_answers_to_a_member_are_kept_by_no_cache(answers):
    for name in ("desk", "account", "organization_people", "portfolios", "portfolio"):
        assert "no-store" in answers[name].headers["Cache-Control"] and "private" in answers[name].headers["Cache-Control"], name


def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites(people):
    client = Client()
    client.get("/log-in")
    client.post("/log-in", {"email": "editor@example.com", "password": PASSWORD})
    client.post("/language", {"language": "en"})
    assert {"sessionid", "csrftoken", "langqiao_device", "django_language"} <= set(client.cookies)
    for name, cookie in client.cookies.items():
        assert cookie["httponly"] and cookie["samesite"] == "Lax", name


SECURE = {"LANGQIAO_HTTPS": "1", "LANGQIAO_HOSTS": "langqiao.example", "LANGQIAO_MAIL_HOST": "mail.example"}
COOKIES = """
import django; django.setup()
from django.core.management import call_command; call_command("migrate", verbosity=0); call_command("collectstatic", interactive=False, verbosity=0)
from django.test import Client
from langqiao.web.people.models import User
User.objects.create_user("a@example.com", "a long enough sentence")
client = Client(headers={"host": "langqiao.example"})
plain = client.get("/log-in"); assert plain.status_code == 301 and plain.url == "https://langqiao.example/log-in", plain
secure = {"X-Forwarded-Proto": "https"}
page = client.get("/log-in", headers=secure); assert page.status_code == 200
assert "max-age=31536000" in page.headers["Strict-Transport-Security"]
client.post("/log-in", {"email": "a@example.com", "password": "a long enough sentence"}, headers=secure)
client.post("/language", {"language": "en"}, headers=secure)
assert {"sessionid", "csrftoken", "langqiao_device", "django_language"} <= set(client.cookies), client.cookies
assert all(cookie["secure"] for cookie in client.cookies.values()), client.cookies
assert client.get("/log-in", headers={"host": "evil.example", **secure}).status_code == 400
"""


def run(tmp_path, *command, **environment):
    known = {name: value for name, value in os.environ.items() if not name.startswith(("LANGQIAO_", "DATABASE_URL", "DJANGO_"))}
    known |= {"LANGQIAO_VAR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "langqiao.web.settings", **environment}
    given = known.pop("INPUT", "")
    return subprocess.run([sys.executable, *command], env=known, input=given, capture_output=True, text=True, timeout=120, check=False)


def test_behind_a_proxy_everything_is_sent_over_tls_only(tmp_path):
    done = run(tmp_path, "-c", COOKIES, **SECURE)
    assert done.returncode == 0, done.stderr


def test_the_check_of_the_settings_is_clean_for_production_and_names_what_is_missing_elsewhere(tmp_path):
    clean = run(tmp_path, "-m", "langqiao.cli", "check-deploy", **SECURE)
    assert clean.returncode == 0 and "fit for real users" in clean.stdout, clean.stdout + clean.stderr
    assert "warning" not in clean.stdout and "error" not in clean.stdout
    django = run(tmp_path, "-m", "django", "check", "--deploy", "--fail-level", "WARNING", **SECURE)
    assert django.returncode == 0, django.stderr
    loose = run(tmp_path, "-m", "langqiao.cli", "check-deploy", LANGQIAO_DEMO="1")
    assert loose.returncode == 1 and all(word in loose.stdout for word in ("LANGQIAO_HTTPS", "LANGQIAO_HOSTS", "LANGQIAO_DEMO"))


def test_the_key_is_made_once_and_is_its_owners_alone(tmp_path):
    program = "from django.conf import settings; print(settings.SECRET_KEY)"
    first, second = (run(tmp_path, "-c", program).stdout for _ in range(2))
    assert first == second and len(first.strip()) >= 50
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600
    (tmp_path / "secret.key").chmod(0o644)
    told = run(tmp_path, "-m", "langqiao.cli", "check-deploy", **SECURE)
    assert told.returncode == 1 and "chmod 600" in told.stdout


def test_the_first_administrator_is_made_once_and_the_password_never_stands_on_the_command_line(tmp_path):
    told = ["-m", "langqiao.cli", "setup-admin", "--email", "op@example.com", "--name", "Op", "--organization", "平台"]
    weak = run(tmp_path, *told, LANGQIAO_ADMIN_PASSWORD="short")
    assert weak.returncode == 1 and "12" in weak.stderr
    made = run(tmp_path, *told, "--password-stdin", INPUT="a long enough sentence\n")
    assert made.returncode == 0 and "op@example.com" in made.stdout and "sentence" not in made.stdout + made.stderr
    again = run(tmp_path, *told, LANGQIAO_ADMIN_PASSWORD="a long enough sentence")
    assert again.returncode == 1 and "already_set_up" in again.stderr
    asked = run(tmp_path, "-m", "langqiao.cli", "setup-admin", "--help")
    assert "--password " not in asked.stdout


def test_no_demonstration_comes_into_a_store_of_real_users(tmp_path):
    made = run(
        tmp_path,
        *("-m", "langqiao.cli", "setup-admin", "--email", "op@example.com", "--name", "Op", "--organization", "平台", "--password-stdin"),
        INPUT="a long enough sentence\n",
    )
    assert made.returncode == 0, made.stderr
    program = "import django; django.setup(); from langqiao.web.people.demo import demo_prepare; demo_prepare()"
    tried = run(tmp_path, "-c", program, LANGQIAO_DEMO="1")
    assert tried.returncode != 0 and "Refusal" in tried.stderr
