"""Reads the rule files shipped with the package (parameters, schemes, refusals) into the engine's values."""

import datetime as dt
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from langqiao.engine.kernel.parameters import Parameter, Parameters, ParameterValue


@cache
def parameters() -> Parameters:
    """Every dated legal and policy value of rules/parameters/*.yaml."""
    found: list[Parameter] = []
    for entry in sorted(files(__name__).joinpath("parameters").iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".yaml"):
            document = yaml.safe_load(entry.read_text(encoding="utf-8")) or {}
            found += [_parameter(key, body) for key, body in document.items()]
    keys = [parameter.key for parameter in found]
    if len(set(keys)) != len(keys):
        raise ValueError(f"parameters defined twice: {sorted({key for key in keys if keys.count(key) > 1})}")
    return Parameters(found)


def _parameter(key: str, body: dict[str, Any]) -> Parameter:
    return Parameter(
        key=key,
        unit=body.get("unit", ""),
        title=body["title"],
        values=tuple(
            ParameterValue(
                value=entry["value"],
                source=entry["source"],
                confirmed=bool(entry["confirmed"]),
                since=_day(entry.get("since")),
                until=_day(entry.get("until")),
                note=entry.get("note", ""),
            )
            for entry in body["values"]
        ),
    )


def _day(value: Any) -> dt.date | None:
    return dt.date.fromisoformat(value) if isinstance(value, str) else value
