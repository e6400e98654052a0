"""The lake of the site and of each organization, opened once a process and thread; and its search index."""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings

from langqiao.data.lake.manifest import Derived
from langqiao.data.lake.store import Lake

_open = threading.local()
SETTLED_S = 2.0
"""A manifest changed less long ago is asked anew each time: a second change could fall into the same tick of the file's clock."""


class WatchedLake(Lake):
    """A lake whose version and computed tables are asked of the manifest again only once its file has changed: a page asks many times."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self._stamp: tuple[int, int] | None = None
        self._told: dict[str, Any] = {}

    @property
    def version(self) -> str:
        """A hash over all committed batches."""
        found: str = self._asked("version", self.manifest.version)
        return found

    def derived(self, name: str) -> Derived | None:
        """The current computed table of that name."""
        found: Derived | None = self._asked(f"derived {name}", lambda: Lake.derived(self, name))
        return found

    def _asked(self, what: str, ask: Callable[[], Any]) -> Any:
        try:
            told = os.stat(self.manifest.file)  # noqa: PTH116 - asked many times a page
        except FileNotFoundError:
            return ask()
        stamp = (told.st_mtime_ns, told.st_size)
        if stamp != self._stamp or time.time() - told.st_mtime < SETTLED_S:
            self._stamp, self._told = stamp, {}
        if what not in self._told:
            self._told[what] = ask()
        return self._told[what]


def lake_at(root: Path) -> Lake:
    """The lake below `root`, kept open for the life of the thread."""
    lakes: dict[Path, Lake] = _open.__dict__.setdefault("lakes", {})
    if root not in lakes:
        lakes[root] = WatchedLake(root)
    return lakes[root]


def site_lake() -> Lake:
    """The lake that everybody may read."""
    return lake_at(Path(settings.LAKE))


def organization_lake(organization_id: int) -> Lake:
    """The lake of an organization's own uploads, which only its members' pages open."""
    return lake_at(Path(settings.VAR) / "portfolios" / str(int(organization_id)) / "lake")


def index_folder(lake: Lake) -> Path:
    """Where the search index of a lake lies."""
    return lake.root / "search" / "text"
