"""Verification of the record: chain, readers, tree, signed heads, and heads that were kept outside; every place that does not fit is a Problem."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from langqiao.engine.kernel.problem import Problem
from langqiao.engine.ledger import merkle
from langqiao.engine.record.canonical import canonical
from langqiao.engine.record.chain import GENESIS, Link, problems
from langqiao.engine.record.head import head_of
from langqiao.engine.record.head import key_id as name_of_key
from langqiao.web.audit.keys import is_signed
from langqiao.web.audit.models import BLOCK, LINK_FIELDS
from langqiao.web.audit.reading import Rows, UnreadableError, paged

COLUMNS = ", ".join(LINK_FIELDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What was found: the problems, and the size, root and last hash of the record as it stands."""

    problems: tuple[Problem, ...]
    size: int
    root: str
    last_hash: str
    heads: int
    outside_heads: int


@dataclass(slots=True, kw_only=True)
class _Walk:
    """What one walk over the links gathers: the tree so far, and its root and last hash at the sizes asked for."""

    wanted: frozenset[int]
    frontier: merkle.Frontier = ()
    size: int = 0
    last_hash: str = ""
    at: dict[int, tuple[str, str]] = field(default_factory=dict)
    blocks: list[str] = field(default_factory=list)
    block: list[bytes] = field(default_factory=list)
    parties: dict[int, str] = field(default_factory=dict)

    def links(self, rows: Rows) -> Iterator[Link]:
        """The links in order; the tree grows with each."""
        for row in paged(rows, COLUMNS, "audit_record", key="seq"):
            link = Link(**dict(zip(LINK_FIELDS, row, strict=True)))
            yield link
            self._grow(link)

    def _grow(self, link: Link) -> None:
        try:
            leaf = merkle.leaf_hash(bytes.fromhex(link.hash))
        except (TypeError, ValueError):
            leaf = merkle.leaf_hash(b"")  # the chain's problem is told; the tree cannot fit any more either
        self.frontier, self.size, self.last_hash = merkle.grown(self.frontier, leaf), self.size + 1, str(link.hash)
        self.block.append(leaf)
        if self.size % BLOCK == 0:
            self.blocks.append(merkle.root(self.block).hex())
            self.block.clear()
        if self.size in self.wanted:
            self.at[self.size] = (merkle.folded(self.frontier).hex(), self.last_hash)
        if link.parties != "[]":
            self.parties[self.size] = str(link.parties)


def verify(rows: Rows, *, outside: Sequence[Mapping[str, Any]] = (), trusted: Iterable[str] = ()) -> Verified:
    """Checks everything that can be checked. `outside` are heads kept elsewhere, as read from their lines; `trusted` are public keys
    (hexadecimal) handed over apart: where one is given, a head of any other key is a problem.
    """
    found: list[Problem] = []
    kept = _read(rows, found, "SELECT size, root, at, key_id, body, signature FROM audit_treehead ORDER BY size")
    keys = dict(_read(rows, found, "SELECT key_id, public_key FROM audit_signingkey"))
    told = [_told(row, found) for row in kept]
    walk = _Walk(wanted=frozenset(head["size"] for head in [*told, *outside] if isinstance(head.get("size"), int)))
    try:
        found += problems(walk.links(rows))
    except UnreadableError as error:
        found.append(_problem("record", walk.size + 1, "record_unreadable", f"nothing can be read after record {walk.size}: {error}"))
    found += _ends(rows, walk)
    allowed = set(trusted) or {key for name, key in keys.items() if _names(name, key)}
    for where, heads in (("heads", told), ("outside heads", outside)):
        for head in heads:
            found += _head(where, head, walk, allowed)
            found += _other_chains(rows, where, head)
    root = merkle.folded(walk.frontier).hex()
    return Verified(problems=tuple(found), size=walk.size, root=root, last_hash=walk.last_hash, heads=len(told), outside_heads=len(outside))


TAIL = 1_000


def tail_problems(rows: Rows) -> tuple[Problem, ...]:
    """What is wrong with the last thousand links and the end of the chain: quick, for a daily look; `verify` checks everything."""
    try:
        ((size, last_hash),) = rows("SELECT size, hash FROM audit_chain")
        after = max(0, size - TAIL)
        before = rows(f"SELECT hash FROM audit_record WHERE seq = {after:d}")  # noqa: S608 - a number
        links = [Link(**dict(zip(LINK_FIELDS, row, strict=True))) for row in paged(rows, COLUMNS, "audit_record", key="seq", after=after)]
    except (UnreadableError, ValueError) as error:
        return (_problem("record", None, "record_unreadable", str(error)),)
    found = list(problems(links, after=after, prev_hash=before[0][0] if before else GENESIS))
    end = (links[-1].seq, links[-1].hash) if links else (after, GENESIS)
    if end != (size, last_hash):
        found.append(_problem("chain", size, "record_end_differs", f"the chain ends at {end[0]} and its end says {size}"))
    return tuple(found)


