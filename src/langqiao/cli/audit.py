"""`langqiao audit`: verifies the record, signs and writes out tree heads, exports record and books, proves one record."""

import json
import os
import sys
from pathlib import Path

import click

from langqiao.cli.right import language
from langqiao.engine.kernel.problem import Problem

HEADS = click.option(
    "--heads",
    "outside",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Heads kept elsewhere. 留存于别处的树头。",
)
SHOWN = 20
"""Problems shown before the rest is only counted."""

_SAY = {
    "zh": {
        "intact": "完整：{size} 条记录，{heads} 个已签名树头，{outside} 个外部树头，树根 {root}",
        "broken": "不完整：{count} 处问题",
        "more": "另有 {count} 处",
        "no_anchor": "未提供外部树头：截去末尾或整体重写无法发现（--heads 文件）。",
        "empty": "尚无记录。",
        "written": "新写出 {count} 个树头到 {path}",
        "no_record": "没有第 {seq} 条记录。",
        "no_head": "第 {seq} 条记录尚无签名树头覆盖；运行 langqiao audit head。",
    },
    "en": {
        "intact": "intact: {size} records, {heads} signed heads, {outside} heads from outside, root {root}",
        "broken": "not intact: {count} problems",
        "more": "and {count} more",
        "no_anchor": "No head from outside was given: a truncated end or a complete rewrite cannot be found (--heads FILE).",
        "empty": "Nothing is recorded yet.",
        "written": "{count} new heads written to {path}",
        "no_record": "There is no record {seq}.",
        "no_head": "No signed head covers record {seq} yet; run langqiao audit head.",
    },
}


@click.group()
def audit() -> None:
    """The record nobody can alter: verify it, sign its state, export it, prove a record. 不可篡改的记录：核验、签名、导出、证明。"""


def site() -> None:
    """Sets Django up; the tables must be there (`langqiao serve` makes them)."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "langqiao.web.settings")
    import django  # noqa: PLC0415 - the help page needs no Django

    django.setup()


def say(key: str, **facts: object) -> str:
    """A sentence in the terminal's language."""
    return _SAY[language()][key].format(**facts)


@audit.command()
@HEADS
@click.option("--key", "keys", multiple=True, help="A public key (64 hex digits) to trust, and no other. 只信任该公钥。")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def verify(*, outside: tuple[Path, ...], keys: tuple[str, ...], as_json: bool) -> None:
    """Check chain, tree, heads and readers; exit status 1 where anything was changed, deleted, inserted, swapped or cut off."""
    site()
    from langqiao.web.audit.export import read_lines  # noqa: PLC0415
    from langqiao.web.audit.reading import site_rows  # noqa: PLC0415
    from langqiao.web.audit.verification import verify as check  # noqa: PLC0415

    found = check(site_rows, outside=[head for path in outside for head in read_lines(path)], trusted=keys)
    if as_json:
        told = {"intact": not found.problems, "size": found.size, "root": found.root, "heads": found.heads, "outside": found.outside_heads}
        click.echo(json.dumps({**told, "problems": [_told(problem) for problem in found.problems]}, ensure_ascii=False))
    else:
        show(found.problems)
        if not found.problems:
            click.echo(say("intact", size=found.size, heads=found.heads, outside=found.outside_heads, root=found.root))
        if not outside:
            click.echo(say("no_anchor"), err=True)
    sys.exit(1 if found.problems else 0)


def show(problems: tuple[Problem, ...]) -> None:
    """Prints problems: the word for each code, its place, and the sentence."""
    from langqiao.rules.words import words  # noqa: PLC0415

    known = words()["record_problem"]
    if problems:
        click.echo(say("broken", count=len(problems)))
    for problem in problems[:SHOWN]:
        place = problem.where if problem.row is None else f"{problem.where} {problem.row}"
        click.echo(f"  {place}: {known[problem.code][language()] if problem.code in known else problem.code}")
        click.echo(f"    {problem.message}")
    if len(problems) > SHOWN:
        click.echo("  " + say("more", count=len(problems) - SHOWN))


def _told(problem: Problem) -> dict[str, object]:
    return {"where": problem.where, "row": problem.row, "code": problem.code, "message": problem.message}


@audit.command()
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Append the heads to this file instead. 树头写到该文件。")
def head(*, output: Path | None) -> None:
    """Sign the record as it stands now, print the head, and write all heads out to the anchor file."""
    site()
    from langqiao.web.audit.heads import head_line, head_make, heads_file, heads_write_out  # noqa: PLC0415

    made = head_make()
    if made is None:
        click.echo(say("empty"), err=True)
        return
    path = output or heads_file()
    count = heads_write_out(path)
    click.echo(head_line(made))
    click.echo(say("written", count=count, path=path), err=True)


@audit.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def export(*, folder: Path) -> None:
    """Write record, heads, transfers and balances to FOLDER as lines of JSON, for tools/verify_audit.py."""
    site()
    from django.db import transaction  # noqa: PLC0415

    from langqiao.web.audit.export import export as write  # noqa: PLC0415

    with transaction.atomic():
        for name, count in write(folder).items():
            click.echo(f"{folder / name}  {count:,}")


@audit.command()
@click.argument("seq", type=click.IntRange(min=1))
def prove(*, seq: int) -> None:
    """Print the inclusion proof of record SEQ as one line of JSON; exit status 1 where no signed head covers it."""
    site()
    from langqiao.web.audit.models import Record  # noqa: PLC0415
    from langqiao.web.audit.proofs import inclusion_of  # noqa: PLC0415

    record = Record.objects.filter(pk=seq).first()
    proof = inclusion_of(record) if record else None
    if proof is None:
        raise click.ClickException(say("no_head" if record else "no_record", seq=seq))
    click.echo(proof.text())
