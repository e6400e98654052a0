"""The five classes of a loan's quality: from days past due, default and collateral by dated parameters, each with its reasons."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from langqiao.engine.kernel.parameters import Parameters

Quality = Literal["normal", "attention", "substandard", "doubtful", "loss"]
CLASSES: tuple[Quality, ...] = ("normal", "attention", "substandard", "doubtful", "loss")
NON_PERFORMING = frozenset({"substandard", "doubtful", "loss"})
DAYS = "loan.five_class.days"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What a loan shows: days past due, whether it is in default, whether its collateral lives, whether it is watched, what it has lost."""

    days_past_due: int
    defaulted: bool = False
    collateral_alive: bool = True
    watched: bool = False
    written_off: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Classified:
    """The class and why it is not better."""

    quality: Quality
    reasons: tuple[str, ...]


def worse(first: str, second: str) -> bool:
    """Whether the first class is worse than the second."""
    return CLASSES.index(first) > CLASSES.index(second)


def classify(signs: Signs, parameters: Parameters) -> Classified:
    """The best class that no sign forbids: overdue at all is attention, beyond the dated days substandard, doubtful, loss; default is at least

    substandard; dead collateral or an alarm at least attention; a written-off loan is loss (Measures on Risk Classification of Financial Assets).
    """
    days: Mapping[str, int] = parameters.value(DAYS)
    found: list[tuple[Quality, str]] = [
        (quality, f"overdue_{quality}") for quality in CLASSES[1:] if signs.days_past_due >= int(days[quality])
    ]
    if signs.watched:
        found.append(("attention", "watch_list"))
    if not signs.collateral_alive:
        found.append(("attention", "collateral_dead"))
    if signs.defaulted:
        found.append(("substandard", "defaulted"))
    if signs.written_off:
        found.append(("loss", "written_off"))
    quality: Quality = max((one for one, _reason in found), key=CLASSES.index, default="normal")
    return Classified(quality=quality, reasons=tuple(reason for one, reason in found if one == quality))
