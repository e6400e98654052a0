"""The routes of the market, and a listing, a demand and a window of the first organization that nobody else may see yet."""

from langqiao.web.market.models import Demand, Interest, Listing, ListingPatent, Window, WindowOffer
from langqiao.web.people.models import Role
from tests.web.routes.who import ANY_APPROVER, ANY_EDITOR, ANY_MEMBER, ANYBODY, EDITORS, KEY

KINDS = {"listing_draft": Listing, "demand_draft": Demand, "window_draft": Window}
DRAFT, PUBLIC = {"listing_id": "listing_draft"}, {"listing_id": "listing"}
SECRET = "A secret of the first organization"
ROUTES = {
    "market": (ANYBODY, "get", {}),
    "market_demands": (ANYBODY, "get", {}),
    "market_windows": (ANYBODY, "get", {}),
    "market_mine": (ANY_MEMBER, "get", {}),
    "listing_new": (ANY_EDITOR, "get", {}),
    "demand_new": (ANY_EDITOR, "get", {}),
    "window_new": (ANY_EDITOR, "get", {}),
    "listing": (ANYBODY, "get", PUBLIC),
    "listing_edit": (EDITORS, "get", DRAFT),
    "listing_step": (EDITORS, "post", DRAFT),
    "listing_deal": (ANY_EDITOR, "post", PUBLIC),
    "listing_confidence": (ANY_APPROVER, "post", PUBLIC),
    "listing_interest": (ANY_EDITOR, "post", PUBLIC),
    "interest_answer": (EDITORS, "post", {"interest_id": "interest"}),
    "demand": (ANYBODY, "get", {"demand_id": "demand"}),
    "demand_edit": (EDITORS, "get", {"demand_id": "demand_draft"}),
    "demand_step": (EDITORS, "post", {"demand_id": "demand_draft"}),
    "demand_propose": (ANY_EDITOR, "post", {"demand_id": "demand"}),
    "window": (ANYBODY, "get", {"window_id": "window"}),
    "window_step": (EDITORS, "post", {"window_id": "window_draft"}),
    "window_offer": (ANY_EDITOR, "post", {"window_id": "window"}),
    "offer_withdraw": (EDITORS, "post", {"window_id": "window", "offer_id": "offer"}),
    "offer_decide": (EDITORS, "post", {"window_id": "window", "offer_id": "offer"}),
}


def owned(people):
    """A draft and a public thing of each kind of the first organization; what is confidential in the public ones is a secret too."""
    own = {"organization": people["first"], "by": people[Role.EDITOR]}
    drafts = {name: model.objects.create(**own, title=SECRET).pk for name, model in KINDS.items()}
    listing = Listing.objects.create(**own, title="A listing", state="listed", detail=SECRET, detail_tier="after_nda")
    ListingPatent.objects.create(listing=listing, key=KEY, number="CN 102329749 B", office="CN")
    demand = Demand.objects.create(**own, title="A demand", state="published")
    window = Window.objects.create(**own, title="A window", state="open")
    interest = Interest.objects.create(listing=listing, organization=people["second"], by=people["other"], wants=True, reasons=["fit"])
    offer = WindowOffer.objects.create(window=window, **own, key=KEY, number="CN 102329749 B", price_fen=100, note=SECRET)
    made = {"listing": listing.pk, "demand": demand.pk, "window": window.pk, "interest": interest.pk, "offer": offer.pk}
    return made | drafts
