"""`langqiao setup-admin` and `langqiao check-deploy`: the first administrator, and whether the settings are fit for real users."""

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import click

PASSWORD_VARIABLE = "LANGQIAO_ADMIN_PASSWORD"  # noqa: S105 - the name of a variable, no password


@click.command("setup-admin")
@click.option("--email", prompt="E-mail address of the first administrator", help="The address they log in with.")
@click.option("--name", prompt="Name of the person", help="As others see it.")
@click.option("--organization", prompt="Name of the organization that runs this platform", help="As registered.")
@click.option(
    "--password-stdin", is_flag=True, help=f"Read the password from the first line of the input (else {PASSWORD_VARIABLE}, else asked)."
)
def setup_admin(*, email: str, name: str, organization: str, password_stdin: bool) -> None:
    """Make the platform and its first administrator. The password is never given on the command line, where others can read it."""
    _django()
    from django.core.exceptions import ValidationError  # noqa: PLC0415 - the help page needs no Django

    from langqiao.engine.kernel.refusal import Refusal  # noqa: PLC0415
    from langqiao.web.people.setup import platform_set_up  # noqa: PLC0415

    try:
        user = platform_set_up(email=email, name=name, organization=organization, password=_password(from_stdin=password_stdin))
    except Refusal as refusal:
        raise click.ClickException(f"{refusal.message} ({refusal.code})") from None
    except ValidationError as problem:
        raise click.ClickException(" ".join(problem.messages)) from None
    click.echo(f"{user.email} administers {organization}. At the first log-in a second factor is set up; then invite colleagues.")


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    given = os.environ.get(PASSWORD_VARIABLE, "")
    return given or str(click.prompt("Password (twelve characters or more)", hide_input=True, confirmation_prompt=True))


@click.command("check-deploy")
def check_deploy() -> None:
    """Check the settings in force for real users: Django's own check and ours. Exit status 1 where something must be changed."""
    _django(migrate=False)
    findings = [*_django_findings(), *_own_findings()]
    for level, text in findings:
        click.echo(f"{level:8}{text}")
    bad = sum(level == "error" for level, _text in findings)
    click.echo("The settings are fit for real users." if not bad else f"{bad} to change.")
    sys.exit(1 if bad else 0)


def _django(*, migrate: bool = True) -> None:
    import django  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "langqiao.web.settings")
    django.setup()
    if migrate:
        call_command("migrate", interactive=False, verbosity=0)


def _django_findings() -> Iterator[tuple[str, str]]:
    from django.core.checks import run_checks  # noqa: PLC0415

    for message in run_checks(include_deployment_checks=True):
        yield "error", f"{message.id}: {message.msg}"


def _own_findings() -> Iterator[tuple[str, str]]:
    from django.conf import settings  # noqa: PLC0415

    here = {"127.0.0.1", "localhost", "[::1]"}
    yield (
        ("ok", f"hosts: {', '.join(settings.ALLOWED_HOSTS)}")
        if set(settings.ALLOWED_HOSTS) - here and "*" not in settings.ALLOWED_HOSTS
        else ("error", "LANGQIAO_HOSTS names no host of the outside world, or all of them")
    )
    yield (
        ("ok", "TLS behind a proxy: LANGQIAO_HTTPS=1")
        if settings.HTTPS
        else ("error", "LANGQIAO_HTTPS=1 is missing: cookies would travel in the clear")
    )
    yield ("error", "LANGQIAO_DEMO=1: demonstration accounts could log in") if settings.DEMO else ("ok", "no demonstration")
    yield (
        ("warning", "LANGQIAO_MAIL_HOST is missing: letters are written into var/mail, nobody receives them")
        if settings.MAIL_IS_LOCAL
        else ("ok", f"mail by {settings.EMAIL_HOST}")
    )
    yield _secret_finding(settings.VAR / "secret.key")


def _secret_finding(path: Path) -> tuple[str, str]:
    if os.environ.get("LANGQIAO_SECRET"):
        return "ok", "the key comes from LANGQIAO_SECRET"
    if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
        return "error", f"{path} can be read by others: chmod 600 {path}"
    return "ok", f"the key is in {path}, readable by its owner only"
