"""The rules of a loan on patents: limit, bank's reasons, the table, payments to the fen, alarms, and how a loss is borne."""

import datetime as dt
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langqiao.engine.credit.compensation import PoolTerms, claim_parts, leverage_allows, stopped
from langqiao.engine.credit.limit import Report, Security, Wanted, bank_reasons, limit
from langqiao.engine.credit.loan_workflow import IN_THE_DEAL, LAW, LOAN, ROLES
from langqiao.engine.credit.monitoring import Held, Seen, judge, seen_of
from langqiao.engine.credit.policy import policy_of
from langqiao.engine.credit.servicing import allocate, payoff, plan_of, proceeds_divide, recovery_divide
from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.operations.check import REFUSALS
from langqiao.engine.operations.encumbrance import Encumbrance, Standing
from langqiao.rules import parameters
from langqiao.rules.refusals import refusals

DAY = dt.date(2026, 3, 31)
POLICY = policy_of(parameters())
FAR = dt.date(2040, 1, 1)
REPORT = Report(appraisers=("甲", "乙"), methods=frozenset({"cost", "income"}), base_date=DAY)
TERMS = PoolTerms(
    shares={"fund": Fraction(54), "bank": Fraction(26), "insurer": Fraction(16), "appraiser": Fraction(4)},
    loan_cap_fen=5_000_000_00, leverage=Fraction(10), stop_loss=Fraction(1, 10), claim_days=30,
)  # fmt: skip


def security(patent="P", kind="invention", grade="A", expiry_date=FAR, value_fen=1_000_000_00):
    return Security(patent=patent, type=kind, grade=grade, expiry_date=expiry_date, value_fen=value_fen)


def codes(wanted, securities, **more):
    return {reason.code for reason in bank_reasons(wanted, securities, POLICY, **more)}


def test_the_limit_is_value_times_the_rate_of_type_grade_and_life_and_never_above_the_cap():
    found = limit([security(), security("U", "utility_model", "B", dt.date(2031, 4, 1))], POLICY, DAY)
    assert [row.rate for row in found.rows] == [Fraction(2, 5), Fraction(25, 100) * Fraction(9, 10) * Fraction(8, 10)]
    assert found.limit_fen == 400_000_00 + 180_000_00
    assert limit([security(value_fen=10**12)], POLICY, DAY).limit_fen == POLICY.cap_fen


def test_every_reason_of_the_bank_is_listed_and_not_only_the_first():
    bad = [security("D", "design"), security("S", expiry_date=dt.date(2028, 1, 1))]
    old = Report(appraisers=("甲", " 甲 "), methods=frozenset({"cost"}), base_date=dt.date(2025, 1, 1), signed_and_sealed=False)
    found = bank_reasons(Wanted(amount_fen=10**11, months=60, on=DAY), bad, POLICY, report=old, appraised=True)
    assert [reason.code for reason in found] == [
        "design_not_accepted", "remaining_life_too_short", "loan_term_too_long", "loan_above_bank_cap", "appraisal_formalities_missing",
        "appraisal_too_old", "loan_above_pledge_rate",
    ]  # fmt: skip
    missing = next(reason for reason in found if reason.code == "appraisal_formalities_missing").facts["missing"]
    assert missing == ("two_appraisers", "second_method_or_reason", "signatures_and_seal")
    assert codes(Wanted(amount_fen=400_000_00, months=36, on=DAY), [security()], report=REPORT, appraised=True) == set()


@pytest.mark.parametrize(("days", "code"), [(0, set()), (365, set()), (366, {"appraisal_too_old"}), (-1, {"appraisal_too_old"})])
def test_an_appraisal_serves_for_twelve_months_from_its_base_date(days, code):
    assert codes(Wanted(amount_fen=1, months=1, on=DAY + dt.timedelta(days=days)), [security()], report=REPORT) == code


def test_one_method_needs_a_reason():
    alone = Report(appraisers=("甲", "乙"), methods=frozenset({"income"}), base_date=DAY)
    assert alone.missing == ("second_method_or_reason",)
    assert Report(appraisers=("甲", "乙"), methods=frozenset({"income"}), one_method_reason="no market", base_date=DAY).missing == ()


def test_the_table_lets_each_role_do_only_its_own_in_each_state():
    assert {role for step in LOAN.steps for role in step.by} == set(ROLES)
    assert len({(step.source, step.event) for step in LOAN.steps}) == len(LOAN.steps)
    events = {step.event for step in LOAN.steps}
    for state in LOAN.states:
        for event in events:
            step = LOAN.step(state, event)
            for role in ROLES:
                if step is not None and role in step.by:
                    assert LOAN.take(state, event, role).target in LOAN.states
                    continue
                with pytest.raises(Refusal) as refused:
                    LOAN.take(state, event, role)
                assert refused.value.code == ("not_allowed" if step else "step_not_possible")
    assert not any(step.source in LOAN.ends for step in LOAN.steps)
    assert all(any(step.source == state for step in LOAN.steps) for state in set(LOAN.states) - LOAN.ends)


def test_every_code_of_the_table_is_in_the_registry_and_every_rule_on_pledges_is_asked():
    assert {code for step in LOAN.steps for code in step.unless} <= set(refusals())
    assert {rule.code for rule in REFUSALS if "pledge" in rule.operations} <= set(LAW) | IN_THE_DEAL


def test_money_leaves_only_after_registration():
    draws = [step for step in LOAN.steps if step.event == "draw"]
    assert draws and all("pledge_not_registered" in step.unless and "four_eyes_missing" in step.unless for step in draws)


