"""A backup's manifest: every file with its SHA-256, the state of the record inside, signed; and the check of a folder against it."""

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from langqiao.engine.kernel.problem import Problem
from langqiao.engine.record.head import key_id
from langqiao.web.audit.keys import is_signed, private_key, public_key
from langqiao.web.audit.reading import file_rows
from langqiao.web.audit.verification import Verified, verify

KIND = "langqiao-backup-1"
NAME, SIGNATURE = "manifest.json", "manifest.sig"
BOOKS = "books.sqlite3"
DUMP = "books.dump"
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One file of the backup."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup holds. `size`, `root` and `last_hash` are the record's; a restore is accepted only where it has them again."""

    made_at: str
    version: str
    database: str
    size: int
    root: str
    last_hash: str
    head: dict[str, Any] | None
    files: tuple[Kept, ...]

    def text(self) -> str:
        """What is written and signed."""
        return json.dumps({"kind": KIND, **asdict(self)}, ensure_ascii=False, sort_keys=True, indent=1)


def manifest_write(folder: Path, manifest: Manifest) -> None:
    """Writes the manifest and its signature by the site's key."""
    key = private_key()
    (folder / NAME).write_text(manifest.text(), encoding="utf-8")
    public = public_key(key)
    signature = {"key": key_id(public), "public_key": public, "signature": key.sign(manifest.text().encode()).hex()}
    (folder / SIGNATURE).write_text(json.dumps(signature), encoding="ascii")


def manifest_read(folder: Path) -> Manifest | None:
    """The manifest of a folder; None where there is none that can be read."""
    try:
        told = json.loads((folder / NAME).read_text(encoding="utf-8"))
        if told.pop("kind") != KIND:
            return None
        return Manifest(**told | {"files": tuple(Kept(**kept) for kept in told["files"])})
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def hashed(path: Path) -> tuple[int, str]:
    """Length and SHA-256 of a file."""
    digest, count = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            count += len(chunk)
    return count, digest.hexdigest()


def problems_of(folder: Path, *, trusted: frozenset[str] = frozenset()) -> Iterator[Problem]:
    """Everything in which a backup differs from its manifest, with its place; and whether the record inside is the one it names."""
    manifest = manifest_read(folder)
    if manifest is None:
        yield _problem(NAME, "backup_manifest_unreadable", f"{folder / NAME} is missing or cannot be read")
        return
    if not _is_signed(folder, manifest, trusted):
        yield _problem(SIGNATURE, "backup_signature_wrong", "the manifest is not signed, was changed, or is signed with an unknown key")
    named = {kept.path for kept in manifest.files}
    for kept in manifest.files:
        yield from _file(folder, kept)
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    for extra in sorted(there - named - {NAME, SIGNATURE}):
        yield _problem(extra, "backup_file_extra", f"{extra} is not named in the manifest")
    if (folder / BOOKS).is_file():
        yield from record_problems(folder / BOOKS, manifest)


def _file(folder: Path, kept: Kept) -> Iterator[Problem]:
    path = folder / kept.path
    if not path.resolve().is_relative_to(folder.resolve()):
        yield _problem(kept.path, "backup_file_extra", f"{kept.path} leads out of the folder")
    elif not path.is_file():
        yield _problem(kept.path, "backup_file_missing", f"{kept.path} is missing")
    elif (found := hashed(path)) != (kept.bytes, kept.sha256):
        yield _problem(
            kept.path, "backup_file_changed", f"{kept.path} has {found[0]:,} bytes and another hash; {kept.bytes:,} bytes were written"
        )


def record_problems(books: Path, manifest: Manifest) -> Iterator[Problem]:
    """What is wrong with the record in a SQLite file, and whether it is the one that the manifest names."""
    with file_rows(books) as rows:
        found = verify(rows, outside=[manifest.head] if manifest.head else [])
    yield from found.problems
    yield from state_problems(found, manifest)


def state_problems(found: Verified, manifest: Manifest) -> Iterator[Problem]:
    """Whether a verified record has the size, the root and the last hash that the manifest names."""
    if (found.size, found.root, found.last_hash) != (manifest.size, manifest.root, manifest.last_hash):
        message = f"the record has {found.size} entries and root {found.root}; the backup was made of {manifest.size} with {manifest.root}"
        yield _problem("record", "backup_record_differs", message)


def _is_signed(folder: Path, manifest: Manifest, trusted: frozenset[str]) -> bool:
    try:
        told = json.loads((folder / SIGNATURE).read_text(encoding="ascii"))
        key, signature = str(told["public_key"]), str(told["signature"])
    except (OSError, ValueError, KeyError, TypeError):
        return False
    text = (folder / NAME).read_text(encoding="utf-8")
    return text == manifest.text() and is_signed(text, signature, key) and (not trusted or key in trusted)


def _problem(where: str, code: str, message: str) -> Problem:
    return Problem(where=where, code=code, message=message)


def is_sound(books: Path) -> bool:
    """Whether SQLite itself finds a file whole."""
    with closing(sqlite3.connect(f"{books.absolute().as_uri()}?mode=ro", uri=True)) as database:
        return bool(database.execute("PRAGMA integrity_check").fetchone() == ("ok",))
