"""Every set-based indicator on DuckDB equals its reference formula, right by right, on random worlds."""

import math
from functools import cache

import pytest

import indicator_reference as ref
import indicator_world as iw
from langqiao.data.engines.duckdb import DuckDbEngine
from langqiao.data.indicators import compute, disruption
from langqiao.data.indicators.expressions import all_measures
from langqiao.data.indicators.facts import Sources
from langqiao.data.indicators.register import INDICATORS

SEEDS = (1, 2, iw.DENSE)
COMPARED = ("value", "n", "completeness", "standard_error", "low", "high")


def run(engine, made, reference, as_of=iw.AS_OF, *, by_join=False):
    loaded = {name: engine.load(name, table) for name, table in iw.tables(made).items()}
    facts, held = compute.prepare(engine, Sources(**loaded, **compute.loaded(engine, reference)), as_of, resolve=reference.resolve)
    cd = disruption.by_join(facts, partitions=3) if by_join else disruption.by_kernel(facts)
    return facts, all_measures(facts, held, cd)


@cache
def computed_world(seed):
    made = iw.world(seed)
    return computed(made, iw.reference(made, seed))


def computed(made, reference, as_of=iw.AS_OF):
    with DuckDbEngine(threads=1) as engine:
        facts, measures = run(engine, made, reference, as_of)
        units = {row["key"]: row["unit"] for row in engine.arrow(facts.rights.select("key", "unit")).to_pylist()}
        found = {one.name: {} for one in measures}
        for table in compute.long_tables(facts, measures, as_of):
            for row in table.to_pylist():
                found[row["indicator"]][units[row["key"]]] = row
        return found


@pytest.fixture(scope="module", params=SEEDS)
def both(request):
    made = iw.world(request.param)
    reference = iw.reference(made, request.param)
    world = ref.World(made, reference, iw.AS_OF)
    return world, ref.figures(world), computed_world(request.param)


@pytest.mark.parametrize("name", INDICATORS)
def test_an_indicator_equals_its_reference_formula(both, name):
    world, expected, found = both
    assert found[name].keys() == world.rights.keys()
    places = ref.placed(world, name, expected[name])
    for unit, row in found[name].items():
        reading = expected[name][unit].reading
        reason, cohort_n, percentile = places[unit]
        assert row["reason"] == reason, (name, unit, row, reading)
        assert row["cohort_n"] == cohort_n, (name, unit, row)
        assert same(row["percentile"], percentile), (name, unit, row, percentile)
        for column in COMPARED:
            if not (column in {"low", "high", "standard_error"} and row["value"] is None and getattr(reading, column) is None):
                assert same(row[column], getattr(reading, column)), (name, unit, column, row, reading)


def test_the_random_worlds_hold_known_and_unknown_figures_of_every_indicator():
    rows = {name: [] for name in INDICATORS}
    for seed in SEEDS:
        for name, by_unit in computed_world(seed).items():
            rows[name] += by_unit.values()
    never_known = {name for name in INDICATORS if not any(row["value"] is not None for row in rows[name])}
    assert never_known == {"valuable_count"}  # no source of litigation is read, so it has bounds only
    never_ranked = {name for name in INDICATORS if not any(row["percentile"] is not None for row in rows[name])}
    assert never_ranked == {"valuable_count", "hhi_owners", "quality_partial"}
    assert all(row["value"] is not None or row["reason"] for by_name in rows.values() for row in by_name)


def same(found, expected):
    if found is None or expected is None:
        return found is expected
    return math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-11)
