"""Where the real USPTO files lie, and how tests read them; tests skip where the folder is absent."""

import datetime as dt
import gzip
import io
import os
from pathlib import Path

import pytest

from langqiao.data.formats import detect
from langqiao.data.formats.limits import LIMITS, Limits
from langqiao.data.formats.model import Publication
from langqiao.data.formats.source import Input, Record

SHARED = Path(os.environ.get("LANGQIAO_SHARED", Path(__file__).parents[1].parent / "shared")) / "data"
FULLTEXT, WEEK_1976 = SHARED / "us_fulltext", SHARED / "us_1976w1"
RETRIEVED = dt.datetime(2024, 1, 2, tzinfo=dt.UTC)

needs_real_files = pytest.mark.skipif(not FULLTEXT.is_dir(), reason=f"the development data are not at {SHARED}")


def data_of(path: Path) -> bytes:
    """The unpacked bytes of a file."""
    raw = path.read_bytes()
    return gzip.decompress(raw) if path.suffix == ".gz" else raw


def given(data: bytes, name: str = "file", *, limits: Limits = LIMITS) -> Input:
    """An input over bytes."""
    return Input(name=name, open=lambda: io.BytesIO(data), retrieved_at=RETRIEVED, limits=limits)


def read(data: bytes, name: str = "file", *, limits: Limits = LIMITS) -> list[Record]:
    """Every record of a file, by the reader that detection chooses; fails if none fits."""
    source = given(data, name, limits=limits)
    reader = detect.detect(source.head, name)
    assert reader is not None, f"no reader fits {name}"
    return list(reader(source))


def publications(records: list[Record]) -> list[Publication]:
    """The publications among records."""
    return [record for record in records if isinstance(record, Publication)]


def full(name: str) -> bytes:
    """The one file of us_fulltext with that name."""
    [path] = FULLTEXT.glob(f"*/{name}")
    return data_of(path)
