"""Reads CSS/BRS text, the USPTO's search-system form of its grants: a tab line, a title, then tagged fields that blanks continue."""

import re
from collections.abc import Iterator

from langqiao.data.formats.model import Citation, Claim, Place, Publication
from langqiao.data.formats.source import Input, Record, Rejected, place_of, rejected
from langqiao.data.formats.textsplit import TextRecord, records
from langqiao.data.formats.uspto_aps import decoded
from langqiao.data.formats.uspto_draft import Draft, Named
from langqiao.data.formats.uspto_v4_names import CATEGORIES
from langqiao.data.formats.uspto_values import cited_number, claim_text, claims_referred, day, one_line
from langqiao.engine.kernel.problem import Problem

_RECORD = re.compile(rb"(?m)^(?:\xef\xbb\xbf)?[A-Z]{0,2}[0-9]{4,11}\t[A-Z][0-9]?\t[0-9]{8}\t[0-9]*\t[0-9]*[ \t]*\r?$")
_FIELD = re.compile(r"([A-Z]{2,4}) ?(.*)$")
_CITED = re.compile(
    r"(?P<office>[A-Z]{2}) (?:(?P=office) )?(?P<number>\S+(?: \d+)*?)(?: (?P<kind>[A-Z]\d?))? (?P<date>\d{8})(?P<name>.*?)(?: (?P<by>cited by [a-z ]+))?$"
)
_NPL = re.compile(r"(?P<text>.*?)\s*(?P<by>cited by [a-z ]+)?$", re.DOTALL)
_CONTINUITY = re.compile(
    r"(?P<relation>[a-z0-9-]+)(?: parent-doc)? (?P<office>[A-Z]{2}) (?:(?P=office) )?(?P<number>\S+) (?P<date>\d{8})(?: US (?P<patent>\S+))?"
)
_RELATIONS = {
    "continuation": "continuation", "continuation-in-part": "cip", "division": "division", "us-provisional-application": "provisional",
    "reissue": "reissue", "continuing-reissue": "continuing_reissue", "substitution": "substitution", "reexamination": "reexamination",
}  # fmt: skip
_PARTIES = {"AANM": ("applicant", "AA"), "INNM": ("inventor", "IN"), "ASNM": ("owner", "AS")}
_TEXT = ("CRTX", "GOTX", "BSTX", "DRTX", "DETX")
_ABSENT = "N/A"

Field = tuple[str, str]


def read(source: Input) -> Iterator[Record]:
    """Every patent of the input: a Publication with its warnings, or a Rejected record with its reason."""
    for record in records(source, _RECORD):
        if isinstance(record, Rejected):
            yield record
        else:
            yield from _patent(record, source.name)


def _patent(record: TextRecord, name: str) -> Iterator[Record]:
    raw = record.raw.removeprefix(b"\xef\xbb\xbf").rstrip()
    place = place_of(name, record.offset, raw)
    text, _ = decoded(raw)
    found, problems = _publication(text, place)
    if found is None:
        message = "the record has no field WKU with a patent number"
        yield rejected(place, raw, Problem(where=name, offset=record.offset, code="number_missing", message=message))
        return
    yield found
    yield from problems


def _fields(text: str) -> list[Field]:
    """Tags and values in order; a line that begins with six blanks continues the one before."""
    found: list[Field] = []
    for line in text.splitlines():
        if line.startswith("      ") and found:
            found[-1] = (found[-1][0], f"{found[-1][1]} {line.strip()}")
        elif match := _FIELD.match(line):
            value = match[2].strip()
            found.append((match[1], "" if value == _ABSENT else value))
    return found


def _publication(text: str, place: Place) -> tuple[Publication | None, list[Problem]]:
    head, _, body = text.partition("\n")
    columns = head.strip().split("\t")
    fields = _fields(body)
    first: dict[str, str] = {}
    for tag, value in fields:
        first.setdefault(tag, value)
    if not first.get("WKU"):
        return None, []
    draft = Draft(place, "uspto_css")
    for tag, value in fields:
        if tag in {"URGP", "FRGP"}:
            _cite(draft, value)
        elif tag == "ORPL":
            _cite_literature(draft, value)
        elif tag == "COND":
            _relate(draft, value)
        elif tag in {"LRFW", "LRFM"}:
            draft.take_party("agent", Named(_name(value), tag == "LRFM"))
    _claims(draft, [value for tag, value in fields if tag == "CLPR"])
    _classes(draft, fields)
    _priorities(draft, fields)
    _parties(draft, fields)
    if first.get("PPNR"):
        draft.relate("related_publication", first.get("PPCC", "US"), first["PPNR"], first.get("PPPD", ""))
    draft.known["title"] = draft.known["title_en"] = one_line(first.get("TTL", ""))
    draft.known["abstract"] = one_line(" ".join(value for tag, value in fields if tag in {"ABPR", "ABTL"}))
    draft.known["description"] = "\n".join(value for tag, value in fields if tag in _TEXT)
    stated = first.get("NCL", "")
    draft.known["claim_count"] = int(stated) if stated.isdigit() else len(draft.claims) or None
    for tag, field in (
        ("ECL", "exemplary_claim"),
        ("NDR", "drawing_sheets"),
        ("NFG", "figures"),
        ("ART", "art_unit"),
        ("TRX", "term_extension_days"),
    ):
        if first.get(tag):
            draft.extra[field] = first[tag]
    record = draft.publication(
        number=first["WKU"],
        kind=first.get("APT", "") or (columns[1] if len(columns) > 1 else ""),
        stage="grant",
        published=first.get("GISD", ""),
        applied=(first.get("APNR", ""), first.get("AFD", "")),
    )
    return record, draft.problems


