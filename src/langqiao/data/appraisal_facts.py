"""The rows of a patent turned into the named facts that schemes and the high-value check read, each with its evidence."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from langqiao.data.appraisal_right import right_facts
from langqiao.data.appraisal_rows import NORMALIZED, Bounds, PatentRows, Row, places
from langqiao.data.indicators.register import INDICATORS
from langqiao.data.reference.industry import sei
from langqiao.data.reference.technology import wipo_field
from langqiao.engine.grading.claims import kind_of, kinds
from langqiao.engine.grading.facts import Fact, Facts
from langqiao.engine.kernel.evidence import Evidence

CITING = {"fwd_cits5", "fwd_cits7", "fwd_cits5_xy", "fwd_cits7_xy", "fwd_cits5_self", "pai_relevance", "generality", "generality_oecd"}
"""Indicators made from citing documents: their records are shown too, where they were gathered."""
REVERSED = "grant_lag"


def facts_of(rows: PatentRows) -> Facts:
    """Every fact of one patent as of the day of the rows."""
    found = [*right_facts(rows), *_record_facts(rows), *_indicator_facts(rows), *_normalized_facts(rows)]
    return Facts(key=rows.key, office=rows.publication["office"], as_of=rows.as_of, facts={fact.name: fact for fact in found})


def _record_facts(rows: PatentRows) -> Iterable[Fact]:
    yield _claim_kinds(rows)
    yield from _family_facts(rows)
    ipc = [row["symbol"] for row in rows.symbols if row["scheme"] == "ipc" and row["symbol"]]
    yield _sei(rows, ipc)
    yield _wipo(rows, ipc)


def _fact(rows: PatentRows, name: str, value: Any, *, formula: str, reason: str = "", **more: Any) -> Fact:
    """A fact of the publication itself; known since it was public."""
    sources = more.pop("sources", rows.home)
    evidence = Evidence(what=name, value=value, formula=formula, sources=sources, as_of=rows.as_of, **more)
    return Fact(name=name, value=value, reason="" if value is not None else reason, evidence=evidence, dated=_public(rows))


def _public(rows: PatentRows) -> dt.date | None:
    """The day from which the publication could be known; one later than the day asked makes the facts refuse it."""
    day: dt.date | None = rows.publication["publication_date"] or rows.publication["grant_date"]
    return day


def _claim_kinds(rows: PatentRows) -> Fact:
    texts = {row["number"]: row["text"] or "" for row in rows.claims}
    return _fact(
        rows,
        "claims.kinds",
        kinds(texts.values()),
        formula="category of each independent claim by the noun its preamble ends in",
        reason="no_claims",
        inputs={f"claim {number}": kind_of(text) for number, text in sorted(texts.items()) if text.strip()},
        sources=places(rows.claims) or rows.home,
        note="read by rule from the wording, not by an examiner",
    )


def _family_facts(rows: PatentRows) -> Iterable[Fact]:
    """`family.foreign_offices` how many other offices; `family.rights` those with a granted member (kind B): a right, not an application."""
    own, stated = rows.publication["office"], [row for row in rows.families if row["office"]]
    in_time = [row for row in stated if row["date"] is None or row["date"] <= rows.as_of]
    foreign = sorted({row["office"] for row in in_time} - {own, "WO"})
    granted = sorted({row["office"] for row in in_time if (row["member_kind"] or "").startswith("B")} - {own, "WO"})
    inputs = {"offices": foreign, "with granted member": granted, "models": sorted({row["model"] for row in in_time})}
    known = bool(stated)
    for name, value, formula in (
        ("family.foreign_offices", len(foreign), "offices other than its own in the stated family, WO left out"),
        (
            "family.rights",
            tuple(granted),
            "offices other than its own with a member of kind B; whether it still stands abroad is not known",
        ),
    ):
        yield _fact(
            rows,
            name,
            value if known else None,
            formula=formula,
            reason="family_not_stated",
            inputs=inputs,
            sources=places(in_time) or rows.home,
        )


def _sei(rows: PatentRows, ipc: Sequence[str]) -> Fact:
    hits = sei(ipc)
    value = None if not ipc else "met" if any(hit.decision == "met" for hit in hits) else "ipc_only" if hits else "none"
    inputs = {f"row {hit.row}": f"{hit.branch.name_zh} ({hit.branch.code}): {', '.join(hit.symbols)}; {hit.decision}" for hit in hits[:20]}
    version = hits[0].version if hits else ""
    return _fact(
        rows,
        "patent.sei",
        value,
        formula="SEI-IPC concordance of 2021 (trial)" + (f", version {version}" if version else ""),
        reason="no_classification",
        inputs={"ipc": list(ipc)[:30], **inputs},
        note="ipc_only: the official row also asks for a keyword that is not part of our table",
    )


def _wipo(rows: PatentRows, ipc: Sequence[str]) -> Fact:
    hits = wipo_field(ipc)
    return _fact(
        rows,
        "patent.wipo_fields",
        len(hits) or None,
        formula="distinct WIPO technology fields of its IPC symbols",
        reason="no_classification",
        inputs={str(hit.field.number): f"{hit.field.name_en}: {', '.join(hit.symbols)}" for hit in hits},
    )


def _indicator_facts(rows: PatentRows) -> Iterable[Fact]:
    for name in INDICATORS:
        row = rows.indicators.get(name)
        if row is None:
            evidence = Evidence(what=f"indicator.{name}", value=None, as_of=rows.indicators_as_of or rows.as_of)
            yield Fact(name=f"indicator.{name}", value=None, reason=rows.reason or NO_ROW, evidence=evidence)
            continue
        yield Fact(
            name=f"indicator.{name}",
            value=row["value"],
            percentile=row["percentile"],
            reason=row["reason"] or "",
            evidence=_evidence(rows, name, row),
            dated=row["as_of"],
        )


NO_ROW = "not_computed"


def _evidence(rows: PatentRows, name: str, row: Row) -> Evidence:
    """The evidence of an indicator: value and cohort as stored, the publication's record, and for citations the citing records."""
    more = {key: row[key] for key in ("percentile", "standard_error", "low", "high") if row[key] is not None}
    return Evidence(
        what=f"indicator.{name}",
        value=row["value"],
        formula=f"{INDICATORS[name].formula} (version {row['version']}; {INDICATORS[name].source})",
        inputs={**row["inputs"], **more},
        sources=(*rows.home, *places(rows.citing)) if name in CITING and rows.citing else rows.home,
        cohort=row["cohort"] or "",
        n=row["cohort_n"],
        completeness=row["completeness"],
        as_of=row["as_of"],
        note=row["reason"] or "",
    )


