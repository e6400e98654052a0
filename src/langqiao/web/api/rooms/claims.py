"""Claims of insurance: list, one with its checks and papers, the notification, steps, and what an insurer's claims have cost."""

import datetime as dt
import uuid
from typing import Any

from django.utils.translation import gettext as _
from pydantic import Field

from langqiao.engine.insurance.workflow import CLAIM, FOUR_EYES
from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.api.endpoint import Call, Endpoint, Given, Paging, Told
from langqiao.web.api.files import FILE_BODY_BYTES_MAX, FileGiven, FileTold, file_told, uploaded
from langqiao.web.api.paging import listed, page
from langqiao.web.api.rooms.me import OrganizationTold, organization_told
from langqiao.web.api.rooms.patents import ReasonTold
from langqiao.web.api.rooms.steps import AskedTold, Fields, ListedTold, StepGiven, asked_told, listed_told, reasons_told
from langqiao.web.insurance import clock, experience, papers, selectors, services, shown
from langqiao.web.insurance.models import Claim, ClaimPaper
from langqiao.web.people.models import OrganizationKind
from langqiao.web.people.session import must_be_kind


class ClaimTold(Told):
    """A claim: what was claimed by item, what it may still cost (the insurer's alone), what was decided and paid."""

    id: uuid.UUID
    number: str
    policy: uuid.UUID
    claimant: OrganizationTold
    state: str
    patent: str
    incident_on: dt.date
    notified_on: dt.date
    description: str
    claimed: dict[str, int]
    payment_fen: int | None
    paid_fen: int
    recovered_fen: int
    ground: str
    reason: str
    objection: str
    decided_on: dt.date | None
    paid_on: dt.date | None
    is_scenario: bool


class ClaimsTold(Told):
    """A page of claims, newest first."""

    items: list[ClaimTold]
    next_cursor: str | None


class CheckTold(Told):
    """A rule that a claim has to pass; `against` null: it passes."""

    code: str
    word: str
    against: ReasonTold | None


class ClaimPaperTold(Told):
    """A paper of a claim."""

    id: int
    kind: str
    name: str
    sha256: str
    size_bytes: int


class ClaimWholeTold(ClaimTold):
    """With its checks, the way from the loss to the payment, papers, and what may be done now. `reserve_fen` null: it is the insurer's to see."""

    roles: list[str]
    checks: list[CheckTold]
    way: list[tuple[str, int]]
    papers: list[ClaimPaperTold]
    reserve_fen: int | None
    events: list[ListedTold]


class ClaimGiven(Given):
    """The notification, by the names of its form: incident_on, patent, the costs that the kind covers, description."""

    fields: Fields = Field(default={})


class ClaimPaperGiven(FileGiven):
    """A paper and its kind."""

    kind: str = Field(default="other", max_length=30)


class LossTold(Told):
    """The loss ratio of a product in a year, with its numbers; `ratio` null: nothing was earned."""

    product: uuid.UUID
    name: str
    year: int
    policies: int
    claims: int
    earned_fen: int
    paid_fen: int
    reserved_fen: int
    recovered_fen: int
    ratio: float | None


class TriangleTold(Told):
    """Incurred cost by year of the incident and age in years."""

    product: uuid.UUID
    rows: dict[int, list[int]]


class ExperienceTold(Told):
    """What an insurer's policies earned and its claims cost."""

    periods: list[LossTold]
    triangles: list[TriangleTold]


def _claim(one: Claim) -> dict[str, Any]:
    names = [name for name in ClaimTold.model_fields if name not in {"policy", "claimant"}]
    return {**{name: getattr(one, name) for name in names}, "policy": one.policy_id, "claimant": organization_told(one.claimant)}


def claims(call: Call) -> ClaimsTold:
    """The claims the organization takes part in."""
    found = selectors.claims_for(call.membership.organization).order_by()
    rows, after = page(found, by=("created_at", "pk"), cursor=call.query.cursor, limit=call.query.limit)
    return ClaimsTold(**listed(rows, lambda one: ClaimTold(**_claim(one)), after))


def claim(call: Call) -> ClaimWholeTold:
    """One claim."""
    return _whole(call, call.uuid("claim_id"))


def _whole(call: Call, claim_id: uuid.UUID) -> ClaimWholeTold:
    one = selectors.claim_get(claim_id, call.membership)
    roles = selectors.claim_roles(one, call.membership.organization)
    return ClaimWholeTold(
        **_claim(one), roles=list(roles), checks=[_check(row) for row in shown.checks_of(one)], way=shown.way_now(one),
        papers=[_paper(row) for row in one.papers.all()], reserve_fen=one.reserve_fen if "insurer" in roles else None,
        events=[listed_told(button) for button in shown.buttons_for(one.policy, one, call.membership)],
    )  # fmt: skip


def _check(row: dict[str, Any]) -> CheckTold:
    against = reasons_told([row["against"]])[0] if row["against"] else None
    return CheckTold(code=row["code"], word=row["word"], against=against)


