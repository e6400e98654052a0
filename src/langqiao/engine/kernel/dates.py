"""Legal dates: adding months and years, day counts, and Chinese working days; every day is a day of Beijing time."""

import calendar
import datetime as dt
from fractions import Fraction
from typing import Literal

from chinese_calendar import constants

DayCount = Literal["act_365", "act_360", "30_360"]
WORKING_DAY_SOURCE = "chinesecalendar (State Council notices on holidays)"

BEIJING = dt.timezone(dt.timedelta(hours=8))
_KNOWN_YEARS = frozenset(day.year for day in constants.holidays)
_SATURDAY = 5


class UnknownYearError(LookupError):
    """The State Council has not announced, or our table does not hold, the holidays of a year."""

    def __init__(self, year: int) -> None:
        super().__init__(f"the Chinese working-day calendar does not hold {year}")
        self.year = year


def beijing_day(moment: dt.datetime) -> dt.date:
    """The legal day of a moment that carries its zone."""
    return moment.astimezone(BEIJING).date()


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day `months` later, or the last day of that month where it has no such day (Implementing Rules 5)."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    if not dt.MINYEAR <= year <= dt.MAXYEAR:
        raise OverflowError(f"{day} and {months} months leave the calendar")
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def add_years(day: dt.date, years: int) -> dt.date:
    """The same day `years` later; 29 February becomes 28 February in a common year."""
    return add_months(day, 12 * years)


def whole_months(start: dt.date, end: dt.date) -> int:
    """Months completed between two dates, counted as add_months does; 0 if end is not after start."""
    months = max(0, (end.year - start.year) * 12 + end.month - start.month + 1)
    while months and add_months(start, months) > end:
        months -= 1
    return months


def year_fraction(start: dt.date, end: dt.date, day_count: DayCount) -> Fraction:
    """Years between two dates: act/365, act/360, or 30E/360 with day 31 read as 30."""
    match day_count:
        case "act_365":
            return Fraction((end - start).days, 365)
        case "act_360":
            return Fraction((end - start).days, 360)
        case "30_360":
            days = min(end.day, 30) - min(start.day, 30)
            return Fraction(360 * (end.year - start.year) + 30 * (end.month - start.month) + days, 360)


def is_working_day(day: dt.date) -> bool:
    """Whether `day` is a working day in China, make-up days included. Raises UnknownYearError outside the table."""
    if day.year not in _KNOWN_YEARS:
        raise UnknownYearError(day.year)
    return day in constants.workdays or (day.weekday() < _SATURDAY and day not in constants.holidays)


def add_working_days(day: dt.date, count: int) -> dt.date:
    """The date `count` working days after `day` (which does not count itself)."""
    current = day
    for _ in range(count):
        current = next_working_day(current + dt.timedelta(days=1))
    return current


def next_working_day(day: dt.date) -> dt.date:
    """`day` itself if it is a working day, else the next one: a period that ends on a holiday ends there (Implementing Rules 5)."""
    while not is_working_day(day):
        day += dt.timedelta(days=1)
    return day
