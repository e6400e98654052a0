"""Reads DOCDB exchange files: streams one exchange document after the other, also fragments without name space declaration and with named characters."""

import hashlib
import re
from collections.abc import Iterator

from langqiao.data.formats.epo_biblio import publication
from langqiao.data.formats.epo_tree import TreeError, parse_xml
from langqiao.data.formats.model import Place, Publication
from langqiao.data.formats.source import Input, Record, Rejected, Skipped, place_of, rejected, too_large
from langqiao.engine.kernel.problem import Problem

FORMAT = "epo_docdb"
ROOT_BYTES = 262_144
"""How much may stand before the first document (declaration, root and its attributes), in bytes."""

_OPEN = re.compile(rb"<(?:[\w.-]+:)?exchange-document(?=[\s/>])")
_CLOSE = re.compile(rb"</(?:[\w.-]+:)?exchange-document\s*>")
_ROOT = re.compile(rb"<(?:[\w.-]+:)?exchange-documents?[\s>]")
_ENCODING = re.compile(rb"<\?xml[^>]*encoding=[\"']([\w.-]+)[\"']")
_COUNT = re.compile(rb"no-of-documents=[\"'](\d+)[\"']")
_DECLARED = re.compile(rb"<!ENTITY\s")
_KEEP = 64
"""Bytes kept back at the end of what was read, so that no tag is cut in two."""


def detects(head: bytes, name: str) -> bool:  # noqa: ARG001 - the interface of detection
    """A DOCDB exchange file or a bare exchange-document; an answer of OPS holds those too but has another root."""
    found = _ROOT.search(head)
    before = re.sub(rb"<[?!][^>]*>", b"", head[: found.start()]) if found else b"<"
    return b"<" not in before


def read(source: Input) -> Iterator[Record]:
    """Every exchange document as a publication. Deletions (status D) are skipped with a note; what is malformed is refused alone."""
    stream = _Stream(source)
    for record in stream.documents():
        yield from record if isinstance(record, list) else [record]
    yield from stream.findings()


