"""`langqiao person`: everything kept about one person as a file, and the erasure that the operator does on request."""

import sys
from pathlib import Path

import click

from langqiao.cli.audit import site
from langqiao.cli.right import language

_SAY = {
    "zh": {
        "nobody": "没有用户 {email}。",
        "written": "已写出 {path}",
        "erased": "已删除 {email} 的个人信息；记录仍可核验。",
        "refused": "拒绝：{text}",
    },
    "en": {
        "nobody": "There is no user {email}.",
        "written": "written to {path}",
        "erased": "The personal data of {email} is erased; the record still verifies.",
        "refused": "Refused: {text}",
    },
}


def _say(key: str, **facts: object) -> str:
    return _SAY[language()][key].format(**facts)


@click.group()
def person() -> None:
    """Personal data of one user: export and erasure. 个人信息：导出和删除。"""


@person.command()
@click.argument("email")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), default=Path("personal-data.zip"), show_default=True)
def export(*, email: str, output: Path) -> None:
    """Write everything kept about the user EMAIL to a ZIP archive."""
    site()
    from langqiao.web.audit.personal import personal_zip  # noqa: PLC0415
    from langqiao.web.people.models import User  # noqa: PLC0415

    user = User.objects.filter(email=email.lower()).first()
    if user is None:
        raise click.ClickException(_say("nobody", email=email))
    output.write_bytes(personal_zip(user))
    output.chmod(0o600)
    click.echo(_say("written", path=output))


@person.command()
@click.argument("email")
@click.confirmation_option("--yes", prompt="Erase for good? 永久删除？")
def erase(*, email: str) -> None:
    """Erase who the user EMAIL is; their numbered steps stay in the record."""
    site()
    from langqiao.engine.kernel.refusal import Refusal  # noqa: PLC0415
    from langqiao.rules.refusals import refusals  # noqa: PLC0415
    from langqiao.web.audit.personal import person_erase  # noqa: PLC0415
    from langqiao.web.people.models import User  # noqa: PLC0415

    user = User.objects.filter(email=email.lower()).first()
    if user is None:
        raise click.ClickException(_say("nobody", email=email))
    try:
        person_erase(user=user, by=None)
    except Refusal as refusal:
        text = refusals()[refusal.code].sentence(language(), refusal.facts)
        click.echo(_say("refused", text=f"{text} [{refusal.code}]"), err=True)
        sys.exit(2)
    click.echo(_say("erased", email=email))
