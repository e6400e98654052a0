"""`langqiao ingest`: reads files and folders into the lake and prints what they held."""

import dataclasses
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeElapsedColumn, TransferSpeedColumn
from rich.progress import Progress as Bar
from rich.table import Table

if TYPE_CHECKING:
    from langqiao.data.formats.limits import Limits
    from langqiao.data.lake.ingest import IngestReport, Progress

LAKE = click.option(
    "--lake",
    "root",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("var/lake"),
    show_default=True,
    help="The lake's folder.",
)
SAID = {
    "files": "files",
    "files_unchanged": "of them read before",
    "documents": "documents read",
    "skipped": "of them no patent records",
    "publications": "publications",
    "claims": "claims",
    "citations": "citations",
    "conveyances": "conveyances",
    "events": "legal events",
    "problems": "problems",
    "quarantined": "in quarantine",
}


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH…", type=click.Path(exists=True))
@LAKE
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes that read at the same time.")
@click.option(
    "--limit", "changed", multiple=True, metavar="NAME=VALUE", help="Change a limit of reading; docs/reference/limits.md lists them."
)
@click.option("--again", is_flag=True, help="Read files again that were read before, for other limits or a newer reader.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def ingest(*, paths: tuple[str, ...], root: Path, workers: int, changed: tuple[str, ...], again: bool, as_json: bool) -> None:
    """Read office files, vendor exports and archives into the lake.

    Formats are found by content. What is bad becomes a problem, the document is kept in quarantine, the rest goes on. Reading the same
    file again changes nothing; after an interruption call again.
    """
    from langqiao.data.lake.ingest import ingest as read  # noqa: PLC0415 - Arrow and DuckDB only when needed
    from langqiao.data.lake.lock import LakeBusyError  # noqa: PLC0415
    from langqiao.data.lake.store import Lake  # noqa: PLC0415

    limits = _limits(changed)
    with _bar() as bar:
        try:
            report = read(list(paths), Lake(root), limits=limits, workers=workers, again=again, progress=_shown(bar))
        except (LakeBusyError, OSError) as error:
            raise click.ClickException(f"the lake {root} cannot be written: {error}") from error
    if as_json:
        click.echo(json.dumps(report.as_dict()))
    else:
        _say(report, root)


def _limits(changed: tuple[str, ...]) -> "Limits":
    from langqiao.data.formats.limits import LIMITS  # noqa: PLC0415

    names = [field.name for field in dataclasses.fields(LIMITS)]
    values = {}
    for text in changed:
        name, _, value = text.partition("=")
        if name not in names or not value.isdecimal():
            raise click.BadParameter(f"{text!r} is not NAME=NUMBER with a name of {', '.join(names)}", param_hint="--limit")
        values[name] = int(value)
    return dataclasses.replace(LIMITS, **values)


def _bar() -> Bar:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeElapsedColumn())
    return Bar(*columns, console=Console(stderr=True), transient=True)


def _shown(bar: Bar) -> Callable[["Progress"], None]:
    line = bar.add_task("Reading", total=None)

    def show(progress: "Progress") -> None:
        said = f"{progress.documents:,} documents, {progress.problems:,} problems"
        bar.update(line, completed=progress.done_bytes, total=progress.total_bytes, description=said)

    return show


@contextmanager
def shown_bar() -> Iterator[Callable[["Progress"], None]]:
    """A progress bar on standard error; yields what ingest calls with its progress."""
    with _bar() as bar:
        yield _shown(bar)


def _say(report: "IngestReport", root: Path) -> None:
    table = Table(show_header=False, box=None)
    for name, said in SAID.items():
        table.add_row(f"{report.as_dict()[name]:,}", said)
    console = Console()
    console.print(table)
    console.print(f"{report.seconds:,.1f} s, lake {root}")
    if report.problems:
        console.print(f"The problems, one by one:  langqiao export problems --lake {root}")
