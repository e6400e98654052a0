"""The time limit of a calculation: five seconds, then an error instead of a blocked worker."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

LIMIT_SECONDS = 5.0


class TooSlowError(TimeoutError):
    """The calculation took longer than the limit."""

    def __init__(self) -> None:
        super().__init__(f"the calculation took longer than {LIMIT_SECONDS:g} seconds: use the command line, which has no limit")


@contextmanager
def within_limit(seconds: float = LIMIT_SECONDS) -> Iterator[None]:
    """Raises TooSlowError inside the block when the time is over. In the main thread of a worker; elsewhere the block runs unlimited."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise TooSlowError

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
