"""Numbers of the United States: patents of every series, applications with their series code, publications of applications."""

import re

from langqiao.engine.patents.number_parts import (
    AMBIGUOUS,
    SERIES_FROM_YEAR,
    SERIES_UNKNOWN,
    KindOf,
    Reading,
    Readings,
)

PATENT_CEILING = 14_000_000
"""No US patent has reached this number (12.6 million at the end of 2025): above it eight digits are an application (practice)."""
FIRST_PUBLICATION_YEAR = 2001

_KIND = r"(?:[.\s]?([A-Z]\d?))?"
_SLASHED = re.compile(r"^(\d{2})/(\d{3})[, ]?(\d{3})$")
_PUBLISHED = re.compile(rf"^(20\d\d)[/\-]?(0?)(\d{{6}}){_KIND}$")
_LETTERED = re.compile(rf"^(DES\.?|PP|RE|RX|AI|D|H|T|X)\.?(0*)(\d{{1,7}}){_KIND}$")
_PLAIN = re.compile(rf"^0*(\d{{1,8}}){_KIND}$")
_APPLICATION = re.compile(r"^(\d{8})$")
_YEAR_SERIES = re.compile(r"^((?:19|20)\d\d)(\d{8})A?$")
_YEAR_SERIAL = re.compile(r"^((?:19|20)\d\d)0(\d{6})$")
_NOISE = re.compile(r"[ ,_()\-]")
_WKU = re.compile(r"^(D|H|PP|RE|T|X)?(\d{5,8})(\d)$")

_SERIES = [(1970, 1978, "05"), (1979, 1986, "06"), (1987, 1992, "07"), (1993, 1997, "08"), (1998, 2000, "09"), (2002, 2003, "10")]
"""Years whose applications all have one series code (practice); 2001 and the years from 2004 have two."""


def readings(body: str, kind_of: KindOf | str = "") -> Readings:
    """Every reading of the text after US, best first."""
    if slashed := _SLASHED.match(body.strip()):
        yield Reading("application", "".join(slashed.groups()))
        return
    text = _NOISE.sub("", body).strip(".")
    if kind_of != "publication" and (match := _YEAR_SERIES.match(text)):
        yield Reading("application", match[2])
    if kind_of == "application":
        yield from applications(text)
        return
    yield from _publications(text)
    if kind_of == "":
        yield from applications(text)


def _publications(text: str) -> Readings:
    if (match := _PUBLISHED.match(text)) and int(match[1]) >= FIRST_PUBLICATION_YEAR:
        yield Reading("publication", f"{match[1]}0{match[3]}", match[4] or "")
    if match := _LETTERED.match(text):
        yield Reading("publication", match[1].replace("DES", "D").strip(".") + match[3].lstrip("0"), match[4] or "")
    if match := _PLAIN.match(text):
        number, kind = match[1], match[2] or ""
        if int(number) == 0 or (int(number) >= PATENT_CEILING and not kind):
            return
        doubt = (AMBIGUOUS,) if _APPLICATION.match(text) and not text.startswith("0") else ()
        yield Reading("publication", number, kind, doubt)


def applications(text: str) -> Readings:
    """Readings as an application: eight digits with the series code, or year and serial as EPODOC writes them."""
    if match := _APPLICATION.match(text.replace("/", "")):
        yield Reading("application", match[1])
    elif match := _YEAR_SERIES.match(text):
        yield Reading("application", match[2])
    elif match := _YEAR_SERIAL.match(text):
        yield _with_series(int(match[1]), match[2])


def docdb_application(number: str) -> Reading | None:
    """An application number as DOCDB writes it: year, series and serial ("201113167395"), or serial and two-digit year ("2366704")."""
    if match := _YEAR_SERIES.match(number):
        return Reading("application", match[2])
    if not (number.isascii() and number.isdigit() and 3 <= len(number) <= 8):
        return None
    serial, year = number[:-2], int(number[-2:])
    return _with_series(year + (1900 if year >= 36 else 2000), serial.rjust(6, "0"))


def _with_series(year: int, serial: str) -> Reading:
    series = next((code for first, last, code in _SERIES if first <= year <= last), "")
    if series:
        return Reading("application", series + serial, "", (SERIES_FROM_YEAR,))
    return Reading("application", f"{year}0{serial}", "", (SERIES_UNKNOWN,))


def without_check_digit(wku: str) -> str:
    """The patent number of a Green Book WKU, which ends in a check digit: "039302717" is 3930271, "RE0286710" is RE28671.

    Returns "" where the text is no WKU.
    """
    match = _WKU.match(wku.strip().upper())
    return f"{match[1] or ''}{match[2].lstrip('0')}" if match else ""
