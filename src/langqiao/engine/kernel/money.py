"""Money as whole fen: how it is read, written and rounded."""

import re
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

MAX_FEN = 10**20
"""The largest amount the door reads, 10**18 yuan: far above any economy, far below what would hide an input error."""

MAX_DIGITS = 60
AMOUNT = re.compile(r"-?[0-9]+(\.[0-9]+)?")
PLAIN_AMOUNT = re.compile(r"-?[0-9]{1,24}(\.[0-9]{1,60})?")

Fen = int
"""An amount of money in fen (1/100 yuan), always a whole number."""

Exact = Fraction | Decimal | int
"""A number that is exact: no binary floating point."""


def yuan_to_fen(value: object) -> Fen:
    """The fen of an amount in yuan given as text, whole number or Decimal.

    Raises ValueError for floats, for more than two decimals, for text that is no number and for amounts beyond MAX_FEN.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise ValueError('money is text in yuan with two decimals, such as "1234.50", or a number')  # noqa: TRY004 - one kind of error
    text = str(value)
    if isinstance(value, str) and not PLAIN_AMOUNT.fullmatch(text):
        raise ValueError(f"{text[:40]!r} is not an amount in yuan with at most two decimals")
    number = Decimal(text)
    if not number.is_finite() or number.adjusted() > MAX_DIGITS or number.as_tuple().exponent < -MAX_DIGITS:  # type: ignore[operator]
        raise ValueError(f"{text[:40]!r} is beyond {MAX_FEN // 100} yuan or has too many digits")
    fen = Fraction(number) * 100
    if fen.denominator != 1:
        raise ValueError(f"{text[:40]!r} has more than two decimals")
    if abs(fen) > MAX_FEN:
        raise ValueError(f"{text[:40]!r} is beyond {MAX_FEN // 100} yuan")
    return int(fen)


def fen_to_yuan(fen: Fen) -> str:
    """The amount in yuan with two decimals: 123450 → "1234.50"; zero is never "-0.00"."""
    sign = "-" if fen < 0 else ""
    whole, part = divmod(abs(fen), 100)
    return f"{sign}{whole}.{part:02d}"


def round_half_up(value: Exact) -> int:
    """The nearest whole number, halves away from zero (the rounding of banks and tax offices)."""
    exact = Fraction(value)
    magnitude = (2 * abs(exact.numerator) + exact.denominator) // (2 * exact.denominator)
    return magnitude if exact >= 0 else -magnitude


def _read(value: Any) -> Fen:
    try:
        return yuan_to_fen(value)
    except ValueError as error:
        kind = "money_value" if _is_amount(value) else "money_type"
        raise PydanticCustomError(kind, "{reason}", {"reason": str(error)}) from error


def _is_amount(value: Any) -> bool:
    """Whether a value is an amount at all, though perhaps one with too many decimals or beyond the limit."""
    if isinstance(value, str):
        return AMOUNT.fullmatch(value) is not None
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _read_not_negative(value: Any) -> Fen:
    fen = _read(value)
    if fen < 0:
        raise PydanticCustomError("money_value", "{reason}", {"reason": f"{fen_to_yuan(fen)} is negative"})
    return fen


def _read_positive(value: Any) -> Fen:
    fen = _read(value)
    if fen <= 0:
        raise PydanticCustomError("money_value", "{reason}", {"reason": f"{fen_to_yuan(fen)} is not above zero"})
    return fen


_WRITE = PlainSerializer(fen_to_yuan, return_type=str)


def _schema(pattern: str) -> WithJsonSchema:
    return WithJsonSchema(
        {"type": ["string", "number"], "format": "money-yuan", "pattern": pattern, "examples": ["1234.50"]}, mode="validation"
    )


_OUT = WithJsonSchema({"type": "string", "format": "money-yuan", "pattern": r"^-?\d+\.\d{2}$"}, mode="serialization")

Money = Annotated[Fen, BeforeValidator(_read_not_negative), _WRITE, _schema(r"^\d+(\.\d{1,2})?$"), _OUT]
"""Money not below zero: yuan text outside, fen inside."""
PositiveMoney = Annotated[Fen, BeforeValidator(_read_positive), _WRITE, _schema(r"^\d+(\.\d{1,2})?$"), _OUT]
"""Money above zero."""
SignedMoney = Annotated[Fen, BeforeValidator(_read), _WRITE, _schema(r"^-?\d+(\.\d{1,2})?$"), _OUT]
"""Money of any sign."""
