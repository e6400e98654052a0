"""The European Patent Register as OPS gives it: the newest state of the bibliography, events of the dossier, procedural steps, lapses by state."""

import re
from collections.abc import Iterator

from langqiao.data.formats.epo_biblio import priorities, set_titles, stage_of
from langqiao.data.formats.epo_citations import citations
from langqiao.data.formats.epo_classes import symbols, words_kept
from langqiao.data.formats.epo_ids import NOWHERE, DocumentId, day, first, references, written
from langqiao.data.formats.epo_parties import register_parties
from langqiao.data.formats.epo_tree import Element, text_at, words
from langqiao.data.formats.model import Classification, LegalEvent, Place, Publication

FORMAT = "epo_register"
_QUERY = re.compile(r"\b(?:publication|pn|application|ap)\s*=\s*\"?([A-Z]{2}[\d.A-Z]+)")

EVENT_KINDS = {
    "0009012": ("PUBLICATION", ""),
    "0009171": ("EXAMINATION", ""),
    "0009185": ("EXAMINATION", ""),
    "0009210": ("GRANT", "expected"),
    "0009250": ("LAPSE_STATE", ""),
    "0009261": ("OPPOSITION", "close"),
    "0009199APPR": ("PARTY_CHANGE", ""),
    "EPIDOSNRFE2": ("FEE_PAID", ""),
    "EPIDOSNIGR3": ("FEE_PAID", ""),
}
"""Event codes of the register that we have seen and can name (kind, effect); the others keep their text."""

STEP_KINDS = {"RFEE": "FEE_PAID", "IGRA": "EXAMINATION", "EXRE": "EXAMINATION", "DDIV": "EXAMINATION", "EXPT": "DESIGNATION"}
"""Codes of procedural steps that we can name."""


def register_document(document: Element, place: Place, *, query: str = "") -> Iterator[Publication | LegalEvent]:
    """What one `register-document` tells: its publication (where it carries a bibliography), then its events, steps and lapses.

    An answer with events or steps alone names no number: it is taken from the `query` that was asked ("publication=EP2400812").
    """
    biblio = document.find("bibliographic-data")
    if biblio is not None:
        number = _printed(biblio)
        yield _publication(document, biblio, number, place)
    else:
        match = _QUERY.search(query)
        number = written(match[1]) if match else NOWHERE
    if number.number:
        yield from _events(document, number, place)
        yield from _steps(document, number, place)
        if biblio is not None:
            yield from _lapses(biblio, number, place)


def _printed(biblio: Element) -> DocumentId:
    """The latest publication of the application: B after A."""
    found = references(biblio, "publication-reference", kind_of="publication")
    return max(found, key=lambda entry: (str(entry.date or ""), entry.kind), default=NOWHERE)


def _publication(document: Element, biblio: Element, number: DocumentId, place: Place) -> Publication:
    application = first(references(biblio, "application-reference", kind_of="application"))
    statuses = document.findall("ep-patent-statuses/ep-patent-status")
    stage = stage_of(number.office, number.kind)
    found = Publication(
        place=place,
        format=FORMAT,
        office=number.office,
        number=number.number,
        kind=number.kind,
        number_raw=number.raw,
        application_number=application.number,
        application_number_raw=application.raw,
        stage=stage,
        filing_date=application.date,
        publication_date=number.date,
        grant_date=number.date if stage == "grant" else None,
        status_claimed=document.get("status", "") or (words(statuses[0]) if statuses else ""),
        status_claimed_on=max((date for entry in statuses if (date := day(entry.get("change-date", "")))), default=None),
        parties=register_parties(biblio, is_grant=stage == "grant"),
        classifications=_classifications(biblio),
        priorities=priorities(biblio),
        citations=citations(biblio),
        extra=_extra(document, biblio),
    )
    found.priority_date = min((entry.date for entry in found.priorities if entry.date), default=None)
    set_titles(found, biblio)
    return found