def _claims(draft: Draft, texts: list[str]) -> None:
    numbered = ((number, claim_text(value, number)) for number, value in enumerate(texts, start=1))
    draft.claims = [*draft.claims, *(Claim(number, text, claims_referred(text, number)) for number, text in numbered)]


def _cite(draft: Draft, value: str) -> None:
    sequence = len(draft.citations) + 1
    match = _CITED.match(one_line(value))
    if match is None:
        draft.citations.append(Citation(sequence, "patent", value[:2], "", "", None, "", "", "", one_line(value)))
        draft.warn("citation", "a cited patent is not written as office, number, kind, date", value)
        return
    category = CATEGORIES.get((match["by"] or "").strip(), "")
    number = cited_number(match["office"], match["number"])
    draft.citations.append(
        Citation(sequence, "patent", match["office"], number, match["kind"] or "", day(match["date"]), category, "", "", one_line(value))
    )


def _cite_literature(draft: Draft, value: str) -> None:
    match = _NPL.match(one_line(value))
    assert match is not None, "the pattern matches every text"
    category = CATEGORIES.get((match["by"] or "").strip(), "")
    draft.citations.append(Citation(len(draft.citations) + 1, "npl", "", "", "", None, category, "", "", match["text"]))


def _relate(draft: Draft, value: str) -> None:
    match = _CONTINUITY.match(one_line(value))
    if match is None:
        draft.warn("relation", "a related application is not written as relation, office, number, date", value)
        return
    relation = _RELATIONS.get(match["relation"], "related")
    draft.relate(relation, match["office"], match["number"], match["date"])
    if match["patent"]:
        said = f"{relation}:{cited_number('US', match['patent'])}"
        draft.extra["parent_patents"] = ";".join(filter(None, (draft.extra.get("parent_patents"), said)))


def _priorities(draft: Draft, fields: list[Field]) -> None:
    """Foreign priorities: country, number, date one after another."""
    office = number = ""
    for tag, value in fields:
        if tag == "PRCO":
            office = value
        elif tag == "PRAN":
            number = value
        elif tag == "PRAD" and number:
            draft.relate("priority", office, number, value)
            number = ""


def _classes(draft: Draft, fields: list[Field]) -> None:
    """CPC and IPC from their group lines, the US class from ICUS and its like."""
    for scheme, tags in (("cpc", ("CPOG", "CPXG")), ("ipc", ("IPCG",))):
        main = True
        for tag, value in fields:
            if tag in tags and (match := _SYMBOL.search(value)):
                words = value[match.end() :].split()
                version = next((w for w in value.split() if w.isdigit() and len(w) == 8), "")
                inventive = next((w for w in words if w in {"I", "A", "N"}), "")
                symbol = f"{match[1]} {match[2]}/{match[3]}"
                draft.classify(
                    scheme,
                    (symbol, match[1]),
                    value.strip(),
                    main=main,
                    value=inventive,
                    version=f"{version[:4]}.{version[4:6]}".strip("."),
                )
                main = False


_SYMBOL = re.compile(r"\b([A-HY]\d{2}[A-Z])(\d{1,4})/(\d{2,6})\b")


def _name(value: str) -> str:
    """The name with a comma: Yu; Long-Kun is Yu, Long-Kun."""
    return ", ".join(part.strip() for part in value.split(";"))


def _parties(draft: Draft, fields: list[Field]) -> None:
    """A party begins with its name; the fields that follow with the same first letters are its own."""
    for index, (tag, value) in enumerate(fields):
        if tag not in _PARTIES or not value:
            continue
        role, letters = _PARTIES[tag]
        own: dict[str, str] = {}
        for other, said in fields[index + 1 :]:
            if other == tag or not other.startswith(letters):
                break
            own.setdefault(other[2:], said)
        person = ";" in value
        code = own.get("TC", "") if role == "owner" else ""
        party = Named(_name(value), not person, own.get("CO", ""), own.get("ST", ""), own.get("CI", ""), code)
        draft.take_party(role, party)
