"""What a named expert answers to a leaf, with a reason: the only way a judgment enters a grade."""

import datetime as dt
from dataclasses import dataclass

from langqiao.engine.grading.facts import not_after
from langqiao.engine.grading.scheme import Leaf, Scale
from langqiao.engine.kernel.refusal import Refusal

SPANS = {"five": (1.0, 5.0), "ten": (0.0, 10.0), "trl": (1.0, 9.0), "points": (0.0, 100.0)}
"""The least and the highest answer of each numeric scale."""
WHOLE = {"five", "trl"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpertAnswer:
    """One answer: a number on the leaf's scale, or one of its choices; who gave it, why, and when. Name and reason may not be empty."""

    leaf: str
    answer: float | str
    expert: str
    reason: str
    given_on: dt.date

    def __post_init__(self) -> None:
        if not self.expert.strip() or not self.reason.strip():
            raise Refusal(
                "expert_answer_incomplete",
                f"an answer to {self.leaf} needs the name of the expert and the reason",
                facts={"leaf": self.leaf},
            )


def points(answer: ExpertAnswer, leaf: Leaf, as_of: dt.date) -> float:
    """The answer on 0…100. Raises Refusal(leaf_not_for_experts, leaf_out_of_range, evidence_after_valuation_date)."""
    if leaf.scale is None:
        raise Refusal("leaf_not_for_experts", f"{leaf.code} is computed from records; no expert may answer it", facts={"leaf": leaf.code})
    not_after(answer.given_on, as_of, f"the answer to {leaf.code}")
    if leaf.scale.kind == "choice":
        if answer.answer not in leaf.scale.choices:
            raise _outside(answer, ", ".join(leaf.scale.choices))
        return float(leaf.scale.choices[str(answer.answer)])
    return _on_scale(answer, leaf.scale)


def _on_scale(answer: ExpertAnswer, scale: Scale) -> float:
    low, high = SPANS[scale.kind]
    span = f"{low:g} to {high:g}"
    if isinstance(answer.answer, str | bool):
        raise _outside(answer, span)
    figure = float(answer.answer)
    if not low <= figure <= high or (scale.kind in WHOLE and figure != int(figure)):
        raise _outside(answer, span)
    return 100.0 * (figure - low) / (high - low)


def _outside(answer: ExpertAnswer, allowed: str) -> Refusal:
    message = f"the answer {answer.answer!r} to {answer.leaf} is not on its scale: {allowed}"
    return Refusal("leaf_out_of_range", message, facts={"leaf": answer.leaf, "value": str(answer.answer), "allowed": allowed})
