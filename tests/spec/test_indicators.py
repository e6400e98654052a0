"""The two calculations on citations as a person reads them, and what the indicators of a lake promise."""

import pytest

from langqiao.data.indicators.register import INDICATORS
from langqiao.engine.indicators import composite
from langqiao.engine.indicators.reading import REASONS

from .door import ask, bad

# --- indicators.dispersion: how widely citations spread over classes


def test_five_citations_in_four_classes_spread_by_0_72_and_by_0_90_after_hall_s_correction():
    found = ask("indicators.dispersion", counts={"G09G": 2, "H01L": 1, "G02F": 1, "G06F": 1})
    assert (found["n"], found["raw"], found["corrected"]) == (5, pytest.approx(0.72), pytest.approx(0.90))
    assert 0 < found["standard_error"] < 0.5


def test_two_citations_of_two_classes_are_fully_spread_and_not_clipped():
    found = ask("indicators.dispersion", counts={"A": 1, "B": 1})
    assert (found["raw"], found["corrected"]) == (0.5, 1.0)


def test_all_citations_in_one_class_do_not_spread():
    found = ask("indicators.dispersion", counts={"A": 7, "B": 0})
    assert (found["n"], found["raw"], found["corrected"], found["standard_error"]) == (7, 0.0, 0.0, 0.0)


def test_one_citation_has_no_corrected_value_and_none_has_no_value():
    assert ask("indicators.dispersion", counts={"A": 1})["corrected"] is None
    assert ask("indicators.dispersion", counts={})["raw"] is None


@pytest.mark.parametrize(
    ("given", "answer"),
    [
        ({}, ("missing_field", "counts")),
        ({"counts": {"A": -1}}, ("out_of_range", "counts.A")),
        ({"counts": {"A": 1.5}}, ("wrong_type", "counts.A")),
        ({"counts": [1]}, ("wrong_type", "counts")),
        ({"counts": {}, "classes": 3}, ("unknown_field", "classes")),
    ],
)
def test_bad_counts_are_named(given, answer):
    assert bad("indicators.dispersion", **given) == answer


# --- indicators.disruption: whether later work cites a patent instead of what it built on


def cd_of_f(edges):
    time = {"r": 1990, "f": 2000, "x": 2002, "y": 2003, "late": 2006, "before": 1999}
    return ask("indicators.disruption", edges=[["f", "r"], *edges], time=time, window=5)["cd"]["f"]


def test_who_cites_only_the_patent_says_plus_one():
    assert cd_of_f([["x", "f"], ["y", "f"]]) == 1.0


def test_who_cites_the_patent_and_its_reference_says_minus_one():
    assert cd_of_f([["x", "f"], ["x", "r"]]) == -1.0


def test_who_cites_only_the_reference_says_zero():
    assert cd_of_f([["x", "r"]]) == 0.0
    assert cd_of_f([["x", "f"], ["y", "r"]]) == 0.5


def test_nobody_in_the_window_is_no_value_not_zero():
    assert cd_of_f([["late", "f"], ["before", "r"]]) is None


def test_a_repeated_citation_counts_once():
    assert cd_of_f([["x", "f"], ["x", "f"], ["y", "r"]]) == 0.5


def test_without_references_a_cited_patent_is_mechanically_plus_one_and_the_number_of_references_says_so():
    found = ask("indicators.disruption", edges=[["c", "f"]], time={"f": 1, "c": 2}, window=5)
    assert (found["cd"]["f"], found["n_refs"]["f"]) == (1.0, 0)


# --- the register


def test_every_indicator_has_both_titles_a_formula_a_source_and_a_unit():
    for name, one in INDICATORS.items():
        assert one.name == name and one.title["zh"] and one.title["en"] and one.formula and one.source, name
        assert one.unit in {"count", "share", "days", "words", "ratio", "index", "flag"}, name


def test_the_composites_of_the_oecd_are_made_of_registered_indicators():
    assert set(composite.QUALITY_6) <= INDICATORS.keys()
    assert composite.QUALITY_4 == ("fwd_cits5", "family_size", "claims", "generality_oecd")


def test_the_reasons_tell_unknown_from_none():
    assert {"citing_coverage", "window_open", "no_citations"} <= REASONS.keys()
