"""What the lake holds and in which state: batches, their Parquet parts, the input files they came from and the stages computed from them.

The manifest is one SQLite file with full synchronization. A batch exists when its row is committed; Parquet files that no committed batch
names are invisible to every reader and are removed by the next ingest.
"""

import datetime as dt
import hashlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from langqiao.data.lake.schema import SCHEMA_VERSION

EMPTY_VERSION = "0" * 16
_TABLES = """
CREATE TABLE IF NOT EXISTS batches (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, known_at INTEGER NOT NULL, schema_version INTEGER NOT NULL, version TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS parts (
    batch INTEGER NOT NULL REFERENCES batches (number), table_name TEXT NOT NULL, file TEXT NOT NULL UNIQUE, rows INTEGER NOT NULL CHECK (rows > 0)
) STRICT;
CREATE TABLE IF NOT EXISTS units (
    path TEXT NOT NULL, sha256 TEXT NOT NULL, source_file TEXT NOT NULL, bytes INTEGER NOT NULL, retrieved_at INTEGER NOT NULL,
    kept INTEGER NOT NULL, batch INTEGER NOT NULL REFERENCES batches (number), counts TEXT NOT NULL, PRIMARY KEY (path, sha256)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS units_by_source ON units (source_file);
CREATE TABLE IF NOT EXISTS derived (
    name TEXT NOT NULL, generation INTEGER NOT NULL, file TEXT NOT NULL, rows INTEGER NOT NULL, version TEXT NOT NULL, as_of TEXT,
    written_at INTEGER NOT NULL, PRIMARY KEY (name, generation)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS stages (
    name TEXT PRIMARY KEY, version TEXT NOT NULL, finished_at INTEGER NOT NULL, detail TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One input file as it was read: a (path, content) pair is read once. `counts` are whole numbers by name; `kept` whether a copy is held."""

    path: str
    sha256: str
    source_file: str
    size_bytes: int
    retrieved_at: dt.datetime
    kept: bool
    counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One Parquet file of one table. `file` is relative to the lake's root."""

    table: str
    file: str
    rows: int
    known_at: dt.datetime | None = None
    schema_version: int = SCHEMA_VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """One computed table: the manifest version and the day it was computed from."""

    name: str
    generation: int
    file: str
    rows: int
    version: str
    as_of: str | None
    written_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRun:
    """The last finished run of a stage: the version of its input and what it reported."""

    name: str
    version: str
    finished_at: dt.datetime
    detail: dict[str, object]


def microseconds(moment: dt.datetime) -> int:
    """Microseconds since 1970 of an aware moment."""
    return (moment - _EPOCH) // dt.timedelta(microseconds=1)


def moment(value: int) -> dt.datetime:
    """The aware moment of microseconds since 1970."""
    return _EPOCH + dt.timedelta(microseconds=value)


