"""The hash chain: every link hashes the link before it, its own number and its canonical text, so no link can be changed alone."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from langqiao.engine.kernel.problem import Problem
from langqiao.engine.record.canonical import is_canonical

GENESIS = "0" * 64
"""What stands for the hash before the first link."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One record. `seq` counts from 1 without a gap, `at` is UTC as 2026-11-24T03:43:46.123456Z, `payload` and `parties` are canonical JSON texts."""

    seq: int
    at: str
    actor: str
    action: str
    subject: str
    parties: str
    payload: str
    prev_hash: str
    hash: str = ""

    def body(self) -> str:
        """The canonical JSON of the link's content, in which the keys stand in the order of the alphabet."""
        say = json.dumps
        action, actor, at, subject = (say(text, ensure_ascii=False) for text in (self.action, self.actor, self.at, self.subject))
        return f'{{"action":{action},"actor":{actor},"at":{at},"parties":{self.parties},"payload":{self.payload},"subject":{subject}}}'

    def sealed(self) -> "Link":
        """The link with its hash."""
        return replace(self, hash=link_hash(self.prev_hash, self.seq, self.body()))


TEXTS = ("at", "actor", "action", "subject", "parties", "payload", "prev_hash", "hash")


def link_hash(prev_hash: str, seq: int, body: str) -> str:
    """SHA-256 over the previous hash (32 bytes), the number (8 bytes, most significant first) and the canonical text in UTF-8; hexadecimal."""
    return hashlib.sha256(bytes.fromhex(prev_hash) + seq.to_bytes(8, "big") + body.encode()).hexdigest()


def problems(links: Iterable[Link], *, where: str = "record", after: int = 0, prev_hash: str = GENESIS) -> Iterator[Problem]:
    """Every place where the links, read in order of their numbers, do not follow from link `after` with hash `prev_hash`."""
    for link in links:
        if link.seq != after + 1:
            yield _problem(where, link.seq, "record_gap", f"record {after + 1} is expected here and {link.seq} stands here")
        if link.prev_hash != prev_hash:
            yield _problem(where, link.seq, "record_chain_broken", f"record {link.seq} does not name the hash of the record before it")
        if not is_sound(link):
            yield _problem(where, link.seq, "record_changed", f"the content of record {link.seq} does not have the recorded hash")
        after, prev_hash = link.seq, link.hash


def is_sound(link: Link) -> bool:
    """Whether the link's own content has its hash and its JSON parts are in canonical form."""
    if not isinstance(link.seq, int) or not all(isinstance(getattr(link, name), str) for name in TEXTS):
        return False  # a database without strict types may hand out anything
    try:
        expected = link_hash(link.prev_hash, link.seq, link.body())
    except (ValueError, OverflowError):
        return False
    return link.hash == expected and is_canonical(link.payload) and is_canonical(link.parties)


def _problem(where: str, row: int, code: str, message: str) -> Problem:
    return Problem(where=where, row=row, code=code, message=message)
