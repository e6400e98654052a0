"""Every set-based indicator on DuckDB equals its reference formula, right by right, on random worlds."""

import math

import pytest

import indicator_reference as ref
import indicator_world as iw
from langqiao.data.engines.duckdb import DuckDbEngine
from langqiao.data.indicators import compute, disruption
from langqiao.data.indicators.expressions import all_measures
from langqiao.data.indicators.facts import Sources
from langqiao.data.indicators.register import INDICATORS

SEEDS = (1, 2, 3)
COMPARED = ("value", "n", "completeness", "standard_error", "low", "high")


def run(engine, made, reference, as_of=iw.AS_OF, *, by_join=False):
    loaded = {name: engine.load(name, table) for name, table in iw.tables(made).items()}
    facts, held = compute.prepare(engine, Sources(**loaded, **compute.loaded(engine, reference)), as_of, resolve=reference.resolve)
    cd = disruption.by_join(facts, partitions=3) if by_join else disruption.by_kernel(facts)
    return facts, all_measures(facts, held, cd)


def computed(made, reference, as_of=iw.AS_OF):
    with DuckDbEngine(threads=1) as engine:
        facts, measures = run(engine, made, reference, as_of)
        units = {row["key"]: row["unit"] for row in engine.arrow(facts.rights.select("key", "unit")).to_pylist()}
        return {one.name: {units[row["key"]]: row for row in compute.long_table(facts, one, as_of).to_pylist()} for one in measures}


@pytest.fixture(scope="module", params=SEEDS)
def both(request):
    made = iw.world(request.param)
    reference = iw.reference(made, request.param)
    world = ref.World(made, reference, iw.AS_OF)
    return world, ref.figures(world), computed(made, reference)


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
        made = iw.world(seed)
        for name, by_unit in computed(made, iw.reference(made, seed)).items():
            rows[name] += by_unit.values()
    never_known = {name for name in INDICATORS if not any(row["value"] is not None for row in rows[name])}
    assert never_known == {"pai_coverage", "patent_asset_index", "valuable_count", "growth_main_group"} & never_known
    assert all(row["value"] is not None or row["reason"] for by_name in rows.values() for row in by_name)


def same(found, expected):
    if found is None or expected is None:
        return found is expected
    return math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-11)
