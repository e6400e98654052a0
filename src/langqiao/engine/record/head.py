"""A tree head: what is signed about the record at one size, as canonical text, with the algorithms and the key that it names."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from langqiao.engine.record.canonical import canonical

KIND = "langqiao-tree-head-1"
TREE = "sha256-rfc6962"
SIGNATURE = "ed25519"


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """`size` records have the tree root `root` (hexadecimal); `last_hash` is the hash of the last of them; `at` is UTC text.

    `public_key` (32 bytes, hexadecimal) is told for convenience: whoever checks compares it with the one that was handed over apart.
    `also` are the ends of other chains at that moment, as (name, size, last hash): the books are anchored with the record.
    """

    size: int
    root: str
    last_hash: str
    at: str
    public_key: str
    also: tuple[tuple[str, int, str], ...] = ()
    tree: str = TREE
    algorithm: str = SIGNATURE

    @property
    def key_id(self) -> str:
        """The name of the key: the first 16 hexadecimal digits of the SHA-256 of its 32 bytes."""
        return key_id(self.public_key)

    def body(self) -> str:
        """The text that is signed."""
        return canonical(
            {
                "algorithm": self.algorithm,
                "also": self.also,
                "at": self.at,
                "key": self.key_id,
                "kind": KIND,
                "last_hash": self.last_hash,
                "public_key": self.public_key,
                "root": self.root,
                "size": self.size,
                "tree": self.tree,
            }
        )


def key_id(public_key: str) -> str:
    """The name of a public key given in hexadecimal."""
    return hashlib.sha256(bytes.fromhex(public_key)).hexdigest()[:16]


def head_of(told: Mapping[str, Any]) -> Head:
    """The head that a read body tells. Raises ValueError where a field is missing, of another type, of another kind, or does not fit the key."""
    try:
        fields = {name: told[name] for name in ("size", "root", "last_hash", "at", "public_key", "tree", "algorithm")}
    except KeyError as error:
        raise ValueError(f"the head lacks {error}") from None
    if told.get("kind") != KIND or type(fields["size"]) is not int or fields["size"] < 1:
        raise ValueError("this is no tree head of a record")
    if any(not isinstance(value, str) for name, value in fields.items() if name != "size"):
        raise ValueError("a field of the head is not text")
    head = Head(**fields, also=_also(told.get("also")))
    if told.get("key") != head.key_id:
        raise ValueError("the head names another key than the one it shows")
    return head


def _also(told: Any) -> tuple[tuple[str, int, str], ...]:
    fits = isinstance(told, list) and all(
        isinstance(item, list) and len(item) == 3 and type(item[1]) is int and isinstance(item[0], str) and isinstance(item[2], str)
        for item in told
    )
    if not fits:
        raise ValueError("the other chains that the head names are not readable")
    return tuple((name, size, last_hash) for name, size, last_hash in told)
