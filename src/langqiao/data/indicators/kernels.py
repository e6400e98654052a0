"""Compiled kernels on the citation graph: compressed neighbor lists and the CD index of every node with stamp arrays."""

from dataclasses import dataclass
from typing import Any, cast

import numba
import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Floats = NDArray[np.float64]

jit = numba.njit(cache=True, nogil=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationGraph:
    """Citations between nodes 0…n−1 that are ordered by time, without repeated edges, as two compressed lists.

    `references[out_start[v]:out_start[v+1]]` are the nodes v cites, `citers[in_start[v]:in_start[v+1]]` those that cite v, both ascending;
    `time` is ascending.
    """

    time: Ints
    out_start: Longs
    references: Ints
    in_start: Longs
    citers: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class DisruptionArrays:
    """By node: `cd` (NaN where nothing cites it or its references in the window), `n` = |F ∪ B|, `impact` I, `n_refs`."""

    cd: Floats
    n: Ints
    impact: Ints
    n_refs: Ints

    @property
    def mcd(self) -> Floats:
        """CD × I."""
        return self.cd * self.impact


def build(citing: Ints, cited: Ints, time: Ints) -> CitationGraph:
    """The graph of edges between nodes that are numbered in ascending `time`. Raises ValueError where they are not, or an edge leaves them."""
    nodes = len(time)
    if nodes and bool(np.any(time[1:] < time[:-1])):
        raise ValueError("the nodes are not ordered by time")
    if len(citing) != len(cited):
        raise ValueError(f"{len(citing)} citing ends but {len(cited)} cited ones")
    if len(citing) and (min(citing.min(), cited.min()) < 0 or max(citing.max(), cited.max()) >= nodes):
        raise ValueError("an edge names a node that is not there")
    # Two stable counting sorts leave both lists ascending, so repeated edges are neighbors.
    start, order = _group(citing, cited, nodes)
    in_start, citers = _transpose(start, order, nodes)
    in_start, citers = _without_repeats(in_start, citers)
    out_start, references = _transpose(in_start, citers, nodes)
    return CitationGraph(time=time, out_start=out_start, references=references, in_start=in_start, citers=citers)


def order_by_time(citing: Ints, cited: Ints, time: Ints) -> tuple[CitationGraph, Longs]:
    """The graph of edges between nodes in any order, and for every node of the graph its number in the input."""
    order = np.argsort(time, kind="stable")
    place = np.empty(len(time), dtype=np.int32)
    place[order] = np.arange(len(time), dtype=np.int32)
    return build(place[citing], place[cited], time[order]), order


def disruption(graph: CitationGraph, window: int) -> DisruptionArrays:
    """CD of every node for a window in the unit of `time` (Funk and Owen-Smith 2017; equal to the package cdindex)."""
    outgoing, incoming = (graph.out_start, graph.references), (graph.in_start, graph.citers)
    cd, n, impact, n_refs = _disruption(graph.time, window, outgoing, incoming)
    return DisruptionArrays(cd=cd, n=n, impact=impact, n_refs=n_refs)


@jit
def _group(keys: Ints, values: Ints, nodes: int) -> tuple[Longs, Ints]:
    start = np.zeros(nodes + 1, dtype=np.int64)
    for key in keys:
        start[key + 1] += 1
    for node in range(nodes):
        start[node + 1] += start[node]
    place = start[:-1].copy()
    grouped = np.empty(len(values), dtype=np.int32)
    for i in range(len(keys)):
        key = keys[i]
        grouped[place[key]] = values[i]
        place[key] += 1
    return start, grouped


@jit
def _transpose(start: Longs, values: Ints, nodes: int) -> tuple[Longs, Ints]:
    turned = np.zeros(nodes + 1, dtype=np.int64)
    for value in values:
        turned[value + 1] += 1
    for node in range(nodes):
        turned[node + 1] += turned[node]
    place = turned[:-1].copy()
    keys = np.empty(len(values), dtype=np.int32)
    for node in range(nodes):
        for i in range(start[node], start[node + 1]):
            value = values[i]
            keys[place[value]] = node
            place[value] += 1
    return turned, keys


@jit
def _without_repeats(start: Longs, values: Ints) -> tuple[Longs, Ints]:
    nodes = len(start) - 1
    kept = np.zeros(nodes + 1, dtype=np.int64)
    target = 0
    for node in range(nodes):
        previous = -1
        for i in range(start[node], start[node + 1]):
            if values[i] != previous:
                previous = values[i]
                values[target] = previous
                target += 1
        kept[node + 1] = target
    return kept, values[:target].copy()


@jit
def _disruption(time: Ints, window: int, outgoing: tuple[Longs, Ints], incoming: tuple[Longs, Ints]) -> tuple[Floats, Ints, Ints, Ints]:
    out_start, references = outgoing
    in_start, citers = incoming
    nodes = len(time)
    cd = np.full(nodes, np.nan)
    n = np.zeros(nodes, dtype=np.int32)
    impact = np.zeros(nodes, dtype=np.int32)
    n_refs = np.zeros(nodes, dtype=np.int32)
    # stamp[i] = 2f + 1: i cites f; 2f + 2: i is counted in B as well. Values grow with f, so the array is never cleared.
    stamp = np.zeros(nodes, dtype=np.int64)
    first = last = 0
    for f in range(nodes):
        # Nodes are ordered by time: those with t_f < t ≤ t_f + window are first … last − 1.
        while first < nodes and time[first] <= time[f]:
            first += 1
        while last < nodes and time[last] <= time[f] + window:
            last += 1
        direct = both = through = 0
        for at in range(in_start[f], in_start[f + 1]):
            i = citers[at]
            if i >= last:
                break
            impact[f] += 1
            if i >= first:
                stamp[i] = 2 * f + 1
                direct += 1
        n_refs[f] = out_start[f + 1] - out_start[f]
        for out in range(out_start[f], out_start[f + 1]):
            r = references[out]
            low, high = in_start[r], in_start[r + 1]
            while low < high:
                middle = (low + high) // 2
                if citers[middle] < first:
                    low = middle + 1
                else:
                    high = middle
            end = in_start[r + 1]
            while low < end and citers[low] < last:
                i = citers[low]
                mark = stamp[i]
                if mark == 2 * f + 1:
                    both += 1
                    stamp[i] = 2 * f + 2
                elif mark != 2 * f + 2:
                    through += 1
                    stamp[i] = 2 * f + 2
                low += 1
        n[f] = direct + through
        if n[f] > 0:
            cd[f] = (direct - 2 * both) / n[f]
    return cd, n, impact, n_refs


def as_int32(values: Any) -> Ints:
    """A column of whole numbers as a 32-bit array."""
    return cast("Ints", np.ascontiguousarray(values, dtype=np.int32))