def _normalized_facts(rows: PatentRows) -> Iterable[Fact]:
    """The components of the OECD's composite: winsorized at p01 and p99 of the cohort, over p99; the grant lag reversed."""
    for name in NORMALIZED:
        row = rows.indicators.get(name)
        bounds = rows.bounds.get((name, row["cohort"])) if row and row["percentile"] is not None else None
        value = normalized(float(row["value"]), bounds) if row and bounds else None
        if value is not None and name == REVERSED:
            value = 1 - value
        label = f"normalized.{name}_reversed" if name == REVERSED else f"normalized.{name}"
        evidence = Evidence(
            what=label,
            value=value,
            formula="min(max(value, p01), p99) / p99 of field and filing year" + ("; 1 minus it" if name == REVERSED else ""),
            inputs={"value": row["value"], "p01": bounds.p01, "p99": bounds.p99} if row and bounds else {},
            sources=rows.home,
            cohort=(row["cohort"] or "") if row else "",
            n=row["cohort_n"] if row else None,
            completeness=row["completeness"] if row else None,
            as_of=row["as_of"] if row else rows.as_of,
        )
        reason = "" if value is not None else (row["reason"] or "flat_cohort") if row else rows.reason or NO_ROW
        yield Fact(name=label, value=value, reason=reason, evidence=evidence, dated=row["as_of"] if row else None)


def normalized(value: float, bounds: Bounds) -> float | None:
    """The value between 0 and 1 within its cohort; None where the cohort has no spread."""
    if bounds.p01 == bounds.p99 or bounds.p99 <= 0:
        return None
    return min(max(value, bounds.p01), bounds.p99) / bounds.p99
