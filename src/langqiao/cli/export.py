"""`langqiao export`: writes a table of the lake to standard output or a file."""

import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from langqiao.cli.ingest import LAKE

if TYPE_CHECKING:
    from langqiao.data.lake.store import Lake

FORMATS = ("jsonl", "csv", "parquet", "xlsx")
NEED_A_FILE = ("parquet", "xlsx")


@click.command()
@click.argument("table")
@LAKE
@click.option("--format", "kind", type=click.Choice(FORMATS), default="jsonl", show_default=True)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file; parquet and xlsx need one.")
@click.option("--as-of", "as_of", metavar="DAY", help="What the lake knew at the end of that day (UTC), or at a moment with time zone.")
@click.option("--all-records", is_flag=True, help="Every row ever added, not only the current reading.")
def export(*, table: str, root: Path, kind: str, output: Path | None, as_of: str | None, all_records: bool) -> None:
    """Write TABLE: publications, claims, citations, parties, classifications, conveyances, events, problems, indicators and others.

    In csv and xlsx no cell is one that a spreadsheet would execute: csv cells beginning with = + - @ get an apostrophe before them.
    """
    from langqiao.data.lake.export import TooManyRowsError  # noqa: PLC0415 - Arrow and DuckDB only when needed
    from langqiao.data.lake.store import Lake as Opened  # noqa: PLC0415
    from langqiao.data.lake.store import UnknownTableError  # noqa: PLC0415

    if output is None and kind in NEED_A_FILE:
        raise click.UsageError(f"{kind} is written to a file: add --output FILE")
    try:
        lake = Opened(root)
        chosen = _chosen(lake, table, _moment(as_of), all_records=all_records)
        if output is None:
            _write(lake.batches(chosen), kind, sys.stdout.buffer)
        else:
            _write_file(lake.batches(chosen), kind, output)
    except (UnknownTableError, TooManyRowsError) as error:
        raise click.ClickException(str(error)) from error


def _moment(text: str | None) -> dt.datetime | None:
    if text is None:
        return None
    try:
        if len(text) == len("2026-06-30"):
            return dt.datetime.combine(dt.date.fromisoformat(text), dt.time.max, dt.UTC)
        moment = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is neither a day such as 2026-06-30 nor a moment", param_hint="--as-of") from error
    if moment.tzinfo is None:
        raise click.BadParameter(f"{text!r} names no time zone, such as +08:00", param_hint="--as-of")
    return moment


def _chosen(lake: "Lake", table: str, known_at: dt.datetime | None, *, all_records: bool) -> Any:
    from langqiao.data.lake.schema import TABLES  # noqa: PLC0415

    if table not in TABLES:
        if known_at is not None or all_records:
            raise click.UsageError(f"{table} is a computed table: it is as of the day it was computed for")
        return lake.table(table)
    rows = lake.table(table, known_at, latest=not all_records)
    return rows.order_by([rows[name] for name in rows.columns if not rows[name].type().is_array() and name not in LONG_COLUMNS])


LONG_COLUMNS = {"text", "abstract", "extra", "raw", "message"}


def _write(rows: Any, kind: str, stream: BinaryIO) -> None:
    from langqiao.data.lake.export import write  # noqa: PLC0415

    write(rows, rows.schema, kind, stream)  # type: ignore[arg-type]


def _write_file(rows: Any, kind: str, output: Path) -> None:
    """The file appears whole or not at all."""
    from langqiao.data.lake.durable import publish, staged  # noqa: PLC0415

    with staged(output.absolute().parent) as (stream, path):
        _write(rows, kind, stream)
        publish(path, output.absolute())
