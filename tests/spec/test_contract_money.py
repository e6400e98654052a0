"""The contract of the door, sentence by sentence, for funds, committees, loans, pools, royalties and sales: unusual inputs, worked by hand."""

import datetime as dt
from fractions import Fraction

import pytest

from .door import ask, bad, refused

EUROPEAN = {
    "kind": "european",
    "pref_rate": 0.08,
    "pref_compounding": "compound_annual",
    "day_count": "30_360",
    "catch_up": 1,
    "carry": 0.2,
}
AMERICAN = EUROPEAN | {"kind": "american"}


def into(amount, date, deal="A"):
    return {"date": date, "contribution": amount, "deal": deal}


def out(amount, date, deal="A"):
    return {"date": date, "distribution": amount, "deal": deal}


def tiers(terms, *flows):
    return ask("fund.waterfall", **terms, flows=list(flows))


# Money and numbers


@pytest.mark.parametrize("text", ["", "abc", "1,000.00", "1e3", " 1.00", "1.", ".5", "NaN", "¥1"])
def test_a_text_that_is_no_amount_has_the_wrong_type(text):
    assert bad("loan.expected_loss", pd=1, lgd=1, exposure=text) == ("wrong_type", "exposure")


@pytest.mark.parametrize("amount", ["1.234", 1.234, "-0.01", -1, "1000000000000000000.01"])
def test_an_amount_with_three_decimals_below_zero_or_beyond_all_money_is_out_of_range(amount):
    assert bad("loan.expected_loss", pd=1, lgd=1, exposure=amount) == ("out_of_range", "exposure")


@pytest.mark.parametrize(
    ("amount", "read"), [("5", "5.00"), ("5.5", "5.50"), (5, "5.00"), (5.05, "5.05"), ("0", "0.00"), ("-0.00", "0.00"), (1e3, "1000.00")]
)
def test_an_amount_may_be_a_number_or_have_fewer_decimals(amount, read):
    assert ask("loan.expected_loss", pd=1, lgd=1, exposure=amount)["expected_loss"] == read


def test_numbers_are_read_by_their_decimal_text_and_half_a_fen_goes_up():
    assert ask("loan.expected_loss", pd=0.0435, lgd=1, exposure="10.00")["expected_loss"] == "0.44"  # 0.435 exactly
    assert ask("loan.expected_loss", pd=0.1, lgd=0.1, exposure="0.50")["expected_loss"] == "0.01"  # 0.005
    assert ask("loan.expected_loss", pd=0.1, lgd=0.1, exposure="0.49")["expected_loss"] == "0.00"


# fund.waterfall


def test_contributions_of_a_day_come_before_its_distributions_however_they_are_listed():
    first = tiers(EUROPEAN, out("50.00", "2020-01-01"), into("100.00", "2020-01-01"))
    assert first["tiers"]["return_of_capital"] == "50.00"
    assert first["rows"][0]["capital_outstanding"] == "50.00"


def test_a_leap_day_starts_the_hurdle_and_thirty_days_make_a_month():
    # 30E/360 from 29 February to 31 March: 1 month and min(31, 30) − 29 = 1 day, 31/360 of a year
    one = tiers(EUROPEAN | {"pref_compounding": "simple"}, into("36000.00", "2020-02-29"), out("99999.00", "2020-03-31"))
    assert one["tiers"]["preferred_return"] == "248.00"  # 36,000 × 8 % × 31/360
    # act/365 over 2020, a leap year: 366 days
    two = tiers(
        EUROPEAN | {"pref_compounding": "simple", "day_count": "act_365"}, into("36500.00", "2020-01-01"), out("99999.00", "2021-01-01")
    )
    assert two["tiers"]["preferred_return"] == "2928.00"  # 36,500 × 8 % × 366/365


def test_what_stays_unpaid_keeps_compounding_and_simple_return_does_not():
    flows = into("100.00", "2020-01-01"), out("100.00", "2021-01-01"), out("100.00", "2022-01-01")
    assert tiers(EUROPEAN, *flows)["tiers"]["preferred_return"] == "8.64"  # 8.00 grows a year to 8.64
    assert tiers(EUROPEAN | {"pref_compounding": "simple"}, *flows)["tiers"]["preferred_return"] == "8.00"


