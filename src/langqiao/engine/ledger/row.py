"""A transfer as the books keep it: one row of the chain, its canonical JSON and its hash, which contains the hash before it."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from langqiao.engine.kernel.money import Fen
from langqiao.engine.ledger.entry import Entry, EntryPhase

GENESIS = "0" * 64
"""The hash before the first row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A posted transfer. `held_fen` is the change of what is reserved: + for a hold, − for what resolves it, 0 for a transfer.

    `posted_at_us`: microseconds since 1970 UTC, an integer so that both databases keep it exactly.
    """

    seq: int
    id: str
    group: str
    phase: EntryPhase
    debit: str
    credit: str
    currency: str
    amount_fen: Fen
    held_fen: Fen
    pending_id: str | None
    expires_on: dt.date | None
    reverses: str | None
    code: str
    ref: str
    business_date: dt.date
    by: str
    posted_at_us: int
    prev_hash: str
    hash: str

    @property
    def moved_fen(self) -> Fen:
        """What it moves from debit to credit: nothing for a hold, void or expire."""
        return self.amount_fen if self.phase in {"transfer", "post"} else 0


COLUMNS = (
    "seq", "id", "group", "phase", "debit", "credit", "currency", "amount_fen", "held_fen", "pending_id",
    "expires_on", "reverses", "code", "ref", "business_date", "by", "posted_at_us", "prev_hash",
)  # fmt: skip


def row_canonical(values: Sequence[Any]) -> bytes:
    """The canonical JSON of a row's values in the order of COLUMNS, days as ISO text: sorted keys, no spaces, UTF-8, integers and text."""
    return orjson.dumps(dict(zip(COLUMNS, values, strict=True)), option=orjson.OPT_SORT_KEYS)


def row_hash(values: Sequence[Any]) -> str:
    """SHA-256 of the canonical JSON, hexadecimal."""
    return hashlib.sha256(row_canonical(values)).hexdigest()


def _day(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def row_canonical_hash(row: Row) -> str:
    """The hash that a row ought to have: of every column but the hash itself, the number and the hash before it included."""
    return row_hash([_plain(getattr(row, name)) for name in COLUMNS])


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


def payload_hash(entries: Sequence[Entry]) -> str:
    """The hash that tells a repeated group from another one under the same id: what its client sent, in its order."""
    sent = [
        [
            entry.id, entry.phase, entry.debit, entry.credit, entry.amount_fen, entry.pending_id, _day(entry.expires_on), entry.reverses,
            entry.code, entry.ref, _day(entry.business_date),
        ]
        for entry in entries
    ]  # fmt: skip
    return hashlib.sha256(orjson.dumps(sent)).hexdigest()
