"""What every reading of a patent number shares: the value itself, its flags, the cleaning of written text and the list of offices."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

KindOf = Literal["publication", "application"]

MAX_LENGTH = 80
"""The longest text in characters that is read as one number."""

CHECK_COMPUTED = "check_digit_computed"
"""The check digit was missing and has been computed."""
CHECK_WRONG = "check_digit_wrong"
"""The check digit given does not fit the other digits; the number is kept as given."""
TYPE_UNKNOWN = "type_digit_unknown"
"""The type digit of a Chinese application number is none of 1, 2, 3, 8, 9."""
LENGTHENED = "lengthened"
"""A Chinese number from before October 2003 was written in a lengthened form and has been brought back to eight digits."""
PATENT_NUMBER = "patent_number"
"""Written as a patent number (ZL): the application number of a granted right."""
SERIES_FROM_YEAR = "series_from_year"
"""The series code of a US application was not written and follows from the filing year (practice)."""
SERIES_UNKNOWN = "series_unknown"
"""The series code of a US application cannot be told; the number is the year and a seven-digit serial."""
OFFICE_ASSUMED = "office_assumed"
"""No office was written; the form of the number suggests this one."""
AMBIGUOUS = "ambiguous"
"""Another reading of the same text is possible: see `candidates`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """One patent number in its normal form.

    `number` carries neither office nor kind; application numbers of China carry their check digit ("201210003670.X"). `key` is
    office-number-kind, or office-number where no kind is known. `raw` is the text as written, `flags` what had to be assumed or repaired.
    """

    office: str
    kind_of: KindOf
    number: str
    kind: str
    raw: str
    flags: frozenset[str] = frozenset()

    @property
    def key(self) -> str:
        """Office-number-kind such as US-8418361-B2; without the kind where none is known."""
        return f"{self.office}-{self.number}-{self.kind}" if self.kind else f"{self.office}-{self.number}"


class Reading(NamedTuple):
    """One way to read the body of a number of a known office."""

    kind_of: KindOf
    number: str
    kind: str = ""
    flags: tuple[str, ...] = ()
    office: str = ""


Readings = Iterator[Reading]

OFFICES = frozenset(
    """AE AL AM AO AP AR AT AU AZ BA BD BE BG BH BN BO BR BX BY CA CH CL CN CO CR CS CU CY CZ DD DE DK DM DO DZ EA EC EE EG EM EP ES FI FR
    GB GC GE GH GR GT HK HN HR HU IB ID IE IL IN IQ IR IS IT JM JO JP KE KG KH KR KW KZ LA LB LI LK LT LU LV LY MA MC MD ME MG MK MM MN MO
    MT MW MX MY MZ NG NI NL NO NZ OA OM PA PE PG PH PK PL PT PY QA RO RS RU SA SD SE SG SI SK SM SU SV SY TH TJ TM TN TR TT TW TZ UA UG UP
    US UY UZ VE VN WO XK YE YU ZA ZM ZW""".split()  # noqa: SIM905 - a table reads better than 160 quoted strings
)
"""Two-letter codes of WIPO ST.3 that occur before patent numbers (states and organizations, former ones included)."""

_LABEL = re.compile(
    r"^(?:(?P<application>申请\(专利\)号|专利申请号|申请号|APPLICATION\s*(?:NO|NUMBER)|APPL\.?\s*NO)"
    r"|(?P<publication>公开\(公告\)号|授权公告号|公开号|公告号|PUBLICATION\s*(?:NO|NUMBER)|PATENT\s*(?:NO|NUMBER)|PAT\.?\s*NO)"
    r"|专利号|NO\b)[.:\s]*(?:是|为)?\s*"
)
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣", "-") | {"。": ".", "·": ".", "．": ".", "\u200b": None, "\ufeff": None})
_DAMAGED = re.compile(r"^\s*(?:[A-Z]{2})?\s*\d(?:\.\d+)?E\+?\d{1,3}\s*$")


class Written(NamedTuple):
    """Cleaned text and what its label says of it ("" where there is no label)."""

    text: str
    kind_of: KindOf | Literal[""]


def clean(text: str) -> Written:
    """Text in capitals with half-width characters, plain dashes, single blanks and without a label such as 申请号: or "Patent No."."""
    plain = unicodedata.normalize("NFKC", text).translate(_DASHES).upper()
    plain = " ".join(plain.replace("，", ",").split())
    label = _LABEL.match(plain)
    if not label or label.end() == len(plain):
        return Written(plain, "")
    kind: KindOf | Literal[""] = "application" if label["application"] else "publication" if label["publication"] else ""
    return Written(plain[label.end() :], kind)


def is_damaged(text: str) -> bool:
    """Whether a spreadsheet has turned the number into a rounded power of ten such as 2.02E+12: it cannot be recovered."""
    return bool(_DAMAGED.match(unicodedata.normalize("NFKC", text).upper()))
