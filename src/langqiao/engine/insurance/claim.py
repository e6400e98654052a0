"""What a claim is paid: items within the cover, deductible, coinsurance, limit and what is left of the aggregate; and whether time forbids it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from langqiao.engine.insurance.cover import KINDS
from langqiao.engine.kernel.money import Fen, round_half_up


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """The terms of a policy that a claim meets. `since`: from when the patent is insured without a gap; `until` exclusive."""

    kind: str
    since: dt.date
    until: dt.date
    waiting_days: int
    retroactive_days: int
    deductible_fen: Fen
    coinsurance: Fraction
    limit_fen: Fen


@dataclass(frozen=True, slots=True, kw_only=True)
class Payable:
    """The way from the assessed loss to the payment, step by step."""

    covered_fen: Fen
    deductible_fen: Fen
    above_limit_fen: Fen
    coinsurance_fen: Fen
    above_aggregate_fen: Fen
    payment_fen: Fen


def payable(cover: Cover, items: Mapping[str, Fen], *, used_fen: Fen) -> Payable:
    """The payment for assessed items: min(max(X − d, 0), L − d) × (1 − coinsurance), at most what earlier payments left of the limit."""
    covered = sum(amount for name, amount in items.items() if name in KINDS[cover.kind].items)
    deductible = min(covered, cover.deductible_fen)
    after = covered - deductible
    in_limit = min(after, cover.limit_fen - cover.deductible_fen)
    shared = round_half_up(in_limit * cover.coinsurance)
    paid = min(in_limit - shared, max(0, cover.limit_fen - used_fen))
    return Payable(
        covered_fen=covered, deductible_fen=deductible, above_limit_fen=after - in_limit, coinsurance_fen=shared,
        above_aggregate_fen=in_limit - shared - paid, payment_fen=paid,
    )  # fmt: skip


def time_refusal(cover: Cover, incident: dt.date) -> str:
    """The refusal code of an incident's day, or "": before the cover and its retroactive days, in the waiting period, after the cover."""
    if incident >= cover.until:
        return "claim_after_cover"
    if incident < cover.since - dt.timedelta(days=cover.retroactive_days):
        return "claim_before_cover"
    if cover.since <= incident < cover.since + dt.timedelta(days=cover.waiting_days):
        return "claim_in_waiting_period"
    return ""
