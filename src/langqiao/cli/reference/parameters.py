"""docs/reference/parameters.md: every dated legal and policy value with its unit, source, days in force, and whether it is confirmed."""

import json
from collections.abc import Iterator
from itertools import groupby

from langqiao import rules
from langqiao.cli.reference.page import Page, page, table
from langqiao.engine.kernel.parameters import Parameter, ParameterValue

OPENING = (
    "Legal and policy numbers live in `src/langqiao/rules/parameters/*.yaml`; a calculation takes the value in force on its date. **⚠ marks a"
    " value that is not confirmed**: practice, an open reading, or a choice of Langqiao. It is used as a default and shown as such."
)


def pages() -> Iterator[Page]:
    """The page of parameters."""
    found = sorted(rules.parameters(), key=lambda parameter: parameter.key)
    parts = []
    for room, parameters in groupby(found, key=lambda parameter: parameter.key.split(".", maxsplit=1)[0]):
        parts += [f"## {room}", table(["Key", "Meaning", "Value", "Unit", "In force", "Source", "Note"], _rows(list(parameters)))]
    yield page("reference/parameters.md", "Parameters 参数", OPENING, parts)


def _rows(parameters: list[Parameter]) -> Iterator[list[str]]:
    for parameter in parameters:
        for value in parameter.values:
            yield [
                f"`{parameter.key}`",
                f"{parameter.title['zh']} · {parameter.title['en']}",
                ("" if value.confirmed else "⚠ ") + f"`{json.dumps(value.value, ensure_ascii=False, default=str)}`",
                parameter.unit,
                _days(value),
                value.source,
                value.note,
            ]


def _days(value: ParameterValue) -> str:
    if value.since is None and value.until is None:
        return "open"
    return f"{value.since or ''} – {value.until or ''}".strip()
