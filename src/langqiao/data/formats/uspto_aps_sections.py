"""The groups of a Green Book record (PATN, INVT, ASSG, CLAS, UREF, CLMS …) and the publication they make."""

import re
from collections.abc import Callable
from typing import NamedTuple

from langqiao.data.formats.model import Citation, Claim, Place, Publication
from langqiao.data.formats.uspto_draft import Draft, Named
from langqiao.data.formats.uspto_values import cited_number, claim_text, claims_referred, day, edition, locarno, one_line, packed_ipc, uspc
from langqiao.engine.kernel.problem import Problem
from langqiao.engine.patents.number_us import docdb_application, without_check_digit

_RELATIONS = {"71": "continuation", "72": "cip", "74": "division", "81": "continuation", "82": "cip", "84": "division"}
"""Codes of RLAP (practice; 74 confirmed by the text of a record); others are kept as "related"."""

_TEXT_GROUPS = ("PARN", "GOVT", "BSUM", "DRWD", "DETD")
_PERSON = re.compile(r"\s*;\s*")
_APPLICATION_TYPES = {"2": "reissue", "4": "design", "5": "defensive", "6": "plant", "7": "sir"}


class Section(NamedTuple):
    """One group of a record: its tag and its fields (tag, value) in order."""

    tag: str
    fields: list[tuple[str, str]]

    def first(self, tag: str) -> str:
        """The first value of a tag, "" if there is none."""
        return next((value for name, value in self.fields if name == tag), "")

    def all(self, *tags: str) -> list[str]:
        """Every value of some tags."""
        return [value for name, value in self.fields if name in tags]

    def text(self) -> str:
        """All running text of the group, a paragraph a line; tables keep their lines."""
        return "\n".join(value if tag.startswith("TBL") else one_line(value) for tag, value in self.fields if value)


def publication(groups: list[Section], place: Place) -> tuple[Publication | None, list[Problem]]:
    """The grant a record holds and what is wrong with it; None where it names no number."""
    head = groups[0]
    number = without_check_digit(head.first("WKU"))
    if not number:
        return None, []
    draft = Draft(place, "uspto_aps")
    for group in groups[1:]:
        if take := _TAKES.get(group.tag):
            take(draft, group)
    draft.known["title"] = draft.known["title_en"] = one_line(head.first("TTL"))
    draft.known["description"] = "\n".join(group.text() for group in groups if group.tag in _TEXT_GROUPS)
    stated = head.first("NCL").strip()
    draft.known["claim_count"] = int(stated) if stated.isdigit() else len(draft.claims) or None
    if stated.isdigit() and draft.claims and int(stated) != len(draft.claims):
        draft.warn("claim_count", f"the record states {stated} claims and holds {len(draft.claims)}")
    _details(draft, head)
    record = draft.publication(
        number=number,
        kind="",
        stage="grant",
        published=head.first("ISD").strip(),
        applied=(_application(head), head.first("APD").strip()),
        kind_of_patent=_APPLICATION_TYPES.get(head.first("APT").strip(), ""),
    )
    record.number_raw, record.application_number_raw = (
        head.first("WKU").strip(),
        f"{head.first('SRC')}/{head.first('APN')}".replace(" ", ""),
    )
    return record, draft.problems


def _application(head: Section) -> str:
    """Series code and six digits; the seventh digit of APN is a check digit."""
    serial, series = head.first("APN").strip(), head.first("SRC").strip()
    if not serial.isdigit():
        return ""
    return (f"0{series}" if series.isdigit() and len(series) == 1 else series) + (serial[:6] if len(serial) == 7 else serial.rjust(6, "0"))


def _details(draft: Draft, head: Section) -> None:
    for tag, field in (
        ("ECL", "exemplary_claim"),
        ("NDR", "drawing_sheets"),
        ("NFG", "figures"),
        ("TRM", "term_years"),
        ("ART", "art_unit"),
    ):
        if value := head.first(tag).strip():
            draft.extra[field] = value
    for tag, field in (("EXP", "examiner"), ("EXA", "assistant_examiner")):
        if value := head.first(tag):
            draft.extra[field] = _name(value)
    if head.first("DCD"):
        draft.extra["terminal_disclaimer"] = "1"


def _name(text: str) -> str:
    """The name with a comma: Yano; Shozo is Yano, Shozo."""
    return ", ".join(filter(None, _PERSON.split(one_line(text))))


def _country(group: Section) -> str:
    """Two letters: the third is filling ("JPX"); a US state names no country."""
    code = group.first("CNT").strip()
    return code[:2] if code else "US" if group.first("STA").strip() else ""


def _inventor(draft: Draft, group: Section) -> None:
    """The inventors were the applicants too."""
    if group.first("NAM"):
        for role in ("applicant", "inventor"):
            _party(draft, role, group, name=_name(group.first("NAM")), organization=False)


