"""`langqiao compute`: computes every indicator of the lake as of a day and says what is known and why the rest is not."""

import dataclasses
import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import track
from rich.table import Table

if TYPE_CHECKING:
    from langqiao.data.indicators.compute import ComputeReport


@click.command()
@click.option(
    "--lake",
    "root",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("var/lake"),
    show_default=True,
    help="The lake's folder.",
)
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Use only what was public by this day; today if not given.")
@click.option(
    "--totals",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A CSV file (office, patent_type, year, total) that says how many patents an office granted: the base of citing coverage.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def compute(*, root: Path, as_of: dt.datetime | None, totals: Path | None, as_json: bool) -> None:
    """Compute the indicators of every right in the lake.

    A figure that the lake cannot support is absent with its reason, never zero.
    """
    from langqiao.data.indicators.compute import compute as compute_all  # noqa: PLC0415 - Arrow and DuckDB only when needed
    from langqiao.data.indicators.compute import default_references  # noqa: PLC0415
    from langqiao.data.indicators.register import INDICATORS  # noqa: PLC0415
    from langqiao.data.lake.store import Lake  # noqa: PLC0415

    day = as_of.date() if as_of else dt.datetime.now(dt.UTC).astimezone(dt.timezone(dt.timedelta(hours=8))).date()
    lake = Lake(root)
    errors = Console(stderr=True)
    steps = iter(track(list(INDICATORS), description="Indicators", console=errors, disable=not errors.is_terminal))

    def step(_: str) -> None:
        next(steps, None)

    try:
        report = compute_all(lake, day, reference=default_references(totals), on_progress=step)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    finally:
        lake.close()
    if as_json:
        click.echo(json.dumps(dataclasses.asdict(report), default=str, ensure_ascii=False))
    else:
        _print(report)


def _print(report: "ComputeReport") -> None:
    table = Table("indicator", "known", "with percentile", title=f"{report.rights} rights as of {report.as_of}, {report.seconds:.1f} s")
    for name, known in report.known.items():
        table.add_row(name, str(known), str(report.percentiles[name]))
    console = Console()
    console.print(table)
    reasons = Table("why a value or a percentile is absent", "times")
    for reason, number in sorted(report.reasons.items(), key=lambda item: -item[1]):
        reasons.add_row(reason, str(number))
    console.print(reasons)
