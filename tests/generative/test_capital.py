"""The invariants P1–P19 of the money side, for any input: the calculations conserve cash and keep the order that the contract gives."""

import datetime as dt
import itertools
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from langqiao.engine import register
from langqiao.engine.funds.returns import xirr
from langqiao.rules import parameters

DAY0 = dt.date(2020, 1, 1)
amounts = st.integers(1, 10**12)
shares = st.integers(0, 100).map(lambda n: n / 100)


def fen(text):
    return int(Decimal(text) * 100)


def yuan(number):
    return f"{number // 100}.{number % 100:02d}"


def ask(name, value):
    return register.answer(name, register.read_json(__import__("json").dumps(value)), parameters())


@st.composite
def fund(draw, *, kind="european"):
    days = sorted(draw(st.lists(st.integers(0, 4000), min_size=1, max_size=12)))
    flows = [
        {
            "date": (DAY0 + dt.timedelta(days=day)).isoformat(),
            draw(st.sampled_from(["contribution", "distribution"])): yuan(draw(amounts)),
            "deal": draw(st.sampled_from(["A", "B"])),
        }
        for day in days
    ]
    return {
        "kind": kind, "pref_rate": draw(shares) / 4, "pref_compounding": draw(st.sampled_from(["compound_annual", "simple"])),
        "day_count": draw(st.sampled_from(["30_360", "act_365"])), "catch_up": draw(shares), "carry": draw(st.integers(0, 50)) / 100, "flows": flows,
    }  # fmt: skip


def total_out(value):
    return sum(fen(flow.get("distribution", "0")) for flow in value["flows"])


@given(fund())
def test_p2_i78_a_waterfall_conserves_cash(value):
    out = ask("fund.waterfall", value)
    assert fen(out["lp"]) + fen(out["gp"]) == total_out(value)
    assert abs(sum(fen(part) for part in out["tiers"].values()) - total_out(value)) <= 6


@given(fund())
def test_p2_carry_never_exceeds_its_share_of_profit_and_partners_get_their_capital_first(value):
    flows = sorted(value["flows"], key=lambda flow: "contribution" not in flow)  # all capital first: then no later call can follow a profit
    for flow in flows:
        flow["date"] = value["flows"][-1]["date"] if "distribution" in flow else value["flows"][0]["date"]
    value["flows"] = flows
    out = ask("fund.waterfall", value)
    capital = sum(fen(flow.get("contribution", "0")) for flow in flows)
    profit = max(0, total_out(value) - capital)
    assert fen(out["gp"]) <= Fraction(str(value["carry"])) * profit + 1
    assert fen(out["lp"]) >= min(total_out(value), capital)


@given(fund(), amounts)
def test_p2_each_tier_is_monotone_in_the_proceeds(value, more):
    last = {"date": (DAY0 + dt.timedelta(days=5000)).isoformat(), "deal": "A"}
    low = ask("fund.waterfall", value | {"flows": [*value["flows"], last | {"distribution": yuan(1)}]})["tiers"]
    high = ask("fund.waterfall", value | {"flows": [*value["flows"], last | {"distribution": yuan(1 + more)}]})["tiers"]
    assert all(fen(high[name]) >= fen(low[name]) for name in low)


@given(fund(), amounts, amounts)
def test_p3_splitting_a_distribution_of_one_day_changes_nothing(value, one, two):
    last = {"date": (DAY0 + dt.timedelta(days=5000)).isoformat(), "deal": "A"}
    whole = ask("fund.waterfall", value | {"flows": [*value["flows"], last | {"distribution": yuan(one + two)}]})
    split = ask(
        "fund.waterfall", value | {"flows": [*value["flows"], last | {"distribution": yuan(one)}, last | {"distribution": yuan(two)}]}
    )
    assert (whole["lp"], whole["gp"], whole["tiers"]) == (split["lp"], split["gp"], split["tiers"])


@given(fund(kind="american"))
def test_p4_american_carry_less_clawback_is_at_most_the_whole_fund_entitlement(value):
    out = ask("fund.waterfall", value)
    whole = ask("fund.waterfall", value | {"kind": "european"})
    assert 0 <= fen(out["clawback"]) <= fen(out["gp"])
    assert fen(out["gp_after_clawback"]) == min(fen(out["gp"]), fen(whole["gp"]))
    assert fen(out["lp_after_clawback"]) + fen(out["gp_after_clawback"]) == total_out(value)


