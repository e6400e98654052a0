"""`langqiao books`: checks the books, prints a statement or the trial balance, exports for beancount, imports a bank's statement."""

import datetime as dt
import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from langqiao.cli.audit import site
from langqiao.cli.right import language
from langqiao.engine.kernel.money import fen_to_yuan

DAY = click.DateTime(formats=["%Y-%m-%d"])
_SAY = {
    "zh": {
        "sound": "账簿无误：{accounts} 个账户，{transfers} 笔转账，链尾 {head}",
        "unsound": "账簿有误：{count} 处",
        "warning": "待处理",
        "error": "错误",
        "balance": "余额",
        "total": "合计",
        "no_account": "没有账户 {account}",
        "taken": "匹配 {matched} 笔，暂记 {suspense} 笔，已读过 {known} 笔",
        "row": "第 {row} 行",
    },
    "en": {
        "sound": "the books are sound: {accounts} accounts, {transfers} transfers, head {head}",
        "unsound": "the books are not sound: {count} errors",
        "warning": "waiting",
        "error": "error",
        "balance": "balance",
        "total": "total",
        "no_account": "there is no account {account}",
        "taken": "{matched} matched, {suspense} in suspense, {known} read before",
        "row": "row {row}",
    },
}


def say(key: str, **facts: object) -> str:
    """A sentence in the terminal's language."""
    return _SAY[language()][key].format(**facts)


@click.group()
def books() -> None:
    """The books: check them, read them, give them to beancount, take a bank's statement. 账簿：核对、查询、导出、导入银行对账单。"""
    site()


@books.command()
@click.option("--day", type=DAY, default=None, help="The day that holds are measured at; today by default. 冻结到期所依据的日期。")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def check(*, day: dt.datetime | None, as_json: bool) -> None:
    """Check sums, folds, limits, suspense, holds, groups, chain and guards; exit status 1 where something is wrong."""
    from django.db import transaction  # noqa: PLC0415 - after the setup

    from langqiao.web.ledger.checks import books_check  # noqa: PLC0415

    with transaction.atomic():
        checked = books_check(_day(day))
    errors = [problem for problem in checked.problems if problem.severity == "error"]
    if as_json:
        facts = {"accounts": checked.accounts, "transfers": checked.transfers, "head": checked.head, "sound": checked.sound}
        click.echo(json.dumps(facts | {"problems": [asdict(problem) for problem in checked.problems]}, ensure_ascii=False))
    else:
        for problem in checked.problems:
            click.echo(f"{say('error' if problem.severity == 'error' else 'warning'):8}{problem.code} {problem.where}: {problem.message}")
        told = {"accounts": checked.accounts, "transfers": checked.transfers, "head": checked.head}
        click.echo(say("sound", **told) if checked.sound else say("unsound", count=len(errors)))
    sys.exit(0 if checked.sound else 1)


@books.command()
@click.argument("account")
@click.option("--from", "start", type=DAY, default=None, help="First business day. 起始日。")
@click.option("--to", "end", type=DAY, default=None, help="Last business day. 截止日。")
def statement(*, account: str, start: dt.datetime | None, end: dt.datetime | None) -> None:
    """Print the statement of ACCOUNT (as `organization/12:client_money::CNY`)."""
    from langqiao.web.ledger import selectors  # noqa: PLC0415
    from langqiao.web.ledger.models import LedgerAccount  # noqa: PLC0415

    if not LedgerAccount.objects.filter(pk=account).exists():
        raise click.ClickException(say("no_account", account=account))
    first, last = (day.date() if day else None for day in (start, end))
    for line in selectors.statement(account, start=first, end=last):
        transfer = line.transfer
        moved = fen_to_yuan(line.change_fen) if transfer.moved_fen else f"({fen_to_yuan(transfer.amount_fen)})"
        click.echo(
            f"{transfer.business_date}  {transfer.phase:9}{moved:>20}{fen_to_yuan(line.balance_fen):>20}  {transfer.code}  {line.other}"
        )
    click.echo(f"{say('balance')} {fen_to_yuan(selectors.balance(account))}")


@books.command("trial-balance")
@click.option("--currency", default="CNY", show_default=True)
def trial_balance(*, currency: str) -> None:
    """Print every account with what it was debited and credited; the two columns sum to the same."""
    from langqiao.web.ledger import selectors  # noqa: PLC0415

    lines = selectors.trial_balance(currency=currency)
    for line in lines:
        click.echo(f"{line.account.id:<70}{fen_to_yuan(line.debits_fen):>22}{fen_to_yuan(line.credits_fen):>22}")
    debits, credited = sum(line.debits_fen for line in lines), sum(line.credits_fen for line in lines)
    click.echo(f"{say('total'):<70}{fen_to_yuan(debits):>22}{fen_to_yuan(credited):>22}")
    sys.exit(0 if debits == credited else 1)


@books.command()
@click.option("--format", "form", type=click.Choice(["beancount"]), default="beancount", show_default=True)
@click.option("--out", type=click.Path(dir_okay=False, writable=True, path_type=Path), help="File; standard output by default. 输出文件。")
def export(*, form: str, out: Path | None) -> None:  # noqa: ARG001 - one form so far
    """Write the books for another program to check."""
    from django.db import transaction  # noqa: PLC0415

    from langqiao.web.ledger.beancount import export as lines  # noqa: PLC0415

    with transaction.atomic():
        text = "".join(lines())
    if out is None:
        click.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8")


@books.command("import-statement")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--rail", default="statement_file", show_default=True, help="Which bank connection the statement is of. 所属银行通道。")
def import_statement(*, file: Path, rail: str) -> None:
    """Take a bank's statement (CSV or Excel, Chinese or English headers): matched by reference and amount, the rest into suspense."""
    from langqiao.web.ledger.bankfile import statement_read  # noqa: PLC0415
    from langqiao.web.ledger.payments import lines_take  # noqa: PLC0415
    from langqiao.web.ledger.rails import RAILS  # noqa: PLC0415

    if rail not in RAILS:
        raise click.BadParameter(", ".join(RAILS), param_hint="--rail")
    read = statement_read(file.read_bytes(), file.name)
    for problem in read.problems:
        click.echo(f"{say('row', row=problem.row)} {problem.code}: {problem.message} {problem.raw or ''}".rstrip(), err=True)
    taken = lines_take(read.lines, rail=rail, by="platform")
    click.echo(say("taken", **asdict(taken)))
    sys.exit(1 if any(problem.severity == "error" for problem in read.problems) else 0)


def _day(given: dt.datetime | None) -> dt.date:
    if given is not None:
        return given.date()
    from django.utils import timezone  # noqa: PLC0415

    return timezone.localdate()
