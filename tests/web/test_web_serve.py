"""`langqiao serve`: a dead process is started again after a pause, the stop reaches every process of a group."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from langqiao.cli.serve import Child, children, end

SLEEPER = [
    sys.executable,
    "-c",
    "import subprocess, sys, time; p = subprocess.Popen(['sleep', '60']); print(p.pid, flush=True); time.sleep(60)",
]


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"


def test_the_three_processes_are_web_worker_and_scheduler():
    assert [child.name for child in children(host="127.0.0.1", port=8000, workers=2)] == ["web", "worker", "scheduler"]


def test_a_child_that_dies_is_started_again_after_a_pause_that_grows(capsys):
    child = Child(name="worker", command=[sys.executable, "-c", ""])
    now = time.monotonic()
    child.watch(now)
    first = child.process
    first.wait()
    child.watch(now)
    assert child.process is None and child.failures == 1 and child.again_at == pytest.approx(now + 0.5)
    child.watch(now + 0.4)
    assert child.process is None
    child.watch(now + 0.6)
    assert child.process is not None and child.process.pid != first.pid
    child.process.wait()
    child.watch(now + 0.7)
    assert child.failures == 2 and child.again_at == pytest.approx(now + 1.7)
    assert "worker ended with status 0" in capsys.readouterr().err


def test_the_end_reaches_the_children_of_the_children():
    import subprocess

    child = Child(name="web", command=SLEEPER)
    child.process = subprocess.Popen(SLEEPER, start_new_session=True, stdout=subprocess.PIPE)
    grandchild = int(child.process.stdout.readline())
    child.process.stdout.close()
    assert alive(grandchild)
    end([child])
    deadline = time.monotonic() + 5
    while alive(grandchild) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not alive(grandchild) and child.process.returncode == -signal.SIGTERM


PARENT = """
import sys, time
from langqiao.cli.serve import Child
child = Child(name="any", command=[sys.executable, "-c", "import time; time.sleep(60)"])
child.start()
print(child.process.pid, flush=True)
time.sleep(60)
"""
LOOP = """
import subprocess, sys, time
import django
django.setup()
from langqiao.web.work import loops
loops.PARENT_LOOK_S = 0.1
inner = subprocess.Popen(["sleep", "60"])
loops._end_with_parent()
print(inner.pid, flush=True)
time.sleep(60)
"""
STARTER = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", sys.argv[1]], start_new_session=True)
time.sleep(60)
"""


def ended(pid, seconds=10):
    deadline = time.monotonic() + seconds
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not alive(pid)


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux'")
def test_a_child_ends_when_its_parent_is_killed_so_that_nobody_can_end_it():
    import subprocess

    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE) as parent:
        pid = int(parent.stdout.readline())
        assert alive(pid)
        parent.kill()
        parent.wait()
        assert ended(pid)


def test_a_loop_ends_with_all_its_own_processes_when_its_parent_is_killed():
    import subprocess

    with subprocess.Popen([sys.executable, "-c", STARTER, LOOP], stdout=subprocess.PIPE) as parent:
        pid = int(parent.stdout.readline())
        assert alive(pid)
        parent.kill()
        parent.wait()
        assert ended(pid)
