"""CD of every patent on a skewed citation graph: ours against the PyPI package cdindex, load and all values, in the same run."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from cdindex import cdindex

from bench.report import Measurement, cpu_seconds
from langqiao.data.indicators import kernels

NODES, EDGES, WINDOW, SEED = 2_000_000, 20_000_000, 60, 20260701
COPIED = 0.65
"""The share of references that copy an earlier reference: the higher, the more skewed."""
PEER_SECONDS = 60
"""The peer's values are computed node by node in random order until this much CPU is spent; the rest is extrapolated and said so."""


def measure() -> Iterator[Measurement]:
    graph = skewed_graph(NODES, EDGES, SEED)
    kernels.disruption(kernels.build(*skewed_graph(100, 500, 1)), WINDOW)  # compiled before the clock runs
    ours = cpu_seconds(lambda: kernels.disruption(kernels.build(*graph), WINDOW))
    values = kernels.disruption(kernels.build(*graph), WINDOW)
    peer, fraction, largest = peer_seconds(graph, values.cd)
    edges = len(graph[0])
    yield Measurement(
        name=f"CD of {NODES:,} patents, {edges:,} citations: load + all values",
        ours=ours,
        unit="s CPU",
        peer_name="cdindex",
        peer=peer,
        ratio=peer / ours,
        target=">= 10 x cdindex",
        met=peer / ours >= 10,
        note=f"the peer loaded all edges and computed {fraction:.0%} of the values, the rest extrapolated; largest difference {largest:.1e}",
    )
    megabytes = own_memory(graph)
    yield Measurement(name="  its memory, process peak", ours=megabytes, unit="MB", target="<= 1,000 MB", met=megabytes <= 1000)
    yield Measurement(name="  its speed", ours=NODES / ours, unit="patents/s", note="one core")


def skewed_graph(nodes: int, edges: int, seed: int) -> tuple[kernels.Ints, kernels.Ints, kernels.Ints]:
    """Citing, cited and time (months over 40 years): half of the references go to recent patents, half copy an earlier reference."""
    generator = np.random.default_rng(seed)
    time_months = (np.arange(nodes, dtype=np.int64) * 480 // nodes).astype(np.int32)
    weights = generator.pareto(1.6, nodes) + 0.3
    degrees = np.minimum(generator.poisson(weights * (edges / weights.sum())), 300)
    degrees[0] = 0
    citing = np.repeat(np.arange(nodes, dtype=np.int32), degrees)
    cited = np.empty(len(citing), dtype=np.int32)
    ends = np.cumsum(degrees)
    step = max(1, nodes // 200)
    done = 0
    for first in range(0, nodes, step):
        stop = int(ends[min(first + step, nodes) - 1])
        who = citing[done:stop].astype(np.int64)
        recent = who - 1 - generator.exponential(nodes / 8, len(who)).astype(np.int64)
        target = np.where(recent >= 0, recent, (who * generator.random(len(who))).astype(np.int64))
        if done:
            copied = cited[generator.integers(0, done, len(who))]
            target = np.where(generator.random(len(who)) < COPIED, copied, target)
        cited[done:stop] = target
        done = stop
    return citing, cited, time_months


def peer_seconds(graph: tuple[Any, Any, Any], ours: kernels.Floats) -> tuple[float, float, float]:
    """CPU seconds of cdindex (load all, values of all or of a random part extrapolated), the part computed, the largest difference.

    Its own add_edge reads every earlier edge of a node to refuse repeats; here the repeats are removed first and the C functions are called
    directly, which favors the peer.
    """
    citing, cited, months = graph
    pairs = np.unique(citing.astype(np.int64) * len(months) + cited)
    sources, targets = (pairs // len(months)).tolist(), (pairs % len(months)).tolist()
    core = cdindex._cdindex  # noqa: SLF001 - the compiled part of the peer
    start = time.process_time()
    peer = core.Graph()
    for node, month in enumerate(months.tolist()):
        core.add_vertex(peer, node, month)
    for source, target in zip(sources, targets, strict=True):
        core.add_edge(peer, source, target)
    loaded = time.process_time() - start
    order = np.random.default_rng(SEED).permutation(len(months))
    start, done, largest = time.process_time(), 0, 0.0
    for node in order.tolist():
        value = core.cdindex(peer, node, WINDOW)
        mine = ours[node]
        assert np.isnan(value) == np.isnan(mine), f"node {node}: cdindex {value}, ours {mine}"
        largest = max(largest, 0.0 if np.isnan(value) else abs(value - mine))
        done += 1
        if done % 1000 == 0 and time.process_time() - start > PEER_SECONDS:
            break
    fraction = done / len(order)
    return loaded + (time.process_time() - start) / fraction, fraction, largest


def own_memory(graph: tuple[Any, Any, Any]) -> float:
    """Peak megabytes of a fresh process that reads the edges from a file, builds the graph and computes every value."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "graph.npz"
        np.savez(place, *graph)
        code = f"import bench.disruption as b; b.child({str(place)!r})"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(done.stdout)


def child(place: str) -> None:
    with np.load(place) as arrays:
        graph = kernels.build(*(arrays[name] for name in arrays.files))
    kernels.disruption(graph, WINDOW)
    # Not ru_maxrss: Linux carries the parent's peak over the exec into it.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    print(int(status.partition("VmHWM:")[2].split()[0]) / 1024)
