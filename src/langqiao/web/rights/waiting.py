"""What of the register waits on the desk: petitions to review, for those who review."""

import datetime as dt
from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from langqiao.web.common.templatetags.patent_words import number
from langqiao.web.people.models import Membership
from langqiao.web.rights.models import Petition, PetitionState
from langqiao.web.rights.petitions import may_review
from langqiao.web.work.desk import ROWS_A_ROOM, DeskItem


def waiting(membership: Membership, _today: dt.date) -> Iterator[DeskItem]:
    """Petitions that wait for review; nobody reviews those of their own organization."""
    if not may_review(membership):
        return
    filed = Petition.objects.filter(state=PetitionState.FILED).exclude(organization=membership.organization_id)
    for petition in filed.select_related("holding", "organization").order_by("filed_at")[:ROWS_A_ROOM]:
        yield DeskItem(
            what=_("Review: %(kind)s, %(number)s") % {"kind": petition.get_kind_display(), "number": number(petition.holding.key)},
            why=_("filed by %(name)s on %(day)s") % {"name": petition.organization.name, "day": petition.filed_at.date().isoformat()},
            url=reverse("petition", args=[petition.pk]),
            is_scenario=petition.organization.is_demo,
        )
