"""The tables the XML scanner works with: classes of bytes, named entities, and the vocabulary of elements a format records."""

from collections.abc import Iterable
from functools import cache
from html.entities import html5
from typing import Any, NamedTuple

import numpy as np

from langqiao.data.formats.entities_iso import ISO
from langqiao.data.formats.entities_wolfram import WOLFRAM

PLAIN, MARKUP, AMPERSAND, BRACKET, NEWLINE, HIGH, ILLEGAL = range(7)
"""What a byte means inside text: itself, '<', '&', ']', a line end, the start of a UTF-8 sequence, or a character XML forbids."""

TEXT_BITS, NAME_START, NAME_CHARACTER, BLANK = 0x07, 0x10, 0x20, 0x40
RECORD, BLOCK, VOID, OPAQUE, LINES = 1, 2, 4, 8, 16
"""Marks of an element: recorded as a node; its text stands apart from its neighbors'; empty without a slash in SGML files; nothing inside
is recorded and its lines are kept; its lines are kept (elsewhere a line end is a blank)."""

HASH_FACTOR = 1_099_511_628_211
_ADDRESS_BITS, _SIGN, _WORD = 13, 1 << 63, 1 << 64

Array = Any
"""A NumPy array."""


class Tables(NamedTuple):
    """What the scanner looks up: byte classes, entity table and vocabulary (open addressing by `name_hash`)."""

    kinds: Array
    entity_hash: Array
    entity_place: Array
    entity_bytes: Array
    element_hash: Array
    element_id: Array
    element_marks: Array


class Vocabulary:
    """The element names a format cares for; `ids` gives each recorded or marked name its number from 1.

    Elements that are not recorded are transparent: their text belongs to the recorded element around them. `tables` are recorded elements with
    many children that are read as columns (`xmlrows`), never one by one.
    """

    def __init__(
        self,
        record: Iterable[str] = (),
        *,
        block: Iterable[str] = (),
        void: Iterable[str] = (),
        opaque: Iterable[str] = (),
        lines: Iterable[str] = (),
        tables: Iterable[str] = (),
    ) -> None:
        marks: dict[str, int] = {}
        for names, mark in (
            (record, RECORD),
            (block, BLOCK),
            (void, VOID),
            (opaque, RECORD | OPAQUE | LINES),
            (lines, RECORD | LINES),
            (tables, RECORD),
        ):
            for name in names:
                marks[name] = marks.get(name, 0) | mark
        self.ids = {name: number for number, name in enumerate(marks, start=1)}
        self.bulk = tuple(self.ids[name] for name in tables)
        hashes, values = _address([name.encode() for name in marks])
        self.tables = Tables(
            kinds=_kinds(),
            **_entities(),
            element_hash=hashes,
            element_id=values,
            element_marks=np.array([0, *marks.values()], dtype=np.uint8),
        )


def name_hash(name: bytes) -> int:
    """The hash of a name as the scanner computes it, a signed 64-bit integer, never 0."""
    value = 0
    for byte in name:
        value = ((value ^ byte) * HASH_FACTOR) % _WORD
    value = value or 1
    return value - _WORD if value >= _SIGN else value


def _address(names: list[bytes]) -> tuple[Array, Array]:
    """Hashes and values (the place in `names` from 1) by open addressing."""
    size = 1 << _ADDRESS_BITS
    assert len(names) < size // 2
    hashes, values = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int32)
    for number, name in enumerate(names, start=1):
        hashed = name_hash(name)
        slot = hashed & (size - 1)
        while hashes[slot]:
            assert hashes[slot] != hashed, f"two names share a hash: {name!r}"
            slot = (slot + 1) & (size - 1)
        hashes[slot], values[slot] = hashed, number
    return hashes, values


@cache
def _kinds() -> Array:
    kinds = np.zeros(256, dtype=np.uint8)
    kinds[:0x20] = ILLEGAL
    kinds[0x80:] = HIGH
    for byte, kind in ((b"<", MARKUP), (b"&", AMPERSAND), (b"]", BRACKET), (b"\n\r", NEWLINE), (b"\t", PLAIN)):
        kinds[list(byte)] = kind
    letters = [*range(ord("A"), ord("Z") + 1), *range(ord("a"), ord("z") + 1), ord("_"), ord(":")]
    kinds[letters] |= NAME_START | NAME_CHARACTER
    kinds[[*range(ord("0"), ord("9") + 1), ord("-"), ord(".")]] |= NAME_CHARACTER
    kinds[list(b" \t\r\n")] |= BLANK
    return kinds


@cache
def _entities() -> dict[str, Array]:
    """Every named entity: HTML's (which hold the ISO sets at their standard code points) the ISO names beyond them and Mathematica's, as UTF-8."""
    named = {name.removesuffix(";"): text for name, text in html5.items() if name.endswith(";")}
    named = {**WOLFRAM, **ISO, **named}
    texts = [text.encode() for text in named.values()]
    # The scanner's buffer is 5/4 of the document: "&nGt;" is the worst reference, 5 bytes that become 6.
    assert all(len(text) * 4 <= (len(name) + 2) * 5 for name, text in zip(named, texts, strict=True))
    starts = np.cumsum([0, *map(len, texts)]).astype(np.int32)
    hashes, values = _address([name.encode() for name in named])
    return {
        "entity_hash": hashes,
        "entity_place": _with_lengths(values, starts),
        "entity_bytes": np.frombuffer(b"".join(texts), dtype=np.uint8),
    }


def _with_lengths(values: Array, starts: Array) -> Array:
    """Start and end of the replacement in `entity_bytes`, for every slot of the table."""
    place = np.zeros((len(values), 2), dtype=np.int32)
    used = values > 0
    place[used, 0], place[used, 1] = starts[values[used] - 1], starts[values[used]]
    return place
