"""The contract of the door, sentence by sentence, for rights, operations, indicators, valuations and growth: unusual inputs, worked by hand."""

import math
from statistics import NormalDist

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from .door import ask, bad, refused

CN = {"office": "CN"}


# patents.term and patents.annuities


@pytest.mark.parametrize(
    ("kind", "filed", "end"),
    [
        ("invention", "2004-02-29", "2024-02-29"), ("utility_model", "2024-02-29", "2034-02-28"), ("design", "2021-06-01", "2036-06-01"),
        ("design", "2021-05-31", "2031-05-31"), ("invention", "1985-04-01", "2005-04-01"), ("invention", "2026-12-31", "2046-12-31"),
    ],
)  # fmt: skip
def test_the_term_counts_from_filing_and_a_grant_date_plays_no_part(kind, filed, end):
    for granted in ({}, {"grant_date": None}, {"grant_date": "1990-01-01"}):
        assert ask("patents.term", **CN, type=kind, filing_date=filed, **granted)["expiry_date"] == end


def fees(kind, filed, granted, **more):
    return ask("patents.annuities", **CN, type=kind, filing_date=filed, grant_date=granted, **more)


def test_a_patent_granted_on_the_day_of_filing_pays_from_its_second_year():
    got = fees("utility_model", "2020-02-29", "2020-02-29")
    assert (got["schedule"][0]["year"], got["schedule"][0]["due_date"], got["schedule"][0]["amount"]) == (2, "2021-02-28", "600.00")
    assert [row["due_date"] for row in got["schedule"]][3:5] == ["2024-02-29", "2025-02-28"]
    assert len(got["schedule"]) == 9


def test_the_grant_year_is_the_patent_year_of_the_grant_day():
    assert fees("invention", "2015-06-10", "2018-06-09")["schedule"][0]["year"] == 4  # the last day of year 3
    assert fees("invention", "2015-06-10", "2018-06-10")["schedule"][0]["year"] == 5  # the first of year 4
    assert fees("invention", "2015-06-10", "2035-06-09")["schedule"] == []
    assert bad("patents.annuities", **CN, type="invention", filing_date="2015-06-10", grant_date="2035-06-10") == (
        "inconsistent",
        "grant_date",
    )
    assert bad("patents.annuities", **CN, type="invention", filing_date="2015-06-10", grant_date="2015-06-09") == (
        "inconsistent",
        "grant_date",
    )


def test_a_reduction_ends_with_the_ninth_year_after_the_grant_year():
    got = {row["year"]: row["amount"] for row in fees("invention", "2015-06-10", "2018-06-10", reduction="joint_70")["schedule"]}
    assert (got[5], got[10], got[13], got[14]) == ("360.00", "1200.00", "1800.00", "6000.00")  # grant year 4: reduced to year 13
    single = {row["year"]: row["amount"] for row in fees("design", "2022-01-01", "2022-05-01", reduction="single_85")["schedule"]}
    assert (single[2], single[10], single[11]) == ("90.00", "300.00", "3000.00")
    assert fees("design", "2022-01-01", "2022-05-01", reduction=None)["full_life_total"] == "26200.00"
    assert fees("design", "2021-05-31", "2022-05-01")["full_life_total"] == "11200.00"


# patents.surcharge


def late(paid, **more):
    return ask("patents.surcharge", **CN, **{"type": "invention", "year": 20, "due_date": "2023-08-31"} | more, paid_date=paid)


@pytest.mark.parametrize(
    ("paid", "guideline", "statute"),
    [
        ("2023-01-01", "0.00", "0.00"), ("2023-08-31", "0.00", "0.00"), ("2023-09-01", "0.00", "400.00"), ("2023-09-30", "0.00", "400.00"),
        ("2023-10-01", "400.00", "800.00"), ("2023-11-01", "800.00", "1200.00"), ("2024-02-29", "2000.00", "2400.00"),
    ],
)  # fmt: skip
def test_the_months_of_a_due_date_on_the_thirty_first_end_on_the_last_day(paid, guideline, statute):
    assert late(paid)["surcharge"] == guideline
    assert late(paid, ladder="statute")["surcharge"] == statute


