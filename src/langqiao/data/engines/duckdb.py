"""Ibis on DuckDB: the engine of one machine."""

from pathlib import Path
from types import TracebackType
from typing import Any, Self

import ibis
import pyarrow as pa
import pyarrow.parquet as pq


class DuckDbEngine:
    """An in-memory DuckDB that spills to `spill` (None: to its default); `memory` such as "4GB" (None: DuckDB's default)."""

    name = "duckdb"

    def __init__(self, *, threads: int | None = None, memory: str | None = None, spill: Path | None = None) -> None:
        settings: dict[str, Any] = {"preserve_insertion_order": False}
        if threads:
            settings["threads"] = threads
        if memory:
            settings["memory_limit"] = memory
        if spill:
            settings["temp_directory"] = str(spill)
        self._connection = ibis.duckdb.connect(**settings)

    def load(self, name: str, table: pa.Table) -> ibis.Table:
        """An Arrow table as an Ibis table of that name."""
        return self._connection.create_table(name, table, temp=True, overwrite=True)

    def parquet(self, name: str, files: list[Path]) -> ibis.Table:
        """Parquet files of one schema as an Ibis table of that name."""
        return self._connection.read_parquet([str(file) for file in files], table_name=name)

    def keep(self, name: str, expression: Any) -> ibis.Table:
        """Runs an expression once and keeps its rows in a temporary table."""
        return self._connection.create_table(name, expression, temp=True, overwrite=True)

    def arrow(self, expression: Any) -> pa.Table:
        """The rows of an expression."""
        return self._connection.to_pyarrow(expression)

    def write(self, expression: Any, place: Path) -> int:
        """Writes an expression as one Parquet file and returns the number of rows."""
        self._connection.to_parquet(expression, str(place), compression="zstd")
        return int(pq.read_metadata(place).num_rows)

    def close(self) -> None:
        """Ends the session and frees what it kept."""
        self._connection.disconnect()

    def __enter__(self) -> Self:
        """The engine itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Closes the session."""
        self.close()
