"""An ingest to be killed: run in a process of its own, it says when it begins."""

import sys
from pathlib import Path

from langqiao.data.lake.ingest import ingest
from langqiao.data.lake.plan import Portioning
from langqiao.data.lake.store import Lake
from tests.data.lake_world import NOON

SMALL = Portioning(group_bytes=40_000, group_files=3, slice_bytes=20_000)
"""Many portions of few files, so that there is much to be killed between."""


def read(folder: Path, root: Path, workers: int = 1):
    """The ingest as the undisturbed run and the repetition call it too."""
    return ingest([folder], Lake(root), portioning=SMALL, workers=workers, clock=lambda: NOON)


def victim(folder: Path, root: Path, workers: int, begins) -> None:
    """Tells the test that it begins, then reads."""
    begins.send_bytes(b"now")
    read(folder, root, workers)


if __name__ == "__main__":
    sys.stdout.write("now\n")
    sys.stdout.flush()
    read(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
