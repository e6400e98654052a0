"""What an opinion of value promises a credit committee: a range, every input with its source, guards, and the same bits again."""

import copy
import dataclasses
import json

import pytest

from langqiao.engine.register import BadInput, answer, find, read_json
from langqiao.engine.valuation.opinion import between, content_hash, is_repeated, opinion
from langqiao.rules import parameters

RIGHT = {
    "office": "CN",
    "type": "invention",
    "status": "in_force",
    "years_run": 8,
    "remaining_years": 12.2,
    "fees_paid": True,
    "owner_is_domestic": True,
}
RATE = {"base": 0.15, "low": 0.12, "high": 0.2, "basis": "after_tax", "includes_stage_risk": False, "source": "bank's estimate"}
RELIEF = {
    "revenues": {"base": [5000000, 5500000, 6000000], "low": 0.7, "high": 1.2, "source": "business plan"},
    "royalty_rate": {"base": 0.04, "low": 0.02, "high": 0.06, "source": "license of a similar patent, 2024"},
    "discount_rate": RATE,
    "tax_rate": {"base": 0.15, "source": "certificate"},
}
LOTS = [
    {"label": "a", "price": 300000, "sold": True},
    {"label": "b", "price": 500000, "sold": True},
    {"label": "c", "price": 800000, "sold": False},
]
MARKET = {"comparables": LOTS, "source": "exchange listings 2025"}
COST = {
    "items": [{"what": "research", "amount": {"base": 800000, "low": 700000, "high": 1000000, "source": "project ledger"}}],
    "functional_obsolescence": {"base": 0.1, "source": "appraiser"},
    "technological_obsolescence": {"base": 0.2, "source": "appraiser"},
    "economic_obsolescence": {"base": 0, "source": "appraiser"},
}


def given(**parts):
    base = {"key": "CN-1-B", "as_of": "2026-06-30", "currency": "CNY", "right": RIGHT, "seed": 7}
    return json.loads(json.dumps({**base, **parts}))


def value(**parts):
    return answer("valuation.opinion", read_json(json.dumps(given(**parts))), parameters())


def method(out, name):
    return next(one for one in out["methods"] if one["method"] == name)


def yuan(text):
    return float(text)


def changed(path, figure, base=RELIEF):
    copied = copy.deepcopy(base)
    here = copied
    for step in path[:-1]:
        here = here[step]
    here[path[-1]] = figure
    return copied


