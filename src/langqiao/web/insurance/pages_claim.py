"""The pages of claims: the notification, one claim with its checks, papers, reserve and decision, and the insurer's experience."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from langqiao.engine.insurance.cover import PAPERS
from langqiao.engine.insurance.workflow import CLAIM, COVERED, FOUR_EYES
from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.insurance import clock, experience, papers, selectors, services, shown
from langqiao.web.insurance.attempt import objection_until
from langqiao.web.insurance.fields import fields_for
from langqiao.web.insurance.pages import sent_of
from langqiao.web.people.models import Membership, OrganizationKind
from langqiao.web.people.session import kind_page, member_page, must_approve, must_edit


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def claim_new(request: HttpRequest, membership: Membership, policy_id: uuid.UUID) -> HttpResponse:
    """Notifies a claim; what was typed stays when something is wrong."""
    must_edit(membership)
    policy = selectors.policy_get(policy_id, membership)
    if selectors.claimant_of(policy).pk != membership.organization_id or policy.state not in COVERED:
        raise Refusal("claim_not_possible", _("The insured notifies under a policy that is or was in force."), facts={})
    fields = fields_for("notify", policy.tariff.product.kind)
    sent = request.POST if request.method == "POST" else request.GET
    typed = {field.name: sent.get(field.name, "") for field in fields}
    refused: Refusal | None = None
    if request.method == "POST":
        try:
            claim = services.claim_notify(policy_id, membership=membership, fields={name: value for name, value in typed.items() if value})
        except Refusal as found:
            if found.code != "terms_invalid":
                raise
            refused = found
        else:
            return redirect("claim", claim_id=claim.pk)
    context: dict[str, Any] = {
        "room": "capital", "membership": membership, "policy": policy, "fields": fields, "typed": typed, "today": clock.today(),
        "patents": policy.patents.all(), "loss_fen": selectors.loan_loss(policy.loan) if policy.loan else None,
        "faults": (refused.facts.get("faults") if refused else None) or {},
    }  # fmt: skip
    return render(request, "insurance/claim_new.html", context, status=422 if refused else 200)


@require_safe
@member_page
def claim(request: HttpRequest, membership: Membership, claim_id: uuid.UUID) -> HttpResponse:
    """One claim: checks, papers, reserve, decision, payment, steps."""
    return claim_shown(request, membership, claim_id)


def claim_shown(
    request: HttpRequest, membership: Membership, claim_id: uuid.UUID, *, refused: Refusal | None = None, status: int = 200
) -> HttpResponse:
    """The page, with a refused step told on it."""
    found = selectors.claim_get(claim_id, membership)
    roles = selectors.claim_roles(found, membership.organization)
    context = {
        "room": "capital", "membership": membership, "claim": found, "policy": found.policy, "roles": roles,
        "buttons": shown.buttons_for(found.policy, found, membership), "checks": shown.checks_of(found), "way": shown.way_now(found),
        "needed": shown.needed_papers(found), "papers": found.papers.select_related("organization"), "kinds": PAPERS,
        "movements": found.movements.all() if "insurer" in roles else (), "deadlines": shown.deadlines_of(found),
        "steps": found.steps.select_related("organization").order_by("-pk"), "objection_until": objection_until(found),
        "patent": found.policy.patents.filter(key=found.patent).first(), "may_attach": membership.may_edit and roles != ("holder",),
        "refused": shown.refusal_word(refused), "faults": (refused.facts.get("faults") if refused else None) or {},
    }  # fmt: skip
    return render(request, "insurance/claim.html", context, status=status)


@require_POST
@member_page
def claim_step(request: HttpRequest, membership: Membership, claim_id: uuid.UUID, event: str) -> HttpResponse:
    """Takes a step of a claim."""
    must_edit(membership)
    step = CLAIM.step(selectors.claim_get(claim_id, membership).state, event)
    if step is not None and FOUR_EYES in step.unless:
        must_approve(request, membership)
    try:
        services.claim_advance(claim_id, event, membership=membership, key=request.POST.get("key", "")[:100], fields=sent_of(request))
    except Refusal as refused:
        if refused.code not in {"terms_invalid", "reason_missing"}:
            raise
        return claim_shown(request, membership, claim_id, refused=refused, status=422)
    messages.success(request, _("The step is taken and stands in the record."))
    return redirect("claim", claim_id=claim_id)


@require_POST
@member_page
def claim_request(request: HttpRequest, membership: Membership, claim_id: uuid.UUID, event: str) -> HttpResponse:
    """Asks for a step of a claim that a second person takes."""
    must_edit(membership)
    try:
        services.claim_request(claim_id, event, membership=membership, fields=sent_of(request))
    except Refusal as refused:
        if refused.code not in {"terms_invalid", "reason_missing", "recovery_evidence_missing"}:
            raise
        return claim_shown(request, membership, claim_id, refused=refused, status=422)
    messages.success(request, _("Asked for. Another approver of your organization takes the step."))
    return redirect("claim", claim_id=claim_id)


@require_POST
@member_page
def claim_paper(request: HttpRequest, membership: Membership, claim_id: uuid.UUID) -> HttpResponse:
    """Attaches a paper."""
    papers.paper_add(claim_id, membership=membership, kind=request.POST.get("kind", ""), file=request.FILES.get("file"))
    return redirect("claim", claim_id=claim_id)


@require_safe
@member_page
def claim_paper_read(_request: HttpRequest, membership: Membership, claim_id: uuid.UUID, paper_id: int) -> HttpResponse:
    """The bytes of a paper, as a download."""
    found = selectors.claim_get(claim_id, membership).papers.filter(pk=paper_id).first()
    if found is None:
        raise Refusal("not_found", _("There is no such document."))
    response = HttpResponse(papers.paper_bytes(found), content_type="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="{found.sha256[:16]}{found.name[found.name.rfind(".") :]}"'
    return response


@require_safe
@kind_page([OrganizationKind.INSURER])
def insurance_experience(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Loss ratios by product and year with their numbers, and the triangles of incurred claims."""
    own, today = membership.organization, clock.today()
    triangles = [
        {"product": product, "rows": rows, "ages": range(len(rows[0][1]))} for product, rows in experience.triangles_of(own, today)
    ]
    context = {
        "room": "capital", "membership": membership, "periods": experience.periods_of(own, today), "triangles": triangles, "today": today,
    }  # fmt: skip
    return render(request, "insurance/experience.html", context)
