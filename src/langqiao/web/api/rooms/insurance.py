"""Policies of insurance: list, one with how its premium came about, the quote, steps, requests for a second person, its documents."""

import datetime as dt
import uuid
from typing import Any

from pydantic import Field

from langqiao.engine.insurance.workflow import FOUR_EYES, POLICY
from langqiao.web.api.endpoint import Call, Endpoint, Given, Nothing, Paging, Told
from langqiao.web.api.paging import listed, page
from langqiao.web.api.rooms.documents import DocumentTold, document_told
from langqiao.web.api.rooms.me import OrganizationTold, organization_told
from langqiao.web.api.rooms.papers import DocumentsMadeTold, documents_made
from langqiao.web.api.rooms.steps import AskedTold, Fields, ListedTold, StepGiven, asked_told, listed_told
from langqiao.web.insurance import quoting, selectors, services, shown
from langqiao.web.insurance.models import Policy
from langqiao.web.insurance.policy_pdf import documents_of, policy_documents_make


class PolicyTold(Told):
    """A policy from its quote on; `until` is the first day without cover."""

    id: uuid.UUID
    number: str
    state: str
    product: str
    kind: str
    insurer: OrganizationTold
    holder: OrganizationTold
    beneficiary: OrganizationTold | None
    loan: uuid.UUID | None
    patents: list[str]
    units: int
    months: int
    since: dt.date
    until: dt.date
    ended_on: dt.date | None
    valid_until: dt.date
    premium_fen: int
    low_fen: int
    high_fen: int
    limit_fen: int
    paid_fen: int
    earned_fen: int
    used_fen: int
    is_scenario: bool


class PoliciesTold(Told):
    """A page of policies, newest first."""

    items: list[PolicyTold]
    next_cursor: str | None


class PremiumLineTold(Told):
    """A step of the premium: the figure, what stands behind it, of which patent (empty: of the whole), and its source."""

    word: str
    value: str
    given: str
    unit: str
    origin: str
    source: str


class ShareTold(Told):
    """Who paid how much of the premium, and what came back."""

    organization: str
    paid_fen: int
    returned_fen: int


class SubsidyTold(Told):
    """A payer's part of the premium."""

    payer: str
    rate: str
    state: str
    reason: str


class ChangeTold(Told):
    """An endorsement of the list of patents."""

    number: int
    add: list[Any]
    remove: list[Any]
    amount_fen: int | None
    state: str
    reason: str


class PolicyWholeTold(PolicyTold):
    """With the way of its premium, who paid, changes, claims, documents, and what may be done now."""

    roles: list[str]
    way: list[PremiumLineTold]
    shares: list[ShareTold]
    subsidies: list[SubsidyTold]
    changes: list[ChangeTold]
    claims: list[uuid.UUID]
    documents: list[DocumentTold]
    events: list[ListedTold]


class QuoteGiven(Given):
    """What is to be insured, by the names of the form: product (id), patents (lines), limit_fen, months, since, declared facts."""

    fields: Fields = Field(default={})
    renews: uuid.UUID | None = Field(default=None, description="the policy that this one renews")


def _policy(one: Policy) -> dict[str, Any]:
    names = (
        "id", "number", "state", "units", "months", "since", "until", "ended_on", "valid_until", "premium_fen", "low_fen", "high_fen", "limit_fen",
        "paid_fen", "earned_fen", "used_fen", "is_scenario",
    )  # fmt: skip
    product = one.tariff.product
    return {
        **{name: getattr(one, name) for name in names}, "product": product.name, "kind": product.kind, "loan": one.loan_id,
        "insurer": organization_told(one.insurer), "holder": organization_told(one.holder),
        "beneficiary": organization_told(one.beneficiary) if one.beneficiary else None,
        "patents": [patent.key for patent in one.patents.all() if patent.removed_on is None],
    }  # fmt: skip


def policies(call: Call) -> PoliciesTold:
    """The policies the organization takes part in."""
    found = selectors.policies_for(call.membership.organization).order_by()
    rows, after = page(found, by=("created_at", "pk"), cursor=call.query.cursor, limit=call.query.limit)
    return PoliciesTold(**listed(rows, lambda one: PolicyTold(**_policy(one)), after))


def policy(call: Call) -> PolicyWholeTold:
    """One policy."""
    return _whole(call, call.uuid("policy_id"))


