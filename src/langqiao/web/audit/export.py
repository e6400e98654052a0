"""The record, its heads and the books as files of lines that a verifier without Langqiao reads."""

import dataclasses
import datetime as dt
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from langqiao.engine.record.canonical import canonical
from langqiao.web.audit.heads import head_line
from langqiao.web.audit.models import Record, TreeHead
from langqiao.web.audit.proofs import record_told
from langqiao.web.ledger.models import LedgerAccount, Transfer

FILES = ("record.jsonl", "heads.jsonl", "transfers.jsonl", "balances.jsonl")
BALANCES = ("debits_posted_fen", "credits_posted_fen", "debits_pending_fen", "credits_pending_fen")


def export(folder: Path) -> dict[str, int]:
    """Writes the four files; returns the lines of each. A file appears whole or not at all. Call it in one transaction."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = {
        "record.jsonl": (canonical(record_told(record)) for record in Record.objects.order_by("seq").iterator(2_000)),
        "heads.jsonl": (head_line(head) for head in TreeHead.objects.order_by("size")),
        "transfers.jsonl": _transfers(),
        "balances.jsonl": _balances(),
    }
    return {name: _write(folder / name, found) for name, found in lines.items()}


def _transfers() -> Iterator[str]:
    for transfer in Transfer.objects.order_by("seq").iterator(2_000):
        told = dataclasses.asdict(transfer.row())
        yield canonical({name: value.isoformat() if isinstance(value, dt.date) else value for name, value in told.items()})


def _balances() -> Iterator[str]:
    for row in LedgerAccount.objects.order_by("id").values("id", "currency", *BALANCES).iterator(2_000):
        yield canonical(row)


def _write(path: Path, lines: Iterable[str]) -> int:
    count = 0
    staged = path.with_name(path.name + ".part")
    with staged.open("w", encoding="utf-8") as file:
        for line in lines:
            file.write(line + "\n")
            count += 1
    staged.replace(path)
    return count


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a file of lines; an unreadable line is an empty object, so that whoever checks it tells of it."""
    found = []
    for line in path.read_text(encoding="utf-8", errors="surrogateescape").splitlines():
        if line.strip():
            try:
                told = json.loads(line)
            except ValueError:
                told = {}
            found.append(told if isinstance(told, dict) else {})
    return found
