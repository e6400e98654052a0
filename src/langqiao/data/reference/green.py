"""The IPC Green Inventory: environmentally sound technologies by IPC symbol."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from langqiao.data.reference.tables import cards, rows
from langqiao.engine.patents.classification import Pattern, for_ipc_map, pattern


@dataclass(frozen=True, slots=True, kw_only=True)
class GreenHit:
    """A topic of the inventory that a patent touches, with the symbols that led there."""

    topic_en: str
    symbols: tuple[str, ...]
    version: str


@cache
def topics() -> tuple[tuple[str, tuple[Pattern, ...]], ...]:
    """The topics with their patterns."""
    return tuple((row["topic_en"], tuple(pattern(text) for text in row["patterns"].split())) for row in rows("green_inventory"))


@cache
def _exact() -> dict[str, str]:
    return {entry.stem: topic for topic, patterns in topics() for entry in patterns if entry.is_exact}


@cache
def _broad() -> tuple[tuple[Pattern, str], ...]:
    return tuple((entry, topic) for topic, patterns in topics() for entry in patterns if not entry.is_exact)


def green(ipc_symbols: Iterable[str]) -> list[GreenHit]:
    """The topics a patent touches, in the order of its symbols; an empty list says that no symbol is in the inventory."""
    version = cards()["green_inventory"].version
    found: dict[str, list[str]] = {}
    for symbol in for_ipc_map(ipc_symbols):
        topic = _exact().get(symbol.symbol) or next((topic for entry, topic in _broad() if entry.matches(symbol.symbol)), None)
        if topic is not None:
            found.setdefault(topic, []).append(symbol.symbol)
    return [GreenHit(topic_en=topic, symbols=tuple(symbols), version=version) for topic, symbols in found.items()]
