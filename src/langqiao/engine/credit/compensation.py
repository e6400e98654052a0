"""Rules of a compensation pool: who bears which part, what a claim may bring under the cap, leverage, and when losses stop new loans."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from langqiao.engine.credit.pool import PoolSplitInput, split
from langqiao.engine.kernel.allocation import largest_remainder
from langqiao.engine.kernel.money import Fen, round_half_up
from langqiao.engine.kernel.refusal import Refusal

BANK = "bank"


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolTerms:
    """`shares` of a loss in percent by who bears it, the bank among them; `leverage`: exposure at most so many times the capital.

    `stop_loss`: paid out at most this share of the covered principal, then no new loans. `claim_days`: after the default.
    """

    shares: Mapping[str, Fraction]
    loan_cap_fen: Fen
    leverage: Fraction
    stop_loss: Fraction
    claim_days: int

    def __post_init__(self) -> None:
        if sum(self.shares.values(), Fraction(0)) != 100:
            raise Refusal("loss_shares_do_not_sum", "the shares do not sum to 100", facts={"sum": float(sum(self.shares.values()))})
        if BANK not in self.shares or min(self.shares.values()) <= 0:
            raise Refusal("loss_shares_do_not_sum", "every part is above zero and the bank bears one", facts={"sum": 100.0})
        if self.leverage <= 0 or not 0 < self.stop_loss <= 1 or self.claim_days < 0 or self.loan_cap_fen <= 0:
            raise ValueError("leverage, cap and stop-loss are above zero")

    @property
    def covered(self) -> Fraction:
        """The share of a loss that the pool's members bear, without the bank."""
        return (100 - self.shares[BANK]) / 100


def claim_parts(loss_fen: Fen, terms: PoolTerms, *, paid_fen: Fen = 0) -> dict[str, Fen]:
    """Each one's part of a loss (I59); what the pool's members together bear above the cap of a loan stays with the bank (I60).

    `paid_fen`: what the members paid before on the same claim, counted against the cap.
    """
    room = max(0, terms.loan_cap_fen - paid_fen)
    parts = dict(split(PoolSplitInput(loss=loss_fen, shares=dict(terms.shares))).parts)
    members = [name for name in parts if name != BANK]
    paid = sum(parts[name] for name in members)
    if paid > room:
        cut = largest_remainder(room, [Fraction(parts[name]) for name in members])
        parts |= dict(zip(members, cut, strict=True))
        parts[BANK] = loss_fen - sum(cut)
    return parts


def exposure(covered_principal_fen: Fen, terms: PoolTerms) -> Fen:
    """What the members would pay if every covered loan were lost."""
    return round_half_up(covered_principal_fen * terms.covered)


def leverage_allows(exposure_fen: Fen, capital_fen: Fen, terms: PoolTerms) -> bool:
    """Exposure ≤ leverage × capital (I63)."""
    return exposure_fen <= terms.leverage * capital_fen


def stopped(paid_fen: Fen, covered_fen: Fen, terms: PoolTerms) -> bool:
    """Whether what was paid out has reached the stop-loss share of all principal ever covered; then the pool admits no new loan."""
    return paid_fen > 0 and paid_fen >= terms.stop_loss * covered_fen


def suspended(non_performing_fen: Fen, outstanding_fen: Fen, limit: Fraction) -> bool:
    """Whether a bank's share of non-performing balance exceeds the pool's limit; then the pool admits no new loan of it."""
    return bool(outstanding_fen) and Fraction(non_performing_fen, outstanding_fen) > limit
