"""How broad the claims are: the shortest independent claim and the number of independent ones (Marco, Sarnoff, deGrazia 2019)."""

from collections.abc import Sequence
from dataclasses import dataclass

from langqiao.engine.indicators.reading import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimLength:
    """Length of one claim in words (None: not counted) and whether it stands alone."""

    words: int | None
    is_independent: bool


def scope_words(claims: Sequence[ClaimLength]) -> Reading:
    """Words of the shortest independent claim: fewer words, broader scope; percentiles are therefore taken of −words."""
    lengths = [claim.words for claim in claims if claim.is_independent and claim.words]
    if not lengths:
        return Reading(value=None, n=0, reason="no_claims")
    return Reading(value=min(lengths), n=len(lengths))


def independent_claims(claims: Sequence[ClaimLength]) -> Reading:
    """How many claims stand alone."""
    if not claims:
        return Reading(value=None, n=0, reason="no_claims")
    return Reading(value=sum(1 for claim in claims if claim.is_independent), n=len(claims))
