"""Loans on patents: list, one with its plan, the application, steps, requests for a second person."""

import datetime as dt
import uuid
from typing import Any

from pydantic import Field

from langqiao.engine.credit.loan_workflow import FOUR_EYES, LOAN
from langqiao.web.api.endpoint import Call, Endpoint, Given, Nothing, Paging, Told
from langqiao.web.api.paging import listed, page
from langqiao.web.api.rooms.me import OrganizationTold, organization_told
from langqiao.web.api.rooms.steps import AskedTold, Fields, StepGiven, asked_told
from langqiao.web.credit.models import Loan, LoanRequest
from langqiao.web.credit.selectors import loan_get, loans_for, roles_of
from langqiao.web.credit.services import loan_advance, loan_open, loan_request, loan_request_decline


class LoanTold(Told):
    """A loan. `events`: what the table lists for the organization's roles in this state; each has its own gates."""

    id: uuid.UUID
    state: str
    roles: list[str]
    borrower: OrganizationTold
    bank: OrganizationTold
    patents: list[str]
    asked_fen: int
    asked_months: int
    principal_fen: int | None
    balance_fen: int
    level: str
    is_scenario: bool
    events: list[str]


class LoansTold(Told):
    """A page of loans, newest first."""

    items: list[LoanTold]
    next_cursor: str | None


class PlanTold(Told):
    """An installment of the plan."""

    number: int
    due_on: dt.date
    principal_fen: int
    interest_fen: int
    paid_principal_fen: int
    paid_interest_fen: int


class LoanWholeTold(LoanTold):
    """With its plan and the requests that wait."""

    plan: list[PlanTold]
    requests: list[AskedTold]


class LoanGiven(Given):
    """The application, by the names of its form: bank (id), patents (lines), amount, months, purpose."""

    fields: Fields = Field(default={})


def _loan(one: Loan, call: Call) -> dict[str, Any]:
    roles = roles_of(one, call.membership.organization)
    names = ("id", "state", "asked_fen", "asked_months", "principal_fen", "balance_fen", "level", "is_scenario")
    events = dict.fromkeys(
        event for role in roles for event in (step.event for step in LOAN.steps if step.source == one.state and role in step.by)
    )
    return {
        **{name: getattr(one, name) for name in names}, "roles": list(roles), "borrower": organization_told(one.borrower),
        "bank": organization_told(one.bank), "patents": [patent.key for patent in one.patents.all()], "events": list(events),
    }  # fmt: skip


def loans(call: Call) -> LoansTold:
    """The loans the organization takes part in."""
    found = loans_for(call.membership.organization).order_by().select_related("borrower", "bank").prefetch_related("patents")
    rows, after = page(found, by=("created_at", "pk"), cursor=call.query.cursor, limit=call.query.limit)
    return LoansTold(**listed(rows, lambda one: LoanTold(**_loan(one, call)), after))


def loan(call: Call) -> LoanWholeTold:
    """One loan."""
    one = loan_get(call.uuid("loan_id"), call.membership)
    plan = [PlanTold(**{name: getattr(row, name) for name in PlanTold.model_fields}) for row in one.installments.all()]
    waiting = LoanRequest.objects.filter(loan=one, organization=call.membership.organization, state="open")
    return LoanWholeTold(**_loan(one, call), plan=plan, requests=[asked_told(row) for row in waiting])


def opened(call: Call) -> LoanTold:
    """Writes the draft of an application."""
    made = loan_open(membership=call.membership, fields=call.body.fields)
    return LoanTold(**_loan(loan_get(made.pk, call.membership), call))


def step(call: Call) -> LoanWholeTold:
    """Takes a step of the table, or refuses it with nothing changed; a step of two people takes the fields of the other's request."""
    one, event = loan_get(call.uuid("loan_id"), call.membership), call.body.event
    found = LOAN.step(one.state, event)
    if found is not None and FOUR_EYES in found.unless:
        call.must_approve()
    loan_advance(one.pk, event, membership=call.membership, key=call.key, fields=call.body.fields)
    return loan(call)


def ask(call: Call) -> AskedTold:
    """Asks for a step that another approver of the organization takes."""
    loan_get(call.uuid("loan_id"), call.membership)
    return asked_told(loan_request(call.uuid("loan_id"), call.body.event, membership=call.membership, fields=call.body.fields))


def decline(call: Call) -> AskedTold:
    """Takes a request back or turns it down."""
    return asked_told(loan_request_decline(call.path["request_id"], membership=call.membership))


ONE = "/loans/{loan_id:uuid}"
WRITES: dict[str, Any] = {"method": "POST", "scope": "money", "role": "editor"}
ENDPOINTS = (
    Endpoint(method="GET", path="/loans", name="loans", scope="read", act=loans, answer=LoansTold, query=Paging, summary="Loans"),
    Endpoint(method="GET", path=ONE, name="loan", scope="read", act=loan, answer=LoanWholeTold, summary="One loan with its plan"),
    Endpoint(
        **WRITES, path="/loans", name="loan_new", act=opened, answer=LoanTold, body=LoanGiven, status=201, summary="Write an application",
        example={"fields": {"bank": "12", "patents": ["CN 102329749 B"]}},
    ),
    Endpoint(
        **WRITES, path=ONE + "/steps", name="loan_step", act=step, answer=LoanWholeTold, body=StepGiven, summary="Take a step of a loan",
        doc="Steps of two people need the scope approve and a fresh second factor.", example={"event": "submit"},
    ),
    Endpoint(
        **WRITES, path=ONE + "/requests", name="loan_request", act=ask, answer=AskedTold, body=StepGiven, status=201,
        summary="Ask for a step that another person takes", example={"event": "draw"},
    ),
    Endpoint(
        **WRITES, path="/loan-requests/{request_id:int}/decline", name="loan_decline", act=decline, answer=AskedTold, body=Nothing,
        summary="Take a request back or turn it down",
    ),
)  # fmt: skip
