"""The lake as others read it: tables as Ibis expressions as of any moment, numbers found in any written form, dossiers, and bytes."""

import datetime as dt
import hashlib
import os
from functools import cached_property
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from langqiao.data.lake import latest as reading
from langqiao.data.lake.manifest import Derived, Manifest, Part, microseconds
from langqiao.data.lake.schema import SCHEMA_VERSION, TABLES

DEFAULT_ROOT = Path("var/lake")


class UnknownTableError(LookupError):
    """The lake has no table of that name; the message names those it has."""


class Lake:
    """One lake below a folder.

    Nothing is written by opening or reading one; a folder without a manifest is an empty lake. Reads see the batches committed when
    `table` is called. A Lake may be kept for the life of a process but not shared between threads that read at the same time.
    """

    def __init__(self, root: Path | str = DEFAULT_ROOT) -> None:
        self.root = Path(root)
        self.manifest = Manifest(self.root / "manifest.sqlite")
        self._views: set[str] = set()

    def __repr__(self) -> str:
        return f"Lake({str(self.root)!r})"

    @property
    def version(self) -> str:
        """A hash over all committed batches: equal versions hold equal rows."""
        return self.manifest.version()

    @cached_property
    def _connection(self) -> Any:
        connection = ibis.duckdb.connect()
        connection.raw_sql("SET TimeZone = 'UTC'")
        connection.raw_sql("SET parquet_metadata_cache = true")
        return connection

    def connect(self) -> Any:
        """The Ibis connection (DuckDB) on which the tables of this lake live: join them and add your own there."""
        return self._connection

    def close(self) -> None:
        """Ends the connection; the next read opens a new one."""
        if "_connection" in self.__dict__:
            self._connection.disconnect()
            del self.__dict__["_connection"]
        self._views.clear()

    def table(self, name: str, known_at: dt.datetime | None = None, *, latest: bool = True) -> ir.Table:
        """A table of the lake (schema.TABLES) or a computed one (`put_derived`).

        `known_at`: only what the lake had taken by that moment (aware; None: now). `latest`: one reading of each thing (lake.latest);
        otherwise every row ever added. Raises UnknownTableError.
        """
        if name not in TABLES:
            return self.derived_table(name)
        view = self._view(name, known_at)
        if not latest:
            return self.connect().table(view)
        current = f"{view}_latest"
        if current not in self._views:
            expression = reading.latest(self.connect().table(view), name)
            self.connect().create_view(current, expression, overwrite=True)
            self._views.add(current)
        return self.connect().table(current)

    def counts(self, known_at: dt.datetime | None = None) -> dict[str, int]:
        """Rows of every table as `latest` reads them, and files, documents, skipped roots and quarantined documents ever read."""
        counts = {name: int(self.table(name, known_at).count().execute()) for name in TABLES}
        totals = dict.fromkeys(("documents", "skipped", "quarantined"), 0)
        units = self.manifest.units()
        for unit in units:
            for name in totals:
                totals[name] += unit.counts.get(name, 0)
        return {"files": len(units), **totals, **counts}

    def put_derived(self, name: str, table: pa.Table, *, as_of: dt.date | None = None, now: dt.datetime | None = None) -> Derived:
        """Stores a computed table and makes it the one that `table(name)` reads; the one before stays on disk for readers still at it."""
        if name in TABLES:
            raise UnknownTableError(f"{name} is a table of records; computed tables need another name")
        self.manifest.create()
        generation = max((entry.generation for entry in self.manifest.derived(name)), default=0) + 1
        file = f"derived/{name}-{generation:06d}.parquet"
        write_durably(table, self.root / file)
        written_at = now or dt.datetime.now(dt.UTC)
        day = as_of.isoformat() if as_of else None
        entry = Derived(
            name=name, generation=generation, file=file, rows=table.num_rows, version=self.version, as_of=day, written_at=written_at
        )
        for gone in self.manifest.replace_derived(entry):
            (self.root / gone).unlink(missing_ok=True)
        return entry

    def derived(self, name: str) -> Derived | None:
        """What is known of the current computed table of that name: from which version and as of which day; None if not computed."""
        return next(iter(self.manifest.derived(name)), None)

    def derived_table(self, name: str) -> ir.Table:
        """A computed table. Raises UnknownTableError where it was not computed."""
        entry = self.derived(name)
        if entry is None:
            known = ", ".join([*TABLES, *self.manifest.derived_names()])
            raise UnknownTableError(f"the lake has no table {name}; it has {known}")
        view = f"derived_{name}_{entry.generation}"
        if view not in self._views:
            self.connect().raw_sql(f"CREATE OR REPLACE VIEW {_name(view)} AS SELECT * FROM read_parquet([{_text(self.root / entry.file)}])")
            self._views.add(view)
        return self.connect().table(view)

    def _view(self, name: str, known_at: dt.datetime | None) -> str:
        parts = self.manifest.parts(name, known_at)
        mark = hashlib.sha256("\n".join(part.file for part in parts).encode()).hexdigest()[:12]
        view = f"{name}_{mark}"
        if view not in self._views:
            self._create_view(view, name, parts)
            self._views.add(view)
        return view

    def _create_view(self, view: str, name: str, parts: list[Part]) -> None:
        connection = self.connect()
        if not parts:
            connection.create_table(view, TABLES[name].empty_table(), overwrite=True)
            return
        files = [str(self.root.absolute() / part.file) for part in parts]
        known = pa.table({"file": files, "known_at": pa.array([microseconds(part.known_at) for part in parts if part.known_at])})
        connection.create_table(f"{view}_parts", known, overwrite=True)
        columns = ", ".join(f"t.{_name(column)}" for column in TABLES[name].names if column != "known_at")
        union = "true" if any(part.schema_version != SCHEMA_VERSION for part in parts) else "false"
        paths = ", ".join(_text(file) for file in files)
        connection.raw_sql(
            f"CREATE OR REPLACE VIEW {_name(view)} AS SELECT {columns}, make_timestamptz(p.known_at) AS known_at"
            f" FROM read_parquet([{paths}], filename = true, union_by_name = {union}) t"
            f" JOIN {_name(view + '_parts')} p ON p.file = t.filename"
        )


def write_durably(table: pa.Table, file: Path) -> None:
    """Writes a Parquet file so that it is there whole or not at all, also after a power loss."""
    file.parent.mkdir(parents=True, exist_ok=True)
    staged = file.with_name(f".{file.name}.{os.getpid()}")
    pq.write_table(table, staged, compression="zstd", compression_level=1)
    publish(staged, file)


def publish(staged: Path, file: Path) -> None:
    """Gives a finished file its name: bytes, then name, then folder are forced to the disk."""
    synchronize(staged)
    staged.replace(file)
    synchronize(file.parent)


def synchronize(path: Path) -> None:
    """Forces a file's bytes, or a folder's names, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def _text(value: Path | str) -> str:
    return "'" + str(value).replace("'", "''") + "'"