_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class Manifest:
    """The manifest of one lake; every call opens and closes its own connection, so that it may be used from any process or thread."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def create(self) -> None:
        """Makes the tables where they are missing; an existing manifest stays byte-equal."""
        if not self.file.exists():
            self.file.parent.mkdir(parents=True, exist_ok=True)
        with self._open(write=True) as db:
            if db.execute("PRAGMA user_version").fetchone()[0] == 0:
                db.executescript(_TABLES + "PRAGMA user_version = 1;")

    def version(self) -> str:
        """A hash over every committed batch in order: equal versions hold equal rows."""
        found = self._rows("SELECT version FROM batches ORDER BY number DESC LIMIT 1")
        return str(found[0][0]) if found else EMPTY_VERSION

    def batch_count(self) -> int:
        """How many batches were committed."""
        return int((self._rows("SELECT count(*) FROM batches") or [(0,)])[0][0])

    def has_batch(self, batch_id: str) -> bool:
        """Whether a batch of that name was committed."""
        return bool(self._rows("SELECT 1 FROM batches WHERE id = ?", batch_id))

    def parts(self, table: str, known_at: dt.datetime | None = None) -> list[Part]:
        """The Parquet files of a table that were known at a moment (None: now), in the order of their commitment."""
        limit = microseconds(known_at) if known_at else 2**62
        rows = self._rows(
            "SELECT p.table_name, p.file, p.rows, b.known_at, b.schema_version FROM parts p JOIN batches b ON b.number = p.batch"
            " WHERE p.table_name = ? AND b.known_at <= ? ORDER BY b.number, p.file",
            table,
            limit,
        )
        return [Part(table=t, file=f, rows=n, known_at=moment(k), schema_version=s) for t, f, n, k, s in rows]

    def part_files(self) -> set[str]:
        """Every Parquet file that a committed batch names."""
        return {row[0] for row in self._rows("SELECT file FROM parts")}

    def units(self, *, path: str | None = None, source_file: str | None = None) -> list[Unit]:
        """The input files read, newest last; of one path, or those shown under one name, if asked."""
        rows = self._rows(
            "SELECT path, sha256, source_file, bytes, retrieved_at, kept, counts FROM units"
            " WHERE (?1 IS NULL OR path = ?1) AND (?2 IS NULL OR source_file = ?2) ORDER BY batch, path, sha256",
            path,
            source_file,
        )
        return [
            Unit(path=p, sha256=h, source_file=s, size_bytes=b, retrieved_at=moment(r), kept=bool(k), counts=json.loads(c))
            for p, h, s, b, r, k, c in rows
        ]

    def commit(self, batch_id: str, *, parts: Sequence[Part], units: Sequence[Unit], now: dt.datetime) -> dt.datetime:
        """Makes a batch visible: one transaction. Returns the moment it became known, later than every batch before it."""
        with self._open(write=True) as db:
            db.execute("BEGIN IMMEDIATE")
            last = db.execute("SELECT known_at, version FROM batches ORDER BY number DESC LIMIT 1").fetchone() or (0, EMPTY_VERSION)
            known = max(microseconds(now), last[0] + 1)
            version = hashlib.sha256(f"{last[1]}{batch_id}".encode()).hexdigest()[:16]
            number = db.execute(
                "INSERT INTO batches (id, known_at, schema_version, version) VALUES (?, ?, ?, ?)",
                (batch_id, known, SCHEMA_VERSION, version),
            ).lastrowid
            db.executemany("INSERT INTO parts VALUES (?, ?, ?, ?)", [(number, part.table, part.file, part.rows) for part in parts])
            db.executemany("INSERT OR REPLACE INTO units VALUES (?, ?, ?, ?, ?, ?, ?, ?)", [_unit_row(unit, number) for unit in units])
            db.execute("COMMIT")
        return moment(known)

    def derived(self, name: str) -> list[Derived]:
        """The generations of a computed table that are still held, newest first."""
        rows = self._rows(
            "SELECT name, generation, file, rows, version, as_of, written_at FROM derived WHERE name = ? ORDER BY generation DESC", name
        )
        return [Derived(name=n, generation=g, file=f, rows=r, version=v, as_of=a, written_at=moment(w)) for n, g, f, r, v, a, w in rows]

    def derived_names(self) -> list[str]:
        """The names of every computed table."""
        return [row[0] for row in self._rows("SELECT DISTINCT name FROM derived ORDER BY name")]

    def replace_derived(self, new: Derived, *, keep_generations: int = 2) -> list[str]:
        """Makes a new generation of a computed table the current one; returns the files of generations no longer held."""
        oldest = new.generation - keep_generations + 1
        with self._open(write=True) as db:
            db.execute("BEGIN IMMEDIATE")
            values = (new.name, new.generation, new.file, new.rows, new.version, new.as_of, microseconds(new.written_at))
            db.execute("INSERT INTO derived VALUES (?, ?, ?, ?, ?, ?, ?)", values)
            gone = db.execute("DELETE FROM derived WHERE name = ? AND generation < ? RETURNING file", (new.name, oldest)).fetchall()
            db.execute("COMMIT")
        return [row[0] for row in gone]

    def stage(self, name: str) -> StageRun | None:
        """The last finished run of a stage, or None."""
        rows = self._rows("SELECT name, version, finished_at, detail FROM stages WHERE name = ?", name)
        return next((StageRun(name=n, version=v, finished_at=moment(f), detail=json.loads(d)) for n, v, f, d in rows), None)

    def finish_stage(self, run: StageRun) -> None:
        """Records that a stage has finished."""
        detail = json.dumps(run.detail, sort_keys=True, default=str)
        with self._open(write=True) as db:
            db.execute(
                "INSERT INTO stages VALUES (?1, ?2, ?3, ?4) ON CONFLICT (name) DO UPDATE SET version = ?2, finished_at = ?3, detail = ?4",
                (run.name, run.version, microseconds(run.finished_at), detail),
            )

    def _rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        if not self.file.exists():
            return []
        with self._open(write=False) as db:
            return db.execute(sql, values).fetchall()

    @contextmanager
    def _open(self, *, write: bool) -> Iterator[sqlite3.Connection]:
        mode = "rwc" if write else "rw"  # a reader may have to roll back what a killed writer left
        db = sqlite3.connect(f"{self.file.absolute().as_uri()}?mode={mode}", uri=True, timeout=30, isolation_level=None)
        try:
            if write:
                db.execute("PRAGMA synchronous = FULL")
                db.execute("PRAGMA foreign_keys = ON")
            yield db
        finally:
            db.close()


def _unit_row(unit: Unit, batch: int | None) -> tuple[object, ...]:
    counts = json.dumps(unit.counts, sort_keys=True)
    return (unit.path, unit.sha256, unit.source_file, unit.size_bytes, microseconds(unit.retrieved_at), int(unit.kept), batch, counts)
