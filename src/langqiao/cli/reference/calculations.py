"""docs/reference/calculations.md: every calculation of the door with formula, fields, refusals, source and a worked example."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from langqiao import rules
from langqiao.cli.reference.page import Page, page, table
from langqiao.engine.kernel.calculation import Calculation, read_json
from langqiao.engine.register import all_calculations

Schema = Mapping[str, Any]

OPENING = (
    "`langqiao calc NAME` reads one JSON object on standard input and prints one; `POST /api/v1/calc/NAME` takes the same. Money is text in"
    " yuan with two decimals, rates are numbers (6 % is `0.06`), dates are ISO 8601. Bad input ends with status 2 and one JSON error that"
    " names the field; a refusal is an output `{refusal, message, rule}` without figures. Marks in a source: [c] confirmed, [d] fixed by"
    " the contract or by Langqiao, [p] practice to be confirmed."
)


def pages() -> Iterator[Page]:
    """The page of calculations."""
    found = list(all_calculations())
    index = table(["Name", "中文", "English"], [[f"[`{c.name}`](#{_anchor(c.name)})", c.title["zh"], c.title["en"]] for c in found])
    yield page("reference/calculations.md", "Calculations 计算", OPENING, [index, *(_section(c) for c in found)])


def _anchor(name: str) -> str:
    return name.replace(".", "")


def _section(calculation: Calculation) -> str:
    schema = calculation.schema()
    refusals = ", ".join(f"[`{code}`](refusals.md#{code})" for code in calculation.refusals)
    parts = [
        f"## {calculation.name}",
        f"**{calculation.title['zh']}** · {calculation.title['en']}",
        calculation.formula["zh"],
        calculation.doc,
        *_fields("Input", schema["input"], _input),
        *_fields("Output", schema["output"], _output),
        f"Refusals: {refusals}" if refusals else "",
        f"Source: {calculation.source}",
        _example(calculation),
    ]
    return "\n\n".join(part for part in parts if part)


def _fields(title: str, schema: Schema, rows_of: Callable[[Schema], str]) -> Iterator[str]:
    yield f"**{title}.** {schema.get('description', '')}".strip()
    yield rows_of(schema)
    for name, nested in sorted(schema.get("$defs", {}).items()):
        if "properties" in nested:
            yield f"*{name}.* {nested.get('description', '')}".strip()
            yield rows_of(nested)


def _input(schema: Schema) -> str:
    required = set(schema.get("required", ()))
    rows = [[f"`{name}`", kind_of(field), _default(name, field, required)] for name, field in schema.get("properties", {}).items()]
    return table(["Field", "Type", "Default"], rows)


def _output(schema: Schema) -> str:
    return table(["Field", "Type"], [[f"`{name}`", kind_of(field)] for name, field in schema.get("properties", {}).items()])


def _default(name: str, field: Schema, required: set[str]) -> str:
    return "required" if name in required else f"`{json.dumps(field.get('default'), ensure_ascii=False)}`"


def kind_of(field: Schema) -> str:
    """The type of a field in words, from its JSON Schema."""
    if "$ref" in field:
        return f"*{field['$ref'].rsplit('/', 1)[-1]}*"
    if "anyOf" in field:
        return " or ".join(dict.fromkeys(kind_of(part) for part in field["anyOf"]))
    if "enum" in field:
        return " · ".join(f"`{value}`" for value in field["enum"])
    if "const" in field:
        return f"`{field['const']}`"
    if field.get("format") == "money-yuan":
        return "money"
    kind = field.get("type", "any")
    if kind == "array":
        items = field.get("prefixItems")
        return f"[{', '.join(kind_of(item) for item in items)}]" if items else f"list of {kind_of(field.get('items', {}))}"
    if kind == "object":
        values = field.get("additionalProperties")
        return f"map to {kind_of(values)}" if isinstance(values, dict) else "object"
    return _bounded(field.get("format", {"string": "text", "boolean": "flag", "integer": "whole number"}.get(kind, str(kind))), field)


def _bounded(word: str, field: Schema) -> str:
    signs = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
    limits = [f"{sign} {field[key]:g}" for key, sign in signs.items() if key in field]
    return f"{word} {', '.join(limits)}" if limits else word


def _example(calculation: Calculation) -> str:
    given = json.dumps(calculation.example, ensure_ascii=False)
    output = calculation.answer(read_json(given), rules.parameters())
    shown = json.dumps(_rounded(_shortened(output)), ensure_ascii=False)
    return f"Example (long lists cut, figures to 10 digits):\n\n```json\n{given}\n{shown}\n```"


def _shortened(value: Any) -> Any:
    if isinstance(value, list):
        return [_shortened(item) for item in value[:3]] + (["…"] if len(value) > 3 else [])
    if isinstance(value, dict):
        return {key: _shortened(item) for key, item in value.items()}
    return value


def _rounded(value: Any) -> Any:
    """Figures to ten significant digits: the last bits of floating point differ between machines."""
    if isinstance(value, float):
        return float(f"{value:.10g}")
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    return value
