"""How tables leave the lake: JSON lines, CSV, Parquet and Excel, with cells that no spreadsheet executes."""

import csv
import datetime as dt
import io
import math
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, Literal

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

Format = Literal["jsonl", "csv", "parquet", "xlsx"]
FORMATS: tuple[Format, ...] = ("jsonl", "csv", "parquet", "xlsx")
ROWS_AT_A_TIME = 10_000
XLSX_ROWS = 1_048_575
"""How many rows a sheet holds below its header."""
XLSX_CELL = 32_767
"""How many characters a cell holds."""
LIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""First characters that make a spreadsheet take a CSV cell for a formula; full-width forms included, which some programs fold."""


class TooManyRowsError(ValueError):
    """The table has more rows than a sheet holds."""


def neutral(text: str) -> str:
    """A CSV cell that every spreadsheet takes for text: an apostrophe before what it would execute (OWASP, CSV injection)."""
    return f"'{text}" if text.lstrip("'").startswith(LIVE) else text


def original(cell: str) -> str:
    """What `neutral` was given."""
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(LIVE) else cell


def write(batches: Iterable[pa.RecordBatch], schema: pa.Schema, kind: Format, stream: BinaryIO) -> int:
    """Writes a table to a binary stream and returns the number of rows. Raises TooManyRowsError (xlsx)."""
    match kind:
        case "jsonl":
            return _jsonl(batches, stream)
        case "csv":
            return _csv(batches, schema, stream)
        case "parquet":
            return _parquet(batches, schema, stream)
        case "xlsx":
            return _xlsx(batches, schema, stream)


def rows_of(batches: Iterable[pa.RecordBatch]) -> Iterator[dict[str, Any]]:
    """The rows as dictionaries; days and moments as ISO text."""
    for batch in batches:
        for start in range(0, batch.num_rows, ROWS_AT_A_TIME):
            for row in batch.slice(start, ROWS_AT_A_TIME).to_pylist():
                yield {name: _plain(value) for name, value in row.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, dt.date) else value


def _jsonl(batches: Iterable[pa.RecordBatch], stream: BinaryIO) -> int:
    count = 0
    for count, row in enumerate(rows_of(batches), start=1):  # noqa: B007 - the count after the loop
        stream.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
    return count


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case int() | float():
            return repr(value)
        case _:
            return orjson.dumps(value).decode()


def _csv(batches: Iterable[pa.RecordBatch], schema: pa.Schema, stream: BinaryIO) -> int:
    text = io.TextIOWrapper(stream, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow(schema.names)
    count = 0
    for count, row in enumerate(rows_of(batches), start=1):  # noqa: B007
        writer.writerow([neutral(_cell(value)) if isinstance(value, str | list | dict) else _cell(value) for value in row.values()])
    text.detach()
    return count


def _parquet(batches: Iterable[pa.RecordBatch], schema: pa.Schema, stream: BinaryIO) -> int:
    count = 0
    with pq.ParquetWriter(stream, schema, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch)
            count += batch.num_rows
    return count


def _xlsx(batches: Iterable[pa.RecordBatch], schema: pa.Schema, stream: BinaryIO) -> int:
    from openpyxl import Workbook  # noqa: PLC0415 - slow to import and only here
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415

    book = Workbook(write_only=True)
    sheet = book.create_sheet("langqiao")
    try:
        sheet.append([_text_cell(WriteOnlyCell(sheet), name) for name in schema.names])
        count = _append_rows(sheet, batches)
    finally:
        sheet.close()
    book.save(stream)
    return count


def _append_rows(sheet: Any, batches: Iterable[pa.RecordBatch]) -> int:
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415

    count = 0
    for count, row in enumerate(rows_of(batches), start=1):
        if count > XLSX_ROWS:
            raise TooManyRowsError(f"the table has more than {XLSX_ROWS:,} rows; a sheet holds no more: take csv or parquet")
        cells: list[Any] = []
        for value in row.values():
            plain = value is None or isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value))
            cells.append(value if plain else _text_cell(WriteOnlyCell(sheet), _cell(value)))
        sheet.append(cells)
    return count


def _text_cell(cell: Any, text: str) -> Any:
    """A cell that stays text whatever it begins with, also after somebody has edited it (quotePrefix)."""
    cell.value = sheet_text(text)
    cell.data_type = "s"
    cell.quotePrefix = True
    return cell


def sheet_text(text: str) -> str:
    """A text as a sheet can hold it: control characters that XML forbids become U+FFFD, and it ends at 32,767 characters."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415

    return ILLEGAL_CHARACTERS_RE.sub("\ufffd", text)[:XLSX_CELL]