class _Stream:
    """A file while it is read: the bytes not yet used, their offset, and what its head declared."""

    def __init__(self, source: Input) -> None:
        self.source = source
        self.held = bytearray()
        self.offset = 0
        self.count = 0
        self.declared: int | None = None
        self.encoding: str | None = None
        self.broken: list[Record] = []
        self.over: _Oversized | None = None
        self.is_whole = True

    def documents(self) -> Iterator[Record | list[Record]]:
        for index, chunk in enumerate(self.source.chunks()):
            self.held += chunk
            if index == 0:
                self._head()
                if self.broken:
                    return
            if self.over is not None:
                yield from self._skip_over()
            if self.over is None:
                yield from self._complete()
        yield from self._rest()

    def findings(self) -> Iterator[Record]:
        """What can be said only at the end: fewer documents than the file declares."""
        yield from self.broken
        if self.declared is not None and self.declared != self.count:
            message = f"the file declares {self.declared:,} documents, {self.count:,} were read"
            yield Problem(where=self.source.name, code="docdb_count", message=message, severity="warning", offset=0)
        if not self.is_whole:
            message = "the end tag of the file is missing: documents may be missing too"
            yield Problem(where=self.source.name, code="xml_truncated", message=message, severity="warning", offset=self.offset)

    def _head(self) -> None:
        head = bytes(self.held[:ROOT_BYTES])
        found = _OPEN.search(head)
        prolog = head[: found.start()] if found else head
        encoding, declared = _ENCODING.search(prolog), _COUNT.search(prolog)
        self.encoding = encoding[1].decode("ascii") if encoding else None
        self.declared = int(declared[1]) if declared else None
        if _DECLARED.search(prolog):
            message = "the file declares entities of its own: refused, they can blow up or reach outside"
            self.broken.append(_refused(self.source.name, 0, head, code="xml_entities_declared", message=message))

    def _complete(self) -> Iterator[Record | list[Record]]:
        """Every document that lies wholly in what was read; the rest is kept, or counted and dropped when it is larger than a document may be."""
        position = 0
        while found := _OPEN.search(self.held, position):
            if stray := self._stray(position, found.start()):
                yield stray
            closing = _CLOSE.search(self.held, found.end())
            if not closing:
                break
            yield self._document(found.start(), closing.end())
            position = closing.end()
        start = found.start() if found else max(position, len(self.held) - _KEEP)
        self._drop(start)
        if found and len(self.held) > self.source.limits.document_bytes:
            self.over = _Oversized(self.offset)
            yield from self._skip_over()

    def _skip_over(self) -> Iterator[Record]:
        """Goes on through a document above the limit without holding it, up to its end tag."""
        assert self.over is not None
        closing = _CLOSE.search(self.held)
        end = closing.end() if closing else max(0, len(self.held) - _KEEP)
        self.over.take(bytes(self.held[:end]))
        self._drop(end)
        if closing:
            self.count += 1
            yield too_large(self.over.place(self.source.name), self.source.limits)
            self.over = None

    def _drop(self, count: int) -> None:
        del self.held[:count]
        self.offset += count

    def _stray(self, start: int, end: int) -> Problem | None:
        """Text between two documents belongs to none: it is reported, not taken."""
        text = bytes(self.held[start:end]).strip() if self.count else b""
        if not text:
            return None
        message = f"{len(text)} bytes stand between two exchange documents and belong to none"
        return Problem(where=self.source.name, code="docdb_stray", message=message, severity="warning", offset=self.offset + start)

    def _document(self, start: int, end: int) -> Record | list[Record]:
        raw = bytes(self.held[start:end])
        place = place_of(self.source.name, self.offset + start, raw)
        self.count += 1
        if len(raw) > self.source.limits.document_bytes:
            return too_large(place, self.source.limits)
        try:
            tree = parse_xml(raw, fragment=b"xmlns:exch" not in raw[:2000], encoding=self.encoding)
        except TreeError as error:
            return _refused(self.source.name, place.offset, raw, code=error.code, message=str(error))
        found = publication(tree, place, fmt=FORMAT)
        if not (found.office and found.number):
            return _refused(
                self.source.name, place.offset, raw, code="record_without_number", message="the exchange document names no publication"
            )
        return _deletion(found) if tree.get("status") == "D" else found

    def _rest(self) -> Iterator[Record]:
        if self.over is not None:
            self.over.take(bytes(self.held))
            yield too_large(self.over.place(self.source.name), self.source.limits)
            return
        found = _OPEN.search(self.held)
        if not found and self.count:
            self.is_whole = self.declared is None or b"exchange-documents" in self.held
            return
        raw = bytes(self.held[found.start() if found else 0 :])
        offset = self.offset + (found.start() if found else 0)
        message = "the last exchange document is cut off: its end tag is missing" if found else "the file holds no exchange document"
        yield _refused(self.source.name, offset, raw, code="xml_truncated" if found else "docdb_empty", message=message)


class _Oversized:
    """A document above the limit while it goes by: where it began, how long it is so far, its hash."""

    def __init__(self, offset: int) -> None:
        self.offset, self.length, self.digest = offset, 0, hashlib.sha256()

    def take(self, piece: bytes) -> None:
        self.length += len(piece)
        self.digest.update(piece)

    def place(self, name: str) -> Place:
        return Place(name, self.offset, self.length, self.digest.hexdigest())


def _deletion(found: Publication) -> list[Record]:
    message = f"the office deleted {found.key} from its data: what the lake knew of it stands, marked as withdrawn by the source"
    note = Problem(where=found.place.source_file, offset=found.place.offset, code="docdb_deletion", message=message, severity="warning")
    return [Skipped(place=found.place, reason=f"deletion of {found.key}"), note]


def _refused(name: str, offset: int, raw: bytes, *, code: str, message: str) -> Rejected:
    return rejected(place_of(name, offset, raw), raw, Problem(where=name, offset=offset, code=code, message=message))
