"""Turns an exchange document (of OPS or of DOCDB) into a publication: numbers, dates, titles, abstract, classes, parties, citations, family."""

from typing import Literal

from langqiao.data.formats.epo_citations import citations
from langqiao.data.formats.epo_classes import classifications
from langqiao.data.formats.epo_ids import DocumentId, day, first, identifiers, normal, references
from langqiao.data.formats.epo_parties import parties
from langqiao.data.formats.epo_tree import Element, text_at, words
from langqiao.data.formats.model import FamilyMember, Place, Priority, Publication

_TITLE_ORDER = ("en", "de", "fr")
_LINKAGES = {"W": "pct"}
"""Linkage types of DOCDB that we can name; the others are kept as written."""

_REGISTERED = frozenset({"AT", "DE", "ES", "IT", "TW"})
"""Offices that register utility models without examination and publish only the registered right (practice)."""


def publication(document: Element, place: Place, *, fmt: str) -> Publication:
    """The publication of an `exchange-document` element."""
    biblio = document.find("bibliographic-data")
    biblio = document if biblio is None else biblio
    office, number, kind = normal(
        document.get("country", ""), document.get("doc-number", ""), document.get("kind", ""), kind_of="publication"
    )
    printed = first(references(biblio, "publication-reference", kind_of="publication"))
    application = _application(biblio)
    published = printed.date or day(document.get("date-publ", ""))
    granted_on = day(text_at(biblio, "dates-of-public-availability/printed-with-grant/document-id/date"))
    stage = stage_of(office, kind) if granted_on is None else "grant"
    found = Publication(
        place=place,
        format=fmt,
        office=office or printed.office,
        number=number or printed.number,
        kind=kind or printed.kind,
        number_raw=".".join(part for part in (document.get("country"), document.get("doc-number"), document.get("kind")) if part),
        application_number=application.number,
        application_number_raw=application.raw,
        patent_type=patent_type(office, kind),
        stage=stage,
        filing_date=application.date,
        publication_date=published,
        grant_date=(granted_on or published) if stage == "grant" else None,
        family_id=document.get("family-id", ""),
        priorities=priorities(biblio),
        classifications=classifications(biblio),
        parties=parties(biblio, is_grant=stage == "grant"),
        citations=citations(biblio),
        family=_docdb_family(document),
        extra=_extra(document, application),
    )
    found.priority_date = min((entry.date for entry in found.priorities if entry.date), default=None)
    set_titles(found, biblio)
    _set_abstract(found, document)
    return found


def priorities(biblio: Element) -> list[Priority]:
    """Priority claims, each once: the DOCDB or EPODOC form, in order of their sequence."""
    found: dict[str, Priority] = {}
    for entry in [*biblio.iterfind("priority-claims/priority-claim"), *biblio.findall("priority-claim")]:
        if entry.get("data-format") in {"epodoc", "original"}:
            continue
        claimed = first(identifiers(entry, kind_of="application"))
        if claimed.number:
            linkage = text_at(entry, "priority-linkage-type")
            relation = _LINKAGES.get(linkage, f"linkage-{linkage}") if linkage else "priority"
            key = f"{claimed.office}{claimed.number}"
            found.setdefault(key, Priority(len(found) + 1, relation, claimed.office, claimed.number, claimed.date))
    return list(found.values())


def set_titles(found: Publication, biblio: Element) -> None:
    """The title in English, else German, else French, else as given; Chinese and English titles also in their own fields."""
    titles: dict[str, str] = {}
    for entry in biblio.iterfind("invention-title"):
        titles.setdefault(entry.get("lang", "").lower(), words(entry))
    language = next((name for name in _TITLE_ORDER if name in titles), next(iter(titles), ""))
    found.title, found.title_lang = titles.get(language, ""), language
    found.title_en, found.title_zh = titles.get("en", ""), titles.get("zh", titles.get("cn", ""))


def stage_of(office: str, kind: str) -> Literal["grant", "application"]:
    """Whether a publication is of a granted or registered right, by its kind code (WIPO ST.16; practice of the offices)."""
    if office == "WO" or not kind:
        return "application"
    if office == "US":
        return "application" if kind in {"A1", "A2", "A9", "P1", "P4", "P9"} else "grant"
    if office == "CN":
        return "application" if kind[0] == "A" else "grant"
    registered = kind[0] in "BCYS" or (kind[0] == "U" and office in _REGISTERED) or kind in {"T2", "T3", "T5"}
    return "grant" if registered or (office, kind) == ("AP", "A") else "application"


def patent_type(office: str, kind: str) -> str:
    """invention, utility_model, design, plant, reissue or sir, by the kind code."""
    match kind[:1]:
        case "U" | "Y":
            return "utility_model"
        case "S":
            return "design"
        case "P" if office == "US":
            return "plant"
        case "E" if office == "US":
            return "reissue"
        case "H" if office == "US":
            return "sir"
        case "D" if office == "CN":
            return "design"
        case _:
            return "invention"


def _application(biblio: Element) -> DocumentId:
    return first(references(biblio, "application-reference", kind_of="application"))


def _set_abstract(found: Publication, document: Element) -> None:
    abstracts = {
        entry.get("lang", "").lower(): "\n".join(words(part) for part in entry) or words(entry) for entry in document.findall("abstract")
    }
    language = next((name for name in _TITLE_ORDER if name in abstracts), next(iter(abstracts), ""))
    found.abstract, found.abstract_lang = abstracts.get(language, ""), language


def _docdb_family(document: Element) -> list[FamilyMember]:
    """The simple family that a DOCDB record carries: every publication of every member, in its DOCDB form."""
    members = []
    for entry in document.iterfind("patent-family/family-member"):
        for printed in references(entry, "publication-reference", kind_of="publication"):
            if printed.form == "docdb":
                family_id = document.get("family-id", "")
                members.append(FamilyMember("docdb", family_id, printed.office, printed.number, printed.kind, printed.date))
    return members


def _extra(document: Element, application: DocumentId) -> dict[str, str]:
    told = {
        name: document.get(name, "") for name in ("doc-id", "is-representative", "status", "date-of-last-exchange", "originating-office")
    }
    states = [words(state) for state in document.iterfind("bibliographic-data/designation-of-states//country")]
    told["designated_states"] = " ".join(dict.fromkeys(states))
    told["application_office"] = application.office
    told["family_members"] = str(len(document.findall("patent-family/family-member")) or "")
    return {name.replace("-", "_"): value for name, value in told.items() if value}
