"""The Merkle tree of RFC 6962: roots, inclusion and consistency proofs over leaves in the order of the record."""

import hashlib
from collections.abc import Callable, Iterable, Sequence

Span = tuple[int, int]
"""The leaves from the first (counted from 0) up to, not including, the second."""
Rooted = Callable[[int, int], bytes]
"""The root of the leaves in a span."""

EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(0x00 ‖ data): the prefix keeps an inner node from posing as a leaf (RFC 6962, 2.1)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def split(size: int) -> int:
    """The largest power of two below `size` (which is at least 2): how many leaves the left branch holds."""
    return 1 << ((size - 1).bit_length() - 1)


def root(hashes: Sequence[bytes]) -> bytes:
    """The root over leaf hashes; SHA-256 of nothing for no leaf. Level by level, so that depth and copies stay small."""
    if not hashes:
        return EMPTY_ROOT
    level = list(hashes)
    while len(level) > 1:
        paired = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = paired + level[len(level) & ~1 :]
    return level[0]


Frontier = tuple[tuple[int, bytes], ...]
"""The roots of the full subtrees that a tree of so many leaves consists of, with their heights, from the left."""


def grown(frontier: Frontier, leaf: bytes) -> Frontier:
    """The frontier with one more leaf hash: a root over any number of leaves in the memory of a few dozen hashes."""
    kept, height, found = list(frontier), 0, leaf
    while kept and kept[-1][0] == height:
        height, found = height + 1, node_hash(kept.pop()[1], found)
    return (*kept, (height, found))


def folded(frontier: Frontier) -> bytes:
    """The root of the tree that a frontier stands for."""
    if not frontier:
        return EMPTY_ROOT
    found = frontier[-1][1]
    for _height, left in reversed(frontier[:-1]):
        found = node_hash(left, found)
    return found


def spans_of_inclusion(index: int, size: int) -> tuple[Span, ...]:
    """The spans whose roots prove that leaf `index` is in a tree of `size` leaves, from the leaf upward (RFC 6962, 2.1.1)."""
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    found: list[Span] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + split(high - low)
        if index < middle:
            found.append((middle, high))
            high = middle
        else:
            found.append((low, middle))
            low = middle
    return tuple(reversed(found))


def spans_of_consistency(old: int, new: int) -> tuple[Span, ...]:
    """The spans whose roots prove that a tree of `new` leaves only adds to one of `old` leaves (RFC 6962, 2.1.2); none where old is 0 or new."""
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {new} leaves cannot extend one of {old}")
    if old in {0, new}:
        return ()
    found: list[Span] = []
    low, high, whole = 0, new, True
    while high != old:
        middle = low + split(high - low)
        if old <= middle:
            found.append((middle, high))
            high = middle
        else:
            found.append((low, middle))
            low, whole = middle, False
    if not whole:
        found.append((low, high))
    return tuple(reversed(found))


def inclusion_proof(index: int, size: int, rooted: Rooted) -> tuple[bytes, ...]:
    """The audit path of a leaf; `rooted` gives the root of a span."""
    return tuple(rooted(low, high) for low, high in spans_of_inclusion(index, size))


def consistency_proof(old: int, new: int, rooted: Rooted) -> tuple[bytes, ...]:
    """The consistency proof between two sizes; `rooted` gives the root of a span."""
    return tuple(rooted(low, high) for low, high in spans_of_consistency(old, new))


def included_root(leaf: bytes, index: int, size: int, proof: Iterable[bytes]) -> bytes | None:
    """The root that the proof leads to from a leaf hash; None where the proof has the wrong length (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return None
    position, last, found = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return None
        if position & 1 or position == last:
            found = node_hash(step, found)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            found = node_hash(found, step)
        position, last = position >> 1, last >> 1
    return found if last == 0 else None


def is_consistent(old: int, new: int, roots: tuple[bytes, bytes], proof: Sequence[bytes]) -> bool:
    """Whether the proof shows that the tree with the second root extends the one with the first (RFC 9162, 2.1.4.2)."""
    before, after = roots
    if old == new:
        return not proof and before == after
    if old == 0:
        return not proof and before == EMPTY_ROOT
    if not 0 < old < new or not proof:
        return False
    steps = [before, *proof] if old & (old - 1) == 0 else list(proof)
    position, last = old - 1, new - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    first = second = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            first, second = node_hash(step, first), node_hash(step, second)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            second = node_hash(second, step)
        position, last = position >> 1, last >> 1
    return last == 0 and first == before and second == after
