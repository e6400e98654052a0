"""Which room proves which figure of a patent page."""

from collections.abc import Callable

from langqiao.web.appraisals.indicators import indicator_proof
from langqiao.web.appraisals.proofs import grade_proof, high_value_proof, value_proof
from langqiao.web.patents.evidence import OWN_TOPICS, Proof
from langqiao.web.patents.view import Patent

TOPICS: dict[str, Callable[[Patent, str], Proof | None]] = {
    **OWN_TOPICS,
    "indicator": indicator_proof,
    "grade": grade_proof,
    "value": value_proof,
    "high-value": high_value_proof,
}
"""topic of an address → the function that proves a figure by its name."""


def evidence_of(patent: Patent, topic: str, name: str) -> Proof | None:
    """The proof of a figure; None where there is no such figure."""
    maker = TOPICS.get(topic)
    return maker(patent, name) if maker else None
