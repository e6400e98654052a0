"""`langqiao doctor`: whether the environment, the lake and the site are what they should be, checked, not assumed."""

import hashlib
import importlib.metadata
import json
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from langqiao.cli.doctor_site import site_findings
from langqiao.cli.ingest import LAKE

if TYPE_CHECKING:
    from langqiao.data.lake.store import Lake

Status = Literal["ok", "warning", "error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at."""

    status: Status
    what: str
    found: str


@click.command()
@LAKE
@click.option(
    "--full", is_flag=True, help="Also read every Parquet part, compare every kept file with its hash, and verify the whole record."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list.")
def doctor(*, root: Path, full: bool, as_json: bool) -> None:
    """Check the environment, the lake and the site: database, migrations, books, record, disk, clock. Exit status 1 where something is broken."""
    findings = [*_environment(), *_lake(root, full=full), *_site(full=full)]
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False))
    else:
        for finding in findings:
            click.echo(f"{finding.status:8}{finding.what}: {finding.found}")
    sys.exit(1 if any(finding.status == "error" for finding in findings) else 0)


def _environment() -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding(status="ok" if sys.version_info >= (3, 11) else "error", what="Python", found=version)
    for name in ("pyarrow", "duckdb", "ibis-framework", "lxml", "tantivy", "django"):
        try:
            yield Finding(status="ok", what=name, found=importlib.metadata.version(name))
        except importlib.metadata.PackageNotFoundError:
            yield Finding(status="error", what=name, found="is not installed; `make setup` installs it")


def _site(*, full: bool) -> Iterator[Finding]:
    for status, what, found in site_findings(full=full):
        yield Finding(status="error" if status == "error" else "warning" if status == "warning" else "ok", what=what, found=found)


def _lake(root: Path, *, full: bool) -> Iterator[Finding]:
    from langqiao.data.lake.store import Lake  # noqa: PLC0415 - Arrow and DuckDB only when needed

    lake = Lake(root)
    if not lake.manifest.file.exists():
        yield Finding(status="warning", what="lake", found=f"{root} holds nothing yet; `langqiao ingest PATH… --lake {root}` fills it")
        return
    yield from _manifest(lake)
    yield from _parts(lake, full=full)
    if full:
        yield from _sources(lake)


def _manifest(lake: "Lake") -> Iterator[Finding]:
    with sqlite3.connect(f"{lake.manifest.file.absolute().as_uri()}?mode=rw", uri=True) as db:
        answer = db.execute("PRAGMA integrity_check").fetchone()[0]
    db.close()
    yield Finding(status="ok" if answer == "ok" else "error", what="manifest", found=f"{answer}, {lake.manifest.batch_count()} batches")


def _parts(lake: "Lake", *, full: bool) -> Iterator[Finding]:
    import pyarrow.parquet as pq  # noqa: PLC0415

    from langqiao.data.lake.schema import TABLES  # noqa: PLC0415

    parts = [part for table in TABLES for part in lake.manifest.parts(table)]
    missing = [part.file for part in parts if not (lake.root / part.file).is_file()]
    yield Finding(status="error" if missing else "ok", what="parts", found=f"{len(parts)} named, {len(missing)} missing {missing[:3]}")
    wrong = []
    for part in parts:
        if part.file not in missing:
            try:
                rows = pq.read_table(lake.root / part.file).num_rows if full else pq.read_metadata(lake.root / part.file).num_rows
            except (OSError, ValueError) as error:
                wrong.append(f"{part.file}: {error}")
            else:
                wrong += [f"{part.file}: {rows} rows instead of {part.rows}"] * (rows != part.rows)
    yield Finding(
        status="error" if wrong else "ok", what="rows", found="; ".join(wrong[:3]) or f"{sum(part.rows for part in parts):,} as written"
    )


def _sources(lake: "Lake") -> Iterator[Finding]:
    from langqiao.data.lake.sources import source_path  # noqa: PLC0415

    kept = {unit.sha256 for unit in lake.manifest.units() if unit.kept}
    bad = [sha256 for sha256 in sorted(kept) if not _has_hash(source_path(lake.root, sha256), sha256)]
    yield Finding(status="error" if bad else "ok", what="kept files", found=f"{len(kept)} kept, {len(bad)} missing or changed {bad[:3]}")


def _has_hash(path: Path, sha256: str) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest() == sha256
