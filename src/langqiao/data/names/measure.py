"""How good a grouping of names is: pairwise precision and recall, and B³, over mentions."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """Pairwise figures (a pair of mentions of one owner is found or not) and B³ (the same by mention), each 0 to 1."""

    pair_precision: float
    pair_recall: float
    pair_f1: float
    b3_precision: float
    b3_recall: float
    b3_f1: float


def quality(truth: Iterable[tuple[str, str, int]], label: Mapping[str, str]) -> Quality:
    """The figures of a grouping `label` (name → group) against `truth` rows (owner, name, mentions).

    Raises ValueError where there is no pair to find (Bagga and Baldwin 1998 for B³).
    """
    owners: Counter[str] = Counter()
    groups: Counter[str] = Counter()
    cells: Counter[tuple[str, str]] = Counter()
    for owner, name, mentions in truth:
        owners[owner] += mentions
        groups[label[name]] += mentions
        cells[owner, label[name]] += mentions
    both, found, wanted = (sum(n * (n - 1) // 2 for n in counts.values()) for counts in (cells, groups, owners))
    total = owners.total()
    if not wanted or not found:
        raise ValueError("no owner, or no group, has two mentions")
    b3_precision = sum(n * n / groups[group] for (_, group), n in cells.items()) / total
    b3_recall = sum(n * n / owners[owner] for (owner, _), n in cells.items()) / total
    precision, recall = both / found, both / wanted
    return Quality(
        pair_precision=precision,
        pair_recall=recall,
        pair_f1=_f1(precision, recall),
        b3_precision=b3_precision,
        b3_recall=b3_recall,
        b3_f1=_f1(b3_precision, b3_recall),
    )


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0
