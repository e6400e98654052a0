"""The register of calculations: each pure calculation once, with typed input and output; command line, API, page and docs read it."""

import dataclasses
import inspect
import json
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from langqiao.engine.kernel.money import fen_to_yuan
from langqiao.engine.kernel.parameters import Parameters
from langqiao.engine.kernel.refusal import Refusal

MAX_TEXT = 1_000_000
"""The longest input text in characters."""


class BadInput(ValueError):  # noqa: N818 - the contract's noun
    """Input that is not of the contract's form: `code` as in the contract, `field` the path such as flows[1].date, "" for the whole."""

    def __init__(self, code: str, message: str, field: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field

    def as_dict(self) -> dict[str, str]:
        """The JSON form {"code", "message", "field"}."""
        return {"code": self.code, "message": self.message, "field": self.field}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Calculation:
    """One registered calculation. `title` and `formula` are {"zh", "en"}; `source` names article, paper or practice with its mark; `example`
    is a valid input.
    """

    name: str
    title: Mapping[str, str]
    function: Callable[..., Any]
    input_type: type
    output_type: type
    formula: Mapping[str, str]
    source: str
    refusals: tuple[str, ...]
    example: Mapping[str, Any]
    needs_parameters: bool

    @property
    def doc(self) -> str:
        """Formula and conventions in English."""
        return self.formula["en"]

    @cached_property
    def reader(self) -> TypeAdapter[Any]:
        """Validates JSON values into the input record."""
        return TypeAdapter(self.input_type)

    @cached_property
    def writer(self) -> TypeAdapter[Any]:
        """Turns the output record into JSON values."""
        return TypeAdapter(self.output_type)

    def schema(self) -> dict[str, Any]:
        """{"input": JSON Schema, "output": JSON Schema}."""
        schemas = {"input": self.reader.json_schema(mode="validation"), "output": self.writer.json_schema(mode="serialization")}
        _write_defaults(schemas)
        return schemas

    def read(self, value: Any) -> Any:
        """The input record of a JSON value. Raises BadInput with the path of the field."""
        if not isinstance(value, dict):
            raise BadInput("wrong_type", "the input must be a JSON object")
        try:
            return self.reader.validate_python(without_nulls(self.input_type, value))
        except ValidationError as error:
            raise _bad_input(error) from None

    def answer(self, value: Any, parameters: Parameters) -> dict[str, Any]:
        """The output for a JSON value: the figures, or {"refusal", "message", "rule"}. Raises BadInput."""
        given = self.read(value)
        try:
            result = self.function(given, parameters) if self.needs_parameters else self.function(given)
            return typing.cast("dict[str, Any]", self.writer.dump_python(result, mode="json"))
        except Refusal as refusal:
            return {"refusal": refusal.code, "message": refusal.message, "rule": refusal.article}
        except (OverflowError, PydanticSerializationError) as error:
            raise BadInput("out_of_range", f"a figure leaves the range of numbers: {error}"[:300]) from error


def _write_defaults(part: Any) -> None:
    """Writes defaults as the door reads them: fen as yuan, fractions as numbers."""
    if isinstance(part, list):
        for item in part:
            _write_defaults(item)
    if not isinstance(part, dict):
        return
    default = part.get("default")
    if part.get("format") == "money-yuan" and isinstance(default, int):
        part["default"] = fen_to_yuan(default)
    elif part.get("type") == "number" and isinstance(default, str):
        part["default"] = float(Fraction(default))
    for item in part.values():
        _write_defaults(item)


_CODES = {
    "missing": "missing_field", "missing_keyword_only_argument": "missing_field", "missing_argument": "missing_field",
    "unexpected_keyword_argument": "unknown_field", "extra_forbidden": "unknown_field",
    "number_range": "out_of_range", "money_value": "out_of_range", "list_length": "out_of_range",
}  # fmt: skip


def _bad_input(error: ValidationError) -> BadInput:
    first = error.errors(include_url=False, include_context=True)[0]
    kind, value = first["type"], first.get("input")
    code = _CODES.get(kind)
    if code is None:
        code = "not_allowed" if kind in {"literal_error", "enum"} and isinstance(value, str) else "wrong_type"
    if code != "missing_field" and value is None and kind != "unexpected_keyword_argument":
        code = "wrong_type"
    return BadInput(code, first["msg"], path(first["loc"]))


def path(location: tuple[int | str, ...]) -> str:
    """("flows", 1, "date") → "flows[1].date"."""
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def without_nulls(kind: Any, value: Any) -> Any:
    """The value without the nulls that stand for "absent" in fields that have a default, at every depth."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in {typing.Union, types.UnionType}:
        inner = [argument for argument in arguments if argument is not type(None)]
        return without_nulls(inner[0], value) if len(inner) == 1 and value is not None else value
    if isinstance(value, list) and origin in {tuple, list} and arguments:
        return [without_nulls(arguments[0], item) for item in value]
    if isinstance(value, dict) and origin is dict:
        return {key: without_nulls(arguments[1], item) for key, item in value.items()}
    if isinstance(value, dict) and dataclasses.is_dataclass(kind):
        return _fields_without_nulls(kind, value)
    return value


def _fields_without_nulls(kind: Any, value: dict[str, Any]) -> dict[str, Any]:
    hints = typing.get_type_hints(kind)
    optional = {
        f.name for f in dataclasses.fields(kind) if f.default is not dataclasses.MISSING or f.default_factory is not dataclasses.MISSING
    }
    return {
        key: without_nulls(hints[key], item) if key in hints else item
        for key, item in value.items()
        if not (item is None and key in optional)
    }


_REGISTER: dict[str, Calculation] = {}


def calculation(
    name: str,
    *,
    title_zh: str,
    title_en: str,
    formula_zh: str,
    source: str,
    example: Mapping[str, Any],
    refusals: tuple[str, ...] = (),
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Registers `function(given: InputRecord[, parameters: Parameters]) -> OutputRecord` under a door name such as "fund.waterfall".

    Formula and conventions are the function's docstring in English and `formula_zh` in Chinese; both are asked for.
    """

    def enter(function: Callable[..., Any]) -> Callable[..., Any]:
        hints = typing.get_type_hints(function)
        output = hints.pop("return")
        arguments = list(hints.values())
        if name in _REGISTER:
            raise ValueError(f"{name} is registered twice")
        _REGISTER[name] = Calculation(
            name=name,
            title={"zh": title_zh, "en": title_en},
            formula={"zh": formula_zh, "en": inspect.cleandoc(function.__doc__ or "")},
            function=function,
            input_type=arguments[0],
            output_type=output,
            source=source,
            refusals=refusals,
            example=example,
            needs_parameters=len(arguments) > 1,
        )
        return function

    return enter


def find(name: str) -> Calculation:
    """The calculation of that name. Raises BadInput(unknown_calc)."""
    try:
        return _REGISTER[name]
    except (KeyError, TypeError):
        raise BadInput("unknown_calc", f"there is no calculation {str(name)[:60]!r}") from None


def registered() -> Iterator[Calculation]:
    """Every registered calculation, by name."""
    yield from (_REGISTER[name] for name in sorted(_REGISTER))


def read_json(text: str | bytes) -> Any:
    """A JSON value whose numbers keep their decimal text (Decimal); no NaN, no repeated keys. Raises BadInput(bad_json)."""
    if len(text) > MAX_TEXT:
        raise BadInput("bad_json", f"the input is longer than {MAX_TEXT} characters")
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_unique)
    except RecursionError:
        raise BadInput("bad_json", "the input is nested too deeply") from None
    except ValueError as error:
        raise BadInput("bad_json", f"the input is not JSON: {error}"[:300]) from None


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _unique(items: list[tuple[str, Any]]) -> dict[str, Any]:
    seen = dict(items)
    if len(seen) != len(items):
        raise ValueError("a key is repeated in an object")
    return seen
