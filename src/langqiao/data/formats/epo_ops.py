"""Reads answers of the EPO's Open Patent Services (3.2), XML or JSON: bibliography, full text, families, legal events, register, search, numbers.

An answer that carries no record (a conversion of numbers, a list of hits, an inquiry) is counted as skipped with what it says; an error of
the service (404, 429, fault) is refused: it is never data.
"""

import re
from collections.abc import Iterator

import orjson

from langqiao.data.formats import epo_legal
from langqiao.data.formats.epo_biblio import patent_type, publication, stage_of
from langqiao.data.formats.epo_claims import fulltext
from langqiao.data.formats.epo_ids import DocumentId, document_id, first, references
from langqiao.data.formats.epo_register import register_document
from langqiao.data.formats.epo_tree import Element, TreeError, parse_json, parse_xml, record_spans, text_at, words
from langqiao.data.formats.model import FamilyMember, LegalEvent, Place, Publication
from langqiao.data.formats.source import Input, Record, Rejected, Skipped, place_of, rejected
from langqiao.engine.kernel.problem import Problem

FORMAT = "epo_ops"
RECORDS = ("exchange-document", "fulltext-document", "patent-family", "register-document")
"""The elements that are one record each; the others of an answer say something about numbers or about the service."""

_START = b"\xef\xbb\xbf \t\r\n"
_ROOT = re.compile(rb"<(?:[\w.-]+:)?(?:world-patent-data|fault)[\s>]")
_NOTHING = re.compile(rb"<\?.*?\?>|<!--.*?-->|\s", re.DOTALL)
_JSON = re.compile(rb'\A\s*\{\s*"(?:ops:)?(?:world-patent-data|fault)"\s*:')


def detects(head: bytes, name: str) -> bool:  # noqa: ARG001 - the interface of detection
    """An answer of OPS: root world-patent-data or fault, in XML or JSON."""
    plain = head.lstrip(_START)
    if plain.startswith(b"{"):
        return bool(_JSON.match(plain))
    found = _ROOT.search(plain)
    return bool(found and plain.startswith(b"<") and b"<" not in re.sub(rb"<[?!][^>]*>", b"", plain[: found.start()]))


def detects_mislabelled(head: bytes, name: str) -> bool:
    """A file called XML that is none: a lone instruction without an element (an empty answer), or JSON of no known shape."""
    if not name.lower().split("!")[-1].removesuffix(".gz").endswith(".xml"):
        return False
    plain = head.strip(_START)
    return plain[:1] in {b"{", b"["} or (plain.startswith(b"<?xml") and not _NOTHING.sub(b"", plain))


def read(source: Input) -> Iterator[Record]:
    """Every record of an answer, with its place in the file; legal events repeated for each member of a family come once."""
    data = source.whole()
    if isinstance(data, Rejected):
        yield data
        return
    try:
        root = _tree(data)
    except TreeError as error:
        problem = Problem(where=source.name, offset=0, code=error.code, message=str(error))
        yield rejected(place_of(source.name, 0, data), data, problem)
        return
    yield from _Answer(source.name, data, root).records()


def read_mislabelled(source: Input) -> Iterator[Record]:
    """The refusal of a file that is called XML and is none."""
    data = source.whole()
    if isinstance(data, Rejected):
        yield data
        return
    is_json = data.strip(_START)[:1] in {b"{", b"["}
    code, message = (
        ("not_xml", "the file is called XML and holds JSON that is no answer of an office: save the office's own answer")
        if is_json
        else ("xml_without_element", "the file holds no XML element: an empty or cut-off answer")
    )
    yield rejected(place_of(source.name, 0, data), data, Problem(where=source.name, offset=0, code=code, message=message))


def _tree(data: bytes) -> Element:
    if data.lstrip(_START).startswith(b"{"):
        try:
            return parse_json(orjson.loads(data.removeprefix(b"\xef\xbb\xbf")))
        except orjson.JSONDecodeError as error:
            raise TreeError("json_malformed", f"not a well-formed JSON document: {error}") from error
    return parse_xml(data)


