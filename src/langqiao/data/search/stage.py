"""The index as a stage of the pipeline: text first, vectors after it."""

import datetime as dt
from collections.abc import Callable

from langqiao.data.lake.store import Lake
from langqiao.data.search import vectors
from langqiao.data.search.documents import documents
from langqiao.data.search.index import build as build_index
from langqiao.rules import parameters

MIN_VECTOR_CHARS = 12
"""A title shorter than this says too little for a vector."""


def build(lake: Lake, as_of: dt.date) -> dict[str, object]:
    """Builds the text index of a lake; {"documents": n}."""
    return {"documents": build_index(lake.root / "search" / "text", documents(lake, as_of, parameters()))}


def build_vectors(lake: Lake, as_of: dt.date, progress: Callable[[int], None] | None = None) -> dict[str, object]:  # noqa: ARG001
    """Builds the vectors of the titles and abstracts of a lake; {"vectors": n}. Unchanged texts keep theirs."""
    rows = lake.table("publications").select("key", "title", "title_zh", "abstract").to_pyarrow().to_pylist()
    texts = sorted((row["key"], _text(row)) for row in rows)
    count = vectors.build(
        lake.root / "search" / "vectors", ((key, text) for key, text in texts if len(text) >= MIN_VECTOR_CHARS), progress=progress
    )
    return {"vectors": count}


def _text(row: dict[str, str | None]) -> str:
    return " ".join(part for part in (row["title"] or row["title_zh"], row["abstract"]) if part)
