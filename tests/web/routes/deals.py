"""The routes of deals, and a deal of the first organization with a file and a request."""

from django.utils import timezone

from langqiao.web.deals.models import Deal, DealRequest, RoomFile
from langqiao.web.people.models import Organization, Role
from tests.web.routes.who import ANY_EDITOR, ANY_MEMBER, EDITORS, KEY, MEMBERS

DEAL = {"deal_id": "deal"}
ROUTES = {
    "deals": (ANY_MEMBER, "get", {}),
    "deal_new": (ANY_EDITOR, "get", {}),
    "auctions": (ANY_MEMBER, "get", {}),
    "open_licenses": (ANY_MEMBER, "get", {}),
    "deal": (MEMBERS, "get", DEAL),
    "deal_step": (EDITORS, "post", DEAL | {"event": "sign_nda"}),
    "deal_request": (EDITORS, "post", DEAL | {"event": "make_offer"}),
    "deal_decline": (EDITORS, "post", DEAL | {"request_id": "deal_request"}),
    "deal_terms": (EDITORS, "post", DEAL),
    "deal_take": (EDITORS, "post", DEAL),
    "deal_contract": (EDITORS, "post", DEAL),
    "deal_after": (EDITORS, "post", DEAL | {"what": "certificate"}),
    "deal_room": (EDITORS, "post", DEAL | {"what": "question"}),
    "deal_file": (MEMBERS, "get", DEAL | {"file_id": "deal_file"}),
}


def owned(people):
    """A deal of the first organization with a third one, an upload and an open request in it."""
    third, by = Organization.objects.create(name="Third"), people[Role.EDITOR]
    deal = Deal.objects.create(
        kind="assignment", state="lead", seller=people["first"], buyer=third, label="A secret of the first organization"
    )
    deal.patents.create(key=KEY)
    file = RoomFile.objects.create(
        deal=deal,
        organization=people["first"],
        by=by,
        at=timezone.now(),
        name="gone.pdf",
        kind="data_room",
        sha256="0" * 64,
        size_bytes=1,
        stored="gone",
    )
    request = DealRequest.objects.create(
        deal=deal, event="perform", role="seller", organization=people["first"], requested_by=by, requested_at=timezone.now()
    )
    return {"deal": deal.pk, "deal_file": file.pk, "deal_request": request.pk}
