"""A fund through its life: fees, notices, closes, net asset value and the interim clawback, each figure with its arithmetic."""

import pytest

from .door import ask, bad, refused

FEE = {
    "commitments": "100000000.00", "start": "2023-01-01", "investment_end": "2026-01-01", "end": "2028-01-01", "months_per_period": 12,
    "day_count": "30_360", "rates": [{"since": "2023-01-01", "rate": 0.02}],
    "unrealized_cost": [{"date": "2026-01-01", "amount": "60000000.00"}, {"date": "2027-01-01", "amount": "30000000.00"}],
}  # fmt: skip


def test_the_fee_follows_commitments_and_then_unrealized_cost():
    rows = ask("fund.management_fee", **FEE)["rows"]
    assert [row["base_kind"] for row in rows] == ["commitments"] * 3 + ["unrealized_cost"] * 2
    assert [row["net"] for row in rows] == ["2000000.00"] * 3 + ["1200000.00", "600000.00"]


def test_a_step_down_inside_a_year_cuts_the_period():
    rows = ask("fund.management_fee", **FEE | {"rates": [{"since": "2023-01-01", "rate": 0.02}, {"since": "2024-07-01", "rate": 0.01}]})[
        "rows"
    ]
    assert [(row["since"], row["gross"]) for row in rows[1:3]] == [("2024-01-01", "1000000.00"), ("2024-07-01", "500000.00")]


def test_an_offset_beyond_the_fee_waits_for_the_next_one_and_every_step_is_shown():
    more = {
        "portfolio_fees": [{"date": "2023-05-01", "amount": "3000000.00"}],
        "offset_share": 0.8,
        "waivers": [{"date": "2024-05-01", "amount": "100000.00"}],
    }
    first, second = ask("fund.management_fee", **FEE | more)["rows"][:2]
    assert (first["gross"], first["offset"], first["offset_carried"], first["net"]) == ("2000000.00", "2000000.00", "400000.00", "0.00")
    assert (second["offset"], second["waiver"], second["net"]) == ("400000.00", "100000.00", "1500000.00")


def test_a_rate_above_the_cap_is_refused_unless_justified():
    high = FEE | {"rates": [{"since": "2023-01-01", "rate": 0.025}]}
    assert refused("fund.management_fee", **high) == "management_fee_above_cap"
    assert ask("fund.management_fee", **high, justified_above_cap=True)["rows"][0]["net"] == "2500000.00"
    assert bad("fund.management_fee", **FEE | {"rates": []}) == ("inconsistent", "rates")


TERMS = {"pref_rate": 0.08, "pref_compounding": "compound_annual", "day_count": "30_360", "catch_up": 1.0, "carry": 0.2}
IN = [{"date": "2020-01-01", "contribution": "100000000.00"}]


def test_net_asset_value_takes_off_the_carry_that_liquidation_would_pay():
    out = ask(
        "fund.nav", terms=TERMS, flows=IN, valued_on="2021-01-01", holdings=[{"name": "甲", "fair_value": "150000000.00"}], cash="1000000.00",
        liabilities="500000.00", accrued_fee="500000.00", commitments=[{"partner": "A", "commitment": "60.00"}, {"partner": "B", "commitment": "40.00"}],
    )  # fmt: skip
    assert (out["net_assets"], out["accrued_carry"]) == ("150000000.00", "10000000.00")  # 20 % of a profit of 50 m: catch-up complete
    assert [row["amount"] for row in out["by_partner"]] == ["84000000.00", "56000000.00"]


def test_a_fund_below_its_hurdle_accrues_no_carry_and_a_deficit_is_shown():
    out = ask("fund.nav", terms=TERMS, flows=IN, valued_on="2021-01-01", holdings=[{"name": "甲", "fair_value": "105000000.00"}])
    assert out["accrued_carry"] == "0.00"
    out = ask("fund.nav", terms=TERMS, flows=IN, valued_on="2021-01-01", holdings=[], liabilities="7.00")
    assert (out["net_assets"], out["partners_nav"]) == ("-7.00", "-7.00")
    assert bad("fund.nav", terms=TERMS, flows=IN, valued_on="2019-01-01", holdings=[]) == ("inconsistent", "flows[0].date")


