"""Restoring a backup: checked before a byte is copied, accepted only when the restored record has the recorded root again."""

import shutil
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.kernel.problem import Problem
from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.audit import postgresql
from langqiao.web.audit.backup import folders, key_files
from langqiao.web.audit.manifest import BOOKS, DUMP, Manifest, manifest_read, problems_of, record_problems, state_problems
from langqiao.web.audit.reading import site_rows
from langqiao.web.audit.verification import verify


def backup_restore(folder: Path, *, replace: bool = False, trusted: frozenset[str] = frozenset()) -> Manifest:
    """Puts a backup in the place of the site's books, lakes and files, with the site stopped.

    Refused (backup_damaged, naming the place) where anything differs from the manifest, (backup_in_the_way) where the site holds books
    and `replace` is not given. What `replace` puts aside stays in var/replaced-TIME.
    """
    _refuse_damaged(tuple(problems_of(folder, trusted=trusted)))
    manifest = manifest_read(folder)
    assert manifest is not None, "the check has read it"
    if manifest.database != connection.vendor:
        facts = {"place": f"{manifest.database} → {connection.vendor}"}
        raise Refusal("backup_in_the_way", _("The backup is of another kind of database: %(place)s.") % facts, facts=facts)
    if connection.vendor == "postgresql":
        _postgresql(folder / DUMP, manifest)
        _put_in_place(_staged(folder), replace=replace)
    else:
        staged = _staged(folder)
        books = _staging() / BOOKS
        shutil.copy2(folder / BOOKS, books)
        _refuse_damaged(tuple(record_problems(books, manifest)))
        connection.close()
        _put_in_place({books: Path(connection.settings_dict["NAME"]), **staged}, replace=replace)
    shutil.rmtree(_staging(), ignore_errors=True)
    return manifest


def _refuse_damaged(found: tuple[Problem, ...]) -> None:
    if found:
        place = f"{found[0].where} {found[0].row if found[0].row is not None else ''}".strip()
        text = _("The backup is damaged at %(place)s: %(why)s")
        facts = {"place": place, "why": found[0].message}
        raise Refusal("backup_damaged", text % facts, facts=facts)


def _staging() -> Path:
    return Path(settings.VAR) / "restoring"


def _staged(folder: Path) -> dict[Path, Path]:
    """Copies everything beside its place first; copied path → its place."""
    shutil.rmtree(_staging(), ignore_errors=True)
    _staging().mkdir(parents=True, mode=0o700)
    places = folders() | key_files() | {"heads.jsonl": Path(settings.VAR) / "heads.jsonl"}
    found: dict[Path, Path] = {}
    for name, place in places.items():
        source, copy = folder / name, _staging() / name
        if source.is_dir():
            shutil.copytree(source, copy)
            found[copy] = place
        elif source.is_file():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, copy)
            found[copy] = place
    return found


def _put_in_place(moves: dict[Path, Path], *, replace: bool) -> None:
    taken = [place for place in moves.values() if place.exists() and (place.is_file() or any(place.iterdir()))]
    if taken and not replace:
        facts = {"place": str(taken[0])}
        raise Refusal("backup_in_the_way", _("%(place)s is there already; --replace puts it aside.") % facts, facts=facts)
    aside = Path(settings.VAR) / f"replaced-{timezone.now():%Y%m%dT%H%M%S%f}"
    for copy, place in moves.items():
        for old in (place, *(place.with_name(place.name + suffix) for suffix in ("-wal", "-shm"))):
            if old.exists():
                aside.mkdir(parents=True, exist_ok=True, mode=0o700)
                shutil.move(old, aside / old.name)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(copy, place)


def _postgresql(path: Path, manifest: Manifest) -> None:
    """Loads the dump into the empty database and takes it out again where its record is not the recorded one."""
    postgresql.load(path)
    found = verify(site_rows, outside=[manifest.head] if manifest.head else [])
    problems = (*found.problems, *state_problems(found, manifest))
    if problems:
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    _refuse_damaged(problems)
