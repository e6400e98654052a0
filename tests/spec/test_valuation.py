"""What the valuation calculations promise, in the words of an appraiser; figures recomputed by hand or from the cited source."""

import json
from typing import ClassVar

import pytest

from langqiao.engine.register import BadInput, all_calculations, answer, read_json
from langqiao.rules import parameters

CN_FEES = [900] * 3 + [1200] * 3 + [2000] * 3 + [4000] * 3 + [6000] * 3 + [8000] * 5
AVONEX = {"value": 3422, "cost": 2875, "years": 17, "rate": 0.067, "variance": 0.224, "dividend_yield": 1 / 17}
RELIEF = {"revenues": [1000000, 1100000, 1200000, 1300000, 1400000], "royalty_rate": 0.05, "discount_rate": 0.12, "tax_rate": 0.25}


def calc(name, given):
    return answer(name, read_json(json.dumps(given)), parameters())


def field_of(name, given):
    with pytest.raises(BadInput) as caught:
        calc(name, given)
    return caught.value.code, caught.value.field


@pytest.mark.parametrize("entry", [c for c in all_calculations() if c.name.startswith("valuation.")], ids=lambda c: c.name)
def test_every_valuation_answers_its_own_example_and_has_a_schema(entry):
    assert "refusal" not in calc(entry.name, entry.example)
    assert set(entry.schema()) == {"input", "output"}
    assert entry.title["zh"]
    assert entry.doc


class TestOption:
    def test_damodaran_values_avonex_at_907(self):
        out = calc("valuation.option", AVONEX)
        assert out["option_value"] == pytest.approx(906.865434, abs=1e-3)
        assert (out["d1"], out["d2"]) == (pytest.approx(1.13619, abs=2e-6), pytest.approx(-0.81522, abs=2e-6))
        assert out["npv"] == 547

    def test_a_printed_textbook_answer_of_37_12_does_not_follow_from_its_inputs(self):
        out = calc("valuation.option", {"value": 350, "cost": 500, "years": 17, "rate": 0.04, "variance": 0.0625, "dividend_yield": 0.0588})
        assert out["option_value"] == pytest.approx(26.62296, abs=1e-4)

    def test_the_right_to_launch_at_once_is_worth_about_1_8_times_the_european_figure(self):
        american = calc("valuation.option", {**AVONEX, "style": "american"})
        assert american["option_value"] == pytest.approx(1603.42, abs=0.01)
        assert american["d1"] is None
        assert american["d2"] is None

    @pytest.mark.parametrize("variance", [1e-50, 1e-12, 1e-4, 1, 1e4, 1e30])
    @pytest.mark.parametrize("style", ["european", "american"])
    def test_no_volatility_however_small_or_large_breaks_it(self, variance, style):
        out = calc("valuation.option", {**AVONEX, "variance": variance, "style": style})
        assert 0 <= out["option_value"] <= 3422
        assert style == "european" or out["option_value"] >= 547

    def test_inputs_outside_their_range_name_the_field(self):
        assert field_of("valuation.option", {**AVONEX, "variance": 0}) == ("out_of_range", "variance")
        assert field_of("valuation.option", {**AVONEX, "style": "asian"}) == ("not_allowed", "style")
        assert field_of("valuation.option", {**AVONEX, "dividend_yield": -1e5})[0] == "out_of_range"


class TestReliefFromRoyalty:
    def test_royalties_saved_after_tax_are_discounted_and_lifted_by_the_tax_benefit(self):
        out = calc("valuation.relief_from_royalty", {**RELIEF, "tax_amortization_benefit": True})
        assert out["present_value"] == pytest.approx(159167.9177, abs=1e-3)
        assert out["tab_factor"] == pytest.approx(1.219867459, abs=1e-9)
        assert out["value"] == pytest.approx(194163.7634, abs=1e-3)

    def test_mid_year_flows_are_worth_half_a_year_of_interest_more(self):
        end, middle = (calc("valuation.relief_from_royalty", {**RELIEF, "timing": t})["value"] for t in ("year_end", "mid_year"))
        assert middle / end == pytest.approx(1.12**0.5)

    def test_without_discounting_it_is_the_plain_sum(self):
        assert calc("valuation.relief_from_royalty", {**RELIEF, "discount_rate": 0})["value"] == pytest.approx(6_000_000 * 0.05 * 0.75)

    def test_a_hundred_years_and_an_absurd_rate_still_answer(self):
        assert calc("valuation.relief_from_royalty", {**RELIEF, "revenues": [1e6] * 100, "discount_rate": 1e9})["value"] >= 0

    def test_a_tax_rate_of_one_with_no_discounting_has_no_benefit_factor(self):
        given = {**RELIEF, "discount_rate": 0, "tax_rate": 1, "tax_amortization_benefit": True}
        assert field_of("valuation.relief_from_royalty", given) == ("out_of_range", "tax_rate")

    def test_no_revenue_at_all_is_no_input(self):
        assert field_of("valuation.relief_from_royalty", {**RELIEF, "revenues": []}) == ("out_of_range", "revenues")


