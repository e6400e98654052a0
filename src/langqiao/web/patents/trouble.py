"""What could not be read, or only with care: problems by code, one by one, and the files they came from."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import ibis

from langqiao.data.lake.manifest import Unit
from langqiao.data.lake.store import Lake
from langqiao.web.common.lake import lake_at
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
    return _counts(lake.root, lake.version)


@lru_cache(maxsize=8)
def _counts(root: Path, _version: str) -> list[Row]:
    table = lake_at(root).table("problems")
    return _read(table.group_by(["code", "severity"]).aggregate(n=table.count()).order_by([ibis.desc("n"), "code"]).limit(60))


def problems_page(lake: Lake, *, code: str, page: int) -> ProblemsPage:
    """Problems of a code (empty: all), fifty a page."""
    return _page(lake.root, lake.version, code, page)


@lru_cache(maxsize=64)
def _page(root: Path, _version: str, code: str, page: int) -> ProblemsPage:
    table = lake_at(root).table("problems")
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
