"""A scheme of grading: levels, leaves with the rule that scores each, scenes with weights that sum to one, gates and letters."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

from langqiao.engine.kernel.refusal import Refusal

Title = Mapping[str, str]
"""{"zh", "en"}."""
Aggregation = Literal["mean", "product"]
ScaleKind = Literal["five", "ten", "trl", "points", "choice"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How a leaf is computed: `kind` names a rule of engine/grading/rules, `fact` what it reads, `settings` its figures."""

    kind: str
    fact: str
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """What an expert may answer: five (1–5), ten (0–10), trl (1–9), points (0–100), or one of the `choices` with its score."""

    kind: ScaleKind
    question: Title
    choices: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One leaf under two levels. Computed by `rule`, answered on `scale`, or either; `means` says how it is scored, `needs` what supplies it."""

    code: str
    level1: str
    level2: str
    title: Title
    means: Title
    needs: Title
    rule: Rule | None = None
    scale: Scale | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A first-level or second-level heading. A first-level one may have a `coefficient`: a leaf by whose score its leaves are multiplied."""

    code: str
    title: Title
    parent: str = ""
    coefficient: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """For what a grade is asked: the weight of each leaf that counts there."""

    code: str
    title: Title
    weights: Mapping[str, Fraction]
    edited: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A fact that stops the score: where its value is one of `closed_when` the score is 0 and says why."""

    fact: str
    closed_when: frozenset[str]
    because: Title


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """A scheme and its version. `reading` says whose reading it is and is shown wherever a grade is.

    `aggregation` mean: Σ weight · leaf over the known leaves, on 0…100; product: the product of ratios, only if all are known.
    `requires_all`: no score unless every leaf is known. `bands`: letter and the least score it needs; none below `letter_needs_coverage`.
    """

    code: str
    version: str
    title: Title
    reading: Title
    source: str
    confirmed: bool
    levels: tuple[Level, ...]
    leaves: tuple[Leaf, ...]
    scenes: tuple[Scene, ...]
    gates: tuple[Gate, ...] = ()
    aggregation: Aggregation = "mean"
    requires_all: bool = False
    bands: tuple[tuple[str, float], ...] = ()
    letter_needs_coverage: float = 0.0

    def __post_init__(self) -> None:
        codes = [leaf.code for leaf in self.leaves]
        if len(set(codes)) != len(codes):
            raise ValueError(f"{self.code}: a leaf is listed twice")
        for scene in self.scenes:
            self._check(scene)

    def _check(self, scene: Scene) -> None:
        unknown = set(scene.weights) - {leaf.code for leaf in self.leaves}
        if unknown:
            raise Refusal("leaf_unknown", f"{self.code} has no leaf {', '.join(sorted(unknown))}", facts={"leaf": min(unknown)})
        total = sum(scene.weights.values(), Fraction(0))
        if any(weight < 0 for weight in scene.weights.values()) or total != 1:
            raise Refusal(
                "weights_do_not_sum",
                f"the weights of {self.code} in the scene {scene.code} sum to {float(total):.6g}, or one is negative; they must sum to 1",
                facts={"scheme": self.code, "scene": scene.code, "sum": float(total)},
            )

    def scene(self, code: str) -> Scene:
        """The scene of that code; the first one for "". Raises Refusal(scene_unknown)."""
        found = next((scene for scene in self.scenes if code in {"", scene.code}), None)
        if found is None:
            known = ", ".join(scene.code for scene in self.scenes)
            raise Refusal("scene_unknown", f"{self.code} has no scene {code!r}; it has {known}", facts={"scene": code, "known": known})
        return found

    def leaf(self, code: str) -> Leaf:
        """The leaf of that code. Raises Refusal(leaf_unknown)."""
        found = next((leaf for leaf in self.leaves if leaf.code == code), None)
        if found is None:
            raise Refusal("leaf_unknown", f"{self.code} has no leaf {code!r}", facts={"leaf": code})
        return found

    def with_weights(self, scene: str, weights: Mapping[str, Fraction]) -> "Scheme":
        """The scheme with a user's weights in one scene. Raises Refusal(weights_do_not_sum, leaf_unknown)."""
        changed = dataclasses.replace(self.scene(scene), weights=dict(weights), edited=True)
        scenes = tuple(changed if entry.code == changed.code else entry for entry in self.scenes)
        return dataclasses.replace(self, scenes=scenes)


def equal_weights(codes: list[str]) -> dict[str, Fraction]:
    """The same weight for every leaf, exactly."""
    return {code: Fraction(1, len(codes)) for code in codes}
