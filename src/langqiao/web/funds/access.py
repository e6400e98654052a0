"""Who may see and move what of a fund: members of its manager by their role, members of its committee the cases they sit on."""

import uuid

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.funds.models import Fund, Member, Order, Partner, Project, Session
from langqiao.web.people.models import Membership, User


def role_of(membership: Membership) -> str:
    """A member of the manager in the words of the tables: `approver`, `editor` or `reader`."""
    return "approver" if membership.may_approve else "editor" if membership.may_edit else "reader"


def funds_of(membership: Membership) -> QuerySet[Fund]:
    """The funds the member's organization manages."""
    return Fund.objects.filter(organization=membership.organization)


def fund_get(fund_id: uuid.UUID, membership: Membership) -> Fund:
    """A fund of the member's organization. Refused (not_found)."""
    found = funds_of(membership).filter(pk=fund_id).first()
    if found is None:
        raise Refusal("not_found", _("There is no such fund."))
    return found


def fund_locked(fund_id: uuid.UUID, membership: Membership) -> Fund:
    """The same under lock."""
    fund = fund_get(fund_id, membership)
    return Fund.objects.select_for_update().get(pk=fund.pk)


def partner_get(partner_id: uuid.UUID, membership: Membership) -> Partner:
    """A partner of a fund of the member's organization. Refused (not_found)."""
    found = Partner.objects.select_related("fund").filter(pk=partner_id, fund__organization=membership.organization).first()
    if found is None:
        raise Refusal("not_found", _("There is no such partner."))
    return found


def order_get(order_id: uuid.UUID, membership: Membership) -> Order:
    """An order of a fund of the member's organization. Refused (not_found)."""
    found = Order.objects.select_related("fund").filter(pk=order_id, fund__organization=membership.organization).first()
    if found is None:
        raise Refusal("not_found", _("There is no such payment."))
    return found


def project_get(project_id: uuid.UUID, membership: Membership) -> Project:
    """A project of a fund of the member's organization. Refused (not_found)."""
    found = Project.objects.select_related("fund", "by").filter(pk=project_id, fund__organization=membership.organization).first()
    if found is None:
        raise Refusal("not_found", _("There is no such project."))
    return found


def project_locked(project_id: uuid.UUID, membership: Membership) -> Project:
    """The same under lock."""
    project = project_get(project_id, membership)
    Project.objects.select_for_update().get(pk=project.pk)
    project.refresh_from_db()
    return project


def session_get(session_id: uuid.UUID, membership: Membership, user: User) -> Session:
    """A session of the manager's fund, or one in which the user sits. Refused (not_found)."""
    found = Session.objects.select_related("fund", "project", "by").filter(pk=session_id).first()
    sits = found is not None and Member.objects.filter(session=found, user=user).exists()
    if found is None or not (sits or found.fund.organization_id == membership.organization_id):
        raise Refusal("not_found", _("There is no such session."))
    return found


def session_locked(session_id: uuid.UUID, membership: Membership, user: User) -> Session:
    """The same under lock."""
    session = session_get(session_id, membership, user)
    Session.objects.select_for_update().get(pk=session.pk)
    session.refresh_from_db()
    return session


def managed(session: Session, membership: Membership) -> bool:
    """Whether the member works for the fund's manager."""
    return session.fund.organization_id == membership.organization_id


def parties_session(key: str) -> set[int]:
    """Whom a session's records concern: the fund's manager."""
    return set(Session.objects.filter(pk=key).values_list("fund__organization_id", flat=True))
