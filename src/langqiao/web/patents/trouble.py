"""What could not be read, or only with care: problems by code, one by one, and the files they came from."""

from dataclasses import dataclass
from typing import Any

import ibis

from langqiao.data.lake.manifest import Unit
from langqiao.data.lake.store import Lake
from langqiao.web.patents.records import Row

PAGE_SIZE = 50
FILES_SHOWN = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemsPage:
    """One page of problems."""

    rows: list[Row]
    total: int
    page: int
    page_count: int


def problem_counts(lake: Lake) -> list[Row]:
    """Problems by code and severity, most first."""
    table = lake.table("problems")
    return _read(table.group_by(["code", "severity"]).aggregate(n=table.count()).order_by([ibis.desc("n"), "code"]).limit(60))


def problems_page(lake: Lake, *, code: str, page: int) -> ProblemsPage:
    """Problems of a code (empty: all), fifty a page."""
    table = lake.table("problems")
    if code:
        table = table.filter(table.code == code)
    total = int(table.count().to_pyarrow().as_py())
    page_count = max(1, -(-total // PAGE_SIZE))
    page = min(max(1, page), page_count)
    ordered = table.order_by(["where", "offset", "row", "code"]).limit(PAGE_SIZE, offset=(page - 1) * PAGE_SIZE)
    return ProblemsPage(rows=_read(ordered), total=total, page=page, page_count=page_count)


def files_read(lake: Lake) -> list[Unit]:
    """The newest files read."""
    return sorted(lake.manifest.units(), key=lambda unit: unit.retrieved_at, reverse=True)[:FILES_SHOWN]


def _read(table: Any) -> list[Row]:
    found: list[Row] = table.to_pyarrow().to_pylist()
    return found
