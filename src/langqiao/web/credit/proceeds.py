"""Proceeds of deals on pledged rights: what lies locked or went to the bank, what the loan has taken of it, and what goes free after the debt."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db.models import Q, Sum

from langqiao.engine.credit.servicing import Allocation, allocate, payoff
from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.credit import enforcement
from langqiao.web.credit.attempt import Attempt
from langqiao.web.credit.books import Posting
from langqiao.web.credit.models import Loan, LoanProceeds
from langqiao.web.credit.plan import accrue_all, installments, paid
from langqiao.web.deals.consents import consents_asked, is_open
from langqiao.web.deals.facts import consented_sha256
from langqiao.web.deals.models import Consent, Deal, DealTransfer
from langqiao.web.ledger.models import LedgerAccount

ROWS_MAX = 50
Done = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What one deal brought for the loan: locked on deposit with the deal, or already with the bank and not yet counted on the loan."""

    deal: Deal
    locked: tuple[tuple[str, int], ...]
    prepaid_fen: int

    @property
    def open_fen(self) -> int:
        """What the loan may still take."""
        return sum(amount for _account, amount in self.locked) + self.prepaid_fen


def brought(loan: Loan) -> list[Brought]:
    """Every deal on the loan's patents by the borrower, begun or moved since the loan, that brought proceeds the loan has not taken."""
    keys = [patent.key for patent in loan.patents.all()] + [one.key for one in loan.releases.all()]
    begun = Q(opened_at__gte=loan.created_at) | Q(state_since__date__gte=loan.drawn_on or loan.created_at.date())
    deals = Deal.objects.filter(begun, seller=loan.borrower, patents__key__in=keys).exclude(kind="pledge").distinct()
    found = [_brought(loan, deal) for deal in deals.select_related("buyer").order_by("opened_at")]
    return [one for one in found if one.open_fen]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A consent that a deal on a pledged right asks of the bank, with the hash of the terms it covers."""

    consent: Consent
    open: bool
    terms_sha256: str


def consents_on(loan: Loan) -> Iterable[Asked]:
    """What deals on this loan's patents ask of the bank as pledgee, newest first (Civil Code 444)."""
    keys = {patent.key for patent in loan.patents.all()}
    rows = consents_asked(loan.bank).filter(basis="pledgee", deal__seller=loan.borrower, deal__patents__key__in=keys).distinct()
    for one in rows[:ROWS_MAX]:
        yield Asked(consent=one, open=is_open(one), terms_sha256=consented_sha256(one.deal))


def _brought(loan: Loan, deal: Deal) -> Brought:
    rows = LedgerAccount.objects.filter(owner=f"deal/{deal.pk}", purpose="pledge_deposit").order_by("id")
    locked = tuple((row.id, left) for row in rows if (left := row.credits_posted_fen - row.debits_posted_fen - row.debits_pending_fen))
    return Brought(deal=deal, locked=locked, prepaid_fen=_prepaid(loan, deal))


def _prepaid(loan: Loan, deal: Deal) -> int:
    """What the deal's settlement paid to this bank as pledgee, less what the loan has counted."""
    came = DealTransfer.objects.filter(
        deal=deal, target_role="pledgee", phase="transfer", credit__startswith=f"organization/{loan.bank_id}:"
    )
    given = LoanProceeds.objects.filter(deal=deal, route="prepay").aggregate(sum=Sum("amount_fen"))["sum"] or 0
    return max(0, (came.aggregate(sum=Sum("amount_fen"))["sum"] or 0) - given)


def named(loan: Loan, text: str) -> Brought | None:
    """The deal that a form names, with what it brought."""
    return next((one for one in brought(loan) if str(one.deal.pk) == text), None)


def missing(attempt: Attempt) -> Mapping[str, Any] | None:
    """The gate: nothing lies locked or uncounted from the named deal."""
    if "deal" not in attempt.fields and attempt.request is None:
        return None if brought(attempt.loan) else {}
    return None if named(attempt.loan, str(attempt.fields.get("deal", ""))) else {"deal": str(attempt.fields.get("deal", ""))[:40]}


def take(attempt: Attempt, posting: Posting) -> Done:
    """The proceeds prepay the debt (Civil Code 444): what is due first, then principal before its time; in enforcement by its waterfall."""
    loan, found = attempt.loan, named(attempt.loan, str(attempt.fields["deal"]))
    assert found is not None
    accrue_all(loan, posting)
    if loan.state == "enforcing":
        cash_in(found, found.open_fen, loan, posting)
        return {"deal": str(found.deal.pk), **enforcement.divided(loan, found.open_fen, 0, posting)}
    given = _allocation(loan, found.open_fen, posting)
    cash_in(found, given.total_fen, loan, posting)
    told = paid(loan, given, posting, source=None)
    return {"deal": str(found.deal.pk), **told}


def _allocation(loan: Loan, amount_fen: int, posting: Posting) -> Allocation:
    """The whole debt where the proceeds cover it, else the payment's usual order; one fen of principal at least is left to `repay`."""
    rows, rate = installments(loan), Fraction(loan.rate_annual)
    whole = payoff(rows, rate, posting.today)
    if amount_fen < whole.total_fen:
        try:
            return allocate(amount_fen, rows, rate, posting.today)
        except Refusal as above:
            return allocate(int(above.facts["most_fen"]), rows, rate, posting.today)
    return whole


def cash_in(found: Brought, amount_fen: int, loan: Loan, posting: Posting) -> None:
    """The amount becomes the bank's: first what it has already, then from deposit; noted by route, so that no fen counts twice."""
    from_bank = min(found.prepaid_fen, amount_fen)
    left = amount_fen - from_bank
    moved = 0
    for account, locked in found.locked:
        part = min(locked, left - moved)
        posting.move(account, posting.bank, part)
        moved += max(0, part)
    for route, part in (("prepay", from_bank), ("deposit", moved)):
        if part:
            LoanProceeds.objects.create(loan=loan, deal=found.deal, route=route, amount_fen=part, on=posting.today)


def free(attempt: Attempt, posting: Posting) -> Done:
    """The debt is paid: what is still locked goes to the borrower; what the bank holds uncounted goes back with it."""
    loan, found = attempt.loan, named(attempt.loan, str(attempt.fields["deal"]))
    assert found is not None
    for account, locked in found.locked:
        posting.move(account, posting.borrower, locked)
    if found.prepaid_fen:
        posting.move(posting.bank, posting.borrower, found.prepaid_fen)
        LoanProceeds.objects.create(loan=loan, deal=found.deal, route="prepay", amount_fen=found.prepaid_fen, on=posting.today)
    return {"deal": str(found.deal.pk), "freed_fen": found.open_fen}


def still_locked(attempt: Attempt) -> Mapping[str, Any] | None:
    """The gate of release: nothing of the loan's may stay locked behind it."""
    rest = sum(one.open_fen for one in brought(attempt.loan))
    return {"amount_fen": rest} if rest else None