def test_one_day_after_the_grace_period_the_right_has_ended_on_the_due_date():
    over = late("2024-03-01")
    assert (over["surcharge"], over["lapsed"], over["lapse_effective"]) == (None, True, "2023-08-31")
    moved = late("2024-03-01", grace_end="2024-03-01")
    assert (moved["surcharge"], moved["lapsed"], moved["lapse_effective"]) == ("2000.00", False, None)
    same = late("2023-08-31", grace_end="2023-08-31")
    assert (same["surcharge"], same["lapsed"]) == ("0.00", False)
    assert late("2024-03-01", ladder=None, grace_end=None)["lapsed"]
    assert late("2023-11-01", type="design", year=15)["surcharge"] == "300.00"
    assert bad("patents.surcharge", **CN, type="utility_model", year=11, due_date="2023-08-31", paid_date="2023-08-31") == (
        "out_of_range",
        "year",
    )


# patents.high_value


def value(**changes):
    asked = {"type": "invention", "in_force": True, "grant_date": "2016-02-29", "as_of": "2026-02-28", "sei": False}
    return ask("patents.high_value", **asked | changes)


@pytest.mark.parametrize(
    ("changes", "criteria"),
    [
        ({}, []),  # the tenth anniversary of 29 February is 28 February: not yet more than ten years
        ({"as_of": "2026-03-01"}, ["maintained_over_10_years"]),
        ({"maintained_from": "filing", "filing_date": "2016-02-27"}, ["maintained_over_10_years"]),
        ({"overseas_rights": ["CN"]}, []),
        ({"overseas_rights": ["CN", "US"]}, ["overseas_family"]),
        ({"pledge_amount": "10000000.00"}, ["pledge_financing"]),
        ({"pledge_amount": "9999999.99"}, []),
        ({"pledge_amount": "0.01", "pledge_threshold": "0.00"}, ["pledge_financing"]),
        ({"pledge_amount": "0.00", "pledge_threshold": "0.00"}, []),
        ({"pledge_amount": None, "overseas_rights": None, "awards": None, "maintained_from": None}, []),
        ({"awards": ["any"], "sei": True}, ["national_award", "strategic_emerging_industry"]),
        ({"awards": ["any"], "sei": True, "in_force": False}, []),
        ({"awards": ["any"], "sei": True, "type": "utility_model"}, []),
    ],
)
def test_each_criterion_at_its_limit(changes, criteria):
    got = value(**changes)
    assert (sorted(got["criteria"]), got["high_value"]) == (criteria, bool(criteria))


def test_counting_from_filing_needs_the_filing_date():
    asked = {
        "type": "invention",
        "in_force": True,
        "grant_date": "2016-02-29",
        "as_of": "2026-02-28",
        "sei": False,
        "maintained_from": "filing",
    }
    assert bad("patents.high_value", **asked) == ("missing_field", "filing_date")


# operations.check: the table of the contract, written a second time

LICENSES = {"license_exclusive", "license_sole", "license_ordinary"}
CLOSED = {"license_exclusive", "license_sole"}
EVERY = {"assign", "open_license", "pledge", *LICENSES}
DEAD = {"lapsed", "expired", "abandoned", "invalidated"}


def by_the_table(operation, on, patent, terms):
    flags, consents, owners = set(patent["flags"]), set(patent["consents"]), set(patent["owners"])
    dead = patent["status"] in DEAD
    model = patent["type"] == "utility_model"
    application = not dead and (not patent["granted"] or patent["status"] == "pending")
    not_granted = application and operation in {"open_license", "pledge"}
    parties = "pledge_parties" in consents
    rows = {
        "right_not_in_force": (EVERY, dead or (on >= patent["expiry_date"] and not not_granted)),
        "not_granted": ({"open_license", "pledge"}, application),
        "annuity_unpaid": (EVERY - {"assign"}, patent["status"] == "grace"),
        "suspended": (EVERY, "suspended" in flags),
        "already_pledged": ({"pledge"}, "pledged" in flags),
        "pledgee_consent_missing": (EVERY - {"pledge"}, "pledged" in flags and "pledgee" not in consents),
        "co_owner_consent_missing": (EVERY - {"license_ordinary"}, len(owners) > 1 and not owners <= consents),
        "exclusive_or_sole_license_in_force": ({"open_license"}, bool(flags & {"exclusive_license", "sole_license"})),
        "open_license_already_declared": ({"open_license"}, "open_license" in flags),
        "open_license_in_force": (CLOSED, "open_license" in flags),
        "overlaps_exclusive_license": (LICENSES, "exclusive_license" in flags),
        "overlaps_sole_license": (LICENSES, "sole_license" in flags),
        "overlaps_existing_license": (CLOSED, "ordinary_license" in flags),
        "evaluation_report_missing": ({"open_license"}, patent["type"] != "invention" and not patent["evaluation_report"]),
        "license_outlives_patent": (LICENSES | {"open_license"}, (terms.get("license_end") or "") > patent["expiry_date"]),
        "debt_outlives_patent": ({"pledge"}, (terms.get("debt_end") or "") > patent["expiry_date"]),
        "invalidation_pending_unconfirmed": ({"pledge"}, "under_invalidation" in flags and not parties),
        "same_day_invention_unconfirmed": ({"pledge"}, model and "same_day_invention" in flags and not parties),
    }
    return sorted(code for code, (operations, applies) in rows.items() if operation in operations and applies)


