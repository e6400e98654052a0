"""Processes by fork, started together: each runs a function on a database connection of its own and sends back what it returns."""

import json
import os
import sys
import traceback

from django.db import connections


def together(count, work):
    """What `work(number)` returned in each of `count` processes that started at the same moment (JSON values); raises if one failed."""
    connections.close_all()
    start_read, start_write = os.pipe()
    children = []
    for number in range(count):
        read, write = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(start_write)
            os.read(start_read, 1)  # returns when the parent closes its end: the start
            child_end(write, lambda number=number: work(number))
        os.close(write)
        children.append((pid, read))
    os.close(start_read)
    os.close(start_write)
    answers = []
    for pid, read in children:
        with os.fdopen(read, "rb") as pipe:
            told = pipe.read()
        _pid, status = os.waitpid(pid, 0)
        if status:
            raise RuntimeError(f"a writer ended with {status}: {told.decode()[-3000:]}")
        answers.append(json.loads(told))
    return answers


def child_end(write, work):
    """Runs the work of a child and ends it without the parent's exit handlers."""
    status = 0
    try:
        told = json.dumps(work()).encode()
    except BaseException:  # noqa: BLE001 - the parent shows it
        told, status = traceback.format_exc().encode(), 1
    os.write(write, told)
    sys.stdout.flush()
    os._exit(status)
