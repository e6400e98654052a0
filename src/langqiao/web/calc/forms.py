"""A form for any calculation, made from the JSON Schema of its input; what a person types becomes the JSON value that the door reads."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import QueryDict

from langqiao.web.calc.words import code_word, label

MAX_ROWS = 400
"""The longest list of a form; longer ones go through the API or the command line."""
Schema = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Field:
    """One place of the form. `kind` money | number | integer | date | text | flag | choice | record | rows | map | pair; `name` is the path."""

    kind: str
    name: str
    label: str
    required: bool = False
    value: Any = None
    choices: list[str] = field(default_factory=list)
    children: list["Field"] = field(default_factory=list)
    rows: list[list["Field"]] = field(default_factory=list)
    error: str = ""
    bounds: str = ""

    @property
    def options(self) -> list[tuple[str, str]]:
        """The choices with their words in the reader's language."""
        return [(choice, code_word(choice)) for choice in self.choices]

    @property
    def columns(self) -> list["Field"]:
        """The head of a table of rows."""
        return self.children


class SchemaForm:
    """Fields of an input schema, filled from an example or from what was posted."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.definitions = schema.get("$defs", {})

    def fields(self, value: Mapping[str, Any]) -> list[Field]:
        """The form filled with a JSON value."""
        return self._record(self.schema, "", value)

    def resolved(self, schema: Schema) -> Schema:
        """A schema without references and without "or null"."""
        if "$ref" in schema:
            return self.resolved(self.definitions[schema["$ref"].rsplit("/", 1)[-1]])
        for word in ("anyOf", "allOf"):
            options = [option for option in schema.get(word, []) if option.get("type") != "null"]
            if options:
                return self.resolved(options[0])
        return schema

    def _record(self, schema: Schema, prefix: str, value: Any) -> list[Field]:
        required = set(schema.get("required", []))
        given = value if isinstance(value, Mapping) else {}
        found = []
        for name, part in schema.get("properties", {}).items():
            path = f"{prefix}.{name}" if prefix else name
            made = self._field(part, path, label(name), given.get(name, part.get("default")))
            made.required = name in required
            found.append(made)
        return found

    def _field(self, schema: Schema, path: str, name: str, value: Any) -> Field:
        part = self.resolved(schema)
        kind = kind_of(part)
        made = Field(kind=kind, name=path, label=name, value=value, bounds=_bounds(part))
        if kind == "choice":
            made.choices = [str(choice) for choice in part["enum"]]
        elif kind == "record":
            made.children = self._record(part, path, value)
        elif kind == "rows":
            items = list(value) if isinstance(value, list | tuple) else []
            made.children = self._cells(part, f"{path}[0]", None)
            made.rows = [self._cells(part, f"{path}[{i}]", item) for i, item in enumerate(items[:MAX_ROWS])]
        elif kind == "map":
            entries = list(value.items()) if isinstance(value, Mapping) else []
            made.rows = [self._entry(part, path, i, entry) for i, entry in enumerate(entries[:MAX_ROWS])]
        return made

    def _cells(self, schema: Schema, path: str, item: Any) -> list[Field]:
        part = self.resolved(schema.get("items", {}))
        if kind_of(part) == "record":
            return self._record(part, path, item)
        if "prefixItems" in part:
            given = list(item) if isinstance(item, list | tuple) else [None] * len(part["prefixItems"])
            return [
                self._field(inner, f"{path}[{j}]", label("date" if j == 0 else "amount"), given[j])
                for j, inner in enumerate(part["prefixItems"])
            ]
        if kind_of(part) == "rows":
            given = list(item) if isinstance(item, list | tuple) else [None, None]
            return [self._field(part.get("items", {}), f"{path}[{j}]", str(j + 1), entry) for j, entry in enumerate(given)]
        return [self._field(part, path, label(path.split("[", 1)[0].rsplit(".", 1)[-1]), item)]

    def _entry(self, schema: Schema, path: str, i: int, entry: tuple[str, Any]) -> list[Field]:
        inner = self.resolved(schema["additionalProperties"])
        key = Field(kind="text", name=f"{path}#key[{i}]", label=label("name"), value=entry[0])
        value = self._field(inner, f"{path}#value[{i}]", label("value"), entry[1])
        return [key, value]

    def read(self, posted: QueryDict) -> dict[str, Any]:
        """The JSON value of what was posted; empty places are absent, numbers keep their decimal text."""
        return self._read_record(self.schema, "", posted)

    def _read_record(self, schema: Schema, prefix: str, posted: QueryDict) -> dict[str, Any]:
        found: dict[str, Any] = {}
        required = schema.get("required", [])
        for name, part in schema.get("properties", {}).items():
            value = self._read(part, f"{prefix}.{name}" if prefix else name, posted)
            if value is None and name in required and any(option.get("type") == "null" for option in part.get("anyOf", [])):
                found[name] = None
            elif value is not None and (name in required or value not in ([], {})):
                found[name] = value
        if prefix and all(value is None or value is False for value in found.values()):
            return {}
        return found

    def _read(self, schema: Schema, path: str, posted: QueryDict) -> Any:
        part = self.resolved(schema)
        match kind_of(part):
            case "record":
                value = self._read_record(part, path, posted)
                optional = any(option.get("type") == "null" for option in schema.get("anyOf", []))
                return value if value and (_is_told(part, value) or not optional) else None
            case "rows":
                return self._read_rows(part, path, posted)
            case "map":
                return self._read_map(part, path, posted)
            case "flag":
                return path in posted
            case kind:
                return scalar(posted.get(path, "").strip(), kind)

    def _read_rows(self, schema: Schema, path: str, posted: QueryDict) -> list[Any] | None:
        part = self.resolved(schema.get("items", {}))
        rows: list[Any] = []
        for i in range(row_count(posted, path)):
            here = f"{path}[{i}]"
            if "prefixItems" in part or kind_of(part) == "rows":
                inner = part.get("prefixItems") or [part.get("items", {})] * 2
                row: Any = [self._read(kind, f"{here}[{j}]", posted) for j, kind in enumerate(inner)]
                row = row if any(cell is not None for cell in row) else None
            else:
                row = self._read(part, here, posted)
            if row is not None:
                rows.append(row)
        return rows if f"{path}#rows" in posted else None

    def _read_map(self, schema: Schema, path: str, posted: QueryDict) -> dict[str, Any] | None:
        found = {}
        for i in range(row_count(posted, path)):
            key = posted.get(f"{path}#key[{i}]", "").strip()
            value = self._read(schema["additionalProperties"], f"{path}#value[{i}]", posted)
            if key or value is not None:
                found[key] = value
        return found if f"{path}#rows" in posted else None


def _is_told(part: Schema, value: Mapping[str, Any]) -> bool:
    """Whether anything was typed into a record: a required place, or, where none is required, a place that is not at its default."""
    places = part.get("properties", {})
    asked = part.get("required") or [name for name in value if value[name] != places[name].get("default")]
    return any(value.get(name) not in (None, [], {}) for name in asked)


def row_count(posted: QueryDict, path: str) -> int:
    """How many rows of a list were shown."""
    text = posted.get(f"{path}#rows", "0")
    return min(int(text), MAX_ROWS) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def kind_of(part: Schema) -> str:
    """Which kind of place a resolved schema asks for."""
    if "enum" in part or "const" in part:
        part.setdefault("enum", [part.get("const")])
        return "choice"
    types = part.get("type")
    if part.get("format") == "money-yuan":
        return "money"
    if types == "object":
        return "record" if "properties" in part else "map"
    if part.get("format") == "date":
        return "date"
    names = {"array": "rows", "boolean": "flag", "integer": "integer", "number": "number"}
    return names.get(types if isinstance(types, str) else "", "text")


def scalar(text: str, kind: str) -> Any:
    """The JSON value of typed text; text that is no number stays text, so that the door names the field."""
    if text == "":
        return None
    if kind in {"number", "integer", "choice"}:
        if kind == "choice" and not text.isdigit():
            return text
        try:
            number = Decimal(text.replace(",", ""))
        except InvalidOperation:
            return text
        return int(number) if number == number.to_integral_value() and abs(number) < 10**15 else number
    return text.replace(",", "") if kind == "money" else text


def _bounds(part: Schema) -> str:
    signs = (("minimum", "≥"), ("exclusiveMinimum", ">"), ("maximum", "≤"), ("exclusiveMaximum", "<"))
    return ", ".join(f"{sign} {part[name]:g}" for name, sign in signs if name in part)


def walk(fields: list[Field]) -> Iterator[Field]:
    """Every place of a form, the inner ones too."""
    for place in fields:
        yield place
        if place.kind == "record":
            yield from walk(place.children)
        for row in place.rows:
            yield from walk(row)
