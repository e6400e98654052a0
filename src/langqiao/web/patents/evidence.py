"""The evidence behind each figure of a patent page and of the lake's counts: formula, inputs, completeness, records, and what would change it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from langqiao.data.lake.schema import TABLES
from langqiao.data.lake.store import Lake
from langqiao.web.common import terms
from langqiao.web.common.templatetags.patent_words import cited
from langqiao.web.patents.records import Row
from langqiao.web.patents.rights import chain_of, right_of, sources_of, unknown_words
from langqiao.web.patents.view import Patent

SOURCES_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What the drawer shows. `sources` are rows with sha256, source_file, offset, format, retrieved_at; `changes` says what would change the figure."""

    what: str
    answer: Any
    formula: str = ""
    inputs: dict[str, Any] = field(default_factory=dict)
    cohort: str = ""
    n: int | None = None
    completeness: float | None = None
    as_of: Any = None
    note: str = ""
    changes: str = ""
    sources: list[Row] = field(default_factory=list)
    source_count: int = 0


FIELD_NAMES: dict[str, Callable[[], str]] = {
    "number": lambda: _("Number"),
    "title": lambda: _("Title"),
    "filing_date": lambda: _("Filed"),
    "publication_date": lambda: _("Published"),
    "grant_date": lambda: _("Granted"),
    "priority_date": lambda: _("Priority"),
    "application_number": lambda: _("Application number"),
    "status_claimed": lambda: _("Status as the source states it"),
    "claim_count": lambda: _("Number of claims"),
    "page_count": lambda: _("Number of pages"),
    "abstract": lambda: _("Abstract"),
}


def source_rows(rows: list[Row]) -> list[Row]:
    """The distinct places of some rows, in their order."""
    places: dict[str, Row] = {}
    for row in rows:
        places.setdefault(row["sha256"], row)
    return list(places.values())


def proof_of_rows(*, what: str, answer: Any, formula: str, rows: list[Row], changes: str = "", **more: Any) -> Proof:
    """A proof whose sources are the places of the rows counted or read."""
    found = source_rows(rows)
    return Proof(what=what, answer=answer, formula=formula, sources=found[:SOURCES_SHOWN], source_count=len(found), changes=changes, **more)


def _field(patent: Patent, name: str) -> Proof | None:
    if name not in FIELD_NAMES:
        return None
    value = patent.row[name]
    if value in {None, ""}:
        return proof_of_rows(
            what=FIELD_NAMES[name](),
            answer=None,
            formula=_("No record of this publication in the lake states it. Unknown is not zero and is not guessed."),
            rows=[patent.row],
            changes=_("Ingesting a file that states it: the office's full text or gazette, or a table with a column for it."),
        )
    return proof_of_rows(
        what=FIELD_NAMES[name](),
        answer=value,
        formula=_("As the newest record of this publication that states it; nothing is computed."),
        rows=[patent.row],
        changes=_("A later record of the office, ingested as a file, supersedes it; the earlier one stays readable as of its day."),
    )


def _table(patent: Patent, name: str) -> Proof | None:
    if name not in {"claims", "citations", "parties", "classifications", "priorities", "family", "events", "conveyances"}:
        return None
    rows = patent.rows(name)
    return proof_of_rows(
        what=terms.word("table", name),
        answer=len(rows),
        formula=_("Number of rows that the newest record with this part gives for %(key)s.") % {"key": patent.key},
        rows=rows or [patent.row],
        changes=_("A later record of the office that states this part anew."),
    )


def _citing(patent: Patent, _name: str) -> Proof:
    rows = patent.rows("cited_by")
    return proof_of_rows(
        what=_("Cited by"),
        answer=len(rows),
        formula=_("Number of citations in the lake whose cited number is this one."),
        rows=rows,
        note=_("Citing documents that the lake does not hold are not counted: this is a lower bound, not the number in the world."),
        changes=_("Ingesting more citing publications."),
    )


def _status(patent: Patent, _name: str) -> Proof:
    view = right_of(patent)
    proof = view.phase.evidence
    found = sources_of(proof, view.facts.source)
    return Proof(
        what=_("Status"),
        answer=terms.word("status", view.status),
        formula=_("Replay of the dated events of the right in order of their day; term: %(basis)s.")
        % {"basis": cited(view.term.basis) or "–"},
        inputs={
            _("since"): view.phase.start,
            _("events used"): len(view.events),
            _("last day told of"): view.last_told_on,
            _("end of term"): view.term.end,
        },
        as_of=view.on,
        note="; ".join(unknown_words(view.unknown)),
        changes=_("A newer legal event of the office, or the record of fees, ingested as a file."),
        sources=found[:SOURCES_SHOWN],
        source_count=len(found),
    )


def _owner_now(patent: Patent, _name: str) -> Proof:
    view = right_of(patent)
    found = sources_of(view.ownership.evidence, view.facts.source)
    return Proof(
        what=_("Owner"),
        answer="; ".join(view.ownership.owners),
        formula=_("The owners that the newest publication names, then every recorded transfer, merger and change of name in order."),
        inputs={_("since"): view.ownership.since},
        as_of=view.on,
        note=" ".join(chain_of(view)[1]),
        changes=_("A recorded conveyance or legal event, ingested as a file."),
        sources=found[:SOURCES_SHOWN],
        source_count=len(found),
    )


def _event(patent: Patent, name: str) -> Proof | None:
    event = next((event for event in right_of(patent).events if event.id == name), None)
    if event is None:
        return None
    found = sources_of([event])
    return Proof(
        what=terms.word("event", event.kind),
        answer=event.effective,
        formula=_("Computed from other records; not announced.") if event.derived else _("As the office announced it."),
        inputs={
            _("code"): event.code,
            _("announced"): event.announced_on,
            _("from"): event.from_parties,
            _("to"): event.to_parties,
            _("reference"): event.reference,
            _("text"): event.text,
        },
        sources=found,
        source_count=len(found),
    )


OWN_TOPICS: dict[str, Callable[[Patent, str], Proof | None]] = {
    "field": _field,
    "table": _table,
    "citing": _citing,
    "status": _status,
    "owner": _owner_now,
    "event": _event,
}
"""What this room proves; patents.topics adds the other rooms'."""


def evidence_of_count(lake: Lake, table: str) -> Proof | None:
    """Where a count of the lake comes from: the rows by source file."""
    if table not in TABLES:
        return None
    from langqiao.web.patents.holdings import rows_by_file  # noqa: PLC0415 - one topic of many

    by_file = rows_by_file(lake, table)
    return Proof(
        what=terms.word("table", table),
        answer=lake_count(lake, table),
        formula=_("Rows of the table %(table)s as the newest records read; version %(version)s of the lake.")
        % {"table": table, "version": lake.version},
        inputs={row["source_file"]: row["n"] for row in by_file[:SOURCES_SHOWN]},
        note=_("Rows by source file, all readings; the count keeps one reading of each thing."),
        changes=_("Ingesting a file adds rows; the same file again changes nothing."),
        source_count=len(by_file),
    )


def lake_count(lake: Lake, table: str) -> int:
    """One count of the lake."""
    from langqiao.web.patents.holdings import holdings_of  # noqa: PLC0415

    return holdings_of(lake).counts[table]
