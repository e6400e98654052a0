"""What `langqiao doctor` asks the site itself: database, migrations, books, record, keys, disk and clock."""

import datetime as dt
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Found = tuple[str, str, str]
"""Status (ok, warning, error), what was looked at, what was found."""

DISK_LEFT_BYTES = 5 << 30
DISK_LEFT_SHARE = 0.05
HEAD_AGE = dt.timedelta(days=2)
CLOCK_AHEAD = dt.timedelta(minutes=5)
"""How far the record's last time may lie in the future before the clock is called wrong."""


def site_findings(*, full: bool) -> Iterator[Found]:
    """Everything about the site in LANGQIAO_VAR; only that there is none yet where there is none. Without `full` the record's end only."""
    var = Path(os.environ.get("LANGQIAO_VAR", "var")).resolve()
    yield from _disk(var)
    if not os.environ.get("DATABASE_URL") and not (var / "langqiao.sqlite3").is_file():
        yield "warning", "site", f"{var} holds no books yet; `langqiao serve` makes them"
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "langqiao.web.settings")
    import django  # noqa: PLC0415 - a lake without a site needs no Django
    from django.db import DatabaseError  # noqa: PLC0415

    django.setup()
    try:
        yield from _database()
        missing = _missing_migrations()
        yield "error" if missing else "ok", "migrations", f"{len(missing)} to run: {', '.join(missing[:3])}" if missing else "all run"
        if not missing:
            yield from _books()
            yield from _record(full=full)
    except DatabaseError as error:
        yield "error", "database", str(error)
    yield from _keys(var)


def _disk(var: Path) -> Iterator[Found]:
    place = next(folder for folder in (var, *var.parents) if folder.exists())
    usage = shutil.disk_usage(place)
    low = usage.free < DISK_LEFT_BYTES or usage.free < usage.total * DISK_LEFT_SHARE
    yield "warning" if low else "ok", "disk", f"{usage.free / (1 << 30):,.1f} GiB free of {usage.total / (1 << 30):,.1f} at {place}"


def _database() -> Iterator[Found]:
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA quick_check")
            answer = cursor.fetchone()[0]
            cursor.execute("PRAGMA journal_mode")
            yield "ok" if answer == "ok" else "error", "database", f"SQLite, quick_check {answer}, journal {cursor.fetchone()[0]}"
        else:
            cursor.execute("SELECT version()")
            yield "ok", "database", str(cursor.fetchone()[0])[:60]


def _missing_migrations() -> list[str]:
    from django.db import connection  # noqa: PLC0415
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415

    executor = MigrationExecutor(connection)
    plan: list[Any] = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _back in plan]


def _books() -> Iterator[Found]:
    from django.db import transaction  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from langqiao.web.ledger.checks import books_check  # noqa: PLC0415

    with transaction.atomic():
        found = books_check(timezone.localdate())
    first = f"; {found.problems[0].code} at {found.problems[0].where}" if found.problems else ""
    status = "error" if not found.sound else "warning" if found.problems else "ok"
    yield status, "books", f"{found.accounts:,} accounts, {found.transfers:,} transfers, {len(found.problems)} problems{first}"


def _record(*, full: bool) -> Iterator[Found]:
    from langqiao.web.audit.models import Chain, Record, TreeHead  # noqa: PLC0415
    from langqiao.web.audit.reading import site_rows  # noqa: PLC0415
    from langqiao.web.audit.verification import tail_problems, verify  # noqa: PLC0415

    problems = verify(site_rows).problems if full else tail_problems(site_rows)
    first = f"; {problems[0].code} at {problems[0].row}" if problems else ""
    size = Chain.objects.values_list("size", flat=True).get(pk=1)
    yield (
        "error" if problems else "ok",
        "record",
        f"{size:,} records, {len(problems)} problems{first}{'' if full else ' (the last ones; --full: all)'}",
    )
    last, head = Record.objects.first(), TreeHead.objects.first()
    now = dt.datetime.now(dt.UTC)
    if last is not None:
        ahead = _moment(last.at) - now > CLOCK_AHEAD
        yield "error" if ahead else "ok", "clock", f"{now:%Y-%m-%dT%H:%M:%SZ}, the last record is of {last.at[:19]}Z"
        old = head is None or now - _moment(head.at) > HEAD_AGE
        yield "warning" if old else "ok", "signed head", f"{head.size:,} records at {head.at[:19]}Z" if head else "none yet"


def _moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def _keys(var: Path) -> Iterator[Found]:
    """Secrets that others on the machine could read."""
    files = [path for folder in (var / "keys", var / "signing") if folder.is_dir() for path in folder.rglob("*") if path.is_file()]
    files += [var / "secret.key"] if (var / "secret.key").is_file() else []
    public = (".crt", ".pem", ".cer")
    open_ones = [path.name for path in files if path.suffix not in public and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)]
    yield (
        "error" if open_ones else "ok",
        "keys",
        f"readable by others: {', '.join(open_ones)}" if open_ones else f"{len(files)} files, closed",
    )
