"""Securitization: transactions with their tranches and steps, the claims of a pool with each reason against them, parties, criteria, structure."""

import datetime as dt
import uuid
from typing import Annotated, Any

from pydantic import Field

from langqiao.engine.securitization.workflow import FOUR_EYES
from langqiao.web.api.endpoint import INT_MAX, Call, Endpoint, Given, Nothing, Paging, Told
from langqiao.web.api.paging import listed, page
from langqiao.web.api.problems import ApiError
from langqiao.web.api.rooms.me import OrganizationTold, organization_told
from langqiao.web.api.rooms.patents import ReasonTold
from langqiao.web.api.rooms.steps import AskedTold, ListedTold, StepGiven, asked_told, listed_told, reasons_told
from langqiao.web.securitization import asking, pool, selectors, services, shown
from langqiao.web.securitization.models import Asset, Tranche, Transaction

Short = Annotated[str, Field(max_length=200)]


class TrancheTold(Told):
    """A class of securities, with what is still owed on it."""

    place: int
    name: str
    rank: str
    size_fen: int
    rate_annual: str
    balance_fen: int
    arrears_fen: int


class SecuritizationTold(Told):
    """A transaction. `roles`: those of the organization in it."""

    id: uuid.UUID
    name: str
    vehicle: str
    structure: str
    state: str
    version: int
    arranger: OrganizationTold
    roles: list[str]
    cut_off_on: dt.date
    first_end_on: dt.date | None
    issued_on: dt.date | None
    closed_on: dt.date | None
    issue_fen: int
    pool_fen: int
    reserve_fen: int
    retained_fen: int
    defaulted_fen: int
    tranches: list[TrancheTold]
    is_scenario: bool


class SecuritizationsTold(Told):
    """A page of transactions, newest first."""

    items: list[SecuritizationTold]
    next_cursor: str | None


class SecuritizationWholeTold(SecuritizationTold):
    """With its parties by role, terms, criteria, and what may be done now."""

    parties: dict[str, str]
    terms: dict[str, Any]
    criteria: dict[str, Any]
    events: list[ListedTold]


class PooledTold(Told):
    """A claim of a pool; `reasons`: everything against it while the pool is open."""

    id: int
    claim: str
    obligor: str
    industry: str
    region: str
    balance_fen: int
    rate_annual: str
    ends_on: dt.date
    days_past_due: int
    state: str
    performing_fen: int
    defaulted_fen: int
    defaulted_on: dt.date | None
    loan: uuid.UUID | None
    patents: list[str]
    reasons: list[ReasonTold]


class PoolTold(Told):
    """A page of a pool's claims."""

    items: list[PooledTold]
    next_cursor: str | None


class EnteredTold(Told):
    """How many claims were entered."""

    entered: int


class SecuritizationGiven(Given):
    """A new draft. `shape`: the template of a real deal."""

    name: Short
    vehicle: Short
    structure: str = Field(max_length=20)
    cut_off_on: dt.date
    shape: str = Field(default="", max_length=40)


class StructureGiven(Given):
    """The structure: tranches, fees, waterfall and tests as the engine reads them (`terms`), the first period's end, the issue."""

    first_end_on: dt.date
    issue_fen: int = Field(gt=0, le=INT_MAX)
    pay_days: int = Field(default=0, ge=0, le=60)
    terms: dict[str, Any]


class PartyGiven(Given):
    """A role and who takes it; nobody where no organization is named."""

    role: str = Field(max_length=20)
    organization_id: int | None = Field(default=None, ge=1, le=INT_MAX)


class CriteriaGiven(Given):
    """The pool's own criteria by name; empty is the starting value."""

    values: dict[Annotated[str, Field(max_length=80)], Short] = Field(default={}, max_length=60)


class PooledGiven(Given):
    """A claim, by the columns of the sheet: amounts in yuan, days as 2026-06-30, patents separated by spaces."""

    claim: Short = ""
    obligor: Short = ""
    industry: Short = ""
    region: Short = ""
    balance: Short = ""
    rate: Short = ""
    payments: Short = ""
    months: Short = ""
    begins: Short = ""
    method: Short = ""
    days_past_due: Short = ""
    patents: str = Field(default="", max_length=5_000)


class SheetGiven(Given):
    """Claims, all entered or none."""

    rows: list[PooledGiven] = Field(min_length=1, max_length=pool.ASSETS_MAX)


class PooledLoanGiven(Given):
    """A drawn loan of the originating bank."""

    loan_id: uuid.UUID
    industry: Short = ""
    region: Short = ""


def tranche_told(one: Tranche) -> TrancheTold:
    """A tranche."""
    return TrancheTold(**{name: getattr(one, name) for name in TrancheTold.model_fields})