def test_what_partners_got_in_the_split_is_not_set_off_against_later_capital():
    flows = into("100.00", "2020-01-01"), out("300.00", "2021-01-01"), into("100.00", "2021-01-01"), out("150.00", "2022-01-01")
    # 2021: the new 100 comes first: 200 back, 8 preferred, 2 catch-up, 90 split; 2022: nothing is outstanding, all 150 is split
    assert tiers(EUROPEAN, *flows)["tiers"] == {
        "return_of_capital": "200.00", "preferred_return": "8.00", "catch_up_gp": "2.00", "catch_up_lp": "0.00", "split_lp": "192.00", "split_gp": "48.00",
    }  # fmt: skip
    later = into("100.00", "2020-01-01"), out("300.00", "2021-01-01"), into("100.00", "2021-06-01"), out("150.00", "2022-06-01")
    # 2022: 100 back, 8 preferred, 2 catch-up, 40 split: the 152 of the first split is not set off
    assert tiers(EUROPEAN, *later)["gp"] == "50.00"  # 2 + 38 + 2 + 8


def test_without_hurdle_carry_or_flows_nothing_breaks():
    assert tiers(EUROPEAN | {"pref_rate": 0}, into("100.00", "2020-01-01"), out("200.00", "2021-01-01"))["gp"] == "20.00"
    assert tiers(EUROPEAN | {"carry": 0}, into("100.00", "2020-01-01"), out("200.00", "2021-01-01"))["gp"] == "0.00"
    assert (tiers(EUROPEAN)["lp"], tiers(EUROPEAN)["gp"]) == ("0.00", "0.00")
    assert tiers(EUROPEAN, out("10.00", "2020-01-01"))["tiers"]["split_gp"] == "2.00"  # nothing was paid in: all is split


def test_a_catch_up_that_is_not_finished_goes_on_at_the_next_distribution():
    half = EUROPEAN | {"catch_up": 0.5, "pref_compounding": "simple"}
    flows = into("100.00", "2020-01-01"), out("110.00", "2021-01-01"), out("100.00", "2021-01-01"), out("1.00", "2021-01-02")
    # X = 0.2 × 8 / 0.3 = 5.333…; split = 210 − 108 − 5.333 + 1
    assert tiers(half, *flows)["tiers"]["catch_up_gp"] == "2.67"
    alone = tiers(half, flows[0], flows[1])["tiers"]
    assert (alone["catch_up_gp"], alone["catch_up_lp"], alone["split_lp"]) == ("1.00", "1.00", "0.00")


def test_deal_by_deal_a_loss_in_one_deal_does_not_touch_the_carry_of_another_until_the_end():
    flows = into("100.00", "2020-01-01"), into("100.00", "2020-01-01", "B"), out("200.00", "2021-01-01"), out("0.01", "2021-01-01", "B")
    given = tiers(AMERICAN, *flows)
    assert (given["gp"], given["clawback"], given["gp_after_clawback"], given["lp_after_clawback"]) == ("20.00", "20.00", "0.00", "200.01")
    won = tiers(AMERICAN, into("100.00", "2020-01-01"), out("200.00", "2021-01-01"))
    assert (won["gp"], won["clawback"], won["gp_after_clawback"]) == ("20.00", "0.00", "20.00")


def test_each_tier_is_rounded_by_itself_and_the_partners_take_the_rest():
    given = tiers(EUROPEAN | {"pref_rate": 0, "carry": 0.5, "catch_up": 0}, into("0.01", "2020-01-01"), out("0.02", "2021-01-01"))
    assert (given["tiers"]["split_lp"], given["tiers"]["split_gp"]) == ("0.01", "0.01")  # half a fen each
    assert (given["lp"], given["gp"]) == ("0.01", "0.01")


# fund.call, equalize, layers, concession


def test_a_call_goes_fen_by_fen_to_the_largest_parts_cut_off():
    three = [{"partner": name, "commitment": amount} for name, amount in (("A", "1.00"), ("B", "2.00"), ("C", "4.00"))]
    # 0.05 by 1:2:4 is 0.714, 1.428, 2.857 fen: cut 0, 1, 2; two fen left, to C (.857) and A (.714)
    assert [row["amount"] for row in ask("fund.call", amount="0.05", commitments=three)["calls"]] == ["0.01", "0.01", "0.03"]
    assert [row["amount"] for row in ask("fund.call", amount="7.00", commitments=three)["calls"]] == ["1.00", "2.00", "4.00"]
    assert (
        refused("fund.call", amount="7.01", commitments=three)
        == refused("fund.call", amount="0.01", commitments=[])
        == "call_above_commitment"
    )
    assert bad("fund.call", amount="0.00", commitments=three) == ("out_of_range", "amount")


