"""Reads of insurance: who takes which role, one policy or claim or none, tariffs in force, the losses that a guarantee covers."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext as _

from langqiao.engine.credit.compensation import BANK, claim_parts
from langqiao.engine.insurance.earning import Piece
from langqiao.engine.insurance.tariff import Tariff as Prices
from langqiao.engine.insurance.tariff import tariff_of
from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.credit.models import Loan
from langqiao.web.credit.selectors import pool_terms
from langqiao.web.insurance.models import Claim, Policy, Product, Tariff
from langqiao.web.people.models import CheckState, Membership, Organization, OrganizationKind

LIST_MAX = 500
INSURABLE_LOANS = ("approved", "contracted", "registered", "active", "margin_called")
DEFAULTED = ("defaulted", "enforcing", "claimed", "compensated")
LIVING = ("quoted", "accepted", "underwritten", "in_force")
UNSEEN = ("quoted",)
"""States in which a quote is the holder's alone."""


def roles_of(policy: Policy, organization: Organization) -> tuple[str, ...]:
    """The roles of an organization in a policy; a quote that nobody accepted is the holder's and of the payer it asked."""
    found = []
    if policy.holder_id == organization.pk:
        found.append("holder")
    if policy.insurer_id == organization.pk and _submitted(policy):
        found.append("insurer")
    if policy.subsidies.filter(payer=organization).exclude(state="void").exists():
        found.append("payer")
    if policy.beneficiary_id == organization.pk and _submitted(policy):
        found.append("beneficiary")
    return tuple(found)


def _submitted(policy: Policy) -> bool:
    return policy.state not in UNSEEN and policy.steps.filter(event="accept").exists()


def policy_get(policy_id: uuid.UUID, membership: Membership, *, lock: bool = False) -> Policy:
    """A policy that the member's organization takes part in. Refused (not_found)."""
    rows = Policy.objects.select_related("insurer", "holder", "beneficiary", "loan", "tariff__product")
    if lock:
        rows = rows.select_for_update(of=("self",))
    policy = rows.filter(pk=policy_id).first()
    if policy is None or not roles_of(policy, membership.organization):
        raise Refusal("not_found", _("There is no such policy."))
    return policy


def policies_for(organization: Organization) -> QuerySet[Policy]:
    """The policies an organization takes part in, the latest first."""
    own = Q(holder=organization) | Q(subsidies__payer=organization, subsidies__state__in=["open", "granted", "denied"])
    seen = (Q(insurer=organization) | Q(beneficiary=organization)) & Q(steps__event="accept", steps__claim__isnull=True)
    keys = Policy.objects.filter(own | seen).values("pk")
    return (
        Policy.objects.filter(pk__in=keys).select_related("insurer", "holder", "beneficiary", "tariff__product").prefetch_related("patents")
    )


def claimant_of(policy: Policy) -> Organization:
    """Who claims and is paid: the bank of a guarantee, else the holder."""
    return policy.beneficiary or policy.holder


def claim_roles(claim: Claim, organization: Organization) -> tuple[str, ...]:
    """claimant, insurer; the policyholder of a guarantee reads as "holder"."""
    found = []
    if claim.claimant_id == organization.pk:
        found.append("claimant")
    if claim.policy.insurer_id == organization.pk:
        found.append("insurer")
    if claim.policy.holder_id == organization.pk and not found:
        found.append("holder")
    return tuple(found)


def claim_get(claim_id: uuid.UUID, membership: Membership) -> Claim:
    """A claim that the member's organization takes part in. Refused (not_found)."""
    rows = Claim.objects.select_related("policy__insurer", "policy__holder", "policy__loan__pool", "policy__tariff__product", "claimant")
    claim = rows.filter(pk=claim_id).first()
    if claim is None or not claim_roles(claim, membership.organization):
        raise Refusal("not_found", _("There is no such claim."))
    return claim


def claims_for(organization: Organization) -> QuerySet[Claim]:
    """The claims an organization takes part in, the latest first."""
    own = Q(claimant=organization) | Q(policy__insurer=organization) | Q(policy__holder=organization)
    return Claim.objects.filter(own).select_related("policy__tariff__product", "claimant", "policy__insurer")


