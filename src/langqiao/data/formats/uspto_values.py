"""Numbers, dates, kinds and classification symbols as USPTO files write them, each to its normal form."""

import datetime as dt
import re
from functools import lru_cache

from langqiao.engine.patents.number import candidates

_CACHE = 8_192
"""Entries of each cache of normal forms, about 2 MB: dates, classes and tags repeat, numbers hardly do."""

_LETTERED = re.compile(r"(DES|D|PP|RE|H|T|X|RX|AI)[. ]*0*([0-9]{1,7})\Z")
_YEAR_SLASH = re.compile(r"((?:19|20)[0-9]{2})[/ -]?([0-9]{6,7})\Z")
_SERIES_SLASH = re.compile(r"([0-9]{2})[/ ]([0-9]{3})[, ]?([0-9]{3})\Z")
_SEPARATORS = re.compile(r"[\s.,/_'()-]+")
_PACKED = re.compile(r"([A-HY][0-9]{2}[A-Z])\s*(.*)\Z")
_TYPES = {"D": "design", "PP": "plant", "RE": "reissue", "H": "sir", "T": "defensive"}
_KINDS = {"design": "S", "plant": "P", "reissue": "E", "sir": "H", "defensive": "T"}
MODERN_KINDS_FROM = dt.date(2001, 1, 2)
"""Since this day grants are B1, B2, S1, P2, P3, E1, H1; before, a kind code was not printed."""


@lru_cache(maxsize=_CACHE)
def day(raw: str) -> dt.date | None:
    """The day YYYYMMDD; None where it is empty, impossible, or known to the month only (day 00): a month is not a day."""
    if len(raw) != 8 or not raw.isdigit():
        return None
    try:
        return dt.date(int(raw[:4]), int(raw[4:6]), int(raw[6:]))
    except ValueError:
        return None


def month_only(raw: str) -> bool:
    """Whether a date names a year and month but no day."""
    return len(raw) == 8 and raw.isdigit() and raw[6:] == "00" and "01" <= raw[4:6] <= "12"


@lru_cache(maxsize=_CACHE)
def patent_number(raw: str) -> str:
    """A US patent or publication number without padding: "08418361" is 8418361, "D0701016" D701016, "2003/0169838" 20030169838."""
    if raw.isdigit():
        return raw if len(raw) == 11 else raw.lstrip("0")
    text = raw.strip().upper().removeprefix("US").strip()
    if match := _LETTERED.match(text.replace(",", "")):
        return match[1].replace("DES", "D") + match[2]
    if match := _YEAR_SLASH.match(text):
        return match[1] + match[2].rjust(7, "0")
    bare = _SEPARATORS.sub("", text)
    return patent_number(bare) if bare != raw and (bare.isdigit() or _LETTERED.match(bare)) else bare


def cited_number(office: str, raw: str) -> str:
    """The number of a cited document in its office's normal form; where it has none, the text without separators."""
    if office == "US":
        return raw.lstrip("0") if len(raw) < 9 and raw.isdigit() else patent_number(raw)
    return _foreign_number(office, raw)


@lru_cache(maxsize=_CACHE)
def _foreign_number(office: str, raw: str) -> str:
    found = next(iter(candidates(raw, office=office, kind_of="publication")), None)
    return found.number if found and found.office == office else _SEPARATORS.sub("", raw).upper()


@lru_cache(maxsize=_CACHE)
def application_number(office: str, raw: str) -> tuple[str, str]:
    """Office and number of an application; US ones have eight digits (series and serial), PCT ones belong to WO."""
    text = raw.strip()
    if text.upper().startswith("PCT"):
        found = next(iter(candidates(text, kind_of="application")), None)
        return (found.office, found.number) if found else ("WO", _SEPARATORS.sub("", text).upper())
    if office == "US":
        if match := _SERIES_SLASH.match(text):
            return "US", match[1] + match[2] + match[3]
        return "US", _SEPARATORS.sub("", text).upper()
    found = next(iter(candidates(text, office=office, kind_of="application")), None)
    return office, found.number if found and found.office == office else _SEPARATORS.sub("", text).upper()


def patent_type(number: str) -> str:
    """The kind of patent a grant's number tells: invention where it is digits only."""
    return _TYPES.get(number.rstrip("0123456789"), "invention")