def test_equalization_counts_actual_days_on_the_exact_capital():
    asked = {"funded": "100.00", "earlier_commitment": "2.00", "later_commitment": "1.00", "rate": 0.365}
    leap = ask("fund.equalize", **asked, funded_on="2024-02-28", joined_on="2024-03-01")  # two days: 33.333… × 0.1 % × 2
    assert (leap["capital"], leap["interest"], leap["later_pays"]) == ("33.33", "0.07", "33.40")
    same = ask("fund.equalize", **asked, funded_on="2024-02-29", joined_on="2024-02-29")
    assert (same["interest"], same["later_pays"]) == ("0.00", "33.33")


def test_layers_stop_wherever_the_money_ends():
    terms = {"senior": {"capital": "60.00", "rate": 0.06}, "years": 1.5, "junior": {"capital": "40.00"}, "gp_share_of_residual": 1}
    assert ask("fund.layers", proceeds="0.00", **terms) == {"senior": "0.00", "junior": "0.00", "gp": "0.00"}
    assert ask("fund.layers", proceeds="65.40", **terms) == {"senior": "65.40", "junior": "0.00", "gp": "0.00"}  # 60 + 60 × 6 % × 1.5
    assert ask("fund.layers", proceeds="105.41", **terms) == {"senior": "65.40", "junior": "40.00", "gp": "0.01"}
    odd = {"senior": {"capital": "0.01", "rate": 0.5}, "years": 1, "junior": {"capital": "0.00"}, "gp_share_of_residual": 0.5}
    assert ask("fund.layers", proceeds="0.02", **odd) == {
        "senior": "0.02",
        "junior": "0.00",
        "gp": "0.00",
    }  # 1.5 fen up; the residual is half a fen


def test_a_concession_is_made_only_beyond_the_hurdle_and_a_loss_is_shared_by_capital():
    asked = {"years": 5, "hurdle_rate": 0.06, "government": {"capital": "30.00", "share_of_excess_given": 1}}
    others = [{"partner": "A", "capital": "60.00"}, {"partner": "B", "capital": "10.00"}]
    at = ask("fund.concession", proceeds="130.00", **asked, others=others)  # the government's profit of 9 is just its hurdle
    assert (at["government"], at["concession"]) == ("39.00", "0.00")
    loss = ask("fund.concession", proceeds="50.00", **asked, others=others)
    assert (loss["government"], [row["amount"] for row in loss["others"]]) == ("15.00", ["30.00", "5.00"])
    all_given = ask("fund.concession", proceeds="230.00", **asked, others=others)  # profit 39, hurdle 9, all 30 of the excess given
    assert (all_given["government"], all_given["concession"]) == ("39.00", "30.00")
    alone = ask("fund.concession", proceeds="40.00", **asked | {"years": 10}, others=[])
    assert (alone["government"], alone["others"], alone["concession"]) == ("40.00", [], "0.00")


def test_a_fen_of_a_concession_goes_to_the_first_of_equal_partners():
    asked = {"years": 0, "hurdle_rate": 0, "government": {"capital": "0.01", "share_of_excess_given": 1}}
    even = ask("fund.concession", proceeds="0.04", **asked, others=[{"partner": name, "capital": "0.01"} for name in "AB"])
    # entitled 1⅓ fen, profit ⅓ fen given away; 3 fen between two equals
    assert (even["government"], even["concession"], [row["amount"] for row in even["others"]]) == ("0.01", "0.00", ["0.02", "0.01"])


# fund.returns


def npv(flows, rate):
    start = dt.date.fromisoformat(flows[0][0])
    return sum(amount / (1 + rate) ** ((dt.date.fromisoformat(day) - start).days / 365) for day, amount in flows)


