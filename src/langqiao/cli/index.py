"""`langqiao index`: builds the search index and the sentence vectors of a lake."""

import datetime as dt
import json
from pathlib import Path

import click


@click.command()
@click.option("--lake", type=click.Path(path_type=Path), default=Path("var/lake"), show_default=True, help="The lake's folder.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), default=None, help="The day whose status is indexed; today if not given.")
@click.option("--vectors/--no-vectors", default=True, help="Also the vectors for search by meaning.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def index(*, lake: Path, as_of: dt.datetime | None, vectors: bool, as_json: bool) -> None:
    """Build the index that `langqiao search` and the site ask."""
    from langqiao.cli.today import today  # noqa: PLC0415
    from langqiao.data.lake.store import Lake  # noqa: PLC0415 - the help page needs no lake
    from langqiao.data.search.stage import build, build_vectors  # noqa: PLC0415

    day = as_of.date() if as_of else today()
    store = Lake(lake)
    told: dict[str, object] = {"as_of": day.isoformat(), **build(store, day)}
    if vectors:
        told |= build_vectors(store, day)
    click.echo(json.dumps(told, ensure_ascii=False) if as_json else f"{told['documents']} patents indexed in {lake}/search")
