"""The pages of interest subsidies: programs, one program with its applications, the application of a loan, and the payer's steps."""

import datetime as dt
import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from langqiao.engine.kernel.money import yuan_to_fen
from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.credit import subsidies
from langqiao.web.credit.selectors import loan_get
from langqiao.web.deals.terms import invalid
from langqiao.web.people.models import Membership
from langqiao.web.people.session import member_page, must_approve, must_edit

NAMES = ("name", "share", "cap_fen", "begins", "ends", "document")


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def subsidy_programs(request: HttpRequest, membership: Membership) -> HttpResponse:
    """The programs at work and the organization's own, and the form of a new one."""
    own = membership.organization
    faults: dict[str, Any] = {}
    typed = {name: request.POST.get(name, "") for name in NAMES}
    if request.method == "POST":
        must_edit(membership)
        try:
            return redirect("subsidy_program", program_id=_opened(typed, membership).pk)
        except Refusal as refused:
            if refused.code != "terms_invalid":
                raise
            faults = refused.facts.get("faults") or {}
    context = {
        "room": "capital", "membership": membership, "programs": list(subsidies.programs_for(own)[:200]), "typed": typed, "faults": faults,
        "may_open": own.kind in subsidies.PAYER_KINDS and own.is_verified and membership.may_edit,
    }  # fmt: skip
    return render(request, "credit/subsidies.html", context, status=422 if faults else 200)


def _opened(typed: dict[str, str], membership: Membership) -> Any:
    try:
        cap = yuan_to_fen(typed["cap_fen"].replace(",", "").strip())
        begins, ends = (dt.date.fromisoformat(typed[name]) for name in ("begins", "ends"))
    except ValueError as error:
        raise invalid({"cap_fen": str(error)[:200]}) from error
    return subsidies.program_open(
        membership=membership, name=typed["name"], share=typed["share"], cap_fen=cap, begins=begins, ends=ends, document=typed["document"]
    )


@require_safe
@member_page
def subsidy_program(request: HttpRequest, membership: Membership, program_id: uuid.UUID) -> HttpResponse:
    """One program; its payer sees every application, a borrower its own."""
    found = subsidies.program_get(program_id, membership)
    payer = found.payer_id == membership.organization_id
    rows = found.applications.select_related("loan__borrower", "loan__bank", "proposed_by", "paid_by")
    if not payer:
        rows = rows.filter(loan__borrower=membership.organization)
    applications = list(rows.order_by("-asked_on", "-pk")[:500])
    context = {
        "room": "capital", "membership": membership, "program": found, "payer": payer, "applications": applications,
        "paid_fen": sum(one.amount_fen for one in applications if one.state == "paid"),
    }  # fmt: skip
    return render(request, "credit/subsidy.html", context)


@require_POST
@member_page
def subsidy_program_confirm(request: HttpRequest, membership: Membership, program_id: uuid.UUID) -> HttpResponse:
    """Puts a program to work."""
    must_edit(membership)
    subsidies.program_get(program_id, membership)
    must_approve(request, membership)
    subsidies.program_confirm(program_id, membership=membership)
    return redirect("subsidy_program", program_id=program_id)


@require_POST
@member_page
def subsidy_ask(request: HttpRequest, membership: Membership, loan_id: uuid.UUID) -> HttpResponse:
    """The borrower applies from the loan's page."""
    must_edit(membership)
    loan_get(loan_id, membership)
    given = request.POST
    try:
        program = uuid.UUID(given.get("program", ""))
        since, until = (dt.date.fromisoformat(given.get(name, "")) for name in ("since", "until"))
    except ValueError as error:
        raise invalid({"since": _("Choose a program and the days from and until.")}) from error
    subsidies.subsidy_ask(membership=membership, loan_id=loan_id, program_id=program, since=since, until=until)
    messages.success(request, _("Applied for. The payer sees it now."))
    return redirect("loan", loan_id=loan_id)


@require_POST
@member_page
def subsidy_decide(request: HttpRequest, membership: Membership, subsidy_id: uuid.UUID, event: str) -> HttpResponse:
    """A step of the payer, or the borrower's withdrawal; a payment needs an approver with a fresh second factor."""
    must_edit(membership)
    row = subsidies.subsidy_get(subsidy_id, membership)
    if event == "pay":
        must_approve(request, membership)
    subsidies.subsidy_decide(subsidy_id, membership=membership, event=event, reason=request.POST.get("reason", ""))
    messages.success(request, _("The step is taken and stands in the record."))
    return redirect("subsidy_program", program_id=row.program_id)
