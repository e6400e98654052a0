"""Ibis on Spark: the same expressions beyond one machine; needs Java 17 and the extra langqiao[spark]."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq


class SparkEngine:
    """A Spark session on `master`; intermediate tables are Parquet folders under `work`, which every worker must reach.

    `settings`: further Spark settings, such as spark.driver.memory.
    """

    name = "spark"

    def __init__(
        self, *, master: str = "local[2]", work: Path | None = None, partitions: int = 2, settings: Mapping[str, str] | None = None
    ) -> None:
        from pyspark.sql import SparkSession  # noqa: PLC0415 - an extra: imported where it is used

        self._folder = tempfile.TemporaryDirectory(prefix="langqiao-spark-", dir=work)
        self._work = Path(self._folder.name)
        builder = (
            SparkSession.builder.master(master)
            .appName("langqiao")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.sql.shuffle.partitions", str(partitions))
            .config("spark.driver.host", "localhost")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.sql.warehouse.dir", str(self._work / "warehouse"))
            .config("spark.ui.showConsoleProgress", "false")
            .config("spark.log.level", "ERROR")
        )
        for name, value in (settings or {}).items():
            builder = builder.config(name, value)
        self._session = builder.getOrCreate()
        self._connection = ibis.pyspark.connect(self._session)
        self._kept = 0

    def load(self, name: str, table: pa.Table) -> ir.Table:
        """An Arrow table as an Ibis table of that name, by way of a Parquet file."""
        place = self._place(name)
        place.mkdir()
        pq.write_table(table, place / "part.parquet", store_schema=False)
        return self.parquet(name, [place])

    def parquet(self, name: str, files: list[Path]) -> ir.Table:
        """Parquet files of one schema as an Ibis table of that name."""
        self._session.read.parquet(*[str(file) for file in files]).createOrReplaceTempView(name)
        return self._connection.table(name)

    def keep(self, name: str, expression: ir.Table) -> ir.Table:
        """Runs an expression once, with Spark's own writer, and reads its rows back."""
        place = self._place(name)
        self._frame(expression).write.parquet(str(place))
        return self.parquet(name, [place])

    def arrow(self, expression: ir.Table) -> pa.Table:
        """The rows of an expression, brought to this process."""
        return self._frame(expression).toArrow()

    def write(self, expression: ir.Table, place: Path) -> int:
        """Writes an expression as a Parquet folder with Spark's own writer and returns the number of rows."""
        self._frame(expression).write.mode("overwrite").parquet(str(place))
        return int(self._session.read.parquet(str(place)).count())

    def close(self) -> None:
        """Ends the session and removes what it kept."""
        self._session.stop()
        self._folder.cleanup()

    def _frame(self, expression: ir.Table) -> Any:
        return self._session.sql(self._connection.compile(expression))

    def _place(self, name: str) -> Path:
        self._kept += 1
        return self._work / f"{name}-{self._kept}"

    def __enter__(self) -> Self:
        """The engine itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Closes the session."""
        self.close()
