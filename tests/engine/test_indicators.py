"""The reference formulas of one patent's indicators: bias, edge cases and bounds."""

import itertools
import math
from collections import Counter

import pytest
from cdindex import cdindex
from hypothesis import given
from hypothesis import strategies as st

from langqiao.engine import register
from langqiao.engine.indicators import citations, cohort, composite, dispersion, lenses, scope, truncation
from langqiao.engine.indicators.disruption import MAX_PATHS, Graph
from langqiao.engine.indicators.reading import REASONS, Reading, month_index, months_between, years_later
from langqiao.engine.kernel.parameters import Parameters

COUNTS = st.lists(st.integers(1, 9), min_size=1, max_size=6)


def answer(name, value):
    return register.answer(name, value, Parameters([]))


# --- dispersion


@given(COUNTS)
def test_corrected_is_hall_s_factor_times_raw_and_never_clipped(counts):
    n = sum(counts)
    raw, corrected = dispersion.raw(counts), dispersion.corrected(counts)
    assert 0 <= raw.value < 1
    if n < 2:
        assert corrected.value is None and corrected.reason == "one_citation"
    else:
        assert corrected.value == pytest.approx(raw.value * n / (n - 1), abs=1e-12)
        assert 0 <= corrected.value <= 1 + 1e-12


def _draws(shares, n):
    """Every outcome of n independent draws with its probability."""
    for outcome in itertools.product(range(len(shares)), repeat=n):
        yield list(Counter(outcome).values()), math.prod(shares[i] for i in outcome)


@pytest.mark.parametrize("shares", [(0.5, 0.3, 0.2), (0.9, 0.1), (0.25, 0.25, 0.25, 0.25)])
@pytest.mark.parametrize("n", [2, 3, 5])
def test_the_correction_is_free_of_bias_and_the_raw_value_is_low_by_one_nth(shares, n):
    truth = 1 - sum(share**2 for share in shares)
    outcomes = list(_draws(shares, n))
    assert sum(p * dispersion.corrected(c).value for c, p in outcomes) == pytest.approx(truth, abs=1e-12)
    assert sum(p * dispersion.raw(c).value for c, p in outcomes) == pytest.approx(truth * (n - 1) / n, abs=1e-12)


@pytest.mark.parametrize("shares", [(0.5, 0.3, 0.2), (0.9, 0.1)])
def test_the_standard_error_is_the_exact_one_when_the_observed_shares_are_the_true_ones(shares):
    n = 5
    truth = 1 - sum(share**2 for share in shares)
    exact = sum(p * (dispersion.corrected(c).value - truth) ** 2 for c, p in _draws(shares, n))
    found = dispersion.simpson_variance(n, sum((n * s) ** 2 for s in shares), sum((n * s) ** 3 for s in shares))
    assert found == pytest.approx(exact, rel=1e-10)


def test_no_citation_has_no_dispersion_and_one_has_no_correction():
    assert answer("indicators.dispersion", {"counts": {}}) == {"n": 0, "raw": None, "corrected": None, "standard_error": None}
    assert answer("indicators.dispersion", {"counts": {"A": 0, "B": 1}})["raw"] == 0.0
    assert dispersion.corrected([1, 1]).value == 1.0


def test_the_oecd_weights_share_a_patent_among_its_symbols():
    assert dispersion.weighted([]).reason == "no_citations"
    assert dispersion.weighted([{"A": 1, "B": 1}]).value == pytest.approx(0.5)
    assert dispersion.weighted([{"A": 3, "B": 1}, {"A": 2}]).value == pytest.approx(1 - (0.875**2 + 0.125**2))


@given(COUNTS.filter(lambda counts: sum(counts) > 1))
def test_concentration_is_what_dispersion_leaves(counts):
    assert dispersion.concentration(counts).value == pytest.approx(1 - dispersion.corrected(counts).value, abs=1e-12)


# --- disruption


