"""How files of the lake come to be: written aside, forced to the disk, then given their name, so that each is there whole or not at all."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def staged(folder: Path) -> Iterator[tuple[BinaryIO, Path]]:
    """A new file in `folder` with a passing name; whoever keeps it renames it with `publish`, otherwise it is removed."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f".{os.getpid()}-{secrets.token_hex(8)}"
    try:
        with path.open("xb", buffering=0) as stream:
            yield stream, path
    finally:
        path.unlink(missing_ok=True)


def rename_into(path: Path, name: Path) -> None:
    """Gives a finished file its name; `settle` must follow before anything relies on it."""
    name.parent.mkdir(parents=True, exist_ok=True)
    path.replace(name)


def settle() -> None:
    """Forces everything written so far, by whatever process, to the disk: once a batch instead of once a file."""
    os.sync()


def publish(path: Path, name: Path) -> None:
    """Gives a finished file its name: bytes, then name, then folder are forced to the disk."""
    name.parent.mkdir(parents=True, exist_ok=True)
    _synchronize(path)
    path.replace(name)
    _synchronize(name.parent)


def _synchronize(path: Path) -> None:
    """Forces a file's bytes, or a folder's names, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sweep(folder: Path) -> None:
    """Removes what killed writers left unfinished in a folder and in the folders below it."""
    for path in folder.rglob(".*-*"):
        if path.is_file():
            path.unlink(missing_ok=True)
