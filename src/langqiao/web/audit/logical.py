"""A dump of PostgreSQL without PostgreSQL's tools: every table by COPY within one snapshot, and its way back into an empty database.

The file is a zip: `books.json` (migrations, tables with their columns, sequences) and one `TABLE.copy` a table in COPY's text format.
"""

import json
import zipfile
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal

ABOUT = "books.json"
CHUNK = 1 << 20
TABLES = (
    "SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum) FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid"
    " WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace AND a.attnum > 0 AND NOT a.attisdropped"
    " AND a.attgenerated = '' GROUP BY c.relname ORDER BY c.relname"
)
AT_ONCE = (
    "SELECT child.relname, parent.relname FROM pg_constraint AS k JOIN pg_class AS child ON child.oid = k.conrelid"
    " JOIN pg_class AS parent ON parent.oid = k.confrelid WHERE k.contype = 'f' AND NOT k.condeferrable AND k.conrelid <> k.confrelid"
)
"""References that PostgreSQL checks with each statement: the table referred to is filled first."""
SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = current_schema() AND last_value IS NOT NULL ORDER BY 1"


def is_logical(path: Path) -> bool:
    """Whether a dump was made here, not by pg_dump."""
    return zipfile.is_zipfile(path)


def dump(path: Path) -> None:
    """Writes every table as the open transaction sees it, which has to be REPEATABLE READ so that all are of one moment."""
    with connection.cursor() as cursor, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        cursor.execute(TABLES)
        tables = dict(cursor.fetchall())
        cursor.execute(SEQUENCES)
        sequences = dict(cursor.fetchall())
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY id")
        told = {"format": 1, "migrations": cursor.fetchall(), "tables": tables, "sequences": sequences}
        archive.writestr(ABOUT, json.dumps(told, ensure_ascii=False, indent=1))
        for table, columns in tables.items():
            with archive.open(f"{table}.copy", "w", force_zip64=True) as file, cursor.copy(_copy(table, columns, "TO STDOUT")) as rows:
                for block in rows:
                    file.write(block)


def load(path: Path) -> None:
    """Fills an empty database: the tables as the dump's version of the site makes them, then their rows, in one transaction.

    Refused (backup_damaged) where the dump is of a newer version of the site, or its rows do not fit. The database is empty again then.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            told = json.loads(archive.read(ABOUT))
            _tables_make([tuple(one) for one in told["migrations"]], path)
            _fill(archive, told)
    except BaseException:
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        raise


def _tables_make(migrations: list[tuple[str, str]], path: Path) -> None:
    executor = MigrationExecutor(connection)
    unknown = [one for one in migrations if one not in executor.loader.graph.nodes]
    if unknown:
        facts = {"place": str(path), "why": f"{unknown[0][0]}.{unknown[0][1]}"}
        raise Refusal("backup_damaged", _("The dump %(place)s was made by another version of the site (%(why)s).") % facts, facts=facts)
    MigrationRecorder(connection).ensure_schema()
    executor.migrate(list(dict(migrations).items()))


def _fill(archive: zipfile.ZipFile, told: dict[str, Any]) -> None:
    tables: dict[str, list[str]] = told["tables"]
    with transaction.atomic(), connection.cursor() as cursor:
        names = ", ".join(_quoted(table) for table in tables)
        for table in tables:
            cursor.execute(f"ALTER TABLE {_quoted(table)} DISABLE TRIGGER USER")
        cursor.execute(f"TRUNCATE {names}")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for table in _in_order(cursor, list(tables)):
            with archive.open(f"{table}.copy") as file, cursor.copy(_copy(table, tables[table], "FROM STDIN")) as rows:
                while block := file.read(CHUNK):
                    rows.write(block)
        for name, last in told["sequences"].items():
            cursor.execute("SELECT setval(%s::regclass, %s)", [_quoted(name), last])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            cursor.execute(f"ALTER TABLE {_quoted(table)} ENABLE TRIGGER USER")


def _in_order(cursor: Any, tables: list[str]) -> list[str]:
    cursor.execute(AT_ONCE)
    before: dict[str, set[str]] = {table: set() for table in tables}
    for child, parent in cursor.fetchall():
        before[child].add(parent)
    ordered: list[str] = []
    while len(ordered) < len(tables):
        ready = [table for table in tables if table not in ordered and before[table] <= set(ordered)]
        assert ready, "references that are checked at once form no circle"
        ordered += ready
    return ordered


def _copy(table: str, columns: list[str], direction: str) -> str:
    return f"COPY {_quoted(table)} ({', '.join(_quoted(column) for column in columns)}) {direction}"


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
