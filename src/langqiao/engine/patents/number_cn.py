"""Chinese numbers: application numbers of both forms with their check digit, patent numbers (ZL) and publication numbers."""

import re

from langqiao.engine.patents.number_parts import (
    CHECK_COMPUTED,
    CHECK_WRONG,
    LENGTHENED,
    PATENT_NUMBER,
    TYPE_UNKNOWN,
    KindOf,
    Reading,
    Readings,
)

WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
"""Weights of the check digit (ZC 0006-2003; confirmed on 4,753 real numbers, knowledge/formats.md §7)."""
TYPES = {"1": "invention", "2": "utility_model", "3": "design", "8": "invention", "9": "utility_model"}
"""The type digit of an application number; 8 and 9 entered through the PCT (practice)."""
KIND_TYPES = {
    "A": "invention",
    "B": "invention",
    "C": "invention",
    "U": "utility_model",
    "Y": "utility_model",
    "S": "design",
    "D": "design",
}
"""The letter of the kind code and the type of patent it stands for (ST.16)."""

_FIRST_YEAR, _LAST_OLD_YEAR = 1985, 2003
_NEW = re.compile(r"^(\d{12})\.?([\dX])?(?:\.?([ABCUYSD]\d?))?$")
_OLD = re.compile(r"^(\d{8})\.?([\dX])?(?:\.?([ABCUYSD]\d?))?$")
_LONG = re.compile(r"^(\d{4})(\d)0(\d{5})(?:\.?([ABCUYSD]\d?))?$")
_PUBLISHED = re.compile(r"^(\d{7}|[123]\d{8})(?:\.?([ABCUYSD]\d?))?$")
_SEPARATORS = re.compile(r"[ \-_,/()]")


def check_digit(digits: str) -> str:
    """The check digit of the 8 or 12 digits of an application number: the weighted sum modulo 11, ten written as X."""
    if len(digits) not in {8, 12} or not (digits.isascii() and digits.isdigit()):
        raise ValueError(f"an application number has 8 or 12 digits before the check digit, not {digits!r}")
    value = sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=False)) % 11
    return "X" if value == 10 else str(value)


def patent_type(number: str, kind: str = "") -> str:
    """invention, utility_model or design from the kind letter, else from the number; "" where neither tells."""
    if kind[:1] in KIND_TYPES:
        return KIND_TYPES[kind[0]]
    digits = number.partition(".")[0]
    match len(digits):
        case 12:
            return TYPES.get(digits[4], "")
        case 8:
            return TYPES.get(digits[2], "")
        case 7 | 9:
            return TYPES.get(digits[0], "")
        case _:
            return ""


def readings(body: str, kind_of: KindOf | str = "", *, patent: bool = False) -> Readings:
    """Every reading of the text after CN or ZL, best first; `patent`: the text was written with ZL."""
    text = _SEPARATORS.sub("", body).strip(".")
    flags = (PATENT_NUMBER,) if patent else ()
    published = _PUBLISHED.match(text)
    if published and kind_of != "application" and not patent:
        yield Reading("publication", published[1], published[2] or "", flags)
    if match := _NEW.match(text):
        yield from _new(match[1], match[2] or "", flags)
    if match := _OLD.match(text):
        yield from _old(match[1], match[2] or "", match[3] or "", flags)
    if (match := _LONG.match(text)) and _FIRST_YEAR <= int(match[1]) <= _LAST_OLD_YEAR:
        yield _checked(f"{match[1][2:]}{match[2]}{match[3]}", "", (*flags, LENGTHENED))


def _new(digits: str, check: str, flags: tuple[str, ...]) -> Readings:
    year = int(digits[:4])
    if not _FIRST_YEAR <= year < 2100:
        return
    if year <= _LAST_OLD_YEAR and digits[5:7] == "00":
        # Foreign sources lengthen old numbers by the century and two zeros; their check digit belongs to the long form.
        yield _checked(digits[2:5] + digits[7:], "", (*flags, LENGTHENED))
    else:
        yield _checked(digits, check, flags)


def _old(digits: str, check: str, kind: str, flags: tuple[str, ...]) -> Readings:
    year = int(digits[:2])
    if not (year >= 85 or year <= 3):
        return
    if kind and not check and 85 <= year <= 92:
        # Until 1992 the publication number was the application number without its check digit.
        yield Reading("publication", digits, kind, flags)
    yield _checked(digits, check, flags)


def _checked(digits: str, given: str, flags: tuple[str, ...]) -> Reading:
    right = check_digit(digits)
    found = list(flags)
    if not given:
        found.append(CHECK_COMPUTED)
    elif given != right:
        found.append(CHECK_WRONG)
    if (digits[4] if len(digits) == 12 else digits[2]) not in TYPES:
        found.append(TYPE_UNKNOWN)
    return Reading("application", f"{digits}.{given or right}", "", tuple(found))
