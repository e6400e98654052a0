"""International numbers: PCT applications and publications, and numbers of the European Patent Office."""

import re

from langqiao.engine.patents.number_parts import KindOf, Reading, Readings

_KIND = r"(?:\.?([A-Z]\d?))?"
_PCT = re.compile(r"^PCT[/ ]?([A-Z]{2})[/ ]?(\d{4}|\d{2})/?(\d{5,6})$")
_PCT_EPODOC = re.compile(r"^(\d{4})([A-Z]{2})0?(\d{5,6})$")
_WO = re.compile(rf"^((?:19|20)\d\d)/?(\d{{6}}){_KIND}$")
_WO_SHORT = re.compile(rf"^(\d{{2}})/?(\d{{5,6}}){_KIND}$")
_EP_PUBLISHED = re.compile(rf"^0*(\d{{1,7}}){_KIND}$")
_EP_APPLIED = re.compile(r"^(\d{2})(\d{6})(?:\.?\d)?$")
_EP_EPODOC = re.compile(r"^(?:19|20)(\d{2})0(\d{6})$")
_NOISE = re.compile(r"[ ,_()\-]")
_FIRST_PCT_YEAR = 78


def pct_readings(text: str) -> Readings:
    """PCT/CN2020/123456 and its short and blank-separated forms: office WO, number "CN2020123456"."""
    if match := _PCT.match(_NOISE.sub("", text)):
        yield _pct(match[1], match[2], match[3])


def wo_readings(body: str, kind_of: KindOf | str = "") -> Readings:
    """The text after WO: publications (two-digit years too) and the EPODOC form of an application, WO2024EP63512."""
    text = _NOISE.sub("", body).strip(".")
    if match := _PCT_EPODOC.match(text):
        yield _pct(match[2], match[1], match[3])
    if kind_of == "application":
        return
    if match := _WO.match(text):
        yield Reading("publication", match[1] + match[2], match[3] or "")
    elif match := _WO_SHORT.match(text):
        yield Reading("publication", _year(match[1]) + match[2].rjust(6, "0"), match[3] or "")


def ep_readings(body: str, kind_of: KindOf | str = "") -> Readings:
    """The text after EP: publications without leading zeros; applications as year and six digits, without their check digit."""
    text = _NOISE.sub("", body).strip(".")
    if kind_of != "application" and (match := _EP_PUBLISHED.match(text)):
        yield Reading("publication", match[1], match[2] or "")
    bare = re.sub(r"A$", "", text)
    if match := _EP_APPLIED.match(bare) or _EP_EPODOC.match(bare):
        yield Reading("application", match[1] + match[2])


def docdb_pct(receiving: str, number: str) -> Reading | None:
    """A PCT application as DOCDB writes it, kind W under the receiving office: "2022055385" or "9816128"."""
    if match := re.match(r"^(\d{4})(\d{6})$|^(\d{2})(\d{5})$", number):
        return _pct(receiving, match[1] or match[3], match[2] or match[4])
    return None


def _pct(receiving: str, year: str, serial: str) -> Reading:
    return Reading("application", f"{receiving}{_year(year)}{serial.rjust(6, '0')}", office="WO")


def _year(text: str) -> str:
    if len(text) == 4:
        return text
    return ("19" if int(text) >= _FIRST_PCT_YEAR else "20") + text
