"""Claims of USPTO XML: their numbers, texts, and the claims they depend on."""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial

import numpy as np

from langqiao.data.formats import xmlfindings as f
from langqiao.data.formats.model import Claim
from langqiao.data.formats.uspto_values import claim_text, claims_referred, one_line
from langqiao.data.formats.xmlcheck import Tree
from langqiao.data.formats.xmlclaims import NAMED, OWN, claims
from langqiao.data.formats.xmlrows import SPARE, parted

_TARGETS = ("idref", "depends_on", "ID")
_NUMBER = re.compile(r"([0-9]+)\s*\Z")
_OPENING_CHARACTERS = 400
"""Where a claim names the claims it depends on."""


def claims_of(tree: Tree, number: int, *, claim: int, reference: int, from_text: bool = False) -> list[Claim]:
    """The claims inside element `number`; `claim` and `reference` are the vocabulary numbers of a claim and of its marked references.

    A claim has the number it is given, else its place. With `from_text` a claim without a marked reference is read for one.
    """
    room = tree.after[number] - number
    found, references = np.empty((2, room), dtype=np.int32), np.empty((2, room), dtype=np.int32)
    out = np.empty(int(tree.nodes[f.TO, number] - tree.nodes[f.FROM, number]) + room + SPARE, dtype=np.uint8)
    document = (tree.data, tree.root_at, tree.nodes, np.frombuffer(tree.text, dtype=np.uint8))
    count, named, end = claims(document, (number, claim, reference), found, (references, out))
    if count == 0:
        return []
    found, references = found[:, :count], references[:, :named]
    if (found[NAMED] != found[OWN]).any():
        return _by_identifier(tree, number, claim=claim, reference=reference, from_text=from_text)
    numbers = found[OWN].tolist()
    joined = out[: end - 1].tobytes()
    texts = parted(joined)
    depends: list[tuple[int, ...]] = [()] * count
    for position, target in zip(*references.tolist(), strict=True):
        if target > 0 and target != numbers[position] and target not in depends[position]:
            depends[position] += (target,)
    if from_text or b"claims " in joined:
        depends = [
            _depends(marked, text, own) if marked or from_text else () for own, text, marked in zip(numbers, texts, depends, strict=True)
        ]
    return list(map(_make, zip(numbers, texts, depends, strict=True)))


_make: Callable[[Iterable[object]], Claim] = partial(tuple.__new__, Claim)
"""A claim of its fields in order, without a call for each."""


def _by_identifier(tree: Tree, number: int, *, claim: int, reference: int, from_text: bool) -> list[Claim]:
    """The same where identifiers do not end in the claims' numbers: references are followed by the identifiers themselves."""
    numbers: dict[str, int] = {}
    found: list[Claim] = []
    for element in (k for k in range(number + 1, tree.after[number]) if tree.ids[k] == claim):
        said, inside = tree.attributes(element), range(element + 1, tree.after[element])
        printed = said.get("num", "")
        own = int(printed) if printed.isdigit() else len(found) + 1
        numbers[said.get("id") or said.get("ID") or ""] = own
        targets = [_target(tree.attributes(k)) for k in inside if tree.ids[k] == reference]
        marked = tuple(dict.fromkeys(t for target in targets if (t := numbers.get(target) or _number(target)) and t != own))
        text = one_line(claim_text(tree.value(element), own))
        found.append(Claim(own, text, _depends(marked, text, own) if marked or from_text else ()))
    return found


def _depends(marked: tuple[int, ...], text: str, own: int) -> tuple[int, ...]:
    """The claims referred to: as marked; "claims 1 to 3" is marked at its ends, or its front, only and is read from the text."""
    if marked and "claims " not in text[:_OPENING_CHARACTERS]:
        return marked
    read = claims_referred(text, own)
    return read if set(marked) <= set(read) else marked


def _target(said: Mapping[str, str]) -> str:
    return next((said[name] for name in _TARGETS if name in said), "")


def _number(text: str) -> int:
    """The number at the end of an identifier such as CLM-00003, 0 if there is none."""
    match = _NUMBER.search(text)
    return int(match[1]) if match else 0
