"""PATSTAT tables as a user exports them: applications and publications (tls201, tls211, or joined), legal events (tls231); never shipped."""

import datetime as dt
from collections.abc import Iterator, Mapping

from langqiao.data.formats import sheet_delimited
from langqiao.data.formats.model import LegalEvent, Publication
from langqiao.data.formats.sheet_rows import Row
from langqiao.data.formats.source import Input, Record, Rejected, place_of, rejected
from langqiao.data.formats.values import read_date, text_of, whole_number
from langqiao.engine.kernel.problem import Problem
from langqiao.engine.patents.number import KindOf, Number, docdb

TABLES: Mapping[str, frozenset[str]] = {
    "tls201": frozenset({"appln_id", "appln_auth", "appln_nr"}),
    "tls211": frozenset({"pat_publn_id", "publn_auth", "publn_nr"}),
    "tls231": frozenset({"event_id", "event_auth", "event_code"}),
    "tls212": frozenset({"pat_publn_id", "cited_pat_publn_id"}),
    "tls229": frozenset({"appln_id", "nace2_code"}),
    "tls901": frozenset({"ipc_maingroup_symbol", "techn_field_nr"}),
    "tls902": frozenset({"ipc", "not_with_ipc", "nace2_code"}),
}
"""The columns by which a table is known (EPO data catalog)."""
NUMBERED = ("tls211", "tls201", "tls231")
"""Tables whose rows name an office and a number, or an event; the others hold only ids of these and cannot stand alone."""
_TYPES = {"PI": "invention", "UM": "utility_model", "DP": "design"}


def detects(head: bytes, name: str) -> bool:  # noqa: ARG001 - the interface of detection
    """Whether the first line holds the columns of a known table."""
    return bool(_tables(_header(head)))


def _first(head: bytes) -> str:
    return next(iter(sheet_delimited.first_lines(head[:16_384]).splitlines()), "")


def _header(head: bytes) -> list[str]:
    line = _first(head)
    delimiter = max(sheet_delimited.DELIMITERS, key=line.count)
    return [cell.strip().strip('"').lower() for cell in line.split(delimiter)]


def _tables(header: list[str]) -> list[str]:
    names = set(header)
    return [table for table, columns in TABLES.items() if columns <= names]


def read(given: Input) -> Iterator[Record]:
    """Every row as a Publication or LegalEvent with the PATSTAT ids in `extra`; a table of bare ids is refused with what to join."""
    header = _header(given.head)
    found = [table for table in NUMBERED if table in _tables(header)]
    if not found:
        yield _refuse(given, _tables(header))
        return
    dialect = sheet_delimited.dialect_of(given.head, _first(given.head))
    assert dialect is not None, "detection found the header"
    for row in sheet_delimited.sheet(given, dialect).rows:
        if isinstance(row, Rejected):
            yield row
        elif row.number > 1 and not row.is_blank:
            values = {name: text_of(cell) for name, cell in zip(header, row.cells, strict=False)}
            yield from _event(row, values) if found == ["tls231"] else _publication(given, row, values)


def _refuse(given: Input, tables: list[str]) -> Rejected:
    data = given.whole()
    if isinstance(data, Rejected):
        return data
    message = (
        f"PATSTAT table {', '.join(tables)} holds only ids: export it joined with tls201 or tls211, so that each row names its publication"
    )
    return rejected(place_of(given.name, 0, data), data, Problem(where=given.name, code="table_of_ids", message=message, offset=0))


def _day(text: str) -> dt.date | None:
    return None if text.startswith("9999") else read_date(text)


def _number(values: Mapping[str, str], part: str) -> Number | None:
    kind_of: KindOf = "publication" if part == "publn" else "application"
    office, number, kind = (values.get(f"{part}_{name}", "") for name in ("auth", "nr", "kind"))
    if not office or number.strip("0") == "":
        return None
    return docdb(office, number, kind, kind_of=kind_of)


def _publication(given: Input, row: Row, values: Mapping[str, str]) -> Iterator[Record]:
    published, application = _number(values, "publn"), _number(values, "appln")
    known = published or application
    if known is None:
        message = f"row {row.number}: neither the publication nor the application has a number"
        yield rejected(
            row.place, row.raw, Problem(where=given.name, code="number_missing", message=message, offset=row.place.offset, row=row.number)
        )
        return
    kind = values.get("publn_kind", "")
    is_grant = values.get("publn_first_grant", "").upper() in {"Y", "1"} or kind[:1] in {"B", "C"}
    day = _day(values.get("publn_date", ""))
    used = {"publn_auth", "publn_nr", "publn_kind", "publn_date", "publn_claims", "appln_auth", "appln_nr", "appln_filing_date", "ipr_type"}
    yield Publication(
        place=row.place,
        format="patstat",
        office=known.office,
        number=published.number if published else "",
        kind=kind,
        number_raw=published.raw if published else "",
        application_number=application.number if application else "",
        application_number_raw=application.raw if application else "",
        patent_type=_TYPES.get(values.get("ipr_type", ""), "invention"),
        stage="grant" if is_grant else "application",
        title=values.get("appln_title", ""),
        title_lang=values.get("appln_title_lg", ""),
        filing_date=_day(values.get("appln_filing_date", "")),
        publication_date=day,
        grant_date=day if is_grant else None,
        priority_date=_day(values.get("earliest_filing_date", "")),
        claim_count=whole_number(values.get("publn_claims", "")) or None,
        family_id=_id(values.get("docdb_family_id", "")),
        extra={"row": str(row.number)} | {k: v for k, v in values.items() if k not in used and _id(v) and not v.startswith("9999")},
    )


def _id(text: str) -> str:
    """An id or value; 0 means none in PATSTAT."""
    return "" if text == "0" else text


def _event(row: Row, values: Mapping[str, str]) -> Iterator[Record]:
    used = {"event_auth", "event_code", "event_publn_date", "event_effective_date", "event_text", "party_new", "party_old"}
    yield LegalEvent(
        place=row.place,
        format="patstat",
        office=values.get("event_auth", ""),
        number="",
        number_kind="",
        code=values.get("event_code", ""),
        kind="",
        date=_day(values.get("event_publn_date", "")) or _day(values.get("event_filing_date", "")),
        effective_date=_day(values.get("event_effective_date", "")),
        from_party=values.get("party_old", ""),
        to_party=values.get("party_new", ""),
        text=values.get("event_text", ""),
        extra={key: value for key, value in values.items() if key not in used and _id(value) and not value.startswith("9999")},
    )
