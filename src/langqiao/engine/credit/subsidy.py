"""Interest subsidy: which part of interest that was paid a program gives back, what stands against it, and that nothing is subsidized twice."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from langqiao.engine.kernel.money import Fen, round_half_up


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """`share` of the interest paid, at most `cap_fen` a loan, for interest paid from `begins` to `ends`."""

    share: Fraction
    cap_fen: Fen
    begins: dt.date
    ends: dt.date

    def __post_init__(self) -> None:
        if not 0 < self.share <= 1 or self.cap_fen <= 0 or self.ends < self.begins:
            raise ValueError("the share lies in (0, 1], the cap is above zero, the program ends after it begins")


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A span of days, both included."""

    since: dt.date
    until: dt.date

    def meets(self, other: "Period") -> bool:
        """Whether a day lies in both."""
        return self.since <= other.until and other.since <= self.until


def subsidy_fen(interest_fen: Fen, given_fen: Fen, program: Program) -> Fen:
    """Share × interest, rounded half up, at most what the cap of the loan leaves after what was given before."""
    return max(0, min(round_half_up(interest_fen * program.share), program.cap_fen - given_fen))


def reasons_against(period: Period, program: Program, *, taken: Iterable[Period], days_past_due: int, today: dt.date) -> tuple[str, ...]:
    """Every reason against an application for a period, in a fixed order."""
    found = {
        "subsidy_outside_program": period.until < period.since or period.since < program.begins or period.until > program.ends,
        "subsidy_period_not_over": period.until > today,
        "subsidy_loan_overdue": days_past_due > 0,
        "subsidy_given_before": any(period.meets(other) for other in taken),
    }
    return tuple(code for code, holds in found.items() if holds)
