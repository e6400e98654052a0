"""The rules of a securitization: terms, eligibility, the payment date to the fen, triggers, allotment, and scenarios against the payment date."""

import datetime as dt
import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from langqiao.engine.kernel.calculation import BadInput
from langqiao.engine.kernel.money import round_half_up
from langqiao.engine.securitization.allocation import allotted, holders_parts
from langqiao.engine.securitization.eligibility import Claim, claim_reasons, concentration_reasons, criteria_of
from langqiao.engine.securitization.grid import break_even, cross, run
from langqiao.engine.securitization.pool_flows import Scenarios, plans_of, pool_cash
from langqiao.engine.securitization.schedule import dates, gathered, plan
from langqiao.engine.securitization.terms import ITEMS, terms_read, terms_reasons, terms_write
from langqiao.engine.securitization.triggers import Watched, measured, tripped
from langqiao.engine.securitization.waterfall import Collected, Period, accelerate, conserved, opening_state, pay
from langqiao.engine.securitization.workflow import PERIOD, ROLES, TRANSACTION
from langqiao.rules import parameters
from langqiao.rules.refusals import refusals

DAY = dt.date(2026, 1, 1)
CRITERIA = criteria_of(parameters())
LOT = 100_00
RAW = {
    "tranches": [
        {"name": "A", "rank": "senior", "balance": "80000.00", "rate": 0.04},
        {"name": "B", "rank": "mezzanine", "balance": "10000.00", "rate": 0.05},
        {"name": "C", "rank": "junior", "balance": "10000.00"},
    ],
    "periods": 4,
    "periods_per_year": 4,
    "reserve": {"initial": "500.00", "target": "1000.00"},
    "support": {"limit": "5000.00"},
    "fees": [{"payee": "trustee", "fixed": "100.00"}, {"payee": "servicer", "rate": 0.004, "place": "subordinated_fees"}],
    "triggers": [{"kind": "cumulative_default", "level": 0.1}, {"kind": "interest_cover", "level": 1}],
}
TERMS = terms_read(RAW)


def changed(**more):
    return terms_read(RAW | more)


def claim(number=1, **more):
    given = {"id": f"c{number}", "obligor": f"o{number}", "industry": f"i{number % 7}", "region": f"r{number % 7}"}
    return Claim(**(given | {"balance_fen": 20_000_000_00, "ends_on": dt.date(2028, 6, 1)} | more))


def test_terms_are_read_back_as_they_were_written_and_a_fault_names_its_field():
    assert terms_read(terms_write(TERMS)) == TERMS
    for change, field in (({"periods": 0}, "periods"), ({"waterfall": ["tax", "loot"]}, "waterfall"), ({"loot": 1}, "loot")):
        with pytest.raises(BadInput) as bad:
            changed(**change)
        assert field in bad.value.field


def test_tranches_sum_to_the_issue_and_ranks_lots_and_order_are_checked():
    assert terms_reasons(TERMS, issue_fen=100_000_00, lot_fen=LOT) == ()
    wrong = terms_reasons(TERMS, issue_fen=100_000_01, lot_fen=LOT)
    assert [reason.code for reason in wrong] == ["tranches_do_not_sum"]
    upside = changed(tranches=[RAW["tranches"][2], RAW["tranches"][0], RAW["tranches"][1]])
    assert terms_reasons(upside, issue_fen=100_000_00, lot_fen=LOT)[0].facts["faults"] == ("ranks",)
    assert terms_reasons(TERMS, issue_fen=100_000_00, lot_fen=7_00)[0].facts["faults"] == ("lots",)
    scheduled = changed(principal="scheduled")
    assert terms_reasons(scheduled, issue_fen=100_000_00, lot_fen=LOT)[0].facts["faults"] == ("targets A", "targets B")


@pytest.mark.parametrize(
    ("first", "second"), [("senior_interest", "mezzanine_interest"), ("senior_principal", "junior_principal"), ("tax", "residual")]
)
def test_an_order_that_puts_a_junior_holder_first_is_refused(first, second):
    items = list(ITEMS)
    here, there = items.index(first), items.index(second)
    items[here], items[there] = items[there], items[here]
    assert terms_reasons(changed(waterfall=items), issue_fen=100_000_00, lot_fen=LOT)[0].code == "structure_inconsistent"
    later = [item for item in ITEMS if item != "reserve"]
    later.insert(later.index("junior_interest"), "reserve")
    assert terms_reasons(changed(waterfall=later), issue_fen=100_000_00, lot_fen=LOT) == ()  # the reserve may stand behind the mezzanine


