"""Who may write: one process at a time holds the lake's lock; the system releases it when the process ends, however it ends."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

WAIT_SECONDS = 600.0
"""How long a writer waits for another one to finish."""


class LakeBusyError(RuntimeError):
    """Another process has been writing to the lake for longer than a writer waits."""


@contextmanager
def writing(root: Path, *, name: str = ".lock", wait_seconds: float = WAIT_SECONDS) -> Iterator[None]:
    """Holds a lock of the lake: `.lock` for its records, another name for what is computed from them. Raises LakeBusyError after a while."""
    root.mkdir(parents=True, exist_ok=True)
    handle = os.open(root / name, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        _acquire(handle, root, time.monotonic() + wait_seconds)
        yield
    finally:
        os.close(handle)


def _acquire(handle: int, root: Path, until: float) -> None:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                raise LakeBusyError(f"another process is writing to the lake {root}") from None
            time.sleep(0.05)
        else:
            return
