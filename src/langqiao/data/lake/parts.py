"""How Arrow tables become the Parquet parts of a batch: one file a table, a row group a flush, written aside until the batch is committed."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

PLAIN_TEXT = {"text", "abstract", "description", "title", "raw", "message"}
"""Columns whose values hardly ever repeat: a dictionary would only cost time."""
MANY_VALUES = PLAIN_TEXT | {
    "key", "record", "sha256", "offset", "length", "number", "number_raw", "application_number", "application_number_raw", "cited_number",
    "name", "std_name", "city", "symbol", "extra", "dates_raw",
}  # fmt: skip
"""Columns that zstd makes smaller; the others are a few values under a dictionary, for which its memory costs more time than it saves room."""


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
                compression={column: "zstd" if column in MANY_VALUES else "snappy" for column in table.schema.names},
                compression_level={column: 1 for column in table.schema.names if column in MANY_VALUES},
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
