"""How well a patent fits a wish, criterion by criterion, and the order of many: unknown lowers the coverage and never counts as zero."""

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from langqiao.engine.matching.wish import GRADES, Candidate, Wish

MOST = 10_000
"""Results that one ranking gives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One criterion of a match: `fit` from 0 to 1, None where the record does not say; `sought` and `found` as codes or words."""

    criterion: str
    fit: float | None
    weight: float
    sought: tuple[str, ...]
    found: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """`score`: Σ weight × fit over the known criteria ÷ their weights (None: none is known). `coverage`: known weight ÷ asked weight.

    `excluded`: required criteria that are known not to fit.
    """

    key: str
    score: float | None
    coverage: float
    reasons: tuple[Reason, ...]
    excluded: tuple[str, ...] = ()


def match(wish: Wish, candidate: Candidate, weights: Mapping[str, float]) -> Match:
    """The match of one patent. Weights are above zero and matter by their proportions only."""
    reasons, known, total, asked = [], 0.0, 0.0, 0.0
    for name in wish.asked:
        fit, sought, found = _FITS[name](wish, candidate)
        weight = float(weights[name])
        if weight <= 0:
            raise ValueError(f"the weight of {name} is not above zero")
        asked += weight
        if fit is not None:
            known += weight
            total += weight * fit
        reasons.append(Reason(criterion=name, fit=fit, weight=weight, sought=sought, found=found))
    excluded = tuple(one.criterion for one in reasons if one.criterion in wish.required and one.fit is not None and one.fit <= 0)
    return Match(
        key=candidate.key,
        score=total / known if known else None,
        coverage=known / asked if asked else 0.0,
        reasons=tuple(reasons),
        excluded=excluded,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """`best`: enough is known and nothing excludes, best first; `thin`: too little is known, most known first; `excluded_count`: left out."""

    best: tuple[Match, ...]
    thin: tuple[Match, ...]
    excluded_count: int
    looked_at: int


def rank(wish: Wish, candidates: Iterable[Candidate], weights: Mapping[str, float], *, coverage_least: float, count: int = 100) -> Ranking:
    """Ranks by score, then coverage, then key: the order of the candidates changes nothing. `count`: how many of each list are kept."""
    if not 0 < count <= MOST:
        raise ValueError(f"{count} results; 1 to {MOST}")
    best: list[Match] = []
    thin: list[Match] = []
    excluded = looked_at = 0
    for candidate in candidates:
        looked_at += 1
        found = match(wish, candidate, weights)
        if found.excluded:
            excluded += 1
        elif found.score is None or found.coverage < coverage_least:
            thin.append(found)
        else:
            best.append(found)
    return Ranking(
        best=tuple(heapq.nsmallest(count, best, key=lambda one: (-(one.score or 0), -one.coverage, one.key))),
        thin=tuple(heapq.nsmallest(count, thin, key=lambda one: (-one.coverage, -(one.score or 0), one.key))),
        excluded_count=excluded,
        looked_at=looked_at,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderMatch:
    """A holder with its matching patents, best first; `score` is that of the best one."""

    holder: str
    score: float
    keys: tuple[str, ...]


def holders(ranking: Ranking, owners: Mapping[str, Sequence[str]], *, count: int = 50) -> tuple[HolderMatch, ...]:
    """The holders of the best matches, by their best patent, then by how many they have, then by name."""
    found: dict[str, list[Match]] = {}
    for one in ranking.best:
        for owner in owners.get(one.key, ()):
            found.setdefault(owner, []).append(one)
    rows = [HolderMatch(holder=owner, score=ours[0].score or 0.0, keys=tuple(one.key for one in ours)) for owner, ours in found.items()]
    return tuple(sorted(rows, key=lambda row: (-row.score, -len(row.keys), row.holder))[:count])


Fit = tuple[float | None, tuple[str, ...], tuple[str, ...]]


def _text(wish: Wish, candidate: Candidate) -> Fit:
    """The share of the words sought that occur in the text."""
    if not candidate.text:
        return None, wish.words, ()
    plain = candidate.text.casefold()
    found = tuple(word for word in wish.words if word.casefold() in plain)
    return len(found) / len(wish.words), wish.words, found


def _field(wish: Wish, candidate: Candidate) -> Fit:
    sought, found = _numbers(wish.fields), _numbers(candidate.fields)
    return (float(bool(wish.fields & candidate.fields)) if candidate.fields else None), sought, found


def _numbers(values: Iterable[int]) -> tuple[str, ...]:
    return tuple(str(number) for number in sorted(values))


def _industry(wish: Wish, candidate: Candidate) -> Fit:
    """By the concordance of symbols: a patent with symbols and no row of it belongs to no emerging industry."""
    known = bool(candidate.ipc)
    fit = float(bool(wish.industries & candidate.industries)) if known else None
    return fit, tuple(sorted(wish.industries)), tuple(sorted(candidate.industries))


def _ipc(wish: Wish, candidate: Candidate) -> Fit:
    if not candidate.ipc:
        return None, wish.ipc, ()
    wanted = tuple(_packed(prefix) for prefix in wish.ipc)
    found = tuple(symbol for symbol in candidate.ipc if _packed(symbol).startswith(wanted))
    return float(bool(found)), wish.ipc, found or candidate.ipc[:3]


def _packed(symbol: str) -> str:
    return symbol.replace(" ", "").upper()


def _status(wish: Wish, candidate: Candidate) -> Fit:
    fit = float(candidate.status in wish.statuses) if candidate.status else None
    return fit, tuple(sorted(wish.statuses)), (candidate.status,) if candidate.status else ()


def _grade(wish: Wish, candidate: Candidate) -> Fit:
    if candidate.grade not in GRADES:
        return None, (wish.grade_least,), ()
    return float(GRADES.index(candidate.grade) <= GRADES.index(wish.grade_least)), (wish.grade_least,), (candidate.grade,)


def _high_value(_wish: Wish, candidate: Candidate) -> Fit:
    fit = {"met": 1.0, "not_met": 0.0}.get(candidate.high_value)
    return fit, ("met",), (candidate.high_value,) if candidate.high_value else ()


def _region(wish: Wish, candidate: Candidate) -> Fit:
    fit = float(candidate.region.startswith(wish.regions)) if candidate.region else None
    return fit, wish.regions, (candidate.region,) if candidate.region else ()


def _price(wish: Wish, candidate: Candidate) -> Fit:
    """1 inside the ticket; outside it falls with the distance: the ticket's nearer end ÷ the price, or the price ÷ that end."""
    low, high, price = wish.price_low_fen, wish.price_high_fen, candidate.price_fen
    sought = tuple(str(end) if end is not None else "" for end in (low, high))
    if price is None:
        return None, sought, ()
    fit = 1.0
    if high is not None and price > high:
        fit = high / price
    elif low is not None and price < low:
        fit = price / low
    return fit, sought, (str(price),)


_FITS = {
    "text": _text, "field": _field, "industry": _industry, "ipc": _ipc, "status": _status, "grade": _grade, "high_value": _high_value,
    "region": _region, "price": _price,
}  # fmt: skip
