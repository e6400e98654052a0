"""Whole-document checks of XML: every byte is scanned before a record is believed, and the same pass gives its text and its elements."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np

from langqiao.data.formats import xmlfindings as f
from langqiao.data.formats.limits import LIMITS, Limits
from langqiao.data.formats.xmlkernel import scan
from langqiao.data.formats.xmlprolog import Finding, Prolog, prolog
from langqiao.data.formats.xmlrows import first_of, tags_kept
from langqiao.data.formats.xmltables import Vocabulary

FINDINGS = {
    f.TRUNCATED: ("truncated", "the document ends before its root is closed"),
    f.CHARACTER: ("character", "a control character that XML forbids"),
    f.UTF8: ("utf8", "bytes that are not UTF-8"),
    f.MISMATCH: ("tag_mismatch", "an end tag that does not close the element opened last"),
    f.TAG: ("tag_syntax", "a tag or attribute that is not well formed"),
    f.DUPLICATE: ("duplicate_attribute", "an attribute that stands twice in one tag"),
    f.LESS_THAN: ("attribute_value", "'<' inside an attribute value"),
    f.REFERENCE: ("reference", "'&' that begins no reference, or a reference to a character that XML forbids"),
    f.ENTITY: ("undefined_entity", "an entity that no table defines"),
    f.BRACKETS: ("text_syntax", "']]>' in text"),
    f.COMMENT: ("comment_syntax", "'--' inside a comment"),
    f.INSTRUCTION: ("instruction_syntax", "a processing instruction that is not well formed, or an XML declaration inside the document"),
    f.MARKED: ("markup_syntax", "a declaration inside the document"),
    f.CONTENT: ("after_root", "content after the end of the root element"),
    f.DEPTH: ("depth", "elements nested deeper than {limits.depth}"),
    f.ATTRIBUTES: ("attributes", "more than {limits.attributes} attributes in one tag"),
    f.NAME: ("name_too_long", "a name longer than {limits.name_bytes:,} bytes"),
    f.TEXT: ("text_too_long", "a text, comment, value or section longer than {limits.text_bytes:,} bytes"),
    f.NODES: ("elements", "more than {limits.elements:,} elements of the kinds that are recorded"),
}
"""Code and sentence of every finding of the scanner."""

_NODES_FIRST = 4_096
_MANY_ELEMENTS = 50_000
"""Real documents stay below; from here on a list of numbers for each element is a matter of memory."""
LARGE_TEXT = 8 * 1024 * 1024
"""Text from this size on is not copied: who needs it keeps the scanner's memory, and the scanner takes new."""
_STEP = 1024 * 1024
"""How much of a large document is scanned before what is needed no more is given back."""
Release: TypeAlias = Callable[[int, int], None]
_BLANK = 0x20
_NO_ELEMENTS = Vocabulary()
_ATTRIBUTES = re.compile(rb"([A-Za-z_:][\w:.\-]*)[ \t\r\n]*=[ \t\r\n]*(?:\"([^\"]*)\"|'([^']*)')")


class Tree:
    """A checked document as its recorded elements in document order, each a number, and all its text as UTF-8.

    `nodes` is the scanner's table; `ids` vocabulary numbers; `starts`, `ends` in the text in characters; `after` the number following the
    last element within. References are written out; a line end with the blanks around it is one line end inside elements whose lines are
    kept, else one blank; elements marked as blocks stand apart from their neighbors. Inside the tables of the vocabulary `ids`, `starts`,
    `ends` and `after` hold zeros. Valid until the scanner scans again: `text` is the scanner's memory.
    """

    __slots__ = ("after", "data", "ends", "ids", "nodes", "root_at", "starts", "text")

    def __init__(self, place: tuple[Any, int], text: memoryview, nodes: Any, tables: tuple[int, ...] = ()) -> None:
        self.data, self.root_at = place
        self.text, self.nodes = text, nodes
        begin, end = _table(nodes, tables)
        rows = (nodes[f.ID], nodes[f.FIRST], nodes[f.LAST], nodes[f.AFTER])
        self.ids, self.starts, self.ends, self.after = (
            row[:begin].tolist() + [0] * (end - begin) + row[end:].tolist() if end else row.tolist() for row in rows
        )

    def utf8(self, number: int) -> bytes | memoryview:
        """All text inside an element as UTF-8, without blanks around it; a large one is not copied: the scanner then forgets its memory."""
        text, first, last = self.text, int(self.nodes[f.FROM, number]), int(self.nodes[f.TO, number])
        while first < last and text[first] <= _BLANK:
            first += 1
        while first < last and text[last - 1] <= _BLANK:
            last -= 1
        return text[first:last] if last - first >= LARGE_TEXT else bytes(text[first:last])

    def value(self, number: int) -> str:
        """All text inside an element."""
        return str(self.text[self.nodes[f.FROM, number] : self.nodes[f.TO, number]], "utf-8")

    def upto(self, number: int) -> str:
        """All text up to the end of an element, in which `starts` and `ends` count."""
        return str(self.text[: self.nodes[f.TO, number]], "utf-8")

    def attributes(self, number: int) -> Mapping[str, str]:
        """The attributes of an element as they stand, references unresolved."""
        root = self.root_at
        return _attributes_of(self.data[root + self.nodes[f.OPENED, number] : root + self.nodes[f.INSIDE, number]].tobytes())