def test_a_good_payment_date_pays_by_the_order_to_the_fen():
    period = Period(number=1, collected=Collected(interest=2_000_00, principal=25_000_00), opening=100_000_00, closing=75_000_00)
    found = pay(TERMS, opening_state(TERMS), period)
    assert [(line.item, line.to, line.amount) for line in found.lines] == [
        ("fees", "trustee", 100_00), ("senior_interest", "A", 800_00), ("mezzanine_interest", "B", 125_00), ("reserve", "", 500_00),
        ("senior_principal", "A", 25_000_00), ("subordinated_fees", "servicer", 100_00), ("residual", "C", 375_00),
    ]  # fmt: skip
    assert found.after.balances == (55_000_00, 10_000_00, 10_000_00) and found.after.reserve == 1_000_00 and found.call == 0
    assert conserved(found, opening_state(TERMS), period)


def test_missing_senior_interest_draws_the_reserve_then_the_undertaking_and_what_stays_missing_is_owed():
    nothing = Period(number=1, collected=Collected(), opening=100_000_00, closing=100_000_00)
    found = pay(TERMS, opening_state(TERMS), nothing)
    assert (found.reserve_drawn, found.call) == (500_00, 300_00) and found.after.support == 300_00
    assert found.paid("senior_interest") == 800_00 and found.after.arrears == (0, 125_00, 0)
    unpaid = pay(TERMS, opening_state(TERMS), Period(number=1, collected=Collected(), opening=1, closing=1, support_given=0))
    assert unpaid.after.arrears[0] == 300_00 and unpaid.call == 0
    later = pay(TERMS, found.after, Period(number=2, collected=Collected(interest=9_000_00), opening=100_000_00, closing=100_000_00))
    assert later.paid("mezzanine_interest") == 250_00 and later.paid("reimbursement") == 300_00 and later.after.support == 0


def test_after_a_trigger_the_senior_tranche_takes_everything_before_the_mezzanine_gets_interest():
    period = Period(number=2, collected=Collected(interest=1_000_00, principal=20_000_00), opening=100_000_00, closing=80_000_00)
    found = pay(TERMS, accelerate(opening_state(TERMS)), period)
    assert found.paid("senior_principal") == 21_000_00 - 100_00 - 800_00 and found.paid("mezzanine_interest") == found.paid("residual") == 0


def test_scheduled_principal_keeps_cash_back_until_it_is_due():
    targets = ["0.00", "0.00", "0.00", "80000.00"]
    tranches = [
        RAW["tranches"][0] | {"targets": targets},
        RAW["tranches"][1] | {"targets": ["0.00", "0.00", "0.00", "10000.00"]},
        RAW["tranches"][2],
    ]
    bullet = changed(principal="scheduled", tranches=tranches)
    period = Period(number=1, collected=Collected(interest=2_000_00, principal=25_000_00), opening=100_000_00, closing=75_000_00)
    found = pay(bullet, opening_state(bullet), period)
    assert found.after.retained == 25_000_00 and found.after.balances == opening_state(bullet).balances
    last = Period(number=4, collected=Collected(interest=500_00, principal=75_000_00), opening=75_000_00, closing=0)
    assert pay(bullet, found.after, last).after.balances == (0, 0, 0)


def test_each_test_trips_on_its_own_side_of_the_level():
    state = opening_state(TERMS)
    period = Period(number=1, collected=Collected(interest=1_024_99), opening=100_000_00, closing=100_000_00)
    assert tripped(measured(TERMS, state, period, Watched(defaulted=10_000_00, pool=100_000_00))) == ("interest_cover",)
    assert tripped(measured(TERMS, state, period, Watched(defaulted=10_000_01, pool=100_000_00))) == (
        "cumulative_default",
        "interest_cover",
    )
    events = changed(
        triggers=[
            {"kind": kind, "level": 1} for kind in ("support_called", "servicer_default", "overcollateralization", "debt_service_cover")
        ]
    )
    found = measured(events, state, period, Watched(defaulted=0, pool=1, called=True, declared=frozenset({"servicer_default"})))
    assert tripped(found) == ("support_called", "servicer_default", "debt_service_cover")
    assert next(one.value for one in found if one.kind == "overcollateralization") == Fraction(100, 90)


