"""The upgrade of a populated store: built at the state of an earlier version, filled, migrated to today's, with nothing lost.

Each tagged version gets an entry in `STATES` when it is tagged: the last migration of every room at that version. No version is tagged
yet; the first entry is the state before the market was built (commit 80512f4), from which development stores are upgraded.
"""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests import postgres

ROOT = Path(__file__).parents[2]
STATES = {
    "before-the-market": {
        "people": "0001_initial",
        "work": "0001_initial",
        "portfolio": "0001_initial",
        "appraisals": "0002_immutable",
        "sessions": "0001_initial",
    },
}
BUILD = """
import datetime as dt, json, sys
import django; django.setup()
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
state = json.loads(sys.argv[1])
for room, name in state.items():
    call_command("migrate", room, name, verbosity=0)
old = MigrationExecutor(connection).loader.project_state(list(state.items())).apps
user = old.get_model("people", "User").objects.create(email="old@example.com", name="Old 老用户", password="!")
organization = old.get_model("people", "Organization").objects.create(name="桥头大学", kind="university")
old.get_model("people", "Membership").objects.create(user=user, organization=organization, role="admin")
portfolio = old.get_model("portfolio", "Portfolio").objects.create(organization=organization, name="Old")
for n in range(50):
    old.get_model("portfolio", "PortfolioItem").objects.create(portfolio=portfolio, key=f"CN-{n}-A", title=f"标题 {n}", office="CN")
old.get_model("appraisals", "RecordedGrade").objects.create(
    key="CN-1-A", as_of=dt.date(2026, 1, 1), lake_version="v", body="{}", sha256="0" * 64, organization=organization, by=user,
    scheme="gbt-42748-2023", scheme_version="1")
"""
UPGRADE = """
import django; django.setup()
from django.core.management import call_command
from django.db import DatabaseError, transaction
call_command("migrate", verbosity=0)
call_command("makemigrations", check=True, dry_run=True, verbosity=0)
from langqiao.web.appraisals.models import RecordedGrade
from langqiao.web.people.models import Membership, User
from langqiao.web.portfolio.models import PortfolioItem
assert User.objects.get(email="old@example.com").name == "Old 老用户"
assert Membership.objects.get().role == "admin"
assert sorted(PortfolioItem.objects.values_list("title", flat=True)) == sorted(f"标题 {n}" for n in range(50))
try:
    with transaction.atomic():
        RecordedGrade.objects.update(letter="A")
except DatabaseError:
    pass
else:
    raise SystemExit("the upgrade lost the triggers of the recorded grades")
from langqiao.web.audit.services import record_append
with transaction.atomic():
    record_append(actor="platform", action="test.upgraded", subject="organization/1", payload={})
"""


def run(code, environment, *arguments):
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], env=environment, capture_output=True, text=True, cwd=ROOT, timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]


def environment_of(var, database=""):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LANGQIAO_", "DATABASE_URL", "DJANGO_"))}
    more = {"DATABASE_URL": database} if database else {}
    return kept | more | {"LANGQIAO_VAR": str(var), "DJANGO_SETTINGS_MODULE": "langqiao.web.settings"}


@pytest.mark.slow
@pytest.mark.parametrize("version", STATES)
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_populated_store_of_an_earlier_version_becomes_one_of_today_with_nothing_lost(version, database, tmp_path):
    address = ""
    if database == "postgresql":
        postgres.execute("DROP DATABASE IF EXISTS upgrade_store")
        postgres.execute("CREATE DATABASE upgrade_store")
        address = postgres.url("upgrade_store")
    environment = environment_of(tmp_path, address)
    run(BUILD, environment, json.dumps(STATES[version]))
    run(UPGRADE, environment)
    done = subprocess.run(
        [sys.executable, "-m", "langqiao.cli", "audit", "verify", "--json"],
        env=environment,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=60,
        check=False,
    )
    assert json.loads(done.stdout)["intact"], done.stdout + done.stderr
    if database == "sqlite":
        with sqlite3.connect(tmp_path / "langqiao.sqlite3") as books:
            assert books.execute("PRAGMA foreign_key_check").fetchall() == []
        books.close()


def test_every_tagged_version_has_a_state_to_upgrade_from():
    done = subprocess.run(["git", "tag", "--list", "v*"], cwd=ROOT, capture_output=True, text=True, timeout=20, check=False)
    assert set(done.stdout.split()) <= set(STATES)