def _classifications(biblio: Element) -> list[Classification]:
    newest = biblio.find("classifications-ipcr")
    text = words_kept(newest) if newest is not None else ""
    found = dict(symbols(text))
    return [Classification("ipc", index, symbol, found[symbol], index == 1, None, "", symbol) for index, symbol in enumerate(found, 1)]


def _extra(document: Element, biblio: Element) -> dict[str, str]:
    publications = references(biblio, "publication-reference", kind_of="publication")
    newest = biblio.find("designation-of-states")
    states = [words(entry) for entry in newest.iter("country")] if newest is not None else []
    unitary = [entry for entry in document.iter() if isinstance(entry.tag, str) and ("unitary" in entry.tag or entry.tag.startswith("up-"))]
    told = {
        "publications": " ".join(f"{entry.office}-{entry.number}-{entry.kind}:{entry.date or ''}" for entry in publications),
        "designated_states": " ".join(dict.fromkeys(state for state in states if state != "EP")),
        "opposition_not_filed": text_at(biblio, "opposition-data/opposition-not-filed/date"),
        "divisional_of": " ".join(
            words(entry) for entry in biblio.iterfind("related-documents/division/relation/parent-doc/document-id/doc-number")
        ),
        "unitary": " ".join(dict.fromkeys(words(entry) for entry in unitary if not len(entry))),
        "register_status_code": next(
            (entry.get("status-code", "") for entry in document.iterfind("ep-patent-statuses/ep-patent-status")), ""
        ),
    }
    return {name: value for name, value in told.items() if value}


def _events(document: Element, number: DocumentId, place: Place) -> Iterator[LegalEvent]:
    for entry in document.iterfind("events-data/dossier-event"):
        code = text_at(entry, "event-code")
        kind, effect = EVENT_KINDS.get(code, ("", ""))
        gazette = day(text_at(entry, "gazette-reference/date"))
        happened = day(text_at(entry, "event-date/date"))
        extra = {"effect": effect, "gazette": text_at(entry, "gazette-reference/gazette-num"), "event_type": entry.get("event-type", "")}
        event = _event(number, place, code=code, kind=kind, text=text_at(entry, "event-text"))
        event.date, event.effective_date = gazette or happened, happened
        event.extra = {name: value for name, value in extra.items() if value}
        yield event


def _steps(document: Element, number: DocumentId, place: Place) -> Iterator[LegalEvent]:
    for entry in document.iterfind("procedural-data/procedural-step"):
        dates = {found.get("step-date-type", "").lower(): text_at(found, "date") for found in entry.iterfind("procedural-step-date")}
        texts = {
            found.get("step-text-type", "").lower().replace(" ", "_"): words(found) for found in entry.iterfind("procedural-step-text")
        }
        code = text_at(entry, "procedural-step-code")
        event = _event(number, place, code=code, kind=STEP_KINDS.get(code, ""), text=texts.pop("step_description", ""))
        event.date = min((date for written in dates.values() if (date := day(written))), default=None)
        limit = text_at(entry, "time-limit")
        event.extra = {**texts, **dates, **({"time_limit_months": limit} if limit else {}), "phase": entry.get("procedure-step-phase", "")}
        yield event


def _lapses(biblio: Element, number: DocumentId, place: Place) -> Iterator[LegalEvent]:
    """Lapses by state from the newest list of the term; the older lists are its earlier states."""
    newest = max(biblio.findall("term-of-grant"), key=lambda entry: entry.get("change-date", ""), default=None)
    for entry in newest.iterfind("lapsed-in-country") if newest is not None else ():
        event = _event(number, place, code="lapsed-in-country", kind="LAPSE_STATE", text="lapsed in a contracting state")
        event.date = day(newest.get("change-date", "")) if newest is not None else None
        event.effective_date = day(text_at(entry, "date"))
        event.extra = {"territory": text_at(entry, "country")}
        yield event


def _event(number: DocumentId, place: Place, *, code: str, kind: str, text: str) -> LegalEvent:
    return LegalEvent(
        place=place,
        format=FORMAT,
        office=number.office,
        number=number.number,
        number_kind="publication",
        code=code,
        kind=kind,
        date=None,
        text=text,
    )
