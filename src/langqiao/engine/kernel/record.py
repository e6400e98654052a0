"""Typed records of the calculation door: frozen dataclasses that refuse unknown fields, and the field types they share."""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any, TypeVar, dataclass_transform

from pydantic import BeforeValidator, ConfigDict, Strict, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

MAX_ROWS = 100_000
"""The longest list the door reads."""

T = TypeVar("T")
C = TypeVar("C", bound=type)


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(dataclasses.field,))
def record(cls: C) -> C:
    """A frozen, slotted, keyword-only dataclass whose JSON form has exactly its fields."""
    cls.__pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[attr-defined]
    return dataclasses.dataclass(frozen=True, slots=True, kw_only=True)(cls)  # type: ignore[return-value]


def _list(value: Any) -> Any:
    if isinstance(value, list | tuple):
        if len(value) > MAX_ROWS:
            raise PydanticCustomError("list_length", "the list has {n} entries, more than {limit}", {"n": len(value), "limit": MAX_ROWS})
        return tuple(value)
    raise PydanticCustomError("list_type", "a list is needed")


Rows = Annotated[tuple[T, ...], Strict(False), BeforeValidator(_list)]
"""A list outside, a tuple inside: `flows: Rows[Flow]`."""


def _not_empty(value: Sequence[Any]) -> Sequence[Any]:
    if not value:
        raise PydanticCustomError("list_length", "the list is empty")
    return value


def _date(value: Any) -> dt.date:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    if not isinstance(value, str):
        raise PydanticCustomError("date_type", 'a date such as "2026-06-30" is needed')
    if len(value) != len("2026-06-30") or value[4] != "-" or value[7] != "-":
        raise PydanticCustomError("date_type", "{text} is not an ISO date such as 2026-06-30", {"text": value[:40]})
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        raise PydanticCustomError("date_type", "{text} is not a day of the calendar", {"text": value}) from None


Date = Annotated[dt.date, BeforeValidator(_date), WithJsonSchema({"type": "string", "format": "date"})]
"""A day, ISO 8601 text outside."""


def _whole(low: int, high: int) -> BeforeValidator:
    def check(value: Any) -> int:
        if (
            isinstance(value, bool)
            or not isinstance(value, int | Decimal)
            or (isinstance(value, Decimal) and value != value.to_integral_value())
        ):
            raise PydanticCustomError("count_type", "a whole number is needed")
        if not low <= value <= high:
            raise PydanticCustomError("number_range", "{n} is outside {low} to {high}", {"n": str(value), "low": low, "high": high})
        return int(value)

    return BeforeValidator(check)


def count(low: int = 0, high: int = 10**9) -> Any:
    """A whole-number field type from `low` to `high`: `months: Annotated[int, *count(1, 1200)]`."""
    return _whole(low, high), WithJsonSchema({"type": "integer", "minimum": low, "maximum": high})


Text = Annotated[str, Strict(), StringConstraints(max_length=10_000)]
"""A text, never a number read as text."""
Flag = Annotated[bool, Strict()]
"""true or false, never 0 or 1."""
Count = Annotated[int, _whole(0, 10**9), WithJsonSchema({"type": "integer", "minimum": 0})]
PositiveCount = Annotated[int, _whole(1, 10**9), WithJsonSchema({"type": "integer", "minimum": 1})]
Periods = Annotated[int, _whole(1, 1200), WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 1200})]
"""A number of months or periods, at most 1,200 (a hundred years of months)."""
