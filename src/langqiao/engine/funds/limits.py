"""What a fund may invest in beside amounts: technology fields, stages, regions; what is not known of a project is no pass."""

from collections.abc import Sequence
from dataclasses import dataclass

STAGES = ("seed", "start_up", "growth", "mature")
"""Stages of an enterprise as guidance funds name them (种子期、初创期、成长期、成熟期)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """WIPO field numbers, stages and regions; empty: any. A region is the beginning of a place's name, such as 北京."""

    fields: frozenset[int] = frozenset()
    stages: frozenset[str] = frozenset()
    regions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A project as the limits see it: the fields of each patent (empty: the record does not say), its stage, its region."""

    fields: Sequence[frozenset[int]]
    stage: str
    region: str


def outside(allowed: Allowed, shape: Shape) -> tuple[str, ...]:
    """Which limits a project breaks: `field` where a patent has none of the allowed fields or none that is known, `stage`, `region`."""
    found = []
    if allowed.fields and (not shape.fields or any(not fields & allowed.fields for fields in shape.fields)):
        found.append("field")
    if allowed.stages and shape.stage not in allowed.stages:
        found.append("stage")
    if allowed.regions and not any(shape.region.startswith(region) for region in allowed.regions):
        found.append("region")
    return tuple(found)


def reached_fen(tranches: Sequence[tuple[int, bool]]) -> int | None:
    """What may be paid of a grant paid by milestones, in fen: the parts reached, counted in their order; None where it has no parts."""
    if not tranches:
        return None
    total = 0
    for amount_fen, reached in tranches:
        if not reached:
            break
        total += amount_fen
    return total
