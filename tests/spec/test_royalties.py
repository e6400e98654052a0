"""What a licensee owes, what inventors get and when a fee is income: the specification of the royalty calculations."""

import pytest

from .door import ask, bad, refused

TIERS = [{"up_to": "10000000.00", "rate": 0.03}, {"up_to": None, "rate": 0.02}]


def test_each_rate_applies_to_the_sales_inside_its_band():
    assert ask("royalty.due", net_sales="12000000.00", tiers=TIERS)["earned"] == "340000.00"  # 3 % of 10 m + 2 % of 2 m
    assert ask("royalty.due", net_sales="10000000.00", tiers=TIERS)["earned"] == "300000.00"


def test_a_third_party_royalty_is_credited_down_to_the_floor_and_the_minimum_tops_up():
    stacked = {"paid": "1000000.00", "credit": 0.5, "floor": 0.5}
    out = ask("royalty.due", net_sales="12000000.00", tiers=TIERS, third_party=stacked, minimum="200000.00")
    assert (out["earned"], out["offset"], out["top_up"], out["due"]) == ("340000.00", "170000.00", "30000.00", "200000.00")


def test_tiers_must_rise_and_only_the_last_is_open():
    assert bad("royalty.due", net_sales="1.00", tiers=[{"up_to": None, "rate": 0.1}, {"up_to": None, "rate": 0.1}]) == (
        "inconsistent",
        "tiers[0].up_to",
    )
    closed = [{"up_to": "5.00", "rate": 0.1}, {"up_to": "5.00", "rate": 0.1}, {"up_to": None, "rate": 0.1}]
    assert bad("royalty.due", net_sales="1.00", tiers=closed) == ("inconsistent", "tiers[1].up_to")
    assert bad("royalty.due", net_sales="1.00", tiers=[]) == ("out_of_range", "tiers")


def test_an_audit_costs_the_licensee_only_above_the_threshold():
    assert ask("royalty.audit", reported="950000.00", due="1000000.00") == {
        "deficiency": "50000.00", "deficiency_share": 0.05, "audit_cost_on": "licensor",
    }  # fmt: skip
    assert ask("royalty.audit", reported="949999.99", due="1000000.00")["audit_cost_on"] == "licensee"
    assert ask("royalty.audit", reported="5.00", due="0.00")["deficiency_share"] == 0


SPLIT = {"income": "1000000.00", "costs": ["50000.00"], "inventors": {"甲": 0.6, "乙": 0.4}}


def test_a_university_shares_seventy_percent_of_net_income():
    out = ask("income.split", **SPLIT, inventor_share=0.7, owner_kind="state_institute")
    assert out == {
        "net_income": "950000.00",
        "inventors_total": "665000.00",
        "owner": "285000.00",
        "inventors": {"甲": "399000.00", "乙": "266000.00"},
    }


def test_the_statutory_half_binds_a_state_institute_always_and_a_company_without_a_rule():
    low = SPLIT | {"inventor_share": 0.49}
    assert refused("income.split", **low, owner_kind="state_institute") == "inventor_share_below_statutory_minimum"
    assert refused("income.split", **low, owner_kind="company", has_rule_or_agreement=False) == "inventor_share_below_statutory_minimum"
    assert ask("income.split", **low, owner_kind="company")["inventors_total"] == "465500.00"
    assert refused("income.split", **low | {"costs": ["1000000.01"]}, owner_kind="state_institute") == "net_income_negative"
    assert bad("income.split", **low | {"inventors": {"甲": 0.6}}, owner_kind="company") == ("inconsistent", "inventors")


def test_a_license_to_access_is_earned_by_whole_months_and_one_to_use_at_once():
    fee = {"amount": "1200000.00", "months": 12, "start": "2025-04-01"}
    assert ask("revenue.recognize", **fee, as_of="2025-12-31", nature="right_to_access") == {
        "recognized": "900000.00",
        "deferred": "300000.00",
    }
    assert ask("revenue.recognize", **fee, as_of="2025-12-30", nature="right_to_access")["recognized"] == "800000.00"
    assert ask("revenue.recognize", **fee, as_of="2025-03-31", nature="right_to_use")["recognized"] == "0.00"
    assert ask("revenue.recognize", **fee, as_of="2025-04-01", nature="right_to_use")["recognized"] == "1200000.00"
    assert ask("revenue.recognize", **fee, as_of="2099-01-01", nature="right_to_access")["deferred"] == "0.00"


