"""The two tables of a securitization: the transaction from pool to last payment, and each payment date from collections to payment."""

from langqiao.engine.kernel.workflow import Step, Workflow

FOUR_EYES = "four_eyes_missing"
TWO = (FOUR_EYES,)
POOL = (
    "pool_empty", "roles_missing", "party_not_verified", "asset_not_eligible", "concentration_above_limit", "secondary_license_chain_broken",
    "claim_already_pooled", "right_not_in_force", "not_granted", "annuity_unpaid", "suspended", "co_owner_consent_missing",
    "pledgee_consent_missing", "not_registered_owner", "operation_outside_term", "office_not_covered", "not_a_patent",
)  # fmt: skip
STRUCTURE = ("tranches_do_not_sum", "structure_inconsistent", "senior_coverage_below_one")
LIVE = frozenset({"issued", "accelerated"})
ROLES = ("arranger", "originator", "trustee", "servicer", "support", "appraiser", "rating", "investor")
NEEDED = ("arranger", "originator", "trustee", "servicer", "appraiser", "rating")
"""Roles that every transaction fills; `support` where the terms have an undertaking."""


def _step(source: str, event: str, target: str, by: str, *unless: str) -> Step:
    return Step(source=source, event=event, target=target, by=frozenset(by.split()), unless=unless)


TRANSACTION = Workflow(
    name="securitization",
    start="draft",
    ends=frozenset({"withdrawn", "failed", "closed"}),
    steps=(
        _step("draft", "cut", "pooled", "arranger", *POOL, *TWO),
        _step("draft", "withdraw", "withdrawn", "arranger"),
        _step("pooled", "reopen", "draft", "arranger"),
        _step("pooled", "structure", "structured", "arranger", "roles_missing", *STRUCTURE),
        _step("pooled", "withdraw", "withdrawn", "arranger"),
        _step("structured", "restructure", "pooled", "arranger"),
        _step("structured", "consent", "consented", "originator", *TWO),
        _step("consented", "restructure", "pooled", "arranger"),
        _step("consented", "approve", "approved", "trustee", "senior_coverage_below_one", *TWO),
        _step("approved", "offer", "offered", "arranger", "investors_missing"),
        _step("offered", "allocate", "allocated", "arranger", "subscriptions_below_issue", "investor_not_qualified", *TWO),
        _step("offered", "fail", "failed", "arranger", "reason_missing"),
        _step("allocated", "fail", "failed", "arranger", "reason_missing"),
        _step("allocated", "issue", "issued", "trustee", *POOL[3:], "subscription_unpaid", "issued_before_cut_off", *TWO),
        *(
            step
            for state in ("issued", "accelerated")
            for step in (
                _step(state, "replace", state, "servicer", "replacement_unfit", *POOL[3:], *TWO),
                _step(state, "finish", "closed", "trustee", "notes_outstanding"),
            )
        ),
        _step("issued", "declare", "issued", "trustee", "reason_missing", "trigger_not_agreed"),
        _step("issued", "trip", "accelerated", "trustee system", "trigger_not_tripped"),
        _step("accelerated", "lift", "issued", "trustee", "trigger_reversal_without_vote", *TWO),
    ),
)

PERIOD = Workflow(
    name="payment_date",
    start="open",
    ends=frozenset({"paid"}),
    steps=(
        _step("open", "report", "reported", "servicer", "collections_unmatched", "period_not_ended", *TWO),
        _step("reported", "call", "called", "trustee", "no_shortfall"),
        _step("called", "support", "supported", "support", "support_money_missing", *TWO),
        _step("called", "lapse", "unsupported", "trustee", "support_not_overdue"),
        _step("reported", "pay", "paid", "trustee", "shortfall_not_called", "cash_not_conserved", *TWO),
        _step("supported", "pay", "paid", "trustee", "cash_not_conserved", *TWO),
        _step("unsupported", "pay", "paid", "trustee", "cash_not_conserved", *TWO),
    ),
)
