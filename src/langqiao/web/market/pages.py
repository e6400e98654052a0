"""The pages of the market that everybody reads: listings, demands and windows, each one, and what one's own organization has there."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from langqiao.engine.market.demand import DEMAND, WINDOW
from langqiao.engine.market.listing import LISTING
from langqiao.engine.market.reasons import REASONS
from langqiao.web.common.steps import Gate
from langqiao.web.common.templatetags.langqiao import chinese
from langqiao.web.market import selectors
from langqiao.web.market.models import Demand, Listing, Window
from langqiao.web.market.roles import listing_role, owner_role
from langqiao.web.market.services import BUYER_OPENS, CONFIDENCE, HOLDER_OPENS, OPEN_TO_CHANGE, listing_gates
from langqiao.web.market.services_demand import demand_gates
from langqiao.web.market.services_window import offers_open, window_gates
from langqiao.web.market.standing import asked_for
from langqiao.web.market.words import MODES, reason_word
from langqiao.web.people.models import Membership, User
from langqiao.web.people.session import member_page, membership_of

FINDERS = {"listings": selectors.listings_find, "demands": selectors.demands_find, "windows": selectors.windows_find}
ASKS_REASONS = frozenset({"send_back", "suspend"})


@require_safe
def market(request: HttpRequest, what: str = "listings") -> HttpResponse:
    """What stands on the market: listings, demands or purchase windows."""
    shown = FINDERS[what](request.GET)
    context = {
        "room": "market",
        "what": what,
        "shown": shown,
        "page_count": shown.page_count,
        "modes": MODES,
        "membership": membership_of(request),
    }
    return render(request, "market/market.html", context)


@require_safe
@member_page
def mine(request: HttpRequest, membership: Membership) -> HttpResponse:
    """What the organization lists and seeks, and, for the platform, what waits for its audit."""
    context = {
        "room": "market",
        "membership": membership,
        "listings": selectors.listings_own(membership)[:200],
        "demands": selectors.demands_own(membership)[:200],
        "windows": selectors.windows_own(membership)[:200],
        "audits": selectors.audits_waiting(membership),
    }
    return render(request, "market/mine.html", context)


def reasons_shown() -> list[tuple[str, str]]:
    """The reason codes with their words."""
    return [(code, reason_word(code, chinese=chinese())) for code in REASONS]


def buttons(workflow: Any, row: Listing | Demand | Window, role: str, gates: dict[str, Gate]) -> list[dict[str, Any]]:
    """The steps a role may take now, each with the codes that forbid it (shown gray with the reason), and a key for the form."""
    found = []
    for step in workflow.events_for(row.state, role) if role else ():
        asks = step.event in ASKS_REASONS
        against = [code for code in step.unless if code != "reason_missing" and gates[code]() is not None]
        found.append({"event": step.event, "against": against, "asks": asks, "key": uuid.uuid4().hex})
    return found


def _user(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def listing_context(request: HttpRequest, listing_id: uuid.UUID) -> dict[str, Any]:
    """What the page of a listing shows to whoever asks."""
    membership = membership_of(request)
    listing = selectors.listing_get(listing_id, membership)
    role = listing_role(listing, membership)
    public_view = bool(role) and request.GET.get("as") == "public"
    tiers = frozenset({"public"}) if public_view else selectors.listing_tiers(listing, membership)
    keys = [patent.key for patent in listing.patents.all()]
    interests = selectors.interests_seen(listing, membership)
    return {
        "room": "market",
        "listing": listing,
        "membership": membership,
        "role": "" if public_view else role,
        "public_view": public_view,
        "detail_open": listing.detail_tier in tiers,
        "asked": asked_for(membership, listing.organization, listing.mode, keys=keys, day=timezone.localdate()),
        "buttons": [] if public_view else buttons(LISTING, listing, role, listing_gates(listing, _user(request))),
        "changeable": role in {"holder", "custodian"} and listing.state in OPEN_TO_CHANGE,
        "reasons": reasons_shown(),
        "confidence": CONFIDENCE["zh" if chinese() else "en"],
        "interests": interests,
        "own_interest": next((found for found in interests if membership and found.organization_id == membership.organization_id), None),
        "steps": selectors.steps_of(listing) if role else [],
        "opens_deal": listing.state == "listed" and listing.mode in (HOLDER_OPENS if role in {"holder", "custodian"} else BUYER_OPENS),
        "deal_count": selectors.deals_from(listing),
    }


@require_safe
def listing(request: HttpRequest, listing_id: uuid.UUID) -> HttpResponse:
    """One listing, as far as the reader may read it."""
    return render(request, "market/listing.html", listing_context(request, listing_id))


def demand_context(request: HttpRequest, demand_id: uuid.UUID) -> dict[str, Any]:
    """What the page of a demand shows."""
    membership = membership_of(request)
    demand = selectors.demand_get(demand_id, membership)
    role = owner_role(demand, membership)
    return {
        "room": "market",
        "demand": demand,
        "membership": membership,
        "role": role,
        "buttons": buttons(DEMAND, demand, role, demand_gates(demand, _user(request))),
        "changeable": role == "owner" and demand.state in OPEN_TO_CHANGE,
        "reasons": reasons_shown(),
        "interests": selectors.interests_seen(demand, membership),
        "steps": selectors.steps_of(demand) if role else [],
    }


@require_safe
def demand(request: HttpRequest, demand_id: uuid.UUID) -> HttpResponse:
    """One demand."""
    return render(request, "market/demand.html", demand_context(request, demand_id))


def window_context(request: HttpRequest, window_id: uuid.UUID) -> dict[str, Any]:
    """What the page of a purchase window shows."""
    membership = membership_of(request)
    window = selectors.window_get(window_id, membership)
    role = owner_role(window, membership)
    return {
        "room": "market",
        "window": window,
        "membership": membership,
        "role": role,
        "buttons": buttons(WINDOW, window, role, window_gates(window)),
        "takes_offers": offers_open(window),
        "late": window.state == "closed" and window.decides_by is not None and window.decides_by < timezone.localdate(),
        "offers": selectors.offers_seen(window, membership),
        "offer_count": window.offers.exclude(state="withdrawn").count() if window.state in {"closed", "decided"} else None,
        "reasons": reasons_shown(),
        "steps": selectors.steps_of(window) if role else [],
    }


@require_safe
def window(request: HttpRequest, window_id: uuid.UUID) -> HttpResponse:
    """One purchase window."""
    return render(request, "market/window.html", window_context(request, window_id))