@pytest.mark.parametrize(
    "flows",
    [
        [["2020-02-29", -100], ["2021-02-28", 1]],
        [["2020-01-01", -100], ["2020-01-02", 101]],
        [["2020-01-01", 100], ["2025-01-01", -120]],
        [["2000-01-01", -1], ["2050-01-01", 1000000]],
        [["2020-01-01", -100], ["2020-01-01", -50], ["2021-01-01", 0], ["2022-01-01", 165.5]],
    ],
)
def test_the_rate_solves_its_equation_from_deep_loss_to_a_gain_in_a_day(flows):
    got = ask("fund.returns", flows=flows)
    assert got["problem"] is None
    assert abs(npv(flows, got["xirr"])) < 1e-9 * sum(abs(amount) for _, amount in flows)


def test_a_net_asset_value_counts_as_a_receipt_on_its_day_and_later_than_the_last_flow_takes_an_index_of_its_own():
    flows = [["2020-01-01", -100], ["2021-01-01", 50]]
    later = ask("fund.returns", flows=flows, nav=60, nav_on="2022-01-01", index=[1, 2, 4])
    assert abs(npv([*flows, ["2022-01-01", 60]], later["xirr"])) < 1e-9
    assert later["ks_pme"] == pytest.approx((50 * 4 / 2 + 60) / (100 * 4))
    same = ask("fund.returns", flows=flows, nav=60, index=[1, 2])
    assert abs(npv([*flows, ["2021-01-01", 60]], same["xirr"])) < 1e-9
    assert same["ks_pme"] == pytest.approx((50 + 60) / 200)
    assert bad("fund.returns", flows=flows, nav_on="2022-01-01", index=[1, 2]) == ("inconsistent", "index")


def test_no_rate_is_given_where_none_or_several_exist_and_the_multiples_are_still_told():
    nothing = ask("fund.returns", flows=[["2020-01-01", 100]], nav=5, index=[1])
    assert [nothing[name] for name in ("xirr", "problem", "dpi", "rvpi", "tvpi", "ks_pme")] == [
        None,
        "no_sign_change",
        None,
        None,
        None,
        None,
    ]
    only = ask("fund.returns", flows=[["2020-01-01", -100]])
    assert [only[name] for name in ("problem", "dpi", "rvpi", "tvpi", "ks_pme")] == ["no_sign_change", 0, 0, 0, None]
    assert (
        ask("fund.returns", flows=[["2020-01-01", -100], ["2020-01-01", 100]])["problem"] == "multiple_roots"
    )  # worth nothing at any rate
    assert ask("fund.returns", flows=[["2020-01-01", 0]])["problem"] == "no_sign_change"
    several = ask("fund.returns", flows=[["2021-01-01", -100], ["2022-01-01", 230]], nav=0)
    assert several["problem"] is None
    assert bad("fund.returns", flows=[["2020-01-01", -1]], nav=-1) == ("out_of_range", "nav")
    assert bad("fund.returns", flows=[["2020-01-01"]])[1].startswith("flows[0]")


# committee.resolve

FIVE = {"members": ["A", "B", "C", "D", "E"], "quorum": 1}


@pytest.mark.parametrize(
    ("votes", "more", "passed", "reason"),
    [
        ("fffff", {"threshold": 1}, True, None),
        ("ffff.", {"threshold": 1}, False, "threshold"),  # an absent member stays in the base
        ("ffff.", {"threshold": 1, "threshold_base": "present"}, True, None),
        ("fffx.", {"threshold": 0.75, "threshold_base": "present"}, True, None),  # 3 of 4, the abstention is in the base
        ("fffx.", {"threshold": 0.75, "threshold_base": "present", "strict": True}, False, "threshold"),
        ("fff..", {"threshold": 0.6}, True, None),  # at least 3 of 5
        ("fff..", {"threshold": 0.6, "strict": True}, False, "threshold"),  # more than 3
        ("f....", {"threshold": 0.2, "quorum": 2}, False, "quorum"),
        (".....", {"threshold": 0.1, "threshold_base": "present"}, False, "quorum"),
        ("fxxxx", {"threshold": 0.2, "quorum": 5}, True, None),  # abstentions count for the quorum
        ("ffffF", {"threshold": 1, "recused": ["E"]}, True, None),
        ("ffffF", {"threshold": 1, "recused": ["E"], "threshold_base": "all_members"}, False, "threshold"),
        ("ffffF", {"threshold": 0.5, "recused": ["E"], "quorum": 5}, False, "quorum"),
        ("FFFFF", {"threshold": 0.5, "recused": ["A", "B", "C", "D", "E"]}, False, "quorum"),
        ("ff.aa", {"threshold": 0.4, "recused": ["C", "C"]}, True, None),  # 2 ≥ 0.4 × 4
    ],
)  # fmt: skip
def test_a_vote_passes_by_base_threshold_quorum_and_recusal(votes, more, passed, reason):
    words = {"f": "for", "F": "for", "a": "against", "x": "abstain"}
    cast = {name: words[vote] for name, vote in zip("ABCDE", votes, strict=True) if vote != "."}
    got = ask("committee.resolve", **FIVE | more, votes=cast)
    assert (got["passed"], got["reason"]) == (passed, reason)


