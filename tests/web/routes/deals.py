"""The routes of deals, and a deal of the first organization with a file and a request."""

from django.utils import timezone

from langqiao.web.deals.models import Consent, Deal, DealRequest, Invoice, RoomFile
from langqiao.web.documents.models import Document
from langqiao.web.people.models import Organization, Role
from tests.web.routes.who import ANY_EDITOR, ANY_MEMBER, APPROVERS, EDITORS, KEY, MEMBERS, Rule

DEAL = {"deal_id": "deal"}
ROUTES = {
    "deals": (ANY_MEMBER, "get", {}),
    "deal_new": (ANY_EDITOR, "get", {}),
    "auctions": (ANY_MEMBER, "get", {}),
    "open_licenses": (ANY_MEMBER, "get", {}),
    "deal_consents": (ANY_MEMBER, "get", {}),
    "deal_consent": (MEMBERS, "get", {"consent_id": "deal_consent"}),
    "deal_consent_answer": (APPROVERS, "post", {"consent_id": "deal_consent"}),
    "deal": (MEMBERS, "get", DEAL),
    "deal_step": (EDITORS, "post", DEAL | {"event": "sign_nda"}),
    "deal_request": (EDITORS, "post", DEAL | {"event": "make_offer"}),
    "deal_decline": (EDITORS, "post", DEAL | {"request_id": "deal_request"}),
    "deal_terms": (EDITORS, "post", DEAL),
    "deal_take": (EDITORS, "post", DEAL),
    "deal_contract": (EDITORS, "post", DEAL),
    "deal_after": (EDITORS, "post", DEAL | {"what": "certificate"}),
    "deal_room": (EDITORS, "post", DEAL | {"what": "question"}),
    "deal_diligence": (Rule(opens=frozenset(), hides=frozenset({"other", "office", "platform"}), asks=False), "get", DEAL),
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
    sold = Deal.objects.create(
        kind="assignment", state="offer", seller=third, buyer=Organization.objects.create(name="Fifth"), label="Asked"
    )
    sold.patents.create(key=KEY)
    consent = Consent.objects.create(
        deal=sold, holder="First", basis="co_owner", asked=people["first"], organization=third, by=by, at=timezone.now(),
        reason="A secret of the first organization",
    )  # fmt: skip
    paper = Document.objects.create(
        kind="assignment_contract", subject=f"deal/{deal.pk}", version=1, language="zh", title="A secret of the first organization",
        sha256="0" * 64, size_bytes=1, path="gone", made_from="{}", made_from_sha256="0" * 64, made_by=by,
    )  # fmt: skip
    paper.parties.create(organization=people["first"], side="seller", signs=True)
    invoice = Invoice.objects.create(deal=deal, amount_fen=100, item="x", organization=third, by=by, at=timezone.now())
    return {"deal_consent": consent.pk, "deal_invoice": invoice.pk, "deal": deal.pk, "deal_file": file.pk, "deal_request": request.pk}
