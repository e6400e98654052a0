"""How a fund shares money: the specification of the fund calculations, with the arithmetic beside each figure."""

import pytest

from .door import ask, bad, refused

FUND = {"kind": "european", "pref_rate": 0.08, "pref_compounding": "compound_annual", "day_count": "30_360", "catch_up": 1.0, "carry": 0.2}


def paid_in(amount, date="2020-01-01", **more):
    return {"date": date, "contribution": amount, **more}


def paid_out(amount, date="2021-01-01", **more):
    return {"date": date, "distribution": amount, **more}


def test_300_million_on_100_million_after_a_year_at_8_20_with_full_catch_up():
    out = ask("fund.waterfall", **FUND, flows=[paid_in("100000000.00"), paid_out("300000000.00")])
    assert out["tiers"] == {
        "return_of_capital": "100000000.00",
        "preferred_return": "8000000.00",  # 8 % of 100 m
        "catch_up_gp": "2000000.00",  # 20 / 80 of 8 m
        "catch_up_lp": "0.00",
        "split_lp": "152000000.00",  # 80 % of the remaining 190 m
        "split_gp": "38000000.00",
    }
    assert (out["lp"], out["gp"]) == ("260000000.00", "40000000.00")  # 20 % of the whole profit of 200 m


def test_with_a_half_catch_up_the_tier_runs_until_the_manager_has_its_share():
    out = ask("fund.waterfall", **FUND | {"catch_up": 0.5}, flows=[paid_in("100000000.00"), paid_out("120000000.00")])
    # through the tier X = 0.2·8 m / (0.5 − 0.2) = 5.333… m, half of it to the manager
    assert out["tiers"]["catch_up_gp"] == "2666666.67"
    assert out["tiers"]["catch_up_lp"] == "2666666.67"
    assert out["gp"] == "4000000.00"  # 20 % of 20 m: the catch-up is complete


@pytest.mark.parametrize("catch_up", [0, 0.1, 0.2])
def test_without_catch_up_the_hurdle_is_hard(catch_up):
    out = ask("fund.waterfall", **FUND | {"catch_up": catch_up}, flows=[paid_in("100.00"), paid_out("208.00")])
    assert out["tiers"]["catch_up_gp"] == "0.00"
    assert out["gp"] == "20.00"  # 20 % of what is left after capital and hurdle


def test_simple_hurdle_earns_nothing_on_itself_and_the_day_count_is_a_contract_field():
    flows = [paid_in("100.00"), paid_out("200.00", date="2022-01-01")]
    assert ask("fund.waterfall", **FUND, flows=flows)["tiers"]["preferred_return"] == "16.64"  # 1.08² − 1
    assert ask("fund.waterfall", **FUND | {"pref_compounding": "simple"}, flows=flows)["tiers"]["preferred_return"] == "16.00"
    actual = ask("fund.waterfall", **FUND | {"pref_compounding": "simple", "day_count": "act_365"}, flows=flows)
    assert actual["tiers"]["preferred_return"] == "16.02"  # 731 days: 2020 is a leap year


def test_deal_by_deal_the_manager_gives_back_what_the_whole_fund_did_not_earn():
    flows = [
        paid_in("100.00", deal="A"), paid_in("100.00", deal="B"),
        paid_out("200.00", deal="A"), paid_out("20.00", date="2022-01-01", deal="B"),
    ]  # fmt: skip
    out = ask("fund.waterfall", **FUND | {"kind": "american"}, flows=flows)
    assert out["gp"] == "20.00"  # 20 % of deal A's profit of 100
    # over the whole fund: capital back after a year, the hurdle of 16 grown to 17.28, and only 2.72 of catch-up left for the manager
    assert out["clawback"] == "17.28"
    assert (out["gp_after_clawback"], out["lp_after_clawback"]) == ("2.72", "217.28")
    assert float(out["lp_after_clawback"]) + float(out["gp_after_clawback"]) == pytest.approx(220.0)


def test_what_a_waterfall_needs_is_named():
    assert bad("fund.waterfall", **FUND, flows=[{"date": "2020-01-01"}]) == ("inconsistent", "flows[0]")
    assert bad("fund.waterfall", **FUND | {"kind": "american"}, flows=[paid_in("1.00")]) == ("missing_field", "flows[0].deal")
    assert bad("fund.waterfall", **FUND, flows=[paid_in("1.00"), paid_in("1.00", date="2019-01-01")]) == ("inconsistent", "flows[1].date")
    assert bad("fund.waterfall", **{k: v for k, v in FUND.items() if k != "day_count"}, flows=[]) == ("missing_field", "day_count")
    assert bad("fund.waterfall", **FUND | {"carry": 1}, flows=[]) == ("out_of_range", "carry")


def test_a_call_is_split_by_commitments_and_never_exceeds_them():
    commitments = [
        {"partner": "甲", "commitment": "1.00"},
        {"partner": "乙", "commitment": "1.00"},
        {"partner": "丙", "commitment": "1.00"},
    ]
    assert [row["amount"] for row in ask("fund.call", amount="1.00", commitments=commitments)["calls"]] == ["0.34", "0.33", "0.33"]
    assert refused("fund.call", amount="3.01", commitments=commitments) == "call_above_commitment"
    assert bad("fund.call", amount="1.00", commitments=[*commitments, commitments[0]]) == ("inconsistent", "commitments[3].partner")


