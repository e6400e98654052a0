"""Default interest: what an overdue amount bears, kept as whole numbers so that it is the same however often it is looked at."""

from fractions import Fraction

from langqiao.engine.kernel.money import Fen, round_half_up

MICRO = 1_000_000
"""The penalty rate is kept in millionths a year."""
DAYS_OF_YEAR = 360
"""A daily rate is the annual rate over 360 (banking practice in RMB)."""


def penalty_rate_micro(rate_annual: Fraction, markup: Fraction) -> int:
    """The rate of default interest in millionths a year: the contract's rate × (1 + markup); never below zero."""
    return max(0, round_half_up(rate_annual * (1 + markup) * MICRO))


def penalty_added(open_fen: Fen, days: int, rate_micro: int) -> int:
    """What an overdue amount adds in so many days: fen × days × millionths; sums of it lose nothing to rounding."""
    if days < 0 or open_fen < 0:
        raise ValueError("days and amount are not below zero")
    return open_fen * days * rate_micro


def penalty_fen(micro: int) -> Fen:
    """Default interest in fen of a kept sum, rounded half up once."""
    return round_half_up(Fraction(micro, DAYS_OF_YEAR * MICRO))