def _table(nodes: Any, tables: tuple[int, ...]) -> tuple[int, int]:
    """The elements inside the first table of a document, of a document of very many elements inside its largest; 0 and 0 if it has none."""
    largest = (0, 0)
    for number in tables:
        found = int(first_of(nodes, number))
        if found >= 0:
            inside = found + 1, int(nodes[f.AFTER, found])
            if nodes.shape[1] < _MANY_ELEMENTS:
                return inside
            largest = max(largest, inside, key=lambda span: span[1] - span[0])
    return largest


@lru_cache(maxsize=4_096)
def _attributes_of(tag: bytes) -> Mapping[str, str]:
    return {m[1].decode(): (m[2] or m[3] or b"").decode() for m in _ATTRIBUTES.finditer(tag)}


class Scanner:
    """Checks documents one after another in memory of its own; one scanner serves one thread."""

    def __init__(self, vocabulary: Vocabulary, limits: Limits = LIMITS) -> None:
        self.vocabulary, self.limits = vocabulary, limits
        self._work = f.Work(
            out=np.empty(0, dtype=np.uint8),
            nodes=np.empty((8, _NODES_FIRST), dtype=np.int32),
            stack=np.empty((4, limits.depth + 1), dtype=np.int64),
            seen=np.zeros((3, f.SEEN), dtype=np.int64),
            state=np.zeros(9, dtype=np.int64),
            limits=np.array([limits.depth, limits.attributes, limits.name_bytes, limits.text_bytes], dtype=np.int64),
        )
        assert limits.attributes * 2 < f.SEEN

    def tree(self, array: Any, start: int, end: int, *, front: Prolog, release: Release | None = None) -> Tree | Finding:
        """The document array[start:end] (uint8) whose prolog is `front`, or why it is refused; offsets count from `start`.

        `release` is called with stretches of the array that are needed no more while the rest of the document is scanned.
        """
        root_at = start + front.root_at
        self._room(end - root_at)
        tags = None
        if release is None:
            finding, at = self._scan(array, root_at, end, sgml=front.sgml)
            while finding == f.NODES and self._more_nodes():
                finding, at = self._scan(array, root_at, end, sgml=front.sgml)
        else:
            tags = np.empty(end - root_at, dtype=np.uint8)
            finding, at = self._scan_releasing((array, root_at, end), (release, tags), sgml=front.sgml)
        if finding != f.OK:
            return self._finding(finding, at - start, array[at : min(at + 40, end)].tobytes())
        count, written = int(self._work.state[f.COUNT]), int(self._work.state[f.WRITTEN])
        text, nodes = memoryview(self._work.out)[:written], self._work.nodes[:, :count].copy()
        if tags is None:
            return Tree((array, root_at), text, nodes, self.vocabulary.bulk)
        self._work = self._work._replace(nodes=np.empty((8, _NODES_FIRST), dtype=np.int32))
        return Tree((tags, 0), text, nodes, self.vocabulary.bulk)

    def _scan(self, array: Any, root_at: int, end: int, *, sgml: bool) -> tuple[int, int]:
        self._begin(sgml=sgml)
        finding, at = scan(array, (root_at, end, root_at, end + 1), self.vocabulary.tables, self._work)
        return int(finding), int(at)

    def _begin(self, *, sgml: bool) -> None:
        state = self._work.state
        state[: f.STAMP] = 0
        state[f.SGML] = sgml

    def _scan_releasing(self, document: tuple[Any, int, int], keep: tuple[Release, Any], *, sgml: bool) -> tuple[int, int]:
        """Scan in steps. What was scanned is needed no more, but for the names of the elements still open and the tags of what is recorded,
        which are copied to `tags`. It cannot be scanned twice: there is room for all elements from the beginning, in pages not yet used.
        """
        array, root_at, end = document
        release, tags = keep
        self._work = self._work._replace(nodes=np.empty((8, self.limits.elements), dtype=np.int32))
        self._begin(sgml=sgml)
        at = released = root_at
        seen = kept = 0
        finding = f.PAUSED
        while finding == f.PAUSED:
            finding, at = map(int, scan(array, (at, end, root_at, at + _STEP), self.vocabulary.tables, self._work))
            count = int(self._work.state[f.COUNT])
            kept, seen = int(tags_kept((array, root_at), (self._work.nodes, seen, count), tags, kept)), count
            for first, last in self._scanned(root_at, released, at):
                release(first, last)
            released = at
        return finding, at

    def _scanned(self, root_at: int, released: int, at: int) -> Iterator[tuple[int, int]]:
        """What lies between `released` and `at` without the names of the elements still open."""
        stack, first = self._work.stack, released
        for number in range(int(self._work.state[f.LEVEL])):
            name = root_at + int(stack[0, number])
            if first < name:
                yield first, name
            first = max(first, name + int(stack[1, number]))
        if first < at:
            yield first, at

    def _room(self, length: int) -> None:
        """Text is at most 5/4 of the document; pages of the buffer that are not written cost nothing."""
        needed = length * 5 // 4 + 64
        if len(self._work.out) < needed:
            self._work = self._work._replace(out=np.empty(needed, dtype=np.uint8))

    def forget(self) -> None:
        """Give back the memory that a large document needed; its tree is valid no more."""
        if len(self._work.out) >= LARGE_TEXT:
            self._work = self._work._replace(out=np.empty(0, dtype=np.uint8), nodes=np.empty((8, _NODES_FIRST), dtype=np.int32))

    def _more_nodes(self) -> bool:
        size = self._work.nodes.shape[1]
        if size >= self.limits.elements:
            return False
        self._work = self._work._replace(nodes=np.empty((8, min(size * 4, self.limits.elements)), dtype=np.int32))
        return True

    def _finding(self, finding: int, offset: int, rest: bytes) -> Finding:
        code, sentence = FINDINGS[finding]
        around = rest.decode("utf-8", "replace").split("\n", 1)[0]
        return Finding(
            code, offset, f"{sentence.format(limits=self.limits)}, at {around!r}" if around else sentence.format(limits=self.limits)
        )


