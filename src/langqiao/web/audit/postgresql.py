"""Dump and restore of the books on PostgreSQL: by its own tools where they are installed, else by COPY (`logical`)."""

import os
import shutil
import subprocess
from pathlib import Path

from django.db import connection
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.audit import logical

VARIABLE = "LANGQIAO_PG_BIN"
"""Names the environment variable with the folder of pg_dump and pg_restore, where the ones on the path are older than the server."""


def dump(path: Path, *, snapshot: str) -> None:
    """Writes the whole database as of the open transaction's snapshot, by COPY where there is no pg_dump.

    Refused (backup_tool_missing) where pg_dump is there and does not succeed (it is older than the server).
    """
    if _place("pg_dump") is None:
        logical.dump(path)
        return
    _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={path}")


def load(path: Path) -> None:
    """Fills an empty database from a dump, all or nothing. Refused (backup_in_the_way) where it holds tables."""
    with connection.cursor() as cursor:
        if connection.introspection.table_names(cursor):
            facts = {"place": str(connection.settings_dict["NAME"])}
            raise Refusal("backup_in_the_way", _("The database %(place)s holds tables; a restore needs an empty one.") % facts, facts=facts)
    if logical.is_logical(path):
        logical.load(path)
        return
    _run("pg_restore", "--exit-on-error", "--single-transaction", "--no-owner", f"--dbname={connection.settings_dict['NAME']}", str(path))


def _place(tool: str) -> str | None:
    return shutil.which(tool, path=os.environ.get(VARIABLE, "") or None)


def _run(tool: str, *arguments: str) -> None:
    place = _place(tool)
    if place is None:
        raise Refusal("backup_tool_missing", _("%(tool)s is not installed.") % {"tool": tool}, facts={"tool": tool})
    done = subprocess.run([place, *arguments], env=_environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        why = done.stderr.strip()[:500]
        text = _("%(tool)s did not succeed: %(why)s")
        raise Refusal("backup_tool_missing", text % {"tool": tool, "why": why}, facts={"tool": f"{tool} ({why})"})


def _environment() -> dict[str, str]:
    """How the tools reach the database; the password never stands on a command line."""
    told = connection.settings_dict
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    return {**os.environ, **{variable: str(told[name]) for variable, name in names.items() if told.get(name)}}