class TestRange:
    def test_every_method_stands_beside_the_others_with_a_range_or_the_reason_why_not(self):
        out = value(relief_from_royalty=RELIEF, cost=COST)
        assert [one["method"] for one in out["methods"]] == ["relief_from_royalty", "market", "renewal", "cost"]
        for one in out["methods"]:
            if one["status"] == "given":
                assert yuan(one["p10"]) <= yuan(one["p50"]) <= yuan(one["p90"])
            else:
                assert one["missing"] or one["message"]

    def test_every_input_names_its_source(self):
        out = value(relief_from_royalty=RELIEF, market=MARKET, cost=COST)
        inputs = [used for one in out["methods"] for used in one["inputs"]]
        assert len(inputs) > 10
        assert all(used["source"].strip() for used in inputs)

    def test_the_median_follows_the_base_figures_drawn_down_by_ranges_that_reach_further_down(self):
        out = value(relief_from_royalty=RELIEF)
        plain = {
            "revenues": RELIEF["revenues"]["base"],
            "royalty_rate": 0.04,
            "discount_rate": 0.15,
            "tax_rate": 0.15,
            "timing": "mid_year",
        }
        exact = answer("valuation.relief_from_royalty", read_json(json.dumps(plain)), parameters())["value"]
        assert 0.85 * exact < yuan(out["p50"]) < exact  # the stated ranges reach further down than up
        swings = [yuan(one["swing"]) for one in out["tornado"]]
        assert out["tornado"][0]["name"] == "royalty_rate"
        assert swings == sorted(swings, reverse=True)

    def test_a_wider_input_gives_a_wider_opinion(self):
        narrow = value(relief_from_royalty=RELIEF)
        wide = value(relief_from_royalty=changed(("royalty_rate", "low"), 0.005))
        assert yuan(wide["p10"]) < yuan(narrow["p10"])

    def test_the_renewal_prior_stands_alone_only_when_nothing_else_is_stated(self):
        prior = value()
        assert prior["basis"] == "renewal"
        assert any("先验" in words["zh"] for words in prior["words"])
        assert method(value(relief_from_royalty=RELIEF), "renewal")["p50"] == prior["p50"]
        assert value(relief_from_royalty=RELIEF)["basis"] == "relief_from_royalty"

    def test_the_lens_says_that_the_mean_is_not_identified_and_shows_each_decay(self):
        lens = method(value(), "renewal")
        assert "mean_not_identified" in lens["notes"]
        means = [yuan(row["mean"]) for row in lens["by_decay"]]
        assert len(means) == 4
        assert max(means) / min(means) > 3
        assert sum(row["weight"] for row in lens["by_decay"]) == pytest.approx(1)

    def test_an_older_right_is_worth_less_and_its_last_year_nothing(self):
        medians = [yuan(value(right={**RIGHT, "years_run": age, "remaining_years": 20 - age})["p50"]) for age in (2, 8, 14)]
        assert medians == sorted(medians, reverse=True)
        last = value(right={**RIGHT, "years_run": 20, "remaining_years": 0.5})
        assert last["refusal"] == "value_input_missing"

    def test_two_estimates_meet_between_and_their_disagreement_widens_the_range(self):
        out = value(relief_from_royalty=RELIEF, market=MARKET)
        ends = sorted(yuan(method(out, name)["p50"]) for name in ("relief_from_royalty", "market"))
        assert out["basis"] == "reconciled"
        assert ends[0] <= yuan(out["p50"]) <= ends[1]
        far = {**MARKET, "comparables": [{**lot, "price": lot["price"] * 100} for lot in LOTS]}
        apart = value(relief_from_royalty=RELIEF, market=far)
        assert apart["disagreement"] > 1 > (out["disagreement"] or 0)
        assert yuan(apart["p90"]) / yuan(apart["p10"]) > 100
        assert any("量级" in words["zh"] for words in apart["words"])

    def test_the_cost_is_a_floor_beside_the_opinion_and_never_moves_it(self):
        assert value(relief_from_royalty=RELIEF, cost=COST)["p50"] == value(relief_from_royalty=RELIEF)["p50"]
        assert method(value(cost=COST), "cost")["role"] == "floor"
        assert yuan(method(value(cost=COST), "cost")["p50"]) == pytest.approx(800000 * 0.7, rel=0.02)

    def test_estimates_that_agree_have_no_variance_between_them(self):
        assert between([1.0, 1.0], [0.25, 0.25]) == 0
        assert between([0.0, 4.0], [0.25, 0.25]) == pytest.approx(8 - 0.25)


