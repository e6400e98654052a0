"""Reads of securitization: who takes which role, one transaction or none, the terms and the state as the engine reads them."""

import uuid
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.securitization.terms import Terms, terms_read
from langqiao.engine.securitization.triggers import Watched
from langqiao.engine.securitization.waterfall import Collected, State
from langqiao.engine.securitization.waterfall import Period as Facts
from langqiao.engine.securitization.workflow import LIVE
from langqiao.rules import parameters
from langqiao.web.credit.selectors import parties_pool as parties_compensation
from langqiao.web.people.models import Membership, Organization
from langqiao.web.securitization.models import Investor, Party, Period, Transaction

LIST_MAX = 200
OPEN_TO_INVESTORS = ("offered", "allocated", *sorted(LIVE), "closed", "failed")
"""States in which those who were invited see the transaction."""


def roles_of(deal: Transaction, organization: Organization) -> tuple[str, ...]:
    """The roles of an organization; a draft is the arranger's alone, and an investor sees nothing before the offer."""
    found = ["arranger"] if deal.arranger_id == organization.pk else []
    if deal.state != "draft":
        found += [party.role for party in deal.parties.all() if party.organization_id == organization.pk and party.role not in found]
    if deal.state in OPEN_TO_INVESTORS and any(one.organization_id == organization.pk for one in deal.investors.all()):
        found.append("investor")
    return tuple(found)


def transaction_get(deal_id: uuid.UUID, membership: Membership, *, lock: bool = False) -> Transaction:
    """A transaction that the member's organization takes part in. Refused (not_found)."""
    rows = Transaction.objects.select_for_update() if lock else Transaction.objects.select_related("arranger")
    deal = rows.prefetch_related("parties__organization", "investors").filter(pk=deal_id).first()
    if deal is None or not roles_of(deal, membership.organization):
        raise Refusal("not_found", _("There is no such transaction."))
    return deal


def transactions_for(organization: Organization) -> QuerySet[Transaction]:
    """The transactions an organization takes part in, the latest first."""
    party = Q(pk__in=Party.objects.filter(organization=organization).values("transaction_id")) & ~Q(state="draft")
    invited = Q(pk__in=Investor.objects.filter(organization=organization).values("transaction_id"), state__in=OPEN_TO_INVESTORS)
    return Transaction.objects.filter(Q(arranger=organization) | party | invited).select_related("arranger").prefetch_related("tranches")


def parties_securitization(key: str) -> set[int]:
    """Whom a transaction's records concern: its parties, not its investors, who have their own statements."""
    try:
        deal = Transaction.objects.filter(pk=uuid.UUID(key)).first()
    except ValueError:
        return set()
    if deal is None:
        return set()
    return {deal.arranger_id, *deal.parties.values_list("organization_id", flat=True)}


def parties_pool(key: str) -> set[int]:
    """Whom the accounts of a pool concern: a compensation pool's members, or the parties of a vehicle."""
    return parties_compensation(key) or parties_securitization(key)


def terms_of(deal: Transaction) -> Terms:
    """The terms; only after the structure is set."""
    return terms_read(deal.terms)


def state_of(deal: Transaction) -> State:
    """What stands between two payment dates."""
    tranches = list(deal.tranches.all())
    return State(
        balances=tuple(one.balance_fen for one in tranches), arrears=tuple(one.arrears_fen for one in tranches), reserve=deal.reserve_fen,
        retained=deal.retained_fen, support=deal.support_fen, accelerated=deal.state == "accelerated",
    )  # fmt: skip


def period_facts(period: Period, *, closing_fen: int) -> Facts:
    """A payment date as the engine reads it; a call that was answered, or lapsed, limits the support to what came."""
    return Facts(
        number=period.number,
        collected=Collected(
            interest=period.interest_fen, principal=period.principal_fen, prepayment=period.prepayment_fen, recovery=period.recovery_fen
        ),
        opening=period.opening_fen,
        closing=closing_fen,
        support_given=period.support_fen,
    )


def watched_of(deal: Transaction) -> Watched:
    """What the tests need beside the payment date."""
    return Watched(
        defaulted=deal.defaulted_fen,
        pool=deal.pool_fen,
        called=deal.support_called,
        declared=frozenset(deal.declared),
        waived=frozenset(deal.waived),
    )


def performing_fen(deal: Transaction) -> int:
    """Balance of the claims of the pool that are not in default."""
    return deal.assets.filter(active=True, defaulted_on=None).aggregate(sum=Sum("performing_fen"))["sum"] or 0


def period_now(deal: Transaction) -> Period | None:
    """The payment date that is not paid yet."""
    return deal.periods.exclude(state="paid").first()


def parameter(name: str) -> Any:
    """A parameter of the room."""
    return parameters().value(f"securitization.{name}")


def lot_fen() -> int:
    """Face value of a unit."""
    return int(parameter("lot_yuan")) * 100


def party_of(deal: Transaction, role: str) -> Organization | None:
    """The organization of a role."""
    found = next((one for one in deal.parties.all() if one.role == role), None)
    return found.organization if found else (deal.arranger if role == "arranger" else None)