def _owner(draft: Draft, group: Section) -> None:
    name, code = group.first("NAM"), group.first("COD").strip()
    if name:
        person = code in {"04", "05"} or (";" in name and code not in {"02", "03", "06", "07"})
        _party(draft, "owner", group, name=_name(name) if person else one_line(name), organization=not person)


def _party(draft: Draft, role: str, group: Section, *, name: str, organization: bool) -> None:
    code = group.first("COD").strip() if role == "owner" else ""
    draft.take_party(role, Named(name, organization, _country(group), group.first("STA").strip(), one_line(group.first("CTY")), code))


def _agents(draft: Draft, group: Section) -> None:
    for firm in group.all("FRM", "FR1", "FR2", "LRP", "ATT", "AAT", "AGT"):
        draft.take_party("agent", Named(_name(firm), ";" not in firm))


def _priority(draft: Draft, group: Section) -> None:
    if printed := group.first("APN").strip():
        draft.relate("priority", group.first("CNT").strip()[:2], printed, group.first("APD").strip())


def _related(draft: Draft, group: Section) -> None:
    relation = _RELATIONS.get(group.first("COD").strip(), "related")
    serial, filed = group.first("APN").strip(), group.first("APD").strip()
    if serial.isdigit() and len(filed) == 8:
        read = docdb_application(serial[:6] + filed[2:4])
        draft.relate(relation, "US", read.number if read else serial, filed)
    elif serial:
        draft.relate(relation, "US", serial, filed)
    if patent := group.first("PNO").strip():
        said = f"{relation}:{cited_number('US', patent)}"
        draft.extra["parent_patents"] = ";".join(filter(None, (draft.extra.get("parent_patents"), said)))


def _pct(draft: Draft, group: Section) -> None:
    if printed := group.first("PCN").strip():
        draft.relate("pct", "WO", printed, group.first("PD3").strip())
    if printed := group.first("PCP").strip():
        draft.extra["pct_publication"] = "WO" + cited_number("WO", printed.removeprefix("WO"))


def _classes(draft: Draft, group: Section) -> None:
    version = edition(group.first("EDF"))
    main = {"OCL": True, "ICL": True}
    for tag, value in group.fields:
        if tag in {"OCL", "XCL"} and value.strip():
            draft.classify("uspc", uspc(value), value, main=tag == "OCL" and main["OCL"])
        elif tag == "ICL" and value.strip():
            symbol = locarno(value) if value.strip().isdigit() else packed_ipc(value)
            draft.classify("locarno" if value.strip().isdigit() else "ipc", symbol, value, main=main["ICL"], version=version)
        main[tag] = False


def _cited_us(draft: Draft, group: Section) -> None:
    _cited(draft, group, "US")


def _cited_foreign(draft: Draft, group: Section) -> None:
    _cited(draft, group, group.first("CNT").strip()[:2])


def _cited(draft: Draft, group: Section, office: str) -> None:
    printed, date = group.first("PNO").strip(), group.first("ISD").strip()
    if not printed:
        return
    raw = one_line(" ".join(filter(None, (office, printed, date, group.first("NAM"), group.first("OCL") or group.first("XCL")))))
    number = cited_number(office, printed)
    draft.citations.append(Citation(len(draft.citations) + 1, "patent", office, number, "", day(date), "", "", "", raw))


def _cited_literature(draft: Draft, group: Section) -> None:
    for value in group.all("PAL", "PAR"):
        draft.citations.append(Citation(len(draft.citations) + 1, "npl", "", "", "", None, "", "", "", one_line(value)))


def _abstract(draft: Draft, group: Section) -> None:
    draft.known["abstract"] = one_line(group.text())


def _claims(draft: Draft, group: Section) -> None:
    """CLMS: a claim begins with NUM; DCLM: the one claim of a design."""
    parts: list[list[str]] = []
    for tag, value in group.fields:
        if tag == "NUM" or (not parts and tag != "STM"):
            parts.append([])
        if tag not in {"NUM", "STM"} and parts:
            parts[-1].append(one_line(value))
    numbered = ((number, claim_text(" ".join(lines), number)) for number, lines in enumerate(parts, start=1))
    draft.claims = [*draft.claims, *(Claim(number, text, claims_referred(text, number)) for number, text in numbered)]


_TAKES: dict[str, Callable[[Draft, Section], None]] = {
    "INVT": _inventor, "ASSG": _owner, "PRIR": _priority, "RLAP": _related, "REIS": _related, "PCTA": _pct, "CLAS": _classes,
    "UREF": _cited_us, "FREF": _cited_foreign, "OREF": _cited_literature, "LREP": _agents, "ABST": _abstract, "CLMS": _claims, "DCLM": _claims,
}  # fmt: skip
