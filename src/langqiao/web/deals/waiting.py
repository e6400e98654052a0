"""What of deals waits on the desk: steps a colleague asked for, consents asked of us, offers of the other side, days that come."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from langqiao.web.deals.models import Consent, Deadline, Deal
from langqiao.web.deals.selectors import ended, requests_waiting
from langqiao.web.deals.words import said
from langqiao.web.people.models import Membership
from langqiao.web.work.desk import ROWS_A_ROOM, DeskItem, Need


def waiting(membership: Membership, _today: dt.date) -> Iterator[DeskItem]:
    """In order: requests of colleagues, consents, offers to answer, deadlines of running deals."""
    for request in requests_waiting(membership):
        yield _item(
            request.deal,
            _("Approve or decline: %(event)s") % {"event": said("event", request.event)},
            need="approve",
            why=_("asked by %(name)s on %(day)s") % {"name": str(request.requested_by), "day": request.requested_at.date().isoformat()},
        )
    yield from _consents(membership)
    yield from _offers(membership)
    mine = Q(deal__seller=membership.organization_id) | Q(deal__buyer=membership.organization_id)
    mine |= Q(deal__operator=membership.organization_id)
    for deadline in Deadline.objects.filter(mine, done_at=None).select_related("deal").order_by("on")[:ROWS_A_ROOM]:
        yield _item(deadline.deal, said("deadline", deadline.code), need="know", on=deadline.on)


def _item(deal: Deal, what: str, *, need: Need, why: str = "", on: dt.date | None = None) -> DeskItem:
    label = deal.label or said("kind", deal.kind)
    return DeskItem(
        what=f"{what} · {label}",
        url=reverse("deal", args=[deal.pk]),
        need=need,
        why=why,
        on=on,
        amount_fen=deal.price_fen,
        is_scenario=deal.is_scenario,
    )


def _consents(membership: Membership) -> Iterator[DeskItem]:
    open_ones = Consent.objects.filter(asked=membership.organization_id, given_on=None, refused_on=None).select_related("deal")
    for consent in open_ones[:ROWS_A_ROOM]:
        until = consent.served_on + dt.timedelta(days=consent.open_days) if consent.served_on and consent.open_days else None
        yield DeskItem(
            what=_("Answer: %(basis)s") % {"basis": said("basis", consent.basis)},
            url=reverse("deal_consent", args=[consent.pk]),
            on=until,
            amount_fen=consent.deal.price_fen,
            is_scenario=consent.deal.is_scenario,
        )


def _offers(membership: Membership) -> Iterator[DeskItem]:
    """Offers on the table that the other side made."""
    theirs = Q(seller=membership.organization_id, offer_by="buyer") | Q(buyer=membership.organization_id, offer_by="seller")
    for deal in Deal.objects.filter(theirs, state="offer").exclude(ended())[:ROWS_A_ROOM]:
        yield _item(deal, _("Answer the offer"), need="act", on=deal.offer_expires_on)