def _read(rows: Rows, found: list[Problem], statement: str) -> list[tuple[Any, ...]]:
    try:
        return rows(statement)
    except UnreadableError as error:
        found.append(_problem("record", None, "record_unreadable", str(error)))
        return []


def _told(row: tuple[Any, ...], found: list[Problem]) -> dict[str, Any]:
    """The head of a row, whose columns must say what its signed text says."""
    size, root, at, key, body, signature = row
    try:
        told = json.loads(body)
        same = (told["size"], told["root"], told["at"], told["key"]) == (size, root, at, key) and canonical(told) == body
    except (ValueError, KeyError, TypeError):
        told, same = {"size": size}, False
    if not same:
        found.append(_problem("heads", size, "head_unreadable", f"the columns of head {size} do not say what its signed text says"))
    return {**told, "signature": signature}


def _names(name: Any, key: Any) -> bool:
    try:
        return bool(name_of_key(key) == name)
    except (TypeError, ValueError):
        return False


def _ends(rows: Rows, walk: _Walk) -> Iterator[Problem]:
    """The end of the chain, the kept blocks and the readers, against what the links say."""
    ends: list[Problem] = []
    end = _read(rows, ends, "SELECT size, hash FROM audit_chain")
    yield from ends
    if end != [(walk.size, walk.last_hash or GENESIS)]:
        stands = f"{end[0][0]}" if end else "missing"
        yield _problem("chain", walk.size, "record_end_differs", f"the chain has {walk.size} records and its end says {stands}")
    blocks = _read(rows, ends := [], 'SELECT "index", root FROM audit_treeblock ORDER BY "index"')
    wrong = [index for n, (index, root) in enumerate(blocks) if n != index or n >= len(walk.blocks) or walk.blocks[n] != root]
    yield from ends
    yield from (
        _problem("tree", index, "record_block_differs", f"the kept root of block {index} is not that of its records") for index in wrong
    )
    yield from _readers(rows, walk)


def _readers(rows: Rows, walk: _Walk) -> Iterator[Problem]:
    readers: dict[int, list[int]] = defaultdict(list)
    try:
        for _key, record, organization in paged(rows, "id, record_id, organization_id", "audit_recordreader", key="id"):
            readers[record].append(organization)
    except UnreadableError as error:
        yield _problem("readers", None, "record_unreadable", str(error))
    stand = {record: json.dumps(sorted(who), separators=(",", ":")) for record, who in readers.items()}
    for record in sorted(stand.keys() | walk.parties.keys(), key=str):
        if stand.get(record) != walk.parties.get(record):
            yield _problem("readers", record, "record_readers_differ", f"the readers of record {record} are not those it names")


def _head(where: str, told: Mapping[str, Any], walk: _Walk, allowed: set[str]) -> Iterator[Problem]:
    size = told.get("size") if isinstance(told.get("size"), int) else None
    try:
        head = head_of(told)
    except (ValueError, TypeError) as error:
        yield _problem(where, size, "head_unreadable", str(error))
        return
    if head.public_key not in allowed:
        yield _problem(where, size, "head_key_unknown", f"head {size} is signed with key {head.key_id}, which is not among the known ones")
    if not is_signed(head.body(), str(told.get("signature")), head.public_key):
        yield _problem(where, size, "head_signature_wrong", f"the signature of head {size} does not fit its text")
    if head.size > walk.size:
        yield _problem(where, size, "head_beyond_record", f"head {size} was signed, and only {walk.size} records are there")
    elif walk.at.get(head.size) != (head.root, head.last_hash):
        yield _problem(where, size, "head_root_differs", f"the first {size} records are not those over which head {size} was signed")


def _other_chains(rows: Rows, where: str, told: Mapping[str, Any]) -> Iterator[Problem]:
    try:
        also = head_of(told).also
    except (ValueError, TypeError):
        return  # told already
    found: list[Problem] = []
    for name, size, last_hash in also:
        rows_there = _read(rows, found, f"SELECT hash FROM ledger_transfer WHERE seq = {size:d}") if name == "ledger" else []  # noqa: S608 - a number
        if rows_there != [(last_hash,)]:
            message = f"transfer {size} of the books does not have the hash that head {told.get('size')} names"
            found.append(_problem(where, told.get("size"), "head_books_differ", message))
    yield from found


def _problem(where: str, row: int | None, code: str, message: str) -> Problem:
    return Problem(where=where, row=row, code=code, message=message)
