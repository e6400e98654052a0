"""Named character entities of office files, expanded by a table: no DTD is ever loaded and no entity resolved.

The table is HTML's 2,125 names (which hold the ISO 8879 and MathML sets at their standard code points), `entities_iso` and
`entities_wolfram`. Expansion writes
numeric references, so it works on the raw bytes of every ASCII-compatible encoding and leaves the XML well formed.
"""

import re
from collections.abc import Iterator
from html.entities import html5
from typing import NamedTuple

from langqiao.data.formats.entities_iso import ISO
from langqiao.data.formats.entities_wolfram import WOLFRAM

PREDEFINED = frozenset((b"amp", b"lt", b"gt", b"quot", b"apos"))
"""The five names XML itself defines: they stay as they are."""

_REFERENCE = re.compile(rb"&([A-Za-z][A-Za-z0-9._-]{0,63});")
_OPAQUE = {b"<![CDATA[": b"]]>", b"<!--": b"-->"}
_OPENING = re.compile(rb"<!\[CDATA\[|<!--")


class Expanded(NamedTuple):
    """`data` with every known name written as numeric references; `unknown` the names that no table holds, in order of appearance."""

    data: bytes
    unknown: tuple[str, ...]


def value_of(name: str) -> str | None:
    """The characters of a named entity ("SACUTE" gives Ś), or None where no table holds the name."""
    return html5.get(f"{name};") or ISO.get(name) or WOLFRAM.get(name)


def expand(data: bytes) -> Expanded:
    """Write every named entity of `data` as numeric references; CDATA sections and comments are left alone.

    An unknown name stays in place and is reported: the caller refuses the record or keeps the name, it is never dropped silently.
    """
    if b"&" not in data:
        return Expanded(data, ())
    unknown: dict[str, None] = {}

    def write(match: re.Match[bytes]) -> bytes:
        if match[1] in PREDEFINED:
            return match[0]
        text = value_of(match[1].decode("ascii"))
        if text is None:
            unknown[match[1].decode("ascii")] = None
            return match[0]
        return "".join(f"&#{ord(character)};" for character in text).encode("ascii")

    parts = [part if opaque else _REFERENCE.sub(write, part) for part, opaque in _parts(data)]
    return Expanded(b"".join(parts), tuple(unknown))


def _parts(data: bytes) -> Iterator[tuple[bytes, bool]]:
    """The stretches of `data` in order, each with whether it is a CDATA section or a comment; one pass, whatever stands unclosed."""
    start = 0
    while opening := _OPENING.search(data, start):
        end = data.find(_OPAQUE[opening[0]], opening.end())
        if end < 0:
            break
        end += len(_OPAQUE[opening[0]])
        yield data[start : opening.start()], False
        yield data[opening.start() : end], True
        start = end
    yield data[start:], False
