"""Eight writers on one chain: it never forks, on SQLite and on PostgreSQL, and nothing that was acknowledged is missing."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import postgres

ROOT = Path(__file__).parents[2]
WRITERS, EACH = 8, 25
PROGRAM = f"""
import os, sys
import django; django.setup()
from django.core.management import call_command
from django.db import connections, transaction
call_command("migrate", verbosity=0)
from langqiao.web.audit.services import record_append
connections.close_all()
children = []
for writer in range({WRITERS}):
    child = os.fork()
    if child == 0:
        try:
            for n in range({EACH}):
                with transaction.atomic():
                    first = record_append(actor=f"user/{{writer}}", action="test.raced", subject="test/1", payload={{"n": n}})
                    second = record_append(actor=f"user/{{writer}}", action="test.raced", subject="organization/3", payload={{"n": n}})
                assert second.seq == first.seq + 1 and second.prev_hash == first.hash
            os._exit(0)
        except BaseException as error:
            print(repr(error), file=sys.stderr)
            os._exit(1)
    children.append(child)
failed = [child for child in children if os.waitpid(child, 0)[1]]
sys.exit(f"{{len(failed)}} writers failed" if failed else 0)
"""


@pytest.mark.slow
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_eight_writers_make_one_chain(database, tmp_path):
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("LANGQIAO_", "DATABASE_URL", "DJANGO_"))}
    environment |= {"LANGQIAO_VAR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "langqiao.web.settings"}
    if database == "postgresql":
        postgres.execute("DROP DATABASE IF EXISTS audit_writers")
        postgres.execute("CREATE DATABASE audit_writers")
        environment["DATABASE_URL"] = postgres.url("audit_writers")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, cwd=ROOT, timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    done = subprocess.run(
        [sys.executable, "-m", "langqiao.cli", "audit", "verify", "--json"],
        env=environment,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=60,
        check=False,
    )
    told = json.loads(done.stdout)
    assert told["intact"] and told["size"] == WRITERS * EACH * 2, told