def _whole(call: Call, policy_id: uuid.UUID) -> PolicyWholeTold:
    one = selectors.policy_get(policy_id, call.membership)
    roles = selectors.roles_of(one, call.membership.organization)
    way = [
        PremiumLineTold(**{name: getattr(line, name) for name in PremiumLineTold.model_fields})
        for line in shown.way_shown(one, one.evidence)
    ]
    shares = [
        ShareTold(organization=row.organization.name, paid_fen=row.paid_fen, returned_fen=row.returned_fen)
        for row in one.shares.select_related("organization")
    ]
    asked = one.subsidies.exclude(state="void").select_related("payer")
    subsidies = [SubsidyTold(payer=row.payer.name, rate=row.rate, state=row.state, reason=row.reason) for row in asked]
    changes = [ChangeTold(**{name: getattr(row, name) for name in ChangeTold.model_fields}) for row in one.changes.all()]
    return PolicyWholeTold(
        **_policy(one), roles=list(roles), way=way, shares=shares, subsidies=subsidies, changes=changes,
        claims=[claim.pk for claim in shown.claims_seen(one, roles)], documents=[document_told(row) for row in documents_of(one)],
        events=[listed_told(button) for button in shown.buttons_for(one, None, call.membership)],
    )  # fmt: skip


def quoted(call: Call) -> PolicyWholeTold:
    """Makes a quote by the tariff in force; nobody is bound by it."""
    renews = selectors.policy_get(call.body.renews, call.membership).pk if call.body.renews else None
    return _whole(call, quoting.quote_make(membership=call.membership, fields=call.body.fields, renews=renews).pk)


def step(call: Call) -> PolicyWholeTold:
    """Takes a step of the table, or refuses it with nothing changed; a step of two people takes the fields of the other's request."""
    one, event = selectors.policy_get(call.uuid("policy_id"), call.membership), call.body.event
    found = POLICY.step(one.state, event)
    if found is not None and FOUR_EYES in found.unless:
        call.must_approve()
    services.policy_advance(one.pk, event, membership=call.membership, key=call.key, fields=call.body.fields)
    return policy(call)


def ask(call: Call) -> AskedTold:
    """Asks for a step that another approver of the organization takes."""
    made = services.policy_request(call.uuid("policy_id"), call.body.event, membership=call.membership, fields=call.body.fields)
    return asked_told(made)


def decline(call: Call) -> AskedTold:
    """Takes a request of a policy or a claim back, or turns it down."""
    return asked_told(services.request_decline(call.path["request_id"], membership=call.membership))


def draw_up(call: Call) -> DocumentsMadeTold:
    """Draws up the policy document in both languages."""
    return documents_made(policy_documents_make(policy_id=call.uuid("policy_id"), membership=call.membership))


ONE = "/policies/{policy_id:uuid}"
WRITES: dict[str, Any] = {"method": "POST", "scope": "money", "role": "editor"}
ENDPOINTS = (
    Endpoint(
        method="GET", path="/policies", name="policies", scope="read", act=policies, answer=PoliciesTold, query=Paging,
        summary="Policies of insurance",
    ),
    Endpoint(
        method="GET", path=ONE, name="policy", scope="read", act=policy, answer=PolicyWholeTold,
        summary="One policy with how its premium came about",
    ),
    Endpoint(
        **WRITES, path="/policies", name="quote_new", act=quoted, answer=PolicyWholeTold, body=QuoteGiven, status=201, summary="Make a quote",
        example={"fields": {"product": "00000000-0000-0000-0000-000000000000", "patents": "CN 102329749 B", "since": "2026-12-01", "months": 12}},
    ),
    Endpoint(
        **WRITES, path=ONE + "/steps", name="policy_step", act=step, answer=PolicyWholeTold, body=StepGiven, summary="Take a step of a policy",
        doc="Steps of two people need the scope approve and a fresh second factor.", example={"event": "accept"},
    ),
    Endpoint(
        **WRITES, path=ONE + "/requests", name="policy_request", act=ask, answer=AskedTold, body=StepGiven, status=201,
        summary="Ask for a step that another person takes", example={"event": "pay"},
    ),
    Endpoint(
        **WRITES, path="/insurance-requests/{request_id:int}/decline", name="insurance_decline", act=decline, answer=AskedTold, body=Nothing,
        summary="Take a request of insurance back or turn it down",
    ),
    Endpoint(
        **WRITES, path=ONE + "/documents", name="policy_documents", act=draw_up, answer=DocumentsMadeTold, body=Nothing, status=201,
        summary="Draw up the policy document",
    ),
)  # fmt: skip