class _Answer:
    """One answer while it is read: its bytes, its tree, and where each record stands in the bytes."""

    def __init__(self, name: str, data: bytes, root: Element) -> None:
        self.name, self.data, self.root = name, data, root
        self.whole = place_of(name, 0, data)
        self.query = text_at(root, ".//query")
        self._spans: dict[str, list[tuple[int, int]]] = {}

    def records(self) -> Iterator[Record]:
        """Everything the answer holds, or its refusal."""
        if self.root.tag == "fault":
            yield self._refuse(
                "ops_error", f"OPS answered with an error: {text_at(self.root, 'code')} {text_at(self.root, 'message')}".strip()
            )
            return
        found = [element for element in self.root.iter(*RECORDS) if not any(parent.tag in RECORDS for parent in element.iterancestors())]
        for element in found:
            yield from self._record(element, self._place(element))
        if not found:
            yield from self._without_record()

    def _record(self, element: Element, place: Place) -> Iterator[Record]:
        match element.tag:
            case "exchange-document":
                yield self._exchange(element, place)
            case "fulltext-document":
                yield self._checked(fulltext(element, place, fmt=FORMAT))
            case "patent-family":
                yield from self._family(element, place)
            case _:
                yield from self._register(element, place)

    def _exchange(self, element: Element, place: Place) -> Record:
        if element.get("status") == "not found":
            number = ".".join(element.get(name, "") for name in ("country", "doc-number", "kind"))
            return rejected(place, self._raw(place), self._problem(place, "ops_not_found", f"OPS has no data on {number}"))
        return self._checked(publication(element, place, fmt=FORMAT))

    def _register(self, element: Element, place: Place) -> Iterator[Record]:
        records = list(register_document(element, place, query=self.query))
        if records:
            yield from records
        else:
            yield rejected(
                place, self._raw(place), self._problem(place, "register_without_number", "the register document names no number")
            )

    def _family(self, element: Element, place: Place) -> Iterator[Record]:
        members = element.findall("family-member")
        asked = first(references(element, "publication-reference", kind_of="publication"))
        if not asked.number and members:
            asked = first(references(members[0], "publication-reference", kind_of="publication"))
        yield self._checked(_family_record(asked, members, place))
        for document in element.iter("exchange-document"):
            yield self._exchange(document, self._place(document))
        told = list(self._legal(members))
        once = list(epo_legal.unique(iter(told)))
        yield from once
        if len(once) < len(told):
            message = f"{len(told)} legal events were given, {len(told) - len(once)} of them repeated: each is kept once"
            yield Problem(where=self.name, code="events_repeated", message=message, severity="note", offset=place.offset)

    def _legal(self, members: list[Element]) -> Iterator[LegalEvent]:
        for member in members:
            printed = first(references(member, "publication-reference", kind_of="publication"))
            key = f"{printed.office}-{printed.number}-{printed.kind}"
            for entry in member.findall("legal"):
                yield epo_legal.legal_event(entry, self._place(entry), fmt="inpadoc", publication=key)

    def _checked(self, found: Publication) -> Record:
        if found.office and found.number:
            return found
        return rejected(
            found.place, self._raw(found.place), self._problem(found.place, "record_without_number", "the record names no publication")
        )

    def _without_record(self) -> Iterator[Record]:
        inquiry = self.root.find("equivalents-inquiry")
        if inquiry is not None:
            yield self._checked(_equivalents(inquiry, self.whole))
            return
        inner = next((child for child in self.root if child.tag != "meta"), None)
        if inner is None:
            yield self._refuse("ops_empty", "the answer holds nothing")
        else:
            yield Skipped(place=self.whole, reason=_says(inner))

    def _place(self, element: Element) -> Place:
        """The place of a record; that of the whole answer where its bytes cannot be told (JSON, or names inside comments)."""
        if element.tag not in self._spans:
            spans = record_spans(self.data, element.tag)
            self._spans[element.tag] = spans if len(spans) == sum(1 for _ in self.root.iter(element.tag)) else []
            for index, entry in enumerate(self.root.iter(element.tag)):
                entry.set("_index", str(index))
        spans = self._spans[element.tag]
        if not spans:
            return self.whole
        start, end = spans[int(element.get("_index", "0"))]
        return place_of(self.name, start, self.data[start:end])

    def _raw(self, place: Place) -> bytes:
        return self.data[place.offset : place.offset + place.length]

    def _problem(self, place: Place, code: str, message: str) -> Problem:
        return Problem(where=self.name, offset=place.offset, code=code, message=message)

    def _refuse(self, code: str, message: str) -> Rejected:
        return rejected(self.whole, self.data, self._problem(self.whole, code, message))


def _family_record(asked: DocumentId, members: list[Element], place: Place) -> Publication:
    """What an answer says of the family of the number asked for: the extended (INPADOC) family is the list, the simple one each member's id."""
    found = _bare(asked, place)
    for member in members:
        simple = member.get("family-id", "")
        printed = first(references(member, "publication-reference", kind_of="publication"))
        found.family.append(FamilyMember("inpadoc", "", printed.office, printed.number, printed.kind, printed.date))
        if simple:
            found.family.append(FamilyMember("docdb", simple, printed.office, printed.number, printed.kind, printed.date))
        if (printed.office, printed.number) == (asked.office, asked.number):
            found.family_id = found.family_id or simple
    return found


def _equivalents(inquiry: Element, place: Place) -> Publication:
    found = _bare(first(references(inquiry, "publication-reference", kind_of="publication")), place)
    for entry in inquiry.iterfind("inquiry-result/publication-reference/document-id"):
        printed = document_id(entry, kind_of="publication")
        found.family.append(FamilyMember("docdb", "", printed.office, printed.number, printed.kind, printed.date))
    return found


def _bare(number: DocumentId, place: Place) -> Publication:
    return Publication(
        place=place,
        format=FORMAT,
        office=number.office,
        number=number.number,
        kind=number.kind,
        number_raw=number.raw,
        publication_date=number.date,
        patent_type=patent_type(number.office, number.kind),
        stage=stage_of(number.office, number.kind),
    )


def _says(inner: Element) -> str:
    """What an answer without records says, in one line."""
    if inner.tag == "standardization":
        numbers = [document_id(entry, kind_of="publication").raw for entry in inner.iter("document-id")]
        return f"conversion of a number: {' -> '.join(numbers)}"
    if inner.tag == "biblio-search":
        hits = sum(1 for _ in inner.iterfind("search-result/publication-reference"))
        return f"a list of {hits} numbers found of {inner.get('total-result-count', '?')} for: {text_at(inner, 'query')}"
    return f"{inner.tag} holds no patent record: {words(inner)[:120]}"
