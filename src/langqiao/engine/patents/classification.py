"""Classification symbols: IPC, CPC and Locarno in every written form brought to one, and the patterns of concordances matched on them."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Scheme = Literal["ipc", "cpc", "locarno"]

CPC_ONLY_SECTION = "Y"
"""Section Y exists in the CPC alone (tags of cross-cutting technology): it never enters a map that is made for the IPC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Symbol:
    """One symbol in normal form. IPC and CPC: "G06F 3/0481", "A01B", "E01", "H"; Locarno: "06-01".

    `edition` is the year-month of an IPC or CPC version ("2006.01") or the Locarno edition ("12"); `is_inventive` True for I, False for N.
    """

    scheme: Scheme
    symbol: str
    edition: str = ""
    is_inventive: bool | None = None
    raw: str = ""

    @property
    def section(self) -> str:
        """The letter of the section; "" for Locarno."""
        return "" if self.scheme == "locarno" else self.symbol[:1]

    @property
    def subclass(self) -> str:
        """The four characters of the subclass, or "" where the symbol is higher than a subclass; Locarno: the class "06"."""
        return self.symbol[:2] if self.scheme == "locarno" else self.symbol[:4] if len(self.symbol) >= 4 else ""

    @property
    def main_group(self) -> str:
        """The main group such as "G06F 3", or "" where the symbol has none."""
        return self.symbol.partition("/")[0] if "/" in self.symbol else ""


_CLASS = r"([A-HY])\s?(\d{2})"
_SLASHED = re.compile(rf"^{_CLASS}\s?([A-Z])\s*0*(\d{{1,4}})\s*/\s*(\d{{2,6}})(.*)$")
_FOURTEEN = re.compile(rf"^{_CLASS}([A-Z])(\d{{4}})(\d{{6}})$")
_PACKED = re.compile(rf"^{_CLASS}([A-Z])([ \d]{{2}}\d)(\d{{2,6}})$")
_COLLAPSED = re.compile(rf"^{_CLASS}([A-Z])\s*(\d{{1,4}})(\d{{2}})$")
_MAIN_ONLY = re.compile(rf"^{_CLASS}\s?([A-Z])\s*0*(\d{{1,4}})$")
_HIGHER = re.compile(r"^([A-HY])(?:\s?(\d{2})(?:\s?([A-Z]))?)?$")
_EDITION = re.compile(r"\(?\b((?:19|20)\d\d)[.\-]?(0[1-9]|1[0-2])(?:\d{2})?(?!\d)\)?")
_VALUE = re.compile(r"^\s*(?:\(?[\d.\-]{4,10}\)?)?\s*[ACS]?[FL]?\s*([IN])(?=\s|\d|;|$)")
_LOCARNO = re.compile(r"^(?:LOC\s*(?:\(\s*(\d{1,2})\s*\))?\s*(?:CL\.?)?\s*)?(\d{1,2})\s*[-.]\s*(\d{1,2})\s*(?:\((\d{1,2})\))?$")
_LOCARNO_CLASS = re.compile(r"^LOC\s*(?:\(\s*(\d{1,2})\s*\))?\s*(?:CL\.?)?\s*(\d{1,2})$")
_LOCARNO_PACKED = re.compile(r"^(\d{2})(\d{2})$")


def ipc(text: str) -> Symbol | None:
    """An IPC symbol in any written form, or None. Symbols of section Y are no IPC symbols."""
    found = _symbol(text, "ipc")
    return None if found is None or found.section == CPC_ONLY_SECTION else found


def cpc(text: str) -> Symbol | None:
    """A CPC symbol in any written form, or None."""
    return _symbol(text, "cpc")


@lru_cache(maxsize=65_536)
def _symbol(text: str, scheme: Scheme) -> Symbol | None:
    plain = unicodedata.normalize("NFKC", text).strip(" ;,\u2002\ufeff").upper()
    if match := _SLASHED.match(plain):
        tail = match[6]
        symbol = _group(match[1] + match[2] + match[3], match[4], match[5])
        return Symbol(scheme=scheme, symbol=symbol, edition=_edition(tail), is_inventive=_inventive(tail), raw=text)
    return Symbol(scheme=scheme, symbol=found, raw=text) if (found := _without_slash(plain)) else None


def _without_slash(plain: str) -> str:
    if match := _FOURTEEN.match(plain):
        subgroup = match[5].rstrip("0").ljust(2, "0")
        return _group(match[1] + match[2] + match[3], match[4].lstrip("0") or "0", subgroup)
    for pattern in (_PACKED, _COLLAPSED):
        # APS keeps three columns for the main group; where the blanks were lost, the last two digits are the subgroup.
        if match := pattern.match(plain):
            return _group(match[1] + match[2] + match[3], match[4].strip(), match[5])
    if match := _MAIN_ONLY.match(plain):
        return _group(match[1] + match[2] + match[3], match[4], "00")
    if match := _HIGHER.match(plain):
        return "".join(part or "" for part in match.groups())
    return ""


