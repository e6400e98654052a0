"""From a figure back to its bytes: a record read again from the kept copy of its file."""

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from langqiao.data.formats.archive import DAMAGE, leaves
from langqiao.data.formats.limits import LIMITS
from langqiao.data.formats.source import Input
from langqiao.data.lake.manifest import Manifest, Unit
from langqiao.data.lake.sources import KEEPING, Stretch, hash_of, skip, source_path


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretched:
    """A stretch of an unpacked input file."""

    source_file: str
    offset: int
    length: int
    sha256: str | None = None


def raw_bytes(root: Path, manifest: Manifest, wanted: Stretched) -> bytes:
    """The bytes of a record, from the newest kept file of that name that has them."""
    if not 0 <= wanted.length <= KEEPING.raw_bytes or wanted.offset < 0:
        raise ValueError(f"{wanted.length:,} bytes from {wanted.offset:,} cannot be shown; the limit is {KEEPING.raw_bytes:,}")
    seen = False
    for unit in _units(manifest, wanted.source_file):
        file = _file(root, unit)
        if file is None:
            continue
        seen = True
        data = _read(file, unit.source_file, wanted)
        if data is not None and (wanted.sha256 is None or hashlib.sha256(data).hexdigest() == wanted.sha256):
            return data
    if seen:
        raise ValueError(f"{wanted.source_file} as kept does not hold these {wanted.length:,} bytes at {wanted.offset:,}")
    raise LookupError(f"the lake keeps no copy of {wanted.source_file}")


def _units(manifest: Manifest, source_file: str) -> Iterator[Unit]:
    """The input files a name may mean, newest first: itself, or the archive it lies in."""
    pieces = source_file.split("!")
    for count in range(len(pieces), 0, -1):
        yield from reversed(manifest.units(source_file="!".join(pieces[:count])))


def _file(root: Path, unit: Unit) -> Path | None:
    """The kept copy, or the file itself where none was kept and it has not changed."""
    kept = source_path(root, unit.sha256)
    if kept.exists():
        return kept
    given = Path(unit.path)
    return given if given.is_file() and hash_of(given) == unit.sha256 else None


def _read(file: Path, name: str, wanted: Stretched) -> bytes | None:
    source = Input(name=name, open=Stretch(file, 0, None), retrieved_at=dt.datetime.fromtimestamp(0, dt.UTC), limits=LIMITS)
    try:
        for leaf in leaves(source, packed_bytes=file.stat().st_size):
            if isinstance(leaf, Input) and leaf.name == wanted.source_file:
                leaf.close()
                with leaf.open() as stream:
                    skip(stream, wanted.offset)
                    return _exactly(stream.read, wanted.length)
    except DAMAGE:
        return None
    return None


def _exactly(read: object, length: int) -> bytes | None:
    pieces = bytearray()
    while len(pieces) < length and (piece := read(length - len(pieces))):  # type: ignore[operator]
        pieces += piece
    return bytes(pieces) if len(pieces) == length else None