@st.composite
def deals(draw):
    """A deal with random sizes, order and support, and random collections for its dates."""
    cents = st.integers(0, 40_000_00)
    sizes = [draw(st.integers(1, 1_000)) * LOT for _ in range(3)]
    tranches = [
        tranche | {"balance": f"{size // 100}.00", "rate": rate}
        for tranche, size, rate in zip(
            RAW["tranches"], sizes, draw(st.sampled_from([(0.04, 0.06, 0.0), (0.0, 0.1, 0.02), (0.1, 0.1, 0.1)])), strict=True
        )
    ]
    terms = changed(
        tranches=tranches, principal=draw(st.sampled_from(["pass_through", "turbo"])), order=draw(st.sampled_from(["sequential", "pro_rata"])),
        support=draw(st.sampled_from([None, {"limit": "300.00"}, {"limit": "90000.00", "covers": "senior_and_mezzanine"}])),
        tax_rate=draw(st.sampled_from([0, 0.03])), periods=draw(st.integers(1, 5)),
    )  # fmt: skip
    flows = [(draw(cents), draw(st.integers(0, 30)), draw(st.integers(0, 20)), draw(cents)) for _ in range(terms.periods)]
    return terms, flows, draw(st.integers(0, 5)), draw(st.sampled_from([None, 0, 1_00]))


@given(deals())
@settings(max_examples=150, deadline=None)
def test_p10_cash_is_conserved_balances_only_fall_and_a_junior_never_gets_principal_before_the_senior(drawn):
    terms, flows, trip, given_support = drawn
    state, pool, paid = opening_state(terms), terms.size, 0
    for number, (interest, part, lost, recovery) in enumerate(flows, 1):
        principal, default = pool * part // 100, pool * lost // 100
        opening, pool = pool, pool - principal - default
        collected = Collected(interest=interest, principal=principal, recovery=recovery)
        period = Period(number=number, collected=collected, opening=opening, closing=pool, support_given=given_support)
        state = accelerate(state) if number == trip else state
        found = pay(terms, state, period)
        assert conserved(found, state, period)
        if terms.order == "sequential" or state.accelerated or terms.principal == "turbo":
            assert not found.after.balances[0] or found.paid("mezzanine_principal") == found.paid("junior_principal") == 0
        support = terms.support.limit if terms.support else 0
        assert found.after.support <= support and all(due >= 0 for due in found.due_interest)
        state = found.after
        paid += found.paid("senior_interest")
    assert paid >= 0


@given(deals(), st.integers(1, 50))
@settings(max_examples=60, deadline=None)
def test_p10_the_senior_tranche_is_never_worse_with_more_subordination(drawn, more):
    terms, flows, _trip, _given = drawn

    def senior(extra):
        tranches = list(terms_write(terms)["tranches"])
        tranches[2] = tranches[2] | {"balance": f"{terms.tranches[2].balance // 100 + extra}.00"}
        deal = terms_read(terms_write(terms) | {"tranches": tranches, "order": "sequential", "principal": "turbo", "triggers": []})
        state, pool, got = opening_state(deal), terms.size, 0
        for number, (interest, part, lost, recovery) in enumerate(flows, 1):
            principal, default = pool * part // 100, pool * lost // 100
            opening, pool = pool, pool - principal - default
            collected = Collected(interest=interest, principal=principal, recovery=recovery)
            found = pay(deal, state, Period(number=number, collected=collected, opening=opening, closing=max(pool, 1)))
            got += found.paid("senior_interest") + found.paid("senior_principal")
            state = found.after
        return got

    assert senior(more * 100) >= senior(0)


def test_every_reason_against_a_claim_is_named_and_the_concentration_of_the_pool_too():
    bad = claim(1, balance_fen=1, ends_on=DAY, days_past_due=99, assignable=False, defaulted=True, scheduled_fen=2)
    assert [reason.facts["test"] for reason in claim_reasons(bad, CRITERIA, DAY)] == [
        "defaulted", "not_assignable", "balance_below", "ends_too_early", "past_due", "schedule_differs",
    ]  # fmt: skip
    assert claim_reasons(claim(1), CRITERIA, DAY) == ()
    spread = [claim(number) for number in range(1, 15)]
    assert concentration_reasons(spread, CRITERIA) == ()
    one = [claim(number, obligor="o", industry="i") for number in range(1, 5)]
    assert {reason.facts["test"] for reason in concentration_reasons(one, CRITERIA)} >= {"obligors", "obligor", "industry"}
    with pytest.raises(ValueError, match="no criterion"):
        criteria_of(parameters(), {"loot": 1})