def _group(subclass: str, main: str, sub: str) -> str:
    return f"{subclass} {int(main)}/{sub}"


def _edition(tail: str) -> str:
    match = _EDITION.search(tail)
    return f"{match[1]}.{match[2]}" if match else ""


def _inventive(tail: str) -> bool | None:
    match = _VALUE.match(tail)
    return None if not match else match[1] == "I"


def locarno(text: str) -> Symbol | None:
    """A Locarno symbol such as "01-01 (12)", "LOC (12) Cl. 06-01" or the packed "0601", or a class alone ("LOC 11"), or None."""
    plain = unicodedata.normalize("NFKC", text).strip(" ;,\u2002").upper()
    if match := _LOCARNO.match(plain):
        head, subclass, edition = match[2], match[3], match[4] or match[1] or ""
    elif match := _LOCARNO_PACKED.match(plain):
        head, subclass, edition = match[1], match[2], ""
    elif match := _LOCARNO_CLASS.match(plain):
        return Symbol(scheme="locarno", symbol=f"{int(match[2]):02}", edition=match[1] or "", raw=text)
    else:
        return None
    if not 1 <= int(head) <= 99:
        return None
    return Symbol(scheme="locarno", symbol=f"{int(head):02}-{int(subclass):02}", edition=edition, raw=text)


def any_symbol(text: str) -> Symbol | None:
    """An IPC symbol, else a Locarno symbol, else None: for columns that hold either."""
    return ipc(text) or locarno(text)


def for_ipc_map(symbols: Iterable[str]) -> list[Symbol]:
    """The symbols that may enter a map made for the IPC, in order and without repeats: no Y, nothing unreadable."""
    found: dict[str, Symbol] = {}
    for text in symbols:
        symbol = ipc(text)
        if symbol is not None:
            found.setdefault(symbol.symbol, symbol)
    return list(found.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """A set of symbols of a concordance: everything below `stem`, the one symbol `stem`, or a range from `stem` to `last`.

    `breadth` grows with the set: 0 one symbol, 1 a main group, 2 a subclass, 3 a class, 4 a section.
    """

    stem: str
    last: str = ""
    is_exact: bool = False
    raw: str = ""

    @property
    def breadth(self) -> int:
        """How wide the pattern is, 0 (one symbol) to 4 (a section); the narrower one wins where two disagree."""
        if self.is_exact:
            return 0
        return {1: 4, 3: 3, 4: 2}.get(len(self.stem), 1)

    def matches(self, symbol: str) -> bool:
        """Whether a normal-form symbol belongs to the pattern."""
        if self.last:
            low, high, own = sort_key(self.stem), sort_key(self.last), sort_key(symbol)
            return low <= own <= high or (len(own) == len(low) == 1 and own == low)
        if self.is_exact:
            return symbol == self.stem
        if " " in self.stem:
            return symbol.partition("/")[0] == self.stem
        return symbol.startswith(self.stem)


_WILD = re.compile(r"\s*/?\s*[%*]+$")


@lru_cache(maxsize=16_384)
def pattern(text: str) -> Pattern:
    """Reads the pattern of a concordance: "F21H%", "H04N   5/%", "B65F 3/*", "G06F11*", "C08*", "G06F11/14", "A01B 1/00-A01B 3/04".

    Without a star, a symbol with a slash stands for itself and one without for everything below it. Raises ValueError for other text.
    """
    first, dash, last = text.partition("-")
    if dash:
        low, high = ipc(first), ipc(last)
        if low is None or high is None:
            raise ValueError(f"{text!r} is not a range of classification symbols")
        return Pattern(stem=low.symbol, last=high.symbol, raw=text)
    body = _WILD.sub("", text).strip().upper()
    has_star = body != text.strip().upper()
    if match := _MAIN_ONLY.match(body):
        # In a pattern digits without a slash are a main group, never a packed subgroup: A61K101* is group 101.
        return Pattern(stem=_group(match[1] + match[2] + match[3], match[4], "").rstrip("/"), raw=text)
    symbol = ipc(body)
    if symbol is None:
        raise ValueError(f"{text!r} is not a pattern of classification symbols")
    if "/" not in symbol.symbol:
        return Pattern(stem=symbol.symbol, raw=text)
    if has_star or "/" not in text:
        return Pattern(stem=symbol.main_group, raw=text)
    return Pattern(stem=symbol.symbol, is_exact=True, raw=text)


def sort_key(symbol: str) -> tuple[str, ...]:
    """A key that puts symbols in the order of the classification: 3/048 before 3/0481 before 3/05, group 3 before group 21."""
    if "/" not in symbol:
        return (symbol,)
    main, _, sub = symbol.partition("/")
    subclass, _, group = main.partition(" ")
    return (subclass, group.rjust(4, "0"), sub)
