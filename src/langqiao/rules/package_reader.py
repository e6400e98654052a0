"""Reads the packages for offices of rules/packages.yaml into the engine's values."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from langqiao.engine.contracts.package import Due, Package, Paper
from langqiao.rules.clause_reader import when_of


@cache
def packages() -> Mapping[str, Package]:
    """Every kind of package shipped with the product, in the order of the file."""
    document = yaml.safe_load(files(__package__).joinpath("packages.yaml").read_text(encoding="utf-8"))
    return {kind: _package(kind, body) for kind, body in document.items()}


def _package(kind: str, body: Mapping[str, Any]) -> Package:
    due = body.get("due")
    return Package(
        kind=kind,
        title=body["title"],
        article=body["article"],
        papers=tuple(_paper(entry) for entry in body["papers"]),
        due=Due(parameter=due["parameter"], unit=due["unit"], counted_from=due["from"]) if due else None,
    )


def _paper(entry: Mapping[str, Any]) -> Paper:
    return Paper(
        id=entry["id"],
        title=entry["title"],
        source=entry["source"],
        confirmed=entry["confirmed"],
        kinds=(entry["from"], *entry.get("or_from", ())) if "from" in entry else (),
        signed=entry.get("signed", False),
        when=when_of(entry.get("when", {})),
    )