def _deal(one: Transaction, call: Call) -> dict[str, Any]:
    names = [name for name in SecuritizationTold.model_fields if name not in {"arranger", "roles", "tranches"}]
    return {
        **{name: getattr(one, name) for name in names}, "arranger": organization_told(one.arranger),
        "roles": list(selectors.roles_of(one, call.membership.organization)), "tranches": [tranche_told(row) for row in one.tranches.all()],
    }  # fmt: skip


def securitizations(call: Call) -> SecuritizationsTold:
    """The transactions the organization takes part in."""
    found = selectors.transactions_for(call.membership.organization).order_by().prefetch_related("parties", "investors")
    rows, after = page(found, by=("created_at", "pk"), cursor=call.query.cursor, limit=call.query.limit)
    return SecuritizationsTold(**listed(rows, lambda one: SecuritizationTold(**_deal(one, call)), after))


def securitization(call: Call) -> SecuritizationWholeTold:
    """One transaction."""
    return _whole(call, call.uuid("deal_id"))


def _whole(call: Call, deal_id: uuid.UUID) -> SecuritizationWholeTold:
    one = selectors.transaction_get(deal_id, call.membership)
    parties = {party.role: party.organization.name for party in one.parties.select_related("organization")}
    events = [listed_told(button) for button in shown.buttons_for(one, call.membership)]
    return SecuritizationWholeTold(**_deal(one, call), parties=parties, terms=one.terms, criteria=one.criteria, events=events)


def opened(call: Call) -> SecuritizationWholeTold:
    """Opens a draft, which is the arranger's alone until its pool is cut."""
    return _whole(call, pool.transaction_open(membership=call.membership, **dict(call.body)).pk)


def _guarded(call: Call, event: str) -> None:
    """Steps of two people need an approver with a fresh second factor."""
    deal = selectors.transaction_get(call.uuid("deal_id"), call.membership)
    step = services.table_of(event).step(services.source_of(deal, event, selectors.period_now(deal)), event)
    if step is not None and FOUR_EYES in step.unless:
        call.must_approve()


def _plain_event(call: Call) -> str:
    """The event asked for; the structure has an address of its own."""
    event = str(call.body.event)
    if event == "structure":
        selectors.transaction_get(call.uuid("deal_id"), call.membership)
        raise ApiError(422, "bad_input", "the structure has an address of its own", field="event")
    return event


def step(call: Call) -> SecuritizationWholeTold:
    """Takes a step of the transaction or of its open payment date, or refuses it with nothing changed."""
    event = _plain_event(call)
    _guarded(call, event)
    services.transaction_advance(call.uuid("deal_id"), event, membership=call.membership, key=call.key, fields=call.body.fields)
    return securitization(call)


def ask(call: Call) -> AskedTold:
    """Asks for a step that another approver of the organization takes."""
    event = _plain_event(call)
    made = services.transaction_request(call.uuid("deal_id"), event, membership=call.membership, fields=call.body.fields)
    return asked_told(made)


def decline(call: Call) -> AskedTold:
    """Takes a request back or turns it down."""
    return asked_told(services.request_decline(call.path["request_id"], membership=call.membership))


def structure(call: Call) -> SecuritizationWholeTold:
    """Sets tranches, fees, waterfall and tests; every fault of the terms is told."""
    given = call.body
    fields = {
        "first_end_on": given.first_end_on.isoformat(),
        "issue_fen": given.issue_fen,
        "pay_days": given.pay_days,
        "terms": given.terms,
    }
    services.transaction_advance(call.uuid("deal_id"), "structure", membership=call.membership, key=call.key, fields=fields)
    return securitization(call)


def pooled(call: Call) -> PoolTold:
    """The claims of a pool, with everything that law, register and the pool's documents say against each."""
    deal = selectors.transaction_get(call.uuid("deal_id"), call.membership)
    limits = asking.criteria(deal) if deal.state in {"draft", "pooled"} else None
    found = Asset.objects.filter(transaction=deal).prefetch_related("patents", "flows").select_related("loan")
    rows, after = page(found, by=("pk",), cursor=call.query.cursor, limit=call.query.limit, down=False)
    return PoolTold(**listed(rows, lambda one: _asset(deal, one, limits), after))


def _asset(deal: Transaction, one: Asset, limits: Any) -> PooledTold:
    names = [name for name in PooledTold.model_fields if name not in {"loan", "patents", "reasons"}]
    return PooledTold(
        **{name: getattr(one, name) for name in names}, loan=one.loan_id, patents=[patent.key for patent in one.patents.all()],
        reasons=reasons_told(asking.asset_reasons(deal, one, limits)) if limits is not None else [],
    )  # fmt: skip


def party(call: Call) -> SecuritizationWholeTold:
    """Names who takes a role, or takes the name back."""
    pool.party_set(call.uuid("deal_id"), membership=call.membership, role=call.body.role, organization_id=call.body.organization_id)
    return securitization(call)


