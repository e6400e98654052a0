"""What is known of each patent of a portfolio on a day: right, deadlines, grade, value, and whether keeping it pays."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from langqiao.data.appraisal import DEFAULT_SCHEME, chosen_scheme, value_from
from langqiao.data.appraisal_facts import facts_of
from langqiao.data.appraisal_rows import PatentRows, rows_of
from langqiao.data.lake.store import Lake
from langqiao.engine.grading.grade import grade
from langqiao.engine.grading.high_value import check
from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.patents.right import RightView
from langqiao.engine.patents.states import ALIVE
from langqiao.engine.patents.upkeep import FeeDue, fees_due
from langqiao.engine.valuation.opinion import Opinion
from langqiao.rules import parameters

CHUNK = 200
"""How many patents are read from the lake at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """keep, drop, undecided or ended, with reasons as {"zh", "en"}."""

    word: str
    reasons: list[dict[str, str]]


def lakes_of(site: Lake, own: Lake, keys: Sequence[str]) -> Iterator[tuple[Lake, list[str]]]:
    """The keys by the lake that knows most of them: the site's where it holds the publication, else the organization's own."""
    held = held_in(site, keys)
    yield site, [key for key in keys if key in held]
    yield own, [key for key in keys if key not in held]


def held_in(lake: Lake, keys: Sequence[str]) -> set[str]:
    """Which of the keys a lake holds."""
    found: set[str] = set()
    for start in range(0, len(keys), 2000):
        chunk = list(keys[start : start + 2000])
        found |= {row["key"] for row in lake.rows("publications", "key IN (SELECT unnest(?))", [chunk], latest=False)}
    return found


def assessed(lake: Lake, keys: Sequence[str], *, today: dt.date) -> Iterator[dict[str, Any]]:
    """The fields of a portfolio's item for each key, in chunks read at once."""
    for start in range(0, len(keys), CHUNK):
        chunk = list(keys[start : start + CHUNK])
        titles = {row["key"]: row for row in lake.rows("publications", "key IN (SELECT unnest(?))", [chunk])}
        held = [key for key in chunk if key in titles]
        found = rows_of(lake, held, today, parameters=parameters()) if held else {}
        for key in held:
            yield item_fields(titles[key], found[key], today=today)


def item_fields(row: Mapping[str, Any], rows: PatentRows, *, today: dt.date) -> dict[str, Any]:
    """The record, the right, the grade and the value of one patent as the portfolio's table keeps them."""
    view = rows.view
    fees = open_fees(view, today)
    first = fees[0] if fees else None
    value = value_of(rows, today)
    advice = advice_of(view, (value.p10, value.p50, value.p90) if value and value.currency == "CNY" else None, fees)
    return {
        "key": row["key"],
        "title": row["title"] or row["title_zh"] or row["title_en"] or "",
        "title_zh": row["title_zh"] or "",
        "title_en": row["title_en"] or "",
        "office": row["office"],
        "patent_type": row["patent_type"] or "",
        "owner": "; ".join(view.ownership.owners),
        "filing_date": row["filing_date"],
        "status": view.status,
        "expiry_date": view.term.end,
        "annuity_year": first.year if first else None,
        "annuity_due_on": first.due_date if first else None,
        "annuity_fee_fen": first.full_fee_fen if first else None,
        **grade_fields(rows, today),
        "value_p10_fen": value.p10 if value else None,
        "value_p50_fen": value.p50 if value else None,
        "value_p90_fen": value.p90 if value else None,
        "value_currency": value.currency if value else "",
        "fees_to_come_fen": total_fee(fees),
        "advice": advice.word,
        "reasons": advice.reasons,
        "as_of": today,
    }


def grade_fields(rows: PatentRows, today: dt.date) -> dict[str, Any]:
    """Letter, score and coverage under the default scheme, and the high-value check; all unknown where it was not public by the day."""
    published = rows.publication["publication_date"] or rows.publication["grant_date"]
    if published is not None and published > today:
        return {"grade": "", "score": None, "coverage": None, "high_value": None}
    facts = facts_of(rows)
    found = grade(facts, chosen_scheme(DEFAULT_SCHEME, "", None))
    return {
        "grade": found.letter,
        "score": None if found.stopped else found.score,
        "coverage": found.coverage,
        "high_value": check(facts, parameters()).high_value if rows.publication["office"] == "CN" else None,
    }


def value_of(rows: PatentRows, today: dt.date) -> Opinion | None:
    """The opinion of value from the record alone; None where it is refused."""
    try:
        return value_from(rows, today).opinion
    except Refusal:
        return None


def open_fees(view: RightView, today: dt.date) -> list[FeeDue]:
    """The fees that fall due from today on, if the right lives and all before are paid."""
    if view.phase.state not in ALIVE:
        return []
    return [fee for fee in fees_due(view.facts, parameters()) or () if fee.due_date >= today]


def total_fee(fees: Sequence[FeeDue]) -> int | None:
    """The sum of full fees; None where there are none or our tables do not hold one of them."""
    amounts = [fee.full_fee_fen for fee in fees]
    return sum(amount for amount in amounts if amount is not None) if amounts and None not in amounts else None


def advice_of(view: RightView, value: tuple[int, int, int] | None, fees: Sequence[FeeDue]) -> Advice:
    """Whether keeping pays: a duty decides, else the value range against the fees to come; a range that straddles them decides nothing."""
    if view.phase.state not in ALIVE and view.status != "pending":
        return Advice(word="ended", reasons=[])
    duties = [overlay.kind for overlay in view.overlays if overlay.kind in {"pledged", "license", "open_license"}]
    if duties:
        return Advice(word="keep", reasons=[DUTY[kind] for kind in dict.fromkeys(duties)])
    fee = total_fee(fees)
    if value is None or fee is None:
        return Advice(word="undecided", reasons=[NO_VALUE if value is None else NO_FEE])
    low, _middle, high = value
    if low > fee:
        return Advice(word="keep", reasons=[ABOVE])
    if high < fee:
        return Advice(word="drop", reasons=[BELOW])
    return Advice(word="undecided", reasons=[STRADDLES])


DUTY = {
    "pledged": {
        "zh": "已质押：质押期间不得放弃（《民法典》第444条）",
        "en": "pledged: no abandonment during the pledge (Civil Code 444)",
    },
    "license": {
        "zh": "有登记的许可：许可人应维持专利有效（技术合同司法解释第26条）",
        "en": "licensed: the licensor keeps the patent alive (Interpretation on technology contracts 26)",
    },
    "open_license": {
        "zh": "开放许可实施中：许可人应维持专利有效（技术合同司法解释第26条）",
        "en": "under open license: the licensor keeps the patent alive (Interpretation on technology contracts 26)",
    },
}
NO_VALUE = {"zh": "价值未知", "en": "the value is unknown"}
NO_FEE = {"zh": "后续年费未知", "en": "the fees to come are unknown"}
ABOVE = {"zh": "即使按 p10，价值也高于后续全部年费", "en": "even at p10 the value exceeds all fees to come"}
BELOW = {"zh": "即使按 p90，价值也低于后续全部年费", "en": "even at p90 the value is below all fees to come"}
STRADDLES = {"zh": "价值区间跨越后续年费，数据不足以判断", "en": "the value range straddles the fees to come: the data do not decide"}
