"""The grade of a patent: every leaf with its evidence, the score over the known leaves, and how much of the weight is known."""

import dataclasses
import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from langqiao.engine.grading.answer import ExpertAnswer, points
from langqiao.engine.grading.canonical import digest
from langqiao.engine.grading.facts import Facts
from langqiao.engine.grading.rules import score as score_by
from langqiao.engine.grading.scheme import Leaf, Level, Scene, Scheme, Title
from langqiao.engine.kernel.evidence import Evidence
from langqiao.engine.kernel.refusal import Refusal

Origin = Literal["computed", "expert", "missing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafGrade:
    """One leaf in the scene. `score` 0…100 (a ratio in a product scheme), None where it is missing: then `reason` says why, `needs` what helps.

    `factor`: the coefficient of its level by which it entered; `computed` the figure by rule where an expert's answer stands instead.
    """

    code: str
    level1: str
    level2: str
    title: Title
    weight: float
    score: float | None
    origin: Origin
    means: Title
    needs: Title
    reason: str = ""
    factor: float = 1.0
    computed: float | None = None
    evidence: Evidence | None = None
    answer: ExpertAnswer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelGrade:
    """A heading: the score over its known leaves, its weight, and the part of that weight that is known."""

    code: str
    parent: str
    title: Title
    weight: float
    score: float | None
    coverage: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """A patent under one version of a scheme in one scene, as of a day.

    `score`: mean of the known leaves by weight (or the product); None if nothing is known, or not all of what the scheme requires.
    `coverage`: the known part of the weight, 0…1. `floor` and `ceiling`: the score if every missing leaf turned out 0, or 100.
    `stopped`: why a gate stopped the score at 0. `letter` is empty where `letter_reason` says why. `sha256` of the canonical form.
    """

    key: str
    office: str
    as_of: dt.date
    scheme: str
    scheme_version: str
    scheme_title: Title
    scene: str
    scene_title: Title
    weights_edited: bool
    reading: Title
    unit: Literal["points", "ratio"]
    score: float | None
    coverage: float
    floor: float | None
    ceiling: float | None
    letter: str
    letter_reason: str
    stopped: Title | None
    levels: tuple[LevelGrade, ...]
    leaves: tuple[LeafGrade, ...]
    sha256: str = ""


def grade(facts: Facts, scheme: Scheme, scene: str = "", *, answers: Sequence[ExpertAnswer] = ()) -> Grade:
    """The grade of a patent in a scene of a scheme (its first one by default); the same facts give the same grade, bit for bit.

    Raises Refusal: scene_unknown, leaf_unknown, leaf_not_for_experts, leaf_out_of_range, evidence_after_valuation_date.
    """
    chosen = scheme.scene(scene)
    by_leaf = {answer.leaf: answer for answer in answers}
    for code in by_leaf:
        scheme.leaf(code)
    asked = tuple(_leaf(facts, scheme, leaf, scene=chosen, answer=by_leaf.get(leaf.code)) for leaf in _asked(scheme, chosen))
    leaves = _with_coefficients(scheme, asked)
    known = sum((chosen.weights.get(leaf.code, Fraction(0)) for leaf in leaves if leaf.score is not None), Fraction(0))
    stopped = _stopped(facts, scheme)
    total, floor, ceiling = _total(scheme, leaves, float(known))
    if stopped is not None:
        total = floor = ceiling = 0.0
    letter, why = _letter(scheme, total, float(known)) if stopped is None else ("", "stopped")
    found = Grade(
        key=facts.key,
        office=facts.office,
        as_of=facts.as_of,
        scheme=scheme.code,
        scheme_version=scheme.version,
        scheme_title=scheme.title,
        scene=chosen.code,
        scene_title=chosen.title,
        weights_edited=chosen.edited,
        reading=scheme.reading,
        unit="ratio" if scheme.aggregation == "product" else "points",
        score=total,
        coverage=float(known),
        floor=floor,
        ceiling=ceiling,
        letter=letter,
        letter_reason=why,
        stopped=stopped,
        levels=tuple(_level(level, scheme, leaves) for level in scheme.levels),
        leaves=leaves,
    )
    return dataclasses.replace(found, sha256=digest(found))


def is_genuine(found: Grade) -> bool:
    """Whether a grade still has the content its hash was made of."""
    return digest(dataclasses.replace(found, sha256="")) == found.sha256


def _asked(scheme: Scheme, scene: Scene) -> Iterable[Leaf]:
    """The leaves with weight in the scene, and the coefficients of their levels."""
    used = {leaf.level1 for leaf in scheme.leaves if scene.weights.get(leaf.code)}
    coefficients = {level.coefficient for level in scheme.levels if level.code in used}
    return (leaf for leaf in scheme.leaves if scene.weights.get(leaf.code) or leaf.code in coefficients)


def _leaf(facts: Facts, scheme: Scheme, leaf: Leaf, *, scene: Scene, answer: ExpertAnswer | None) -> LeafGrade:
    fact = facts.get(leaf.rule.fact) if leaf.rule else None
    scored = score_by(leaf.rule, fact) if leaf.rule and fact else None
    computed = scored.score if scored else None
    _in_range(computed, leaf.code, scheme)
    answered = points(answer, leaf, facts.as_of) if answer else None
    figure = computed if answered is None else answered
    origin: Origin = "expert" if answered is not None else "missing" if figure is None else "computed"
    reason = "" if figure is not None else scored.reason if scored else "needs_expert"
    return LeafGrade(
        code=leaf.code,
        level1=leaf.level1,
        level2=leaf.level2,
        title=leaf.title,
        weight=float(scene.weights.get(leaf.code, 0)),
        score=figure,
        origin=origin,
        means=leaf.means,
        needs=leaf.needs,
        reason=reason,
        computed=computed if answered is not None else None,
        evidence=fact.evidence if fact else None,
        answer=answer,
    )


def _in_range(figure: float | None, code: str, scheme: Scheme) -> None:
    if figure is None or (scheme.aggregation == "product" and figure >= 0) or 0 <= figure <= 100:
        return
    raise Refusal("leaf_out_of_range", f"{code} came out at {figure:.6g}, outside 0 to 100", facts={"leaf": code, "value": figure})


def _with_coefficients(scheme: Scheme, leaves: tuple[LeafGrade, ...]) -> tuple[LeafGrade, ...]:
    """The leaves, each with its level's coefficient as factor; where the coefficient is unknown its leaves are too."""
    by_code = {leaf.code: leaf for leaf in leaves}
    changed = []
    for leaf in leaves:
        coefficient = next((level.coefficient for level in scheme.levels if level.code == leaf.level1), "")
        if not coefficient or coefficient == leaf.code or leaf.score is None:
            changed.append(leaf)
            continue
        factor = by_code[coefficient].score
        if factor is None:
            changed.append(dataclasses.replace(leaf, score=None, origin="missing", reason="coefficient_missing"))
        else:
            changed.append(dataclasses.replace(leaf, factor=factor / 100))
    return tuple(changed)


def _stopped(facts: Facts, scheme: Scheme) -> Title | None:
    return next((gate.because for gate in scheme.gates if facts.get(gate.fact).value in gate.closed_when), None)


def _total(scheme: Scheme, leaves: Sequence[LeafGrade], known: float) -> tuple[float | None, float | None, float | None]:
    """Score, and what it would be if the missing leaves turned out worst or best."""
    figures = [leaf.score * leaf.factor for leaf in leaves if leaf.score is not None and leaf.weight]
    missing = any(leaf.score is None for leaf in leaves if leaf.weight)
    if scheme.aggregation == "product":
        return (None, None, None) if missing else (math.prod(figures),) * 3
    floor = _weighted(leaves)
    ceiling = floor + 100.0 * max(0.0, 1.0 - known)
    if not figures or (scheme.requires_all and missing):
        return None, floor, ceiling
    return floor / known, floor, ceiling


def _weighted(leaves: Iterable[LeafGrade]) -> float:
    return math.fsum(leaf.weight * leaf.score * leaf.factor for leaf in leaves if leaf.score is not None)


def _letter(scheme: Scheme, total: float | None, known: float) -> tuple[str, str]:
    """The letter of the score, or why there is none."""
    if not scheme.bands:
        return "", "scheme_has_no_letters"
    if total is None:
        return "", "no_score"
    if known < scheme.letter_needs_coverage:
        return "", "coverage_too_low"
    return next((letter for letter, least in scheme.bands if total >= least), scheme.bands[-1][0]), ""


def _level(level: Level, scheme: Scheme, leaves: Sequence[LeafGrade]) -> LevelGrade:
    below = [leaf for leaf in leaves if level.code in {leaf.level1, leaf.level2} and leaf.weight]
    weight = math.fsum(leaf.weight for leaf in below)
    known = math.fsum(leaf.weight for leaf in below if leaf.score is not None)
    figure = _weighted(below) / known if known and scheme.aggregation == "mean" else None
    return LevelGrade(
        code=level.code,
        parent=level.parent,
        title=level.title,
        weight=weight,
        score=figure,
        coverage=known / weight if weight else 0.0,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Lenses:
    """One patent under several schemes: each grade, and how far apart the scores on 0…100 lie (None with fewer than two)."""

    grades: tuple[Grade, ...]
    disagreement: float | None


def lenses(facts: Facts, schemes: Iterable[Scheme], *, answers: Mapping[str, Sequence[ExpertAnswer]] | None = None) -> Lenses:
    """The grades of a patent under several schemes side by side, `answers` by scheme; they are shown together and never averaged."""
    grades = tuple(grade(facts, scheme, answers=(answers or {}).get(scheme.code, ())) for scheme in schemes)
    figures = [found.score for found in grades if found.unit == "points" and found.score is not None]
    return Lenses(grades=grades, disagreement=max(figures) - min(figures) if len(figures) > 1 else None)