FLAGS = [
    "pledged", "open_license", "exclusive_license", "sole_license", "ordinary_license", "suspended", "under_invalidation", "same_day_invention",
]  # fmt: skip
ENDS = st.sampled_from(["2020-01-01", "2026-06-30", "2030-01-01", "2030-01-02", "2041-01-01"])
patents = st.fixed_dictionaries({
    "type": st.sampled_from(["invention", "utility_model", "design"]), "granted": st.booleans(),
    "status": st.sampled_from(["pending", "in_force", "grace", *sorted(DEAD)]), "owners": st.sampled_from([["X"], ["X", "X"], ["X", "Y"], ["X", "Y", "Z"]]),
    "consents": st.lists(st.sampled_from(["X", "Y", "Z", "pledgee", "pledge_parties", "nobody"]), max_size=5),
    "flags": st.lists(st.sampled_from(FLAGS), max_size=4), "expiry_date": st.sampled_from(["2026-06-30", "2030-01-01"]), "evaluation_report": st.booleans(),
})  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(sorted(EVERY)), st.sampled_from(["2026-06-29", "2026-06-30", "2026-07-01"]), patents, st.none() | ENDS, ENDS)
def test_the_check_is_the_table_of_the_contract(operation, on, patent, license_end, debt_end):
    terms = {"debt_end": debt_end, "license_end": license_end}
    got = ask("operations.check", operation=operation, on=on, patent=patent, terms=terms)
    assert got["refusals"] == by_the_table(operation, on, patent, terms)
    assert got["allowed"] == (not got["refusals"])


# indicators


def test_dispersion_is_never_clipped_and_has_no_figure_without_citations():
    for counts in ({}, {"A": 0, "B": 0}):
        assert [ask("indicators.dispersion", counts=counts)[name] for name in ("n", "raw", "corrected")] == [0, None, None]
    one = ask("indicators.dispersion", counts={"A": 1, "B": 0})
    assert (one["n"], one["raw"], one["corrected"]) == (1, 0, None)
    three = ask("indicators.dispersion", counts={"A": 1, "B": 1, "C": 1})
    assert (three["raw"], three["corrected"]) == (pytest.approx(2 / 3), pytest.approx(1.0))
    assert ask("indicators.dispersion", counts={"A": 500000000, "B": 500000000})["raw"] == pytest.approx(0.5)


def test_disruption_takes_any_whole_time_also_seconds_before_1970():
    second = {"edges": [["c", "f"], ["f", "r"], ["d", "r"], ["e", "r"], ["e", "f"]], "time": {"r": -1, "f": 0, "c": 1, "d": 2, "e": 3}}
    year = 365 * 86400
    seconds = {node: time * year - 10**9 for node, time in second["time"].items()}
    for time, window in ((second["time"], 3), (seconds, 3 * year)):
        got = ask("indicators.disruption", edges=second["edges"], time=time, window=window)["cd"]
        assert got["f"] == pytest.approx((1 + 0 - 1) / 3)  # c only f, d only r, e both
        assert (got["r"], got["c"], got["e"]) == (
            1,
            0,
            None,
        )  # r has no references and is cited; beside c only e cites f; nobody comes after e


