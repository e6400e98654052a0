"""One row of a patent list as a Publication with its events, or the reason why it is none."""

from collections.abc import Iterator
from typing import Literal

from langqiao.data.formats import vendor_events, vendor_parts
from langqiao.data.formats.model import Publication
from langqiao.data.formats.source import Record, rejected
from langqiao.data.formats.values import language
from langqiao.data.formats.vendor_status import patent_type_word, status_word
from langqiao.data.formats.vendor_values import RowValues
from langqiao.data.reference.places import country
from langqiao.engine.kernel.problem import Problem
from langqiao.engine.patents.number import Number, is_damaged, parse, patent_type
from langqiao.engine.patents.number_parts import AMBIGUOUS, CHECK_WRONG, OFFICE_ASSUMED

_GRANT_KINDS = {"B", "C", "S", "E", "H", "U", "Y", "D"}
_CHINESE = {"incopat", "patsnap", "cn_list"}


def records(values: RowValues) -> Iterator[Record]:
    """The publication, its events and what was wrong with the row; a row without a usable number is refused."""
    office = _office(values)
    grant = _number(values, "grant_no", office, "publication")
    published = _number(values, "publication_no", office, "publication")
    application = _number(values, "application_no", office, "application")
    if application is not None and application.kind_of == "publication" and published is None:
        published, application = application, None
    main = grant or published
    if main is None and application is None:
        yield rejected(values.row.place, values.row.raw or _cells(values), *_why_no_number(values))
        return
    patent = _publication(values, main, application)
    if grant is not None and published is not None:
        patent.extra["first_publication"] = published.key
    events = list(vendor_events.events(values, patent))
    place = {"row": str(values.row.number)} | ({"sheet": values.sheet} if values.sheet else {})
    patent.extra = {**place, **patent.extra, **values.rest()}
    yield patent
    yield from events
    yield from values.problems


def _cells(values: RowValues) -> bytes:
    from langqiao.data.formats.sheet_rows import row_bytes  # noqa: PLC0415 - only for a refused row

    return row_bytes(values.row.cells)


def _office(values: RowValues) -> str:
    found = country(values.text("office"))
    return found.code if found else ""


def _number(values: RowValues, name: str, office: str, kind_of: str) -> Number | None:
    raw = values.text(name)
    if not raw:
        return None
    found = parse(raw, office=office, kind_of=kind_of) or parse(raw, office="CN" if values.vendor in _CHINESE else "")
    if is_damaged(raw):
        values.note("number_damaged", f"{values.header(name)!r} was destroyed by a spreadsheet ({raw}); it is left empty", name, raw=raw)
    elif found is None:
        values.note("number_unreadable", f"{values.header(name)!r} holds {raw[:40]!r}, which is no patent number", name, raw=raw)
    elif CHECK_WRONG in found.flags:
        values.note("check_digit_wrong", f"the check digit of {raw[:40]!r} does not fit its other digits", name, raw=raw)
    elif found.flags & {OFFICE_ASSUMED, AMBIGUOUS}:
        values.note("number_assumed", f"{raw[:40]!r} names no office or has two readings; it is read as {found.key}", name, raw=raw)
    return found


def _why_no_number(values: RowValues) -> list[Problem]:
    reasons = [problem for problem in values.problems if problem.code in {"number_damaged", "number_unreadable"}]
    message = "no publication or application number can be read; the row is kept in quarantine"
    return [values.problem("number_missing", message, severity="error"), *reasons]


def _publication(values: RowValues, main: Number | None, application: Number | None) -> Publication:
    known = main or application
    assert known is not None, "a row without any number was refused before"
    office = known.office
    kind = main.kind or values.text("kind_code") if main else ""
    stage = _stage(office, kind, main, values)
    published = values.date("publication_date")
    granted = values.date("grant_date")
    if stage == "grant":
        granted = granted or (published if office == "CN" else None)
        published = (granted if values.text("grant_no") else None) or published or granted
    title, abstract = values.text("title", "title_zh", "title_en", "title_granted"), values.text("abstract", "abstract_zh", "abstract_en")
    patent = Publication(
        place=values.row.place,
        format=values.vendor if values.vendor != "generic" else "patent_list",
        office=office,
        number=main.number if main else "",
        kind=kind,
        number_raw=values.text("grant_no", "publication_no"),
        application_number=application.number if application else "",
        application_number_raw=values.text("application_no"),
        patent_type=patent_type_word(values.text("patent_type")) or patent_type(known) or "invention",
        stage=stage,
        title=title,
        title_lang=language(title),
        abstract=abstract,
        abstract_lang=language(abstract),
        description=values.text("description"),
        filing_date=values.date("filing_date"),
        publication_date=published,
        grant_date=granted,
        priority_date=values.date("earliest_priority_date"),
        claim_count=values.count("claim_count"),
        page_count=values.count("page_count"),
        family_id=values.text("docdb_family_id", "simple_family_id"),
    )
    return _fill(values, patent)


def _fill(values: RowValues, patent: Publication) -> Publication:
    translated = {language(text): text for name in ("title_en", "title_zh", "title_translated", "title") if (text := values.text(name))}
    patent.title_zh, patent.title_en = translated.get("zh", ""), translated.get("en", "")
    patent.claims = vendor_parts.claims(values)
    patent.parties = vendor_parts.parties(values)
    patent.classifications = vendor_parts.classes(values)
    patent.citations = vendor_parts.citations(values)
    patent.priorities = vendor_parts.priorities(values)
    patent.family = vendor_parts.families(values)
    patent.opinions = vendor_parts.opinions(values)
    raw = values.text("legal_status_detail", "legal_status_current", "validity", "legal_status_simple")
    simple = values.text("validity", "legal_status_simple")
    if raw:
        patent.status_claimed = status_word(raw) or status_word(simple) or raw
        patent.status_claimed_on = values.date("status_date") or values.retrieved_on
        patent.extra["status_raw"] = "; ".join(dict.fromkeys((raw, simple))).strip("; ")
    patent.dates_raw = "; ".join(
        f"{name}={values.text(name)}" for name in ("filing_date", "publication_date", "grant_date") if values.text(name)
    )
    return patent


def _stage(office: str, kind: str, main: Number | None, values: RowValues) -> Literal["grant", "application"]:
    letter = kind[:1]
    if letter in _GRANT_KINDS or kind in {"P2", "P3"}:
        return "grant"
    if letter in {"A", "P", "W"}:
        is_old_grant = office == "US" and kind == "A" and main is not None and len(main.number) <= 7
        return "grant" if is_old_grant else "application"
    if main is not None and office == "US":
        return "application" if len(main.number) == 11 else "grant"
    return "grant" if values.text("grant_date", "grant_no") else "application"
