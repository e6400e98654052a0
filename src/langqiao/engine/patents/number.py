"""One normal form for patent numbers: reads any written form of any office into a Number, and says what it had to assume."""

import re
from functools import lru_cache

from langqiao.engine.patents import number_cn, number_pct, number_us
from langqiao.engine.patents.number_cn import check_digit as cn_check_digit
from langqiao.engine.patents.number_parts import (
    MAX_LENGTH,
    OFFICE_ASSUMED,
    OFFICES,
    KindOf,
    Number,
    Reading,
    Readings,
    clean,
    is_damaged,
)

__all__ = ["KindOf", "Number", "candidates", "cn_check_digit", "docdb", "is_damaged", "parse", "patent_type", "written"]

_PREFIX = re.compile(r"^([A-Z]{2})[\s.\-_:/]*(?=[A-Z]{0,3}\.?\s*\d|/|特)")
_GENERIC = re.compile(r"^([A-Z]{0,3}\d{1,14}[A-Z]?)(?:[.\s]([A-Z]\d?))?$|^([A-Z]{0,3}\d{1,14})([A-Z]\d?)$")
_KOREAN = re.compile(r"^(?:10|20)-((?:19|20)\d\d)-(\d{7})")
_US_FORM = re.compile(r"^(?:PP|RE|DES|D|H|RX)[ .]?\d|^\d{2}/\d{3},?\d{3}$|^20\d\d/0?\d{6}")
_WO_FORM = re.compile(r"^(?:19|20)\d\d/\d{6}\b(?!\d)|^\d{2}/\d{5}$")


@lru_cache(maxsize=65_536)
def parse(text: str, *, office: str = "", kind_of: str = "") -> Number | None:
    """The best reading of a written number, or None where it is none or has been destroyed by a spreadsheet (`is_damaged`).

    `office` is used where the text names none; `kind_of` ("publication", "application") settles forms that could be either.
    """
    return next(iter(candidates(text, office=office, kind_of=kind_of)), None)


def candidates(text: str, *, office: str = "", kind_of: str = "") -> tuple[Number, ...]:
    """Every reading of a written number, best first, each key once."""
    if not text or len(text) > MAX_LENGTH or is_damaged(text):
        return ()
    plain = clean(text)
    found: dict[str, Number] = {}
    for reading in _readings(plain.text, office, kind_of or plain.kind_of):
        number = _number(reading, text)
        found.setdefault(f"{number.kind_of} {number.key}", number)
    return tuple(found.values())


def docdb(office: str, number: str, kind: str, *, kind_of: KindOf) -> Number | None:
    """A number as DOCDB gives it in three fields. Applications of the US and of the PCT have forms of their own there."""
    raw = f"{office}.{number}.{kind}".strip(".")
    reading: Reading | None = None
    if kind_of == "application" and kind == "W":
        reading = number_pct.docdb_pct(office, number)
    elif kind_of == "application" and office == "US":
        reading = number_us.docdb_application(number)
    if reading is not None:
        return _number(reading._replace(office=reading.office or office), raw)
    found = parse(f"{office}{number}{'' if kind_of == 'application' else kind}", office=office, kind_of=kind_of)
    if found is None:
        return None
    return Number(office=found.office, kind_of=kind_of, number=found.number, kind=found.kind, raw=raw, flags=found.flags)


def patent_type(number: Number) -> str:
    """invention, utility_model, design, plant, reissue, sir or defensive as the number tells; "" where it does not."""
    if number.office == "CN":
        return number_cn.patent_type(number.number, number.kind)
    if number.office == "US" and number.kind_of == "publication":
        letters = number.number.rstrip("0123456789")
        return {"D": "design", "PP": "plant", "RE": "reissue", "H": "sir", "T": "defensive", "": "invention"}.get(letters, "")
    return ""


def written(number: Number) -> str:
    """The number as people of its office write it: "US 8,418,361 B2", "PCT/CN2020/123456", "CN 201210003670.X"."""
    match number.office, number.kind_of:
        case "WO", "application":
            return f"PCT/{number.number[:6]}/{number.number[6:]}"
        case "WO", "publication":
            body = f"{number.number[:4]}/{number.number[4:]}"
        case "US", "application" if len(number.number) == 8:
            body = f"{number.number[:2]}/{number.number[2:5]},{number.number[5:]}"
        case "US", "publication" if len(number.number) == 11:
            body = f"{number.number[:4]}/{number.number[4:]}"
        case "US", "publication":
            digits = number.number.lstrip("DEHPRTX")
            body = number.number[: len(number.number) - len(digits)] + f"{int(digits):,}" if digits.isdigit() else number.number
        case _:
            body = number.number
    return f"{number.office} {body} {number.kind}".strip()


def _number(reading: Reading, raw: str) -> Number:
    return Number(
        office=reading.office, kind_of=reading.kind_of, number=reading.number, kind=reading.kind, raw=raw, flags=frozenset(reading.flags)
    )


def _readings(text: str, office: str, kind_of: str) -> Readings:
    if text.startswith("PCT"):
        yield from number_pct.pct_readings(text)
    elif text.startswith(("ZL", "CNZL")):
        body = text.removeprefix("CN").removeprefix("ZL").strip()
        yield from _of("CN", body.removeprefix("CN"), "application", patent=True)
    elif (prefix := _PREFIX.match(text)) and prefix[1] in OFFICES:
        yield from _of(prefix[1], text[prefix.end() :], kind_of)
    elif office:
        yield from _of(office, text, kind_of)
    else:
        yield from _without_office(text, kind_of)


def _of(office: str, body: str, kind_of: str, *, patent: bool = False) -> Readings:
    match office:
        case "CN":
            found = number_cn.readings(body, kind_of, patent=patent)
        case "US":
            found = number_us.readings(body, kind_of)
        case "WO":
            found = number_pct.wo_readings(body, kind_of)
        case "EP":
            found = number_pct.ep_readings(body, kind_of)
        case _:
            found = _generic(office, body, kind_of)
    for reading in found:
        yield reading._replace(office=reading.office or office)


def _generic(office: str, body: str, kind_of: str) -> Readings:
    if office == "KR" and (korean := _KOREAN.match(body.replace(" ", ""))):
        body = korean[1] + korean[2] + body.replace(" ", "")[korean.end() :]
    text = re.sub(r"[\s,_()\-/]+(?=\d)|[()]", "", body)
    text = re.sub(r"[\s,_\-]+", ".", text).strip(".")
    if match := _GENERIC.match(text):
        number, kind = (match[1], match[2] or "") if match[1] else (match[3], match[4])
        if not kind and number[-1].isalpha():
            number, kind = number[:-1], number[-1]
        yield Reading("application" if kind_of == "application" else "publication", number, "" if kind_of == "application" else kind)


def _without_office(text: str, kind_of: str) -> Readings:
    """Forms that betray their office come first, then the offices whose bare numbers people write."""
    if _WO_FORM.match(text):
        order = ["WO", "US"]
    elif _US_FORM.match(text):
        order = ["US"]
    else:
        digits = re.sub(r"\D", "", text)
        order = ["CN", "US", "EP"] if len(digits) >= 9 else ["US", "EP", "CN"]
    for office in order:
        for reading in _of(office, text, kind_of):
            yield reading._replace(flags=(*reading.flags, OFFICE_ASSUMED))
