"""`langqiao scenario`: fills a demonstration store with invented organizations and deals on real patents, by a seed."""

import json
import os
import secrets
from pathlib import Path

import click

SEED = 20260601
NOTE = "scenario.json"
"""Where a demonstration keeps the scenario's password and second factor, so that each start can print them again."""


@click.command("scenario")
@click.option("--seed", type=int, default=SEED, show_default=True, help="The same seed on the same lake tells the same story.")
def main(*, seed: int) -> None:
    """Play the demonstration scenario in the store of LANGQIAO_VAR: marked as scenario on every page, patents real."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "langqiao.web.settings")
    os.environ["LANGQIAO_DEMO"] = "1"
    import django  # noqa: PLC0415 - the help page needs no Django
    from django.core.management import call_command  # noqa: PLC0415

    django.setup()
    call_command("migrate", verbosity=0)
    from langqiao.engine.kernel.refusal import Refusal  # noqa: PLC0415

    try:
        told = play_and_keep(seed)
    except Refusal as refusal:
        raise click.ClickException(f"{refusal.message} ({refusal.code}) {refusal.facts or ''}".strip()) from None
    for line in told:
        click.echo(line)


def play_and_keep(seed: int) -> list[str]:
    """Plays the scenario and keeps its log-in beside the store; returns the lines that tell of it."""
    from django.conf import settings  # noqa: PLC0415

    from langqiao.web.scenario.play import scenario_play  # noqa: PLC0415

    password = "-".join(secrets.token_hex(3) for _ in range(3))
    played = scenario_play(seed=seed, password=password)
    note = {"password": password, "secret": played.secret, "emails": list(played.emails), "made": dict(played.made), "seed": seed}
    place = Path(settings.VAR) / NOTE
    descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(note, file, ensure_ascii=False, indent=1)
    return lines_of(note)


def kept(folder: Path) -> list[str]:
    """The lines that tell how to log in to the scenario of a store; none where none was played."""
    try:
        return lines_of(json.loads((folder / NOTE).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return []


def lines_of(note: dict[str, object]) -> list[str]:
    """The scenario in a few lines."""
    made, emails = note["made"], note["emails"]
    assert isinstance(made, dict)
    assert isinstance(emails, list)
    return [
        f"Scenario        seed {note['seed']}: {', '.join(f'{n} {what}' for what, n in made.items())}  (演示场景：单位和交易为虚构，专利真实)",
        f"  log in as     {', '.join(str(email).split('@')[0] for email in emails)} @{str(emails[0]).split('@')[1]}",
        f"  password      {note['password']}   second factor's secret {note['secret']}   (X.a asks, X.b approves)",
    ]
