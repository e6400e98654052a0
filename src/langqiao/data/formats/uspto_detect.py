"""The marks by which each USPTO format is known in the first 64 kB."""

import re

_XML = re.compile(
    rb"<(?:us-patent-grant|us-patent-application|patent-application-publication|PATDOC|sequence-cwu)[\s>/]|<!DOCTYPE\s+(?:PATDOC|us-patent-grant|us-patent-application|patent-application-publication|sequence-cwu)\b"
)
_TEXT_RECORD = re.compile(rb"\A(?:HHHHHT[^\n]*\n)?PATN[ \t]*\r?\n")
_CSS_LINE = re.compile(rb"\A(?:\xef\xbb\xbf)?[A-Z]{0,2}[0-9]{4,11}\t[A-Z][0-9]?\t[0-9]{8}\t")
_JSON_LINE = re.compile(rb'\A\s*\{\s*"WKU"\s*:')
_JSON_BAG = re.compile(rb'"(?:patentBag|patentFileWrapperDataBag)"\s*:')


def xml(head: bytes, name: str) -> bool:  # noqa: ARG001 - the interface of detection
    """Grants and applications of every XML generation, alone or concatenated, also when a sequence listing comes first."""
    return bool(_XML.search(head))


def aps(head: bytes, name: str) -> bool:  # noqa: ARG001
    """Green Book text: the first line, or the one after an HHHHHT header line, is PATN."""
    return bool(_TEXT_RECORD.match(head))


def xml4ip(head: bytes, name: str) -> bool:  # noqa: ARG001
    """File wrapper documents in the XML4IP name space."""
    return b"urn:us:gov:doc:uspto:patent" in head and head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def css(head: bytes, name: str) -> bool:  # noqa: ARG001
    """CSS/BRS text: a tab line number, kind, date, application."""
    return bool(_CSS_LINE.match(head))


def patentr(head: bytes, name: str) -> bool:  # noqa: ARG001
    """JSON lines whose records begin with WKU."""
    return bool(_JSON_LINE.match(head))


def odp(head: bytes, name: str) -> bool:  # noqa: ARG001
    """Open Data Portal answers with a bag of patents."""
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and bool(_JSON_BAG.search(head))
