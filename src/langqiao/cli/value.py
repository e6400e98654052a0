"""`langqiao value NUMBER`: an opinion of value as a range, every method beside the others, every input with its source."""

import datetime as dt
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from langqiao.cli.grade import NOT_FOUND, REFUSED, refuse
from langqiao.cli.today import today
from langqiao.rules.refusals import Language


@click.command(help="An opinion of value as p10, p50 and p90, from stated inputs and the record. 价值意见：区间、各方法与依据。")
@click.argument("number")
@click.option("--lake", "root", type=click.Path(path_type=Path), default=Path("var/lake"), show_default=True, help="The lake. 数据湖目录。")
@click.option(
    "--inputs",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="JSON file of stated inputs with sources (see docs/reference/schemes.md). 输入文件。",
)
@click.option("--as-of", "as_of", type=click.DateTime(["%Y-%m-%d"]), help="The valuation date (default: today).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--lang", type=click.Choice(["zh", "en"]), help="Language of the text (default: from LANG).")
def value(number: str, root: Path, *, inputs: Path | None, as_of: dt.datetime | None, as_json: bool, lang: Language | None) -> None:
    """Prints the opinion; exit status 1 where the lake does not hold the number, 2 where it is refused or an input is wrong."""
    from langqiao.cli.right import language  # noqa: PLC0415 - loaded when the command runs
    from langqiao.data.appraisal import value_for  # noqa: PLC0415
    from langqiao.data.lake.store import Lake  # noqa: PLC0415
    from langqiao.engine.kernel.calculation import BadInput, read_json  # noqa: PLC0415
    from langqiao.engine.kernel.refusal import Refusal  # noqa: PLC0415

    lake = Lake(root)
    keys = lake.keys_of(number)
    if not keys:
        click.echo(f"{root} holds no publication {number}. 数据湖中没有 {number}。", err=True)
        sys.exit(NOT_FOUND)
    try:
        stated = read_json(inputs.read_text("utf-8")) if inputs else {}
        if not isinstance(stated, dict):
            raise BadInput("wrong_type", "the inputs must be a JSON object")  # noqa: TRY301 - one way to report a wrong input
        told = value_for(lake, keys[0], as_of.date() if as_of else today(), stated).as_dict()
    except BadInput as error:
        click.echo(json.dumps({"error": error.as_dict()}, ensure_ascii=False), err=True)
        sys.exit(REFUSED)
    except Refusal as refusal:
        refuse(refusal, lang or language(), as_json=as_json)
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        show(told["opinion"], lang or language())


def show(told: dict[str, Any], lang: Language) -> None:
    """The opinion as a person reads it."""
    from rich.console import Console  # noqa: PLC0415

    console = Console(highlight=False)
    for line in lines(told, lang):
        console.print(line, markup=False, overflow="fold")


def lines(told: dict[str, Any], lang: Language) -> Iterator[str]:
    """Range, words, conditions, methods, inputs and tornado as lines of text."""
    say, currency = _SAY[lang], told["currency"]
    yield f"{told['key']}  {told['as_of']}  {currency}"
    yield f"  p10 {grouped(told['p10'])}   p50 {grouped(told['p50'])}   p90 {grouped(told['p90'])}   ({say['basis']} {say[told['basis']]})"
    yield from (f"  {words[lang]}" for words in told["words"])
    yield from (f"  {say['condition']} {say.get(condition, condition)}" for condition in told["conditions"])
    for method in told["methods"]:
        yield from (f"  {line}" for line in method_lines(method, lang))
    if told["tornado"]:
        yield f"  {say['tornado']}"
    for bar in told["tornado"]:
        yield f"    {bar['name']}  {bar['low']:g} → {grouped(bar['value_at_low'])}   {bar['high']:g} → {grouped(bar['value_at_high'])}"
    yield f"  {say['draws'].format(draws=told['draws'], seed=told['seed'], engine=told['engine'])}"
    yield f"  sha256 {told['sha256']}"


def method_lines(method: dict[str, Any], lang: Language) -> Iterator[str]:
    """One method: its range with the inputs, or why it has none."""
    say = _SAY[lang]
    name = f"{say[method['method']]} ({say[method['role']]})"
    if method["status"] != "given":
        needs = ", ".join(method["missing"])
        why = method["message"] or say["not_asked"]
        yield f"○ {name}: {why}" + (f" · {say['needs']} {needs}" if needs else "")
        return
    yield f"● {name}: {grouped(method['p10'])} – {grouped(method['p50'])} – {grouped(method['p90'])}"
    for used in method["inputs"]:
        span = "" if used["low"] is None else f" [{used['low']:g}, {used['high']:g}]"
        mark = "" if used["confirmed"] else f" ({say['unconfirmed']})"
        yield f"    {used['name']} = {used['base']:g}{span} {used['unit']} · {used['source']}{mark}"
    if method["by_decay"]:
        for row in method["by_decay"]:
            figures = " · ".join(f"{name} {grouped(row[name])}" for name in ("median", "p90", "mean"))
            yield f"    {say['decay']} {row['decay']:.0%}: {figures}"
    if method["chance_next_fee_unpaid"] is not None:
        yield f"    {say['unpaid']} {method['chance_next_fee_unpaid']:.0%}"


def grouped(amount: str) -> str:
    """Money text with thousands set apart."""
    whole, _, part = amount.partition(".")
    return f"{int(whole):,}.{part}"


_SAY: dict[Language, dict[str, str]] = {
    "en": {
        "basis": "from", "relief_from_royalty": "relief from royalty", "market": "market", "renewal": "renewal", "cost": "cost",
        "reconciled": "several methods", "estimate": "estimate", "prior": "prior of patents like it", "floor": "floor, no estimate of value",
        "condition": "assumed:", "assumes_in_force": "the right is in force (its fees are not told)",
        "assumes_fees_paid_to_date": "all fees so far were paid", "legal_life_not_checked": "the legal life left was not checked",
        "tornado": "what moves it most:", "draws": "{draws} scenarios, seed {seed}, engine {engine}", "not_asked": "nothing was stated for it",
        "needs": "needs", "unconfirmed": "not confirmed", "decay": "decay", "unpaid": "chance that the next fee is not paid:",
    },
    "zh": {
        "basis": "依据", "relief_from_royalty": "许可费节省法", "market": "市场法", "renewal": "续展行为", "cost": "成本法",
        "reconciled": "多种方法", "estimate": "估计", "prior": "同类专利的先验", "floor": "下限，不是价值估计",
        "condition": "假定：", "assumes_in_force": "专利权有效（缴费记录未知）", "assumes_fees_paid_to_date": "到期年费均已缴纳",
        "legal_life_not_checked": "未核对剩余法定保护期", "tornado": "影响最大的输入：", "draws": "{draws} 个情景，种子 {seed}，引擎版本 {engine}",
        "not_asked": "未提供输入", "needs": "需要", "unconfirmed": "未确认", "decay": "年衰减率", "unpaid": "下一次年费不缴的概率：",
    },
}  # fmt: skip
