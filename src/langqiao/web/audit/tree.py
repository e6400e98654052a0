"""The tree over the record as it stands in the database: roots of spans from kept blocks and, at the edges, from the records themselves."""

from langqiao.engine.ledger import merkle
from langqiao.web.audit.models import BLOCK, Record, TreeBlock


def leaf_of(record_hash: str) -> bytes:
    """The leaf of a record: its chain hash (32 bytes) is the leaf's data."""
    return merkle.leaf_hash(bytes.fromhex(record_hash))


class Tree:
    """Reads every kept block once, and the records of at most the blocks at the edge of a span."""

    def __init__(self) -> None:
        self._blocks = {index: bytes.fromhex(root) for index, root in TreeBlock.objects.values_list("index", "root")}
        self._leaves: dict[int, list[bytes]] = {}

    def rooted(self, low: int, high: int) -> bytes:
        """The root over leaves `low` (counted from 0) up to, not including, `high`; a span of the tree of RFC 6962."""
        if high - low <= BLOCK:
            return self._root_within(low, high)
        return merkle.root([self._root_within(start, min(start + BLOCK, high)) for start in range(low, high, BLOCK)])

    def _root_within(self, low: int, high: int) -> bytes:
        index, start = low // BLOCK, low % BLOCK
        if high - low == BLOCK and index in self._blocks:
            return self._blocks[index]
        return merkle.root(self._read(index)[start : start + high - low])

    def _read(self, index: int) -> list[bytes]:
        if index not in self._leaves:
            rows = Record.objects.filter(seq__gt=index * BLOCK, seq__lte=(index + 1) * BLOCK).order_by("seq")
            self._leaves[index] = [leaf_of(found) for found in rows.values_list("hash", flat=True)]
        return self._leaves[index]


def blocks_complete(size: int) -> int:
    """Keeps the root of every full block up to `size` records; returns how many were new."""
    kept = TreeBlock.objects.count()
    tree = Tree()
    made = [TreeBlock(index=index, root=tree.rooted(index * BLOCK, (index + 1) * BLOCK).hex()) for index in range(kept, size // BLOCK)]
    TreeBlock.objects.bulk_create(made, batch_size=500)
    return len(made)