@st.composite
def graphs(draw):
    nodes = draw(st.integers(2, 14))
    time = draw(st.lists(st.integers(0, 9), min_size=nodes, max_size=nodes))
    ends = st.integers(0, nodes - 1)
    edges = draw(st.lists(st.tuples(ends, ends), max_size=50))
    return [(str(a), str(b)) for a, b in edges], {str(i): t for i, t in enumerate(time)}, draw(st.integers(1, 12))


def peer_values(edges, time, window):
    """What the package cdindex says; it refuses repeated edges, so each is given once."""
    peer = cdindex.Graph()
    for node, moment in time.items():
        peer.add_vertex(node, moment)
    for citing, cited in dict.fromkeys(edges):
        peer.add_edge(citing, cited)
    return {node: (peer.cdindex(node, window), peer.mcdindex(node, window), peer.iindex(node, window)) for node in time}


@given(graphs())
def test_cd_equals_the_package_cdindex_on_random_graphs_with_loops_and_repeats(graph):
    edges, time, window = graph
    found = answer("indicators.disruption", {"edges": [list(edge) for edge in edges], "time": time, "window": window})
    mine = Graph(edges, time)
    for node, (cd, mcd, impact) in peer_values(edges, time, window).items():
        assert found["cd"][node] == cd
        assert found["mcd"][node] == mcd
        assert mine.disruption(node, window).impact == impact
        assert found["cd"][node] is None or -1 <= found["cd"][node] <= 1


@pytest.mark.parametrize(
    ("given_", "code", "field"),
    [
        ({"edges": [["a"]], "time": {"a": 1}, "window": 5}, "wrong_type", "edges[0]"),
        ({"edges": [["a", "b", "c"]], "time": {"a": 1}, "window": 5}, "wrong_type", "edges[0]"),
        ({"edges": [["a", "a"], ["a", "b"]], "time": {"a": 1}, "window": 5}, "inconsistent", "edges[1]"),
        ({"edges": [], "time": {"a": -(10**15) - 1}, "window": 5}, "out_of_range", "time.a"),
        ({"edges": [], "time": {}, "window": 0}, "out_of_range", "window"),
        ({"edges": [], "time": {}}, "missing_field", "window"),
    ],
)
def test_bad_input_of_disruption_names_the_field(given_, code, field):
    with pytest.raises(register.BadInput) as refused:
        answer("indicators.disruption", given_)
    assert (refused.value.code, refused.value.field) == (code, field)


def test_a_graph_with_too_many_paths_is_refused_before_any_work():
    citers = math.isqrt(MAX_PATHS) + 1
    edges = [[str(i), "hub"] for i in range(citers)]
    time = {str(i): 2 for i in range(citers)} | {"hub": 1}
    with pytest.raises(register.BadInput, match="paths"):
        answer("indicators.disruption", {"edges": edges, "time": time, "window": 5})


# --- citations


def test_a_forward_count_is_unknown_rather_than_zero():
    assert citations.forward(0, completeness=0.94, is_closed=True).reason == "citing_coverage"
    assert citations.forward(3, completeness=1.0, is_closed=False) == Reading(
        value=None, n=3, low=3, completeness=1.0, reason="window_open"
    )
    assert citations.forward(0, completeness=0.95, is_closed=True).value == 0


def test_the_window_begins_after_publication_and_holds_the_same_day_five_years_later():
    days = [20160228, 20160229, 20160301, 20210228, 20210301]
    inside = citations.within([citations.Citing(day=day) for day in days], 20160229, 5)
    assert [one.day for one in inside] == [20160301, 20210228]
    assert years_later(20200630, 5) == 20250630


def test_completeness_weights_the_years_by_their_months_in_the_window():
    start = month_index(20060701)
    assert citations.window_completeness(start, start + 24, {2006: 1.0, 2007: 0.5}) == pytest.approx((6 + 0.5 * 12) / 24)
    assert citations.window_completeness(start, start, {2006: 1.0}) == 0.0
    assert months_between(20060731, 20060830) == 0 and months_between(20060731, 20060831) == 1 and months_between(20070101, 20060101) == 0


