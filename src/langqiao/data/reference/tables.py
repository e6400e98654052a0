"""How the dated reference tables of this folder are read: CSV rows by name, and a card for each table that says where it comes from."""

import csv
import datetime as dt
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@dataclass(frozen=True, slots=True, kw_only=True)
class TableCard:
    """What a reference table is: title {"zh", "en"}, the version of the facts, where they come from, whether they were checked there, its terms."""

    name: str
    title: Mapping[str, str]
    version: str
    source: str
    confirmed: bool
    terms: str
    taken_on: dt.date
    note: str = ""


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """The rows of NAME.csv in this folder, in their order."""
    text = files(__package__ or __name__).joinpath(f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(io.StringIO(text)))


@cache
def document(name: str) -> Any:
    """The content of NAME.yaml in this folder."""
    return yaml.safe_load(files(__package__ or __name__).joinpath(f"{name}.yaml").read_text(encoding="utf-8"))


@cache
def cards() -> Mapping[str, TableCard]:
    """The card of every reference table by its name (tables.yaml)."""
    return {name: TableCard(name=name, **body) for name, body in document("tables").items()}
