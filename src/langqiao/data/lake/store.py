"""The lake as others read it: tables as Ibis expressions as of any moment, numbers found in any written form, dossiers, and bytes."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from langqiao.data.lake import lookup
from langqiao.data.lake.coverage import Coverage, coverage
from langqiao.data.lake.durable import publish, staged
from langqiao.data.lake.manifest import Derived, Manifest, Part, microseconds
from langqiao.data.lake.precedence import CHILDREN, MERGED
from langqiao.data.lake.raw import Stretched, raw_bytes
from langqiao.data.lake.schema import SCHEMA_VERSION, TABLES
from langqiao.data.lake.snapshot import Dossier, dossier

if TYPE_CHECKING:
    import ibis.expr.types as ir

DEFAULT_ROOT = Path("var/lake")
REMEMBERED = 512
"""How many readings (table and moment) are remembered between two looks at the manifest."""


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
        self._empty: set[str] = set()
        self._known_at: dict[str, dt.datetime] = {}
        self._of_version: dict[tuple[str, dt.datetime | None], tuple[str, str]] = {}

    def __repr__(self) -> str:
        return f"Lake({str(self.root)!r})"

    @property
    def version(self) -> str:
        """A hash over all committed batches: equal versions hold equal rows."""
        return self.manifest.version()

    @cached_property
    def _connection(self) -> Any:
        import ibis  # noqa: PLC0415 - 50 MB that an ingest does not need

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
        self._of_version.clear()

    def table(self, name: str, known_at: dt.datetime | None = None, *, latest: bool = True) -> "ir.Table":
        """A table of the lake (schema.TABLES) or a computed one (`put_derived`).

        `known_at`: only what the lake had taken by that moment (aware; None: now). `latest`: one reading of each thing (lake.latest);
        otherwise every row ever added. Raises UnknownTableError.
        """
        if name not in TABLES:
            return self.derived_table(name)
        return self.connect().table(self._reading(name, known_at, latest=latest))

    def rows(
        self, name: str, where: str = "true", values: Sequence[Any] = (), *, known_at: dt.datetime | None = None, latest: bool = True
    ) -> list[dict[str, Any]]:
        """Rows of a table as dictionaries: for look-ups of one thing, where building an expression would take longer than reading.

        `where` is a condition over the table's columns with a ? for each of `values`; never put a value into its text.
        """
        plain = self._view(name, known_at)
        if plain in self._empty:
            return []
        view = self._reading(name, known_at, latest=True) if latest else f"{plain}_files"
        cursor = self.connect().con.execute(f"SELECT * FROM {_name(view)} WHERE {where}", list(values))  # noqa: S608 - the condition is code, values are bound
        found: list[dict[str, Any]] = cursor.to_arrow_table().to_pylist()
        if not latest:
            moments = self._known_at
            for row in found:
                row["known_at"] = moments[row.pop("filename")]
        return found

    def batches(self, table: "ir.Table", size: int = 10_000) -> Any:
        """The rows of an expression over this lake as Arrow batches, one after another (a pyarrow.RecordBatchReader)."""
        return self.connect().con.execute(str(self.connect().compile(table))).to_arrow_reader(size)

    def keys_of(self, number_text: str) -> list[str]:
        """The keys of the publications a written number means, best first: any form of publication, application or patent number."""
        return lookup.keys_of(self, number_text)

    def dossier(self, key: str, known_at: dt.datetime | None = None) -> "Dossier":
        """Everything known of one publication as of a moment. Raises KeyError where the lake does not hold it."""
        return dossier(self, key, known_at)

    def coverage(self, known_at: dt.datetime | None = None) -> list[Coverage]:
        """How many publications of each office have each field and each part."""
        return coverage(self, known_at)

    def raw(self, source_file: str, offset: int, length: int, *, sha256: str | None = None) -> bytes:
        """The bytes of a record, read again from the kept copy of its file; checked against `sha256` where given.

        Raises LookupError where no file of that name was kept, ValueError where the stretch is longer than Keeping.raw_bytes or does not
        have the hash.
        """
        return raw_bytes(self.root, self.manifest, Stretched(source_file=source_file, offset=offset, length=length, sha256=sha256))

    def counts(self, known_at: dt.datetime | None = None) -> dict[str, int]:
        """Rows of every table as `latest` reads them, and files, documents, skipped roots and quarantined documents ever read."""
        counts = {name: int(self.table(name, known_at).count().to_pyarrow().as_py()) for name in TABLES if name != "description_parts"}
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
        _write(table, self.root / file)
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

    def derived_table(self, name: str) -> "ir.Table":
        """A computed table. Raises UnknownTableError where it was not computed."""
        entry = self.derived(name)
        if entry is None:
            known = ", ".join([*TABLES, *self.manifest.derived_names()])
            raise UnknownTableError(f"the lake has no table {name}; it has {known}")
        view = f"derived_{name}_{entry.generation}"
        if view not in self._views:
            self._define(view, f"SELECT * FROM read_parquet([{_text(self.root.absolute() / entry.file)}])")  # noqa: S608 - names are quoted
            self._views.add(view)
        return self.connect().table(view)

    def _reading(self, name: str, known_at: dt.datetime | None, *, latest: bool) -> str:
        """The view of a table; made when first asked for."""
        view = self._view(name, known_at)
        current = f"{view}_latest"
        if latest and current not in self._views:
            self.connect().create_view(current, self._current(name, known_at), overwrite=True)
            self._views.add(current)
        return current if latest else view

    def _current(self, name: str, known_at: dt.datetime | None) -> "ir.Table":
        """The current reading of a table. Where no key has two records, which is the rule for full texts, it is the table itself."""
        from langqiao.data.lake.latest import latest, latest_but  # noqa: PLC0415 - needs Ibis

        table = self.connect().table(self._view(name, known_at))
        if name not in MERGED and name not in CHILDREN:
            return latest(table, name)
        keyed = name if name in MERGED else "publications"
        twice = self._twice(keyed, known_at)
        if int(twice.count().to_pyarrow().as_py()) == 0:
            return table
        return latest_but(table, name, twice=twice)

    def _twice(self, name: str, known_at: dt.datetime | None) -> "ir.Table":
        """The keys that more than one record has, looked for once."""
        view = self._view(name, known_at)
        if f"{view}_twice" not in self._views:
            table = self.connect().table(view)
            counted = table.group_by(list(MERGED[name])).aggregate(records=table.count())
            keys = counted.filter(counted.records > 1).select(*MERGED[name])
            self.connect().create_table(f"{view}_twice", keys, overwrite=True)
            self._views.add(f"{view}_twice")
        return self.connect().table(f"{view}_twice")

    def _view(self, name: str, known_at: dt.datetime | None) -> str:
        version = self.version
        known = self._of_version.get((name, known_at))
        if known is not None and known[0] == version:
            return known[1]
        parts = self.manifest.parts(name, known_at)
        mark = hashlib.sha256("\n".join(part.file for part in parts).encode()).hexdigest()[:12]
        view = f"{name}_{mark}"
        if view not in self._views:
            self._create_view(view, name, parts, known_at)
            self._views.add(view)
            if not parts:
                self._empty.add(view)
        if len(self._of_version) >= REMEMBERED:
            self._of_version.clear()
        self._of_version[name, known_at] = (version, view)
        return view

    def _create_view(self, view: str, name: str, parts: list[Part], known_at: dt.datetime | None) -> None:
        """Two views: of the files as they are, for look-ups, and with the moment each row became known."""
        connection = self.connect()
        if not parts:
            connection.create_table(view, TABLES[name].empty_table(), overwrite=True)
            self._define(f"{view}_files", f"SELECT *, '' AS filename FROM {_name(view)}")  # noqa: S608
            return
        known = {str(self.root.absolute() / part.file): part.known_at for part in parts if part.known_at}
        self._known_at |= known
        moments = pa.array([microseconds(moment) for moment in known.values()])
        connection.create_table(f"{view}_parts", pa.table({"file": list(known), "known_at": moments}), overwrite=True)
        columns = ", ".join(f"t.{_name(column)}" for column in TABLES[name].names if column != "known_at")
        union = "true" if any(part.schema_version != SCHEMA_VERSION for part in parts) else "false"
        paths = ", ".join(_text(file) for file in known)
        scan = f"read_parquet([{paths}], filename = true, union_by_name = {union})"
        if name == "descriptions" and (rest := self.manifest.parts("description_parts", known_at)):
            columns, scan = self._with_parts(columns, scan, rest)
        self._define(f"{view}_files", f"SELECT {columns}, t.filename FROM {scan} t")  # noqa: S608
        joined = f"{_name(view + '_files')} t JOIN {_name(view + '_parts')} p ON p.file = t.filename"
        self._define(view, f"SELECT t.* EXCLUDE (filename), make_timestamptz(p.known_at) AS known_at FROM {joined}")  # noqa: S608

    def _with_parts(self, columns: str, scan: str, rest: list[Part]) -> tuple[str, str]:
        """Puts long descriptions together again."""
        paths = ", ".join(_text(self.root.absolute() / part.file) for part in rest)
        order = "string_agg(text, '' ORDER BY part) AS rest"
        parts = f'SELECT record, source_file, "offset", {order} FROM read_parquet([{paths}]) GROUP BY ALL'  # noqa: S608
        joined = f'(SELECT t.*, p.rest FROM {scan} t LEFT JOIN ({parts}) p USING (record, source_file, "offset"))'  # noqa: S608
        return columns.replace('t."text"', "t.text || coalesce(t.rest, '') AS text"), joined

    def _define(self, view: str, query: str) -> None:
        self.connect().raw_sql(f"CREATE OR REPLACE VIEW {_name(view)} AS {query}")


def _write(table: pa.Table, file: Path) -> None:
    with staged(file.parent) as (_, path):
        pq.write_table(table, path, compression="zstd", compression_level=1)
        publish(path, file)


def _name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def _text(value: Path | str) -> str:
    return "'" + str(value).replace("'", "''") + "'"
