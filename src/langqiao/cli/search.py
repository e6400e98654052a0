"""`langqiao search`: finds patents in the index, for people or as JSON."""

import dataclasses
import datetime as dt
import json
import re
from pathlib import Path
from typing import Any

import click


@click.command()
@click.argument("text", default="")
@click.option("--lake", type=click.Path(path_type=Path), default=Path("var/lake"), show_default=True, help="The lake's folder.")
@click.option(
    "--filter",
    "chosen",
    multiple=True,
    metavar="FIELD=VALUE",
    help="office, patent_type, status, field, sei, grade, high_value, year, owner, ipc, cpc.",
)
@click.option("--filed-from", type=click.DateTime(["%Y-%m-%d"]))
@click.option("--filed-to", type=click.DateTime(["%Y-%m-%d"]))
@click.option("--published-from", type=click.DateTime(["%Y-%m-%d"]))
@click.option("--published-to", type=click.DateTime(["%Y-%m-%d"]))
@click.option("--page", type=click.IntRange(1), default=1)
@click.option("--size", type=click.IntRange(1, 100), default=25)
@click.option("--meaning", is_flag=True, help="Rank by words and meaning, across Chinese and English.")
@click.option("--similar", "similar_to", metavar="KEY", help="Patents like this one.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def search(text: str, *, lake: Path, similar_to: str | None, meaning: bool, as_json: bool, **options: Any) -> None:
    """Find patents: words, "phrases", -excluded, ti: ab: cl: owner: ipc: cpc: number: parts, or a patent number in any form."""
    try:
        answer = _near(lake, text, similar_to, options["size"]) if meaning or similar_to else _words(lake, text, options)
    except (ValueError, FileNotFoundError) as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False, default=str))
    else:
        _show(answer)


def _words(lake: Path, text: str, options: dict[str, Any]) -> dict[str, Any]:
    from langqiao.data.search.query import Filters  # noqa: PLC0415 - the help page needs no index
    from langqiao.data.search.query import search as find  # noqa: PLC0415

    values: dict[str, list[str]] = {}
    for pair in options["chosen"]:
        name, equals, value = pair.partition("=")
        if not equals:
            raise ValueError(f"--filter takes FIELD=VALUE, not {pair!r}")
        values.setdefault(name, []).append(value)
    days: dict[str, dt.date | None] = {}
    for name in ("filed_from", "filed_to", "published_from", "published_to"):
        days[name] = options[name].date() if options[name] else None
    found = find(lake / "search" / "text", text, filters=Filters(values=values, **days), page=options["page"], size=options["size"])
    return {**dataclasses.asdict(dataclasses.replace(found, hits=[])), "hits": [hit._asdict() for hit in found.hits]}


def _near(lake: Path, text: str, similar_to: str | None, size: int) -> dict[str, Any]:
    from langqiao.data.search import similar as near  # noqa: PLC0415

    index, matrix = lake / "search" / "text", lake / "search" / "vectors"
    neighbors = near.similar(index, matrix, similar_to, count=size) if similar_to else near.semantic(index, matrix, text, count=size)
    return {"hits": [dataclasses.asdict(found) for found in neighbors], "total": len(neighbors)}


def _show(answer: dict[str, Any]) -> None:
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    console = Console()
    table = Table(title=f"{answer['total']} patents" + (f" · {answer['understood']}" if answer.get("understood") else ""))
    columns = [
        name
        for name in ("key", "title", "owners", "status", "published", "score", "cosine")
        if answer["hits"] and name in answer["hits"][0]
    ]
    for name in columns:
        table.add_column(name)
    for hit in answer["hits"]:
        table.add_row(*(_cell(hit[name]) for name in columns))
    console.print(table)
    for name, values in answer.get("facets", {}).items():
        if values:
            console.print(f"[bold]{name}[/bold]  " + "  ".join(f"{value} {count}" for value, count in values))


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.3f}"
    return "" if value is None else re.sub(r"</?b>", "", str(value))
