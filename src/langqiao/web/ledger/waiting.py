"""What of client money waits on the desk: payments that a colleague asked for."""

import datetime as dt
from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from langqiao.web.ledger.models_bank import OrderState, PaymentOrder
from langqiao.web.people.models import Membership
from langqiao.web.work.desk import ROWS_A_ROOM, DeskItem


def waiting(membership: Membership, _today: dt.date) -> Iterator[DeskItem]:
    """Payments out of the client account that wait for the second person."""
    if not membership.may_approve:
        return
    asked = PaymentOrder.objects.filter(organization=membership.organization_id, direction="out", state=OrderState.ASKED)
    for order in asked.exclude(asked_by=membership.user_id).select_related("asked_by")[:ROWS_A_ROOM]:
        yield DeskItem(
            what=_("Approve or refuse the payment %(reference)s") % {"reference": order.reference},
            why=_("asked by %(name)s on %(day)s") % {"name": str(order.asked_by), "day": order.asked_at.date().isoformat()},
            url=reverse("money"),
            need="approve",
            amount_fen=order.amount_fen,
        )
