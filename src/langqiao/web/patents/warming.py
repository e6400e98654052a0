"""Making a worker ready for its first search by meaning while nobody waits: the model is loaded in the background, after the start.

Not at a lower priority: the threads of the model would inherit it, and every search by meaning would wait for them on a busy machine.
"""

import logging
import threading

from langqiao.data.search import vectors
from langqiao.web.common.lake import index_folder, site_lake

log = logging.getLogger(__name__)
AFTER_S = 5.0
"""How long after the worker's start: the first pages come first."""


def warm_later(after_s: float = AFTER_S) -> threading.Timer:
    """Starts the timer; the thread ends with the process."""
    timer = threading.Timer(after_s, warm)
    timer.daemon = True
    timer.start()
    return timer


def warm() -> bool:
    """Loads model and matrix where vectors were built; whether it did. A search that comes earlier loads them itself."""
    folder = index_folder(site_lake()).parent / "vectors"
    if not vectors.available() or not vectors.count(folder):
        return False
    vectors.encode(["bridge 桥"])
    log.info("the model of meaning is loaded")
    return True