def test_the_interim_clawback_takes_the_escrow_first():
    out = ask(
        "fund.interim_clawback", terms=TERMS, flows=IN, tested_on="2021-01-01", net_assets="110000000.00", carry_received="3000000.00", escrow_balance="600000.00",
    )  # fmt: skip
    assert out["carry_entitlement"] == "2000000.00"  # profit 10 m, hurdle 8 m, catch-up 2 m
    assert (out["excess"], out["from_escrow"], out["manager_pays"]) == ("1000000.00", "600000.00", "400000.00")
    assert out["nav_cover"] == pytest.approx(110 / 108)
    assert not out["nav_cover_met"]


PARTNERS = [{"partner": "A", "commitment": "60.00"}, {"partner": "B", "commitment": "40.00", "called_before": "39.00"}]


def test_a_call_notice_splits_every_use_and_stops_at_a_partners_commitment():
    uses = {"investments": "1.00", "management_fee": "0.01"}
    out = ask("fund.call_notice", partners=PARTNERS, uses=uses, noticed_on="2025-09-30", due_on="2025-10-09")
    assert [(line["investments"], line["management_fee"], line["total"]) for line in out["lines"]] == [
        ("0.60", "0.01", "0.61"),
        ("0.40", "0.00", "0.40"),
    ]
    assert out["lines"][1]["unfunded_after"] == "0.60"
    assert (out["working_days"], out["notice_long_enough"]) == (1, False)  # the National Day week of 2025 lies between
    assert (
        refused("fund.call_notice", partners=PARTNERS, uses={"investments": "5.00"}, noticed_on="2025-09-01", due_on="2025-09-30")
        == "call_above_commitment"
    )
    assert bad("fund.call_notice", partners=PARTNERS, uses=uses, noticed_on="2025-09-30", due_on="2025-09-29") == ("inconsistent", "due_on")


def test_working_days_of_a_year_nobody_announced_are_unknown_not_guessed():
    out = ask("fund.call_notice", partners=PARTNERS, uses={"investments": "1.00"}, noticed_on="2099-01-01", due_on="2099-02-01")
    assert (out["working_days"], out["notice_long_enough"]) == (None, None)


def test_a_distribution_notice_keeps_kinds_apart_and_recallable_is_a_memo():
    kinds = {"return_of_capital": "10.00", "preferred_return": "1.00", "recallable": "4.00"}
    out = ask("fund.distribution_notice", partners=PARTNERS, kinds=kinds, carry="0.25")
    assert [(line["total"], line["recallable_after"]) for line in out["lines"]] == [("6.60", "2.40"), ("4.40", "1.60")]
    assert (out["partners_total"], out["total"]) == ("11.00", "11.25")
    assert bad("fund.distribution_notice", partners=PARTNERS, kinds={"recallable": "0.01"}) == ("inconsistent", "kinds.recallable")


def test_two_later_closes_leave_everybody_with_the_same_share_funded():
    out = ask(
        "fund.equalize_closes", rate=0.0365,
        closes=[
            {"date": "2023-01-01", "partners": [{"partner": "A", "commitment": "100.00"}]},
            {"date": "2023-04-11", "partners": [{"partner": "B", "commitment": "100.00"}]},
            {"date": "2023-07-20", "partners": [{"partner": "C", "commitment": "200.00"}]},
        ],
        calls=[{"date": "2023-01-01", "amount": "40.00"}],
    )  # fmt: skip
    assert [(row["close"], row["partner"], row["capital"], row["interest"]) for row in out["settlements"]] == [
        ("2023-04-11", "A", "-20.00", "-0.20"),  # 100 days at 3.65 % on 20
        ("2023-04-11", "B", "20.00", "0.20"),
        ("2023-07-20", "A", "-10.00", "-0.20"),
        ("2023-07-20", "B", "-10.00", "-0.20"),
        ("2023-07-20", "C", "20.00", "0.40"),  # 200 days
    ]
    assert [row["funded"] for row in out["funded"]] == ["10.00", "10.00", "20.00"]
    twice = [{"date": "2023-01-01", "partners": [{"partner": "A", "commitment": "1.00"}, {"partner": "A", "commitment": "1.00"}]}]
    assert bad("fund.equalize_closes", rate=0, closes=twice, calls=[]) == ("inconsistent", "closes[0].partners[1].partner")


