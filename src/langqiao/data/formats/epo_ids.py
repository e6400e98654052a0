"""Reads the numbers of EPO records: document identifiers in DOCDB, EPODOC and original form, brought to the house's normal form."""

import datetime as dt
from typing import NamedTuple

from langqiao.data.formats.epo_tree import Element, text_at, words
from langqiao.engine.patents import number as numbers
from langqiao.engine.patents.number import KindOf

_ORDER = {"docdb": 0, "": 1, "epodoc": 2, "original": 3}


class DocumentId(NamedTuple):
    """One identifier: `form` docdb | epodoc | original | "" (register); the number in normal form where the form allows, `raw` as written."""

    form: str
    office: str
    number: str
    kind: str
    date: dt.date | None
    raw: str


NOWHERE = DocumentId("", "", "", "", None, "")
"""The identifier of nothing: empty fields."""


def day(text: str) -> dt.date | None:
    """A date of the EPO: YYYYMMDD or YYYY-MM-DD; None for an incomplete or impossible one and for 00010101 ("not given")."""
    digits = text.strip().replace("-", "")
    if len(digits) != 8 or not digits.isdigit() or digits.startswith("0") or digits == "99991231":
        return None
    try:
        return dt.date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


def references(parent: Element, tag: str, *, kind_of: KindOf) -> list[DocumentId]:
    """Every identifier below the children called `tag`, DOCDB first."""
    return _sorted([entry for reference in parent.findall(tag) for entry in _identifiers(reference, kind_of)])


def identifiers(reference: Element, *, kind_of: KindOf) -> list[DocumentId]:
    """The identifiers of one reference, DOCDB first: its `document-id` children, or itself where it holds the number (register)."""
    return _sorted(_identifiers(reference, kind_of))


def _identifiers(reference: Element, kind_of: KindOf) -> list[DocumentId]:
    form = reference.get("data-format", "")  # the form stands on the identifier (OPS) or here (DOCDB)
    entries = reference.findall("document-id") or ([reference] if reference.find("doc-number") is not None else [])
    return [document_id(entry, form=form, kind_of=kind_of) for entry in entries]


def _sorted(found: list[DocumentId]) -> list[DocumentId]:
    return sorted((entry for entry in found if entry.number), key=lambda entry: _ORDER.get(entry.form, 4))


def first(identifiers: list[DocumentId]) -> DocumentId:
    """The best identifier, with the first date that any form gives; NOWHERE when there is none."""
    if not identifiers:
        return NOWHERE
    best = identifiers[0]
    date = next((entry.date for entry in identifiers if entry.date), None)
    if best.office == "US" and len(best.number) > 8:  # DOCDB drops the series code of an application; the original form keeps it
        printed = (entry.number for entry in identifiers if entry.form == "original" and len(entry.number) == 8)
        best = best._replace(number=next((number for number in printed if number.endswith(best.number[-6:])), best.number))
    return best._replace(date=date)


def document_id(entry: Element, *, form: str = "", kind_of: KindOf) -> DocumentId:
    """One `document-id` element."""
    form = entry.get("document-id-type") or form
    office, number, kind = text_at(entry, "country"), text_at(entry, "doc-number"), text_at(entry, "kind")
    raw = ".".join(part for part in (office, number, kind) if part)
    date = day(text_at(entry, "date"))
    if not office:  # EPODOC and original carry the office inside, or nowhere
        read = numbers.parse(number + (kind if kind_of == "publication" else ""), kind_of=kind_of) if form == "epodoc" else None
        return (
            DocumentId(form, read.office, read.number, read.kind or kind, date, raw)
            if read
            else DocumentId(form, "", number, kind, date, raw)
        )
    return _in_fields(form, (office, number, kind), date, kind_of)


def normal(office: str, number: str, kind: str, *, kind_of: KindOf) -> tuple[str, str, str]:
    """Office, number and kind in normal form; as given, without leading zeros, where the number cannot be read."""
    read = numbers.docdb(office, number, kind, kind_of=kind_of)
    return (read.office, read.number, read.kind or kind) if read else (office, number.lstrip("0"), kind)


def written(text: str, *, kind_of: KindOf = "publication") -> DocumentId:
    """A number as one string ("EP2400812", "EP.2400812.A1"); NOWHERE where it cannot be read."""
    read = numbers.parse(text, kind_of=kind_of)
    return DocumentId("epodoc", read.office, read.number, read.kind, None, text) if read else NOWHERE


def _in_fields(form: str, fields: tuple[str, str, str], date: dt.date | None, kind_of: KindOf) -> DocumentId:
    office, number, kind = normal(*fields, kind_of=kind_of)
    return DocumentId(form or "", office, number, kind, date, ".".join(part for part in fields if part))


def name_of(element: Element | None) -> str:
    """A name without the blanks that fill it up and without a trailing comma."""
    return words(element).rstrip(" ,")
