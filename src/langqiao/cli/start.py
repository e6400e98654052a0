"""What `make run` does: takes the real sample or the given files, ingests, computes, indexes, prints a demo log-in and serves."""

import os
import sys
import time
from importlib.resources import as_file, files
from pathlib import Path

import click
from rich.console import Console

from langqiao.cli.today import today

VAR = Path("var")
CONSOLE = Console(stderr=True)


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--files", "given", default="", help="Files and folders to read instead of the sample, separated by blanks.")
@click.option("--no-serve", is_flag=True, help="Only prepare the data.")
def main(*, port: int, given: str, no_serve: bool) -> None:
    """Prepare the lake where that has not been done, then serve the site."""
    started = time.monotonic()
    lake = Path(os.environ.get("LANGQIAO_LAKE", str(VAR / "lake")))
    ready = lake / "search" / "text" / "langqiao.json"
    if given or not ready.exists():
        prepare_data(lake, given.split())
    else:
        CONSOLE.print(f"The lake in {lake} is ready; `langqiao ingest PATH…` adds files, `rm -r {lake}` starts anew.")
    if no_serve:
        return
    _serve(lake, port, started)


def prepare_data(lake: Path, given: list[str]) -> None:
    """Ingests the given paths, or the registry sample and the packaged facts on Chinese patents, and runs every stage that changed."""
    from langqiao.data.lake.ingest import ingest  # noqa: PLC0415 - the second start needs none of this
    from langqiao.data.lake.store import Lake  # noqa: PLC0415
    from langqiao.data.pipeline import run_stages  # noqa: PLC0415

    store = Lake(lake)
    missing = [path for path in given if not Path(path).exists()]
    if missing:
        raise click.ClickException(f"there is no file or folder {', '.join(missing)}")
    paths = [Path(path) for path in given] or _sample()
    from langqiao.cli.ingest import shown_bar  # noqa: PLC0415

    with as_file(files("langqiao.data").joinpath("facts")) as facts, shown_bar() as progress:
        sources = paths if given else [*paths, *sorted(facts.glob("cn_*.csv"))]
        report = ingest(sources, store, progress=progress)
    CONSOLE.print(
        f"Read {report.documents:,} documents: {report.publications:,} publications, {report.claims:,} claims, {report.citations:,} citations, "
        f"{report.conveyances:,} conveyances, {report.events:,} events; {report.problems:,} problems, {report.quarantined:,} in quarantine."
    )
    for stage in run_stages(store, today(), on_stage=lambda name: CONSOLE.print(f"Computing {name} …")):
        CONSOLE.print(f"  {stage.name}: {stage.status} in {stage.seconds:.1f} s")


def _sample() -> list[Path]:
    """The folder of the registry sample, fetched where it is not there yet; empty, with the reason said, where it cannot be had."""
    from langqiao.cli.sample import fetch_with_bars  # noqa: PLC0415
    from langqiao.data.sources import registry_sample as registry  # noqa: PLC0415

    folder = VAR / "sample"
    records = folder / registry.RECORDS
    if registry.sources(folder) is None:
        CONSOLE.print("Fetching the real sample: recorded office responses out of pinned public packages (22.5 MB) …")
        fetched = fetch_with_bars(folder)
        for name, reason in fetched.absent.items():
            CONSOLE.print(f"  {name} could not be had: {reason}", style="yellow")
    if records.is_dir():
        return [records]
    CONSOLE.print(
        "The package registry could not be reached, so the demonstration holds only the packaged facts on 448 Chinese patents. "
        "Bring your own files: make run FILES=path",
        style="yellow",
    )
    return []


def _code(secret: str) -> str:
    import pyotp  # noqa: PLC0415

    return pyotp.TOTP(secret).now()


def _serve(lake: Path, port: int, started: float) -> None:
    from langqiao.cli.serve import children, prepare, watch  # noqa: PLC0415

    os.environ["LANGQIAO_LAKE"] = str(lake.resolve())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "langqiao.web.settings")
    os.environ["LANGQIAO_DEMO"] = "1"
    prepare()
    from langqiao.engine.kernel.refusal import Refusal  # noqa: PLC0415
    from langqiao.web.people.demo import demo_prepare  # noqa: PLC0415 - needs Django's set-up

    try:
        user, password, secret = demo_prepare()
    except Refusal as refusal:
        raise click.ClickException(f"{refusal.message} ({refusal.code}); `langqiao serve` serves a store of real users") from None
    told = _scenario(lake)
    click.echo(f"\nLangqiao 廊桥   http://127.0.0.1:{port}")
    click.echo(f"Demo log-in     {user.email}   password {password}   (演示账户；a new password at each start)")
    click.echo(
        f"Second factor   secret {secret}   code now {_code(secret)}   (动态码密钥；put it into an authenticator for the next codes)"
    )
    for line in told:
        click.echo(line)
    click.echo(f"Ready in {time.monotonic() - started:.1f} s; Ctrl-C stops.\n")
    sys.stdout.flush()
    watch(children(host="127.0.0.1", port=port, workers=os.cpu_count() or 2))


def _scenario(lake: Path) -> list[str]:
    """How to log in to the scenario, which the first start plays; without enough Chinese patents there is none, and why is said."""
    from django.conf import settings  # noqa: PLC0415 - needs Django's set-up

    from langqiao.cli.scenario import SEED, kept, play_and_keep  # noqa: PLC0415

    told = kept(settings.VAR)
    if told:
        return told
    from langqiao.engine.kernel.refusal import Refusal  # noqa: PLC0415

    CONSOLE.print("Playing the demonstration scenario: invented organizations and deals on real patents …")
    try:
        return play_and_keep(SEED)
    except Refusal as refusal:
        return [f"No scenario     {refusal.message} ({lake})"]


if __name__ == "__main__":
    main()