def test_working_days_between_notice_and_due_date_are_counted_one_by_one():
    out = ask("fund.call_notice", partners=PARTNERS, uses={"investments": "1.00"}, noticed_on="2025-03-03", due_on="2025-03-17")
    assert (out["working_days"], out["notice_long_enough"]) == (10, True)
    assert not ask("fund.call_notice", partners=PARTNERS, uses={"investments": "1.00"}, noticed_on="2025-03-03", due_on="2025-03-14")[
        "notice_long_enough"
    ]
    strict = {
        "partners": PARTNERS,
        "uses": {"investments": "1.00"},
        "noticed_on": "2025-03-03",
        "due_on": "2025-03-17",
        "notice_working_days": 11,
    }
    assert not ask("fund.call_notice", **strict)["notice_long_enough"]


def test_waivers_and_rebates_end_at_zero_and_in_their_period_only():
    more = {
        "portfolio_fees": [{"date": "2023-01-01", "amount": "500000.00"}], "waivers": [{"date": "2023-12-31", "amount": "1000000.00"}],
        "rebates": [{"date": "2023-06-01", "amount": "900000.00"}, {"date": "2024-01-01", "amount": "1.00"}],
    }  # fmt: skip
    first, second = ask("fund.management_fee", **FEE | more)["rows"][:2]
    assert (first["offset"], first["waiver"], first["rebate"], first["net"]) == ("500000.00", "1000000.00", "500000.00", "0.00")
    assert (second["rebate"], second["net"]) == ("1.00", "1999999.00")
    out = ask("fund.management_fee", **FEE | more)
    assert (out["gross_total"], out["net_total"]) == ("7800000.00", "5799999.00")


def test_before_any_cost_is_told_the_later_base_is_zero():
    rows = ask("fund.management_fee", **FEE | {"unrealized_cost": [{"date": "2027-01-01", "amount": "30000000.00"}]})["rows"]
    assert [(row["base"], row["rate"], row["until"]) for row in rows[3:]] == [
        ("0.00", 0.02, "2027-01-01"),
        ("30000000.00", 0.02, "2028-01-01"),
    ]


def test_the_market_equivalent_compounds_what_was_paid_and_received_to_the_last_level():
    flows = [["2020-01-01", -100], ["2021-01-01", -50], ["2022-01-01", 80]]
    out = ask("fund.returns", flows=flows, nav=90, nav_on="2023-01-01", index=[100, 125, 160, 200])
    # received 80·200/160 + 90 = 190; paid 100·2 + 50·1.6 = 280
    assert out["ks_pme"] == pytest.approx(190 / 280)
    assert (out["paid_in"], out["received"]) == (150, 80)
    assert ask("fund.returns", flows=[["2020-01-01", 80], ["2021-01-01", 0]], index=[100, 125])["ks_pme"] is None
    nothing_paid = ask("fund.returns", flows=[["2020-01-01", 80]])
    assert (nothing_paid["dpi"], nothing_paid["rvpi"], nothing_paid["tvpi"], nothing_paid["ks_pme"]) == (None, None, None, None)


def test_the_working_of_a_waterfall_shows_each_date_with_what_stays_due():
    flows = [
        {"date": "2020-01-01", "contribution": "100.00"}, {"date": "2021-01-01", "distribution": "50.00"}, {"date": "2022-01-01", "distribution": "70.00"},
    ]  # fmt: skip
    rows = ask("fund.waterfall", kind="european", **TERMS, flows=flows)["rows"]
    assert [(row["date"], row["distribution"], row["capital_outstanding"], row["preferred_return_due"]) for row in rows] == [
        ("2021-01-01", "50.00", "50.00", "8.00"),  # the hurdle of 8 waits and grows
        ("2022-01-01", "70.00", "0.00", "0.00"),
    ]
    assert rows[1]["tiers"]["preferred_return"] == "12.64"  # 58 × 1.08 − 50
    assert rows[1]["deal"] is None


def test_liquidating_nothing_leaves_the_carry_as_paid():
    out = ask(
        "fund.interim_clawback", terms=TERMS, flows=IN, tested_on="2021-01-01", net_assets="0.00", carry_received="1.00", tax_share=0.25
    )
    assert (out["carry_entitlement"], out["excess"], out["manager_pays"], out["nav_cover"]) == ("0.00", "0.75", "0.75", 0)
    back = [*IN, {"date": "2021-01-01", "distribution": "110000000.00"}]
    out = ask("fund.interim_clawback", terms=TERMS, flows=back, tested_on="2021-01-01", net_assets="0.00", carry_received="2000000.00")
    assert (out["excess"], out["nav_cover"], out["nav_cover_met"]) == ("0.00", None, True)