def test_a_threshold_of_zero_or_a_quorum_of_zero_is_bad_input():
    assert bad("committee.resolve", **FIVE, votes={}, threshold=0) == ("out_of_range", "threshold")
    assert bad("committee.resolve", **FIVE, votes={}, threshold=1.01) == ("out_of_range", "threshold")
    assert bad("committee.resolve", **FIVE | {"quorum": 0}, votes={}, threshold=1) == ("out_of_range", "quorum")
    assert bad("committee.resolve", **FIVE | {"quorum": 1.5}, votes={}, threshold=1) == ("wrong_type", "quorum")


# loans and pools


def test_a_loan_of_one_month_and_one_at_a_monstrous_rate():
    one = ask("loan.schedule", principal="100.00", rate_annual=0.12, months=1, method="annuity")
    assert one["rows"] == [{"period": 1, "principal": "100.00", "interest": "1.00", "balance": "0.00"}]
    dear = ask(
        "loan.schedule", principal="100.00", rate_annual=12, months=3, method="annuity"
    )  # 100 % a month: A = 100 / (1 − 1/8) = 114.29
    assert [(row["principal"], row["interest"]) for row in dear["rows"]] == [("14.29", "100.00"), ("28.58", "85.71"), ("57.13", "57.13")]
    assert (dear["total_interest"], dear["total_principal"]) == ("242.84", "100.00")


def test_the_last_period_takes_the_residue_whatever_the_method():
    linear = ask("loan.schedule", principal="100.00", rate_annual=0, months=7, method="linear")
    assert [row["principal"] for row in linear["rows"]] == ["14.29"] * 6 + ["14.26"]
    bullet = ask("loan.schedule", principal="0.01", rate_annual=6, months=2, method="bullet")  # half a fen of interest a month, up
    assert [row["interest"] for row in bullet["rows"]] == ["0.01", "0.01"]
    assert bad("loan.schedule", principal="0.00", rate_annual=0, months=1, method="bullet") == ("out_of_range", "principal")
    assert bad("loan.schedule", principal="1.00", rate_annual=0, months=0, method="bullet") == ("out_of_range", "months")
    assert bad("loan.schedule", principal="1.00", rate_annual=-0.01, months=1, method="bullet") == ("out_of_range", "rate_annual")


def test_a_loan_at_its_trigger_is_not_breached_and_a_whole_haircut_leaves_nothing():
    terms = {"trigger": 0.5, "cap": 0.4}
    at = ask("loan.collateral", balance="50.00", collateral=[{"value": "100.00"}], **terms)
    assert (at["ltv"], at["breached"], at["cure"], at["max_loan"]) == (0.5, False, "0.00", "40.00")
    over = ask("loan.collateral", balance="50.01", collateral=[{"value": "100.00", "alive": None, "haircut": None}], **terms)
    assert (over["breached"], over["cure"]) == (True, "0.01")
    gone = ask("loan.collateral", balance="0.00", collateral=[{"value": "100.00", "haircut": 1}], **terms)
    assert (gone["value"], gone["ltv"], gone["breached"], gone["cure"]) == ("0.00", None, False, "0.00")
    half = ask(
        "loan.collateral", balance="1.00", collateral=[{"value": "0.01", "haircut": 0.5}, {"value": "9.00", "alive": False}], **terms
    )
    assert (half["value"], half["max_loan"]) == ("0.01", "0.00")  # half a fen up; 0.2 fen down
    assert half["ltv"] == 200.0  # on the exact value
    assert bad("loan.collateral", balance="1.00", collateral=[], trigger=0, cap=1) == ("out_of_range", "trigger")


