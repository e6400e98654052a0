"""The small reference tables that indicators need: official totals of grants, national income, and readers for those a user brings."""

import csv
import datetime as dt
from collections.abc import Iterable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import pyarrow as pa

from langqiao.data.reference.technology import PRACTICE, fallback, stems

TOTALS = pa.schema([("office", pa.string()), ("patent_type", pa.string()), ("year", pa.int32()), ("total", pa.int64())])
GNI = pa.schema([("office", pa.string()), ("gni", pa.float64()), ("published_on", pa.date32())])
FIELDS = pa.schema([("subclass", pa.string()), ("main_group", pa.string()), ("field", pa.int32())])
OWNERS = pa.schema([("name", pa.string()), ("owner", pa.string())])


def totals(own: Path | None = None) -> pa.Table:
    """Patents granted by office, type and year (USPTO statistics), and those of a CSV file (office, patent_type, year, total), which win.

    Raises ValueError with the line where the file is not of that form or a total is not above zero.
    """
    found = {(row["office"], row["patent_type"], int(row["year"])): int(row["total"]) for row in _rows("grants_by_office_year.csv")}
    return totals_of(found | (_own_totals(own) if own else {}))


def _own_totals(file: Path) -> dict[tuple[str, str, int], int]:
    found = {}
    with file.open(encoding="utf-8-sig", newline="") as opened:
        for line, row in enumerate(csv.DictReader(opened), start=2):
            try:
                year, total = int(row["year"]), int(row["total"])
                found[row["office"].strip(), row["patent_type"].strip(), year] = total
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                raise ValueError(f"{file.name}, line {line}: needs office, patent_type, year and total ({error})") from error
            if total <= 0:
                raise ValueError(f"{file.name}, line {line}: the total of {year} is {total}; it must be above zero")
    return found


def totals_of(found: Mapping[tuple[str, str, int], int]) -> pa.Table:
    """(office, patent_type, year) → total as a table."""
    rows = [{"office": o, "patent_type": t, "year": y, "total": n} for (o, t, y), n in sorted(found.items())]
    return pa.Table.from_pylist(rows, schema=TOTALS)


def gni() -> pa.Table:
    """Gross national income by office's country, millions of US dollars, with the day it was published (World Bank, Atlas method)."""
    rows = [
        {"office": row["office"], "gni": float(row["gni"]), "published_on": dt.date.fromisoformat(row["published_on"])}
        for row in _rows("gni_2018.csv")
    ]
    return pa.Table.from_pylist(rows, schema=GNI)


def fields(rows: Iterable[tuple[str, str, int]]) -> pa.Table:
    """(subclass, main_group or "", WIPO field) as a table."""
    return pa.Table.from_pylist([{"subclass": s, "main_group": g, "field": f} for s, g, f in sorted(set(rows))], schema=FIELDS)


def wipo_fields() -> pa.Table:
    """The WIPO concordance as rows: a main group beats its subclass; subclasses the table splits by group or lacks are placed by practice."""
    found = {(stem.partition(" ")[0], stem.partition(" ")[2]): number for stem, number in stems().items()}
    for subclass in {subclass for subclass, _ in found} | PRACTICE.keys():
        number = PRACTICE.get(subclass, fallback(subclass))
        if number is not None:
            found.setdefault((subclass, ""), number)
    return fields((subclass, group, number) for (subclass, group), number in found.items())


def owners(resolved: Mapping[str, str]) -> pa.Table:
    """Written name → owner as a table."""
    return pa.Table.from_pylist([{"name": name, "owner": owner} for name, owner in sorted(resolved.items())], schema=OWNERS)


def _rows(name: str) -> list[dict[str, Any]]:
    text = files(__package__).joinpath("tables", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
