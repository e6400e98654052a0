"""Claims of USPTO XML: their numbers, texts, and the claims they depend on."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, overload

import numpy as np

from langqiao.data.formats import xmlfindings as f
from langqiao.data.formats.model import Claim
from langqiao.data.formats.uspto_values import claim_text, claims_referred, one_line
from langqiao.data.formats.xmlcheck import LARGE_TEXT, Tree
from langqiao.data.formats.xmlclaims import BEGIN, END, NAMED, OWN, behind_number, claims, joined
from langqiao.data.formats.xmlrows import SPARE, parted

_TARGETS = ("idref", "depends_on", "ID")
_NUMBER = re.compile(r"([0-9]+)\s*\Z")
_OPENING_CHARACTERS = 400
"""Where a claim names the claims it depends on."""


class LongClaims(Sequence[Claim]):
    """The claims of a document that is large by them: each is made when it is asked for, from text in memory that the scanner gave up.

    `found` is the table of `xmlclaims.claims`, `references` its marked references in the order of the claims.
    """

    __slots__ = ("_found", "_from_text", "_references", "_text")

    def __init__(self, text: memoryview, found: Any, references: Any, *, from_text: bool) -> None:
        self._text, self._found, self._references, self._from_text = text, found, references, from_text

    def __len__(self) -> int:
        return int(self._found.shape[1])

    @overload
    def __getitem__(self, index: int) -> Claim: ...
    @overload
    def __getitem__(self, index: slice) -> list[Claim]: ...
    def __getitem__(self, index: int | slice) -> Claim | list[Claim]:
        if isinstance(index, slice):
            return self._made(np.arange(len(self))[index])
        return self._made(np.arange(len(self))[index : index + 1 or None])[0]

    def stretches(self, text_bytes: int) -> Iterator[list[Claim]]:
        """All claims in turn, at most about `text_bytes` of text at a time."""
        start = 0
        while start < len(self):
            stop = int(np.searchsorted(self._found[END], self._found[BEGIN, start] + text_bytes, side="right"))
            stop = max(stop, start + 1)
            yield self[start:stop]
            start = stop

    def _made(self, positions: Any) -> list[Claim]:
        firsts, lasts = (np.searchsorted(self._references[0], positions + step).tolist() for step in (0, 1))
        own, _, begins, ends = self._found[:, positions].tolist()
        return list(map(self._claim, own, zip(begins, ends, strict=True), zip(firsts, lasts, strict=True)))

    def _claim(self, own: int, text_at: tuple[int, int], referred: tuple[int, int]) -> Claim:
        text = " ".join(str(self._text[slice(*text_at)], "utf-8").split())
        marked: tuple[int, ...] = ()
        if referred[0] < referred[1]:
            targets = self._references[1, slice(*referred)].tolist()
            marked = tuple(dict.fromkeys(target for target in targets if target > 0 and target != own))
        return Claim(own, text, _depends(marked, text, own) if marked or self._from_text else ())


def claims_of(tree: Tree, number: int, *, claim: int, reference: int, from_text: bool = False) -> Sequence[Claim]:
    """The claims inside element `number`; `claim` and `reference` are the vocabulary numbers of a claim and of its marked references.

    A claim has the number it is given, else its place. With `from_text` a claim without a marked reference is read for one.
    """
    room = int(tree.nodes[f.AFTER, number]) - number
    found, references = np.empty((4, room), dtype=np.int32), np.empty((2, room), dtype=np.int32)
    document = (tree.data, tree.root_at, tree.nodes, np.frombuffer(tree.text, dtype=np.uint8))
    count, named = claims(document, (number, claim, reference), found, references)
    if count == 0:
        return []
    found, references = found[:, :count], references[:, :named]
    is_long = int(tree.nodes[f.TO, number] - tree.nodes[f.FROM, number]) >= LARGE_TEXT
    if (found[NAMED] != found[OWN]).any():
        numbered = _by_identifier(tree, number, claim=claim, reference=reference)
        return _long(tree, found, numbered, from_text=from_text) if is_long else _short(tree, numbered, from_text=from_text)
    if is_long:
        return LongClaims(tree.text, found.copy(), references.copy(), from_text=from_text)
    return _texts(tree, found, references, from_text=from_text)


def _texts(tree: Tree, found: Any, references: Any, *, from_text: bool) -> list[Claim]:
    """The claims at once, which is the quick way for all but huge documents."""
    text = np.frombuffer(tree.text, dtype=np.uint8)
    count = found.shape[1]
    out = np.empty(int((found[END] - found[BEGIN]).sum()) + count + SPARE, dtype=np.uint8)
    written = out[: joined(text, found, out) - 1].tobytes()
    numbers, texts = found[OWN].tolist(), parted(written)
    depends: list[tuple[int, ...]] = [()] * count
    for position, target in zip(*references.tolist(), strict=True):
        if target > 0 and target != numbers[position] and target not in depends[position]:
            depends[position] += (target,)
    if from_text or b"claims " in written:
        depends = [
            _depends(marked, text, own) if marked or from_text else () for own, text, marked in zip(numbers, texts, depends, strict=True)
        ]
    return list(map(_make, zip(numbers, texts, depends, strict=True)))


_make: Callable[[Iterable[object]], Claim] = partial(tuple.__new__, Claim)
"""A claim of its fields in order, without a call for each."""


def _by_identifier(tree: Tree, number: int, *, claim: int, reference: int) -> list[tuple[int, int, list[int]]]:
    """Of each claim its element, its number and the numbers it refers to, where identifiers do not end in the claims' numbers: references are
    followed by the identifiers themselves.
    """
    numbers: dict[str, int] = {}
    found: list[tuple[int, int, list[int]]] = []
    after = tree.nodes[f.AFTER]
    elements = np.flatnonzero(tree.nodes[f.ID, number + 1 : after[number]] == claim) + (number + 1)
    for element in elements.tolist():
        said, inside = tree.attributes(element), range(element + 1, int(after[element]))
        printed = said.get("num", "")
        own = int(printed) if printed.isdigit() else len(found) + 1
        numbers[said.get("id") or said.get("ID") or ""] = own
        targets = [_target(tree.attributes(k)) for k in inside if tree.nodes[f.ID, k] == reference]
        found.append((element, own, [numbers.get(target) or _number(target) for target in targets]))
    return found


def _short(tree: Tree, numbered: list[tuple[int, int, list[int]]], *, from_text: bool) -> list[Claim]:
    """Claims that are followed by their identifiers."""
    found: list[Claim] = []
    for element, own, targets in numbered:
        marked = tuple(dict.fromkeys(target for target in targets if target and target != own))
        text = one_line(claim_text(tree.value(element), own))
        found.append(Claim(own, text, _depends(marked, text, own) if marked or from_text else ()))
    return found


def _long(tree: Tree, found: Any, numbered: list[tuple[int, int, list[int]]], *, from_text: bool) -> LongClaims:
    """The same of a document that is large by them."""
    text = np.frombuffer(tree.text, dtype=np.uint8)
    for position, (element, own, _) in enumerate(numbered):
        found[OWN, position] = own
        found[BEGIN, position] = behind_number(text, int(tree.nodes[f.FROM, element]), int(tree.nodes[f.TO, element]), own)
    pairs = [(position, target) for position, (_, _, targets) in enumerate(numbered) for target in targets]
    return LongClaims(tree.text, found.copy(), np.array(pairs, dtype=np.int64).reshape(-1, 2).T, from_text=from_text)


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