def test_the_window_is_open_at_the_start_and_closed_at_the_end_and_a_repeated_edge_counts_once():
    edges = [["a", "f"], ["b", "f"], ["c", "f"], ["b", "f"]]
    got = ask("indicators.disruption", edges=edges, time={"f": 10, "a": 10, "b": 15, "c": 16}, window=5)
    assert got["cd"]["f"] == 1  # only b
    both = ask("indicators.disruption", edges=[["a", "f"], ["f", "r"], ["a", "r"]], time={"f": 10, "r": 0, "a": 15}, window=5)
    assert (both["cd"]["f"], both["cd"]["r"]) == (-1, None)
    assert ask("indicators.disruption", edges=[], time={}, window=1)["cd"] == {}
    assert bad("indicators.disruption", edges=[], time={}, window=0) == ("out_of_range", "window")
    assert bad("indicators.disruption", edges=[["a"]], time={"a": 1}, window=1)[1] == "edges[0]"


# valuation


def test_a_call_without_drift_at_the_money_and_one_deep_in_it():
    asked = {"value": 100, "cost": 100, "years": 1, "rate": 0, "variance": 0.04}
    at = ask("valuation.option", **asked)
    assert at["option_value"] == pytest.approx(100 * (2 * NormalDist().cdf(0.1) - 1))
    assert (at["d1"], at["d2"], at["npv"]) == (pytest.approx(0.1), pytest.approx(-0.1), 0)
    deep = ask("valuation.option", **asked | {"cost": 1e-6, "rate": 0.05, "dividend_yield": 0.1, "style": "american"})
    assert deep["option_value"] == pytest.approx(100)  # with so high a yield it is used at once
    free = ask("valuation.option", **asked | {"rate": -0.02, "dividend_yield": None, "style": None})
    d1 = (-0.02 + 0.02) / 0.2
    assert free["option_value"] == pytest.approx(100 * NormalDist().cdf(d1) - 100 * math.exp(0.02) * NormalDist().cdf(d1 - 0.2))
    plain = ask("valuation.option", **asked | {"rate": 0.05, "style": "american"})
    assert plain["option_value"] == pytest.approx(10.450584, abs=0.01)  # without a yield there is no reason to be early
    assert (plain["d1"], plain["d2"]) == (None, None)


def test_relief_from_royalty_over_one_year_by_hand():
    asked = {"revenues": [1000], "royalty_rate": 0.1, "discount_rate": 0.25, "tax_rate": 0.2}
    plain = ask("valuation.relief_from_royalty", **asked)
    assert (plain["present_value"], plain["tab_factor"], plain["value"]) == (
        pytest.approx(64),
        1,
        pytest.approx(64),
    )  # 1000 × 0.1 × 0.8 / 1.25
    lifted = ask("valuation.relief_from_royalty", **asked, tax_amortization_benefit=True)
    assert lifted["tab_factor"] == pytest.approx(1 / 0.84)  # A = 0.8, τA/n = 0.16
    middle = ask("valuation.relief_from_royalty", **asked, timing="mid_year", tax_amortization_benefit=True)
    factor = 1.25**-0.5
    assert middle["value"] == pytest.approx(80 * factor / (1 - 0.2 * factor))
    assert ask("valuation.relief_from_royalty", **asked | {"revenues": [-100, 0], "tax_rate": 0})["value"] == pytest.approx(-8)
    assert ask("valuation.relief_from_royalty", **asked | {"tax_rate": 1})["value"] == 0


def test_income_share_weighs_both_investments():
    asked = {
        "patent": {"replacement_cost": 100, "cost_profit_rate": 1},
        "licensee": {"assets": 500, "profit_rate": 0.2},
        "profits": [110, 121],
    }
    got = ask("valuation.income_share", **asked, discount_rate=0.1)
    assert (got["share"], got["present_value"], got["value"]) == (pytest.approx(0.25), pytest.approx(200), pytest.approx(50))
    none = asked | {"patent": {"replacement_cost": 0, "cost_profit_rate": 4}}
    assert ask("valuation.income_share", **none, discount_rate=0)["value"] == 0
    assert ask("valuation.income_share", **asked | {"licensee": {"assets": 0, "profit_rate": 0}}, discount_rate=0)["share"] == 1
    assert ask("valuation.income_share", **asked | {"profits": [-110]}, discount_rate=0.1)["value"] == pytest.approx(-25)