def criteria(call: Call) -> SecuritizationWholeTold:
    """Sets the pool's own criteria."""
    pool.criteria_set(call.uuid("deal_id"), membership=call.membership, values=call.body.values)
    return securitization(call)


def claim(call: Call) -> EnteredTold:
    """Enters one claim."""
    pool.asset_add(call.uuid("deal_id"), membership=call.membership, row=call.body.model_dump())
    return EnteredTold(entered=1)


def sheet(call: Call) -> EnteredTold:
    """Enters claims, all or none."""
    rows = [row.model_dump() for row in call.body.rows]
    return EnteredTold(entered=len(pool.assets_add(call.uuid("deal_id"), membership=call.membership, rows=rows)))


def loan(call: Call) -> EnteredTold:
    """Enters a loan of this site as a claim."""
    pool.loan_add(call.uuid("deal_id"), membership=call.membership, **dict(call.body))
    return EnteredTold(entered=1)


def remove(call: Call) -> SecuritizationWholeTold:
    """Takes a claim out of the draft."""
    return _whole(call, pool.asset_remove(call.path["asset_id"], membership=call.membership).pk)


ONE = "/securitizations/{deal_id:uuid}"
READS: dict[str, Any] = {"method": "GET", "scope": "read"}
WRITES: dict[str, Any] = {"method": "POST", "scope": "money", "role": "editor"}
ENDPOINTS = (
    Endpoint(
        **READS, path="/securitizations", name="securitizations", act=securitizations, answer=SecuritizationsTold, query=Paging,
        summary="Securitizations",
    ),
    Endpoint(**READS, path=ONE, name="securitization", act=securitization, answer=SecuritizationWholeTold, summary="One securitization"),
    Endpoint(
        **READS, path=ONE + "/claims", name="securitization_pool", act=pooled, answer=PoolTold, query=Paging,
        summary="The claims of a pool with every reason against them",
    ),
    Endpoint(
        **WRITES, path="/securitizations", name="securitization_new", act=opened, answer=SecuritizationWholeTold, body=SecuritizationGiven,
        status=201, summary="Open a draft", example={"name": "One", "vehicle": "One trust", "structure": "receivables", "cut_off_on": "2026-12-31"},
    ),
    Endpoint(
        **WRITES, path=ONE + "/steps", name="securitization_step", act=step, answer=SecuritizationWholeTold, body=StepGiven,
        summary="Take a step", doc="Steps of two people need the scope approve and a fresh second factor.", example={"event": "cut"},
    ),
    Endpoint(
        **WRITES, path=ONE + "/requests", name="securitization_request", act=ask, answer=AskedTold, body=StepGiven, status=201,
        summary="Ask for a step that another person takes", example={"event": "issue"},
    ),
    Endpoint(
        **WRITES, path="/securitization-requests/{request_id:int}/decline", name="securitization_decline", act=decline, answer=AskedTold,
        body=Nothing, summary="Take a request back or turn it down",
    ),
    Endpoint(
        **WRITES, path=ONE + "/structure", name="securitization_structure", act=structure, answer=SecuritizationWholeTold, body=StructureGiven,
        summary="Set the structure", example={"first_end_on": "2027-03-31", "issue_fen": 200_00, "terms": {"tranches": [], "periods": 4, "periods_per_year": 4}},
    ),
    Endpoint(
        **WRITES, path=ONE + "/parties", name="securitization_party", act=party, answer=SecuritizationWholeTold, body=PartyGiven,
        summary="Name who takes a role", example={"role": "trustee", "organization_id": 1},
    ),
    Endpoint(
        **WRITES, path=ONE + "/criteria", name="securitization_criteria", act=criteria, answer=SecuritizationWholeTold, body=CriteriaGiven,
        summary="Set the pool's criteria", example={"values": {}},
    ),
    Endpoint(
        **WRITES, path=ONE + "/claims", name="securitization_claim", act=claim, answer=EnteredTold, body=PooledGiven, status=201,
        summary="Enter a claim", example={"claim": "C-1", "obligor": "One", "balance": "100000.00", "rate": "5%"},
    ),
    Endpoint(
        **WRITES, path=ONE + "/claims/sheet", name="securitization_sheet", act=sheet, answer=EnteredTold, body=SheetGiven, status=201,
        summary="Enter claims, all or none", example={"rows": [{"claim": "C-1", "obligor": "One", "balance": "100000.00", "rate": "5%"}]},
    ),
    Endpoint(
        **WRITES, path=ONE + "/claims/loan", name="securitization_loan", act=loan, answer=EnteredTold, body=PooledLoanGiven, status=201,
        summary="Enter a loan as a claim", example={"loan_id": "00000000-0000-0000-0000-000000000000"},
    ),
    Endpoint(
        **WRITES, path="/securitization-claims/{asset_id:int}/remove", name="securitization_remove", act=remove, answer=SecuritizationWholeTold,
        body=Nothing, summary="Take a claim out of the draft",
    ),
)  # fmt: skip
