"""`langqiao serve`: starts web, worker and scheduler together, starts a dead one again, and stops all by process group."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import click

BACKOFF_MAX_S = 30.0
HEALTHY_S = 10.0
"""A process that lived so long starts its next backoff anew."""
STOP_S = 10.0
"""How long the processes may take to end before they are killed."""
PR_SET_PDEATHSIG = 1
"""Of Linux' prctl(2): the signal a process gets when its parent dies."""


@dataclass(slots=True, kw_only=True)
class Child:
    """One process that is kept alive; `failures` in a row lengthen the pause before it is started again."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    again_at: float = field(default=0.0)

    def start(self) -> None:
        """Starts the process in a process group of its own."""
        self.process = subprocess.Popen(self.command, start_new_session=True, preexec_fn=bound_to_parent())  # noqa: PLW1509 - one thread
        self.started = time.monotonic()

    def watch(self, now: float) -> None:
        """Starts the process again if it has died and the pause is over."""
        if self.process is not None and (code := self.process.poll()) is not None:
            self.failures = 1 if now - self.started > HEALTHY_S else self.failures + 1
            pause_s = min(BACKOFF_MAX_S, 0.5 * 2 ** (self.failures - 1))
            click.echo(f"{self.name} ended with status {code}; it is started again in {pause_s:.1f} s", err=True)
            stop_group(self.process, signal.SIGKILL)
            self.process, self.again_at = None, now + pause_s
        if self.process is None and now >= self.again_at:
            self.start()


def bound_to_parent() -> Callable[[], None] | None:
    """What a child does before its program starts, so that it ends with this process even if that is killed; None where there is no prctl.

    Gunicorn ends its own workers when it is told to end; worker and scheduler also watch for a new parent (`web.work.loops`).
    """
    if sys.platform != "linux":
        return None
    prctl, parent = ctypes.CDLL(None, use_errno=True).prctl, os.getpid()

    def bind() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    return bind


def stop_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Sends a signal to every process of the child's group; a group that is gone is fine."""
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--lake", type=click.Path(path_type=Path), default=None, help="The lake's folder (default: LANGQIAO_LAKE or var/lake).")
@click.option("--workers", type=click.IntRange(1, 64), default=os.cpu_count() or 2, show_default="cores", help="Web processes.")
def serve(*, host: str, port: int, lake: Path | None, workers: int) -> None:
    """Serve the site, run its jobs and its timed duties; Ctrl-C stops all."""
    if lake is not None:
        os.environ["LANGQIAO_LAKE"] = str(lake.resolve())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "langqiao.web.settings")
    prepare()
    click.echo(f"Langqiao 廊桥 is on http://{host}:{port}", err=True)
    watch(children(host=host, port=port, workers=workers))


def prepare() -> None:
    """Brings the database to the newest schema and gathers the static files; quick when nothing changed."""
    import django  # noqa: PLC0415 - the help page needs no Django
    from django.core.management import call_command  # noqa: PLC0415

    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)


def children(*, host: str, port: int, workers: int) -> list[Child]:
    """The three processes: gunicorn with sync workers, the worker of jobs, the scheduler of duties."""
    python = sys.executable
    web = [
        *(python, "-m", "gunicorn", "langqiao.web.wsgi:application", "--bind", f"{host}:{port}", "--workers", str(workers)),
        *(
            "--worker-class",
            "sync",
            "--timeout",
            "60",
            "--graceful-timeout",
            "5",
            "--max-requests",
            "20000",
            "--max-requests-jitter",
            "2000",
        ),
        *("--preload", "--log-level", "warning", "--no-control-socket"),
    ]
    return [
        Child(name="web", command=web),
        Child(name="worker", command=[python, "-m", "langqiao.web.work", "worker"]),
        Child(name="scheduler", command=[python, "-m", "langqiao.web.work", "scheduler"]),
    ]


def watch(kept: Sequence[Child], *, pause_s: float = 0.5) -> None:
    """Keeps the children alive until a signal to stop, then ends their process groups."""
    stopping = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, stop)
    while not stopping.is_set():
        for child in kept:
            child.watch(time.monotonic())
        stopping.wait(pause_s)
    end(kept)


def end(kept: Sequence[Child]) -> None:
    """Asks every child to end, waits, and kills what remains of its group."""
    alive = [child.process for child in kept if child.process is not None]
    for process in alive:
        stop_group(process, signal.SIGTERM)
    until = time.monotonic() + STOP_S
    for process in alive:
        try:
            process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            click.echo(f"process {process.pid} does not end by itself and is killed", err=True)
        stop_group(process, signal.SIGKILL)
        process.wait()
