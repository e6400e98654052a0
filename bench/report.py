"""What a benchmark reports: our figure, the peer's figure in the same run, their ratio and the target."""

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One line of the report. `ratio` is ours against the peer, larger is better; `target` the ratio or figure asked for, None if only reported."""

    name: str
    ours: float
    unit: str
    peer_name: str = ""
    peer: float | None = None
    ratio: float | None = None
    target: str = ""
    met: bool | None = None
    note: str = ""


def cpu_seconds(work: Callable[[], object], *, repeat: int = 3) -> float:
    """The median CPU seconds (user + system, this process) of `repeat` runs."""
    taken = []
    for _ in range(repeat):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return sorted(taken)[len(taken) // 2]


def peak_megabytes() -> float:
    """The largest resident size of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
