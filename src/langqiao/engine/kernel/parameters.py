"""Dated legal and policy values: each has an article or source, the days it is in force, and whether it is confirmed."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterValue:
    """One value of a parameter, in force from `since` until `until` (exclusive; None: open)."""

    value: Any
    source: str
    confirmed: bool
    since: dt.date | None = None
    until: dt.date | None = None
    note: str = ""

    def in_force(self, on: dt.date | None) -> bool:
        """Whether the value is in force on a day; without a day, whether it is the open-ended one."""
        if on is None:
            return self.until is None
        return (self.since is None or self.since <= on) and (self.until is None or on < self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A named value with its history; `unit` is part of its meaning, `title` is {"zh": …, "en": …}."""

    key: str
    unit: str
    values: tuple[ParameterValue, ...]
    title: Mapping[str, str]

    def at(self, on: dt.date | None = None) -> ParameterValue:
        """The value in force on a day (None: today's open-ended one). Raises LookupError where none is."""
        found = [value for value in self.values if value.in_force(on)]
        if not found:
            raise LookupError(f"parameter {self.key} has no value in force on {on}")
        return found[-1]


class Parameters:
    """All parameters by key; the engine gets them as an argument and never reads a file."""

    def __init__(self, parameters: Sequence[Parameter]) -> None:
        self._by_key = {parameter.key: parameter for parameter in parameters}

    def get(self, key: str) -> Parameter:
        """The parameter of that key; KeyError names it if unknown."""
        return self._by_key[key]

    def value(self, key: str, on: dt.date | None = None) -> Any:
        """The bare value in force on a day."""
        return self._by_key[key].at(on).value

    def __iter__(self) -> Any:
        return iter(self._by_key.values())
