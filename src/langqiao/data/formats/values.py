"""Cell values of tables: what counts as empty, several values in one cell, dates of unknown order, numbers written as text."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

Cell: TypeAlias = str | int | float | bool | dt.datetime | dt.date | dt.time | dt.timedelta | None
"""What a spreadsheet cell may hold."""

DateOrder = Literal["ymd", "dmy", "mdy"]

EMPTY = frozenset({"", "-", "--", "—", "——", "/", "na", "n/a", "null", "none", "nan", r"\n", "无"})
"""Texts (lower case) that say "not given"; zero is not among them."""

_NO_DATE = re.compile(r"^(?:0{3,4}[01][-./]0?[01][-./]0?[01].*|0?1[-./]0?1[-./]0?0?0?1|9999[-./]12[-./]31|00000000|99991231|0)$")
_YEAR_FIRST = re.compile(r"^(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?(?:[T\s].*)?$")
_COMPACT = re.compile(r"^((?:1[89]|20)\d\d)(\d{2})(\d{2})$")
_NUMERIC = re.compile(r"^(\d{1,2})[-./](\d{1,2})[-./](\d{4}|\d{2})(?:\s.*)?$")
_NAMED = re.compile(r"^(?:(\d{1,2})[-.\s]+([A-Za-z]{3,9})|([A-Za-z]{3,9})\.?\s+(\d{1,2})),?[-.\s]+(\d{4})$")
_SERIAL = re.compile(r"^(\d{5})(?:\.\d+)?$")
_MONTHS = {name: i for i, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}  # noqa: SIM905
_EXCEL_EPOCH = dt.date(1899, 12, 30)
_SERIALS = range(3_654, 73_051)
"""Excel day numbers of 1910 to 2099: other whole numbers in a date column are no dates."""
_CENTURY_PIVOT = 70
"""Two-digit years below this belong to the 2000s: patents of the 1960s do not occur in such exports."""


def text_of(cell: Cell) -> str:
    """A cell as text without outer blanks; whole numbers without a decimal point, dates as ISO; "" where it says "not given"."""
    match cell:
        case None:
            return ""
        case str():
            text = cell.replace("\u200b", "").replace("\ufeff", "").strip()
        case bool():
            return "1" if cell else "0"
        case float():
            return str(int(cell)) if cell.is_integer() and abs(cell) < 1e16 else repr(cell)
        case dt.datetime():
            return cell.date().isoformat()
        case dt.date():
            return cell.isoformat()
        case _:
            text = str(cell)
    return "" if text.lower() in EMPTY else text


_OPEN, _CLOSE = "([{（［【〔", ")]}）］】〕"


def split_values(text: str) -> list[str]:
    """The values of one cell: at "|", at line breaks, or at ";" outside brackets; blank ones dropped, the `??` artifact removed."""
    if "|" in text:
        parts: Iterable[str] = text.split("|")
    else:
        parts = [piece for line in text.splitlines() for piece in _outside_brackets(line)]
    values = (part.strip().strip("?").strip(" \u2002\u3000") for part in parts)
    return [value for value in values if value and value.lower() not in EMPTY]


def _outside_brackets(line: str) -> list[str]:
    if ";" not in line and "；" not in line:
        return [line]
    balanced = all(line.count(o) == line.count(c) for o, c in zip(_OPEN, _CLOSE, strict=True))
    pieces, depth = [""], 0
    for character in line:
        if character in _OPEN:
            depth += 1
        elif character in _CLOSE:
            depth -= 1
        if character in ";；" and (depth <= 0 or not balanced):
            pieces.append("")
        else:
            pieces[-1] += character
    return pieces


def whole_number(cell: Cell) -> int | None:
    """A count written as number or text, thousands separators allowed; None where it is none."""
    text = unicodedata.normalize("NFKC", text_of(cell)).replace(",", "").replace(" ", "")
    return int(text) if re.fullmatch(r"\d{1,15}", text) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class DateColumn:
    """How the dates of one column are read. `order` None: the values do not tell day from month, so such dates are not read."""

    order: DateOrder | None

    def read(self, cell: Cell) -> dt.date | None:
        """The day of a cell, or None where it is empty, no date, or of undecided order."""
        return read_date(cell, self.order)


def read_date(cell: Cell, order: DateOrder | None = None) -> dt.date | None:
    """The day of a cell. Year-first forms need no order; day-first and month-first ones are read only with `order`."""
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    text = unicodedata.normalize("NFKC", text_of(cell))
    if not text or _NO_DATE.match(text):
        return None
    if match := _YEAR_FIRST.match(text) or _COMPACT.match(text):
        return _day(match[1], match[2], match[3])
    if match := _NAMED.match(text):
        month = _MONTHS.get((match[2] or match[3])[:3].lower())
        return _day(match[5], month, match[1] or match[4]) if month else None
    if match := _SERIAL.match(text):
        return _EXCEL_EPOCH + dt.timedelta(days=int(match[1])) if int(match[1]) in _SERIALS else None
    return _ordered(text, order)


def _ordered(text: str, order: DateOrder | None) -> dt.date | None:
    match = _NUMERIC.match(text)
    if not match or order is None:
        return None
    first, second, third = match.groups()
    match order:
        case "dmy":
            return _day(_year(third), second, first)
        case "mdy":
            return _day(_year(third), first, second)
        case "ymd":
            return _day(_year(first), second, third) if len(third) == 2 else None


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else int(text) + (2000 if int(text) < _CENTURY_PIVOT else 1900)


def _day(year: str | int, month: str | int, day: str | int) -> dt.date | None:
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        return None


def possible_orders(cells: Iterable[Cell]) -> set[DateOrder]:
    """The orders in which every day-month date of a column is a day of the calendar; all of them where there is none such date."""
    orders: set[DateOrder] = {"ymd", "dmy", "mdy"}
    for cell in cells:
        if not isinstance(cell, str):
            continue
        match = _NUMERIC.match(unicodedata.normalize("NFKC", cell.strip()))
        if not match or _NO_DATE.match(cell.strip()):
            continue
        orders &= {order for order in orders if _ordered(match[0], order) is not None}
    return orders


def decide_orders(columns: Sequence[Sequence[Cell]]) -> list[DateOrder | None]:
    """The order of each date column: from its own values, else the one order that the file's other columns agree on, else None.

    A column without day-month dates needs no order; it gets the file's, or None, which does not matter to it.
    """
    possible = [possible_orders(column) for column in columns]
    decided = {next(iter(orders)) for orders in possible if len(orders) == 1}
    agreed = next(iter(decided)) if len(decided) == 1 else None
    return [next(iter(orders)) if len(orders) == 1 else agreed if agreed in orders else None for orders in possible]


def has_ordered_dates(cells: Iterable[Cell]) -> bool:
    """Whether a column holds dates whose reading depends on the order of day and month."""
    return any(isinstance(cell, str) and _NUMERIC.match(cell.strip()) and not _NO_DATE.match(cell.strip()) for cell in cells)


_MOJIBAKE = re.compile(r"[\u0080-\u00ff]{2}")


def repaired(text: str) -> str:
    """UTF-8 that was read as Latin-1 ("Ã©"), read right again; the text itself where it was not (strictly decodable only)."""
    if not _MOJIBAKE.search(text):
        return text
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


_CJK = re.compile(r"[\u3400-\u9fff]")
_KANA = re.compile(r"[\u3040-\u30ff]")


def language(text: str) -> str:
    """zh, ja, ko or en as the script suggests; "" for an empty text. Latin script is taken as English only where no other is known."""
    if _KANA.search(text):
        return "ja"
    if re.search(r"[\uac00-\ud7af]", text):
        return "ko"
    if _CJK.search(text):
        return "zh"
    return "en" if text else ""


_ORGANIZATION = re.compile(
    r"公司|企业|集团|大学|学院|研究|学校|中学|小学|中心|医院|厂|局|所$|院$|社$|会社|银行|部队|协会|基金|委员会|站$|合伙|会$|实验室|部$|馆$|店$"
    r"|农场|养殖场|机构|商行|工作室|队$"
    r"|\b(?:inc|corp|corporation|co|company|ltd|limited|llc|llp|lp|plc|gmbh|ag|kg|se|sa|s\.a|sas|sarl|spa|s\.p\.a|srl|bv|b\.v|nv|n\.v|ab|oy|oyj"
    r"|as|a/s|aps|kk|k\.k|kabushiki|kaisha|university|institute|college|hospital|bank|foundation|ministry|agency|laborator\w+|group|holdings?)\b",
    re.IGNORECASE,
)


def is_organization(name: str) -> bool | None:
    """True where the name carries a legal form or a word of an institution; None where it does not tell."""
    return True if _ORGANIZATION.search(name) else None
