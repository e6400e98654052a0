"""The upgrade of a populated store: built at the state of an earlier version, filled, migrated to today's, with nothing lost.

The state of a tagged version (`v*`) is read from git: the last migration of every room in the tag's tree, so a new tag is tested without a
change here. Migrations that were released are never edited or squashed, or the state could not be built. No version is tagged yet; the named
states are the one before the market was built (commit 80512f4), from which development stores are upgraded, and the one before an account's
transfers were found by group (commit e60cb5d).
"""

import json
import os
import re
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
    "before-the-touches": {
        "people": "0003_demo_store",
        "work": "0001_initial",
        "portfolio": "0001_initial",
        "appraisals": "0002_immutable",
        "sessions": "0001_initial",
        "ledger": "0002_bank",
    },
}
MIGRATION = re.compile(r"src/langqiao/web/(\w+)/migrations/(\d{4}_\w+)\.py")


def git(*arguments):
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=20, check=False)
    return done.stdout.splitlines()


def state_of(tag):
    """The last migration of every room in the tree of a tag."""
    found = {}
    for path in sorted(git("ls-tree", "-r", "--name-only", tag, "src/langqiao/web")):
        if named := MIGRATION.fullmatch(path):
            found[named[1]] = named[2]
    return found | {"sessions": "0001_initial"}


STATES |= {tag: state_of(tag) for tag in git("tag", "--list", "v*")}
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
if "ledger" in state:
    from django.db import transaction
    from langqiao.engine.ledger.entry import Entry
    from langqiao.web.ledger.services import account_ensure
    from langqiao.web.ledger.posting import chain_lock, group_insert, head_and_group
    from langqiao.engine.ledger.row import payload_hash
    with transaction.atomic():
        bank, client = account_ensure(owner="platform", purpose="client_bank"), account_ensure(owner="organization/1", purpose="client_money")
        for n in range(20):
            entries = [Entry(id=f"old{n}.{m}", phase="transfer", debit=bank, credit=client, amount_fen=100, code="old",
                business_date=dt.date(2026, 1, 5)) for m in (1, 2)]
            chain_lock()
            seq, last, _before = head_and_group(f"old{n}")
            group_insert(entries, group=f"old{n}", payload=payload_hash(entries), by="old", at_us=1, end=(seq, last))
"""
UPGRADE = """
import datetime as dt, sys
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
if "ledger" in sys.argv[1]:
    from langqiao.web.ledger.checks import books_check
    from langqiao.web.ledger.selectors import statement
    assert books_check(dt.date(2026, 11, 24)).problems == ()
    lines = statement("organization/1:client_money::CNY")
    assert len(lines) == 40 and lines[-1].balance_fen == 4000, len(lines)
from langqiao.web.audit.services import record_append
with transaction.atomic():
    record_append(actor="platform", action="test.upgraded", subject="organization/1", payload={})
"""


def run(code, environment, *arguments):
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], env=environment, capture_output=True, text=True, cwd=ROOT, timeout=500, check=False
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
    run(UPGRADE, environment, json.dumps(STATES[version]))
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


def test_the_state_of_a_version_is_read_from_its_tree():
    today = state_of("HEAD")
    assert {"people", "ledger", "deals", "audit"} <= set(today)
    for room, name in today.items():
        if room != "sessions":
            assert (ROOT / "src" / "langqiao" / "web" / room / "migrations" / f"{name}.py").exists()


def test_every_migration_of_a_tagged_version_is_still_there_unchanged():
    for tag in git("tag", "--list", "v*"):
        changed = git("diff", "--name-only", "--diff-filter=MDR", tag, "HEAD", "--", "src/langqiao/web")
        assert not [path for path in changed if MIGRATION.fullmatch(path)], tag
