"""Whose accounts a member may see: the own organization's, those of what it is a party to, and the platform's own for the platform."""

import uuid

from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.audit.subjects import parties_of
from langqiao.web.ledger.models import LedgerAccount, Transfer
from langqiao.web.ledger.models_bank import PaymentOrder
from langqiao.web.people.models import Membership, OrganizationKind
from langqiao.web.people.session import owner_of


def is_platform(membership: Membership) -> bool:
    """Whether the member works for the verified platform, which keeps the books and holds the clients' money."""
    return membership.organization.kind == OrganizationKind.PLATFORM and membership.organization.is_verified


def may_see(membership: Membership, owner: str) -> bool:
    """Whether the member may see the accounts of an owner."""
    if owner == owner_of(membership.organization_id):
        return True
    if owner == "platform":
        return is_platform(membership)
    if owner == f"person/{membership.user_id}":
        return True
    return membership.organization_id in parties_of(owner)


def account_get(*, membership: Membership, account: str) -> LedgerAccount:
    """An account the member may see. Refused (not_found) alike where there is none."""
    found = LedgerAccount.objects.filter(pk=account).first()
    if found is None or not may_see(membership, found.owner):
        raise Refusal("not_found", _("There is no such account."))
    return found


def transfer_get(*, membership: Membership, seq: int) -> Transfer:
    """A transfer of which the member may see at least one side. Refused (not_found)."""
    found = Transfer.objects.select_related("debit", "credit").filter(pk=seq).first() if seq < 2**63 else None
    if found is None or not (may_see(membership, found.debit.owner) or may_see(membership, found.credit.owner)):
        raise Refusal("not_found", _("There is no such transfer."))
    return found


def order_get(*, membership: Membership, order_id: uuid.UUID) -> PaymentOrder:
    """A payment of the member's organization. Refused (not_found)."""
    found = PaymentOrder.objects.filter(pk=order_id, organization=membership.organization).first()
    if found is None:
        raise Refusal("not_found", _("There is no such payment."))
    return found
