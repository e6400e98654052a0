"""Making a backup while the site runs: the books as one consistent state, the lakes and the files, a signed manifest over all."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.audit import postgresql
from langqiao.web.audit.export import read_lines
from langqiao.web.audit.heads import head_make, heads_file, heads_write_out
from langqiao.web.audit.manifest import BOOKS, DUMP, Kept, Manifest, hashed, is_sound, manifest_write
from langqiao.web.audit.reading import Rows, file_rows, site_rows
from langqiao.web.audit.services import moment_text
from langqiao.web.audit.verification import Verified, verify

DATABASES = {".sqlite", ".sqlite3"}
LEFT_OUT = {"staging", "__pycache__"}
TRIES = 3
"""How often a folder is copied again that changed while it was copied."""


def folders() -> dict[str, Path]:
    """Name in the backup → folder of the site: the lake, the lakes of organizations, uploads with the documents."""
    var = Path(settings.VAR)
    return {"lake": Path(settings.LAKE), "portfolios": var / "portfolios", "uploads": Path(settings.MEDIA_ROOT)}


def key_files() -> dict[str, Path]:
    """Name in the backup → secret of the site, copied only where asked for: whoever holds them can sign as the site."""
    var = Path(settings.VAR)
    return {"secrets/secret.key": var / "secret.key", "secrets/keys": var / "keys", "secrets/signing": var / "signing"}


def backup_make(folder: Path, *, with_keys: bool = False) -> Manifest:
    """Makes a backup in an empty or new folder. Refused (backup_in_the_way, backup_unsteady, backup_tool_missing, backup_damaged)."""
    if folder.exists() and any(folder.iterdir()):
        raise Refusal("backup_in_the_way", _("The folder %(folder)s is not empty.") % {"folder": folder}, facts={"place": str(folder)})
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    head_make()
    heads_write_out(heads_file())
    found = _books(folder)
    if found.problems:
        place = f"{found.problems[0].where} {found.problems[0].row or ''}".strip()
        facts = {"place": place, "why": found.problems[0].message}
        raise Refusal("backup_damaged", _("The books themselves are damaged at %(place)s: %(why)s") % facts, facts=facts)
    for name, source in folders().items():
        _folder(source, folder / name)
    if heads_file().exists():
        shutil.copy2(heads_file(), folder / "heads.jsonl")
    if with_keys:
        _keys(folder)
    manifest = Manifest(
        made_at=moment_text(timezone.now()),
        version=version("langqiao"),
        database=connection.vendor,
        size=found.size,
        root=found.root,
        last_hash=found.last_hash,
        head=_head_within(folder, found.size),
        files=tuple(_listed(folder)),
    )
    manifest_write(folder, manifest)
    return manifest


def _books(folder: Path) -> Verified:
    if connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            postgresql.dump(folder / DUMP, snapshot=cursor.fetchone()[0])
            return _verified(site_rows)
    sqlite_copy(Path(connection.settings_dict["NAME"]), folder / BOOKS)
    with file_rows(folder / BOOKS) as rows:
        return _verified(rows)


def _verified(rows: Rows) -> Verified:
    return verify(rows)


def sqlite_copy(source: Path, target: Path) -> None:
    """SQLite's online backup: one consistent state, although others write. Refused (backup_damaged) where the copy is not whole."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy, pages=2_000)
        copy.execute("PRAGMA journal_mode = DELETE")
    if not is_sound(target):
        facts = {"place": str(source), "why": "integrity_check"}
        raise Refusal("backup_damaged", _("The database %(place)s is damaged.") % facts, facts=facts)
    _synced(target)


def _folder(source: Path, target: Path) -> None:
    for left in range(TRIES, 0, -1):
        try:
            if source.is_dir():
                _copied(source, target)
        except FileNotFoundError as error:
            shutil.rmtree(target, ignore_errors=True)
            if left == 1:
                text = _("%(folder)s changed while it was copied (%(file)s). Try again when no ingest runs.")
                facts = {"folder": source, "file": error.filename}
                raise Refusal("backup_unsteady", text % facts, facts=facts) from error
        else:
            return


def _copied(source: Path, target: Path) -> None:
    """Databases first: what they name is written before they name it, so it is there when the files are copied."""
    paths = [path for path in sorted(source.rglob("*")) if _wanted(path, source)]
    for path in sorted(paths, key=lambda path: path.suffix not in DATABASES):
        copy = target / path.relative_to(source)
        if path.suffix in DATABASES:
            sqlite_copy(path, copy)
        else:
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, copy)
            _synced(copy)
    _complete(target)


def _wanted(path: Path, source: Path) -> bool:
    within = path.relative_to(source)
    journal = any(f"{suffix}-" in path.name for suffix in DATABASES)
    return path.is_file() and not path.is_symlink() and not journal and not LEFT_OUT & set(within.parts)


def _complete(target: Path) -> None:
    """Every part that a copied lake's manifest names is there: files merged away meanwhile would be missing."""
    from langqiao.data.lake.schema import TABLES  # noqa: PLC0415 - Arrow only when a backup is made
    from langqiao.data.lake.store import Lake  # noqa: PLC0415

    for manifest in target.rglob("manifest.sqlite"):
        lake = Lake(manifest.parent)
        for part in (part for table in TABLES for part in lake.manifest.parts(table)):
            if not (lake.root / part.file).is_file():
                raise FileNotFoundError(2, "missing", str(part.file))


def _keys(folder: Path) -> None:
    for name, source in key_files().items():
        if source.is_dir():
            shutil.copytree(source, folder / name)
        elif source.is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            shutil.copy2(source, folder / name)


def _head_within(folder: Path, size: int) -> dict[str, object] | None:
    """The newest head that the books of this backup cover."""
    path = folder / "heads.jsonl"
    heads = [head for head in read_lines(path) if isinstance(head.get("size"), int) and head["size"] <= size] if path.exists() else []
    return max(heads, key=lambda head: int(head["size"]), default=None)


def _listed(folder: Path) -> Iterator[Kept]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            count, sha256 = hashed(path)
            yield Kept(path=path.relative_to(folder).as_posix(), bytes=count, sha256=sha256)


def _synced(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
