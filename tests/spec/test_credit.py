"""How a loan on patents is repaid, secured and lost: the specification of the credit calculations."""

import pytest

from .door import ask, bad


def test_an_annuity_pays_the_same_each_month_and_ends_at_zero():
    out = ask("loan.schedule", principal="1000000.00", rate_annual=0.06, months=12, method="annuity")
    first, last = out["rows"][0], out["rows"][-1]
    assert first == {"period": 1, "principal": "81066.43", "interest": "5000.00", "balance": "918933.57"}  # A = 86,066.43
    assert last["balance"] == "0.00"
    assert out["total_principal"] == "1000000.00"


def test_without_interest_an_annuity_is_the_principal_in_equal_parts():
    out = ask("loan.schedule", principal="100.00", rate_annual=0, months=3, method="annuity")
    assert [row["principal"] for row in out["rows"]] == ["33.33", "33.33", "33.34"]


def test_linear_repays_equal_principal_and_a_bullet_all_at_the_end():
    linear = ask("loan.schedule", principal="1200.00", rate_annual=0.12, months=12, method="linear")
    assert [row["interest"] for row in linear["rows"][:2]] == ["12.00", "11.00"]
    bullet = ask("loan.schedule", principal="1200.00", rate_annual=0.12, months=12, method="bullet")
    assert [row["principal"] for row in bullet["rows"]] == ["0.00"] * 11 + ["1200.00"]
    assert bullet["total_interest"] == "144.00"


def test_a_loan_of_one_fen_has_no_negative_payment():
    rows = ask("loan.schedule", principal="0.01", rate_annual=0.5, months=7, method="annuity")["rows"]
    assert sum(float(row["principal"]) for row in rows) == pytest.approx(0.01)
    assert all(float(row["principal"]) >= 0 for row in rows)


def test_a_dead_right_is_no_collateral_and_the_cure_brings_the_loan_back_to_the_trigger():
    out = ask(
        "loan.collateral", balance="3000000.00", trigger=0.5, cap=0.4,
        collateral=[{"value": "8000000.00", "haircut": 0.3}, {"value": "9000000.00", "alive": False}],
    )  # fmt: skip
    assert out["value"] == "5600000.00"
    assert out["ltv"] == pytest.approx(3 / 5.6)
    assert (out["breached"], out["cure"], out["max_loan"]) == (True, "200000.00", "2240000.00")


def test_a_loan_without_living_collateral_is_breached_and_has_no_ratio():
    out = ask("loan.collateral", balance="1.00", collateral=[], trigger=0.5, cap=0.4)
    assert (out["ltv"], out["breached"], out["cure"]) == (None, True, "1.00")
    assert not ask("loan.collateral", balance="0.00", collateral=[], trigger=0.5, cap=0.4)["breached"]


def test_expected_loss_is_pd_times_lgd_times_exposure():
    assert ask("loan.expected_loss", pd=0.03, lgd=0.45, exposure="5000000.00")["expected_loss"] == "67500.00"


def test_the_zhongshan_split_and_a_fen_that_does_not_divide():
    shares = {"fund": 54, "bank": 26, "insurer": 16, "appraiser": 4}
    assert ask("pool.split", loss="1000000.00", shares=shares)["parts"] == {
        "fund": "540000.00", "bank": "260000.00", "insurer": "160000.00", "appraiser": "40000.00",
    }  # fmt: skip
    assert ask("pool.split", loss="0.01", shares={"fund": 50, "bank": 50})["parts"] == {"fund": "0.01", "bank": "0.00"}
    assert bad("pool.split", loss="1.00", shares={"fund": 50, "bank": 49}) == ("inconsistent", "shares")
    assert bad("pool.split", loss="1.00", shares={"fund": 100, "bank": 0}) == ("out_of_range", "shares.bank")