def test_a_pool_splits_by_the_largest_part_cut_off_and_its_shares_are_exactly_a_hundred():
    assert ask("pool.split", loss="0.03", shares={"a": 54, "b": 26, "c": 16, "d": 4})["parts"] == {
        "a": "0.02",
        "b": "0.01",
        "c": "0.00",
        "d": "0.00",
    }
    thirds = {"x": 33.33, "y": 33.33, "z": 33.34}
    assert ask("pool.split", loss="0.01", shares=thirds)["parts"] == {"x": "0.00", "y": "0.00", "z": "0.01"}
    assert ask("pool.split", loss="0.00", shares={"x": 100})["parts"] == {"x": "0.00"}
    assert ask("pool.split", loss="0.01", shares={"b": 50, "a": 50})["parts"] == {
        "b": "0.01",
        "a": "0.00",
    }  # first listed, not first by name
    for shares in ({}, {"x": 99.99}, {"x": 33.33, "y": 33.33, "z": 33.33}):
        assert bad("pool.split", loss="1.00", shares=shares) == ("inconsistent", "shares")


# royalties, income, revenue


def test_a_first_band_of_nothing_an_offset_to_the_floor_and_a_minimum_without_sales():
    bands = [{"up_to": "0.00", "rate": 0.5}, {"up_to": "100.00", "rate": 0.1}, {"up_to": None, "rate": 0}]
    assert ask("royalty.due", net_sales="1000.00", tiers=bands)["due"] == "10.00"
    assert ask("royalty.due", net_sales="0.00", tiers=bands, minimum="5.00") == {
        "earned": "0.00",
        "offset": "0.00",
        "top_up": "5.00",
        "due": "5.00",
    }
    whole = ask("royalty.due", net_sales="100.00", tiers=bands, third_party={"paid": "100.00", "credit": 1, "floor": 0})
    assert (whole["earned"], whole["due"]) == ("10.00", "0.00")
    floor = ask("royalty.due", net_sales="100.00", tiers=bands, third_party={"paid": "100.00", "credit": 1, "floor": 1}, minimum=None)
    assert floor["due"] == "10.00"
    assert ask("royalty.due", net_sales="0.05", tiers=[{"up_to": None, "rate": 0.1}])["due"] == "0.01"  # half a fen


def test_an_audit_at_the_threshold_stays_with_the_licensor_and_an_overpayment_is_no_deficiency():
    at = ask("royalty.audit", reported="95.00", due="100.00", cost_shift_threshold=None)
    assert (at["deficiency_share"], at["audit_cost_on"]) == (0.05, "licensor")
    over = ask("royalty.audit", reported="101.00", due="100.00", cost_shift_threshold=0)
    assert over == {"deficiency": "0.00", "deficiency_share": 0, "audit_cost_on": "licensor"}
    assert ask("royalty.audit", reported="99.99", due="100.00", cost_shift_threshold=0)["audit_cost_on"] == "licensee"
    assert ask("royalty.audit", reported="0.00", due="0.00")["audit_cost_on"] == "licensor"


def split(**changes):
    asked = {"income": "100.01", "inventor_share": 0.5, "inventors": {"甲": 0.5, "乙": 0.5}, "owner_kind": "state_institute"}
    return asked | changes


def test_income_is_split_to_the_fen_and_the_half_is_enough():
    got = ask("income.split", **split())
    assert got == {"net_income": "100.01", "inventors_total": "50.01", "owner": "50.00", "inventors": {"甲": "25.01", "乙": "25.00"}}
    nothing = ask("income.split", **split(costs=["100.00", "0.01"]))
    assert (nothing["net_income"], nothing["owner"]) == ("0.00", "0.00")
    assert ask("income.split", **split(inventor_share=1))["owner"] == "0.00"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"inventor_share": 0.4999}, "inventor_share_below_statutory_minimum"),
        ({"inventor_share": 0.4999, "has_rule_or_agreement": False}, "inventor_share_below_statutory_minimum"),
        ({"inventor_share": 0, "owner_kind": "company", "has_rule_or_agreement": False}, "inventor_share_below_statutory_minimum"),
        ({"inventor_share": 0, "costs": ["100.02"]}, "net_income_negative"),  # the first that applies
        ({"costs": ["100.02"], "owner_kind": "company"}, "net_income_negative"),
    ],
)
def test_a_split_is_refused_for_the_first_rule_it_breaks(changes, code):
    assert refused("income.split", **split(**changes)) == code