def parties_policy(key: str) -> set[int]:
    """Whom a policy's records concern."""
    policy = Policy.objects.filter(pk=key).first()
    if policy is None:
        return set()
    found = {policy.holder_id, *policy.subsidies.exclude(state="void").values_list("payer_id", flat=True)}
    if policy.state not in UNSEEN:
        found |= {policy.insurer_id, *([policy.beneficiary_id] if policy.beneficiary_id else [])}
    return found


def parties_claim(key: str) -> set[int]:
    """Whom a claim's records concern."""
    row = Claim.objects.filter(pk=key).values_list("claimant_id", "policy__insurer_id", "policy__holder_id").first()
    return set(row or ())


def parties_tariff(key: str) -> set[int]:
    """Whom a tariff's records concern: its insurer."""
    row = Product.objects.filter(pk=key).values_list("insurer_id", flat=True).first()
    return {row} if row is not None else set()


def tariff_on(product: Product, day: dt.date) -> Tariff | None:
    """The approved tariff in force on a day: the latest begun."""
    rows = product.tariffs.filter(approved_at__isnull=False, since__lte=day)
    return rows.order_by("since", "number").last()


def prices_of(tariff: Tariff) -> Prices:
    """The tariff as the engine reads it."""
    return tariff_of(tariff.product.kind, tariff.values)


def products_offered(day: dt.date) -> list[tuple[Product, Tariff]]:
    """Every product of a verified insurer with its tariff in force."""
    rows = Product.objects.filter(
        insurer__kind=OrganizationKind.INSURER, insurer__check_state=CheckState.VERIFIED, insurer__merged_into=None
    ).select_related("insurer")
    found = [(product, tariff_on(product, day)) for product in rows[:LIST_MAX]]
    return [(product, tariff) for product, tariff in found if tariff is not None]


def product_get(product_id: uuid.UUID, membership: Membership) -> Product:
    """A product: the insurer's own, or one that is offered. Refused (not_found)."""
    product = Product.objects.select_related("insurer").filter(pk=product_id).first()
    own = product is not None and product.insurer_id == membership.organization_id
    if product is None or not (own or (product.insurer.is_verified and product.tariffs.filter(approved_at__isnull=False).exists())):
        raise Refusal("not_found", _("There is no such product."))
    return product


def pieces_of(policy: Policy) -> list[Piece]:
    """The premium as the engine earns it."""
    return [Piece(amount_fen=one.amount_fen, since=one.since, until=one.until) for one in policy.pieces.all()]


def committed_fen(policy: Policy) -> int:
    """What the policy's limit has been used for: payments, and claims granted that are not paid yet."""
    granted = policy.claims.filter(state="approved").aggregate(sum=Sum("payment_fen"))["sum"] or 0
    return policy.used_fen + int(granted)


def bank_part(loan: Loan, amount_fen: int) -> int:
    """The bank's own part of a loss of a loan: the rest is the compensation pool's (I59)."""
    return claim_parts(amount_fen, pool_terms(loan.pool))[BANK] if loan.pool is not None and amount_fen else amount_fen


def loan_loss(loan: Loan, *, but: uuid.UUID | None = None) -> int:
    """What the bank has lost of a loan in default and nobody has made good: its own part by the pool's split, less what guarantees paid."""
    if loan.state not in DEFAULTED:
        return 0
    if loan.state == "compensated":
        own = [part for claim in loan.claims.filter(state="paid") for part in claim.parts.filter(member__isnull=True)]
        lost = sum(part.amount_fen - part.recovered_fen for part in own)
    else:
        lost = bank_part(loan, loan.balance_fen)
    rows = Claim.objects.filter(policy__loan=loan)
    others = (rows.exclude(pk=but) if but else rows).aggregate(paid=Sum("paid_fen"), back=Sum("recovered_fen"))
    return max(0, lost - int(others["paid"] or 0) + int(others["back"] or 0))


def earlier_claims(holder: Organization, insurer: Organization) -> int:
    """Claims of a holder that cost this insurer something, or may still."""
    rows = Claim.objects.filter(policy__holder=holder, policy__insurer=insurer)
    return rows.filter(Q(paid_fen__gt=0) | Q(state__in=["notified", "assessing", "approved", "objected"])).count()


def facts_plain(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts of a quote as they are stored: [value, origin] by name."""
    return {name: [one.value if isinstance(one.value, int | str) else str(one.value), one.origin] for name, one in facts.items()}