def test_a_premium_covers_the_layer_between_deductible_and_limit():
    out = ask(
        "insurance.premium", frequency=0.02, loss="500000.00", deductible="50000.00", limit="400000.00", coinsurance=0.1, loading=0.35
    )
    assert (out["pure"], out["gross"]) == ("6300.00", "9692.31")  # 2 % × 350,000 × 0.9; ÷ 0.65


def test_the_second_price_is_the_best_bid_of_another_bidder_or_the_reserve():
    sale = {"kind": "second_price", "reserve": "100.00", "buyer_premium": 0.1, "seller_commission": 0.15}
    bids = [{"bidder": "A", "amount": "120.00"}, {"bidder": "B", "amount": "150.00"}, {"bidder": "B", "amount": "149.00"}]
    out = ask("auction.settle", **sale, bids=bids)
    assert (out["winner"], out["hammer"], out["buyer_pays"], out["seller_receives"], out["house"]) == (
        "B",
        "120.00",
        "132.00",
        "102.00",
        "30.00",
    )
    assert ask("auction.settle", **sale, bids=bids[1:])["hammer"] == "100.00"
    assert ask("auction.settle", **sale | {"kind": "english"}, bids=bids)["hammer"] == "150.00"


def test_equal_bids_go_to_the_earlier_and_an_unmet_reserve_is_unsold():
    sale = {"kind": "first_price", "reserve": "100.00", "buyer_premium": 0, "seller_commission": 0}
    tie = [{"bidder": "A", "amount": "120.00"}, {"bidder": "B", "amount": "120.00"}]
    assert ask("auction.settle", **sale, bids=tie)["winner"] == "A"
    out = ask("auction.settle", **sale, bids=[{"bidder": "A", "amount": "99.99"}])
    assert (out["sold"], out["winner"], out["hammer"]) == (False, None, None)
    assert not ask("auction.settle", **sale, bids=[])["sold"]


POOL = {"balance": "100.00", "rate": 0.0, "periods": 4, "periods_per_year": 4}


def test_a_pool_without_loss_repays_its_tranches_and_leaves_the_rest():
    tranches = [{"name": "A", "balance": "50.00", "rate": 0.0}, {"name": "B", "balance": "25.00", "rate": 0.0}]
    out = ask("securitization.run", pool=POOL, tranches=tranches, principal="sequential_turbo")
    assert out["tranches"]["A"] == {
        "wal_years": pytest.approx(0.375),
        "interest_total": "0.00",
        "unpaid": "0.00",
    }  # 25 + 25 at ¼ and ½ year
    assert out["tranches"]["B"]["wal_years"] == pytest.approx(0.75)
    assert (out["loss_total"], out["residual_total"]) == ("0.00", "25.00")


def test_what_a_tranche_does_not_get_back_is_shown_as_unpaid():
    pool = POOL | {"cdr": 1.0, "recovery": 0.5}
    out = ask("securitization.run", pool=pool, tranches=[{"name": "A", "balance": "80.00", "rate": 0.0}], principal="sequential_turbo")
    assert out["tranches"]["A"] == {"wal_years": None, "interest_total": "0.00", "unpaid": "30.00"}
    assert out["loss_total"] == "50.00"


def test_a_payment_date_follows_fees_interest_reserve_principal_residual():
    out = ask(
        "securitization.period", cash="10.00", fees="1.00", principal="sequential", reserve={"balance": "1.00", "target": "3.00"},
        tranches=[{"name": "A", "balance": "4.00", "rate": 0.25}, {"name": "B", "balance": "20.00", "rate": 0.10}],
    )  # fmt: skip
    assert (out["fee"], out["reserve_top_up"], out["residual"]) == ("1.00", "2.00", "0.00")
    assert out["tranches"]["A"] == {"interest": "1.00", "shortfall": "0.00", "principal": "4.00"}
    assert out["tranches"]["B"] == {"interest": "2.00", "shortfall": "0.00", "principal": "0.00"}
