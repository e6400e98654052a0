"""What of royalties waits on the desk: distributions to approve, statements to pay."""

import datetime as dt
from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from langqiao.web.people.models import Membership
from langqiao.web.royalties.models import Distribution, RoyaltyStatement
from langqiao.web.work.desk import ROWS_A_ROOM, DeskItem


def waiting(membership: Membership, _today: dt.date) -> Iterator[DeskItem]:
    """Distributions a colleague proposed, then royalties of the licensee that are stated and not paid."""
    if membership.may_approve:
        proposed = Distribution.objects.filter(organization=membership.organization_id, state=Distribution.PROPOSED)
        for one in proposed.exclude(proposed_by=membership.user_id).select_related("deal", "proposed_by")[:ROWS_A_ROOM]:
            yield DeskItem(
                what=_("Approve the inventors' shares of an income"),
                why=_("asked by %(name)s on %(day)s") % {"name": str(one.proposed_by), "day": one.proposed_at.date().isoformat()},
                url=reverse("royalty_license", args=[one.deal_id]),
                need="approve",
                amount_fen=one.inventors_fen,
                is_scenario=one.deal.is_scenario,
            )
    unpaid = RoyaltyStatement.objects.filter(deal__buyer=membership.organization_id, paid_on=None, due_fen__gt=0)
    for statement in unpaid.select_related("deal").order_by("due_on")[:ROWS_A_ROOM]:
        yield DeskItem(
            what=_("Pay the royalties of %(since)s to %(until)s")
            % {"since": statement.since.isoformat(), "until": statement.until.isoformat()},
            url=reverse("royalty_license", args=[statement.deal_id]),
            on=statement.due_on,
            amount_fen=statement.due_fen - statement.paid_fen,
            is_scenario=statement.deal.is_scenario,
        )
