"""The life of a loan on patents as a table: from the application over registration and drawdown to release, or to enforcement and the pool."""

from langqiao.engine.credit.limit import BANK_RULES
from langqiao.engine.kernel.workflow import Step, Workflow
from langqiao.engine.operations.pledge import TWELVE

ROLES = ("borrower", "bank", "appraiser", "pool", "system")
FOUR_EYES = "four_eyes_missing"
IN_THE_DEAL = frozenset(
    {
        "pledge_contract_incomplete", "other_pledge_obstacle", "co_owner_consent_missing", "same_day_invention_unconfirmed",
        "invalidation_pending_unconfirmed",
    }
)  # fmt: skip
"""Cases that the pledge's own deal asks, before filing and again before registration: its contract, consents and confirmations."""
LAW = (*(code for code in TWELVE if code not in IN_THE_DEAL), "operation_outside_term")
"""The cases of refusal that stop a loan before its contract is written."""
BEFORE_APPRAISAL = tuple(code for code in BANK_RULES if not code.startswith("appraisal_") and code != "loan_above_pledge_rate")
POOL_ADMISSION = ("pool_leverage_exceeded", "pool_paused", "bank_suspended")
OWED = frozenset({"active", "margin_called", "accelerated", "defaulted", "enforcing", "claimed", "compensated"})
"""States in which the borrower owes."""
WATCHED = frozenset({"active", "margin_called"})
"""States in which a fall of the collateral changes the loan's state."""
PERFORMING = frozenset({"active", "margin_called", "accelerated"})
OVERDUE = PERFORMING | {"defaulted", "enforcing", "claimed"}
"""States in which overdue amounts bear default interest."""
APPRAISED = ("appraisal_formalities_missing", "appraisal_too_old")


def _step(source: str, event: str, target: str, by: str, *unless: str) -> Step:
    return Step(source=source, event=event, target=target, by=frozenset(by.split()), unless=unless)


DRAW = ("four_eyes_missing", "pledge_not_registered", "right_not_in_force", "draw_too_late")


def _pledge_steps(state: str) -> tuple[Step, ...]:
    """While the loan runs: a floating rate is reset, the patents are valued again, the pledge is changed by further patents and by release of a part (Civil Code 444; P9)."""
    return (
        _step(state, "reset", state, "system", "reset_not_due"),
        _step(state, "revalue", state, "appraiser", *APPRAISED),
        _step(state, "supplement", state, "borrower", "addition_open"),
        _step(state, "appraise_more", state, "appraiser", "addition_missing", *APPRAISED),
        _step(state, "contract_more", state, "borrower bank", "addition_missing"),
        _step(state, "register_more", state, "bank system", "addition_missing", "pledge_not_registered"),
        _step(state, "drop_more", state, "borrower bank", "addition_missing"),
        _step(
            state, "release_part", state, "bank", FOUR_EYES, "reason_missing", "recordal_receipt_missing", "collateral_release_above_limit"
        ),
    )


STEPS = (
    _step("draft", "submit", "applied", "borrower", "party_not_verified", "patents_missing"),
    _step("draft", "withdraw", "withdrawn", "borrower"),
    _step("applied", "admit", "eligible", "bank", "party_not_verified", *LAW, *BEFORE_APPRAISAL),
    _step("applied", "decline", "declined", "bank", "reason_missing"),
    _step("applied", "withdraw", "withdrawn", "borrower"),
    _step("eligible", "appraise", "appraised", "appraiser", "appraisal_formalities_missing", "appraisal_too_old"),
    _step("eligible", "decline", "declined", "bank", "reason_missing"),
    _step("eligible", "withdraw", "withdrawn", "borrower"),
    _step("appraised", "appraise", "appraised", "appraiser", "appraisal_formalities_missing", "appraisal_too_old"),
    _step("appraised", "approve", "approved", "bank", FOUR_EYES, *LAW, *BANK_RULES, *POOL_ADMISSION),
    _step("appraised", "decline", "declined", "bank", "reason_missing"),
    _step("appraised", "withdraw", "withdrawn", "borrower"),
    _step("approved", "contract", "contracted", "borrower bank"),
    _step("approved", "draw", "active", "bank", *DRAW),
    _step("approved", "withdraw", "withdrawn", "borrower"),
    _step("contracted", "register", "registered", "bank system", "pledge_not_registered"),
    _step("contracted", "draw", "active", "bank", *DRAW),
    _step("registered", "draw", "active", "bank", *DRAW),
    *(_step(state, "pay", state, "borrower", FOUR_EYES, "repayment_above_balance") for state in ("active", "margin_called", "accelerated")),
    *(_step(state, "repay", "repaid", "borrower", FOUR_EYES) for state in ("active", "margin_called", "accelerated", "defaulted", "enforcing")),
    _step("active", "call_margin", "margin_called", "system", "collateral_sufficient"),
    _step("margin_called", "cure", "active", "system", "collateral_insufficient"),
    _step("active", "accelerate", "accelerated", "system", "collateral_sufficient"),
    _step("margin_called", "accelerate", "accelerated", "system", "collateral_sufficient", "period_not_over"),
    *(_step(state, "default", "defaulted", "system", "default_not_reached") for state in ("active", "margin_called", "accelerated")),
    *(step for state in ("active", "margin_called") for step in _pledge_steps(state)),
    *(_step(state, "take_proceeds", state, "bank", FOUR_EYES, "proceeds_missing") for state in (*sorted(PERFORMING), "enforcing")),
    _step("repaid", "free_proceeds", "repaid", "bank", FOUR_EYES, "proceeds_missing"),
    *(_step(state, "classify", state, "bank", FOUR_EYES, "reason_missing", "class_too_good") for state in sorted(OWED)),
    _step("enforcing", "link_sale", "enforcing", "bank", FOUR_EYES, "sale_not_of_loan"),
    _step("defaulted", "enforce", "enforcing", "bank", FOUR_EYES, "foreclosure_clause_without_effect"),
    _step("enforcing", "collect", "enforcing", "bank", FOUR_EYES, "recovery_evidence_missing"),
    _step("enforcing", "claim", "claimed", "bank", FOUR_EYES, "loan_not_in_pool", "claim_before_enforcement", "already_compensated"),
    _step("claimed", "refuse_claim", "enforcing", "pool", "reason_missing", "claim_begun"),
    _step("claimed", "compensate_part", "claimed", "pool", FOUR_EYES, "compensation_above_claim", "pool_balance_insufficient"),
    _step("claimed", "end_claim", "compensated", "pool", FOUR_EYES, "reason_missing", "claim_not_begun"),
    _step("claimed", "compensate", "compensated", "pool", FOUR_EYES, "already_compensated", "compensation_above_loan_cap", "pool_balance_insufficient"),
    _step("compensated", "collect", "compensated", "bank", FOUR_EYES, "recovery_evidence_missing"),
    _step("compensated", "close", "closed", "bank", FOUR_EYES, "pledge_still_registered"),
    _step("enforcing", "write_off", "closed", "bank", FOUR_EYES, "pledge_still_registered"),
    _step("repaid", "release", "released", "bank system", "pledge_still_registered", "proceeds_still_locked"),
)  # fmt: skip
LOAN = Workflow(name="loan", start="draft", ends=frozenset({"withdrawn", "declined", "released", "closed"}), steps=STEPS)
