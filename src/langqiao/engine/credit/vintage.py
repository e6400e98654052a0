"""Vintages: of the loans drawn in one quarter, which share had defaulted so many months after drawing."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from langqiao.engine.kernel.money import Fen


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One loan: drawn when and how much, and when it defaulted with what still owed (None: not)."""

    on: dt.date
    principal_fen: Fen
    defaulted_on: dt.date | None = None
    defaulted_fen: Fen = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A vintage at an age: `share` of its principal that had defaulted, of `count` loans over `granted_fen`."""

    vintage: str
    months: int
    count: int
    granted_fen: Fen
    defaulted_fen: Fen
    share: Fraction


def months_between(start: dt.date, day: dt.date) -> int:
    """Whole months from one day to another."""
    return (day.year - start.year) * 12 + day.month - start.month - (day.day < start.day)


def vintage_of(day: dt.date) -> str:
    """The quarter of a day, as 2026Q1."""
    return f"{day.year}Q{(day.month + 2) // 3}"


def vintages(loans: Iterable[Drawn], today: dt.date, *, step_months: int = 3) -> tuple[Point, ...]:
    """Cumulative defaulted principal over granted principal by age in steps; an age is shown once the youngest loan of the quarter has it.

    So a curve never falls, and never counts loans that were too young to default.
    """
    groups: dict[str, list[Drawn]] = {}
    for loan in loans:
        groups.setdefault(vintage_of(loan.on), []).append(loan)
    points = []
    for name, rows in sorted(groups.items()):
        age, granted = min(months_between(row.on, today) for row in rows), sum(row.principal_fen for row in rows)
        for months in range(0, age + 1, step_months):
            lost = sum(
                row.defaulted_fen for row in rows if row.defaulted_on is not None and months_between(row.on, row.defaulted_on) < months
            )
            points.append(
                Point(
                    vintage=name,
                    months=months,
                    count=len(rows),
                    granted_fen=granted,
                    defaulted_fen=lost,
                    share=Fraction(lost, granted) if granted else Fraction(0),
                )
            )
    return tuple(points)