def check(raw: bytes, *, limits: Limits = LIMITS) -> Finding | None:
    """Why a whole XML document is refused, None if it is well formed and within the limits.

    UTF-8 or ASCII only, apart from UTF-16 with a byte order mark (then offsets count in its UTF-8 form). Stricter than a plain parser: names
    are ASCII, XML 1.0 only, no declarations beside images and notations, entities only from the tables. Name spaces are not looked at.
    """
    data = utf8(raw)
    if isinstance(data, Finding):
        return data
    front = prolog(data[: limits.prolog_bytes], limits)
    if isinstance(front, Finding):
        return front
    found = Scanner(_NO_ELEMENTS, limits).tree(np.frombuffer(bytearray(data), dtype=np.uint8), 0, len(data), front=front)
    return found if isinstance(found, Finding) else None


def utf8(raw: bytes) -> bytes | Finding:
    """The document without its byte order mark, from UTF-16 turned into UTF-8 without its encoding declaration."""
    if raw.startswith(b"\xef\xbb\xbf"):
        return raw[3:]
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            text = raw.decode("utf-16")
        except UnicodeDecodeError as error:
            return Finding("utf16", error.start, "bytes that are not UTF-16 although the byte order mark says so")
        return re.sub(r"""(\A<\?xml[^>]*?)\s+encoding\s*=\s*(?:"[Uu][Tt][Ff]-16"|'[Uu][Tt][Ff]-16')""", r"\1", text).encode()
    return raw