def test_rnpv_multiplies_all_stages_and_counts_no_risk_twice():
    asked = {"cash_flows": [{"year": 0, "amount": -100}, {"year": 0.5, "amount": 121}, {"year": 2, "amount": 121}], "discount_rate": 0.21}
    all_in = ask("valuation.rnpv", **asked, probabilities=[])
    assert (all_in["probability"], all_in["value"]) == (1, pytest.approx(-100 + 110 + 121 / 1.21**2))
    assert ask("valuation.rnpv", **asked, probabilities=[1, 0])["value"] == 0
    assert ask("valuation.rnpv", **asked, probabilities=[0.5, 0.5])["probability"] == 0.25
    assert refused("valuation.rnpv", **asked, probabilities=[1], discount_rate_includes_stage_risk=True) == "stage_risk_counted_twice"
    assert ask("valuation.rnpv", **asked, probabilities=[], discount_rate_includes_stage_risk=True)["probability"] == 1
    assert ask("valuation.rnpv", cash_flows=[], probabilities=[0.5], discount_rate=0)["value"] == 0
    assert bad("valuation.rnpv", **asked, probabilities=[1.1]) == ("out_of_range", "probabilities[0]")


def renewed(mu, sigma, decay, fees_, beta):
    """Survival and value by the sentences of the contract: the best stopping year, the mean by a fine midpoint sum over the normal."""

    def best(r):
        total, top = 0.0, 0.0
        for year, fee in enumerate(fees_, 1):
            total += beta**year * (r * math.exp(-decay * year) - fee)
            top = max(top, total)
        return top

    survival = []
    for year in range(1, len(fees_) + 1):
        threshold = max(math.log(fee) + decay * s for s, fee in enumerate(fees_[:year], 1))
        survival.append(1 - NormalDist(mu, sigma).cdf(threshold))
    step = 0.001
    grid = [-9 + step * (i + 0.5) for i in range(18000)]
    mean = sum(best(math.exp(mu + sigma * z)) * math.exp(-z * z / 2) for z in grid) * step / math.sqrt(2 * math.pi)
    return survival, mean, best(math.exp(mu)), best(math.exp(mu + sigma * 1.2815515655))


@pytest.mark.parametrize(
    ("mu", "sigma", "decay", "fees_", "beta"),
    [
        (1.0, 0.5, 0.1, [1, 2, 3], 0.9),
        (0.0, 1.0, 0.0, [1], 1),
        (-3.0, 0.2, 0.5, [5, 5], 0.5),
        (2.0, 2.0, 0.3, [1, 1, 1, 50], 1),
        (6.0, 0.01, 0.0, [1, 400, 500], 0.95),
    ],
)
def test_renewal_is_the_best_stopping_rule_over_the_lognormal(mu, sigma, decay, fees_, beta):
    got = ask("valuation.renewal", mu=mu, sigma=sigma, decay=decay, fees=fees_, discount_factor=beta)
    survival, mean, median, p90 = renewed(mu, sigma, decay, fees_, beta)
    assert got["survival"] == pytest.approx(survival, abs=1e-12)
    assert got["value"]["mean"] == pytest.approx(mean, rel=1e-4, abs=1e-6)
    assert (got["value"]["median"], got["value"]["p90"]) == (pytest.approx(median), pytest.approx(p90))


def test_fees_that_fall_or_are_nothing_are_bad_input():
    asked = {"mu": 1, "sigma": 1, "decay": 0.1, "discount_factor": 1}
    assert bad("valuation.renewal", **asked, fees=[2, 1]) == ("inconsistent", "fees[1]")
    assert bad("valuation.renewal", **asked, fees=[0]) == ("out_of_range", "fees[0]")
    assert bad("valuation.renewal", **asked | {"discount_factor": 0}, fees=[1]) == ("out_of_range", "discount_factor")
    assert bad("valuation.renewal", **asked | {"sigma": 0}, fees=[1]) == ("out_of_range", "sigma")


# policy.growth


@pytest.mark.parametrize(
    ("base", "end", "years", "cagr"),
    [(100, 144, 2, 0.2), (100, 0, 3, -1), (100, 100, 0.5, 0), (4, 2, 0.5, -0.75), (0.1, 0.3, 1, 2), (1, 1.21, 2, 0.1)],
)
def test_growth_over_whole_and_broken_years(base, end, years, cagr):
    assert ask("policy.growth", base=base, end=end, years=years)["cagr"] == pytest.approx(cagr, abs=1e-12)


def test_growth_from_nothing_is_refused_and_to_less_than_nothing_is_bad_input():
    assert refused("policy.growth", base=0, end=0, years=1) == refused("policy.growth", base=-5, end=5, years=1) == "base_not_positive"
    assert bad("policy.growth", base=-5, end=-5, years=1) == ("out_of_range", "end")
    assert bad("policy.growth", base=5, end=5, years=0) == ("out_of_range", "years")
