"""The children of an element as rows of a table: for each, the text of the first element inside it of each wanted kind."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from langqiao.data.formats import xmlfindings as f
from langqiao.data.formats.xmlfindings import rare
from langqiao.data.formats.xmlwords import copied

SEPARATOR = 0x1F
"""Between the cells: a character that XML forbids."""

SPARE = 8
"""Bytes behind what is written, because text is copied eight bytes at a time."""


class Wanted:
    """The columns of a table, each the vocabulary numbers of the elements that may fill it."""

    def __init__(self, columns: Iterable[Iterable[int]], size: int) -> None:
        self.of = np.full(size + 1, -1, dtype=np.int32)
        self.count = 0
        for self.count, numbers in enumerate(columns, start=1):
            self.of[list(numbers)] = self.count - 1


def columns(nodes: Any, number: int, wanted: Wanted, text: memoryview) -> list[list[str]]:
    """The texts of a table column by column, every run of blanks one blank: of each child of element `number` the first wanted element of
    each kind inside it, or the child itself; "" where there is none.
    """
    rows = _children(nodes, number)
    if rows == 0:
        return [[] for _ in range(wanted.count)]
    room = int(nodes[f.TO, number] - nodes[f.FROM, number]) * wanted.count + rows * wanted.count + SPARE
    out, row = np.empty(room, dtype=np.uint8), np.empty(wanted.count, dtype=np.int32)
    end = _cells((nodes, np.frombuffer(text, dtype=np.uint8)), number, wanted.of, (out, row))
    cells = parted(out[: end - 1].tobytes())
    return [cells[column :: wanted.count] for column in range(wanted.count)]


def parted(joined: bytes) -> list[str]:
    """The cells between the separators, every run of blanks one blank."""
    cells = joined.decode().split(chr(SEPARATOR))
    if b"  " in joined or b"\t" in joined or b"\n" in joined:
        return [cell if cell.isalnum() else " ".join(cell.split()) for cell in cells]  # most are one word: a number, a date, a country
    return cells


@rare
def first_of(nodes: Any, number: int) -> int:
    """The first recorded element of a kind, -1 if there is none."""
    for k in range(nodes.shape[1]):
        if nodes[f.ID, k] == number:
            return k
    return -1


@rare
def tags_kept(document: tuple[Any, int], recorded: tuple[Any, int, int], tags: Any, o: int) -> int:
    """Copy the tags of recorded elements from one number up to another behind `tags[:o]`, where the table of nodes finds them from then on; how
    far `tags` is then filled.
    """
    data, root = document
    nodes, first, last = recorded
    for k in range(first, last):
        begin, end = root + nodes[f.OPENED, k], root + nodes[f.INSIDE, k]
        nodes[f.OPENED, k] = o
        for i in range(begin, end):
            tags[o] = data[i]
            o += 1
        nodes[f.INSIDE, k] = o
    return o


@rare
def _children(nodes: Any, number: int) -> int:
    count = 0
    child, stop = number + 1, nodes[f.AFTER, number]
    while child < stop:
        count += 1
        child = nodes[f.AFTER, child]
    return count


@rare
def _cells(document: tuple[Any, Any], number: int, columns: Any, work: tuple[Any, Any]) -> int:
    """Write the cells of every row, each followed by the separator; how many bytes."""
    nodes, text = document
    out, row = work
    o = 0
    child, stop = number + 1, nodes[f.AFTER, number]
    while child < stop:
        following = nodes[f.AFTER, child]
        row[:] = -1
        for k in range(child, following):
            column = columns[nodes[f.ID, k]]
            if column >= 0 and row[column] < 0:
                row[column] = k
        for column in range(len(row)):
            if row[column] >= 0:
                o = copied(text, (nodes[f.FROM, row[column]], nodes[f.TO, row[column]]), out, o)
            out[o] = SEPARATOR
            o += 1
        child = following
    return o
