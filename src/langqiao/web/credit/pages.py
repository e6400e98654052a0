"""The pages of loans: the list with the bank's desk, the application, one loan with its steps, its papers."""

import uuid
from fractions import Fraction
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from langqiao.engine.credit.loan_workflow import FOUR_EYES, LOAN, OWED
from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.credit import clock, services, shown
from langqiao.web.credit.asking import answers
from langqiao.web.credit.desk import line_of
from langqiao.web.credit.fields import fields_for
from langqiao.web.credit.models import Loan, LoanRequest
from langqiao.web.credit.papers import KINDS, paper_add, paper_bytes
from langqiao.web.credit.plan import interest_open, penalty_open
from langqiao.web.credit.proceeds import brought, consents_on
from langqiao.web.credit.quality import quality_of
from langqiao.web.credit.selectors import LIST_MAX, loan_get, loans_for, policy_for, roles_of
from langqiao.web.credit.subsidies import programs_for
from langqiao.web.people.models import Membership, Organization
from langqiao.web.people.session import member_page, must_approve, must_edit

DESK_KINDS = frozenset({"bank"})


@require_safe
@member_page
def loans(request: HttpRequest, membership: Membership) -> HttpResponse:
    """The organization's loans; for a bank its desk with loan to value, stages, expected loss and alarms."""
    rows = list(loans_for(membership.organization).prefetch_related("installments")[:LIST_MAX])
    bank = membership.organization.kind in DESK_KINDS
    context = {
        "room": "capital",
        "membership": membership,
        "bank": bank,
        "desk": shown.desk(rows),
        "next": {row.pk: shown.next_of(row) for row in rows},
    }
    return render(request, "credit/loans.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def loan_new(request: HttpRequest, membership: Membership) -> HttpResponse:
    """The application; what was typed stays when something is wrong."""
    must_edit(membership)
    banks = Organization.objects.filter(kind="bank", check_state="verified", merged_into=None).exclude(pk=membership.organization_id)
    names = [field.name for field in fields_for("new")]
    typed = {name: (request.POST if request.method == "POST" else request.GET).get(name, "") for name in names}
    context: dict[str, Any] = {
        "room": "capital",
        "membership": membership,
        "banks": banks.order_by("name")[:200],
        "typed": typed,
        "faults": {},
    }
    if request.method == "POST":
        try:
            loan = services.loan_open(membership=membership, fields=typed)
        except Refusal as refused:
            if refused.code not in {"terms_invalid", "party_missing"}:
                raise
            context["faults"] = refused.facts.get("faults") or {"bank": str(refused)}
            return render(request, "credit/loan_new.html", context, status=422)
        return redirect("loan", loan_id=loan.pk)
    return render(request, "credit/loan_new.html", context)


@require_safe
@member_page
def loan(request: HttpRequest, membership: Membership, loan_id: uuid.UUID) -> HttpResponse:
    """One loan: state and next step, money, plan, collateral with the check's answers, papers, timeline."""
    return loan_shown(request, membership, loan_id)


def loan_shown(
    request: HttpRequest, membership: Membership, loan_id: uuid.UUID, *, refused: Refusal | None = None, status: int = 200
) -> HttpResponse:
    """The page, with a refused step told on it."""
    found = loan_get(loan_id, membership)
    answered = answers(found, clock.today())
    policy = policy_for(found)
    context = {
        "room": "capital", "membership": membership, "loan": found, "roles": roles_of(found, membership.organization),
        "buttons": shown.buttons_for(found, membership), "next": shown.next_of(found), "answered": answered, "policy": policy,
        "limit": shown.limit_shown(found, answered, policy), "ltv": shown.ltv_of(found), "plan": list(found.installments.all()),
        "interest_open": interest_open(found), "timeline": shown.timeline(found, internal=membership.organization_id == found.bank_id), "papers": found.papers.select_related("organization"),
        "appraisal": found.appraisals.last(), "claim": found.claims.exclude(state="refused").prefetch_related("parts__member__organization").last(),
        **running(found, membership),
        "kinds": KINDS, "rate": Fraction(found.rate_annual or 0), "pledged": found.deal is not None and found.deal.state == "registered", "refused": refused, "faults": (refused.facts.get("faults") if refused else None) or {},
    }  # fmt: skip
    return render(request, "credit/loan.html", context, status=status)


def running(found: Loan, membership: Membership) -> dict[str, Any]:
    """What a page says of a loan that runs: class, default interest, line of loan to value, changes of the pledge, proceeds, consents, subsidies."""
    own = membership.organization_id
    consents = list(consents_on(found)) if own == found.bank_id else []
    return {
        "quality": quality_of(found, clock.today()) if found.state in OWED and own == found.bank_id else None, "penalty_open": penalty_open(found), "line": line_of(found),
        "additions": found.additions.all(), "releases": found.releases.all(), "locked": brought(found) if found.drawn_on else [],
        "taken": found.proceeds.select_related("deal"), "consents": consents,
        "subsidies": found.subsidies.select_related("program") if own == found.borrower_id else [],
        "programs": programs_for(membership.organization).filter(confirmed_by__isnull=False)[:50] if own == found.borrower_id else [],
    }  # fmt: skip


def _sent(request: HttpRequest) -> dict[str, str]:
    return {name: value for name, value in request.POST.items() if isinstance(value, str) and name not in {"csrfmiddlewaretoken", "key"}}


def _guarded(request: HttpRequest, membership: Membership, loan_id: uuid.UUID, event: str) -> None:
    """Steps of two people need an approver with a fresh second factor; a stranger finds no loan."""
    must_edit(membership)
    found = loan_get(loan_id, membership)
    step = LOAN.step(found.state, event)
    if step is not None and FOUR_EYES in step.unless:
        must_approve(request, membership)


@require_POST
@member_page
def loan_step(request: HttpRequest, membership: Membership, loan_id: uuid.UUID, event: str) -> HttpResponse:
    """Takes a step."""
    _guarded(request, membership, loan_id, event)
    try:
        services.loan_advance(loan_id, event, membership=membership, key=request.POST.get("key", "")[:100], fields=_sent(request))
    except Refusal as refused:
        if refused.code != "terms_invalid":
            raise
        return loan_shown(request, membership, loan_id, refused=refused, status=422)
    messages.success(request, _("The step is taken and stands in the record."))
    return redirect("loan", loan_id=loan_id)


@require_POST
@member_page
def loan_request(request: HttpRequest, membership: Membership, loan_id: uuid.UUID, event: str) -> HttpResponse:
    """Asks for a step that a second person takes."""
    must_edit(membership)
    try:
        services.loan_request(loan_id, event, membership=membership, fields=_sent(request))
    except Refusal as refused:
        if refused.code != "terms_invalid":
            raise
        return loan_shown(request, membership, loan_id, refused=refused, status=422)
    messages.success(request, _("Asked for. Another approver of your organization takes the step."))
    return redirect("loan", loan_id=loan_id)


@require_POST
@member_page
def loan_decline(_request: HttpRequest, membership: Membership, request_id: int) -> HttpResponse:
    """Takes a request back or turns it down."""
    must_edit(membership)
    found = LoanRequest.objects.filter(pk=request_id, organization=membership.organization).first()
    if found is None:
        raise Refusal("not_found", _("There is no such request of your organization."))
    services.loan_request_decline(request_id, membership=membership)
    return redirect("loan", loan_id=found.loan_id)


@require_POST
@member_page
def loan_paper(request: HttpRequest, membership: Membership, loan_id: uuid.UUID) -> HttpResponse:
    """Attaches a document."""
    must_edit(membership)
    paper_add(loan_id, membership=membership, kind=request.POST.get("kind", ""), file=request.FILES.get("file"))
    return redirect("loan", loan_id=loan_id)


@require_safe
@member_page
def loan_paper_read(_request: HttpRequest, membership: Membership, loan_id: uuid.UUID, paper_id: int) -> HttpResponse:
    """The bytes of a document, as a download."""
    found = loan_get(loan_id, membership).papers.filter(pk=paper_id).first()
    if found is None:
        raise Refusal("not_found", _("There is no such document."))
    response = HttpResponse(paper_bytes(found), content_type="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="{found.sha256[:16]}{found.name[found.name.rfind(".") :]}"'
    return response
