"""`langqiao backup`, `restore` and `verify`: books, lakes and documents with a signed manifest, accepted back only when the record is the same."""

import sys
from pathlib import Path
from typing import NoReturn

import click

from langqiao.cli.audit import HEADS, say, show, site
from langqiao.cli.right import language
from langqiao.engine.kernel.problem import Problem
from langqiao.engine.kernel.refusal import Refusal

KEYS = click.option("--key", "keys", multiple=True, help="A public key (64 hex digits) to trust, and no other. 只信任该公钥。")
_SAY = {
    "zh": {
        "made": "{folder}：{files} 个文件，{bytes} 字节；记录 {size} 条，树根 {root}",
        "no_keys": "备份不含密钥：请另行保管 var/secret.key、var/keys 和 var/signing（或用 --with-keys）。",
        "restored": "已恢复：记录 {size} 条，树根 {root}，与备份时一致。",
        "whole": "{folder} 完整：{files} 个文件，记录 {size} 条，树根 {root}",
        "books": "账簿：{accounts} 个账户，{transfers} 笔转账，收支平衡",
        "refused": "拒绝：{text}",
    },
    "en": {
        "made": "{folder}: {files} files, {bytes} bytes; {size} records, root {root}",
        "no_keys": "The backup holds no keys: keep var/secret.key, var/keys and var/signing apart (or use --with-keys).",
        "restored": "Restored: {size} records, root {root}, the same as when the backup was made.",
        "whole": "{folder} is whole: {files} files, {size} records, root {root}",
        "books": "books: {accounts} accounts, {transfers} transfers, in balance",
        "refused": "Refused: {text}",
    },
}


def _say(key: str, **facts: object) -> str:
    return _SAY[language()][key].format(**facts)


def _refuse(refusal: Refusal) -> NoReturn:
    from langqiao.rules.refusals import refusals  # noqa: PLC0415

    code = refusals()[refusal.code]
    text = f"{code.sentence(language(), refusal.facts)} {code.fix[language()]} [{refusal.code}]"
    click.echo(_say("refused", text=text), err=True)
    sys.exit(2)


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--with-keys", is_flag=True, help="Also copy the site's secrets; whoever holds them can sign as the site. 同时复制密钥。")
def backup(*, folder: Path, with_keys: bool) -> None:
    """Back up books, lakes and documents to a new FOLDER while the site runs. 备份账簿、数据湖和文件。"""
    site()
    from langqiao.web.audit.backup import backup_make  # noqa: PLC0415

    try:
        made = backup_make(folder, with_keys=with_keys)
    except Refusal as refusal:
        _refuse(refusal)
    total = sum(kept.bytes for kept in made.files)
    click.echo(_say("made", folder=folder, files=f"{len(made.files):,}", bytes=f"{total:,}", size=made.size, root=made.root))
    if not with_keys:
        click.echo(_say("no_keys"), err=True)


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Put what is there aside, in var/replaced-TIME. 将现有内容移到一旁。")
@KEYS
def restore(*, folder: Path, replace: bool, keys: tuple[str, ...]) -> None:
    """Restore the backup in FOLDER, with the site stopped; accepted only when the record has the recorded root again. 恢复备份。"""
    site()
    from langqiao.web.audit.restore import backup_restore  # noqa: PLC0415

    try:
        made = backup_restore(folder, replace=replace, trusted=frozenset(keys))
    except Refusal as refusal:
        _refuse(refusal)
    click.echo(_say("restored", size=made.size, root=made.root))


@click.command()
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@HEADS
@KEYS
def verify(*, folder: Path | None, outside: tuple[Path, ...], keys: tuple[str, ...]) -> None:
    """Check the backup in FOLDER against its manifest, or without FOLDER the site's own record and books. 核验备份，或者本站的记录和账簿。"""
    site()
    from langqiao.web.audit.export import read_lines  # noqa: PLC0415

    heads = [head for path in outside for head in read_lines(path)]
    found = _of_site(heads, keys) if folder is None else _of_folder(folder, heads, keys)
    show(found)
    sys.exit(1 if found else 0)


def _of_site(heads: list[dict[str, object]], keys: tuple[str, ...]) -> tuple[Problem, ...]:
    from django.db import transaction  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from langqiao.web.audit.reading import site_rows  # noqa: PLC0415
    from langqiao.web.audit.verification import verify as check  # noqa: PLC0415
    from langqiao.web.ledger.checks import books_check  # noqa: PLC0415

    with transaction.atomic():
        found, books = check(site_rows, outside=heads, trusted=keys), books_check(timezone.localdate())
    wrong = (*found.problems, *(problem for problem in books.problems if problem.severity == "error"))
    if not wrong:
        click.echo(say("intact", size=found.size, heads=found.heads, outside=found.outside_heads, root=found.root))
        click.echo(_say("books", accounts=f"{books.accounts:,}", transfers=f"{books.transfers:,}"))
    return wrong


def _of_folder(folder: Path, heads: list[dict[str, object]], keys: tuple[str, ...]) -> tuple[Problem, ...]:
    from langqiao.web.audit.manifest import BOOKS, manifest_read, problems_of  # noqa: PLC0415
    from langqiao.web.audit.reading import file_rows  # noqa: PLC0415
    from langqiao.web.audit.verification import verify as check  # noqa: PLC0415

    found = list(problems_of(folder, trusted=frozenset(keys)))
    if heads and (folder / BOOKS).is_file():
        with file_rows(folder / BOOKS) as rows:
            found += check(rows, outside=heads, trusted=keys).problems
    manifest = manifest_read(folder)
    if not found and manifest is not None:
        click.echo(_say("whole", folder=folder, files=f"{len(manifest.files):,}", size=manifest.size, root=manifest.root))
    return tuple(dict.fromkeys(found))