def test_shares_that_do_not_sum_are_bad_input_even_where_a_rule_would_refuse():
    assert bad("income.split", **split(inventor_share=0, inventors={"甲": 0.5, "乙": 0.4})) == ("inconsistent", "inventors")
    assert bad("income.split", **split(inventors={})) == ("inconsistent", "inventors")
    assert ask("income.split", **split(inventor_share=0, owner_kind="company", has_rule_or_agreement=None))["owner"] == "100.01"


@pytest.mark.parametrize(
    ("start", "as_of", "months"),
    [
        ("2025-04-01", "2025-04-01", 0), ("2025-04-01", "2025-04-29", 0), ("2025-04-01", "2025-04-30", 1), ("2025-04-01", "2026-03-31", 12),
        ("2024-01-31", "2024-02-27", 0), ("2024-01-31", "2024-02-28", 1), ("2024-01-31", "2024-03-30", 2), ("2023-01-31", "2023-02-27", 1),
        ("2024-02-29", "2025-02-27", 12), ("2025-04-02", "2025-04-01", 0), ("2025-04-01", "2099-01-01", 12),
    ],
)  # fmt: skip
def test_a_month_is_complete_at_the_end_of_the_day_before_the_next_one_begins(start, as_of, months):
    got = ask("revenue.recognize", amount="12.00", months=12, start=start, as_of=as_of, nature="right_to_access")
    assert (got["recognized"], got["deferred"]) == (f"{months}.00", f"{12 - months}.00")


def test_a_fen_that_does_not_divide_is_deferred_exactly():
    got = ask("revenue.recognize", amount="0.01", months=3, start="2025-01-01", as_of="2025-01-31", nature="right_to_access")
    assert got == {"recognized": "0.00", "deferred": "0.01"}
    early = ask("revenue.recognize", amount="5.00", months=3, start="2025-01-02", as_of="2025-01-01", nature="right_to_use")
    assert early == {"recognized": "0.00", "deferred": "5.00"}


# insurance and auctions


@pytest.mark.parametrize(
    ("changes", "pure", "gross"),
    [
        ({}, "90.00", "120.00"),  # 0.1 × (1,500 − 500) × 0.9; ÷ 0.75
        ({"limit": "500.00"}, "0.00", "0.00"),  # the limit counts from the ground up
        ({"loss": "499.99"}, "0.00", "0.00"),
        ({"coinsurance": 1}, "0.00", "0.00"),
        ({"frequency": 3, "loading": 0}, "2700.00", "2700.00"),
        ({"frequency": 0.00001, "loading": 0.5, "coinsurance": 0.5}, "0.01", "0.01"),  # half a fen pure, one fen gross from the unrounded
    ],
)
def test_a_premium_covers_the_layer_and_loads_the_unrounded_figure(changes, pure, gross):
    asked = {"frequency": 0.1, "loss": "2000.00", "deductible": "500.00", "limit": "1500.00", "coinsurance": 0.1, "loading": 0.25}
    assert ask("insurance.premium", **asked | changes) == {"pure": pure, "gross": gross}


def test_a_loading_of_the_whole_premium_is_bad_input():
    asked = {"frequency": 1, "loss": "1.00", "deductible": "0.00", "limit": "1.00", "coinsurance": 0, "loading": 1}
    assert bad("insurance.premium", **asked) == ("out_of_range", "loading")


def sale(kind, reserve, *bids, premium=0.1, commission=0.15):
    listed = [{"bidder": name, "amount": amount} for name, amount in bids]
    return ask("auction.settle", kind=kind, reserve=reserve, bids=listed, buyer_premium=premium, seller_commission=commission)


def test_the_second_price_looks_past_the_winner_s_own_bids_and_never_below_the_reserve():
    assert sale("second_price", "50.00", ("A", "80.00"), ("A", "100.00"))["hammer"] == "50.00"
    assert sale("second_price", "50.00", ("A", "100.00"), ("B", "100.00"))["hammer"] == "100.00"
    tie = sale("second_price", "50.00", ("B", "100.00"), ("A", "100.00"), ("B", "100.00"))
    assert (tie["winner"], tie["hammer"]) == ("B", "100.00")
    at = sale("english", "100.00", ("A", "100.00"))
    assert (at["sold"], at["buyer_pays"], at["seller_receives"], at["house"]) == (True, "110.00", "85.00", "25.00")
    free = sale("first_price", "0.00", ("A", "0.05"))  # 0.005 and 0.0075 both up to a fen
    assert (free["buyer_pays"], free["seller_receives"], free["house"]) == ("0.06", "0.04", "0.02")
    assert sale("second_price", "100.01", ("A", "100.00")) == {
        "sold": False, "winner": None, "hammer": None, "buyer_pays": None, "seller_receives": None, "house": None,
    }  # fmt: skip