def kind_code(printed: str, number: str, granted: dt.date | None) -> tuple[str, bool]:
    """The kind code and whether it was inferred. Before 2001: A for patents for invention, S, P, E, H, T for the others; S means S1 since."""
    if printed and not (printed == "S" and granted and granted >= MODERN_KINDS_FROM):
        return printed, False
    modern = granted is not None and granted >= MODERN_KINDS_FROM
    if printed == "S":
        return "S1", True
    letter = _KINDS.get(patent_type(number), "A")
    return ({"S": "S1", "E": "E1", "H": "H1"}.get(letter, "") if modern else letter), True


@lru_cache(maxsize=_CACHE)
def packed_ipc(raw: str) -> tuple[str, str]:
    """Symbol and subclass of an IPC in fixed columns: "A45F  504" is A45F 5/04, "B63B 2152" B63B 21/52, "C12N001/20" C12N 1/20."""
    match = _PACKED.match(raw.strip().upper())
    if match is None:
        return raw.strip(), raw.strip()[:4]
    subclass = match[1]
    rest = raw.strip()[4:]
    group, _, subgroup = rest.partition("/") if "/" in rest else (rest[:3], "", rest[3:])
    group, subgroup = group.strip().lstrip("0"), subgroup.strip()
    if len(subgroup) < 2 and "/" not in rest:
        # A subgroup has two digits at least: the blanks of the columns were lost ("E03C 104" is E03C 1/04).
        group, subgroup = match[2][:-2], match[2][-2:]
    return (f"{subclass} {group}/{subgroup}" if group and subgroup else subclass), subclass


@lru_cache(maxsize=_CACHE)
def uspc(raw: str) -> tuple[str, str]:
    """Symbol and class of the US classification in fixed columns: "  2336" is 2/336, "45557 51" 455/57.51, "D12211" D12/211."""
    text = raw.rstrip()
    if "\n" in raw or raw.endswith(" "):
        # Re-indented by a tool: the columns are lost; a subclass has three digits at least where that decides.
        text = text.strip().rjust(6)
    main = text[:3].replace(" ", "")
    parts = [_subclass(part) for part in text[3:].split("-")]
    return (f"{main}/{'-'.join(parts)}" if parts[0] else main), main


def _subclass(text: str) -> str:
    """A subclass: three columns before the decimal point, the rest behind it; letters stay apart."""
    whole, rest = text[:3].strip(), text[3:].rstrip()
    digits, letters = rest.rstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ ").strip(), rest[len(rest.rstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ ")) :].strip()
    return (whole + (f".{digits.lstrip('.')}" if digits else "") + (f" {letters}" if letters else "")).strip()


def locarno(raw: str) -> tuple[str, str]:
    """Symbol and class of the Locarno classification: "0299" is 02-99."""
    text = raw.strip()
    return (f"{text[:2]}-{text[2:]}", text[:2]) if len(text) == 4 and text.isdigit() else (text, text[:2])


@lru_cache(maxsize=_CACHE)
def edition(raw: str) -> str:
    """An edition as printed after symbols: "20060101" is 2006.01, "7" stays 7."""
    return f"{raw[:4]}.{raw[4:6]}" if len(raw) == 8 and raw.isdigit() else raw.strip().lstrip("0")


def one_line(text: str) -> str:
    """The text with every run of blanks and line ends as one blank."""
    text = text.strip()
    return " ".join(text.split()) if "  " in text or "\n" in text or "\t" in text else text


_CLAIM_MARK = re.compile(r"\s*([0-9]{1,4})\s*[.)]\s*")


def claim_text(text: str, number: int) -> str:
    """A claim on one line without its printed number."""
    line = one_line(text)
    if not line[:1].isdigit():
        return line
    match = _CLAIM_MARK.match(line)
    return line[match.end() :] if match and int(match[1]) == number else line


_REFERENCE = re.compile(r"\b[Cc]laims?\s+((?:[0-9]{1,4}(?:\s*(?:,|-|–|to|through|and/or|and|or|any one of)\s*)*)+)")
_SPAN = re.compile(r"([0-9]{1,4})(?:\s*(?:-|–|to|through)\s*([0-9]{1,4}))?")


def claims_referred(text: str, number: int) -> tuple[int, ...]:
    """The earlier claims that a claim's opening words refer to, for formats that do not mark them ("as in claim 1", "of claims 2 to 4")."""
    match = _REFERENCE.search(text[:400])
    if match is None:
        return ()
    found: list[int] = []
    for first, last in _SPAN.findall(match[1]):
        stop = int(last) if last else int(first)
        if int(first) <= stop < number:
            found += range(int(first), stop + 1)
    return tuple(dict.fromkeys(found))