def test_self_citations_are_apart_and_unknown_owners_are_neither():
    citing = [citations.Citing(day=1, owners=frozenset(owners)) for owners in (["A"], ["B", "A"], ["C"], [])]
    assert citations.self_citations(["A"], citing) == citations.SelfCitations(own=2, other=1, unknown=1)
    assert citations.self_citations([], citing).unknown == 4


def test_radicalness_leaves_out_cited_patents_without_classes():
    assert citations.radicalness({"A"}, [{"A", "B"}, {"C"}, set()]).value == pytest.approx(0.5)
    assert citations.radicalness({"A"}, [set()]).reason == "classes_unknown"
    assert citations.radicalness({"A"}, []).reason == "no_citations"
    assert citations.radicalness(set(), [{"A"}]).reason == "no_classification"
    assert citations.radicalness_oecd({"A"}, [{"A": 3, "B": 1}, {"C": 2}]).value == pytest.approx(0.5)
    assert citations.radicalness_oecd({"A"}, [{}]).reason == "classes_unknown"


# --- cohorts and composites


@given(st.lists(st.integers(0, 20).map(float), min_size=30, max_size=80))
def test_percentiles_of_a_cohort_average_fifty_and_a_larger_value_never_ranks_lower(values):
    found = [cohort.percentile(value, values).value for value in values]
    assert sum(found) / len(found) == pytest.approx(50)
    ordered = sorted(zip(values, found, strict=True))
    assert all(a[1] <= b[1] for a, b in itertools.pairwise(ordered))


def test_a_small_cohort_gets_neither_percentile_nor_normalization_nor_breakthrough():
    values = [float(i) for i in range(29)]
    for one in (cohort.percentile(5.0, values), cohort.normalized(5.0, values), cohort.breakthrough(5.0, values)):
        assert one.value is None and one.n == 29 and one.reason == "small_cohort"


def test_a_cohort_without_spread_is_missing_not_zero_or_a_half():
    assert cohort.normalized(3.0, [3.0] * 40).reason == "flat_cohort"
    assert cohort.normalized(0.0, [0.0] * 40).reason == "flat_cohort"


def test_normalization_winsorizes_both_ends():
    values = [float(i) for i in range(101)]
    assert cohort.normalized(100.0, values).value == 1.0
    assert cohort.normalized(0.0, values).value == pytest.approx(1 / 99)
    assert cohort.normalized(49.5, values).value == pytest.approx(0.5)


def test_a_breakthrough_is_in_the_top_hundredth_and_never_uncited():
    values = [float(i) for i in range(101)]
    assert [cohort.breakthrough(v, values).value for v in (98.0, 99.0, 100.0)] == [0.0, 1.0, 1.0]
    assert cohort.breakthrough(0.0, [0.0] * 40).value == 0.0


def test_growth_needs_an_earlier_period():
    assert cohort.growth(8, 1, years=3).value == pytest.approx(1.0)
    assert cohort.growth(5, 0, years=3).reason == "no_earlier_filings"


def test_only_exactly_the_oecd_components_are_called_oecd():
    full = dict.fromkeys(composite.QUALITY_6, 0.5) | {"grant_lag": 0.2}
    assert composite.oecd(full, composite.QUALITY_6, is_granted=True).reading.value == pytest.approx((0.5 * 5 + 0.8) / 6)
    assert composite.oecd(full, composite.QUALITY_4, is_granted=False).reading.reason == "not_granted"
    missing = full | {"claims": None}
    assert composite.oecd(missing, composite.QUALITY_4, is_granted=True).reading.reason == "component_missing"
    partly = composite.partial(missing)
    assert "claims" not in partly.components and len(partly.components) == 5
    assert composite.partial({"claims": 0.5, "bwd_cits": 0.1}).reading.reason == "too_few_components"


