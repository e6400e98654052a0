"""Reads listed members out of a downloaded package as a stream: nothing is unpacked to disk, nothing unlisted is opened."""

import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

MEMBER_BYTES = 20 * 1024 * 1024
"""The largest member that is read, in bytes."""

MAX_ENTRIES = 20_000
"""The most entries that a package may hold."""


class MemberError(ValueError):
    """A package is not as it should be: an unsafe name, a link, a member too large."""


def read_members(package: Path, wanted: frozenset[str]) -> Iterator[tuple[str, bytes]]:
    """The wanted members, by exact name, in the order they stand in the package. Raises MemberError."""
    yield from _zip(package, wanted) if package.suffix in {".whl", ".zip"} else _tar(package, wanted)


def _zip(package: Path, wanted: frozenset[str]) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(package) as archive:
        entries = archive.infolist()
        _check_count(len(entries))
        for entry in entries:
            if entry.filename not in wanted:
                continue
            _check_name(entry.filename)
            if (entry.external_attr >> 16) & 0o170000 == 0o120000:
                raise MemberError(f"{entry.filename} is a link")
            with archive.open(entry) as stream:
                yield entry.filename, _bounded(entry.filename, stream.read(MEMBER_BYTES + 1))


def _tar(package: Path, wanted: frozenset[str]) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(package, mode="r|gz") as archive:
        for count, entry in enumerate(archive, 1):
            _check_count(count)
            if entry.name not in wanted:
                continue
            _check_name(entry.name)
            stream = archive.extractfile(entry) if entry.isreg() else None
            if stream is None:
                raise MemberError(f"{entry.name} is a link or no file")
            yield entry.name, _bounded(entry.name, stream.read(MEMBER_BYTES + 1))


def _bounded(name: str, data: bytes) -> bytes:
    if len(data) > MEMBER_BYTES:
        raise MemberError(f"{name} is longer than {MEMBER_BYTES:,} bytes")
    return data


def _check_count(count: int) -> None:
    if count > MAX_ENTRIES:
        raise MemberError(f"the package holds more than {MAX_ENTRIES:,} entries")


def _check_name(name: str) -> None:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name:
        raise MemberError(f"{name!r} leaves its folder")