def _paper(one: ClaimPaper) -> ClaimPaperTold:
    return ClaimPaperTold(**{name: getattr(one, name) for name in ClaimPaperTold.model_fields})


def notify(call: Call) -> ClaimWholeTold:
    """Notifies a claim; it is always taken to the record, the insurer decides on it."""
    made = services.claim_notify(call.uuid("policy_id"), membership=call.membership, fields=call.body.fields)
    return _whole(call, made.pk)


def step(call: Call) -> ClaimWholeTold:
    """Takes a step of a claim, or refuses it with nothing changed."""
    one, event = selectors.claim_get(call.uuid("claim_id"), call.membership), call.body.event
    found = CLAIM.step(one.state, event)
    if found is not None and FOUR_EYES in found.unless:
        call.must_approve()
    services.claim_advance(one.pk, event, membership=call.membership, key=call.key, fields=call.body.fields)
    return claim(call)


def ask(call: Call) -> AskedTold:
    """Asks for a step of a claim that another approver takes."""
    return asked_told(services.claim_request(call.uuid("claim_id"), call.body.event, membership=call.membership, fields=call.body.fields))


def paper_put(call: Call) -> ClaimPaperTold:
    """Attaches a paper."""
    file = uploaded(call.body, "body")
    return _paper(papers.paper_add(call.uuid("claim_id"), membership=call.membership, kind=call.body.kind, file=file))


def paper(call: Call) -> FileTold:
    """The bytes of a paper."""
    one = selectors.claim_get(call.uuid("claim_id"), call.membership)
    found = one.papers.filter(pk=call.path["paper_id"]).first()
    if found is None:
        raise Refusal("not_found", _("There is no such document."))
    return file_told(papers.paper_bytes(found), name=found.name, media_type="application/octet-stream")


def costs(call: Call) -> ExperienceTold:
    """Loss ratios by product and year with their numbers, and the triangles of incurred claims, for an insurer."""
    must_be_kind(call.membership, [OrganizationKind.INSURER])
    own, today = call.membership.organization, clock.today()
    names = ("policies", "claims", "earned_fen", "paid_fen", "reserved_fen", "recovered_fen")
    periods = [
        LossTold(
            product=one.product.pk, name=one.product.name, year=one.year, **{name: getattr(one.found, name) for name in names},
            ratio=float(one.found.ratio) if one.found.ratio is not None else None,
        )
        for one in experience.periods_of(own, today)
    ]  # fmt: skip
    triangles = [TriangleTold(product=product.pk, rows=dict(rows)) for product, rows in experience.triangles_of(own, today)]
    return ExperienceTold(periods=periods, triangles=triangles)


ONE = "/claims/{claim_id:uuid}"
READS: dict[str, Any] = {"method": "GET", "scope": "read"}
WRITES: dict[str, Any] = {"method": "POST", "scope": "money", "role": "editor"}
ENDPOINTS = (
    Endpoint(**READS, path="/claims", name="claims", act=claims, answer=ClaimsTold, query=Paging, summary="Claims of insurance"),
    Endpoint(**READS, path=ONE, name="claim", act=claim, answer=ClaimWholeTold, summary="One claim with its checks"),
    Endpoint(
        **WRITES, path="/policies/{policy_id:uuid}/claims", name="claim_new", act=notify, answer=ClaimWholeTold, body=ClaimGiven, status=201,
        summary="Notify a claim", example={"fields": {"incident_on": "2026-11-02", "legal_fen": 100_000_00, "description": "A suit was filed."}},
    ),
    Endpoint(
        **WRITES, path=ONE + "/steps", name="claim_step", act=step, answer=ClaimWholeTold, body=StepGiven, summary="Take a step of a claim",
        doc="Steps of two people need the scope approve and a fresh second factor.", example={"event": "withdraw"},
    ),
    Endpoint(
        **WRITES, path=ONE + "/requests", name="claim_request", act=ask, answer=AskedTold, body=StepGiven, status=201,
        summary="Ask for a step of a claim that another person takes", example={"event": "approve"},
    ),
    Endpoint(
        **WRITES, path=ONE + "/papers", name="claim_paper", act=paper_put, answer=ClaimPaperTold, body=ClaimPaperGiven, status=201,
        body_bytes_max=FILE_BODY_BYTES_MAX, summary="Attach a paper to a claim",
        example={"name": "a.pdf", "content_base64": "JVBERi0=", "kind": "other"},
    ),
    Endpoint(**READS, path=ONE + "/papers/{paper_id:int}", name="claim_paper_read", act=paper, answer=FileTold, summary="A paper of a claim"),
    Endpoint(
        **READS, path="/insurance/experience", name="insurance_experience", act=costs, answer=ExperienceTold,
        summary="Loss ratios and triangles (insurers)",
    ),
)  # fmt: skip
