"""What somebody looks for, and what is known of a patent: the two sides of a match, unknown told apart from no."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from langqiao.engine.kernel.money import Fen

CRITERIA = ("text", "field", "industry", "ipc", "status", "grade", "high_value", "region", "price")
"""What a match is explained by, in the order in which it is told."""
GRADES = ("A", "B", "C", "D", "E")
"""Letters of a grade, the best first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is looked for; an empty part asks nothing. `words`: of the text; `fields`: WIPO numbers; `industries`: fields of the SEI; `ipc`: beginnings

    of symbols; `price_low_fen` and `price_high_fen`: the ticket, both ends included; `required`: criteria that exclude where they are known not to fit.
    """

    words: tuple[str, ...] = ()
    fields: frozenset[int] = frozenset()
    industries: frozenset[str] = frozenset()
    ipc: tuple[str, ...] = ()
    statuses: frozenset[str] = frozenset()
    grade_least: str = ""
    high_value: bool = False
    regions: tuple[str, ...] = ()
    price_low_fen: Fen | None = None
    price_high_fen: Fen | None = None
    required: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if self.grade_least and self.grade_least not in GRADES:
            raise ValueError(f"no grade {self.grade_least!r}")
        if not self.required <= set(CRITERIA):
            raise ValueError(f"no criterion: {', '.join(sorted(self.required - set(CRITERIA)))}")
        if self.price_low_fen is not None and self.price_high_fen is not None and self.price_low_fen > self.price_high_fen:
            raise ValueError("the lowest price is above the highest")

    @property
    def asked(self) -> tuple[str, ...]:
        """The criteria that this wish asks about."""
        parts: Mapping[str, object] = {
            "text": self.words,
            "field": self.fields,
            "industry": self.industries,
            "ipc": self.ipc,
            "status": self.statuses,
            "grade": self.grade_least,
            "high_value": self.high_value,
            "region": self.regions,
            "price": self.price_low_fen is not None or self.price_high_fen is not None,
        }
        return tuple(name for name in CRITERIA if parts[name])


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A patent as the record tells it; None and empty mean that it does not say. `text`: its title, abstract and claims.

    `high_value`: met, not_met or "" where the check is not settled; `price_fen`: asked or valued; `holders`: its owners.
    """

    key: str
    text: str = ""
    fields: frozenset[int] = frozenset()
    industries: frozenset[str] = frozenset()
    ipc: tuple[str, ...] = ()
    status: str = ""
    grade: str = ""
    high_value: str = ""
    region: str = ""
    price_fen: Fen | None = None
    holders: tuple[str, ...] = field(default=())
