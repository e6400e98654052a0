"""What the file-wrapper readers share: an application as a publication, an entry of its history as an event."""

import datetime as dt
from typing import Any

from langqiao.data.formats.model import LegalEvent, Place, Publication
from langqiao.engine.patents import number

EVENT_KINDS = {
    "FP": "LAPSE",
    "EXP.": "LAPSE",
    "M1551": "FEE_PAID",
    "M1552": "FEE_PAID",
    "M1553": "FEE_PAID",
    "M2551": "FEE_PAID",
    "M2552": "FEE_PAID",
    "M2553": "FEE_PAID",
    "M3551": "FEE_PAID",
    "M3552": "FEE_PAID",
    "M3553": "FEE_PAID",
    "MN/=.": "ALLOWANCE",
    "N/=.": "ALLOWANCE",
    "MABN2": "WITHDRAWN",
    "ABN2": "WITHDRAWN",
    "MABN6": "WITHDRAWN",
    "ABN6": "WITHDRAWN",
    "PGM/": "GRANT",
    "PTAC": "GRANT",
    "PG-ISSUE": "PUBLICATION",
    "CTNF": "EXAMINATION",
    "CTFR": "EXAMINATION",
    "CTRS": "EXAMINATION",
    "MCTNF": "EXAMINATION",
    "MCTFR": "EXAMINATION",
    "MPMFG": "RESTORATION",
}
"""Codes of the USPTO's file history that we can name (practice); fees: year 4, 8 or 12 by the last digit; the others keep their text."""

MAINTENANCE_YEARS = {"1": "4", "2": "8", "3": "12"}


def application(place: Place, *, fmt: str, written: str, patent: str = "", title: str = "") -> Publication:
    """An application of the file wrapper: under its patent number where one is granted, else under its application number."""
    granted = number.parse(patent, office="US", kind_of="publication") if patent else None
    return Publication(
        place=place,
        format=fmt,
        office="US",
        number=granted.number if granted else "",
        kind="",
        number_raw=patent,
        application_number=written.replace("/", "").replace(",", ""),
        application_number_raw=written,
        patent_type=(number.patent_type(granted) if granted else "") or "invention",
        stage="grant" if granted else "application",
        title=title,
        title_lang="en" if title else "",
        title_en=title,
    )


def history_event(found: Publication, entry: tuple[str, str, dt.date | None], *, extra: dict[str, str] | None = None) -> LegalEvent:
    """One entry (code, description, date) of the history of an application."""
    code, description, date = entry
    kind = EVENT_KINDS.get(code, "")
    told = dict(extra or {})
    if kind == "FEE_PAID" and code[-1:] in MAINTENANCE_YEARS:
        told["year_of_fee_payment"] = MAINTENANCE_YEARS[code[-1]]
    return LegalEvent(
        place=found.place,
        format=found.format,
        office="US",
        number=found.number or found.application_number,
        number_kind="publication" if found.number else "application",
        code=code,
        kind=kind,
        date=date,
        text=description,
        application_number=found.application_number,
        extra=told,
    )


def listed(value: Any) -> list[dict[str, Any]]:
    """The objects of a list, whatever else stands in it."""
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []
