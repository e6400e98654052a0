"""High-value invention patents: five criteria, any one of them, only for inventions in force (I91, I92)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langqiao import rules
from langqiao.engine import register

PARAMETERS = rules.parameters()
PLAIN = {"type": "invention", "in_force": True, "grant_date": "2022-01-01", "as_of": "2026-06-30", "sei": False}
HITS = {
    "strategic_emerging_industry": {"sei": True},
    "overseas_family": {"overseas_rights": ["US"]},
    "maintained_over_10_years": {"grant_date": "2014-01-01"},
    "pledge_financing": {"pledge_amount": "10000000.00"},
    "national_award": {"awards": ["china_patent_award_silver"]},
}


def ask(**value) -> dict:
    return register.answer("patents.high_value", PLAIN | value, PARAMETERS)


def test_no_criterion_no_high_value():
    assert (ask()["high_value"], ask()["criteria"]) == (False, [])


@pytest.mark.parametrize("criterion", HITS)
def test_each_criterion_alone_makes_it_so(criterion):
    assert ask(**HITS[criterion])["criteria"] == [criterion]


@given(st.sets(st.sampled_from(sorted(HITS))), st.sampled_from(["invention", "utility_model", "design"]), st.booleans())
def test_i91_high_value_is_an_invention_in_force_with_at_least_one_criterion(hits, kind, in_force):
    value = {key: item for hit in hits for key, item in HITS[hit].items()}
    answer = ask(**value | {"type": kind, "in_force": in_force})
    qualifies = kind == "invention" and in_force
    assert answer["high_value"] == (qualifies and bool(hits))
    assert set(answer["criteria"]) == (hits if qualifies else set())
    assert {finding["criterion"] for finding in answer["findings"] if finding["met"]} == hits


@given(st.sets(st.sampled_from(sorted(HITS))), st.sampled_from(sorted(HITS)))
def test_i92_one_more_criterion_never_lowers_the_count(hits, more):
    before, after = ({key: item for hit in found for key, item in HITS[hit].items()} for found in (hits, hits | {more}))
    assert set(ask(**before)["criteria"]) <= set(ask(**after)["criteria"])


def test_ten_years_means_more_than_ten_years():
    assert ask(grant_date="2016-06-30")["criteria"] == []  # the anniversary itself
    assert ask(grant_date="2016-06-29")["criteria"] == ["maintained_over_10_years"]
    finding = ask(grant_date="2016-06-30")["findings"][2]
    assert (finding["met"], finding["met_from"]) == (False, "2026-07-01")


def test_the_ten_years_may_be_counted_from_filing():
    value = {"grant_date": "2020-01-01", "maintained_from": "filing"}
    assert ask(**value, filing_date="2015-01-01")["criteria"] == ["maintained_over_10_years"]
    with pytest.raises(register.BadInput) as bad:
        ask(**value)
    assert (bad.value.code, bad.value.field) == ("missing_field", "filing_date")
    with pytest.raises(register.BadInput) as bad:
        ask(**value, filing_date="2020-01-02")
    assert bad.value.code == "inconsistent"


def test_a_chinese_right_is_no_overseas_family():
    assert ask(overseas_rights=["CN"])["criteria"] == []
    assert ask(overseas_rights=["CN", "JP"])["criteria"] == ["overseas_family"]


@pytest.mark.parametrize(
    ("amount", "threshold", "met", "missing"),
    [
        ("9999999.99", None, False, "0.01"),
        ("10000000.00", None, True, "0.00"),
        ("5000000.00", "5000000.00", True, "0.00"),
        ("0.00", "0.00", False, "0.01"),  # no pledge at all is no pledge financing
    ],
)
def test_the_pledge_is_above_zero_and_reaches_the_threshold(amount, threshold, met, missing):
    finding = ask(pledge_amount=amount, pledge_threshold=threshold)["findings"][3]
    assert (finding["met"], finding["missing_amount"]) == (met, missing)
