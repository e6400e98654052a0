"""What each step of a claim does: reserve, decision, payment, objection, recovery; the books of the insurer follow."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext as _

from langqiao.engine.insurance.cover import ITEMS
from langqiao.web.deals.terms import invalid
from langqiao.web.insurance.attempt import Attempt, way_of
from langqiao.web.insurance.books import Posting
from langqiao.web.insurance.models import Claim, Movement

Done = Mapping[str, Any]


def _moved(attempt: Attempt, claim: Claim, *, reason: str = "", reserve_fen: int = 0, paid_fen: int = 0, recovered_fen: int = 0) -> None:
    Movement.objects.create(
        claim=claim, on=attempt.today, reserve_fen=reserve_fen, paid_fen=paid_fen, recovered_fen=recovered_fen, reason=reason[:500],
        by=attempt.user,
    )  # fmt: skip


def _reserve_to(attempt: Attempt, posting: Posting, target_fen: int, reason: str) -> int:
    """Changes the reserve to a target, with its reason; how much the change was."""
    claim = attempt.of_claim
    change = target_fen - claim.reserve_fen
    if change:
        posting.reserve(claim, change)
        _moved(attempt, claim, reason=reason, reserve_fen=change)
    return change


def _reserve(attempt: Attempt, posting: Posting) -> Done:
    change = _reserve_to(attempt, posting, int(attempt.fields["reserve_fen"]), attempt.text)
    return {"reserve_fen": attempt.of_claim.reserve_fen, "change_fen": change, "reason": attempt.text}


def _approve(attempt: Attempt, posting: Posting) -> Done:
    """Grants the claim: the way from the assessed costs to the payment is kept, the reserve becomes the payment."""
    claim = attempt.of_claim
    items = {name: int(value) for name, value in attempt.fields.items() if name in ITEMS}
    above = [name for name, value in items.items() if value > claim.claimed.get(name, 0)]
    if above:
        raise invalid({name: _("More than was claimed.") for name in above})
    way = way_of(attempt)
    claim.assessed = items or dict(claim.claimed)
    claim.way, claim.payment_fen, claim.decided_on, claim.reason = asdict(way), way.payment_fen, attempt.today, attempt.text
    _reserve_to(attempt, posting, way.payment_fen, "approved")
    return {"way": asdict(way), "assessed": claim.assessed, "reason": attempt.text}


def _refuse(attempt: Attempt, posting: Posting) -> Done:
    """Refuses with the rule that forbids and the reason; nothing is reserved any more."""
    claim = attempt.of_claim
    claim.ground, claim.reason, claim.decided_on = str(attempt.fields["ground"]), attempt.text, attempt.today
    _reserve_to(attempt, posting, 0, "refused")
    return {"ground": claim.ground, "reason": attempt.text}


def _settle(attempt: Attempt, posting: Posting) -> Done:
    claim = attempt.of_claim
    amount = claim.payment_fen or 0
    posting.pay_claim(claim, amount)
    claim.paid_on = attempt.today
    _moved(attempt, claim, reserve_fen=-amount, paid_fen=amount)
    return {"payment_fen": amount, "to": claim.claimant_id}


def _object(attempt: Attempt, _posting: Posting) -> Done:
    attempt.of_claim.objection = attempt.text
    return {"reason": attempt.text}


def _reopen(attempt: Attempt, _posting: Posting) -> Done:
    claim = attempt.of_claim
    claim.ground, claim.decided_on = "", None
    return {"reason": attempt.text}


def _uphold(attempt: Attempt, _posting: Posting) -> Done:
    attempt.of_claim.reason = attempt.text
    return {"reason": attempt.text}


def _recover(attempt: Attempt, posting: Posting) -> Done:
    claim, amount = attempt.of_claim, int(attempt.fields["amount_fen"])
    posting.recover(claim, amount)
    _moved(attempt, claim, reason=str(attempt.fields.get("evidence", "")), recovered_fen=amount)
    return {"amount_fen": amount, "evidence": str(attempt.fields.get("evidence", ""))[:200]}


def _withdraw(attempt: Attempt, posting: Posting) -> Done:
    _reserve_to(attempt, posting, 0, "withdrawn")
    return {}


def _nothing(_attempt: Attempt, _posting: Posting) -> Done:
    return {}


CLAIM_EFFECTS: Mapping[str, Callable[[Attempt, Posting], Done]] = {
    "withdraw": _withdraw,
    "reserve": _reserve,
    "approve": _approve,
    "refuse": _refuse,
    "settle": _settle,
    "object": _object,
    "reopen": _reopen,
    "uphold": _uphold,
    "recover": _recover,
    "close": _nothing,
}
