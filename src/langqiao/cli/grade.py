"""`langqiao grade NUMBER`: the grade of a patent, leaf by leaf with its evidence, and the high-value check."""

import dataclasses
import datetime as dt
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from langqiao.cli.today import today
from langqiao.engine.grading.reasons import reason_in_words
from langqiao.rules.refusals import Language

NOT_FOUND, REFUSED = 1, 2


@click.command(help="The grade of a patent: score, coverage, every leaf with its evidence. 专利分级：得分、覆盖率与每项依据。")
@click.argument("number")
@click.option("--lake", "root", type=click.Path(path_type=Path), default=Path("var/lake"), show_default=True, help="The lake. 数据湖目录。")
@click.option("--scheme", default="gbt-42748-2023", show_default=True, help="The scheme, or `all` for every one side by side.")
@click.option("--scene", default="", help="The scene of the scheme (default: its first).")
@click.option("--as-of", "as_of", type=click.DateTime(["%Y-%m-%d"]), help="Use only what was known by this day (default: today).")
@click.option(
    "--answers", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="JSON list of experts' answers. 专家意见文件。"
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--lang", type=click.Choice(["zh", "en"]), help="Language of the text (default: from LANG).")
def grade(
    number: str,
    root: Path,
    *,
    scheme: str,
    scene: str,
    as_of: dt.datetime | None,
    answers: Path | None,
    as_json: bool,
    lang: Language | None,
) -> None:
    """Prints the grade; exit status 1 where the lake does not hold the number, 2 where the grade is refused."""
    from langqiao.cli.right import language  # noqa: PLC0415 - loaded when the command runs
    from langqiao.data.lake.store import Lake  # noqa: PLC0415
    from langqiao.engine.kernel.refusal import Refusal  # noqa: PLC0415

    lake = Lake(root)
    keys = lake.keys_of(number)
    if not keys:
        click.echo(f"{root} holds no publication {number}. 数据湖中没有 {number}。", err=True)
        sys.exit(NOT_FOUND)
    day = as_of.date() if as_of else today()
    try:
        told = found(lake, keys, day, scheme=scheme, scene=scene, answers=read_answers(answers))
    except Refusal as refusal:
        refuse(refusal, lang or language(), as_json=as_json)
    except KeyError as error:
        raise click.BadParameter(str(error.args[0]), param_hint="--scheme") from error
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        show(told, lang or language())


def found(lake: Any, keys: Sequence[str], day: dt.date, *, scheme: str, scene: str, answers: Sequence[Any]) -> dict[str, Any]:
    """The grades asked for and the high-value check as JSON values."""
    from langqiao.data.appraisal import chosen_scheme, facts_for  # noqa: PLC0415
    from langqiao.engine.grading.canonical import plain  # noqa: PLC0415
    from langqiao.engine.grading.grade import grade as grade_of  # noqa: PLC0415
    from langqiao.engine.grading.high_value import check  # noqa: PLC0415
    from langqiao.rules import parameters  # noqa: PLC0415
    from langqiao.rules.scheme_reader import schemes  # noqa: PLC0415

    facts = facts_for(lake, keys[0], day)
    if scheme == "all":
        grades = [grade_of(facts, one) for one in schemes().values()]
    else:
        grades = [grade_of(facts, chosen_scheme(scheme, scene, None), scene, answers=answers)]
    return {
        "key": keys[0],
        "also": list(keys[1:]),
        **plain(grades[0]),
        "lenses": [plain(one) for one in grades] if scheme == "all" else [],
        "high_value": plain(check(facts, parameters())),
    }


def read_answers(path: Path | None) -> list[Any]:
    """The experts' answers of a JSON file: a list of {leaf, answer, expert, reason, given_on}."""
    from langqiao.engine.grading.answer import ExpertAnswer  # noqa: PLC0415

    if path is None:
        return []
    try:
        return [ExpertAnswer(**{**one, "given_on": dt.date.fromisoformat(one["given_on"])}) for one in json.loads(path.read_text("utf-8"))]
    except (ValueError, TypeError, KeyError) as error:
        names = ", ".join(field.name for field in dataclasses.fields(ExpertAnswer))
        raise click.BadParameter(f"{path} is not a JSON list of {{{names}}}: {error}", param_hint="--answers") from error


def refuse(refusal: Any, lang: Language, *, as_json: bool) -> None:
    """Prints the refusal in the language, with its article, and ends with status 2."""
    from langqiao.rules.refusals import refusals  # noqa: PLC0415

    code = refusals().get(refusal.code)
    if as_json:
        click.echo(json.dumps({"refusal": refusal.code, "message": refusal.message, "rule": refusal.article}, ensure_ascii=False))
    else:
        click.echo(code.sentence(lang, refusal.facts) if code else refusal.message, err=True)
        click.echo(f"  {refusal.code}: {refusal.message}", err=True)
    sys.exit(REFUSED)


def show(told: dict[str, Any], lang: Language) -> None:
    """The grade as a person reads it."""
    from rich.console import Console  # noqa: PLC0415

    console = Console(highlight=False)
    for line in lines(told, lang):
        console.print(line, markup=False, overflow="fold")
    for one in told["lenses"][1:]:
        console.print()
        for line in lines(one, lang):
            console.print(line, markup=False, overflow="fold")
    console.print()
    for line in high_value_lines(told["high_value"], lang):
        console.print(line, markup=False, overflow="fold")


def lines(told: dict[str, Any], lang: Language) -> Iterator[str]:
    """Score, coverage and every leaf with its evidence, as lines of text."""
    say = _SAY[lang]
    yield f"{told['key']}  {told['scheme_title'][lang]} · {told['scene_title'][lang]} · {told['as_of']}"
    yield f"  {told['reading'][lang]}"
    unit = "" if told["unit"] == "ratio" else " / 100"
    score = say["none"] if told["score"] is None else f"{told['score']:.1f}{unit}"
    letter = told["letter"] or f"{say['none']} ({reason_in_words(told['letter_reason'])[lang]})"
    yield f"  {say['score']} {score}  {say['letter']} {letter}  {say['coverage']} {told['coverage']:.0%}"
    if told["floor"] is not None and told["ceiling"] is not None and told["unit"] == "points":
        yield f"  {say['range'].format(floor=told['floor'], ceiling=told['ceiling'])}"
    if told["stopped"]:
        yield f"  ■ {told['stopped'][lang]}"
    for level in told["levels"]:
        indent = "  " if not level["parent"] else "    "
        figure = "–" if level["score"] is None else f"{level['score']:.1f}"
        yield f"{indent}{level['title'][lang]}  {figure}  ({say['coverage']} {level['coverage']:.0%})"
        if level["parent"]:
            for leaf in (leaf for leaf in told["leaves"] if leaf["level2"] == level["code"]):
                yield from (f"      {line}" for line in leaf_lines(leaf, lang))
    yield f"  sha256 {told['sha256']}"


def leaf_lines(leaf: dict[str, Any], lang: Language) -> Iterator[str]:
    """One leaf: its figure or what is needed, and where it comes from."""
    say = _SAY[lang]
    title = f"{leaf['title'][lang]} ×{leaf['weight']:.3f}"
    if leaf["score"] is None:
        yield f"○ {title}: {say['unknown']} ({reason_in_words(leaf['reason'])[lang]}) · {say['needs']} {leaf['needs'][lang]}"
        return
    yield f"● {title}: {leaf['score']:.1f} · {leaf['means'][lang]}"
    if leaf["answer"]:
        answer = leaf["answer"]
        yield f"    {say['expert']} {answer['expert']} ({answer['given_on']}): {answer['reason']}"
    evidence = leaf["evidence"]
    if evidence and leaf["origin"] == "computed":
        cohort = f" · {evidence['cohort']}, n = {evidence['n']}" if evidence["cohort"] else ""
        yield f"    {evidence['what']} = {evidence['value']}{cohort} · {evidence['as_of']}"
        for place in evidence["sources"][:2]:
            yield f"    {place['file']} @{place['offset']} sha256 {place['sha256'][:12]}"


def high_value_lines(check: dict[str, Any], lang: Language) -> Iterator[str]:
    """The five criteria, each with what meets it or what would."""
    say = _SAY[lang]
    answer = {True: say["yes"], False: say["no"], None: say["open"]}[check["high_value"]]
    yield f"{say['high_value']}: {answer}" + (f" ({check['why_not'][lang]})" if check["why_not"] else "")
    for one in check["criteria"]:
        mark = {"met": "●", "not_met": "○", "unknown": "?"}[one["verdict"]]
        would = f" · {one['would'][lang]}" if one["would"] else ""
        yield f"  {mark} {one['title'][lang]}{would}"


_SAY: dict[Language, dict[str, str]] = {
    "en": {
        "score": "score", "letter": "letter", "coverage": "coverage", "none": "none", "unknown": "unknown", "needs": "needs",
        "expert": "answered by", "range": "the missing leaves could move it between {floor:.1f} and {ceiling:.1f}",
        "high_value": "High-value invention patent (five criteria)", "yes": "yes", "no": "no",
        "open": "not settled: a criterion is unknown",
    },
    "zh": {
        "score": "得分", "letter": "等级", "coverage": "覆盖率", "none": "无", "unknown": "未知", "needs": "需要",
        "expert": "专家", "range": "未知指标可使得分在 {floor:.1f} 至 {ceiling:.1f} 之间变动",
        "high_value": "高价值发明专利（五项标准）", "yes": "是", "no": "否", "open": "未定：有标准尚不清楚",
    },
}  # fmt: skip