@given(st.lists(amounts, min_size=1, max_size=50), st.data())
def test_p1_p5_i75_i102_a_call_sums_exactly_and_stays_within_each_commitment(commitments, data):
    amount = data.draw(st.integers(1, sum(commitments)))
    given_ = {"amount": yuan(amount), "commitments": [{"partner": str(i), "commitment": yuan(c)} for i, c in enumerate(commitments)]}
    calls = [fen(row["amount"]) for row in ask("fund.call", given_)["calls"]]
    assert sum(calls) == amount
    assert all(0 <= call <= commitment for call, commitment in zip(calls, commitments, strict=True))


def bisection(years, values):
    low, high = -0.999999, 1e6
    for _ in range(300):
        middle = (low + high) / 2
        value = sum(v / (1 + middle) ** y for y, v in zip(years, values, strict=True))
        low, high = (middle, high) if value > 0 else (low, middle)
    return low


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=6), st.lists(st.integers(1, 10**6), min_size=1, max_size=6))
def test_p6_the_rate_of_conventional_flows_is_the_one_that_bisection_finds(paid, got):
    days = [DAY0 + dt.timedelta(days=91 * i) for i in range(len(paid) + len(got))]
    values = [*(-float(p) for p in paid), *map(float, got)]
    rate, problem, roots = xirr(days, values)
    assert problem is None
    assert roots == [rate]
    years = [(day - DAY0).days / 365 for day in days]
    if -0.99 < rate < 1e5:
        assert rate == pytest.approx(bisection(years, values), rel=1e-6, abs=1e-6)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(-1000, 1000)), min_size=2, max_size=8, unique_by=lambda flow: flow[0]))
def test_p6_every_root_found_is_a_root_and_several_are_never_hidden_behind_one(flows):
    flows = sorted(flows)
    days = [DAY0 + dt.timedelta(days=91 * when) for when, _ in flows]
    values = [float(amount) for _, amount in flows]
    rate, problem, roots = xirr(days, values)
    for root in roots:
        present = [v / (1 + root) ** ((day - days[0]).days / 365) for day, v in zip(days, values, strict=True)]
        assert abs(sum(present)) <= 1e-6 * max(1.0, *map(abs, present))
    assert (rate is not None) == (len(roots) == 1)
    assert (problem == "multiple_roots") == (len(roots) > 1)
    grid = [-0.9 + k * 0.01 for k in range(600)]
    signs = [sum(v / (1 + r) ** ((day - days[0]).days / 365) for day, v in zip(days, values, strict=True)) for r in grid]
    crossings = sum(a * b < 0 for a, b in itertools.pairwise(signs))
    assert len(roots) >= crossings


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=6), st.integers(2, 1000))
def test_p6_scaling_money_leaves_the_rate_and_tvpi_is_dpi_plus_rvpi(got, scale):
    flows = [[DAY0.isoformat(), -(10**6)], *([(DAY0 + dt.timedelta(days=365 * (i + 1))).isoformat(), g] for i, g in enumerate(got))]
    one = ask("fund.returns", {"flows": flows, "nav": 5})
    many = ask("fund.returns", {"flows": [[day, amount * scale] for day, amount in flows], "nav": 5 * scale})
    assert one["xirr"] == pytest.approx(many["xirr"], rel=1e-9)
    assert one["tvpi"] == pytest.approx(one["dpi"] + one["rvpi"], rel=1e-12)


@given(st.lists(st.integers(1, 1000), min_size=2, max_size=8))
def test_p7_flows_that_replicate_the_index_have_a_market_equivalent_of_one(levels):
    days = [(DAY0 + dt.timedelta(days=365 * i)).isoformat() for i in range(len(levels))]
    flows = [[days[0], -levels[0]], *([day, 0] for day in days[1:-1]), [days[-1], levels[-1]]]
    assert ask("fund.returns", {"flows": flows, "index": levels})["ks_pme"] == pytest.approx(1, rel=1e-12)


loans = st.fixed_dictionaries(
    {"principal": st.integers(1, 10**13).map(yuan), "rate_annual": st.integers(0, 4000).map(lambda n: n / 10000), "months": st.integers(1, 360),
     "method": st.sampled_from(["annuity", "linear", "bullet"])},
)  # fmt: skip