# securitization


def payment(**changes):
    asked = {
        "cash": "10.00", "fees": "1.00", "principal": "pro_rata",
        "tranches": [{"name": "A", "balance": "6.00", "rate": 0.1}, {"name": "B", "balance": "3.00", "rate": 0.1}],
    }  # fmt: skip
    return ask("securitization.period", **asked | changes)


def test_a_payment_date_stops_where_the_cash_ends():
    poor = payment(cash="0.50")
    assert (poor["fee"], poor["residual"]) == ("0.50", "0.00")
    assert poor["tranches"]["A"] == {"interest": "0.00", "shortfall": "0.60", "principal": "0.00"}
    half = payment(cash="1.75")
    assert [half["tranches"][name]["shortfall"] for name in "AB"] == ["0.00", "0.15"]
    rich = payment(cash="100.00", reserve={"target": "2.00"})
    assert (rich["reserve_top_up"], rich["residual"]) == ("2.00", "87.10")  # 100 − 1 − 0.90 − 2 − 9
    full = payment(reserve={"balance": "5.00", "target": "2.00"})
    assert (full["reserve_top_up"], full["residual"]) == ("0.00", "0.00")
    odd = payment(cash="1.91")  # one fen of principal by 6 : 3
    assert [odd["tranches"][name]["principal"] for name in "AB"] == ["0.01", "0.00"]


def pool(**changes):
    asked = {"balance": "100.00", "rate": 0, "periods": 2, "periods_per_year": 1} | changes.pop("pool", {})
    tranches = changes.pop("tranches", [{"name": "A", "balance": "60.00", "rate": 0}])
    return ask("securitization.run", pool=asked, tranches=tranches, principal="sequential_turbo")


def test_a_run_by_hand_of_two_years_at_ten_percent():
    # year 1: interest 10, scheduled 100 × 0.1 / (1.1² − 1) = 47.619; year 2: 52.381 and its interest 5.2381
    two = pool(pool={"rate": 0.1}, tranches=[{"name": "A", "balance": "100.00", "rate": 0.05}])
    # A: 5 interest, 52.619 principal; then 2.36905 interest, 47.381 principal, the rest is residual
    assert two["tranches"]["A"]["interest_total"] == "7.37"
    assert two["tranches"]["A"]["wal_years"] == pytest.approx((52.61904761904762 + 2 * 47.38095238095238) / 100, abs=1e-12)
    assert two["residual_total"] == "7.87"  # 57.61905 × 2 − 7.36905 − 100
    assert two["rows"][0]["scheduled"] == pytest.approx(Fraction(1000, 21))


def test_everything_prepaid_everything_lost_and_nothing_there():
    at_once = pool(pool={"cpr": 1})
    assert (at_once["tranches"]["A"]["wal_years"], at_once["residual_total"]) == (1, "40.00")
    lost = pool(pool={"cdr": 1})
    assert (lost["loss_total"], lost["tranches"]["A"]["unpaid"], lost["tranches"]["A"]["wal_years"]) == ("100.00", "60.00", None)
    back = pool(pool={"cdr": 1, "recovery": 1})
    assert (back["loss_total"], back["tranches"]["A"]["wal_years"]) == ("0.00", 1)
    empty = pool(
        pool={"balance": "0.00"}, tranches=[{"name": "A", "balance": "60.00", "rate": 0.1}, {"name": "B", "balance": "0.00", "rate": 0}]
    )
    assert empty["tranches"] == {
        "A": {"wal_years": None, "interest_total": "0.00", "unpaid": "60.00"}, "B": {"wal_years": None, "interest_total": "0.00", "unpaid": "0.00"},
    }  # fmt: skip
    missing = pool(pool={"periods": 4, "periods_per_year": 4}, tranches=[{"name": "A", "balance": "60.00", "rate": 10}])
    assert missing["tranches"]["A"]["unpaid"] == "60.00"  # interest of 150 a quarter takes all; what is missing is not carried forward
    assert missing["tranches"]["A"]["interest_total"] == "100.00"