@given(
    principal=st.integers(1, 10**10), rate=st.fractions(0, Fraction(24, 100), max_denominator=10_000), months=st.integers(1, 48),
    method=st.sampled_from(["annuity", "linear", "bullet"]), day=st.integers(0, 1500), share=st.fractions(0, 1),
)  # fmt: skip
def test_a_payment_is_divided_to_the_fen_and_the_payoff_leaves_nothing(*, principal, rate, months, method, day, share):
    rows = plan_of(principal, rate, months, method, begins=DAY)
    assert sum(row.principal_fen for row in rows) == principal
    today = DAY + dt.timedelta(days=day)
    whole = payoff(rows, rate, today)
    assert whole.principal_fen == principal
    assert whole.interest_fen <= sum(row.interest_fen for row in rows)
    amount = int(share * (whole.principal_fen + whole.interest_fen))
    try:
        found = allocate(amount, rows, rate, today)
    except Refusal:
        assert amount > whole.interest_fen
        return
    assert found.principal_fen + found.interest_fen == amount
    assert 0 <= found.principal_fen <= principal and found.interest_fen >= 0


def test_interest_of_a_whole_period_is_that_of_the_schedule():
    rows = plan_of(1_200_000_00, Fraction(435, 10_000), 12, "linear", begins=DAY)
    assert rows[0].interest_fen == 4_350_00 and rows[0].due_on == dt.date(2026, 4, 30)
    half = payoff(rows, Fraction(435, 10_000), DAY + dt.timedelta(days=15))
    assert half.interest_fen == 2_175_00 and half.principal_fen == 1_200_000_00


def seen(*troubles, alive=True):
    return Seen(alive=alive, status="in_force" if alive else "lapsed", troubles=frozenset(troubles))


@pytest.mark.parametrize(
    ("balance", "held", "level", "reasons"),
    [
        (400, [(1000, seen())], "fine", ()),
        (400, [(1000, seen("annuity_missed"))], "warn", ("annuity_missed",)),
        (500, [(1000, seen())], "warn", ("ltv_warn",)),
        (400, [(1000, seen("under_invalidation"))], "margin", ("under_invalidation", "ltv_margin")),
        (400, [(600, seen()), (400, seen(alive=False))], "margin", ("right_dead", "ltv_margin")),
        (400, [(1000, seen(alive=False))], "accelerate", ("right_dead", "ltv_accelerate")),
        (0, [(1000, seen(alive=False))], "fine", ("right_dead",)),
    ],
)
def test_the_alarm_follows_the_living_value(balance, held, level, reasons):
    found = judge(balance, [Held(value_fen=value, seen=one) for value, one in held], POLICY)
    assert (found.level, found.reasons) == (level, reasons)


def test_a_right_is_seen_as_the_record_has_it():
    right = Standing(type="invention", granted=True, status="grace", owners=("A",), expiry_date=FAR)
    assert seen_of(right, DAY) == Seen(alive=True, status="grace", troubles=frozenset({"annuity_missed"}))
    assert not seen_of(right, FAR).alive
    burdened = Standing(
        type="invention", granted=True, status="in_force", owners=(), encumbrances=(Encumbrance(kind="under_invalidation"),)
    )
    assert seen_of(burdened, DAY).troubles == {"under_invalidation"}
    assert not seen_of(Standing(type="invention", granted=True, status="invalidated", owners=()), DAY).alive


def test_a_loss_is_borne_by_the_published_split_of_zhongshan_and_cut_at_the_cap():
    assert claim_parts(1_000_000_00, TERMS) == {"fund": 540_000_00, "bank": 260_000_00, "insurer": 160_000_00, "appraiser": 40_000_00}
    cut = claim_parts(10_000_000_00, TERMS)
    assert sum(cut.values()) == 10_000_000_00 and sum(cut.values()) - cut["bank"] == TERMS.loan_cap_fen


@given(loss=st.integers(1, 10**12), back=st.integers(0, 10**12))
def test_a_loss_and_its_recovery_are_conserved(loss, back):
    parts = claim_parts(loss, TERMS)
    assert sum(parts.values()) == loss and min(parts.values()) >= 0
    assert sum(recovery_divide(back, list(parts.values()))) == back


def test_proceeds_pay_cost_interest_principal_and_then_the_pledgor():
    found = proceeds_divide(100, cost_fen=10, interest_fen=20, principal_fen=50)
    assert (found.cost_fen, found.interest_fen, found.principal_fen, found.surplus_fen) == (10, 20, 50, 20)
    short = proceeds_divide(25, cost_fen=10, interest_fen=20, principal_fen=50)
    assert (short.cost_fen, short.interest_fen, short.principal_fen, short.surplus_fen) == (10, 15, 0, 0)


def test_leverage_and_stop_loss_hold_at_their_edges():
    assert leverage_allows(1000, 100, TERMS) and not leverage_allows(1001, 100, TERMS)
    assert stopped(100, 1000, TERMS) and not stopped(99, 1000, TERMS) and not stopped(0, 0, TERMS)


def test_shares_that_do_not_sum_are_refused():
    with pytest.raises(Refusal) as refused:
        PoolTerms(
            shares={"bank": Fraction(50), "fund": Fraction(49)}, loan_cap_fen=1, leverage=Fraction(1), stop_loss=Fraction(1), claim_days=0
        )
    assert refused.value.code == "loss_shares_do_not_sum"


@pytest.mark.parametrize("own", [{"triggers": {"warn": "0.6", "margin": "0.5", "accelerate": "0.8"}}, {"nonsense": 1}, {"cure_days": 0}])
def test_a_policy_that_makes_no_sense_is_refused(own):
    with pytest.raises(ValueError, match=r"rule of|rise|above zero"):
        policy_of(parameters(), own)
