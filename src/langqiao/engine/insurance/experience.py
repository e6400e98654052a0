"""An insurer's experience: loss ratio of a period with its numbers, and the triangle of incurred claims by year and age."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from langqiao.engine.kernel.money import Fen


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """A change of what a claim has cost so far: reserve up or down, payment, recovery (below zero)."""

    claim: str
    incident: dt.date
    on: dt.date
    paid_fen: Fen = 0
    reserve_fen: Fen = 0
    recovered_fen: Fen = 0

    @property
    def incurred_fen(self) -> Fen:
        """What it adds to the incurred cost."""
        return self.paid_fen + self.reserve_fen - self.recovered_fen


@dataclass(frozen=True, slots=True, kw_only=True)
class LossRatio:
    """(paid + reserved − recovered) ÷ earned, for incidents of the period; None where nothing was earned."""

    earned_fen: Fen
    paid_fen: Fen
    reserved_fen: Fen
    recovered_fen: Fen
    claims: int
    policies: int

    @property
    def ratio(self) -> Fraction | None:
        """The ratio, exact."""
        cost = self.paid_fen + self.reserved_fen - self.recovered_fen
        return Fraction(cost, self.earned_fen) if self.earned_fen else None


def loss_ratio(movements: Sequence[Movement], *, earned_fen: Fen, policies: int, since: dt.date, until: dt.date) -> LossRatio:
    """The ratio of a period (until exclusive): what its incidents cost as known now, over what was earned in it."""
    own = [one for one in movements if since <= one.incident < until]
    return LossRatio(
        earned_fen=earned_fen, paid_fen=sum(one.paid_fen for one in own), reserved_fen=sum(one.reserve_fen for one in own),
        recovered_fen=sum(one.recovered_fen for one in own), claims=len({one.claim for one in own}), policies=policies,
    )  # fmt: skip


def triangle(movements: Sequence[Movement], *, until: dt.date) -> list[tuple[int, list[Fen]]]:
    """Incurred cost by year of the incident and, in each row, at the end of its year and of every year after, as known until a day."""
    known = [one for one in movements if one.on <= until]
    years = sorted({one.incident.year for one in known})
    return [(year, _row(known, year, until)) for year in range(years[0], until.year + 1)] if years else []


def _row(known: Sequence[Movement], year: int, until: dt.date) -> list[Fen]:
    own = [one for one in known if one.incident.year == year]
    return [sum(one.incurred_fen for one in own if one.on.year <= age) for age in range(year, until.year + 1)]
