"""The children of an element as rows of a table: for each, the span of text of the first element inside it of each wanted kind."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from langqiao.data.formats import xmlfindings as f
from langqiao.data.formats.xmlfindings import rare


class Wanted:
    """The columns of a table, each the vocabulary numbers of the elements that may fill it."""

    def __init__(self, columns: Iterable[Iterable[int]], size: int) -> None:
        self.of = np.full(size + 1, -1, dtype=np.int32)
        self.count = 0
        for self.count, numbers in enumerate(columns, start=1):
            self.of[list(numbers)] = self.count - 1


def spans(nodes: Any, number: int, wanted: Wanted) -> Any:
    """[start or end, column, row] in characters: the first element of each wanted kind in each child of element `number`, or the child itself.

    Where there is none, start and end are -1: a slice that is empty.
    """
    found = np.full((2, wanted.count, _children(nodes, number)), -1, dtype=np.int32)
    if found.size:
        _fill(nodes, number, wanted.of, found)
    return found


@rare
def _children(nodes: Any, number: int) -> int:
    count = 0
    child, stop = number + 1, nodes[f.AFTER, number]
    while child < stop:
        count += 1
        child = nodes[f.AFTER, child]
    return count


@rare
def _fill(nodes: Any, number: int, columns: Any, found: Any) -> None:
    row = 0
    child, stop = number + 1, nodes[f.AFTER, number]
    while child < stop:
        following = nodes[f.AFTER, child]
        for k in range(child, following):
            column = columns[nodes[f.ID, k]]
            if column >= 0 and found[0, column, row] < 0:
                found[0, column, row], found[1, column, row] = nodes[f.FIRST, k], nodes[f.LAST, k]
        row += 1
        child = following