# --- truncation


@pytest.mark.parametrize("shape", [1, 2, 5, 17])
@pytest.mark.parametrize("x", [0.05, 0.9, 4.0, 16.0, 40.0])
def test_the_incomplete_gamma_function_equals_the_poisson_tail_for_whole_shapes(shape, x):
    tail = 1 - math.exp(-x) * math.fsum(x**k / math.factorial(k) for k in range(shape))
    assert truncation.gamma_cdf(x, shape) == pytest.approx(tail, abs=1e-14)


@given(st.floats(0.02, 60), st.floats(0.001, 0.999))
def test_the_quantile_inverts_the_distribution(shape, probability):
    assert truncation.gamma_cdf(truncation.gamma_quantile(probability, shape), shape) == pytest.approx(probability, abs=1e-9)


@given(st.integers(0, 50), st.floats(0, 1))
def test_shrinkage_lies_between_the_field_and_the_plain_ratio_and_stays_finite(count, elapsed):
    prior = truncation.Prior(mean=4.0, shape=0.8)
    found = truncation.expected(count, prior, elapsed)
    assert found.low <= found.high
    if elapsed > 0.01:
        plain = count / elapsed
        assert min(plain, 4.0) - 1e-9 <= found.value <= max(plain, 4.0) + 1e-9
    assert truncation.expected(0, prior, 0.0).value == pytest.approx(4.0)


def test_moments_give_no_shape_without_over_dispersion_and_no_prior_without_citations():
    assert truncation.prior_of([2, 2, 2]).shape is None
    assert truncation.expected(7, truncation.Prior(mean=2.0, shape=None), 0.5).value == 2.0
    assert truncation.prior_of([0, 0]) is None and truncation.prior_of([3]) is None
    assert truncation.prior_of([0, 0, 0, 12]).shape == pytest.approx(9 / (36 - 3))


# --- scope and lenses


def test_scope_is_the_shortest_independent_claim():
    claims = [scope.ClaimLength(words=w, is_independent=i) for w, i in ((120, True), (30, False), (80, True), (None, True))]
    assert scope.scope_words(claims).value == 80
    assert scope.independent_claims(claims).value == 3
    assert scope.scope_words([]).reason == "no_claims" == scope.independent_claims([]).reason


def test_market_coverage_counts_countries_in_units_of_the_us():
    gni = {"US": 20.0, "CN": 13.0, "JP": 5.0}
    assert lenses.market_coverage({"US"}, gni).value == 1.0
    assert lenses.market_coverage({"US", "CN", "WO"}, gni).value == pytest.approx(1.65)
    regional = lenses.market_coverage({"CN", "EP"}, gni)
    assert (regional.value, regional.low, regional.reason) == (None, pytest.approx(0.65), "regional_validation_unknown")
    assert lenses.market_coverage({"CN", "XX"}, gni).reason == "market_size_unknown"
    assert lenses.technology_relevance(6, 3).value == 2.0
    assert lenses.technology_relevance(6, 0).reason == "flat_cohort"


def test_the_valuable_count_gives_bounds_while_a_fact_is_missing():
    facts = {"references": 30, "cited_by": 6, "age_years": 11, "life_years": 9, "inventors": 4, "pendency_years": 5, "claims": 26}
    known = lenses.valuable_count(lenses.ValuableFacts(**facts, litigations=1))
    assert known.value == 8
    unknown = lenses.valuable_count(lenses.ValuableFacts(**facts))
    assert (unknown.value, unknown.low, unknown.high) == (None, 7, 8)
    assert lenses.valuable_count(lenses.ValuableFacts(**{**facts, "cited_by": 19}, litigations=0)).value == 6


def test_an_absent_value_must_have_a_listed_reason_in_both_languages():
    with pytest.raises(AssertionError):
        Reading(value=None)
    assert all(text["zh"] and text["en"] for text in REASONS.values())
