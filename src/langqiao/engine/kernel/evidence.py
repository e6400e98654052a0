"""Evidence: where a figure comes from, down to the bytes of a record."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The record behind a fact: file, SHA-256 of the raw record, byte offset in the (unpacked) file, and the day it was retrieved."""

    file: str
    sha256: str
    offset: int
    retrieved_on: dt.date | None = None
    record: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Why a figure is what it is.

    `formula` names the calculation and its version, `inputs` the numbers that entered it, `cohort` and `n` the group it was compared with,
    `completeness` (0…1) how much of the window or group the lake holds, `as_of` the day up to which facts were used.
    """

    what: str
    value: Any
    formula: str = ""
    inputs: dict[str, Any] = field(default_factory=dict)
    sources: tuple[Source, ...] = ()
    cohort: str = ""
    n: int | None = None
    completeness: float | None = None
    as_of: dt.date | None = None
    note: str = ""
