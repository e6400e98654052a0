"""How Arrow tables become the Parquet parts of a batch: one file a table, a row group a flush, written aside until the batch is committed."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

COMPRESSION = {"compression": "zstd", "compression_level": 1}
PLAIN_TEXT = {"text", "abstract", "description", "title", "raw", "message"}
"""Columns whose values hardly ever repeat: a dictionary would only cost time."""


LOOKED_UP = {
    "key", "office", "number", "application_number", "conveyance_key", "cited_number", "patent_number", "publication_number", "date",
    "publication_date", "filing_date", "recorded_date",
}  # fmt: skip
"""Columns by which rows are looked up: for these each row group says from where to where its values go."""
ROW_GROUP = {"descriptions": 64}
ROW_GROUP_OTHERS = 4096
"""Rows of a row group: rows are sorted by key, so that the dossier of one publication is read from a small piece of each table."""


class PartWriter:
    """Writes the parts of one task into `folder`, a file for each table that gets rows."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writers: dict[str, Any] = {}
        self.rows: dict[str, int] = {}

    def write(self, name: str, table: pa.Table) -> None:
        """Appends a row group to a table's part."""
        writer = self._writers.get(name)
        if writer is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            encoded = [column for column in table.schema.names if column not in PLAIN_TEXT]
            writer = self._writers[name] = pq.ParquetWriter(
                self._folder / f"{name}.parquet",
                table.schema,
                use_dictionary=encoded,
                store_schema=False,
                write_statistics=[column for column in table.schema.names if column in LOOKED_UP],
                **COMPRESSION,
            )
        writer.write_table(table, row_group_size=ROW_GROUP.get(name, ROW_GROUP_OTHERS))
        self.rows[name] = self.rows.get(name, 0) + table.num_rows

    def close(self) -> dict[str, Path]:
        """Ends every part; returns the file of each table."""
        files = {}
        for name, writer in self._writers.items():
            writer.close()
            files[name] = self._folder / f"{name}.parquet"
        self._writers.clear()
        return files
