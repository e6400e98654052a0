"""`langqiao right NUMBER`: the status of a right on a day, the events behind it, and what is not known."""

import datetime as dt
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from langqiao.rules.refusals import Language, cite
from langqiao.rules.words import word

BEIJING = dt.timezone(dt.timedelta(hours=8))
NOT_FOUND = 1
SHOWN = 6
"""Events or problems shown before the rest is only counted."""


@click.command(help="The status of a right with its evidence, term, fees, burdens and owners. 查询权利状态及其依据。")
@click.argument("number")
@click.option("--lake", "root", type=click.Path(path_type=Path), default=Path("var/lake"), show_default=True, help="The lake. 数据湖目录。")
@click.option("--as-of", "as_of", type=click.DateTime(["%Y-%m-%d"]), help="Use only what was announced by this day (default: today).")
@click.option("--on", "on", type=click.DateTime(["%Y-%m-%d"]), help="The day asked about (default: the day of --as-of).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--lang", type=click.Choice(["zh", "en"]), help="Language of the text (default: from LANG).")
def right(number: str, root: Path, as_of: dt.datetime | None, *, on: dt.datetime | None, as_json: bool, lang: Language | None) -> None:
    """Prints the right that a number means; exit status 1 where the lake does not hold it."""
    from langqiao import rules  # noqa: PLC0415 - loaded when the command runs
    from langqiao.data.lake.store import Lake  # noqa: PLC0415
    from langqiao.data.rights import right_for  # noqa: PLC0415
    from langqiao.engine.patents.report import report  # noqa: PLC0415

    lake = Lake(root)
    keys = lake.keys_of(number)
    if not keys:
        click.echo(f"{root} holds no publication {number}. 数据湖中没有 {number}。", err=True)
        sys.exit(NOT_FOUND)
    day = as_of.date() if as_of else dt.datetime.now(BEIJING).date()
    view = right_for(lake, keys[0], day, on=on.date() if on else None, parameters=rules.parameters())
    told = {"key": keys[0], "also": keys[1:], **report(view)}
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        click.echo("\n".join(lines(told, lang or language())))


def language() -> Language:
    """Chinese where the terminal's LANG says so, else English."""
    return "zh" if os.environ.get("LANG", "").lower().startswith("zh") else "en"


def lines(told: dict[str, Any], lang: Language) -> Iterator[str]:
    """The report as lines of text."""
    say = _SAY[lang]
    state = word("state", told["state"], lang)
    yield f"{told['key']}  {state}" + (f"  {say['since']} {told['since']}" if told["since"] else "")
    yield f"  {say['asked'].format(on=told['on'], as_of=told['as_of'])}"
    yield f"  {say['dates'].format(filed=told['filing_date'] or '?', granted=told['grant_date'] or '–')}"
    yield f"  {say['expiry'].format(end=told['expiry_date'] or '?', basis=cite(told['expiry_basis'], lang) or '–')}"
    yield f"  {say['owners']} {'; '.join(told['owners']) or '?'}"
    yield from (f"  {line}" for line in _fees(told["fees"], say))
    yield from _burdens(told["encumbrances"], lang)
    yield from _territories(told["territories"], lang)
    yield f"  {say['because']}"
    yield from (f"    {line}" for line in _events(told["evidence"], say))
    if told["unknown"]:
        yield f"  {say['unknown']}"
        yield from (f"    · {word('unknown', code, lang)}" for code in told["unknown"])
    if told["last_told_on"]:
        yield f"  {say['last_told'].format(day=told['last_told_on'])}"
    if told["problems"]:
        yield f"  {say['problems'].format(n=len(told['problems']))}"
        yield from (f"    · {problem['message']}" for problem in told["problems"][:SHOWN])


def _fees(fees: dict[str, Any], say: dict[str, str]) -> Iterator[str]:
    due = fees["next"]
    if fees["asked"] is False:
        yield say["no_fees"]
    elif due:
        amount = f"{due['full_fee']} CNY" if due["full_fee"] else "–"
        yield say["next_fee"].format(year=due["year"], due=due["due_date"], grace=due["grace_end"], amount=amount)


def _burdens(burdens: list[dict[str, Any]], lang: Language) -> Iterator[str]:
    for burden in burdens:
        kind = word("overlay", burden["kind"], lang)
        if burden["license_kind"]:
            kind += f" ({word('license', burden['license_kind'], lang)}{'' if burden['kind_stated'] else _SAY[lang]['not_stated']})"
        mark = "" if burden["certain"] else f" {_SAY[lang]['uncertain']}"
        until = f" – {burden['until']}" if burden["until"] else ""
        yield f"  {kind}{mark}: {burden['holder'] or '–'}  {burden['since'] or '?'}{until}  {burden['reference']}".rstrip()


def _territories(states: list[dict[str, Any]], lang: Language) -> Iterator[str]:
    by_fate: dict[str, list[str]] = {}
    for state in states:
        by_fate.setdefault(state["fate"], []).append(state["territory"])
    for fate, names in by_fate.items():
        yield f"  {word('fate', fate, lang)}: {' '.join(names)}"


def _events(events: list[dict[str, Any]], say: dict[str, str]) -> Iterator[str]:
    if not events:
        yield say["no_event"]
    for event in events[-SHOWN:]:
        where = event.get("source")
        place = f"  {where['file']} @{where['offset']} sha256 {where['sha256'][:12]}" if where else f"  {say['derived']}"
        yield f"{event.get('date', '?')}  {event['kind']} {event.get('code', '')}".rstrip() + place


_SAY: dict[Language, dict[str, str]] = {
    "en": {
        "since": "since",
        "asked": "on {on}, from what was announced by {as_of}",
        "dates": "filed {filed}, granted {granted}",
        "expiry": "term ends {end} ({basis})",
        "owners": "owners:",
        "no_fees": "no fees are asked to keep it",
        "next_fee": "next fee: year {year} due {due}, at the latest {grace}, full fee {amount} (if all before are paid)",
        "because": "the status rests on:",
        "no_event": "the passing of time; no event",
        "derived": "(derived)",
        "unknown": "not known:",
        "last_told": "last event held: {day}",
        "problems": "{n} finding(s) about the data:",
        "not_stated": ", kind not stated",
        "uncertain": "(uncertain)",
    },
    "zh": {
        "since": "自",
        "asked": "查询日 {on}，依据截至 {as_of} 已公告的事项",
        "dates": "申请日 {filed}，授权日 {granted}",
        "expiry": "期限届满日 {end}（{basis}）",
        "owners": "权利人：",
        "no_fees": "维持该权利无需缴费",
        "next_fee": "下一次缴费：第 {year} 年，应缴日 {due}，最迟 {grace}，全额 {amount}（假定此前均已缴纳）",
        "because": "状态的依据：",
        "no_event": "期限经过，无事项",
        "derived": "（推算）",
        "unknown": "未知事项：",
        "last_told": "最后一条事项：{day}",
        "problems": "数据中的 {n} 个问题：",
        "not_stated": "，方式未载明",
        "uncertain": "（不确定）",
    },
}
