"""What the lake holds and how complete it is: counts, offices, years, fields filled; computed once for each version of the lake."""

import dataclasses
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import ibis
from django.core.cache import cache
from django.utils import timezone

from langqiao.data.lake.store import Lake
from langqiao.data.rights import rights_for
from langqiao.rules import parameters
from langqiao.web.common.lake import lake_at
from langqiao.web.patents.records import Row

VERSION = 3
"""Of what is kept: a change of the fields asks for a new count."""
CANDIDATES, EXAMPLES_OF_OFFICE = 8, 3
KEPT_S = 2 * 24 * 3600
FIELDS = (
    "title", "title_zh", "title_en", "abstract", "filing_date", "publication_date", "grant_date", "priority_date", "application_number",
    "claim_count", "family_id",
)  # fmt: skip
PARTS = ("claims", "citations", "parties", "classifications", "families", "descriptions")


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """Counts by table; publications by office, type and year; the share of publications that fill a field, by office; examples to open."""

    version: str
    counts: dict[str, int]
    offices: list[Row]
    years: list[Row]
    coverage: list[Row]
    examples: list[Row]


def holdings_of(lake: Lake) -> Holdings:
    """The holdings of a lake, from the cache where this version was asked before."""
    version, graded = lake.version, lake.derived("grades")
    place = str(Path(lake.root).resolve()).replace(" ", "_").replace("/", "|")
    return _holdings(lake.root, f"holdings:{VERSION}:{place}:{version}:{graded.generation if graded else 0}:{timezone.localdate()}")


@lru_cache(maxsize=4)
def _holdings(root: Path, name: str) -> Holdings:
    """From the site's cache where a process of the site has counted them before."""
    kept: dict[str, Any] | None = cache.get(name)
    if kept is None:
        lake = lake_at(root)
        kept = dataclasses.asdict(_computed(lake, lake.version))
        cache.set(name, kept, KEPT_S)
    return Holdings(**kept)


def _computed(lake: Lake, version: str) -> Holdings:
    counts = lake.counts()
    publications = lake.table("publications")
    offices = publications.group_by(["office", "patent_type"]).aggregate(n=publications.count()).order_by(["office", "patent_type"])
    day = publications.publication_date.coalesce(publications.filing_date)
    years = publications.mutate(year=day.year()).group_by(["year", "office"]).aggregate(n=lambda t: t.count()).order_by(["year", "office"])
    return Holdings(
        version=version,
        counts=counts,
        offices=_read(offices),
        years=_read(years),
        coverage=_coverage(lake),
        examples=_examples(lake),
    )


def _coverage(lake: Lake) -> list[Row]:
    publications = lake.table("publications")
    filled = {}
    for name in FIELDS:
        column = publications[name]
        stated = (column.notnull() & (column != "")) if column.type().is_string() else column.notnull()
        filled[name] = stated.cast("int64").sum()
    by_office = _read(publications.group_by("office").aggregate(n=publications.count(), **filled).order_by("office"))
    totals = {row["office"]: row for row in by_office}
    for part in PARTS:
        with_part = lake.table(part).select("key").distinct()
        joined = publications.semi_join(with_part, "key").group_by("office").aggregate(n=lambda t: t.count())
        found = {row["office"]: row["n"] for row in _read(joined)}
        for office, row in totals.items():
            row[part] = found.get(office, 0)
    return list(totals.values())


def _examples(lake: Lake) -> list[Row]:
    """Three publications of each office: of the best documented (claims and citations) those with a grade first, then those in force."""
    publications, claims, citations = lake.table("publications"), lake.table("claims"), lake.table("citations")
    claimed = claims.group_by(claims_key="key").aggregate(claims_=claims.count())
    cited = citations.group_by(citations_key="key").aggregate(citations_=citations.count())
    named = publications.filter((publications.title != "") & (publications.number != ""))
    joined = named.left_join(claimed, named.key == claimed.claims_key).left_join(cited, named.key == cited.citations_key)
    weighed = joined.mutate(weight_=ibis._.claims_.fill_null(0).clip(upper=30) + ibis._.citations_.fill_null(0).clip(upper=30))
    if lake.derived("grades") is not None:
        grades = lake.table("grades").select(grades_key="key", grade_="grade", score_="score")
        weighed = weighed.left_join(grades, weighed.key == grades.grades_key)
    else:
        weighed = weighed.mutate(grade_=ibis.literal(""), score_=ibis.literal(None, type="float64"))
    weighed = weighed.mutate(graded_=ibis.cases((ibis._.grade_.fill_null("") != "", 0), (ibis._.score_.notnull(), 1), else_=2))
    rank = ibis.row_number().over(group_by="office", order_by=["graded_", ibis.desc("weight_"), "key"])
    chosen = weighed.mutate(rank_=rank).filter(ibis._.rank_ < CANDIDATES).order_by(["office", "rank_"])
    rows = _read(
        chosen.select("key", "office", "title", "title_zh", "title_en", "publication_date", "patent_type", "graded_", "grade_", "rank_")
    )
    return _ordered(lake, rows)


def _ordered(lake: Lake, rows: list[Row]) -> list[Row]:
    """The candidates with their status: with a grade first, of these in force first; three an office, the home office's first."""
    views = rights_for(lake, [row["key"] for row in rows], timezone.localdate(), parameters=parameters())
    for row in rows:
        view = views[row["key"]]
        row["status"], row["certain"] = view.status, view.certain

    def place(row: Row) -> tuple[Any, ...]:
        return (row["graded_"], row["status"] not in {"in_force", "granted"}, not row["certain"], row["rank_"])

    best: dict[str, list[Row]] = {}
    for row in sorted(rows, key=place):
        office = best.setdefault(row["office"], [])
        if len(office) < EXAMPLES_OF_OFFICE:
            office.append(row)
    return sorted(
        (row for office in best.values() for row in office), key=lambda row: (place(row)[:2], row["office"] != "CN", row["rank_"])
    )[:12]


def rows_by_file(lake: Lake, table: str) -> list[Row]:
    """Rows of a table by source file, most first."""
    rows = lake.table(table, latest=False)
    return _read(rows.group_by("source_file").aggregate(n=rows.count()).order_by([ibis.desc("n"), "source_file"]))


def _read(table: Any) -> list[Row]:
    found: list[Row] = table.to_pyarrow().to_pylist()
    return found