@pytest.mark.parametrize("method", ["level", "linear", "bullet"])
@given(balance=st.integers(1, 10**11), rate=st.sampled_from(["0", "0.06", "0.2"]), payments=st.integers(1, 60))
@settings(max_examples=40, deadline=None)
def test_a_plan_repays_its_claim_exactly(method, balance, rate, payments):
    rows = plan(balance, Fraction(rate), payments, method, begins=DAY, months=3)
    assert sum(row.principal_fen for row in rows) == balance and all(row.principal_fen >= 0 and row.interest_fen >= 0 for row in rows)


def test_flows_fall_into_the_period_that_ends_on_or_after_their_day_and_none_is_lost():
    rows = plan(1_000_00, Fraction(0), 10, "linear", begins=DAY, months=1)
    principal, interest = gathered(rows, dates(dt.date(2026, 3, 31), 3, 4))
    assert principal == [200_00, 300_00, 500_00] and interest == [0, 0, 0]


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=20), st.integers(1, 10**6))
def test_an_allotment_is_exact_in_whole_lots_and_gives_nobody_more_than_asked(bids, lots):
    asked = {str(number): bid * LOT for number, bid in enumerate(bids)}
    if sum(bids) < lots:
        with pytest.raises(ValueError, match="asked for"):
            allotted(lots * LOT, asked, LOT)
        return
    found = allotted(lots * LOT, asked, LOT)
    assert sum(found.values()) == lots * LOT
    assert all(found[name] <= bid and found[name] % LOT == 0 for name, bid in asked.items())
    parts = holders_parts(12_345_67, {name: amount for name, amount in found.items() if amount})
    assert sum(parts.values()) == 12_345_67


def pool_of(count=6, periods=8):
    rows = []
    for number in range(count):
        flows = plan(20_000_00 + number * 1_111_00, Fraction(6 + number, 100), periods, "level", begins=DAY, months=3)
        rows.append(([flow.principal_fen for flow in flows], [flow.interest_fen for flow in flows], 1 + number % 2))
    return plans_of(rows)


def sized(principal, pool_fen, **more):
    tranches = [dict(one) for one in RAW["tranches"]]
    for tranche, share in zip(tranches, (70, 15), strict=False):
        tranche["balance"] = f"{pool_fen * share // 10000}.00"
    tranches[2]["balance"] = f"{pool_fen * 10 // 10000}.00"
    if principal == "scheduled":
        for tranche in tranches[:2]:
            whole = int(tranche["balance"][:-3])
            tranche["targets"] = [f"{whole // 8}.00"] * 7 + [f"{whole - 7 * (whole // 8)}.00"]
    return changed(tranches=tranches, principal=principal, periods=8, tax_rate=0.03, **more)


@pytest.mark.parametrize("principal", ["pass_through", "turbo", "scheduled"])
@pytest.mark.parametrize("covers", ["senior", "senior_and_mezzanine"])
@pytest.mark.parametrize("order", ["sequential", "pro_rata"])
def test_scenarios_agree_with_the_payment_date_to_the_yuan(principal, covers, order):
    if principal == "scheduled" and order == "pro_rata":
        pytest.skip("a schedule has no pro rata")
    plans = pool_of()
    pool = int(plans.principal.sum())
    triggers = [
        {"kind": "cumulative_default", "level": 0.15},
        {"kind": "support_called", "level": 1},
        {"kind": "interest_cover", "level": 0.8},
    ]
    terms = sized(principal, pool, support={"limit": "3000.00", "covers": covers}, order=order, triggers=triggers)
    scenarios = cross([0.0, 0.2], [0.0, 0.02, 0.1, 0.4], [0.0, 0.5], lag=2)
    found = run(terms, plans, scenarios)
    for s in range(scenarios.count):
        state, defaulted, called = opening_state(terms), 0.0, False
        for k in range(8):
            one = {name: getattr(found.cash, name)[k, s] for name in ("interest", "principal", "prepayment", "recovery")}
            defaulted += found.cash.default[k, s]
            period = Period(
                number=k + 1, collected=Collected(**{name: round_half_up(Fraction(value)) for name, value in one.items()}),
                opening=round(found.cash.opening[k, s]), closing=round(found.cash.closing[k, s]),
            )  # fmt: skip
            tests = measured(terms, state, period, Watched(defaulted=round(defaulted), pool=pool, called=called))
            state = accelerate(state) if tripped(tests) else state
            paid = pay(terms, state, period)
            assert conserved(paid, state, period)
            called |= paid.call > 0
            for place, tranche in enumerate(terms.tranches):
                item = f"{tranche.rank}_principal"
                assert abs(paid.paid(item, tranche.name) - found.principal[k, place, s]) < 100, (s, k, place)
            assert abs(paid.call - found.support[k, s]) < 100 and abs(paid.after.reserve - found.reserve[k, s]) < 100
            assert abs(paid.after.retained - found.retained[k, s]) < 100
            state = paid.after
        assert all(
            abs(left + owed - gone) < 200 for left, owed, gone in zip(state.balances, state.arrears, found.unpaid[:, s], strict=True)
        )


