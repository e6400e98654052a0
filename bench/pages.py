"""List and detail pages of the site against a bare Django page of the same 25 rows, on the same server in the same run."""

import contextlib
import http.client
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.report import Measurement
from langqiao.data.lake.store import Lake

LAKE = Path("var/lake")
ROUNDS, REQUESTS = 7, 120
RATE_SHARE, RATE_S = 0.25, 6.0
"""The open loop asks at a quarter of the bare page's throughput, for so long."""
QUERIES = ("method", "system", "device", "装置", "方法", "data", "控制", "apparatus")
BARE = '''
"""A bare Django page: default middleware, one query of 25 rows, one template."""
import os
from django.conf import settings
HERE = os.path.dirname(__file__)
settings.configure(
    SECRET_KEY="bench", ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, DEBUG=False, USE_TZ=True,
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.messages"],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware", "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware", "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware", "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [HERE], "OPTIONS": {"context_processors": [
        "django.template.context_processors.request", "django.contrib.auth.context_processors.auth",
        "django.contrib.messages.context_processors.messages"]}}],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.path.join(HERE, "bare.sqlite3"), "CONN_MAX_AGE": 600}},
)
import django
django.setup()
from django.core.wsgi import get_wsgi_application
from django.db import models
from django.shortcuts import render
from django.urls import path

class Row(models.Model):
    key = models.TextField()
    title = models.TextField()
    owner = models.TextField()
    status = models.TextField()
    patent_type = models.TextField()
    filed = models.DateField(null=True)
    published = models.DateField(null=True)
    snippet = models.TextField()
    class Meta:
        app_label = "bare"

def page(request):
    return render(request, "bare.html", {"rows": Row.objects.order_by("id")[:25]})

urlpatterns = [path("", page)]
application = get_wsgi_application()
'''
TEMPLATE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Rows</title></head><body><h1>Rows</h1><ol>
{% for row in rows %}<li><h2><a href="/patents/{{ row.key }}">{{ row.title }}</a></h2><p>{{ row.key }} {{ row.patent_type }} {{ row.owner }} {{ row.filed|date:"Y-m-d" }}
{{ row.published|date:"Y-m-d" }} {{ row.status }}</p><p>{{ row.snippet }}</p></li>{% endfor %}</ol></body></html>"""
FILL = """
import json, sys
import bare_page
from django.db import connection
with connection.schema_editor() as editor:
    editor.create_model(bare_page.Row)
bare_page.Row.objects.bulk_create([bare_page.Row(**row) for row in json.load(sys.stdin)])
"""


def measure() -> Iterator[Measurement]:
    if not (LAKE / "search" / "text").exists():
        print("no lake in var/lake: `make run` or `python -m langqiao.cli.start --no-serve` makes one")
        return
    with tempfile.TemporaryDirectory(prefix="langqiao-pages-") as folder, contextlib.ExitStack() as stack:
        ours, bare = _served(Path(folder), stack)
        pages = {"list": [f"/search?q={_quoted(text)}" for text in QUERIES], "detail": [f"/patents/{key}" for key in _keys()]}
        for name, addresses in pages.items():
            cold = statistics.median(_timed(ours, address) for address in addresses)
            yield Measurement(name=f"{name} page, first time asked for", ours=cold * 1000, unit="ms", note=f"{len(addresses)} addresses")
            yield from _against(name, ours, bare, addresses)


def _against(name: str, ours: int, bare: int, addresses: list[str]) -> Iterator[Measurement]:
    pace, peer = _throughput(ours, bare, addresses)
    yield Measurement(
        name=f"{name} page, asked for again", ours=pace, unit="requests/s, 1 process", peer_name="bare Django page", peer=peer, ratio=pace / peer,
        target="≥ 0.5 × bare", met=pace >= 0.5 * peer,
    )  # fmt: skip
    rate = RATE_SHARE * peer
    late, late_bare = _p99(ours, addresses, rate), _p99(bare, ["/"], rate)
    yield Measurement(
        name=f"{name} page, p99 at {rate:.0f} requests/s", ours=late * 1000, unit="ms", peer_name="bare Django page", peer=late_bare * 1000,
        ratio=late_bare / late, target="≤ 2 × bare", met=late <= 2 * late_bare,
    )  # fmt: skip


def _quoted(text: str) -> str:
    from urllib.parse import quote

    return quote(text)


def _keys() -> list[str]:
    """Patents with the most claims and citations: the heavy pages."""
    lake = Lake(LAKE)
    citations = lake.table("citations")
    counted = citations.group_by("key").aggregate(n=citations.count()).order_by([citations.key]).to_pyarrow().to_pylist()
    return [row["key"] for row in sorted(counted, key=lambda row: -row["n"])[: len(QUERIES)]]


def _throughput(ours: int, bare: int, addresses: list[str]) -> tuple[float, float]:
    """Requests a second of both, one connection after another, in turns so that the machine's noise meets both alike; the median round."""
    found = [(_pace(ours, addresses), _pace(bare, ["/"])) for _ in range(ROUNDS)]
    return statistics.median(pace for pace, _ in found), statistics.median(pace for _, pace in found)


