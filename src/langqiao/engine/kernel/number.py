"""Numbers of the calculation door: exact rates and shares, and floating-point figures that are never NaN or infinite."""

import math
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

MAX_MAGNITUDE = Decimal("1e30")
MAX_EXPONENT = 60
"""Numbers with more digits or a wider exponent than this are refused: an exact fraction of 1e-9999 would fill the memory."""


def _decimal(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise PydanticCustomError("number_type", "a JSON number is needed")
    number = Decimal(str(value)) if isinstance(value, float) else Decimal(value)
    if not number.is_finite():
        raise PydanticCustomError("number_type", "a finite number is needed")
    exponent = number.as_tuple().exponent
    if abs(number) > MAX_MAGNITUDE or not isinstance(exponent, int) or exponent < -MAX_EXPONENT:
        raise PydanticCustomError("number_range", "the number has too many digits or is beyond 1e30")
    return number


def _bounded(*, low: str | None = None, above: str | None = None, high: str | None = None, below: str | None = None) -> BeforeValidator:
    def check(value: Any) -> Fraction:
        number = _decimal(value)
        if low is not None and number < Decimal(low):
            raise PydanticCustomError("number_range", "{n} is below {limit}", {"n": str(number), "limit": low})
        if above is not None and number <= Decimal(above):
            raise PydanticCustomError("number_range", "{n} is not above {limit}", {"n": str(number), "limit": above})
        if high is not None and number > Decimal(high):
            raise PydanticCustomError("number_range", "{n} is above {limit}", {"n": str(number), "limit": high})
        if below is not None and number >= Decimal(below):
            raise PydanticCustomError("number_range", "{n} is not below {limit}", {"n": str(number), "limit": below})
        return Fraction(number)

    return BeforeValidator(check)


def _write(value: Fraction | float) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError("a figure must be finite")
    return number + 0.0  # -0.0 becomes 0.0


_OUT = PlainSerializer(_write, return_type=float, when_used="always")


def _schema(**bounds: float) -> WithJsonSchema:
    return WithJsonSchema({"type": "number", **bounds})


_ANY = WithJsonSchema({"type": "number"})
Number = Annotated[Fraction, _bounded(), _OUT, _ANY]
"""Any exact number."""
NotNegative = Annotated[Fraction, _bounded(low="0"), _OUT, _schema(minimum=0)]
Positive = Annotated[Fraction, _bounded(above="0"), _OUT, _schema(exclusiveMinimum=0)]
Rate = Annotated[Fraction, _bounded(low="0"), _OUT, _schema(minimum=0)]
"""A rate a year or a period, 0.06 for 6 %, not negative."""
Share = Annotated[Fraction, _bounded(low="0", high="1"), _OUT, _schema(minimum=0, maximum=1)]
"""A part of a whole, 0 to 1."""
ShareBelowOne = Annotated[Fraction, _bounded(low="0", below="1"), _OUT, _schema(minimum=0, exclusiveMaximum=1)]
PositiveShare = Annotated[Fraction, _bounded(above="0", high="1"), _OUT, _schema(exclusiveMinimum=0, maximum=1)]
Figure = Annotated[float, PlainSerializer(_write, return_type=float), _ANY]
"""An output figure: a finite JSON number, unrounded."""
