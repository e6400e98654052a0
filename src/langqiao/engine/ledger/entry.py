"""An entry: money from one account to another, at once or in two phases, with the id its client chose; and what makes one malformed."""

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from langqiao.engine.kernel.money import Fen
from langqiao.engine.kernel.refusal import Refusal

EntryPhase = Literal["transfer", "hold", "post", "void", "expire"]
RESOLVING = frozenset({"post", "void", "expire"})
PHASES = frozenset({"transfer", "hold"}) | RESOLVING

MAX_AMOUNT_FEN = 10**15
"""10 trillion yuan: far above any deal, so low that no sum of one account leaves 64 bits unseen."""
MAX_ENTRIES = 10_000
ID = re.compile(r"[!-~]{1,160}")
CODE = re.compile(r"[a-z0-9_.:-]{1,60}")
MAX_REF = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Debits `debit`, credits `credit` with whole fen.

    `transfer` moves at once; `hold` reserves until `expires_on` (the last day it may be posted; None: no end); `post` moves at most what the
    hold `pending_id` reserved and frees the rest; `void` and `expire` free all. For post, void and expire the accounts may be left empty
    (they are the hold's), for void and expire also the amount (0: it is the hold's). `id` is the client's and makes the entry happen once.
    `reverses` names a moved entry that this transfer takes back whole: history is never edited. `code` says why (a word of the room that
    posts), `ref` which document or message; both without personal data. `business_date` is the day in Beijing it counts for.
    """

    id: str
    phase: EntryPhase
    debit: str = ""
    credit: str = ""
    amount_fen: Fen = 0
    pending_id: str | None = None
    expires_on: dt.date | None = None
    reverses: str | None = None
    code: str
    ref: str = ""
    business_date: dt.date


def entries_check(entries: Sequence[Entry]) -> None:
    """Raises Refusal(ledger_entry_malformed) for what no ledger could post, whatever its accounts hold."""
    if not 1 <= len(entries) <= MAX_ENTRIES:
        raise _malformed("", f"a group has 1 to {MAX_ENTRIES} entries, not {len(entries)}")
    seen: set[str] = set()
    for entry in entries:
        fault = _fault(entry)
        if fault or entry.id in seen:
            raise _malformed(entry.id, fault or "the id stands twice in its group")
        seen.add(entry.id)


def _malformed(entry: str, why: str) -> Refusal:
    return Refusal("ledger_entry_malformed", f"entry {entry[:80]!r}: {why}", facts={"entry": entry[:80], "why": why})


def _fault(entry: Entry) -> str | None:
    resolving = entry.phase in RESOLVING
    if type(entry.amount_fen) is not int:
        return "the amount is not whole fen"
    whole = entry.amount_fen == 0 and entry.phase in {"void", "expire"}
    if not whole and not 0 < entry.amount_fen <= MAX_AMOUNT_FEN:
        return f"{entry.amount_fen} fen is not above zero and at most {MAX_AMOUNT_FEN}"
    if not ID.fullmatch(entry.id):
        return "the id is not 1 to 160 printable ASCII characters without spaces"
    if entry.phase not in PHASES:
        return f"{entry.phase!r} is no phase"
    if resolving != (entry.pending_id is not None):
        return "post, void and expire name a hold, the others do not"
    if entry.expires_on is not None and entry.phase != "hold":
        return "only a hold expires"
    if entry.reverses is not None and entry.phase != "transfer":
        return "only a transfer takes another back"
    if (entry.debit == entry.credit and not (resolving and not entry.debit)) or bool(entry.debit) != bool(entry.credit):
        return "debit and credit are two accounts"
    return _text_fault(entry)


def _text_fault(entry: Entry) -> str | None:
    if not CODE.fullmatch(entry.code):
        return "the code is not 1 to 60 lower-case letters, digits and _ . : -"
    if len(entry.ref) > MAX_REF or not entry.ref.isprintable() or not unicodedata.is_normalized("NFC", entry.ref):
        return f"the reference is not at most {MAX_REF} printable characters in normal form C"
    return None
