"""The Chinese life histories (cn_lifecycle) as what was known at publication and what became of each application."""

import csv
import datetime as dt
import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from langqiao.data.reference.industry import sei
from langqiao.data.reference.technology import wipo_field
from langqiao.engine.grading.facts import Fact, Facts
from langqiao.engine.kernel.evidence import Evidence
from langqiao.engine.patents.annuity import patent_year
from langqiao.engine.patents.classification import ipc
from langqiao.engine.valuation.renewal_fit import Choices

MIN_COHORT = 30
YEAR_DAYS = 365.25
ANNOUNCED_AFTER = 1.25
"""Years from the day an unpaid fee fell due to the announcement of the termination, at most (practice: the data lie at 1.1 to 1.25)."""
TERM_YEARS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """One application: what its publication told, and its outcome. `is_granted` None: not decided; `ended_on`: announced termination."""

    number: str
    filed_on: dt.date
    published_on: dt.date | None
    symbols: tuple[str, ...]
    claims: int | None
    is_domestic: bool
    is_granted: bool | None
    granted_on: dt.date | None
    ended_on: dt.date | None

    @property
    def life_years(self) -> float | None:
        """Years from filing to the announced termination, None if not terminated."""
        return None if self.ended_on is None else (self.ended_on - self.filed_on).days / YEAR_DAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Lives:
    """All applications of a file, the last day it tells of, and the file's SHA-256."""

    rows: tuple[Life, ...]
    last_day: dt.date
    sha256: str


def read(path: Path) -> Lives:
    """The applications of cn_lifecycle.csv. Raises KeyError or ValueError where the file is another."""
    content = path.read_bytes()
    rows = tuple(_life(row) for row in csv.DictReader(content.decode("utf-8").splitlines()))
    last = max(life.ended_on for life in rows if life.ended_on is not None)
    return Lives(rows=rows, last_day=last, sha256=hashlib.sha256(content).hexdigest())


def _life(row: Mapping[str, str]) -> Life:
    filed = _day(row["app_date"])
    if filed is None:
        raise ValueError(f"{row['app_num']} has no filing date")
    return Life(
        number=row["app_num"],
        filed_on=filed,
        published_on=_day(row["pub_date"]),
        symbols=tuple(text.strip() for text in row["IPC"].split(";") if text.strip() and text != "NA"),
        claims=int(float(row["total_claims"])) if row["total_claims"] not in {"", "NA"} else None,
        is_domestic=row["Chinese"] == "1",
        is_granted={"1": False, "2": False, "3": True}.get(row["event"]),
        granted_on=_day(row["grant"]),
        ended_on=_day(row["terminate"]),
    )


def _day(text: str) -> dt.date | None:
    return None if text in {"", "NA"} else dt.date.fromisoformat(text.replace(".", "-"))


def facts_of(lives: Sequence[Life]) -> Iterator[Facts]:
    """What a grade could know of each application when it was published: its classes and their place in field and filing year."""
    scopes = [len({symbol.subclass for text in life.symbols if (symbol := ipc(text)) is not None and symbol.subclass}) for life in lives]
    fields = [wipo_field(life.symbols) for life in lives]
    cohorts = [(hits[0].field.number if hits else 0, life.filed_on.year) for life, hits in zip(lives, fields, strict=True)]
    counted: defaultdict[tuple[int, int], Counter[int]] = defaultdict(Counter)
    for scope, cohort in zip(scopes, cohorts, strict=True):
        counted[cohort][scope] += 1
    for life, scope, hits, cohort in zip(lives, scopes, fields, cohorts, strict=True):
        industry = sei(life.symbols)
        decided = "met" if any(hit.decision == "met" for hit in industry) else "ipc_only" if industry else "none"
        found = [
            _scope_fact(scope, counted[cohort], cohort),
            _fact("patent.wipo_fields", len(hits) or None),
            _fact("patent.sei", decided if life.symbols else None),
        ]
        as_of = life.published_on or life.filed_on
        yield Facts(key=life.number, office="CN", as_of=as_of, facts={fact.name: fact for fact in found})


def _fact(name: str, value: object) -> Fact:
    return Fact(name=name, value=value, evidence=Evidence(what=name, value=value), reason="" if value is not None else "no_classification")


def _scope_fact(scope: int, cohort: Counter[int], named: tuple[int, int]) -> Fact:
    """The number of subclasses with its percentile, as data.indicators has it: below plus half of the equal ones."""
    n = cohort.total()
    below = sum(count for other, count in cohort.items() if other < scope)
    percentile = 100 * (below + cohort[scope] / 2) / n if n >= MIN_COHORT and named[0] and scope else None
    evidence = Evidence(what="indicator.patent_scope", value=scope, cohort=f"field {named[0]} × {named[1]}", n=n)
    return Fact(
        name="indicator.patent_scope",
        value=scope or None,
        percentile=percentile,
        reason="small_cohort" if percentile is None else "",
        evidence=evidence,
    )


def renewal_choices(lives: Sequence[Life], last_day: dt.date) -> list[Choices]:
    """What the owners of granted patents chose year by year, grouped by the first year in which they could.

    The fee of the grant year is part of the grant. A termination announced in age year y (from 0) concerns the fee of patent year y: the
    announcement comes 12 to 15 months after that fee fell due. Without one, every fee due that long before the last day was paid.
    """
    grouped: defaultdict[int, tuple[Counter[int], Counter[int]]] = defaultdict(lambda: (Counter(), Counter()))
    for life in lives:
        if life.granted_on is None:
            continue
        first = patent_year(life.filed_on, life.granted_on) + 1
        dropped, kept = grouped[first]
        unpaid = int(life.life_years) if life.life_years is not None else None
        if unpaid is not None and unpaid < TERM_YEARS:
            dropped[max(unpaid, first)] += 1
        elif first <= TERM_YEARS:
            told = TERM_YEARS if unpaid is not None else int((last_day - life.filed_on).days / YEAR_DAYS - ANNOUNCED_AFTER + 1)
            kept[max(min(told, TERM_YEARS), first - 1)] += 1
    return [Choices(first=first, dropped=dict(d), kept=dict(k)) for first, (d, k) in sorted(grouped.items()) if first <= TERM_YEARS]
