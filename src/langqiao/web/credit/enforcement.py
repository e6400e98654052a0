"""After default: the way of enforcement, its proceeds, the claim on the pool, compensation, and recoveries shared back."""

from collections.abc import Mapping
from typing import Any

from langqiao.engine.credit.compensation import BANK, claim_parts
from langqiao.engine.credit.servicing import proceeds_divide, recovery_divide
from langqiao.web.credit import selectors
from langqiao.web.credit.attempt import Attempt
from langqiao.web.credit.books import Posting
from langqiao.web.credit.models import ClaimPart, Loan, PoolClaim, PoolMember
from langqiao.web.credit.plan import accrue_all, interest_open, settled
from langqiao.web.deals.models import Deal

Done = Mapping[str, Any]


def enforce(attempt: Attempt, _posting: Posting) -> Done:
    """Notes the way: a price agreed after default, an auction or a sale (Civil Code 436); title never passes by a clause (428)."""
    attempt.loan.enforced_by = attempt.fields["enforced_by"]
    return {"enforced_by": attempt.loan.enforced_by, "evidence": str(attempt.fields.get("evidence", ""))[:200]}


def collect(attempt: Attempt, posting: Posting) -> Done:
    """Proceeds that the bank received outside the books, divided."""
    accrue_all(attempt.loan, posting)
    told = divided(attempt.loan, attempt.fields["amount_fen"], attempt.fields.get("cost_fen") or 0, posting)
    return {**told, "evidence": str(attempt.fields["evidence"])[:200]}


def divided(loan: Loan, amount_fen: int, asked_fen: int, posting: Posting) -> Done:
    """Money the bank holds: cost, interest, principal or those who bore the loss, the surplus to the pledgor (Civil Code 438, 561)."""
    borne = (
        []
        if loan.state != "compensated"
        else list(ClaimPart.objects.filter(claim__loan=loan, claim__state="paid").select_related("member"))
    )
    principal = loan.balance_fen + sum(part.amount_fen - part.recovered_fen for part in borne)
    interest = interest_open(loan)
    if borne:  # the loss was principal: it is made good before the bank's interest
        first = proceeds_divide(amount_fen, cost_fen=asked_fen, interest_fen=0, principal_fen=principal)
        more = min(first.surplus_fen, interest)
        cost, to_principal, to_interest, surplus = first.cost_fen, first.principal_fen, more, first.surplus_fen - more
        _shared(borne, to_principal, posting)
        loan.recourse_fen -= to_principal
    else:
        found = proceeds_divide(amount_fen, cost_fen=asked_fen, interest_fen=interest, principal_fen=principal)
        cost, to_principal, to_interest, surplus = found.cost_fen, found.principal_fen, found.interest_fen, found.surplus_fen
        loan.balance_fen -= to_principal
        posting.settle(to_principal, 0)
    posting.settle(0, to_interest)
    settled(loan, 0 if borne else to_principal, to_interest)
    posting.move(posting.bank, posting.borrower, surplus)
    return {
        "amount_fen": amount_fen, "cost_fen": cost, "interest_fen": to_interest, "principal_fen": to_principal, "surplus_fen": surplus,
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
    found = PoolClaim.objects.select_for_update().get(loan=attempt.loan, state="open")
    told = _borne(attempt, found, found.loss_fen - found.settled_fen, posting)
    _decided(attempt, found)
    return told


def compensate_part(attempt: Attempt, posting: Posting) -> Done:
    """The pool pays for a part of the loss, by the same shares; the claim stays open for the rest."""
    found = PoolClaim.objects.select_for_update().get(loan=attempt.loan, state="open")
    return _borne(attempt, found, attempt.fields["amount_fen"], posting)


def end_claim(attempt: Attempt, posting: Posting) -> Done:
    """The pool pays no more of a claim that it has paid in part: the rest is the bank's."""
    loan, found = attempt.loan, PoolClaim.objects.select_for_update().get(loan=attempt.loan, state="open")
    rest = found.loss_fen - found.settled_fen
    _part_add(found, None, rest)
    posting.bear(None, rest)
    _counted(loan, found, rest, rest)
    _decided(attempt, found)
    return {"loss_fen": rest, "bank_fen": rest, "paid_fen": 0, "reason": str(attempt.fields.get("reason", ""))[:2000]}


def _borne(attempt: Attempt, found: PoolClaim, loss_fen: int, posting: Posting) -> Done:
    parts = claim_parts(loss_fen, selectors.pool_terms(found.pool), paid_fen=selectors.claim_paid(found))
    members = {f"member/{one.pk}": one for one in found.pool.members.all()}
    for name, amount in parts.items():
        _part_add(found, members.get(name), amount)
        posting.bear(members.get(name), amount)
    _counted(attempt.loan, found, loss_fen, parts[BANK])
    return {"loss_fen": loss_fen, "bank_fen": parts[BANK], "paid_fen": loss_fen - parts[BANK]}


def _part_add(found: PoolClaim, member: PoolMember | None, amount_fen: int) -> None:
    part, _new = ClaimPart.objects.get_or_create(claim=found, member=member, defaults={"amount_fen": 0})
    part.amount_fen += amount_fen
    part.save(update_fields=["amount_fen"])


def _counted(loan: Loan, found: PoolClaim, loss_fen: int, bank_fen: int) -> None:
    found.settled_fen += loss_fen
    found.save(update_fields=["settled_fen"])
    loan.balance_fen -= loss_fen
    loan.recourse_fen += loss_fen
    loan.lost_fen += bank_fen


def _decided(attempt: Attempt, found: PoolClaim) -> None:
    found.state, found.decided_on = "paid", attempt.today
    found.save(update_fields=["state", "decided_on"])


def link_sale(attempt: Attempt, _posting: Posting) -> Done:
    """The sale or auction of the platform that enforces the pledge (Civil Code 436): its proceeds are taken by the loan."""
    attempt.loan.sale = next(deal for deal in sales(attempt.loan) if str(deal.pk) == attempt.fields["deal"])
    return {"deal": str(attempt.loan.sale.pk), "kind": attempt.loan.sale.kind}


def sale_foreign(attempt: Attempt) -> Mapping[str, Any] | None:
    """The gate: the named deal is a sale or auction by the pledgor of patents of this loan alone, begun after the default."""
    known = {str(deal.pk) for deal in sales(attempt.loan)}
    if "deal" not in attempt.fields and attempt.request is None:
        return None if known else {}
    wanted = str(attempt.fields.get("deal", ""))
    return None if wanted in known else {"deal": wanted[:40]}


def sales(loan: Loan) -> list[Deal]:
    """Sales and auctions of the borrower's that carry only patents of the loan and began after the default."""
    keys = {patent.key for patent in loan.patents.all()}
    if loan.defaulted_on is None:
        return []
    rows = Deal.objects.filter(seller=loan.borrower, kind__in=("assignment", "auction"), opened_at__date__gte=loan.defaulted_on)
    rows = rows.filter(patents__key__in=keys).exclude(state__in=("failed", "refunded", "canceled", "unsold")).distinct()
    return [deal for deal in rows.prefetch_related("patents") if {one.key for one in deal.patents.all()} <= keys]


def write_off(attempt: Attempt, posting: Posting) -> Done:
    """Without a pool the bank bears the loss alone; the debtor still owes it (Civil Code 438)."""
    loan = attempt.loan
    accrue_all(loan, posting)
    posting.bear(None, loan.balance_fen)
    loan.lost_fen, loan.closed_on = loan.balance_fen, attempt.today
    told = {"lost_fen": loan.balance_fen}
    loan.balance_fen = 0
    return told
