"""Claims of a checked document, compiled: the number of each, its text without that number, and the claims it refers to."""

from typing import Any

from langqiao.data.formats import xmlfindings as f
from langqiao.data.formats.xmlfindings import rare
from langqiao.data.formats.xmlrows import SEPARATOR
from langqiao.data.formats.xmlwords import copied

OWN, NAMED, BEGIN, END = range(4)
"""Rows of the table of claims: its number, the number that ends its identifier (-1: none), where its text lies without its printed number."""

NUM, ID_LOWER, ID_UPPER = tuple(b"num"), tuple(b"id"), tuple(b"ID")
IDREF, DEPENDS_ON = tuple(b"idref"), tuple(b"depends_on")


@rare
def claims(document: tuple[Any, int, Any, Any], wanted: tuple[int, int, int], found: Any, references: Any) -> tuple[int, int]:
    """Fill `found` (a column a claim) and `references` (claim from 0, number that ends the identifier named); how many of each.

    `document` is the bytes, the offset of the root, the nodes and the text; `wanted` the element that holds the claims and the vocabulary
    numbers of a claim and of a reference.
    """
    nodes, text = document[2], document[3]
    number, claim, reference = wanted
    count = named = 0
    for k in range(number + 1, nodes[f.AFTER, number]):
        kind = nodes[f.ID, k]
        if kind == claim:
            given = _attribute(document, k, NUM)
            found[OWN, count] = given if given >= 0 else count + 1
            identifier = _attribute(document, k, ID_LOWER)
            found[NAMED, count] = identifier if identifier >= 0 else _attribute(document, k, ID_UPPER)
            found[BEGIN, count] = behind_number(text, nodes[f.FROM, k], nodes[f.TO, k], found[OWN, count])
            found[END, count] = nodes[f.TO, k]
            count += 1
        elif kind == reference and count > 0:
            target = _attribute(document, k, IDREF)
            if target < 0:
                target = _attribute(document, k, DEPENDS_ON)
            references[0, named], references[1, named] = count - 1, target if target >= 0 else _attribute(document, k, ID_UPPER)
            named += 1
    return count, named


@rare
def joined(text: Any, found: Any, out: Any) -> int:
    """Write the texts of claims one after another, each with the separator after it; how many bytes."""
    o = 0
    for k in range(found.shape[1]):
        o = copied(text, (found[BEGIN, k], found[END, k]), out, o)
        out[o] = SEPARATOR
        o += 1
    return o


@rare
def _attribute(document: tuple[Any, int, Any, Any], k: int, name: Any) -> int:
    """The whole number that ends the value of an attribute of element k; -1 where there is no such attribute or number."""
    data, root, nodes, _ = document
    i, end = root + nodes[f.OPENED, k] + 1, root + nodes[f.INSIDE, k]
    while i < end and data[i] > 32 and data[i] != 62 and data[i] != 47:
        i += 1
    while i < end:
        while i < end and data[i] <= 32:
            i += 1
        start = i
        while i < end and data[i] > 32 and data[i] != 61:
            i += 1
        same = i - start == len(name)
        for p in range(len(name)):
            same = same and data[start + p] == name[p]
        while i < end and data[i] != 34 and data[i] != 39:
            i += 1
        stop = i + 1
        while stop < end and data[stop] != data[i]:
            stop += 1
        if same and stop < end:
            return _ending(data, i + 1, stop)
        i = stop + 1
    return -1


@rare
def _ending(data: Any, start: int, stop: int) -> int:
    """The number of at most six digits at the end of data[start:stop]."""
    i = stop
    while i > start and stop - i < 6 and 48 <= data[i - 1] <= 57:
        i -= 1
    if i == stop:
        return -1
    value = 0
    for p in range(i, stop):
        value = value * 10 + (data[p] - 48)
    return value


@rare
def behind_number(text: Any, begin: int, end: int, own: int) -> int:
    """Where a claim begins behind its printed number ("1. "), if that is its number."""
    i = begin
    while i < end and text[i] <= 32:
        i += 1
    first, value = i, 0
    while i < end and i - first < 5 and 48 <= text[i] <= 57:
        value = value * 10 + (text[i] - 48)
        i += 1
    if i == first or value != own:
        return begin
    while i < end and text[i] <= 32:
        i += 1
    return i + 1 if i < end and (text[i] == 46 or text[i] == 41) else begin
