"""The same expressions on Spark: every indicator equals DuckDB's to 1e-12, and CD by its partitioned join equals the kernel's."""

import math

import numpy as np
import pyarrow as pa
import pytest

import indicator_world as iw
from langqiao.data.engines.duckdb import DuckDbEngine
from langqiao.data.engines.spark import SparkEngine
from langqiao.data.indicators import compute, disruption, kernels
from langqiao.data.indicators.expressions import all_measures
from langqiao.data.indicators.facts import Sources
from langqiao.data.indicators.register import INDICATORS

pytestmark = pytest.mark.spark

SEED = 1
EDGES = 12_000
FIGURES = ("value", "percentile", "completeness", "standard_error", "low", "high")
EXACT = ("n", "cohort", "cohort_n", "reason", "inputs", "version", "formula", "as_of")


@pytest.fixture(scope="module")
def spark(tmp_path_factory):
    # Compiling a class for each of some hundred small plans takes longer than interpreting them.
    settings = {"spark.sql.codegen.wholeStage": "false", "spark.sql.adaptive.enabled": "false"}
    with SparkEngine(master="local[2]", work=tmp_path_factory.mktemp("spark"), settings=settings) as engine:
        yield engine


def long_rows(engine, *, by_join):
    made = iw.world(SEED, rights=300)
    reference = iw.reference(made, SEED)
    loaded = {name: engine.load(name, table) for name, table in iw.tables(made).items()}
    facts, held = compute.prepare(engine, Sources(**loaded, **compute.loaded(engine, reference)), iw.AS_OF, resolve=reference.resolve)
    cd = engine.keep("cd", disruption.by_join(facts, partitions=2)) if by_join else disruption.by_kernel(facts)
    measures = all_measures(facts, held, cd)
    found = {one.name: {} for one in measures}
    for table in compute.long_tables(facts, measures, iw.AS_OF):
        for row in table.to_pylist():
            found[row["indicator"]][row["key"]] = row
    return found


@pytest.fixture(scope="module")
def on_both(spark):
    with DuckDbEngine(threads=1) as duck:
        return long_rows(duck, by_join=False), long_rows(spark, by_join=True)


@pytest.mark.parametrize("name", INDICATORS)
def test_an_indicator_is_the_same_on_duckdb_and_on_spark(on_both, name):
    duck, spark_rows = on_both[0][name], on_both[1][name]
    assert duck.keys() == spark_rows.keys() and len(duck) > 200
    for key, row in duck.items():
        other = spark_rows[key]
        assert {column: row[column] for column in EXACT} == {column: other[column] for column in EXACT}
        for column in FIGURES:
            assert same(row[column], other[column]), (name, key, column, row, other)


def test_cd_by_the_partitioned_join_equals_the_kernel_on_a_larger_graph(spark):
    generator = np.random.default_rng(7)
    nodes = 3_000
    citing = generator.integers(1, nodes, EDGES).astype(np.int32)
    cited = (citing * generator.beta(0.7, 1.4, EDGES)).astype(np.int32)
    time = np.sort(generator.integers(0, 40, nodes)).astype(np.int32)
    graph = kernels.build(citing, cited, time)
    assert len(graph.citers) >= 10_000
    expected = kernels.disruption(graph, 5)
    edges = spark.load(
        "edges", pa.table({"citing": np.repeat(np.arange(nodes), np.diff(graph.out_start)).astype(np.int32), "cited": graph.references})
    )
    table = spark.load("times", pa.table({"node": np.arange(nodes, dtype=np.int32), "time": time}))
    found = spark.arrow(disruption.join_values(spark, edges, table, partitions=4, window=5)).sort_by("node").to_pydict()
    assert found["node"] == list(range(nodes))
    assert found["n"] == expected.n.tolist()
    assert found["impact"] == expected.impact.tolist()
    assert found["n_refs"] == expected.n_refs.tolist()
    values = [None if math.isnan(value) else value for value in expected.cd.tolist()]
    assert all(same(mine, theirs) for mine, theirs in zip(values, found["cd"], strict=True))
    assert sum(value is not None for value in values) > 1_000


def same(found, expected):
    if found is None or expected is None:
        return found is expected
    return math.isclose(found, expected, rel_tol=1e-12, abs_tol=1e-12)
