"""The record: durable appends one by one against raw SQL in the same run, and roots and proofs over 100,000 leaves."""

import hashlib
import os
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.report import Measurement, cpu_seconds

APPENDS, LEAVES = 1_000, 100_000


def measure() -> Iterator[Measurement]:
    yield from _tree()
    yield from _chain()
    with tempfile.TemporaryDirectory(prefix="langqiao-bench-") as folder:
        yield from _appends(Path(folder))


def _tree() -> Iterator[Measurement]:
    from langqiao.engine.ledger import merkle

    hashes = [merkle.leaf_hash(n.to_bytes(8, "big")) for n in range(LEAVES)]

    def recursive(low: int, high: int) -> bytes:
        if high - low == 1:
            return hashes[low]
        middle = low + merkle.split(high - low)
        return hashlib.sha256(b"\x01" + recursive(low, middle) + recursive(middle, high)).digest()

    assert recursive(0, LEAVES) == merkle.root(hashes)
    ours, peer = cpu_seconds(lambda: merkle.root(hashes)), cpu_seconds(lambda: recursive(0, LEAVES))
    yield Measurement(
        name="root over 100,000 leaves", ours=ours, unit="s CPU", peer_name="recursive, as RFC 6962 defines it", peer=peer, ratio=peer / ours,
        target="< 0.5 s", met=ours < 0.5,
    )  # fmt: skip


def _chain() -> Iterator[Measurement]:
    from langqiao.engine.record.canonical import canonical
    from langqiao.engine.record.chain import GENESIS, Link, problems

    links, previous = [], GENESIS
    payload = canonical({"price_fen": 12_000_000_00, "patents": ["CN-102329749-B"], "note": "一种装置"})
    for seq in range(1, 50_001):
        link = Link(
            seq=seq, at="2026-11-24T03:43:46.123456Z", actor="user/7", action="deal.paid", subject="deal/1", parties="[1,2]", payload=payload,
            prev_hash=previous,
        ).sealed()  # fmt: skip
        links.append(link)
        previous = link.hash
    seconds = cpu_seconds(lambda: list(problems(links)), repeat=1)
    yield Measurement(name="links of the chain verified, one core", ours=len(links) / seconds, unit="/s")


def _appends(folder: Path) -> Iterator[Measurement]:
    os.environ.update(LANGQIAO_VAR=str(folder), LANGQIAO_SECRET="bench-only-" + "0" * 50, DJANGO_SETTINGS_MODULE="langqiao.web.settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import transaction

    call_command("migrate", verbosity=0)
    from langqiao.web.audit.heads import head_make
    from langqiao.web.audit.models import Record
    from langqiao.web.audit.proofs import inclusion_of
    from langqiao.web.audit.reading import site_rows
    from langqiao.web.audit.services import record_append
    from langqiao.web.audit.verification import verify

    payload = {"price_fen": 12_000_000_00, "patents": ["CN-102329749-B"]}

    def append() -> None:
        with transaction.atomic():
            record_append(actor="user/7", action="deal.paid", subject="organization/1", payload=payload)

    ours, peer = _rate(append), _raw(folder / "raw.sqlite3")
    yield Measurement(
        name="durable appends, one a transaction, with readers", ours=ours, unit="/s", peer_name="raw INSERT, same pragmas, no chain", peer=peer,
        ratio=ours / peer, note="SQLite, WAL, synchronous=FULL; wall time",
    )  # fmt: skip
    with transaction.atomic():
        start = time.perf_counter()
        for _ in range(5 * APPENDS):
            record_append(actor="user/7", action="deal.paid", subject="organization/1", payload=payload)
        yield Measurement(name="appends, 5,000 in one transaction", ours=5 * APPENDS / (time.perf_counter() - start), unit="/s")
    start = time.perf_counter()
    head_make()
    yield Measurement(name="tree head over 6,000 records, signed", ours=time.perf_counter() - start, unit="s")
    record = Record.objects.get(pk=3_000)
    start = time.perf_counter()
    for _ in range(20):
        inclusion_of(record)
    yield Measurement(name="inclusion proof from the database", ours=(time.perf_counter() - start) / 20 * 1000, unit="ms")
    start = time.perf_counter()
    found = verify(site_rows)
    assert not found.problems
    yield Measurement(name="records verified from the database", ours=found.size / (time.perf_counter() - start), unit="/s")


def _rate(append: object) -> float:
    start = time.perf_counter()
    for _ in range(APPENDS):
        append()  # type: ignore[operator]
    return APPENDS / (time.perf_counter() - start)


def _raw(path: Path) -> float:
    books = sqlite3.connect(path, isolation_level=None)
    books.executescript(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE r (seq INTEGER PRIMARY KEY, at TEXT, body TEXT, hash TEXT UNIQUE)"
    )
    start = time.perf_counter()
    for n in range(APPENDS):
        books.execute("BEGIN IMMEDIATE")
        books.execute("INSERT INTO r VALUES (?, ?, ?, ?)", (n + 1, "2026", "x" * 300, hashlib.sha256(n.to_bytes(8, "big")).hexdigest()))
        books.execute("COMMIT")
    rate = APPENDS / (time.perf_counter() - start)
    books.close()
    return rate