@given(loans)
@settings(max_examples=50)
def test_p8_i57_a_schedule_repays_the_loan_exactly_and_its_balance_never_turns_negative(loan):
    rows = ask("loan.schedule", loan)["rows"]
    assert sum(fen(row["principal"]) for row in rows) == fen(loan["principal"])
    assert fen(rows[-1]["balance"]) == 0
    assert all(fen(row["balance"]) >= 0 and fen(row["principal"]) >= 0 for row in rows)
    balance = fen(loan["principal"])
    for row in rows:
        assert abs(fen(row["interest"]) - Fraction(str(loan["rate_annual"])) / 12 * balance) <= Fraction(1, 2)
        balance = fen(row["balance"])


@given(
    st.integers(10**4, 10**11),
    st.integers(1, 30),
    st.sampled_from(["annuity", "linear"]),
    st.sampled_from(["reduce", "shorten"]),
    st.data(),
)
@settings(max_examples=60)
def test_p8_a_prepayment_never_lengthens_a_loan_and_everything_is_repaid(principal, periods, method, effect, data):
    base = {
        "principal": yuan(principal), "drawn_on": "2025-01-31", "periods": periods, "months_per_period": 3, "method": method,
        "resets": [{"date": "2025-01-31", "base_rate": 0.03}, {"date": "2026-03-01", "base_rate": 0.05}],
    }  # fmt: skip
    plain = ask("loan.floating_schedule", base)
    day = DAY0.replace(year=2025) + dt.timedelta(days=data.draw(st.integers(31, 2000)))
    ahead = {"date": day.isoformat(), "amount": yuan(data.draw(st.integers(1, principal))), "effect": effect}
    shorter = ask("loan.floating_schedule", base | {"prepayments": [ahead]})
    assert len(shorter["rows"]) <= len(plain["rows"])
    assert fen(shorter["total_principal"]) + fen(shorter["total_prepaid"]) == principal
    assert fen(shorter["rows"][-1]["balance"]) == 0
    assert fen(shorter["total_interest"]) <= fen(plain["total_interest"]) + len(plain["rows"])


@given(st.integers(0, 10**12), st.lists(st.tuples(st.integers(0, 10**12), st.booleans(), shares), max_size=6), st.integers(0, 10**12))
def test_p9_the_ratio_falls_as_the_value_rises(balance, assets, more):
    def given_(extra):
        held = [{"value": yuan(v), "alive": alive, "haircut": h} for v, alive, h in assets]
        return {"balance": yuan(balance), "collateral": [*held, {"value": yuan(extra)}], "trigger": 0.5, "cap": 0.4}

    low, high = ask("loan.collateral", given_(0)), ask("loan.collateral", given_(more))
    assert fen(high["cure"]) <= fen(low["cure"])
    assert not high["breached"] or low["breached"]
    if low["ltv"] is not None:
        assert high["ltv"] <= low["ltv"]


@given(st.integers(0, 10**12), st.lists(st.integers(1, 100), min_size=1, max_size=5))
def test_p14_i59_i62_a_pool_split_sums_to_the_loss_and_recoveries_return_in_the_same_proportions(loss, weights):
    total = sum(weights)
    exact = [Decimal(100 * w) / total for w in weights]
    rounded = [d.quantize(Decimal("0.000001")) for d in exact]
    rounded[0] += 100 - sum(rounded)
    shares_ = {str(i): float(d) for i, d in enumerate(rounded)}
    if sum(Decimal(str(v)) for v in shares_.values()) != 100 or min(shares_.values()) <= 0:
        return
    parts = [fen(p) for p in ask("pool.split", {"loss": yuan(loss), "shares": shares_})["parts"].values()]
    assert sum(parts) == loss
    assert all(abs(part - Fraction(loss) * Fraction(str(s)) / 100) < 1 for part, s in zip(parts, shares_.values(), strict=True))


