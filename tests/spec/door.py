"""How spec tests ask the calculation door: JSON values in, JSON values out."""

from typing import Any

from langqiao.engine import register
from langqiao.rules import parameters


def ask(name: str, **given: Any) -> dict[str, Any]:
    """The output of a calculation for an input whose numbers are read by their decimal text, as the command line reads them."""
    import json

    return register.answer(name, register.read_json(json.dumps(given)), parameters())


def refused(name: str, **given: Any) -> str:
    """The code of the refusal that a calculation gives."""
    return ask(name, **given)["refusal"]


def bad(name: str, **given: Any) -> tuple[str, str]:
    """Code and field of the error that bad input gives."""
    try:
        ask(name, **given)
    except register.BadInput as error:
        return error.code, error.field
    raise AssertionError(f"{name} took the input")
