"""What is publicly known of royalty rates, patent sales and licensing revenue: dated figures with their source, priors and never facts of a case."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from langqiao.data.reference.tables import document


@dataclass(frozen=True, slots=True, kw_only=True)
class RoyaltyPrior:
    """A range or distribution of royalty rates, in percent of net sales as text of the source.

    `points` are (rate in percent, cumulative share) of a distribution; `low_percent` to `high_percent` a range without a distribution.
    `basis` says whether it is a survey, a court record, a data base …; `confirmed`: a source that carries the figures was seen.
    """

    key: str
    title: Mapping[str, str]
    low_percent: float | None
    high_percent: float | None
    points: tuple[tuple[float, float], ...]
    n: int | None
    basis: str
    year: int | None
    source: str
    confirmed: bool
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """One public figure of the market for patents. `unit` is part of the figure; `value` a number, or numbers by name or year."""

    key: str
    title: Mapping[str, str]
    value: Any
    unit: str
    year: str
    source: str
    confirmed: bool
    note: str


@cache
def royalty_priors() -> tuple[RoyaltyPrior, ...]:
    """Every prior, general ones first."""
    return tuple(
        RoyaltyPrior(
            key=key,
            title=body["title"],
            low_percent=body.get("low_percent"),
            high_percent=body.get("high_percent"),
            points=tuple((float(rate), float(share)) for rate, share in body.get("points", [])),
            n=body.get("n"),
            basis=body["basis"],
            year=body.get("year"),
            source=body["source"],
            confirmed=bool(body["confirmed"]),
            note=body.get("note", ""),
        )
        for key, body in document("royalty_priors").items()
    )


@cache
def benchmarks() -> tuple[Benchmark, ...]:
    """Every public figure."""
    return tuple(
        Benchmark(
            key=key,
            title=body["title"],
            value=body["value"],
            unit=body["unit"],
            year=str(body["year"]),
            source=body["source"],
            confirmed=bool(body["confirmed"]),
            note=body.get("note", ""),
        )
        for key, body in document("market_benchmarks").items()
    )


def royalty_prior(key: str) -> RoyaltyPrior:
    """The prior of that key. Raises LookupError if there is none."""
    found = next((prior for prior in royalty_priors() if prior.key == key), None)
    if found is None:
        raise LookupError(f"there is no royalty prior {key!r}")
    return found


def benchmark(key: str) -> Benchmark:
    """The figure of that key. Raises LookupError if there is none."""
    found = next((entry for entry in benchmarks() if entry.key == key), None)
    if found is None:
        raise LookupError(f"there is no market benchmark {key!r}")
    return found