@st.composite
def deals(draw):
    sizes = draw(st.lists(st.integers(10**4, 10**9), min_size=1, max_size=4))
    periods = draw(st.integers(1, 16))
    floating = draw(st.booleans())
    return {
        "pool": {
            "balance": yuan(int(sum(sizes) * draw(st.integers(80, 130)) / 100)), "rate": draw(st.integers(0, 15)) / 100, "periods": periods,
            "periods_per_year": draw(st.sampled_from([1, 2, 4, 12])), "cpr": draw(shares), "cdr": draw(shares) / 2, "recovery": draw(shares),
            "recovery_lag": draw(st.integers(0, 4)),
        },
        "tranches": [{"name": str(i), "balance": yuan(s), "rate": draw(st.integers(0, 10)) / 100, "kind": "floating" if floating else "fixed"} for i, s in enumerate(sizes)],
        "index": [0.03, 0.02] if floating else [], "principal": draw(st.sampled_from(["sequential", "pro_rata"])), "fee_rate": draw(st.integers(0, 2)) / 100,
        "revolving_periods": draw(st.integers(0, periods - 1)),
        "reserve": {"balance": yuan(draw(st.integers(0, 10**7))), "target": yuan(draw(st.integers(0, 10**7))), "place": draw(st.sampled_from(["before_mezzanine_interest", "after_interest"]))},
        "support": draw(st.one_of(st.none(), st.fixed_dictionaries({"limit": st.integers(0, 10**9).map(yuan), "tranches": st.integers(1, 4)}))),
        "triggers": draw(st.lists(st.fixed_dictionaries({"kind": st.sampled_from(["cumulative_loss", "overcollateralization"]), "level": st.integers(1, 120).map(lambda n: n / 100)}), max_size=2)),
    }  # fmt: skip


@given(deals())
@settings(max_examples=80, deadline=None)
def test_p10_i69_every_payment_date_conserves_cash_and_balances_follow_principal(value):
    out = ask("securitization.deal", value)
    before = [fen(tranche["balance"]) for tranche in value["tranches"]]
    reserve = fen(value["reserve"]["balance"])
    accelerated = False
    for row in out["rows"]:
        cash_in = fen(row["collections"]) + fen(row["reserve_drawn"]) + fen(row["support_drawn"])
        cash_out = fen(row["fees"]) + sum(map(fen, row["interest"])) + fen(row["reserve_topped_up"]) + sum(map(fen, row["principal"]))
        assert cash_in == cash_out + fen(row["reimbursed"]) + fen(row["reinvested"]) + fen(row["residual"])
        assert all(fen(amount) >= 0 for name in ("interest", "principal", "shortfall", "balances") for amount in row[name])
        assert fen(row["residual"]) >= 0
        assert [fen(b) for b in row["balances"]] == [b - fen(p) for b, p in zip(before, row["principal"], strict=True)]
        reserve += fen(row["reserve_topped_up"]) - fen(row["reserve_drawn"])
        assert fen(row["reserve_balance"]) == reserve >= 0
        assert row["accelerated"] or not accelerated  # a trigger never switches back
        accelerated = row["accelerated"]
        if value["principal"] == "sequential" or accelerated:
            paid = [fen(p) for p in row["principal"]]
            assert not any(paid[i] and fen(row["balances"][j]) and not value["support"] for i in range(len(paid)) for j in range(i))
        before = [fen(b) for b in row["balances"]]
    used = sum(fen(row["support_drawn"]) - fen(row["reimbursed"]) for row in out["rows"])
    assert used == fen(out["support_outstanding"]) <= (fen(value["support"]["limit"]) if value["support"] else 0)


runs = st.fixed_dictionaries(
    {
        "pool": st.fixed_dictionaries(
            {"balance": st.integers(10**6, 10**11).map(yuan), "rate": st.integers(0, 15).map(lambda n: n / 100), "periods": st.integers(1, 20), "periods_per_year": st.sampled_from([1, 4, 12]),
             "cpr": shares, "cdr": shares.map(lambda s: s / 2), "recovery": shares},
        ),
        "tranches": st.just([]), "principal": st.just("sequential_turbo"),
    }
)  # fmt: skip


