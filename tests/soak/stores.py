"""Stores of the tests' own: an empty migrated database on SQLite or PostgreSQL, as the environment of the processes that use it."""

import functools
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests import postgres

VENDORS = ("sqlite", "postgresql")
NUMBERS = itertools.count()


def environment(var, database=""):
    """What a process needs to open the store below `var`."""
    found = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "LANGQIAO_TEST_DATABASE"}}
    found |= {"LANGQIAO_VAR": str(var), "LANGQIAO_LAKE": str(Path(var) / "lake"), "LANGQIAO_SECRET": "soak-only-" + "0" * 50}
    found |= {"DJANGO_SETTINGS_MODULE": "langqiao.web.settings"}
    return found | ({"DATABASE_URL": postgres.url(database)} if database else {})


@functools.cache
def template(vendor):
    """A migrated empty store that others are copies of; made once in a process."""
    folder = Path(tempfile.mkdtemp(prefix="langqiao-soak-"))
    name = ""
    if vendor == "postgresql":
        name = f"soak_template_{os.getpid()}"
        postgres.execute(f"CREATE DATABASE {name}")
    subprocess.run(
        [sys.executable, "-m", "django", "migrate", "-v0"], env=environment(folder, name), check=True, timeout=300, capture_output=True
    )
    return name or folder


def store(vendor, folder):
    """The environment of a new empty store; what it writes beside the database goes below `folder`."""
    var = Path(folder) / f"{vendor}-{next(NUMBERS)}"
    if vendor == "sqlite":
        shutil.copytree(template(vendor), var)
        return environment(var)
    var.mkdir()
    name = f"soak_{os.getpid()}_{next(NUMBERS)}"
    postgres.execute(f"CREATE DATABASE {name} TEMPLATE {template(vendor)}")
    return environment(var, name)


def run(program, store_environment, *arguments, timeout_s=600):
    """The last line that `python -m tests.soak.PROGRAM` prints; its whole output on failure."""
    command = [sys.executable, "-m", f"tests.soak.{program}", *map(str, arguments)]
    answer = subprocess.run(command, env=store_environment, capture_output=True, text=True, timeout=timeout_s, check=False)
    assert answer.returncode == 0, answer.stdout[-4000:] + answer.stderr[-6000:]
    return answer.stdout.strip().splitlines()[-1]
