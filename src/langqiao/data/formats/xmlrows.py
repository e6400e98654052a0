"""The children of an element as rows of a table: for each, which recorded element inside it holds a wanted field."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from langqiao.data.formats import xmlfindings as f
from langqiao.data.formats.xmlfindings import rare


class Wanted:
    """The fields of a row, by vocabulary number, each a column from 0."""

    def __init__(self, numbers: Sequence[int], size: int) -> None:
        self.count = len(numbers)
        self.columns = np.full(size + 1, -1, dtype=np.int32)
        self.columns[list(numbers)] = range(len(numbers))


def rows(nodes: Any, number: int, wanted: Wanted) -> Any:
    """For each child of element `number` (rows), the first element inside it or itself of each wanted kind (columns); -1 where there is none."""
    found = np.full((_children(nodes, number), wanted.count), -1, dtype=np.int32)
    if found.size:
        _fill(nodes, number, wanted.columns, found)
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
            if column >= 0 and found[row, column] < 0:
                found[row, column] = k
        row += 1
        child = following
