"""The check of an organization: it states its credit code and a document, the platform verifies or refuses with a reason."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.people.credit_code import credit_code
from langqiao.web.people.models import CheckState, Membership, Organization, OrganizationKind, User
from langqiao.web.people.security import Facts, security_note
from langqiao.web.people.session import PLATFORM_KINDS, must_be_kind, must_govern


def checks_pending() -> Sequence[Organization]:
    """Organizations that wait for the check, the longest waiting first."""
    found = Organization.objects.filter(check_state=CheckState.PENDING, merged_into__isnull=True)
    return list(found.select_related("check_asked_by").order_by("check_asked_at", "pk"))


@transaction.atomic
def check_ask(*, membership: Membership, code: str, document: str) -> Organization:
    """States who the organization is and asks the platform to check it.

    `code` may be empty for individuals and foreign organizations, which have none; the platform then judges by the document alone.
    Refused: not_allowed; credit_code_length, credit_code_letters, credit_code_check; check_not_open without a document.
    """
    must_govern(membership)
    read = credit_code(code).code if code.strip() else ""
    if not document.strip():
        raise Refusal("check_not_open", _("Name the document that shows who the organization is, with its number."))
    organization = Organization.objects.select_for_update().get(pk=membership.organization_id)
    organization.credit_code, organization.check_document = read, document.strip()[:300]
    organization.check_state, organization.check_reason = CheckState.PENDING, ""
    organization.check_asked_by, organization.check_asked_at = membership.user, timezone.now()
    organization.checked_by = organization.checked_at = None
    organization.full_clean(exclude=["name"])
    organization.save()
    security_note("check_asked", user=membership.user, organization=organization, facts={"code": read})
    return organization


@transaction.atomic
def check_decide(*, membership: Membership, organization_id: int, verified: bool, reason: str = "") -> Organization:
    """The platform's answer. Refused: not_allowed; own_role to a member of the organization itself; check_not_open; credit_code_taken.

    A refusal needs its reason, which the organization reads.
    """
    must_be_kind(membership, PLATFORM_KINDS)
    if not membership.may_approve:
        raise Refusal("not_allowed", _("Checks are decided by an approver or an administrator of the platform."))
    organization = Organization.objects.select_for_update().filter(pk=organization_id).first()
    if organization is None:
        raise Refusal("not_found", _("There is no such organization."))
    if organization.check_state != CheckState.PENDING:
        raise Refusal("check_not_open", _("No request of this organization is open."))
    _four_eyes(membership.user, organization)
    if verified:
        _code_is_free(organization)
    elif not reason.strip():
        raise Refusal("check_not_open", _("Say why the check is refused, so that the organization can put it right."))
    organization.check_state = CheckState.VERIFIED if verified else CheckState.REFUSED
    organization.check_reason = reason.strip()[:500]
    organization.checked_by, organization.checked_at = membership.user, timezone.now()
    organization.save()
    security_note("check_decided", user=membership.user, organization=organization, facts=_facts(organization))
    return organization


@transaction.atomic
def organization_change(*, membership: Membership, name: str, kind: str) -> Organization:
    """Another name or kind; what the platform had verified must be checked again. Raises ValidationError for a name that is taken."""
    must_govern(membership)
    organization = Organization.objects.select_for_update().get(pk=membership.organization_id)
    kinds_open(kind, organization.kind)
    changed = (organization.name, organization.kind) != (name.strip(), kind)
    organization.name, organization.kind = name.strip(), kind
    if changed and organization.check_state in {CheckState.VERIFIED, CheckState.PENDING} and kind != OrganizationKind.PLATFORM:
        organization.check_state, organization.checked_by, organization.checked_at = CheckState.UNCHECKED, None, None
    organization.full_clean()
    organization.save()
    if changed:
        security_note("organization_changed", user=membership.user, organization=organization, facts={"kind": kind})
    return organization


def kinds_open(kind: str, present: str = "") -> None:
    """Refuses (not_allowed) making an organization the platform: that is done by `langqiao setup-admin`, once."""
    if (kind == OrganizationKind.PLATFORM) != (present == OrganizationKind.PLATFORM) and OrganizationKind.PLATFORM in {kind, present}:
        raise Refusal("not_allowed", _("There is one platform; it is made by the operator at the first start."))


def _four_eyes(user: User, organization: Organization) -> None:
    if organization.check_asked_by_id == user.pk or Membership.objects.filter(user=user, organization=organization).exists():
        raise Refusal("four_eyes_missing", _("You belong to this organization; a colleague of the platform decides."))


def _code_is_free(organization: Organization) -> None:
    same = Organization.objects.filter(credit_code=organization.credit_code, check_state=CheckState.VERIFIED, merged_into__isnull=True)
    if organization.credit_code and same.exclude(pk=organization.pk).exists():
        raise Refusal("credit_code_taken", _("Another verified organization has this code."))


def _facts(organization: Organization) -> Facts:
    return {"state": organization.check_state, "code": organization.credit_code, "reason": organization.check_reason}