def test_equivalent_investment_gives_the_patent_eight_percent_of_the_profits():
    out = calc(
        "valuation.income_share",
        {
            "patent": {"replacement_cost": 1000000, "cost_profit_rate": 4.0},
            "licensee": {"assets": 50000000, "profit_rate": 0.15},
            "profits": [15000000, 15000000, 14000000, 14000000, 13000000],
            "discount_rate": 0.1,
        },
    )
    assert out["share"] == 0.08
    assert out["value"] == pytest.approx(4334850.45, abs=0.01)


def test_equal_investment_shares_equally_and_no_investment_has_no_share():
    nobody = {
        "patent": {"replacement_cost": 0, "cost_profit_rate": 0},
        "licensee": {"assets": 0, "profit_rate": 0},
        "profits": [1],
        "discount_rate": 0,
    }
    assert field_of("valuation.income_share", nobody)[0] == "inconsistent"
    equal = {
        **nobody,
        "patent": {"replacement_cost": 110, "cost_profit_rate": 0},
        "licensee": {"assets": 100, "profit_rate": 0.1},
        "profits": [100, 300],
    }
    assert calc("valuation.income_share", equal)["value"] == 200


class TestRnpv:
    def test_success_probabilities_multiply(self):
        out = calc("valuation.rnpv", {"cash_flows": [{"year": 0, "amount": 500e6}], "probabilities": [0.65, 0.45, 0.6], "discount_rate": 0})
        assert out == {"probability": pytest.approx(0.1755), "value": pytest.approx(87.75e6)}

    def test_a_stage_risk_rate_never_meets_a_probability(self):
        given = {"cash_flows": [{"year": 1, "amount": 100}], "discount_rate": 0.4, "discount_rate_includes_stage_risk": True}
        assert calc("valuation.rnpv", {**given, "probabilities": [0.5]})["refusal"] == "stage_risk_counted_twice"
        assert calc("valuation.rnpv", {**given, "probabilities": []})["value"] == pytest.approx(100 / 1.4)

    def test_broken_years_and_outflows_are_flows_like_any_other(self):
        flows = [{"year": 0, "amount": -50}, {"year": 0.5, "amount": 110}]
        assert calc("valuation.rnpv", {"cash_flows": flows, "probabilities": [], "discount_rate": 0.21})["value"] == pytest.approx(50)


class TestRenewal:
    given: ClassVar = {"mu": 9.0, "sigma": 1.5, "decay": 0.16251892949777494, "fees": CN_FEES, "discount_factor": 1 / 1.1}

    def test_chinese_fees_give_the_survival_and_the_value_of_the_model(self):
        out = calc("valuation.renewal", self.given)
        assert out["survival"][0] == pytest.approx(0.912566, abs=1e-6)
        assert out["survival"][19] == pytest.approx(0.015449, abs=1e-6)
        assert out["value"]["mean"] == pytest.approx(73872.5, abs=0.1)
        assert out["value"]["median"] == pytest.approx(17608.71, abs=0.01)
        assert out["value"]["p90"] == pytest.approx(168517.44, abs=0.01)

    def test_without_decay_survival_falls_only_when_the_fee_rises(self):
        survival = calc("valuation.renewal", {**self.given, "decay": 0})["survival"]
        assert survival[0] == survival[2] > survival[3] == survival[5]

    def test_with_no_spread_every_right_is_the_median_right(self):
        value = calc("valuation.renewal", {**self.given, "sigma": 1e-12, "discount_factor": 1})["value"]
        assert value["mean"] == pytest.approx(value["median"])
        assert value["p90"] == pytest.approx(value["median"])

    def test_falling_fees_are_outside_the_model(self):
        assert field_of("valuation.renewal", {**self.given, "fees": [900, 800]}) == ("inconsistent", "fees[1]")

    def test_a_mean_beyond_the_numbers_is_said_to_be_out_of_range(self):
        assert field_of("valuation.renewal", {**self.given, "sigma": 60})[0] == "out_of_range"


