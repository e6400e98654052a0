"""The lake of the site and of each organization, opened once a process and thread; and its search index."""

import threading
from pathlib import Path

from django.conf import settings

from langqiao.data.lake.store import Lake

_open = threading.local()


def lake_at(root: Path) -> Lake:
    """The lake below `root`, kept open for the life of the thread."""
    lakes: dict[Path, Lake] = _open.__dict__.setdefault("lakes", {})
    if root not in lakes:
        lakes[root] = Lake(root)
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