class TestRefusal:
    @pytest.mark.parametrize("name", ["revenues", "royalty_rate", "discount_rate", "tax_rate"])
    def test_a_missing_input_is_named_and_nothing_stands_in_for_it(self, name):
        partial = {key: stated for key, stated in RELIEF.items() if key != name}
        found = method(value(relief_from_royalty=partial), "relief_from_royalty")
        assert (found["refusal"], found["missing"], found["p50"]) == ("value_input_missing", [f"relief_from_royalty.{name}"], None)

    def test_where_no_method_has_its_inputs_there_is_no_opinion(self):
        out = value(right={"office": "EP", "type": "invention"})
        assert out["refusal"] == "value_input_missing"
        assert "relief_from_royalty.royalty_rate" in out["message"]

    def test_a_single_figure_is_no_opinion(self):
        points = {name: {key: figure for key, figure in stated.items() if key not in {"low", "high"}} for name, stated in RELIEF.items()}
        assert method(value(relief_from_royalty=points), "relief_from_royalty")["refusal"] == "value_range_missing"
        one = {**MARKET, "comparables": LOTS[:1]}
        assert method(value(market=one), "market")["refusal"] == "value_range_missing"

    def test_a_dead_right_has_no_value_to_give_an_opinion_of(self):
        assert value(right={**RIGHT, "status": "lapsed"})["refusal"] == "right_not_in_force"

    def test_stage_risk_is_never_counted_twice(self):
        risky = {**changed(("discount_rate", "includes_stage_risk"), figure=True), "success": [{"base": 0.5, "source": "trial"}]}
        assert value(relief_from_royalty=risky)["refusal"] == "stage_risk_counted_twice"
        plain = {**RELIEF, "success": [{"base": 0.5, "source": "trial"}]}
        assert yuan(value(relief_from_royalty=plain)["p50"]) == pytest.approx(yuan(value(relief_from_royalty=RELIEF)["p50"]) / 2, rel=0.02)

    def test_flows_after_tax_never_meet_a_rate_before_tax(self):
        assert value(relief_from_royalty=changed(("discount_rate", "basis"), "pre_tax"))["refusal"] == "tax_basis_mixed"

    def test_income_never_outlives_the_right(self):
        long = changed(("revenues", "base"), [1000000] * 14)
        assert value(relief_from_royalty=long)["refusal"] == "life_beyond_legal_life"
        assert "refusal" not in value(relief_from_royalty=changed(("revenues", "base"), [1000000] * 13))

    def test_currencies_are_never_mixed(self):
        assert value(relief_from_royalty={**RELIEF, "currency": "USD"})["refusal"] == "currency_mixed"
        assert method(value(relief_from_royalty=RELIEF, currency="USD"), "renewal")["refusal"] == "currency_mixed"

    def test_evidence_after_the_valuation_date_is_refused(self):
        late = changed(("royalty_rate", "dated"), "2026-07-01")
        assert value(relief_from_royalty=late)["refusal"] == "evidence_after_valuation_date"

    def test_a_figure_without_a_source_or_with_its_ends_crossed_is_bad_input(self):
        for parts, field in (
            (changed(("royalty_rate", "source"), " "), "relief_from_royalty.royalty_rate.source"),
            (changed(("royalty_rate", "low"), 0.05), "relief_from_royalty.royalty_rate"),
        ):
            with pytest.raises(BadInput) as caught:
                value(relief_from_royalty=parts)
            assert caught.value.field == field

    def test_what_is_not_known_of_the_right_becomes_a_condition(self):
        out = value(right={"office": "CN", "type": "invention", "years_run": 8})
        assert out["conditions"] == ["assumes_in_force", "assumes_fees_paid_to_date", "legal_life_not_checked"]


class TestRecord:
    def read(self, **parts):
        return find("valuation.opinion").read(read_json(json.dumps(given(**parts))))

    def test_the_same_input_gives_the_same_opinion_to_the_last_bit(self):
        record = self.read(relief_from_royalty=RELIEF, market=MARKET, cost=COST)
        found = opinion(record, parameters())
        assert is_repeated(record, found, parameters())
        assert content_hash(record, found) == found.sha256

    def test_the_hash_tells_any_change_of_input_or_result(self):
        record = self.read(relief_from_royalty=RELIEF)
        found = opinion(record, parameters())
        assert content_hash(record, dataclasses.replace(found, p50=found.p50 + 1)) != found.sha256
        assert content_hash(dataclasses.replace(record, seed=8), found) != found.sha256

    def test_another_seed_moves_the_figures_by_little(self):
        first, second = (opinion(self.read(relief_from_royalty=RELIEF, seed=seed), parameters()) for seed in (1, 2))
        assert first.p50 != second.p50
        assert first.p50 == pytest.approx(second.p50, rel=0.01)
        assert first.p10 == pytest.approx(second.p10, rel=0.02)
