"""Ibis on DuckDB: the engine of one machine."""

from pathlib import Path
from types import TracebackType
from typing import Any, Self

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq


class DuckDbEngine:
    """DuckDB through Ibis, in memory unless an open `connection` (a lake's) is lent; then only what was kept here is dropped at the end."""

    name = "duckdb"

    def __init__(self, connection: Any = None, *, threads: int | None = None, memory: str | None = None) -> None:
        settings: dict[str, Any] = {}
        if threads:
            settings["threads"] = threads
        if memory:
            settings["memory_limit"] = memory
        self._is_lent = connection is not None
        self._connection = connection or ibis.duckdb.connect(**settings)
        self._connection.raw_sql("SET TimeZone = 'UTC'")
        self._kept: list[str] = []

    def load(self, name: str, table: pa.Table) -> ir.Table:
        """An Arrow table as an Ibis table of that name."""
        return self._create(name, table)

    def parquet(self, name: str, files: list[Path]) -> ir.Table:
        """Parquet files of one schema as an Ibis table of that name."""
        return self._connection.read_parquet([str(file) for file in files], table_name=name)

    def keep(self, name: str, expression: ir.Table) -> ir.Table:
        """Runs an expression once and keeps its rows in a temporary table."""
        return self._create(name, expression)

    def arrow(self, expression: ir.Table) -> pa.Table:
        """The rows of an expression."""
        return self._connection.to_pyarrow(expression)

    def write(self, expression: ir.Table, place: Path) -> int:
        """Writes an expression as one Parquet file and returns the number of rows."""
        self._connection.to_parquet(expression, str(place), compression="zstd")
        return int(pq.read_metadata(place).num_rows)

    def close(self) -> None:
        """Drops what was kept; ends the session if it is its own."""
        if self._is_lent:
            for name in self._kept:
                self._connection.drop_table(name, force=True)
            self._kept.clear()
        else:
            self._connection.disconnect()

    def _create(self, name: str, content: Any) -> ir.Table:
        kept = f"kept_{name}"
        self._kept.append(kept)
        return self._connection.create_table(kept, content, temp=True, overwrite=True)

    def __enter__(self) -> Self:
        """The engine itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Closes the session."""
        self.close()