def test_p10_wal_falls_with_prepayment_and_the_senior_tranche_loses_nothing_before_what_stands_under_it_is_gone():
    plans = pool_of()
    terms = sized("pass_through", int(plans.principal.sum()), support=None, triggers=[])
    faster = run(terms, plans, cross([0.0, 0.1, 0.3, 0.6], [0.01], [0.4])).wal_years[0]
    assert all(slow > fast for slow, fast in itertools.pairwise(faster))
    found = run(terms, plans, cross([0.0], list(np.linspace(0, 0.9, 40)), [0.0]))
    lost = found.cash.default.sum(axis=0)
    under = sum(tranche.balance for tranche in terms.tranches[1:])
    assert all(gone < 100 for gone, loss in zip(found.unpaid[0], lost, strict=True) if loss <= under)
    assert found.unpaid[0][-1] > 100
    out = found.principal.sum(axis=(0, 1)) + found.interest.sum(axis=(0, 1)) + found.residual.sum(axis=0)
    assert (
        out < sum(getattr(found.cash, name).sum(axis=0) for name in ("interest", "principal", "prepayment")) + terms.reserve.initial + 1
    ).all()


def test_the_break_even_is_the_last_default_rate_at_which_a_tranche_is_whole():
    plans = pool_of()
    terms = sized("pass_through", int(plans.principal.sum()), support=None, triggers=[])
    found = break_even(terms, plans, 0)
    assert found.cdr is not None and 0.05 < found.cdr < 0.9
    assert break_even(terms, plans, 1).cdr < found.cdr
    near = Scenarios(cpr=np.zeros(2), cdr=np.array([found.cdr, found.cdr + 0.001]), recovery=np.zeros(2))
    assert run(terms, plans, near).whole(0).tolist() == [1.0, 0.0]
    bare = terms_read(terms_write(terms) | {"tranches": [RAW["tranches"][0] | {"balance": "9000000.00"}, RAW["tranches"][2]]})
    assert break_even(bare, plans, 0).reason == "fails_without_defaults"


def test_a_pool_keeps_its_cash_whatever_the_order_of_its_claims_and_conserves_its_balance():
    plans = pool_of()
    scenarios = cross([0.0, 0.2], [0.0, 0.1], [0.4], lag=3)
    cash = pool_cash(plans, scenarios, periods_per_year=4)
    assert np.allclose(cash.opening[0], plans.principal.sum())
    assert np.allclose(cash.opening - cash.default - cash.principal - cash.prepayment, cash.closing)
    assert np.allclose(cash.recovery.sum(axis=0), cash.default.sum(axis=0) * 0.4)
    single = sum(
        pool_cash(plans_of([(p, i, r)]), scenarios, periods_per_year=4).interest
        for p, i, r in zip(plans.principal, plans.interest, plans.risk, strict=True)
    )
    assert np.allclose(single, cash.interest)


@pytest.mark.parametrize("table", [TRANSACTION, PERIOD], ids=lambda table: table.name)
def test_the_tables_reach_an_end_from_everywhere_and_every_code_is_registered(table):
    assert {role for step in table.steps for role in step.by} <= {*ROLES, "system"}
    assert {code for step in table.steps for code in step.unless} <= set(refusals())
    ends = set(table.ends)
    while True:
        more = {step.source for step in table.steps if step.target in ends} | ends
        if more == ends:
            break
        ends = more
    assert ends == set(table.states)