class TestCost:
    given: ClassVar = {
        "items": [{"what": "staff", "amount": 800000}, {"what": "fees", "amount": 200000}],
        "developer_profit_rate": 0.1,
        "functional_obsolescence": 0.1,
        "technological_obsolescence": 0.2,
        "economic_obsolescence": 0.05,
    }

    def test_what_was_lost_is_taken_off_the_cost_of_making_it_again(self):
        out = calc("valuation.cost", self.given)
        assert out["replacement_cost"] == 1_100_000
        assert out["value"] == pytest.approx(715_000)

    def test_an_unstated_loss_is_not_taken_as_none(self):
        given = {key: value for key, value in self.given.items() if key != "economic_obsolescence"}
        assert field_of("valuation.cost", given) == ("missing_field", "economic_obsolescence")

    def test_losses_above_the_cost_and_a_cost_without_items_are_refused(self):
        assert calc("valuation.cost", {**self.given, "economic_obsolescence": 0.8})["refusal"] == "obsolescence_above_cost"
        assert calc("valuation.cost", {**self.given, "items": []})["refusal"] == "cost_items_missing"


class TestMarket:
    sold: ClassVar = [{"label": "a", "price": 100000, "sold": True}, {"label": "b", "price": 400000, "sold": True}]

    def test_the_median_of_two_sales_is_their_geometric_mean_with_a_wide_range(self):
        out = calc("valuation.market", {"comparables": self.sold})
        assert out["median"] == pytest.approx(200000)
        assert out["log_sd"] == pytest.approx(0.98025814)
        assert out["p10"] < 100000
        assert out["p90"] > 400000
        assert "few_comparables" in out["warnings"]

    def test_lots_that_did_not_sell_pull_the_value_below_the_mean_of_the_sold(self):
        unsold = [{"label": str(i), "price": 80000, "sold": False} for i in range(3)]
        out = calc("valuation.market", {"comparables": self.sold + unsold})
        assert out["median"] < 100000 < out["mean_of_sold"] == pytest.approx(250000)
        assert (out["sold"], out["unsold"]) == (2, 3)

    def test_without_a_sale_there_is_no_number(self):
        out = calc("valuation.market", {"comparables": [{"label": "a", "price": 100000, "sold": False}]})
        assert out["refusal"] == "no_comparables"
        assert calc("valuation.market", {"comparables": []})["refusal"] == "no_comparables"

    def test_one_sale_has_no_dispersion(self):
        out = calc("valuation.market", {"comparables": self.sold[:1]})
        assert (out["median"], out["p10"], out["p90"]) == (pytest.approx(100000), None, None)

    def test_quality_scales_every_price_and_must_be_known_for_every_lot(self):
        lots = [{**lot, "quality": 50} for lot in self.sold]
        assert calc("valuation.market", {"comparables": lots, "subject_quality": 100})["median"] == pytest.approx(400000)
        assert field_of("valuation.market", {"comparables": self.sold, "subject_quality": 100}) == (
            "inconsistent",
            "comparables[0].quality",
        )

    def test_a_lot_of_several_patents_counts_by_its_price_per_patent(self):
        lot = {"label": "c", "price": 600000, "sold": True, "patents": 3}
        assert calc("valuation.market", {"comparables": [lot]})["median"] == pytest.approx(200000)


