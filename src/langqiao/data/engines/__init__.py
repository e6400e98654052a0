"""Where Ibis expressions run: DuckDB on one machine, Spark beyond it; nothing above this floor writes backend SQL."""

from pathlib import Path
from typing import Protocol

import ibis.expr.types as ir
import pyarrow as pa


class Engine(Protocol):
    """Holds tables, runs expressions, keeps and writes results."""

    name: str

    def load(self, name: str, table: pa.Table) -> ir.Table:
        """An Arrow table as an Ibis table of that name."""

    def parquet(self, name: str, files: list[Path]) -> ir.Table:
        """Parquet files of one schema as an Ibis table of that name."""

    def keep(self, name: str, expression: ir.Table) -> ir.Table:
        """Runs an expression once and keeps its rows for the expressions that build on it."""

    def arrow(self, expression: ir.Table) -> pa.Table:
        """The rows of an expression."""

    def write(self, expression: ir.Table, place: Path) -> int:
        """Writes an expression as Parquet at `place` and returns the number of rows."""

    def close(self) -> None:
        """Ends the session and frees what it kept."""
