"""The routes of insurance; a policy of the first organization in force with a claim, a product that it offers (as an insurer would), and requests."""

import datetime as dt
import hashlib

from django.utils import timezone

from langqiao.web.insurance.models import Claim, ClaimPaper, InsuredPatent, Policy, Product, Request, Tariff
from langqiao.web.insurance.papers import SHELF
from langqiao.web.people.models import Organization, Role
from tests.web.routes.who import ANY_EDITOR, ANY_MEMBER, APPROVERS, EDITORS, KEY, MEMBERS, Rule

POLICY, CLAIM, PRODUCT = {"policy_id": "insurance_policy"}, {"claim_id": "insurance_claim"}, {"product_id": "insurance_own_product"}
NO_INSURER = Rule(opens=frozenset())
ROUTES = {
    "insurance": (ANY_MEMBER, "get", {}),
    "insurance_experience": (NO_INSURER, "get", {}),
    "insurance_products": (ANY_MEMBER, "get", {}),
    "insurance_product_new": (ANY_EDITOR, "get", {}),
    "insurance_product": (MEMBERS, "get", PRODUCT),
    "insurance_tariff_new": (EDITORS, "get", PRODUCT),
    "insurance_tariff_approve": (APPROVERS, "post", {"tariff_id": "insurance_draft_tariff"}),
    "quote_new": (ANY_EDITOR, "get", {}),
    "insurance_decline": (EDITORS, "post", {"request_id": "policy_request_row"}),
    "policy": (MEMBERS, "get", POLICY),
    "policy_step": (APPROVERS, "post", POLICY | {"event": "policy_event"}),
    "policy_request": (EDITORS, "post", POLICY | {"event": "policy_event"}),
    "policy_documents": (EDITORS, "post", POLICY),
    "claim_new": (EDITORS, "get", POLICY),
    "claim": (MEMBERS, "get", CLAIM),
    "claim_step": (EDITORS, "post", CLAIM | {"event": "claim_event"}),
    "claim_request": (EDITORS, "post", CLAIM | {"event": "claim_event"}),
    "claim_paper": (EDITORS, "post", CLAIM),
    "claim_paper_read": (MEMBERS, "get", CLAIM | {"paper_id": "claim_paper_row"}),
}

FILE = {"name": "a.pdf", "content_base64": "JVBERi0xLjcg"}
API = {
    **dict.fromkeys(("policies", "claims", "insurance_products"), (ANY_MEMBER, {}, None)),
    "insurance_experience": (NO_INSURER, {}, None),
    "insurance_product": (MEMBERS, PRODUCT, None),
    "insurance_product_new": (NO_INSURER, {}, {"name": "T", "kind": "overseas"}),
    "insurance_tariff_new": (EDITORS, PRODUCT, {"since": "2026-12-01", "figures": {"expense": "25%"}}),
    "insurance_tariff_approve": (APPROVERS, {"tariff_id": "insurance_draft_tariff"}, {}),
    "quote_new": (ANY_EDITOR, {}, {"fields": {"patents": KEY}}),
    "policy": (MEMBERS, POLICY, None),
    "policy_step": (APPROVERS, POLICY, {"event": "propose_change"}),
    "policy_request": (EDITORS, POLICY, {"event": "propose_change"}),
    "policy_documents": (EDITORS, POLICY, {}),
    "insurance_decline": (EDITORS, {"request_id": "policy_request_row"}, {}),
    "claim": (MEMBERS, CLAIM, None),
    "claim_new": (EDITORS, POLICY, {"fields": {"description": "D"}}),
    "claim_step": (EDITORS, CLAIM, {"event": "withdraw"}),
    "claim_request": (EDITORS, CLAIM, {"event": "withdraw"}),
    "claim_paper": (EDITORS, CLAIM, FILE),
    "claim_paper_read": (MEMBERS, CLAIM | {"paper_id": "claim_paper_row"}, None),
}
"""Endpoints of the room → (who, values of the path, body)."""


def owned(people):
    """A policy in force of the first organization with a claim, its paper and a request; a product of it that nobody approved."""
    from tests.web.insurance_world import rated

    first, by, day = people["first"], people[Role.EDITOR], timezone.localdate()
    insurer = Organization.objects.create(name="An insurer of patents", kind="insurer")
    product = Product.objects.create(insurer=insurer, kind="enforcement_cost", name="A product of the insurer")
    tariff = Tariff.objects.create(product=product, number=1, values=rated(), since=day, asked_by=by)
    policy = Policy.objects.create(
        tariff=tariff, insurer=insurer, holder=first, by=by, state="in_force", number="LQ-1", months=12, since=day,
        until=day + dt.timedelta(days=365), valid_until=day, premium_fen=100, low_fen=100, high_fen=100, limit_fen=10_000_000, units=1,
    )  # fmt: skip
    InsuredPatent.objects.create(policy=policy, key=KEY, number="CN 102329749 B", since=day, added_on=day)
    claim = Claim.objects.create(
        number="LQ-1/1", policy=policy, claimant=first, by=by, patent=KEY, incident_on=day, notified_on=day, claimed={"legal_fen": 100},
        description="A secret of the first organization",
    )  # fmt: skip
    content = b"%PDF-1.7 a paper of a claim"
    place = SHELF.place_of(hashlib.sha256(content).hexdigest())
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
    paper = ClaimPaper.objects.create(
        claim=claim, organization=first, by=by, kind="other", name="a.pdf", sha256=place.name, size_bytes=len(content)
    )
    request = Request.objects.create(policy=policy, event="cancel", organization=first, requested_by=by)
    own = Product.objects.create(insurer=first, kind="overseas", name="A product of the first organization")
    draft = Tariff.objects.create(product=own, number=1, values={}, since=day, asked_by=by)
    return {
        "insurance_policy": policy.pk, "insurance_claim": claim.pk, "claim_paper_row": paper.pk, "policy_request_row": request.pk, "insurance_own_product": own.pk, "insurance_draft_tariff": draft.pk,
        "policy_event": "propose_change", "claim_event": "withdraw",
    }  # fmt: skip