def _pace(port: int, addresses: list[str]) -> float:
    start = time.perf_counter()
    for number in range(REQUESTS):
        _timed(port, addresses[number % len(addresses)])
    return REQUESTS / (time.perf_counter() - start)


def _p99(port: int, addresses: list[str], rate: float) -> float:
    """The 99th percentile of the time from the moment a request is due, asked for at a steady rate whatever the answers do; the best of three runs,
    because the machine's other work can only make it longer.
    """
    return min(_open_loop(port, addresses, rate) for _ in range(3))


def _open_loop(port: int, addresses: list[str], rate: float) -> float:
    began = time.perf_counter() + 0.1
    late: list[float] = []
    lock = threading.Lock()

    def ask(number: int) -> None:
        due = began + number / rate
        time.sleep(max(0.0, due - time.perf_counter()))
        _timed(port, addresses[number % len(addresses)])
        with lock:
            late.append(time.perf_counter() - due)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(int(rate * RATE_S))))
    return sorted(late)[int(0.99 * len(late))]


def _timed(port: int, address: str) -> float:
    start = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", address, headers={"Accept-Language": "en"})
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    assert answer.status == 200, (address, answer.status)
    assert len(content) > 1_000, (address, len(content))
    return time.perf_counter() - start


def _served(folder: Path, stack: contextlib.ExitStack) -> tuple[int, int]:
    """The ports of the site and of the bare page, each one gunicorn with one sync worker."""
    environment = {
        **os.environ, "LANGQIAO_VAR": str(folder), "LANGQIAO_LAKE": str(LAKE.resolve()), "DJANGO_SETTINGS_MODULE": "langqiao.web.settings",
        "PYTHONPATH": str(folder),
    }  # fmt: skip
    for command in ("migrate", "collectstatic"):
        subprocess.run([sys.executable, "-m", "django", command, "--no-input", "-v0"], env=environment, check=True)
    (folder / "bare_page.py").write_text(BARE, encoding="utf-8")
    (folder / "bare.html").write_text(TEMPLATE, encoding="utf-8")
    subprocess.run([sys.executable, "-c", FILL], input=_rows(), env=environment, check=True, text=True)
    return _gunicorn("langqiao.web.wsgi:application", environment, stack), _gunicorn("bare_page:application", environment, stack)


def _rows() -> str:
    """The 25 rows of the first list, as the site shows them."""
    import json

    from langqiao.data.search.query import search

    found = search(LAKE / "search" / "text", QUERIES[0], size=25)
    rows = [
        {
            "key": hit.key, "title": hit.title, "owner": hit.owners, "status": hit.status, "patent_type": hit.patent_type, "snippet": hit.snippet,
            "filed": _day(hit.filed), "published": _day(hit.published),
        }
        for hit in found.hits
    ]  # fmt: skip
    return json.dumps(rows)


def _day(number: int | None) -> str | None:
    text = str(number)
    return f"{text[:4]}-{text[4:6]}-{text[6:]}" if number else None


def _gunicorn(application: str, environment: dict[str, str], stack: contextlib.ExitStack) -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        application,
        "--bind",
        f"127.0.0.1:{port}",
        "--workers",
        "1",
        "--log-level",
        "error",
        "--no-control-socket",
    ]
    process = subprocess.Popen(command, env=environment)
    stack.callback(process.wait)
    stack.callback(process.terminate)
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return port
        time.sleep(0.1)
    raise TimeoutError(f"{application} did not answer")
