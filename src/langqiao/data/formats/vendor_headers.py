"""What the columns of a patent list mean: headers of incoPat, PatSnap, Chinese lists, phpIP and English front ends, and where the header row is."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from rapidfuzz import fuzz, process

from langqiao.data.formats.sheet_rows import Row, Sheet, column_letter
from langqiao.data.formats.values import text_of
from langqiao.data.reference.tables import rows

VENDORS = ("incopat", "patsnap", "cn_list", "phpip", "generic")
"""In the order in which they are asked when two know a header equally well."""
IDENTITY = frozenset({"publication_no", "application_no", "grant_no"})
"""A table is a patent list only if one of these fields has a column."""
KNOWN_HEADERS = 4
"""The header row is the first with this many known headers."""
GUESS_SCORE = 88
"""How alike (0 to 100) an unknown Latin header must be to a known one to be taken for it; the guess is reported."""
_GUESS_LENGTH = 6

How = Literal["known", "guessed", "unknown", "missing", "repeated", "given"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its index from 0, the header as written, the field it fills ("" if none) and how that was found."""

    index: int
    header: str
    field: str
    how: How

    @property
    def letter(self) -> str:
        """The letters the spreadsheet shows over the column."""
        return column_letter(self.index)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderPlan:
    """How a table is read: whose export it is, the header row, the first row of data, and every column."""

    vendor: str
    header_row: int
    first_data_row: int
    columns: tuple[Column, ...]

    def of(self, how: How) -> list[Column]:
        """The columns found in one way."""
        return [column for column in self.columns if column.how == how]

    @property
    def fields(self) -> frozenset[str]:
        """The fields that have a column."""
        return frozenset(column.field for column in self.columns if column.field)


_BLANK = re.compile(r"[\s\u200b\ufeff*★]+")
_CODE = re.compile(r"[\[(]([a-z_]{2,12})[\])]$")
_LANGUAGE = re.compile(r"\((?:译|简体中文|英文|中文|原文|original|english|chinese|translated)\)+$")


def normalized(header: str) -> str:
    """A header for the look-up: half-width, lower case, without blanks, line breaks and byte order marks."""
    return _BLANK.sub("", unicodedata.normalize("NFKC", header)).replace("／", "/").lower()


@cache
def _fields(vendor: str) -> Mapping[str, str]:
    return {normalized(row["header"]): row["field"] for row in rows("vendor_headers") if row["vendor"] == vendor}


@cache
def _all() -> Mapping[str, str]:
    merged: dict[str, str] = {}
    for vendor in VENDORS:
        for header, field in _fields(vendor).items():
            merged.setdefault(header, field)
    return merged


def known(header: str, vendor: str = "") -> str:
    """The field of a header, first as `vendor` uses it, then as anyone does; a trailing field code such as [PN] counts; "" if unknown."""
    key = normalized(header)
    if not key:
        return ""
    found = _fields(vendor).get(key, "") if vendor else ""
    found = found or _all().get(key, "")
    if not found and (code := _CODE.search(key)):
        found = _fields("patsnap").get(code[1], "") or _all().get(key[: code.start()], "")
    return found or _all().get(_LANGUAGE.sub("", key), "")


def guessed(header: str) -> str:
    """The field of the known Latin header most like this one, "" where none is alike enough. Chinese headers are too short to guess."""
    key = normalized(header)
    if len(key) < _GUESS_LENGTH or not key.isascii():
        return ""
    latin = [name for name in _all() if name.isascii() and len(name) >= _GUESS_LENGTH]
    best = process.extractOne(key, latin, scorer=fuzz.ratio, score_cutoff=GUESS_SCORE)
    return _all()[best[0]] if best else ""


def vendor_of(headers: Iterable[str]) -> str:
    """Whose export has the most of these headers, own ones before shared ones."""
    keys = [normalized(header) for header in headers if header]
    return max(VENDORS, key=lambda vendor: (sum(key in _fields(vendor) for key in keys), -VENDORS.index(vendor)))


def is_header(headers: Sequence[str]) -> bool:
    """Whether a row is the header of a patent list: four known headers, or fewer if they are at least half and name a number."""
    filled = [header for header in headers if header]
    found = {field for header in filled if (field := known(header))}
    if 2 <= len(found) < KNOWN_HEADERS:
        found |= {field for header in filled if not known(header) and (field := guessed(header))}
    if len(found) >= KNOWN_HEADERS:
        return True
    return len(found) >= 2 and len(found) * 2 >= len(filled) and bool(found & IDENTITY)


def plan(sheet: Sheet, head: Sequence[Row], mapping: Mapping[str, str] | None = None) -> HeaderPlan | None:
    """The plan of a table from its first rows, or None where no header row is among them.

    `mapping` (header as written → field, "" to leave a column out) is what a person has confirmed; it beats every guess.
    """
    own = {normalized(header): field for header, field in (mapping or {}).items()}
    for row in head:
        texts = [text_of(cell) for cell in row.cells]
        if is_header(texts) or (own and len(own.keys() & {normalized(text) for text in texts}) == len(own)):
            last = max((bottom for top, _, bottom, _ in sheet.merged if top <= row.number <= bottom), default=row.number)
            block = [list(map(text_of, other.cells)) for other in head if row.number <= other.number <= last]
            names = _lowest_filled(block)
            vendor = vendor_of(names)
            return HeaderPlan(vendor=vendor, header_row=row.number, first_data_row=last + 1, columns=tuple(_columns(names, vendor, own)))
    return None


def _lowest_filled(block: Sequence[Sequence[str]]) -> list[str]:
    """Where merged cells make the header several rows high, the name of a column is its lowest filled cell."""
    width = max(len(row) for row in block)
    return [next((row[i] for row in reversed(block) if i < len(row) and row[i]), "") for i in range(width)]


def _columns(names: Sequence[str], vendor: str, own: Mapping[str, str]) -> Iterable[Column]:
    taken: set[str] = set()
    for index, name in enumerate(names):
        field, how = _column(name, vendor, own)
        if field and field in taken:
            how = "repeated"
        taken |= {field}
        yield Column(index=index, header=name, field=field, how=how)


def _column(name: str, vendor: str, own: Mapping[str, str]) -> tuple[str, How]:
    if not name:
        return "", "missing"
    if normalized(name) in own:
        return own[normalized(name)], "given"
    if field := known(name, vendor):
        return field, "known"
    if field := guessed(name):
        return field, "guessed"
    return "", "unknown"