class TestTornado:
    ranges: ClassVar = [
        {"field": "discount_rate", "low": 0.1, "high": 0.18},
        {"field": "royalty_rate", "low": 0.03, "high": 0.07},
        {"field": "revenue_factor", "low": 0.6, "high": 1.3},
    ]

    def test_bars_run_from_the_widest_to_the_narrowest(self):
        out = calc("valuation.tornado", {"relief_from_royalty": RELIEF, "ranges": self.ranges})
        assert out["base"] == calc("valuation.relief_from_royalty", RELIEF)["value"]
        assert [bar["field"] for bar in out["bars"]] == ["royalty_rate", "revenue_factor", "discount_rate"]
        assert out["bars"][0]["value_at_high"] == pytest.approx(out["base"] * 7 / 5)

    def test_it_works_on_risk_adjusted_flows_too(self):
        flows = {"cash_flows": [{"year": 1, "amount": 110}], "probabilities": [0.5], "discount_rate": 0.1}
        out = calc("valuation.tornado", {"rnpv": flows, "ranges": [{"field": "probability", "low": 0.2, "high": 0.8}]})
        assert (out["base"], out["bars"][0]["value_at_low"], out["bars"][0]["value_at_high"]) == pytest.approx((50, 20, 80))

    def test_exactly_one_valuation_and_its_own_inputs(self):
        assert field_of("valuation.tornado", {"ranges": []})[0] == "inconsistent"
        wrong = {"relief_from_royalty": RELIEF, "ranges": [{"field": "probability", "low": 0, "high": 1}]}
        assert field_of("valuation.tornado", wrong) == ("not_allowed", "ranges[0].field")
        crossed = {"relief_from_royalty": RELIEF, "ranges": [{"field": "royalty_rate", "low": 0.5, "high": 0.1}]}
        assert field_of("valuation.tornado", crossed) == ("inconsistent", "ranges[0].low")


class TestMonteCarlo:
    given: ClassVar = {**RELIEF, "revenue_volatility": 0.3, "royalty_log_sd": 0.4, "annual_fees": [2000] * 5, "draws": 10000, "seed": 7}

    def test_the_same_seed_gives_the_same_bits_and_another_seed_does_not(self):
        first, again = calc("valuation.monte_carlo", self.given), calc("valuation.monte_carlo", self.given)
        assert json.dumps(first) == json.dumps(again)
        assert calc("valuation.monte_carlo", {**self.given, "seed": 8})["mean"] != first["mean"]

    def test_without_fees_the_mean_is_the_relief_from_royalty(self):
        given = {key: value for key, value in self.given.items() if key != "annual_fees"}
        out = calc("valuation.monte_carlo", given)
        exact = calc("valuation.relief_from_royalty", RELIEF)["value"]
        assert abs(out["mean"] - exact) < 4 * out["standard_error"]
        assert out["p10"] < out["p50"] < out["p90"]

    def test_without_any_uncertainty_every_scenario_is_the_same(self):
        out = calc("valuation.monte_carlo", {**self.given, "revenue_volatility": 0, "royalty_log_sd": 0})
        fees = sum(2000 * 0.75 / 1.12**year for year in range(1, 6))
        expected = calc("valuation.relief_from_royalty", RELIEF)["value"] - fees
        assert out["p10"] == pytest.approx(expected)
        assert out["p90"] == pytest.approx(expected)
        assert out["standard_error"] == pytest.approx(0, abs=1e-9)

    def test_a_patent_whose_royalty_is_below_its_fee_is_let_go_at_once(self):
        out = calc("valuation.monte_carlo", {**self.given, "annual_fees": [1e9] * 5})
        assert (out["p90"], out["worthless_share"]) == (0, 1)

    def test_bad_inputs_name_their_field(self):
        assert field_of("valuation.monte_carlo", {**self.given, "draws": 101}) == ("not_allowed", "draws")
        assert field_of("valuation.monte_carlo", {**self.given, "annual_fees": [1]}) == ("inconsistent", "annual_fees")
        assert field_of("valuation.monte_carlo", {**self.given, "revenue_volatility": 21}) == ("out_of_range", "revenue_volatility")
        missing = {key: value for key, value in self.given.items() if key != "seed"}
        assert field_of("valuation.monte_carlo", missing) == ("missing_field", "seed")


def test_a_royalty_rate_is_held_against_cited_tables_and_nothing_is_interpolated():
    rows = calc("valuation.royalty_prior", {"royalty_rate": 0.045, "industry": "semiconductors"})["rows"]
    assert (rows[0]["low"], rows[0]["high"]) == (0.43, 0.67)
    assert rows[1]["inside"] is False
    assert rows[2]["confirmed"] is False
    assert all(row["source"] for row in rows)
