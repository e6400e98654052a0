"""Stress of a portfolio of pledge loans: worse defaults, a floor under losses, one haircut for all, and defaults that come together in a cluster."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import NormalDist

from langqiao.engine.kernel.money import Fen, round_half_up

NORMAL = NormalDist()


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """One loan: exposure, living collateral, its stage's probability of default and loss given default, and its technology cluster."""

    name: str
    cluster: str
    exposure_fen: Fen
    collateral_fen: Fen
    probability: Fraction
    lgd: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """`multiple` of every probability, `lgd_floor`, `haircut` on all collateral at once, `correlation` inside a cluster, `confidence` of UL."""

    multiple: Fraction = Fraction(1)
    lgd_floor: Fraction = Fraction(0)
    haircut: Fraction = Fraction(0)
    correlation: Fraction = Fraction(0)
    confidence: Fraction = Fraction(999, 1000)

    def __post_init__(self) -> None:
        if self.multiple < 0 or not 0 <= self.lgd_floor <= 1 or not 0 <= self.haircut <= 1:
            raise ValueError("multiple, floor and haircut are out of range")
        if not 0 <= self.correlation < 1 or not Fraction(1, 2) <= self.confidence < 1:
            raise ValueError("correlation lies in [0, 1), confidence in [0.5, 1)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stressed:
    """One loan under stress: `ltv` None where nothing is left of the collateral, expected and unexpected loss."""

    name: str
    cluster: str
    exposure_fen: Fen
    collateral_fen: Fen
    ltv: Fraction | None
    probability: Fraction
    lgd: Fraction
    expected_fen: Fen
    unexpected_fen: Fen


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """The loans of one technology together."""

    name: str
    count: int
    exposure_fen: Fen
    expected_fen: Fen
    unexpected_fen: Fen


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """`unexpected_fen`: every cluster fails together; `independent_fen`: clusters fail each for itself (root of the sum of squares)."""

    rows: tuple[Stressed, ...]
    clusters: tuple[Cluster, ...]
    exposure_fen: Fen
    expected_fen: Fen
    unexpected_fen: Fen
    independent_fen: Fen


def conditional_default(probability: float, correlation: float, confidence: float) -> float:
    """N((G(PD) + √ρ·G(α)) / √(1 − ρ)): the probability of default in the bad year of the one-factor model (Vasicek 2002)."""
    if probability <= 0:
        return 0.0
    if probability >= 1:
        return 1.0
    drawn = NORMAL.inv_cdf(probability) + math.sqrt(correlation) * NORMAL.inv_cdf(confidence)
    return NORMAL.cdf(drawn / math.sqrt(1 - correlation))


def stressed(position: Position, scenario: Scenario) -> Stressed:
    """PD × multiple (at most 1), collateral × (1 − haircut), LGD the highest of the bank's, the floor and the uncovered share of the exposure."""
    probability = min(Fraction(1), position.probability * scenario.multiple)
    left = round_half_up(position.collateral_fen * (1 - scenario.haircut))
    uncovered = max(Fraction(0), 1 - Fraction(left, position.exposure_fen)) if position.exposure_fen else Fraction(0)
    lgd = max(position.lgd, scenario.lgd_floor, uncovered)
    bad = conditional_default(float(probability), float(scenario.correlation), float(scenario.confidence))
    unexpected = max(0.0, bad - float(probability)) * float(lgd) * position.exposure_fen
    return Stressed(
        name=position.name,
        cluster=position.cluster,
        exposure_fen=position.exposure_fen,
        collateral_fen=left,
        ltv=Fraction(position.exposure_fen, left) if left else None,
        probability=probability,
        lgd=lgd,
        expected_fen=round_half_up(probability * lgd * position.exposure_fen),
        unexpected_fen=round_half_up(Fraction(unexpected)),
    )


def stress(positions: Iterable[Position], scenario: Scenario) -> Report:
    """Every loan, every cluster and the whole under one scenario; sums are sums of the rows."""
    rows = tuple(stressed(one, scenario) for one in positions)
    clusters = tuple(_cluster(name, [row for row in rows if row.cluster == name]) for name in sorted({row.cluster for row in rows}))
    return Report(
        rows=rows,
        clusters=tuple(sorted(clusters, key=lambda one: (-one.exposure_fen, one.name))),
        exposure_fen=sum(row.exposure_fen for row in rows),
        expected_fen=sum(row.expected_fen for row in rows),
        unexpected_fen=sum(row.unexpected_fen for row in rows),
        independent_fen=round_half_up(Fraction(math.sqrt(sum(float(one.unexpected_fen) ** 2 for one in clusters)))),
    )


def _cluster(name: str, rows: Sequence[Stressed]) -> Cluster:
    return Cluster(
        name=name,
        count=len(rows),
        exposure_fen=sum(row.exposure_fen for row in rows),
        expected_fen=sum(row.expected_fen for row in rows),
        unexpected_fen=sum(row.unexpected_fen for row in rows),
    )
