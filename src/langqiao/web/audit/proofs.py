"""The proof that a record stands in the record: the way from its leaf to a signed root, as a value that anybody can check."""

import json
from dataclasses import dataclass
from typing import Any

from langqiao.engine.ledger import merkle
from langqiao.engine.record.canonical import canonical
from langqiao.web.audit.heads import head_line
from langqiao.web.audit.models import Record, TreeHead
from langqiao.web.audit.tree import Tree, leaf_of

KIND = "langqiao-inclusion-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inclusion:
    """`path` are the sibling hashes from the leaf upward, hexadecimal; `reached` is the root they lead to."""

    record: Record
    head: TreeHead
    leaf: str
    path: tuple[str, ...]
    reached: str

    @property
    def fits(self) -> bool:
        """Whether the way leads to the root that was signed."""
        return self.reached == self.head.root

    def text(self) -> str:
        """The proof as one line of canonical JSON: what `langqiao audit prove` prints and the stand-alone verifier reads."""
        told = {"kind": KIND, "record": record_told(self.record), "path": self.path, "head": json.loads(head_line(self.head))}
        return canonical(told)


def record_told(record: Record) -> dict[str, Any]:
    """A record as exports and proofs write it."""
    return {
        "seq": record.seq,
        "at": record.at,
        "actor": record.actor,
        "action": record.action,
        "subject": record.subject,
        "parties": json.loads(record.parties),
        "payload": json.loads(record.payload),
        "prev_hash": record.prev_hash,
        "hash": record.hash,
    }


def inclusion_of(record: Record) -> Inclusion | None:
    """The proof against the newest head that covers the record; None where no head does yet."""
    head = TreeHead.objects.filter(size__gte=record.seq).first()
    if head is None:
        return None
    leaf = leaf_of(record.hash)
    path = merkle.inclusion_proof(record.seq - 1, head.size, Tree().rooted)
    reached = merkle.included_root(leaf, record.seq - 1, head.size, path)
    return Inclusion(
        record=record,
        head=head,
        leaf=leaf.hex(),
        path=tuple(step.hex() for step in path),
        reached=reached.hex() if reached else "",
    )


def consistency_of(old: TreeHead, new: TreeHead) -> tuple[str, ...]:
    """The proof that the later head's tree only adds to the earlier one's, hexadecimal hashes."""
    return tuple(step.hex() for step in merkle.consistency_proof(old.size, new.size, Tree().rooted))
