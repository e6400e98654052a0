"""After default: the way of enforcement, its proceeds, the claim on the pool, compensation, and recoveries shared back."""

from collections.abc import Mapping
from typing import Any

from langqiao.engine.credit.compensation import BANK, claim_parts
from langqiao.engine.credit.servicing import proceeds_divide, recovery_divide
from langqiao.web.credit import selectors
from langqiao.web.credit.attempt import Attempt
from langqiao.web.credit.books import Posting
from langqiao.web.credit.models import ClaimPart, PoolClaim
from langqiao.web.credit.plan import interest_open, settled

Done = Mapping[str, Any]


def enforce(attempt: Attempt, _posting: Posting) -> Done:
    """Notes the way: a price agreed after default, an auction or a sale (Civil Code 436); title never passes by a clause (428)."""
    attempt.loan.enforced_by = attempt.fields["enforced_by"]
    return {"enforced_by": attempt.loan.enforced_by, "evidence": str(attempt.fields.get("evidence", ""))[:200]}


def collect(attempt: Attempt, posting: Posting) -> Done:
    """Proceeds that the bank received outside the books: cost, interest, principal or those who bore the loss, the surplus to the pledgor."""
    loan, amount = attempt.loan, attempt.fields["amount_fen"]
    borne = (
        []
        if loan.state != "compensated"
        else list(ClaimPart.objects.filter(claim__loan=loan, claim__state="paid").select_related("member"))
    )
    principal = loan.balance_fen + sum(part.amount_fen - part.recovered_fen for part in borne)
    interest = interest_open(loan)
    asked = attempt.fields.get("cost_fen") or 0
    if borne:  # the loss was principal: it is made good before the bank's interest
        first = proceeds_divide(amount, cost_fen=asked, interest_fen=0, principal_fen=principal)
        more = min(first.surplus_fen, interest)
        cost, to_principal, to_interest, surplus = first.cost_fen, first.principal_fen, more, first.surplus_fen - more
        _shared(borne, to_principal, posting)
        loan.recourse_fen -= to_principal
    else:
        found = proceeds_divide(amount, cost_fen=asked, interest_fen=interest, principal_fen=principal)
        cost, to_principal, to_interest, surplus = found.cost_fen, found.principal_fen, found.interest_fen, found.surplus_fen
        loan.balance_fen -= to_principal
        posting.settle(to_principal, 0)
    posting.settle(0, to_interest)
    settled(loan, 0 if borne else to_principal, to_interest)
    posting.move(posting.bank, posting.borrower, surplus)
    return {
        "amount_fen": amount, "cost_fen": cost, "interest_fen": to_interest, "principal_fen": to_principal, "surplus_fen": surplus,
        "evidence": str(attempt.fields["evidence"])[:200],
    }  # fmt: skip


def _shared(borne: list[ClaimPart], amount_fen: int, posting: Posting) -> None:
    open_fen = [part.amount_fen - part.recovered_fen for part in borne]
    if not amount_fen or not sum(open_fen):
        return
    for part, back in zip(borne, recovery_divide(amount_fen, open_fen), strict=True):
        part.recovered_fen += back
        part.save(update_fields=["recovered_fen"])
        posting.give_back(part.member, back)


def claim(attempt: Attempt, _posting: Posting) -> Done:
    """A claim for the principal that is still lost."""
    loan = attempt.loan
    assert loan.pool is not None
    PoolClaim.objects.create(loan=loan, pool=loan.pool, loss_fen=loan.balance_fen, claimed_on=attempt.today)
    return {"loss_fen": loan.balance_fen, "evidence": str(attempt.fields.get("evidence", ""))[:200]}


def refuse_claim(attempt: Attempt, _posting: Posting) -> Done:
    """The pool refuses with its reason; the bank may claim again."""
    attempt.loan.claims.filter(state="open").update(state="refused", decided_on=attempt.today)
    return {"reason": str(attempt.fields.get("reason", ""))[:2000]}


def compensate(attempt: Attempt, posting: Posting) -> Done:
    """Each member pays its part to the bank and has recourse; the bank writes its own part off (I59, I60)."""
    loan = attempt.loan
    found = PoolClaim.objects.select_for_update().get(loan=loan, state="open")
    parts = claim_parts(found.loss_fen, selectors.pool_terms(found.pool))
    members = {f"member/{one.pk}": one for one in found.pool.members.all()}
    for name, amount in parts.items():
        member = members.get(name)
        ClaimPart.objects.create(claim=found, member=member, amount_fen=amount)
        posting.bear(member, amount)
    found.state, found.decided_on = "paid", attempt.today
    found.save(update_fields=["state", "decided_on"])
    loan.balance_fen -= found.loss_fen
    loan.recourse_fen = found.loss_fen
    loan.lost_fen = parts[BANK]
    return {"loss_fen": found.loss_fen, "bank_fen": parts[BANK], "paid_fen": found.loss_fen - parts[BANK]}


def write_off(attempt: Attempt, posting: Posting) -> Done:
    """Without a pool the bank bears the loss alone; the debtor still owes it (Civil Code 438)."""
    loan = attempt.loan
    posting.bear(None, loan.balance_fen)
    loan.lost_fen, loan.closed_on = loan.balance_fen, attempt.today
    told = {"lost_fen": loan.balance_fen}
    loan.balance_fen = 0
    return told
