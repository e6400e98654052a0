"""Loans with real dates, impairment stages and full securitization deals: the specification beyond the simple schedules."""

import numpy_financial as npf
import pytest
import QuantLib as ql  # noqa: N813 - the name everybody uses

from .door import ask, bad

LOAN = {
    "principal": "1200.00", "drawn_on": "2025-01-31", "periods": 4, "months_per_period": 3, "method": "linear", "day_count": "30_360",
    "resets": [{"date": "2025-01-31", "base_rate": 0.04}],
}  # fmt: skip


def test_quarters_from_the_last_of_january_keep_month_ends_and_interest_falls_with_the_balance():
    rows = ask("loan.floating_schedule", **LOAN)["rows"]
    assert [row["due_on"] for row in rows] == ["2025-04-30", "2025-07-31", "2025-10-31", "2026-01-31"]
    assert [row["interest"] for row in rows] == ["12.00", "9.00", "6.00", "3.00"]


def test_a_reset_inside_a_period_splits_its_interest_and_a_grace_period_pays_interest_only():
    resets = [{"date": "2025-01-31", "base_rate": 0.04}, {"date": "2025-03-15", "base_rate": 0.08}]
    rows = ask("loan.floating_schedule", **LOAN | {"resets": resets, "grace_periods": 1})["rows"]
    assert rows[0]["interest"] == "18.00"  # 45 days at 4 % (6.00) and 45 at 8 % (12.00)
    assert [row["principal"] for row in rows] == ["0.00", "400.00", "400.00", "400.00"]


def test_a_prepayment_shortens_or_reduces():
    ahead = {"date": "2025-04-30", "amount": "300.00"}
    shorter = ask("loan.floating_schedule", **LOAN | {"prepayments": [ahead | {"effect": "shorten"}]})["rows"]
    assert [row["principal"] for row in shorter] == ["300.00", "300.00", "300.00"]
    reduced = ask("loan.floating_schedule", **LOAN | {"prepayments": [ahead]})["rows"]
    assert [row["principal"] for row in reduced] == ["225.00", "225.00", "225.00", "225.00"]
    assert bad("loan.floating_schedule", **LOAN | {"grace_periods": 4}) == ("inconsistent", "grace_periods")
    assert bad("loan.floating_schedule", **LOAN | {"spread": -0.05}) == ("out_of_range", "resets[0].base_rate")


@pytest.mark.parametrize(("rate", "months"), [(0.0435, 36), (0.06, 12), (0.12, 240)])
def test_the_level_payment_is_that_of_numpy_financial(rate, months):
    first = ask("loan.schedule", principal="1000000.00", rate_annual=rate, months=months, method="annuity")["rows"][0]
    assert float(first["principal"]) + float(first["interest"]) == pytest.approx(-npf.pmt(rate / 12, months, 1e6), abs=0.006)


@pytest.mark.parametrize(("start", "end"), [((2024, 1, 31), (2024, 2, 29)), ((2025, 1, 31), (2026, 3, 31)), ((2024, 2, 29), (2025, 2, 28))])
def test_day_counts_are_those_of_quantlib(start, end):
    out = ask("loan.day_count", start="-".join(f"{n:02d}" for n in start), end="-".join(f"{n:02d}" for n in end))
    one, two = (ql.Date(day, month, year) for year, month, day in (start, end))
    assert out["act_365"] == pytest.approx(ql.Actual365Fixed().yearFraction(one, two))
    assert out["act_360"] == pytest.approx(ql.Actual360().yearFraction(one, two))
    assert out["thirty_360"] == pytest.approx(ql.Thirty360(ql.Thirty360.European).yearFraction(one, two))


def test_a_tranches_yield_at_par_is_its_coupon_by_quantlib():
    pool = {"balance": "1000000.00", "rate": 0.05, "periods": 8, "periods_per_year": 4}
    out = ask("securitization.run", pool=pool, tranches=[{"name": "A", "balance": "900000.00", "rate": 0.04}], principal="sequential_turbo")
    balance, flows = 900000.0, []
    for row in out["rows"]:
        flows.append(balance * 0.01 + row["principal"][0])
        balance -= row["principal"][0]
    today = ql.Date(1, 1, 2025)
    leg = [ql.SimpleCashFlow(flow, today + ql.Period(3 * (k + 1), ql.Months)) for k, flow in enumerate(flows)]
    rate = ql.CashFlows.yieldRate(leg, 900000.0, ql.Thirty360(ql.Thirty360.European), ql.Compounded, ql.Quarterly, False, today, today)
    assert rate == pytest.approx(0.04, abs=1e-6)


STAGE = {"days_past_due": 0, "pd_12_months": 0.02, "pd_lifetime": 0.05, "pd_at_origination": 0.04, "lgd": 0.5, "exposure": "1000000.00"}


