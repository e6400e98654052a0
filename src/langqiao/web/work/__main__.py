"""`python -m langqiao.web.work worker|scheduler`: one of the processes that `langqiao serve` keeps alive."""

import os
import sys

import django


def main() -> None:
    """Runs the loop of that name until told to stop."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "langqiao.web.settings")
    django.setup()
    from langqiao.web.work.loops import scheduler_loop, worker_loop  # noqa: PLC0415 - models need django.setup

    {"worker": worker_loop, "scheduler": scheduler_loop}[sys.argv[1]]()


main()
