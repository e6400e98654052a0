"""Reads of the market: what is public, what is one's own, what waits for the platform's audit; a draft is seen by its own side only."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.market.listing import MODES, tiers_open
from langqiao.web.deals.models import Deal
from langqiao.web.deals.selectors import ended
from langqiao.web.market.models import Demand, Interest, Listing, ListingConfidence, MarketStep, Window, WindowOffer
from langqiao.web.market.roles import listing_role, owner_role
from langqiao.web.market.steps import subject_of
from langqiao.web.people.models import Membership, OrganizationKind

PAGE_SIZE = 25
SHOWN = {"listing": ("listed", "sold"), "demand": ("published", "met"), "window": ("open", "closed", "decided")}
"""The states in which everybody may open a thing's page."""
AUDITED = ("submitted",)

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A page of rows and how many there are."""

    rows: Sequence[Listing | Demand | Window]
    total: int
    page: int
    page_count: int


def page_of(found: QuerySet[M], given: QueryDict) -> Shown:
    """One page of 25."""
    total = found.count()
    last = max(1, -(-total // PAGE_SIZE))
    raw = given.get("page", "1")
    page = min(int(raw), last) if raw.isascii() and raw.isdigit() and int(raw) > 0 else 1
    rows = list(found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE])
    return Shown(rows=rows, total=total, page=page, page_count=last)  # type: ignore[arg-type]


def listings_find(given: QueryDict) -> Shown:
    """The listings that stand, narrowed by words, mode and whether they are of the scenario."""
    found = Listing.objects.filter(state="listed").select_related("organization").prefetch_related("patents")
    if given.get("mode") in MODES:
        found = found.filter(mode=given["mode"])
    for word in given.get("q", "")[:200].split()[:8]:
        patents = Q(patents__number__icontains=word) | Q(patents__title_zh__icontains=word) | Q(patents__title_en__icontains=word)
        found = found.filter(Q(title__icontains=word) | Q(brief__icontains=word) | Q(organization__name__icontains=word) | patents)
    return page_of(found.distinct(), given)


def demands_find(given: QueryDict) -> Shown:
    """The demands that stand, narrowed by words."""
    found = Demand.objects.filter(state="published").select_related("organization")
    for word in given.get("q", "")[:200].split()[:8]:
        found = found.filter(
            Q(title__icontains=word) | Q(problem__icontains=word) | Q(industry__icontains=word) | Q(region__icontains=word)
        )
    return page_of(found, given)


def windows_find(given: QueryDict) -> Shown:
    """The purchase windows that were opened, latest first."""
    return page_of(Window.objects.filter(state__in=SHOWN["window"]).select_related("organization"), given)


def listings_own(membership: Membership) -> QuerySet[Listing]:
    """What the organization lists, or keeps for others."""
    mine = Q(organization=membership.organization) | Q(by_organization=membership.organization)
    return Listing.objects.filter(mine).select_related("organization").prefetch_related("patents").order_by("-updated_at")


def demands_own(membership: Membership) -> QuerySet[Demand]:
    """The organization's demands."""
    return Demand.objects.filter(organization=membership.organization).order_by("-updated_at")


def windows_own(membership: Membership) -> QuerySet[Window]:
    """The organization's windows."""
    return Window.objects.filter(organization=membership.organization).order_by("-updated_at")


def audits_waiting(membership: Membership) -> list[Listing | Demand]:
    """What waits for the platform's audit, oldest first; nothing for other organizations."""
    if membership.organization.kind != OrganizationKind.PLATFORM:
        return []
    listings = Listing.objects.filter(state__in=AUDITED).select_related("organization")
    demands = Demand.objects.filter(state__in=AUDITED).select_related("organization")
    return sorted([*listings, *demands], key=lambda row: row.updated_at)


def listing_get(listing_id: uuid.UUID, membership: Membership | None) -> Listing:
    """The listing, if it is public or the member has a role in it. Refused (not_found) otherwise."""
    found = Listing.objects.select_related("organization", "by_organization").prefetch_related("patents").filter(pk=listing_id).first()
    if found is None or (found.state not in SHOWN["listing"] and not listing_role(found, membership)):
        raise Refusal("not_found", _("There is no such listing."))
    return found


def demand_get(demand_id: uuid.UUID, membership: Membership | None) -> Demand:
    """The demand, if it is public or the member has a role in it."""
    found = Demand.objects.select_related("organization").filter(pk=demand_id).first()
    if found is None or (found.state not in SHOWN["demand"] and not owner_role(found, membership)):
        raise Refusal("not_found", _("There is no such demand."))
    return found


def window_get(window_id: uuid.UUID, membership: Membership | None) -> Window:
    """The window, if it was opened or the member has a role in it."""
    found = Window.objects.select_related("organization").filter(pk=window_id).first()
    if found is None or (found.state not in SHOWN["window"] and not owner_role(found, membership)):
        raise Refusal("not_found", _("There is no such purchase window."))
    return found


def listing_tiers(listing: Listing, membership: Membership | None) -> frozenset[str]:
    """What of a listing the member may read; the platform reads all of it while it audits."""
    signed = membership is not None and ListingConfidence.objects.filter(listing=listing, organization=membership.organization).exists()
    role = listing_role(listing, membership)
    reads_all = role in {"holder", "custodian"} or (role == "platform" and listing.state == "submitted")
    return tiers_open(nda_signed=signed, in_deal=_in_deal(listing, membership), owner=reads_all)


def _in_deal(listing: Listing, membership: Membership | None) -> bool:
    if membership is None:
        return False
    return Deal.objects.filter(Q(seller=membership.organization) | Q(buyer=membership.organization), listing=str(listing.pk)).exists()


def deals_from(listing: Listing) -> int:
    """How many deals that began from the listing have not ended."""
    return Deal.objects.filter(listing=str(listing.pk)).exclude(ended()).count()


def interests_seen(row: Listing | Demand, membership: Membership | None) -> list[Interest]:
    """The interest in a listing or the proposals for a demand: all for the side that answers, one's own for the others."""
    if membership is None:
        return []
    found = row.interests.select_related("organization", "by")
    answers = (
        listing_role(row, membership) in {"holder", "custodian"} if isinstance(row, Listing) else owner_role(row, membership) == "owner"
    )
    return list(found if answers else found.filter(organization=membership.organization))


def offers_seen(window: Window, membership: Membership | None) -> list[WindowOffer]:
    """The offers of a window: the buyer sees them once it has closed, a holder its own."""
    if membership is None:
        return []
    found = window.offers.select_related("organization")
    if owner_role(window, membership) == "owner":
        return list(found.exclude(state="withdrawn")) if window.state in {"closed", "decided"} else []
    return list(found.filter(organization=membership.organization))


def steps_of(row: Listing | Demand | Window) -> list[MarketStep]:
    """The steps a thing has taken, oldest first."""
    return list(MarketStep.objects.filter(subject=subject_of(row)).select_related("organization"))


def parties_listing(key: str) -> set[int]:
    """Whom a listing's records concern: the holder and who acts for it."""
    row = Listing.objects.filter(pk=key).values_list("organization_id", "by_organization_id").first()
    return {pk for pk in row or () if pk is not None}


def parties_demand(key: str) -> set[int]:
    """Whom a demand's records concern."""
    return set(Demand.objects.filter(pk=key).values_list("organization_id", flat=True))


def parties_window(key: str) -> set[int]:
    """Whom a window's records concern."""
    return set(Window.objects.filter(pk=key).values_list("organization_id", flat=True))
