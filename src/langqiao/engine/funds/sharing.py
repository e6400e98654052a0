"""What each partner gets of a distribution: layers and the public partner's concession over dated flows, split to the fen by paid-in capital."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from langqiao.engine.kernel.allocation import largest_remainder
from langqiao.engine.kernel.dates import year_fraction
from langqiao.engine.kernel.money import Fen, round_half_up


@dataclass(slots=True)
class Balance:
    """Capital outstanding and the simple return on it, exact, as of the last day seen; what is given back stops to earn."""

    rate: Fraction
    on: dt.date | None = None
    capital: Fraction = Fraction(0)
    due: Fraction = Fraction(0)

    def accrue(self, day: dt.date) -> None:
        """Lets the return grow to a day: capital × rate × days / 365."""
        if self.on is not None and day > self.on:
            self.due += self.capital * self.rate * year_fraction(self.on, day, "act_365")
        self.on = day

    def take(self, amount: Fraction) -> tuple[Fraction, Fraction, Fraction]:
        """Of an amount on the current day: capital given back, return paid, and what is left."""
        capital = min(amount, self.capital)
        due = min(amount - capital, self.due)
        self.capital -= capital
        self.due -= due
        return capital, due, amount - capital - due


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerFlow:
    """A day's money of a layered fund: what senior and junior partners paid in, or what was distributed."""

    date: dt.date
    senior: Fen = 0
    junior: Fen = 0
    distribution: Fen = 0


@dataclass(slots=True)
class Layers:
    """What a layered fund has given so far, exact in fen, in the order in which it is given."""

    senior_capital: Fraction = Fraction(0)
    senior_return: Fraction = Fraction(0)
    junior_capital: Fraction = Fraction(0)
    gp: Fraction = Fraction(0)
    junior_rest: Fraction = Fraction(0)

    @property
    def total(self) -> Fraction:
        """All of it."""
        return self.senior_capital + self.senior_return + self.junior_capital + self.gp + self.junior_rest


def layers_over(flows: Iterable[LayerFlow], *, senior_rate: Fraction, carry: Fraction) -> Layers:
    """Senior capital, the senior return (simple, capped at its rate), junior capital, the rest with the manager's share: `fund.layers` over dates.

    Flows come in date order; on one day what is paid in comes first. The junior layer bears the first loss by coming last.
    """
    senior, junior, given = Balance(rate=senior_rate), Balance(rate=Fraction(0)), Layers()
    for flow in flows:
        senior.accrue(flow.date)
        senior.capital += flow.senior
        junior.capital += flow.junior
        if flow.distribution:
            capital, due, left = senior.take(Fraction(flow.distribution))
            back, _, rest = junior.take(left)
            given.senior_capital += capital
            given.senior_return += due
            given.junior_capital += back
            given.gp += rest * carry
            given.junior_rest += rest - rest * carry
    return given


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A partner with the paid-in capital that its part is measured by, and its layer."""

    partner: str
    paid: Fen
    senior: bool = False


SENIOR_KINDS = frozenset({"senior_capital", "senior_return"})
JUNIOR_KINDS = frozenset({"junior_capital", "junior_rest"})


def allot(kinds: Mapping[str, Fen], claims: Sequence[Claim]) -> dict[str, dict[str, Fen]]:
    """Each kind of a distribution split among the partners it belongs to, by paid-in capital, largest remainder: partner → kind → fen.

    Kinds of a layer go to that layer's partners only; where nobody of a layer has paid in, the others take its part.
    """
    parts: dict[str, dict[str, Fen]] = {claim.partner: {} for claim in claims}
    for kind, amount in kinds.items():
        mine = [claim for claim in claims if claim.paid and _belongs(kind, claim)] or [claim for claim in claims if claim.paid]
        for claim, part in zip(mine, largest_remainder(amount, [claim.paid for claim in mine]), strict=True):
            if part:
                parts[claim.partner][kind] = part
    return parts


def _belongs(kind: str, claim: Claim) -> bool:
    if kind in SENIOR_KINDS:
        return claim.senior
    return not claim.senior if kind in JUNIOR_KINDS else True


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicFlow:
    """A day's money of the public partner: paid in, or what it was entitled to before any concession."""

    date: dt.date
    paid_in: Fen = 0
    entitled: Fen = 0


@dataclass(slots=True)
class Given:
    """What the public partner has earned above its capital and hurdle, exact."""

    excess: Fraction = Fraction(0)
    balance: Balance = field(default_factory=lambda: Balance(rate=Fraction(0)))


def excess_over(flows: Iterable[PublicFlow], *, hurdle_rate: Fraction) -> Given:
    """What the public partner gets beyond capital and hurdle (simple, act/365): `fund.concession` over dates."""
    given = Given(balance=Balance(rate=hurdle_rate))
    for flow in flows:
        given.balance.accrue(flow.date)
        given.balance.capital += flow.paid_in
        if flow.entitled:
            given.excess += given.balance.take(Fraction(flow.entitled))[2]
    return given


def conceded(flows: Sequence[PublicFlow], last: PublicFlow, *, hurdle_rate: Fraction, share: Fraction) -> Fen:
    """What the public partner gives to the others of its last entitlement: so much that all it gave is `share` of its excess, to the fen.

    It keeps at least its capital and its hurdle (P18), and the total is unchanged.
    """
    before = excess_over(flows, hurdle_rate=hurdle_rate).excess
    after = excess_over((*flows, last), hurdle_rate=hurdle_rate).excess
    return min(last.entitled, round_half_up(after * share) - round_half_up(before * share))
