"""The stage of the pipeline that grades every patent of the lake, for search, portfolios and counts."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from langqiao.data.appraisal import DEFAULT_SCHEME, facts_for_many
from langqiao.data.lake.store import Lake
from langqiao.engine.grading.facts import Facts
from langqiao.engine.grading.grade import grade
from langqiao.engine.grading.high_value import check
from langqiao.rules import parameters
from langqiao.rules.scheme_reader import scheme

TABLE = "grades"
CHUNK = 500
GRADES = pa.schema(
    [
        ("key", pa.string()), ("scheme", pa.string()), ("scheme_version", pa.string()), ("scene", pa.string()), ("score", pa.float64()),
        ("coverage", pa.float64()), ("grade", pa.string()), ("letter_reason", pa.string()), ("stopped", pa.bool_()),
        ("high_value", pa.string()), ("sha256", pa.string()), ("as_of", pa.date32()),
    ]
)  # fmt: skip
"""One row a publication. `grade` the letter, empty with its reason; `high_value` yes, no or empty where it is not settled."""
SETTLED = {True: "yes", False: "no", None: ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeReport:
    """What the stage did: patents graded, with a score, stopped by a gate, by letter, and of high value."""

    as_of: dt.date
    graded: int
    scored: int
    stopped: int
    letters: dict[str, int]
    high_value: dict[str, int]


def grade_all(lake: Lake, as_of: dt.date) -> GradeReport:
    """Grades every publication public by the day under the default scheme and stores the table `grades`."""
    keys = sorted(lake.table("publications").select("key").to_pyarrow()["key"].to_pylist())
    rows: list[dict[str, Any]] = []
    for start in range(0, len(keys), CHUNK):
        rows += [_row(facts) for facts in facts_for_many(lake, keys[start : start + CHUNK], as_of)]
    lake.put_derived(TABLE, pa.Table.from_pylist(rows, schema=GRADES), as_of=as_of)
    return GradeReport(
        as_of=as_of,
        graded=len(rows),
        scored=sum(row["score"] is not None and not row["stopped"] for row in rows),
        stopped=sum(row["stopped"] for row in rows),
        letters=dict(sorted(Counter(row["grade"] for row in rows if row["grade"]).items())),
        high_value=dict(Counter(row["high_value"] or "not settled" for row in rows)),
    )


def _row(facts: Facts) -> dict[str, Any]:
    found = grade(facts, scheme(DEFAULT_SCHEME))
    return {
        "key": facts.key,
        "scheme": found.scheme,
        "scheme_version": found.scheme_version,
        "scene": found.scene,
        "score": found.score,
        "coverage": found.coverage,
        "grade": found.letter,
        "letter_reason": found.letter_reason,
        "stopped": found.stopped is not None,
        "high_value": SETTLED[check(facts, parameters()).high_value],
        "sha256": found.sha256,
        "as_of": facts.as_of,
    }
