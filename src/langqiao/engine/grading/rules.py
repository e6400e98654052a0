"""The named rules that turn a fact into a leaf between 0 and 100, or say why they cannot."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from langqiao.engine.grading.facts import Fact
from langqiao.engine.grading.scheme import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """A leaf's figure, or None with the reason code."""

    score: float | None
    reason: str = ""


def score(rule: Rule, fact: Fact) -> Scored:
    """The leaf by a rule. A fact that is unknown stays unknown: no rule has a figure for it."""
    if fact.value is None:
        return Scored(score=None, reason=fact.reason or "no_record")
    return RULES[rule.kind](fact, rule.settings)


def _table(fact: Fact, settings: Mapping[str, Any]) -> Scored:
    """The score listed for the value; a value that is listed with null, or not at all, has none."""
    listed = settings["scores"].get(fact.value)
    return Scored(score=None, reason="not_scored_value") if listed is None else Scored(score=float(listed))


def _percentile(fact: Fact, _settings: Mapping[str, Any]) -> Scored:
    """The place in the cohort, 0…100; without a cohort of sufficient size there is none, whatever the value."""
    return Scored(score=None, reason=fact.reason or "small_cohort") if fact.percentile is None else Scored(score=fact.percentile)


def _share(fact: Fact, _settings: Mapping[str, Any]) -> Scored:
    """100 · value of a share; the value is not clipped here: a share outside 0…1 is a fault that the grade refuses."""
    return Scored(score=100.0 * float(fact.value))


def _linear(fact: Fact, settings: Mapping[str, Any]) -> Scored:
    """From 0 at `low` to 100 at `high` in a straight line, flat outside; `low` may lie above `high`."""
    low, high = float(settings["low"]), float(settings["high"])
    return Scored(score=100.0 * min(1.0, max(0.0, (float(fact.value) - low) / (high - low))))


def _steps(fact: Fact, settings: Mapping[str, Any]) -> Scored:
    """The score of the highest step not above the value; below the first step there is none."""
    reached = [points for least, points in settings["steps"] if float(fact.value) >= float(least)]
    return Scored(score=float(reached[-1])) if reached else Scored(score=None, reason="not_scored_value")


def _ratio(fact: Fact, _settings: Mapping[str, Any]) -> Scored:
    """The value itself: a factor of a product, not a score on 0…100."""
    return Scored(score=float(fact.value))


RULES: dict[str, Callable[[Fact, Mapping[str, Any]], Scored]] = {
    "table": _table, "percentile": _percentile, "share": _share, "linear": _linear, "steps": _steps, "ratio": _ratio,
}  # fmt: skip
"""Every rule by the name under which a scheme calls it."""
