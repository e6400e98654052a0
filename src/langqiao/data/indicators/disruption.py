"""CD of all rights: the compiled kernel on one machine, a partitioned join where the engine is a cluster; both give the same values."""

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from langqiao.data.engines import Engine
from langqiao.data.indicators.facts import Facts
from langqiao.data.indicators.forward import Windows, unknown_window
from langqiao.data.indicators.measures import Measure, inputs, reasons, written

WINDOW_YEARS = 5
WINDOW_DAYS = WINDOW_YEARS * 10_000
"""In calendar days (20260630): the same day five years later."""

NEVER = 0
"""The time of documents outside the lake: before every window."""


def measures(held: Windows, values: ir.Table) -> list[Measure]:
    """cd5 and mcd5 from `values` (unit, cd, n, impact, n_refs); a right without references is left out of the cohort."""
    joined = held.rights.left_join(values, "unit").drop("unit_right")
    table = joined.mutate(closed=joined.closed5, complete=joined.complete5, n=joined.n.fill_null(0))
    why = reasons(
        *unknown_window(table),
        (~table.has_list, "no_citation_list"),
        (table.n == 0, "no_citations"),
    )
    common = {
        "n": table.n,
        "completeness": table.complete,
        "reason": why,
        "inputs": inputs(n_refs=table.n_refs, citers=table.impact),
        "apart": ibis.ifelse(table.n_refs > 0, "", "no_references"),
    }
    return [
        Measure(name="cd5", table=written(table, value=table.cd, **common)),
        Measure(name="mcd5", table=written(table, value=table.cd * table.impact, **common)),
    ]


def by_kernel(facts: Facts) -> ir.Table:
    """(unit, cd, n, impact, n_refs) computed in this process, brought back to the engine."""
    from langqiao.data.indicators import kernels  # noqa: PLC0415 - Numba takes a quarter of a second to import

    engine = facts.engine
    nodes = engine.keep("nodes", _nodes(facts))
    listed = engine.arrow(nodes.select("node", "time").order_by("node"))
    edges = engine.arrow(numbered_edges(facts, nodes))
    graph = kernels.build(
        kernels.as_int32(edges.column("citing").to_numpy()),
        kernels.as_int32(edges.column("cited").to_numpy()),
        kernels.as_int32(listed.column("time").to_numpy()),
    )
    found = kernels.disruption(graph, WINDOW_DAYS)
    table = pa.table(
        {
            "node": pa.array(np.arange(len(found.cd), dtype=np.int32)),
            "cd": pa.array(found.cd, from_pandas=True),
            "n": pa.array(found.n),
            "impact": pa.array(found.impact),
            "n_refs": pa.array(found.n_refs),
        }
    )
    values = engine.load("disruption", table)
    return nodes.join(values, "node").select("cd", "n", "impact", "n_refs", unit=nodes.name)


def by_join(facts: Facts, *, partitions: int = 4) -> ir.Table:
    """The same by joins, the patents in `partitions` parts one after the other, so that the two-step paths of one part fit the workers."""
    engine = facts.engine
    nodes = engine.keep("nodes", _nodes(facts))
    edges = engine.keep("numbered_edges", numbered_edges(facts, nodes))
    values = join_values(engine, edges, nodes.select("node", "time"), partitions=partitions)
    return nodes.join(values, "node").select("cd", "n", "impact", "n_refs", unit=nodes.name)


def join_values(engine: Engine, edges: ir.Table, nodes: ir.Table, *, partitions: int, window: int = WINDOW_DAYS) -> ir.Table:
    """(node, cd, n, impact, n_refs) of every node from `edges` (citing, cited) and `nodes` (node, time), part by part."""
    timed = edges.join(nodes.select(citing=nodes.node, citing_time=nodes.time), "citing")
    kept = engine.keep("timed_edges", timed.select("citing", "cited", "citing_time"))
    parts = [
        engine.keep(f"cd_part_{part}", _part(kept, nodes.filter(nodes.node % partitions == part), window)) for part in range(partitions)
    ]
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


def _part(edges: ir.Table, focal: ir.Table, window: int) -> ir.Table:
    """F and B as rows (node, citer), grouped once to pairs and once to nodes."""
    wanted = focal.select("node", start="time")
    direct = edges.join(wanted, edges.cited == wanted.node)
    direct_in = direct.filter((direct.citing_time > direct.start) & (direct.citing_time <= direct.start + window))
    references = edges.select("citing", reference="cited").join(wanted, ibis._.citing == wanted.node).select("node", "start", "reference")
    through = references.join(edges, references.reference == edges.cited)
    inside = (through.citing_time > through.start) & (through.citing_time <= through.start + window) & (through.citing != through.node)
    rows = ibis.union(
        direct_in.select("node", citer="citing", f=ibis.literal(1, "int32"), b=ibis.literal(0, "int32")),
        through.filter(inside).select("node", citer="citing", f=ibis.literal(0, "int32"), b=ibis.literal(1, "int32")),
    )
    pairs = rows.group_by(["node", "citer"]).aggregate(f=rows.f.max(), b=rows.b.max())
    summed = pairs.group_by("node").aggregate(n=pairs.count(), direct=pairs.f.sum(), both=(pairs.f * pairs.b).sum())
    before = direct.filter(direct.citing_time <= direct.start + window)
    impact = before.group_by("node").aggregate(impact=before.count())
    refs = references.group_by("node").aggregate(n_refs=references.count())
    base = wanted.left_join(summed, "node").drop("node_right").left_join(impact, "node").drop("node_right")
    table = base.left_join(refs, "node").drop("node_right")
    return table.select(
        "node",
        cd=(table.direct - 2 * table.both) / table.n,
        n=table.n.fill_null(0).cast("int32"),
        impact=table.impact.fill_null(0).cast("int32"),
        n_refs=table.n_refs.fill_null(0).cast("int32"),
    )


def _nodes(facts: Facts) -> ir.Table:
    """(name, time, node): rights and the documents they cite, numbered in ascending time.

    A right's time is the day its citation list was published (else its publication): that is when it cites, and for a grant when others
    can cite it.
    """
    rights = facts.rights.select(name="unit", time=facts.rights.cites_from.fill_null(NEVER).cast("int32"))
    edges = facts.edges
    outside = edges.filter(~edges.in_lake).select(name="cited").distinct().mutate(time=ibis.literal(NEVER, "int32"))
    both = ibis.union(rights, outside)
    return both.mutate(node=ibis.row_number().over(order_by=[both.time, both.name]).cast("int32"))


def numbered_edges(facts: Facts, nodes: ir.Table) -> ir.Table:
    """(citing, cited) as node numbers; a right without a date cannot cite within any window and is left out as a citer."""
    ends = nodes.select("name", "node", "time")
    citing = facts.edges.select("citing", "cited").join(ends, ibis._.citing == ends.name)
    dated = citing.filter(citing.time > NEVER).select("cited", citing_node="node")
    other = nodes.select(cited_name="name", cited_node="node")
    joined = dated.join(other, dated.cited == other.cited_name)
    return joined.select(citing=joined.citing_node, cited=joined.cited_node)
