"""The compiled kernel gives the values of the package cdindex, of the reference formula, and of the partitioned join, on random graphs."""

import math

import numpy as np
import pyarrow as pa
import pytest
from cdindex import cdindex
from hypothesis import given, settings
from hypothesis import strategies as st

from langqiao.data.engines.duckdb import DuckDbEngine
from langqiao.data.indicators import disruption, kernels
from langqiao.engine.indicators.disruption import Graph


@st.composite
def graphs(draw):
    nodes = draw(st.integers(1, 25))
    time = np.array(draw(st.lists(st.integers(0, 12), min_size=nodes, max_size=nodes)), dtype=np.int32)
    ends = st.integers(0, nodes - 1)
    pairs = draw(st.lists(st.tuples(ends, ends), max_size=120))
    citing, cited = (np.array([pair[end] for pair in pairs], dtype=np.int32) for end in (0, 1))
    return citing, cited, time, draw(st.integers(1, 14))


def none_for_nan(values):
    return [None if math.isnan(value) else value for value in values.tolist()]


@settings(max_examples=200, deadline=None)
@given(graphs())
def test_the_kernel_equals_cdindex_and_the_reference_on_random_graphs(graph):
    citing, cited, time, window = graph
    built, order = kernels.order_by_time(citing, cited, time)
    found = kernels.disruption(built, window)
    values, scaled = none_for_nan(found.cd), none_for_nan(found.mcd)
    peer = cdindex.Graph()
    for node, moment in enumerate(time.tolist()):
        peer.add_vertex(str(node), moment)
    edges = sorted({(str(a), str(b)) for a, b in zip(citing.tolist(), cited.tolist(), strict=True)})
    for a, b in edges:
        peer.add_edge(a, b)
    reference = Graph(edges, {str(node): moment for node, moment in enumerate(time.tolist())})
    for place, node in enumerate(order.tolist()):
        assert values[place] == peer.cdindex(str(node), window)
        assert scaled[place] == peer.mcdindex(str(node), window)
        one = reference.disruption(str(node), window)
        assert (found.n[place], found.impact[place], found.n_refs[place]) == (one.n, one.impact, one.n_refs)


def random_graph(nodes, edges, seed):
    generator = np.random.default_rng(seed)
    citing = generator.integers(1, nodes, edges).astype(np.int32)
    cited = (citing * generator.beta(0.5, 1.5, edges)).astype(np.int32)
    return citing, cited, np.sort(generator.integers(0, 60, nodes)).astype(np.int32)


def test_the_partitioned_join_equals_the_kernel_whatever_the_number_of_parts():
    citing, cited, time = random_graph(400, 2_000, 3)
    graph = kernels.build(citing, cited, time)
    expected = kernels.disruption(graph, 7)
    edges = pa.table({"citing": np.repeat(np.arange(400), np.diff(graph.out_start)).astype(np.int32), "cited": graph.references})
    for parts in (1, 3):
        with DuckDbEngine(threads=1) as engine:
            nodes = engine.load("nodes", pa.table({"node": np.arange(400, dtype=np.int32), "time": time}))
            joined = disruption.join_values(engine, engine.load("edges", edges), nodes, partitions=parts, window=7)
            found = engine.arrow(joined).sort_by("node").to_pydict()
        assert found["cd"] == none_for_nan(expected.cd)
        assert found["n"] == expected.n.tolist() and found["impact"] == expected.impact.tolist()
        assert found["n_refs"] == expected.n_refs.tolist()


def test_repeated_edges_count_once():
    citing, cited, time = random_graph(200, 900, 5)
    once = kernels.disruption(kernels.build(citing, cited, time), 9)
    twice = kernels.disruption(kernels.build(np.concatenate([citing, citing]), np.concatenate([cited, cited]), time), 9)
    assert none_for_nan(once.cd) == none_for_nan(twice.cd)
    assert once.n_refs.tolist() == twice.n_refs.tolist() and once.impact.tolist() == twice.impact.tolist()


@pytest.mark.parametrize(
    ("citing", "cited", "time", "message"),
    [([0], [1], [2, 1], "ordered"), ([0], [2], [1, 2], "not there"), ([-1], [0], [1, 2], "not there"), ([0, 1], [1], [1, 2], "ends")],
)
def test_a_graph_that_is_none_is_refused(citing, cited, time, message):
    with pytest.raises(ValueError, match=message):
        kernels.build(*(kernels.as_int32(values) for values in (citing, cited, time)))


def test_an_empty_graph_has_no_values():
    empty = kernels.as_int32([])
    assert kernels.disruption(kernels.build(empty, empty, empty), 5).cd.tolist() == []
