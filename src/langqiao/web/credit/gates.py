"""Every refusal of a loan's table with its test: those of the first road, and those of changes, proceeds, quality and partial compensation."""

from collections.abc import Callable, Mapping

from langqiao.engine.credit.compensation import suspended
from langqiao.web.credit import change, clock, enforcement, proceeds
from langqiao.web.credit.attempt import GATES, Attempt, Facts
from langqiao.web.credit.quality import non_performing

OPEN = ("offered", "appraised", "contracted")
WANTED: Mapping[str, tuple[str, ...]] = {
    "appraise_more": ("offered", "appraised"), "contract_more": ("appraised",), "register_more": ("contracted",), "drop_more": OPEN,
}  # fmt: skip
"""Which additions a step works on."""


def refused(attempt: Attempt, code: str) -> Facts:
    """The facts of a refusal that holds for the attempt, None where it does not."""
    for known in (MORE, GATES):
        if code in known:
            return known[code](attempt)
    found = [reason for reason in attempt.reasons() if reason.code == code]
    numbers = tuple(one.facts["patent"] for one in found if "patent" in one.facts)
    return {**found[0].facts, **({"patents": numbers} if numbers else {})} if found else None


def _addition_missing(attempt: Attempt) -> Facts:
    return None if change.open_additions(attempt, *WANTED[attempt.event]) else {}


def _addition_open(attempt: Attempt) -> Facts:
    return {} if change.open_additions(attempt, *OPEN) else None


def _above_claim(attempt: Attempt) -> Facts:
    claim = attempt.loan.claims.filter(state="open").first()
    amount = attempt.fields.get("amount_fen")
    if claim is None or (not amount and attempt.request is None):
        return None
    rest = claim.loss_fen - claim.settled_fen
    return {"amount_fen": amount, "most_fen": rest - 1} if not amount or amount >= rest else None


def _begun(attempt: Attempt) -> bool:
    claim = attempt.loan.claims.filter(state="open").first()
    return claim is not None and claim.settled_fen > 0


def _suspended(attempt: Attempt) -> Facts:
    pool = attempt.loan.pool
    if pool is None:
        return None
    bad, whole = non_performing(attempt.loan.bank, clock.today())
    limit = pool.npl_share
    return {"share": bad / whole, "limit": float(limit)} if suspended(bad, whole, limit) else None


MORE: Mapping[str, Callable[[Attempt], Facts]] = {
    "addition_missing": _addition_missing,
    "addition_open": _addition_open,
    "collateral_release_above_limit": change.above_limit,
    "recordal_receipt_missing": change.notice_missing,
    "reset_not_due": change.reset_due,
    "class_too_good": change.too_good,
    "proceeds_missing": proceeds.missing,
    "proceeds_still_locked": proceeds.still_locked,
    "sale_not_of_loan": enforcement.sale_foreign,
    "compensation_above_claim": _above_claim,
    "claim_begun": lambda attempt: {} if _begun(attempt) else None,
    "claim_not_begun": lambda attempt: None if _begun(attempt) else {},
    "bank_suspended": _suspended,
}
