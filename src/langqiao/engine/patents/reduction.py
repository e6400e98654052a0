"""Which reduction of an annual fee applies on its due date, and what is owed back when it was got by a false statement."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from langqiao.engine.kernel.money import Fen
from langqiao.engine.kernel.parameters import Parameters
from langqiao.engine.patents.annuity import Reduction, reduced_fee, reduction_share


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """A time in which an open license is practiced: from `start` to `end`, exclusive (None: still)."""

    start: dt.date
    end: dt.date | None = None

    def covers(self, day: dt.date) -> bool:
        """Whether the open license is practiced on a day."""
        return self.start <= day and (self.end is None or day < self.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReducedFee:
    """One fee with the reduction used: its full and reduced amount in fen and the part taken off."""

    year: int
    full_fen: Fen
    amount_fen: Fen
    share: Fraction


def fee_on(
    full_fen: Fen,
    *,
    year: int,
    due: dt.date,
    grant_year: int,
    reduction: Reduction,
    practiced: Sequence[Practice],
    parameters: Parameters,
) -> ReducedFee:
    """The fee of a year with the largest reduction that applies (I14, I15).

    85 or 70 % only for ten fees from the grant year; 15 % only if an open license is practiced on the due date (that this day counts is
    Langqiao's reading of Patent Law 51).
    """
    shares = [reduction_share(reduction, grant_year, year, parameters)]
    if any(time.covers(due) for time in practiced):
        shares.append(Fraction(parameters.value("patents.fee_reduction.open_license_15", due)))
    return ReducedFee(year=year, full_fen=full_fen, amount_fen=reduced_fee(full_fen, shares), share=max(shares))


def owed_back(paid: Sequence[ReducedFee]) -> Fen:
    """What a false statement puts back as a debt: every reduction taken under it, in fen (Implementing Rules 88; I17)."""
    return sum(fee.full_fen - fee.amount_fen for fee in paid)
