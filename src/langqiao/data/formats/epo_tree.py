"""Parses XML of the EPO safely and JSON of OPS into one and the same tree: elements without name spaces, attributes, text.

No DTD is loaded, no entity resolved, nothing fetched. Named characters are expanded by table beforehand; a document that declares entities of
its own, nests too deep or is not well formed is refused as a whole.
"""

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from langqiao.data.formats.entities import expand

Element = Any
"""An lxml element; lxml-stubs knows it as etree._Element."""

BARE_NAMESPACES = b' xmlns:exch="http://www.epo.org/exchange" xmlns:ops="http://ops.epo.org" xmlns:ftxt="http://www.epo.org/fulltext"'
"""What a fragment cut out of its file needs to be well formed again."""

MAX_DEPTH = 256
_DECLARED = re.compile(rb"<!ENTITY\s+[^>]*[\"']")
_DOCTYPE = re.compile(rb"<!DOCTYPE\s")
_ROOT = re.compile(rb"<[A-Za-z_][^\s/>]*")
_ATTRIBUTES = rb"(?=[\s/>])(?:[^>\"'/]++|/(?!>)|\"[^\"]{0,2000}+\"|'[^']{0,2000}+'){0,200}+"
"""The inside of an opening tag, bounded so that text made to look like tags costs linear time."""

_NAME = re.compile(r"[A-Za-z_][\w.-]*\Z")


class TreeError(ValueError):
    """Why a document is refused: `code` for the Problem, the message as a sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def parse_xml(raw: bytes, *, fragment: bool = False, encoding: str | None = None) -> Element:
    """The tree of an XML document, or of a `fragment` that lacks name space declarations. Raises TreeError."""
    root_at = _ROOT.search(raw)
    prolog = raw[: root_at.start()] if root_at else raw[:65_536]
    if _DOCTYPE.search(prolog) and _DECLARED.search(prolog):
        raise TreeError("xml_entities_declared", "the document declares entities of its own: refused, they can blow up or reach outside")
    expanded = expand(raw)
    if expanded.unknown:
        raise TreeError(
            "xml_entity_unknown", f"the document uses names that no table of characters holds: {', '.join(expanded.unknown[:5])}"
        )
    data = _ROOT.sub(lambda match: match[0] + BARE_NAMESPACES, expanded.data, count=1) if fragment else expanded.data
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True, encoding=encoding
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise TreeError("xml_malformed", f"not well-formed XML: {error.msg}") from error
    return _plain(root)


def parse_json(value: Any) -> Element:
    """The tree of an OPS answer in JSON: "@x" is an attribute, "$" the text, a list stands for repeated elements, one object for one."""
    if not isinstance(value, dict) or len(value) != 1:
        raise TreeError("ops_json_root", "an OPS answer has one root; this JSON has another shape")
    ((name, content),) = value.items()
    root = etree.Element(_local(name))
    _fill(root, content, 1)
    return root


def words(element: Element | None) -> str:
    """All text below an element with single blanks; "" for None."""
    return "" if element is None else " ".join("".join(element.itertext()).split())


def text_at(element: Element, path: str) -> str:
    """The text at the first match of a path, with single blanks; "" where there is none."""
    return words(element.find(path))


def record_spans(data: bytes, name: str) -> list[tuple[int, int]]:
    """The byte spans of every element called `name` (any prefix), in order; the elements must not nest."""
    tag = re.escape(name.encode("ascii"))
    pattern = re.compile(rb"<(?:[\w.-]{1,40}:)?" + tag + _ATTRIBUTES + rb"(/)?>|</(?:[\w.-]{1,40}:)?" + tag + rb"\s*>")
    return list(_spans(data, pattern))


def _spans(data: bytes, pattern: re.Pattern[bytes]) -> Iterator[tuple[int, int]]:
    start = -1
    for match in pattern.finditer(data):
        if match[0].startswith(b"</"):
            if start >= 0:
                yield start, match.end()
                start = -1
        elif match[0].endswith(b"/>"):
            yield match.span()
        else:
            start = match.start()


def _plain(root: Element) -> Element:
    for element in root.iter(tag=etree.Element):
        tag = element.tag
        if tag.startswith("{"):
            element.tag = tag[tag.index("}") + 1 :]
    return root


def _fill(parent: Element, content: Any, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise TreeError("json_too_deep", f"nested deeper than {MAX_DEPTH}")
    if not isinstance(content, dict):
        parent.text = "" if content is None else str(content)
        return
    for name, value in content.items():
        if name == "$":
            parent.text = "" if value is None else str(value)
        elif name.startswith("@"):
            if not isinstance(value, dict | list):
                parent.set(_local(name[1:]), str(value))
        else:
            for entry in value if isinstance(value, list) else [value]:
                _fill(etree.SubElement(parent, _local(name)), entry, depth + 1)


def _local(name: str) -> str:
    local = name.rpartition(":")[2]
    if not _NAME.match(local):
        raise TreeError("ops_json_name", f"{name[:40]!r} is no name of an element")
    return local
