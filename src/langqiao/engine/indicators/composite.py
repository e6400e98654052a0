"""Composites of normalized indicators: the OECD quality index with exactly its components, and our partial one that names what it used."""

from collections.abc import Mapping
from dataclasses import dataclass

from langqiao.engine.indicators.reading import Reading

QUALITY_4 = ("fwd_cits5", "family_size", "claims", "generality_oecd")
QUALITY_6 = (*QUALITY_4, "bwd_cits", "grant_lag")
INVERTED = frozenset({"grant_lag"})
"""Enters as 1 − lag/max lag: a short road to the grant counts as quality (sign [p])."""
MIN_COMPONENTS = 3
"""Fewer components than this are no composite: averaging over what is left changes the scale."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Composite:
    """The mean and the names of the components it is made of."""

    reading: Reading
    components: tuple[str, ...]


def oecd(normalized: Mapping[str, float | None], components: tuple[str, ...], *, is_granted: bool) -> Composite:
    """Mean of exactly the OECD's components (OECD STI WP 2013/03), granted patents only; absent if one is missing."""
    if not is_granted:
        return Composite(reading=Reading(value=None, reason="not_granted"), components=())
    known = tuple(name for name in components if normalized.get(name) is not None)
    if known != components:
        return Composite(reading=Reading(value=None, n=len(known), reason="component_missing"), components=known)
    return Composite(reading=_mean(normalized, known), components=known)


def partial(normalized: Mapping[str, float | None]) -> Composite:
    """Mean of those of the six that are known: not the OECD's index, and named by its components; absent below MIN_COMPONENTS."""
    known = tuple(name for name in QUALITY_6 if normalized.get(name) is not None)
    if len(known) < MIN_COMPONENTS:
        return Composite(reading=Reading(value=None, n=len(known), reason="too_few_components"), components=known)
    return Composite(reading=_mean(normalized, known), components=known)


def _mean(normalized: Mapping[str, float | None], names: tuple[str, ...]) -> Reading:
    values = [normalized[name] or 0.0 for name in names]
    signed = [1 - value if name in INVERTED else value for name, value in zip(names, values, strict=True)]
    return Reading(value=sum(signed) / len(signed), n=len(signed))
