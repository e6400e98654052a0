"""The 35 technology fields of WIPO and the IPC symbols that belong to each: the cohorts of every comparison."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from langqiao.data.reference.tables import cards, rows
from langqiao.engine.patents.classification import Pattern, Symbol, for_ipc_map, pattern

PRACTICE = {"H10B": 8, "H10D": 8, "H10F": 8, "H10H": 8, "H10K": 8, "H10N": 8}
"""Subclasses that the IPC has split off from H01L since 2023 and that the table does not hold yet: field 8 by descent (practice, unconfirmed)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One of the 35 fields in its sector, with the patterns of its IPC symbols."""

    number: int
    name_en: str
    name_zh: str
    sector_en: str
    sector_zh: str
    patterns: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldHit:
    """A field that a patent belongs to. `symbols` are those that led there in their order, `patterns` the rows of the table that matched;
    `is_main`: the first symbol led there; `is_confirmed` False where a symbol was placed by its subclass alone or by practice.
    """

    field: Field
    symbols: tuple[str, ...]
    patterns: tuple[str, ...]
    is_main: bool
    is_confirmed: bool
    version: str


@cache
def fields() -> tuple[Field, ...]:
    """The fields by number."""
    return tuple(
        Field(
            number=int(row["field"]),
            name_en=row["name_en"],
            name_zh=row["name_zh"],
            sector_en=row["sector_en"],
            sector_zh=row["sector_zh"],
            patterns=tuple(pattern(text) for text in row["patterns"].split()),
        )
        for row in rows("wipo_fields")
    )


def field(number: int) -> Field:
    """The field of a number from 1 to 35. Raises LookupError for other numbers."""
    found = next((entry for entry in fields() if entry.number == number), None)
    if found is None:
        raise LookupError(f"there is no technology field {number}")
    return found


@cache
def stems() -> dict[str, int]:
    """The field of every stem of the table ("G06F", "H04N 21"): for joins in the lake, where a main group beats its subclass."""
    return {found.stem: entry.number for entry in fields() for found in entry.patterns}


@cache
def fallback(subclass: str) -> int | None:
    """The field to which most patterns of a subclass belong, for symbols of old editions whose main group the table no longer holds."""
    counts: dict[int, int] = {}
    for stem, number in stems().items():
        if stem.startswith(subclass):
            counts[number] = counts.get(number, 0) + 1
    return max(counts, key=lambda number: (counts[number], -number)) if counts else None


def wipo_field(ipc_symbols: Iterable[str]) -> list[FieldHit]:
    """The fields of a patent from its IPC symbols in any written form, in the order of the first symbol that leads to each.

    Symbols of CPC section Y and unreadable ones are left out; a patent may belong to several fields.
    """
    version = cards()["wipo_fields"].version
    found: dict[int, list[tuple[Symbol, str, bool]]] = {}
    main: int | None = None
    for order, symbol in enumerate(for_ipc_map(ipc_symbols)):
        placed = _place(symbol)
        if placed is None:
            continue
        number, matched, confirmed = placed
        if order == 0:
            main = number
        found.setdefault(number, []).append((symbol, matched, confirmed))
    return [_hit(number, entries, is_main=number == main, version=version) for number, entries in found.items()]


def _hit(number: int, entries: Sequence[tuple[Symbol, str, bool]], *, is_main: bool, version: str) -> FieldHit:
    return FieldHit(
        field=field(number),
        symbols=tuple(symbol.symbol for symbol, _, _ in entries),
        patterns=tuple(dict.fromkeys(matched for _, matched, _ in entries)),
        is_main=is_main,
        is_confirmed=any(confirmed for _, _, confirmed in entries),
        version=version,
    )


def _place(symbol: Symbol) -> tuple[int, str, bool] | None:
    """The field of one symbol, the stem that matched, and whether the table says so."""
    for stem in (symbol.main_group, symbol.subclass):
        if stem and stem in stems():
            return stems()[stem], stem, True
    if not symbol.subclass:
        return None
    if symbol.subclass in PRACTICE:
        return PRACTICE[symbol.subclass], symbol.subclass, False
    number = fallback(symbol.subclass)
    return None if number is None else (number, symbol.subclass, False)
