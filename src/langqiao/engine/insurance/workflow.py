"""The life of a policy and of a claim as tables: from quote to expiry, from notification to payment or refusal with its objection."""

from langqiao.engine.kernel.workflow import Step, Workflow

POLICY_ROLES = ("holder", "insurer", "payer", "system")
CLAIM_ROLES = ("claimant", "insurer")
FOUR_EYES = "four_eyes_missing"
BEFORE = ("quoted", "accepted", "underwritten")
COVERED = frozenset({"in_force", "expired", "cancelled", "exhausted"})
"""States of a policy under which an incident may have happened."""
RIGHTS = ("right_not_in_force", "not_registered_owner")
TIME = ("claim_before_cover", "claim_in_waiting_period", "claim_after_cover", "claim_too_late")
COVER = (*TIME, "patent_not_insured", "right_dead_at_incident", "claim_evidence_missing", "loan_not_in_default", "nothing_payable")
"""What forbids to grant a claim; a refusal of the claim names one of them, or the insurer's own reason."""


def _step(source: str, event: str, target: str, by: str, *unless: str) -> Step:
    return Step(source=source, event=event, target=target, by=frozenset(by.split()), unless=unless)


POLICY_STEPS = (
    _step("quoted", "accept", "accepted", "holder", "party_not_verified", "quote_expired", *RIGHTS),
    *(_step(state, "withdraw", "withdrawn", "holder") for state in BEFORE),
    *(_step(state, "lapse", "lapsed", "system", "quote_still_valid") for state in BEFORE),
    *(_step(state, "ask_subsidy", state, "holder", "subsidy_decided") for state in BEFORE),
    *(_step(state, "grant", state, "payer", FOUR_EYES, "subsidy_decided", "subsidy_double") for state in BEFORE),
    *(_step(state, "deny", state, "payer", "reason_missing", "subsidy_decided") for state in BEFORE),
    _step("accepted", "underwrite", "underwritten", "insurer", FOUR_EYES, "quote_expired", *RIGHTS),
    _step("accepted", "decline", "declined", "insurer", "reason_missing"),
    _step("underwritten", "pay", "in_force", "holder", FOUR_EYES, "quote_expired", "subsidy_undecided", *RIGHTS),
    _step("in_force", "propose_change", "in_force", "holder", FOUR_EYES, "change_open", "policy_over"),
    _step("in_force", "endorse", "in_force", "insurer", FOUR_EYES, "change_missing", "policy_over"),
    _step("in_force", "refuse_change", "in_force", "insurer", "change_missing", "reason_missing"),
    _step("in_force", "cancel", "cancelled", "holder", FOUR_EYES, "policy_over"),
    _step("in_force", "expire", "expired", "system", "policy_not_over"),
    _step("in_force", "exhaust", "exhausted", "system", "limit_not_exhausted"),
)
POLICY = Workflow(
    name="policy",
    start="quoted",
    ends=frozenset({"withdrawn", "lapsed", "declined", "cancelled", "expired", "exhausted"}),
    steps=POLICY_STEPS,
)
CLAIM_STEPS = (
    _step("notified", "withdraw", "withdrawn", "claimant"),
    _step("notified", "reserve", "assessing", "insurer", "reason_missing"),
    _step("notified", "refuse", "refused", "insurer", FOUR_EYES, "reason_missing"),
    _step("assessing", "withdraw", "withdrawn", "claimant"),
    _step("assessing", "reserve", "assessing", "insurer", "reason_missing"),
    _step("assessing", "approve", "approved", "insurer", FOUR_EYES, "decider_repeats", *COVER),
    _step("assessing", "refuse", "refused", "insurer", FOUR_EYES, "decider_repeats", "reason_missing"),
    _step("approved", "settle", "paid", "insurer", FOUR_EYES, "claim_above_limit", "loan_not_in_default"),
    _step("refused", "object", "objected", "claimant", "reason_missing", "objection_late"),
    _step("refused", "close", "closed", "insurer", "objection_possible"),
    _step("objected", "reopen", "assessing", "insurer", FOUR_EYES, "decider_repeats"),
    _step("objected", "uphold", "closed", "insurer", FOUR_EYES, "decider_repeats", "reason_missing"),
    _step("paid", "recover", "paid", "insurer", FOUR_EYES, "recovery_evidence_missing", "recovery_above_payment"),
    _step("paid", "close", "closed", "insurer"),
)
CLAIM = Workflow(name="claim", start="notified", ends=frozenset({"withdrawn", "closed"}), steps=CLAIM_STEPS)
OPEN_CLAIM = frozenset({"notified", "assessing", "approved", "objected"})
"""States in which a claim may still cost."""
