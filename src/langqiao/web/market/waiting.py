"""What of the market waits on the desk: interest and proposals to answer, windows to decide, returned drafts, audits of the platform."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from langqiao.web.market.models import Interest, Listing, Window
from langqiao.web.market.selectors import audits_waiting
from langqiao.web.people.models import Membership
from langqiao.web.work.desk import ROWS_A_ROOM, DeskItem


def waiting(membership: Membership, _today: dt.date) -> Iterator[DeskItem]:
    """In order: answers owed, windows, own listings sent back, the audit queue."""
    yield from _answers(membership)
    yield from _windows(membership)
    yield from _returned(membership)
    for row in audits_waiting(membership):
        name = "listing" if isinstance(row, Listing) else "demand"
        yield DeskItem(
            what=_("Audit: %(title)s") % {"title": row.title},
            why=_("submitted by %(name)s") % {"name": row.organization.name},
            url=reverse(name, args=[row.pk]),
            amount_fen=row.price_fen if isinstance(row, Listing) else row.budget_fen,
            is_scenario=row.is_scenario,
        )


def _answers(membership: Membership) -> Iterator[DeskItem]:
    mine = membership.organization_id
    asked = Q(listing__organization=mine) | Q(listing__by_organization=mine) | Q(demand__organization=mine)
    open_ones = Interest.objects.filter(asked, answered_at=None, wants=True).select_related("listing", "demand", "organization")
    for interest in open_ones.order_by("created_at")[:ROWS_A_ROOM]:
        about = interest.listing or interest.demand
        assert about is not None, "interest is in a listing or in a demand"
        is_listing = interest.listing is not None
        sentence = _("Answer the interest in %(title)s") if is_listing else _("Answer the proposal for %(title)s")
        yield DeskItem(
            what=sentence % {"title": about.title},
            why=_("by %(name)s on %(day)s") % {"name": interest.organization.name, "day": interest.created_at.date().isoformat()},
            url=reverse("listing" if is_listing else "demand", args=[about.pk]),
            amount_fen=interest.listing.price_fen if interest.listing else interest.demand.budget_fen if interest.demand else None,
            is_scenario=about.is_scenario,
        )


def _windows(membership: Membership) -> Iterator[DeskItem]:
    for window in Window.objects.filter(organization=membership.organization_id, state="closed"):
        yield DeskItem(
            what=_("Decide the offers of the purchase window %(title)s") % {"title": window.title},
            url=reverse("window", args=[window.pk]),
            on=window.decides_by,
            is_scenario=window.is_scenario,
        )


def _returned(membership: Membership) -> Iterator[DeskItem]:
    mine = Q(organization=membership.organization_id) | Q(by_organization=membership.organization_id)
    for listing in Listing.objects.filter(mine, state="returned")[:ROWS_A_ROOM]:
        yield DeskItem(
            what=_("Amend the listing that came back: %(title)s") % {"title": listing.title},
            url=reverse("listing", args=[listing.pk]),
            amount_fen=listing.price_fen,
            is_scenario=listing.is_scenario,
        )
