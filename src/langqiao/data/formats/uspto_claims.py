"""Claims of USPTO XML: their numbers, texts, and the claims they depend on."""

import re
from collections.abc import Mapping

from langqiao.data.formats.model import Claim
from langqiao.data.formats.uspto_values import claim_text, claims_referred
from langqiao.data.formats.xmlcheck import Tree

_TARGETS = ("idref", "depends_on", "ID")
_NUMBER = re.compile(r"([0-9]+)\s*\Z")


def claims_of(tree: Tree, number: int, *, claim: int, reference: int, from_text: bool = False) -> list[Claim]:
    """The claims inside element `number`; `claim` and `reference` are the vocabulary numbers of a claim and of its marked references.

    A claim has the number it is given, else its place. With `from_text` a claim without a marked reference is read for one.
    """
    ids, after = tree.ids, tree.after
    numbers: dict[str, int] = {}
    found: list[Claim] = []
    element, stop = number + 1, after[number]
    while element < stop:
        if ids[element] != claim:
            element += 1
            continue
        said, following = tree.attributes(element), after[element]
        printed = said.get("num", "")
        own = int(printed) if printed.isdigit() else len(found) + 1
        numbers[said.get("id") or said.get("ID") or ""] = own
        marked: tuple[int, ...] = ()
        if following - element > 1:
            targets = [_target(tree.attributes(k)) for k in range(element + 1, following) if ids[k] == reference]
            marked = tuple(dict.fromkeys(t for target in targets if (t := numbers.get(target) or _number(target)) and t != own))
        text = claim_text(tree.value(element), own)
        found.append(Claim(own, text, _depends(marked, text, own) if marked or from_text else ()))
        element = following
    return found


def _depends(marked: tuple[int, ...], text: str, own: int) -> tuple[int, ...]:
    """The claims referred to: as marked; "claims 1 to 3" is marked at its ends, or its front, only and is read from the text."""
    if marked and "claims " not in text[:400]:
        return marked
    read = claims_referred(text, own)
    return read if set(marked) <= set(read) else marked


def _target(said: Mapping[str, str]) -> str:
    return next((said[name] for name in _TARGETS if name in said), "")


def _number(text: str) -> int:
    """The number at the end of an identifier such as CLM-00003, 0 if there is none."""
    match = _NUMBER.search(text)
    return int(match[1]) if match else 0