def test_a_healthy_loan_carries_the_loss_of_twelve_months_and_a_worse_one_that_of_its_life():
    out = ask("loan.stage", **STAGE)
    assert (out["stage"], out["expected_loss"], out["reasons"]) == (1, "10000.00", [])
    out = ask("loan.stage", **STAGE | {"days_past_due": 30})
    assert (out["stage"], out["expected_loss"], out["reasons"]) == (2, "25000.00", ["past_due"])
    assert ask("loan.stage", **STAGE | {"pd_lifetime": 0.08})["reasons"] == ["probability_risen"]
    assert ask("loan.stage", **STAGE | {"collateral_alive": False})["stage"] == 2
    out = ask("loan.stage", **STAGE | {"days_past_due": 90, "effective_rate": 0.25, "years_to_loss": 1})
    assert (out["stage"], out["expected_loss"]) == (3, "400000.00")  # 500,000 discounted a year at 25 %
    assert bad("loan.stage", **STAGE | {"pd_lifetime": 0.01}) == ("inconsistent", "pd_lifetime")


DEAL = {
    "pool": {"balance": "100.00", "rate": 0.0, "periods": 4, "periods_per_year": 4},
    "tranches": [{"name": "A", "balance": "60.00", "rate": 0.0}, {"name": "B", "balance": "40.00", "rate": 0.0}], "principal": "sequential",
}  # fmt: skip


def test_sequential_pays_the_senior_first_and_pro_rata_by_balance():
    rows = ask("securitization.deal", **DEAL)["rows"]
    assert [row["principal"] for row in rows] == [["25.00", "0.00"], ["25.00", "0.00"], ["10.00", "15.00"], ["0.00", "25.00"]]
    rows = ask("securitization.deal", **DEAL | {"principal": "pro_rata"})["rows"]
    assert rows[0]["principal"] == ["15.00", "10.00"]


def test_a_revolving_period_reinvests_and_pays_no_principal():
    rows = ask("securitization.deal", **DEAL | {"revolving_periods": 2})["rows"]
    assert [row["reinvested"] for row in rows] == ["25.00", "33.33", "0.00", "0.00"]
    assert rows[1]["principal"] == ["0.00", "0.00"]
    assert rows[3]["balances"] == ["0.00", "0.00"]


def test_a_tripped_trigger_turns_pro_rata_into_sequential_for_good():
    pool = DEAL["pool"] | {"cdr": 0.5}
    out = ask(
        "securitization.deal", **DEAL | {"pool": pool, "principal": "pro_rata", "triggers": [{"kind": "cumulative_loss", "level": 0.1}]}
    )
    assert out["accelerated_in"] == 2  # the loss of the first quarter, 15.9 %, is seen at the second date
    assert out["rows"][0]["principal"][1] != "0.00"
    assert out["rows"][1]["principal"][1] == "0.00"
    assert out["rows"][1]["tripped"] == ["cumulative_loss"]


def test_the_reserve_covers_senior_interest_and_then_the_supporter_pays_and_is_reimbursed():
    pool = {"balance": "100.00", "rate": 0.0, "periods": 2, "periods_per_year": 1, "cdr": 1.0, "recovery": 1.0, "recovery_lag": 1}
    deal = {
        "pool": pool, "tranches": [{"name": "A", "balance": "50.00", "rate": 0.1}], "principal": "sequential",
        "reserve": {"balance": "2.00", "target": "0.00"}, "support": {"limit": "4.00"},
    }  # fmt: skip
    first, second = ask("securitization.deal", **deal)["rows"]
    assert (first["collections"], first["interest"], first["reserve_drawn"], first["support_drawn"]) == ("0.00", ["5.00"], "2.00", "3.00")
    assert (second["collections"], second["principal"], second["reimbursed"], second["residual"]) == ("100.00", ["50.00"], "3.00", "42.00")


def test_a_floater_pays_index_and_spread_up_to_its_cap():
    deal = DEAL | {
        "tranches": [{"name": "A", "balance": "100.00", "rate": 0.02, "kind": "floating", "cap": 0.05}],
        "index": [0.02, 0.06],
        "pool": DEAL["pool"] | {"rate": 0.2},
    }
    rows = ask("securitization.deal", **deal)["rows"]
    assert rows[0]["interest"] == ["1.00"]  # 4 % of 100 for a quarter
    assert float(rows[1]["interest"][0]) == pytest.approx(float(rows[0]["balances"][0]) * 0.05 / 4, abs=0.006)
    assert bad("securitization.deal", **deal | {"index": []}) == ("inconsistent", "tranches[0].kind")


def test_the_break_even_rate_is_where_the_senior_starts_to_lose():
    deal = DEAL | {"pool": {"balance": "100.00", "rate": 0.0, "periods": 1, "periods_per_year": 1, "cdr": 0.1}}
    out = ask("securitization.break_even", deal=deal, tranche="A")
    assert out["cdr"] == pytest.approx(0.4, abs=1e-4)  # 40 of subordination
    assert out["first_loss_multiple"] == pytest.approx(4, abs=1e-3)
    assert (
        ask("securitization.break_even", deal=deal | {"tranches": [{"name": "A", "balance": "101.00", "rate": 0}]}, tranche="A")["reason"]
        == "fails_without_defaults"
    )
    assert bad("securitization.break_even", deal=deal, tranche="Z") == ("inconsistent", "tranche")