def test_a_later_closer_pays_its_share_with_interest_that_is_no_return_of_capital():
    out = ask(
        "fund.equalize", funded="40000000.00", funded_on="2024-01-01", joined_on="2024-12-31",
        earlier_commitment="100000000.00", later_commitment="25000000.00", rate=0.08,
    )  # fmt: skip
    assert out["capital"] == "8000000.00"  # 40 m × 25 / 125
    assert out["interest"] == "640000.00"  # 365 days at 8 %
    assert out["later_pays"] == out["earlier_receives"] == "8640000.00"
    assert out["earlier_unfunded_increase"] == out["capital"]


def test_senior_capital_and_its_capped_return_come_first_and_the_junior_layer_bears_the_first_loss():
    terms = {"senior": {"capital": "60.00", "rate": 0.06}, "years": 2, "junior": {"capital": "40.00"}, "gp_share_of_residual": 0.2}
    assert ask("fund.layers", proceeds="50.00", **terms) == {"senior": "50.00", "junior": "0.00", "gp": "0.00"}
    assert ask("fund.layers", proceeds="100.00", **terms) == {"senior": "67.20", "junior": "32.80", "gp": "0.00"}
    assert ask("fund.layers", proceeds="137.20", **terms) == {"senior": "67.20", "junior": "64.00", "gp": "6.00"}


def test_the_government_keeps_capital_and_hurdle_and_gives_half_of_the_excess():
    out = ask(
        "fund.concession", proceeds="150.00", years=5, hurdle_rate=0.04, government={"capital": "30.00", "share_of_excess_given": 0.5},
        others=[{"partner": "A", "capital": "50.00"}, {"partner": "B", "capital": "20.00"}],
    )  # fmt: skip
    # profit 50, government's 15, hurdle 6, excess 9, half given up
    assert out["concession"] == "4.50"
    assert out["government"] == "40.50"
    assert [row["amount"] for row in out["others"]] == ["78.21", "31.29"]


def test_returns_are_rates_or_a_reason():
    assert ask("fund.returns", flows=[["2020-01-01", -100], ["2021-01-01", 110]])["xirr"] == pytest.approx(110 / 100 - 1, abs=3e-4)
    several = ask("fund.returns", flows=[["2021-01-01", -100], ["2022-01-01", 230], ["2023-01-01", -132]])
    assert (several["xirr"], several["problem"]) == (None, "multiple_roots")
    assert several["roots"] == pytest.approx([0.1, 0.2])
    assert ask("fund.returns", flows=[["2020-01-01", -100], ["2021-01-01", -10]])["problem"] == "no_sign_change"


def test_multiples_add_up_and_an_index_fund_has_a_market_equivalent_of_one():
    out = ask("fund.returns", flows=[["2020-01-01", -100], ["2022-01-01", 60]], nav=70, nav_on="2023-01-01")
    assert (out["dpi"], out["rvpi"], out["tvpi"]) == pytest.approx((0.6, 0.7, 1.3))
    assert ask("fund.returns", flows=[["2020-01-01", -100], ["2022-01-01", 150]], index=[100, 150])["ks_pme"] == pytest.approx(1.0)
    assert bad("fund.returns", flows=[["2020-01-01", -100]], index=[100, 150]) == ("inconsistent", "index")


FIVE = {"members": ["A", "B", "C", "D", "E"], "threshold": 0.6666666667, "quorum": 3}


def test_a_recused_member_leaves_the_base_and_its_vote_is_ignored():
    out = ask("committee.resolve", **FIVE, recused=["E"], votes={"A": "for", "B": "for", "C": "for", "D": "against", "E": "against"})
    assert (out["passed"], out["entitled"], out["needed"]) == (True, 4, 3)
    stays = ask("committee.resolve", **FIVE, recused=["E"], threshold_base="all_members", votes={"A": "for", "B": "for", "C": "for"})
    assert (stays["passed"], stays["reason"]) == (False, "threshold")  # 3 of 5 is below two thirds


def test_quorum_is_tested_first_and_an_abstention_is_present_but_not_for():
    assert ask("committee.resolve", **FIVE, votes={"A": "for", "B": "for"})["reason"] == "quorum"
    out = ask("committee.resolve", **FIVE, threshold_base="present", votes={"A": "for", "B": "for", "C": "abstain"})
    assert (out["passed"], out["present"]) == (False, 3)


def test_more_than_half_is_strict():
    four = {
        "members": ["A", "B", "C", "D"],
        "threshold": 0.5,
        "quorum": 4,
        "votes": {"A": "for", "B": "for", "C": "against", "D": "against"},
    }
    assert ask("committee.resolve", **four)["passed"]
    assert not ask("committee.resolve", **four, strict=True)["passed"]
    assert bad("committee.resolve", **four | {"votes": {"X": "for"}}) == ("inconsistent", "votes.X")
    assert bad("committee.resolve", **four | {"votes": {"A": "yes"}}) == ("not_allowed", "votes.A")
