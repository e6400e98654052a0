"""The licensor's duty to keep a licensed right in force (Interpretation on technology contracts 26)."""

from typing import Literal

from langqiao.engine.operations.encumbrance import Standing

Missed = Literal["", "grace", "lapsed"]


def missed(standing: Standing) -> Missed:
    """Whether an annual fee of a licensed right was missed, and what came of it: `grace`, it may still be paid with a surcharge; `lapsed`.

    Unless the parties agreed otherwise the licensor pays the annual fees, so that a missed one is a breach on the licensor's side (I34).
    """
    if standing.status == "grace":
        return "grace"
    return "lapsed" if standing.status == "lapsed" else ""
