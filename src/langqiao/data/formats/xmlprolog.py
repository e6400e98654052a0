"""What may stand before the root of an XML document: the declaration, comments, instructions and a document type that declares only images."""

import re
from typing import NamedTuple

from langqiao.data.formats.limits import Limits

ENCODINGS = frozenset((b"utf-8", b"utf8", b"us-ascii", b"ascii"))
"""Encodings a document may declare (in any case); everything is read as strict UTF-8."""


class Finding(NamedTuple):
    """Why a document is refused: a code, the byte offset of the place, and a sentence."""

    code: str
    offset: int
    message: str


class Prolog(NamedTuple):
    """The offset of the root's tag, its name, and whether the document type is the SGML one (ST.32 v2.4: empty elements without a slash)."""

    root_at: int
    root: str
    sgml: bool


_S = rb"[ \t\r\n]"
_NAME = rb"[A-Za-z_:][A-Za-z0-9_:.\-]*+"
_LITERAL = rb"(?:\"[^\"<]*+\"|'[^'<]*+')"
_DECLARATION = re.compile(
    rb"<\?xml%b++version%b*+=%b*+(?:\"1\.0\"|'1\.0')"
    rb"(?:%b++encoding%b*+=%b*+(?:\"(?P<double>[A-Za-z][A-Za-z0-9._\-]*+)\"|'(?P<single>[A-Za-z][A-Za-z0-9._\-]*+)'))?"
    rb"(?:%b++standalone%b*+=%b*+(?:\"(?:yes|no)\"|'(?:yes|no)'))?%b*+\?>" % ((_S,) * 10)
)
_MISCELLANY = re.compile(
    rb"(?:%b++|<!--(?:(?!--)[^\x00-\x08\x0b\x0c\x0e-\x1f])*+-->|<\?(?![xX][mM][lL]%b)%b(?:%b(?:(?!\?>)[^\x00-\x08\x0b\x0c\x0e-\x1f])*+)?\?>)*+"
    % (_S, _S, _NAME, _S)
)
_DOCTYPE = re.compile(
    rb"<!DOCTYPE%b++(?P<root>%b)(?:%b++(?:SYSTEM%b++%b|PUBLIC%b++(?P<public>%b)(?P<system>%b++%b)?+))?%b*+(?P<subset>\[)?"
    % (_S, _NAME, _S, _S, _LITERAL, _S, _LITERAL, _S, _LITERAL, _S)
)
_SUBSET_END = re.compile(rb"\]%b*+>" % _S)
_CLOSE = re.compile(rb">")
_IMAGE = re.compile(
    rb"<!ENTITY%b++%b%b++(?:SYSTEM%b++%b|PUBLIC%b++%b%b++%b)%b++NDATA%b++%b%b*+>"
    % (_S, _NAME, _S, _S, _LITERAL, _S, _LITERAL, _S, _LITERAL, _S, _S, _NAME, _S)
)
_NOTATION = re.compile(rb"<!NOTATION%b++%b%b++(?:SYSTEM|PUBLIC)(?:%b++%b){1,2}%b*+>" % (_S, _NAME, _S, _S, _LITERAL, _S))
_PARAMETER = re.compile(rb"<!ENTITY%b++%%|%%" % _S)
_EXTERNAL = re.compile(rb"<!ENTITY%b++%b%b++(?:SYSTEM|PUBLIC)\b" % (_S, _NAME, _S))
_GENERAL = re.compile(rb"<!ENTITY\b")
_NONCHARACTER = re.compile("[\ufffe\uffff]")
_SGML = b"ST.32 US PATENT GRANT V2.4"
_ROOT = re.compile(rb"<(%b)(?=[ \t\r\n/>])" % _NAME)


def prolog(head: bytes, limits: Limits) -> Prolog | Finding:
    """Read the prolog at the front of `head` (a document, or its first `limits.prolog_bytes`); offsets count from its first byte.

    Refused: encodings other than UTF-8 and ASCII, entities with replacement text, external and parameter entities, other declarations.
    """
    at = 0
    if head.startswith((b"<?xml ", b"<?xml\t", b"<?xml\r", b"<?xml\n")):
        declaration = _DECLARATION.match(head)
        if declaration is None:
            return Finding("xml_declaration", 0, "the XML declaration is not well formed or asks for another version than 1.0")
        encoding = declaration["double"] or declaration["single"]
        if encoding is not None and encoding.lower() not in ENCODINGS:
            return Finding("encoding", 0, f"the document declares the encoding {encoding.decode()[:40]}; only UTF-8 and ASCII are read")
        at = declaration.end()
    at = _after_miscellany(head, at)
    sgml = False
    if head.startswith(b"<!DOCTYPE", at):
        doctype = _DOCTYPE.match(head, at)
        if doctype is None:
            return Finding("doctype", at, "the document type declaration is not well formed")
        closed = _subset(head, doctype)
        if isinstance(closed, Finding):
            return closed
        sgml = _SGML in (doctype["public"] or b"")
        if doctype["public"] and not doctype["system"] and not sgml:
            return Finding("doctype", at, "the document type declaration has a public identifier but no system identifier")
        at = _after_miscellany(head, closed)
    root = _ROOT.match(head, at)
    if root is None:
        if at >= limits.prolog_bytes // 2:
            return Finding("prolog_too_long", at, f"no root element begins within {limits.prolog_bytes:,} bytes")
        return Finding("no_root", at, "no root element begins where one is expected")
    if not (front := head[:at]).isascii() and (bad := _not_utf8(front)) >= 0:
        return Finding("utf8", bad, "bytes that are not UTF-8")
    return Prolog(at, root[1].decode(), sgml)


def _not_utf8(front: bytes) -> int:
    """The offset of the first bytes that are no character XML allows, -1 if there are none."""
    try:
        text = front.decode()
    except UnicodeDecodeError as error:
        return error.start
    bad = _NONCHARACTER.search(text)
    return len(text[: bad.start()].encode()) if bad else -1


def _after_miscellany(head: bytes, at: int) -> int:
    found = _MISCELLANY.match(head, at)
    return found.end() if found else at


def _subset(head: bytes, doctype: re.Match[bytes]) -> int | Finding:
    """The offset after the document type; only image (NDATA) and notation declarations, comments and instructions may stand in it."""
    at = doctype.end()
    if not doctype["subset"]:
        close = _CLOSE.match(head, at)
        return close.end() if close else Finding("doctype", at, "the document type declaration is not well formed")
    while True:
        at = _after_miscellany(head, at)
        found = _IMAGE.match(head, at) or _NOTATION.match(head, at)
        if found is None:
            break
        at = found.end()
    end = _SUBSET_END.match(head, at)
    if end:
        return end.end()
    return _refused_declaration(head, at)


def _refused_declaration(head: bytes, at: int) -> Finding:
    if _PARAMETER.match(head, at):
        return Finding("parameter_entity", at, "the document type uses a parameter entity: not read")
    if _EXTERNAL.match(head, at):
        return Finding("external_entity", at, "the document type declares an entity in another file: never loaded")
    if _GENERAL.match(head, at):
        return Finding("entity_declaration", at, "the document type declares an entity with replacement text: not read")
    return Finding("doctype", at, "the internal subset holds a declaration that is not an image or a notation, or does not end")