def with_tranches(value, junior_rate):
    size = fen(value["pool"]["balance"])
    senior = {"name": "A", "balance": yuan(size * 7 // 10), "rate": 0.04}
    return value | {"tranches": [senior, {"name": "B", "balance": yuan(size * 2 // 10), "rate": junior_rate}]}


@given(runs, st.integers(0, 30))
def test_p10_conservation_over_the_life_and_losses_reach_the_senior_last(value, junior):
    out = ask("securitization.run", with_tranches(value, junior / 100))
    rows, tranches = out["rows"], out["tranches"]
    cash = sum(r["interest"] + r["scheduled"] + r["prepayment"] + r["recovery"] for r in rows)
    repaid = 0.9 * fen(value["pool"]["balance"]) / 100 - sum(float(t["unpaid"]) for t in tranches.values())
    assert cash == pytest.approx(
        repaid + sum(float(t["interest_total"]) for t in tranches.values()) + float(out["residual_total"]), rel=1e-6, abs=1
    )
    if float(tranches["A"]["unpaid"]) > 1:
        assert float(tranches["B"]["unpaid"]) == pytest.approx(0.2 * fen(value["pool"]["balance"]) / 100, abs=1)


@given(runs)
def test_p10_faster_prepayment_never_lengthens_the_senior(value):
    slow = with_tranches(value, 0)
    fast = slow | {"pool": slow["pool"] | {"cpr": min(1.0, slow["pool"]["cpr"] + 0.2)}}
    one, two = (ask("securitization.run", v)["tranches"]["A"]["wal_years"] for v in (slow, fast))
    if slow["pool"]["cdr"] == 0 and one is not None and two is not None:
        assert two <= one + 1e-9


@given(st.integers(0, 10**12), st.integers(1, 10**9), st.lists(st.integers(1, 10**11), min_size=1, max_size=5, unique=True), shares, shares)
def test_p13_i33_royalties_are_continuous_not_falling_and_keep_minimum_and_floor(sales, step, bounds, credit, floor):
    tiers = [{"up_to": yuan(b), "rate": 0.05 - i / 200} for i, b in enumerate(sorted(bounds))] + [{"up_to": None, "rate": 0.01}]
    value = {"tiers": tiers, "third_party": {"paid": "5000.00", "credit": credit, "floor": floor}, "minimum": "100.00"}
    low, high = (ask("royalty.due", value | {"net_sales": yuan(s)}) for s in (sales, sales + step))
    assert fen(low["earned"]) <= fen(high["earned"]) <= fen(low["earned"]) + step * 5 // 100 + 1
    assert fen(low["due"]) >= 10000
    assert fen(low["earned"]) - fen(low["offset"]) >= Fraction(str(floor)) * fen(low["earned"]) - 2


@given(
    amounts,
    st.lists(st.integers(1, 20), min_size=1, max_size=6),
    st.integers(0, 100),
    st.sampled_from(["state_institute", "company"]),
    st.booleans(),
)
def test_p15_i85_i86_i87_i90_an_accepted_split_gives_the_statutory_share_and_sums_to_net_income(income, weights, percent, owner, rule):
    total = sum(weights)
    parts = [Decimal(w) / total for w in weights]
    rounded = [p.quantize(Decimal("0.0001")) for p in parts]
    rounded[0] += 1 - sum(rounded)
    if min(rounded) < 0:
        return
    value = {
        "income": yuan(income), "inventor_share": percent / 100, "inventors": {str(i): float(r) for i, r in enumerate(rounded)},
        "owner_kind": owner, "has_rule_or_agreement": rule,
    }  # fmt: skip
    out = ask("income.split", value)
    if percent < 50 and (owner == "state_institute" or not rule):
        assert out["refusal"] == "inventor_share_below_statutory_minimum"
        return
    assert fen(out["inventors_total"]) + fen(out["owner"]) == fen(out["net_income"]) == income
    assert sum(map(fen, out["inventors"].values())) == fen(out["inventors_total"])


@given(
    st.sampled_from(["english", "first_price", "second_price"]), st.integers(0, 10**9),
    st.lists(st.tuples(st.sampled_from("ABCD"), st.integers(0, 10**9)), max_size=8), shares, shares,
)  # fmt: skip
def test_p16_the_winner_holds_the_highest_valid_bid_and_money_splits_exactly(kind, reserve, bids, premium, commission):
    value = {
        "kind": kind, "reserve": yuan(reserve), "bids": [{"bidder": b, "amount": yuan(a)} for b, a in bids],
        "buyer_premium": premium, "seller_commission": commission,
    }  # fmt: skip
    out = ask("auction.settle", value)
    best = max((a for _, a in bids), default=-1)
    assert out["sold"] == (best >= reserve)
    if out["sold"]:
        assert reserve <= fen(out["hammer"]) <= best
        assert (out["winner"], best) in bids
        assert fen(out["buyer_pays"]) == fen(out["seller_receives"]) + fen(out["house"])


@given(
    st.permutations(["A", "B", "C", "D", "E"]),
    st.lists(st.sampled_from(["for", "against", "abstain", None]), min_size=5, max_size=5),
    st.sets(st.sampled_from("ABCDE")),
)
def test_p17_i72_the_result_does_not_depend_on_the_order_of_votes_and_a_recused_vote_never_counts(order, votes, recused):
    cast = {m: v for m, v in zip("ABCDE", votes, strict=True) if v}
    base = {"members": list("ABCDE"), "recused": sorted(recused), "threshold": 0.5, "quorum": 2}
    one = ask("committee.resolve", base | {"votes": cast})
    two = ask("committee.resolve", base | {"members": order, "votes": {m: cast[m] for m in order if m in cast}})
    without = ask("committee.resolve", base | {"votes": {m: v for m, v in cast.items() if m not in recused}})
    assert one == two == without


@given(amounts, amounts, st.integers(0, 10), shares, st.lists(amounts, min_size=1, max_size=5))
def test_p18_a_concession_leaves_the_government_capital_and_hurdle_and_the_total_unchanged(proceeds, capital, years, given_up, others):
    value = {
        "proceeds": yuan(proceeds), "years": years, "hurdle_rate": 0.04, "government": {"capital": yuan(capital), "share_of_excess_given": given_up},
        "others": [{"partner": str(i), "capital": yuan(c)} for i, c in enumerate(others)],
    }  # fmt: skip
    out = ask("fund.concession", value)
    assert fen(out["government"]) + sum(fen(row["amount"]) for row in out["others"]) == proceeds
    if fen(out["concession"]):
        assert fen(out["government"]) >= capital + Fraction(4, 100) * capital * years - 1


@given(amounts, st.integers(1, 240), st.integers(-100, 9000), st.sampled_from(["right_to_access", "right_to_use"]))
def test_p19_deferred_and_recognized_are_what_was_received(amount, months, days, nature):
    value = {
        "amount": yuan(amount),
        "months": months,
        "start": "2020-01-31",
        "as_of": (dt.date(2020, 1, 31) + dt.timedelta(days=days)).isoformat(),
        "nature": nature,
    }
    out = ask("revenue.recognize", value)
    assert fen(out["recognized"]) + fen(out["deferred"]) == amount
    assert fen(out["recognized"]) >= 0
    assert fen(out["deferred"]) >= 0


@given(
    st.lists(st.lists(st.integers(100, 10**9), min_size=1, max_size=4), min_size=1, max_size=4),
    st.lists(st.tuples(st.integers(0, 900), amounts), max_size=5),
)
def test_after_every_close_each_partner_has_funded_its_share_of_every_call(closes, calls):
    value = {
        "closes": [
            {"date": (DAY0 + dt.timedelta(days=200 * i)).isoformat(), "partners": [{"partner": f"{i}.{j}", "commitment": yuan(c)} for j, c in enumerate(partners)]}
            for i, partners in enumerate(closes)
        ],
        "calls": [{"date": (DAY0 + dt.timedelta(days=day)).isoformat(), "amount": yuan(amount)} for day, amount in sorted(calls)],
        "rate": 0.08,
    }  # fmt: skip
    out = ask("fund.equalize_closes", value)
    total = sum(sum(partners) for partners in closes)
    called = sum(amount for _, amount in calls)
    assert sum(fen(row["funded"]) for row in out["funded"]) == called
    for row in out["funded"]:
        assert abs(fen(row["funded"]) - Fraction(called * fen(row["commitment"]), total)) <= len(calls)
    for i in range(len(closes)):
        day = value["closes"][i]["date"]
        mine = [row for row in out["settlements"] if row["close"] == day]
        assert sum(fen(row["capital"]) for row in mine) == 0
        assert sum(fen(row["interest"]) for row in mine) == 0


@given(st.integers(1, 10**9), st.integers(0, 10**9), st.integers(1, 40))
def test_i101_growth_compounds_back_to_the_end_value_and_needs_a_positive_base(base, end, years):
    rate = ask("policy.growth", {"base": base, "end": end, "years": years})["cagr"]
    assert base * (1 + rate) ** years == pytest.approx(end, rel=1e-6, abs=1e-6)
    assert ask("policy.growth", {"base": 0, "end": end, "years": years})["refusal"] == "base_not_positive"


@given(st.integers(1, 400))
def test_i79_a_fee_rate_above_the_cap_is_refused_unless_justified(basis_points):
    value = {
        "commitments": "1000000.00", "start": "2024-01-01", "investment_end": "2025-01-01", "end": "2026-01-01",
        "rates": [{"since": "2024-01-01", "rate": basis_points / 10000}],
    }  # fmt: skip
    out = ask("fund.management_fee", value)
    assert ("refusal" in out) == (basis_points > 200)
    assert "refusal" not in ask("fund.management_fee", value | {"justified_above_cap": True})
