"""The shapes of real deals as templates: what was seen of each with its source, and what was not seen left empty."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

Words = str | dict[str, str]
"""A text, or one by language: {"zh": …, "en": …}."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenTranche:
    """A tranche as far as it was seen; amounts in yuan."""

    name: str
    rank: str
    balance_yuan: int | None = None
    rate: str | None = None
    matures_on: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A real deal. None and empty: not seen in any source; `practice`: which figures were told without a document."""

    key: str
    name: str
    when: str
    structure: str | None
    size_yuan: int | None
    tenor_years: int | None
    tranches: tuple[SeenTranche, ...]
    pool: Words
    support: Words
    source: Words
    practice: tuple[str, ...] = ()


@cache
def shapes() -> tuple[Shape, ...]:
    """Every template, the oldest first."""
    raw = yaml.safe_load(files("langqiao.rules").joinpath("securitization_shapes.yaml").read_text(encoding="utf-8"))
    return tuple(
        Shape(
            key=key, name=row["name"], when=str(row["when"]), structure=row["structure"], size_yuan=row["size_yuan"], tenor_years=row["tenor_years"],
            tranches=tuple(SeenTranche(**tranche) for tranche in row["tranches"]), pool=row["pool"], support=row["support"], source=row["source"],
            practice=tuple(row.get("practice", ())),
        )
        for key, row in raw.items()
    )  # fmt: skip


def shape_get(key: str) -> Shape | None:
    """The template of a key."""
    return next((one for one in shapes() if one.key == key), None)
