"""What is known of one patent as of a day: named facts, each with its value and evidence or with the reason why it is unknown."""

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from langqiao.engine.kernel.evidence import Evidence
from langqiao.engine.kernel.refusal import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One fact. `value` None: unknown, and `reason` a code that says why.

    `percentile` (0…100) places it in its cohort, where there is one of sufficient size; `dated` is the day from which it could be known.
    """

    name: str
    value: Any
    evidence: Evidence
    percentile: float | None = None
    reason: str = ""
    dated: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The facts of the patent `key` of an office, as of a day. Nothing dated later may be in it: Refusal(evidence_after_valuation_date)."""

    key: str
    office: str
    as_of: dt.date
    facts: Mapping[str, Fact] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for fact in self.facts.values():
            not_after(fact.dated, self.as_of, fact.name)

    def get(self, name: str) -> Fact:
        """The fact of that name; an unknown one with reason `no_record` where nothing was gathered."""
        found = self.facts.get(name)
        return found or Fact(name=name, value=None, evidence=Evidence(what=name, value=None, as_of=self.as_of), reason="no_record")


STATABLE = {"awards": tuple, "right.pledge_fen": int, "family.rights": tuple}
"""Facts that a person may state because registers do not tell them: awards, the highest pledge in fen, offices with a family right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedFact:
    """A fact stated by a person: what, since when it can be known, where it stands (award list, registration number) and who says so."""

    name: str
    value: Any
    source: str
    by: str
    dated: dt.date

    def __post_init__(self) -> None:
        if self.name not in STATABLE or not self.source.strip() or not self.by.strip():
            raise Refusal(
                "high_value_evidence_missing",
                f"{self.name} cannot be stated, or its source or the name of who states it is missing; {', '.join(STATABLE)} can be",
                facts={"name": self.name},
            )


def with_stated(facts: Facts, stated: Sequence[StatedFact]) -> Facts:
    """The facts with stated ones in the place of those that records leave open. Raises Refusal(evidence_after_valuation_date)."""
    own = {
        one.name: Fact(
            name=one.name,
            value=STATABLE[one.name](one.value),
            evidence=Evidence(
                what=one.name, value=one.value, formula="stated", inputs={"source": one.source, "by": one.by}, as_of=facts.as_of
            ),
            dated=one.dated,
        )
        for one in stated
    }
    return dataclasses.replace(facts, facts={**facts.facts, **own})


def not_after(dated: dt.date | None, as_of: dt.date, what: str) -> None:
    """Raises Refusal(evidence_after_valuation_date) if something is dated after the day of the judgment (I95)."""
    if dated is not None and dated > as_of:
        raise Refusal(
            "evidence_after_valuation_date",
            f"{what} is dated {dated}, after {as_of}: only evidence of that day or earlier may be used",
            facts={"what": what, "dated": dated.isoformat(), "as_of": as_of.isoformat()},
        )
