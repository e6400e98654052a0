"""The pages of policies: the list with the insurer's desk, the quote, one policy with its steps, its documents."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from langqiao.engine.insurance.cover import KINDS
from langqiao.engine.insurance.workflow import COVERED, FOUR_EYES, POLICY
from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.credit.models import Loan
from langqiao.web.insurance import clock, quoting, selectors, services, shown
from langqiao.web.insurance.fields import fields_for
from langqiao.web.insurance.models import Policy, Request
from langqiao.web.insurance.policy_pdf import documents_of, policy_documents_make
from langqiao.web.people.models import Membership, OrganizationKind
from langqiao.web.people.session import member_page, must_approve, must_edit

TYPED = frozenset(
    {
        "terms_invalid", "nothing_to_insure", "limit_not_offered", "rating_fact_missing", "term_not_offered", "right_not_in_force",
        "not_registered_owner", "loan_not_insurable", "policy_not_renewable",
    }
)  # fmt: skip
"""Refusals of what was typed: they stand on the form, which keeps what was typed."""


@require_safe
@member_page
def insurance(request: HttpRequest, membership: Membership) -> HttpResponse:
    """The organization's policies and claims; for an insurer its desk."""
    own = membership.organization
    insurer = own.kind == OrganizationKind.INSURER
    context = {
        "room": "capital", "membership": membership, "insurer": insurer, "desk": shown.desk_of(own) if insurer else None,
        "policies": list(selectors.policies_for(own)[: selectors.LIST_MAX]), "claims": list(selectors.claims_for(own)[: selectors.LIST_MAX]),
    }  # fmt: skip
    return render(request, "insurance/insurance.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def quote_new(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Asks for a quote; what was typed stays when something is wrong. `product` chosen: the fields of its kind."""
    must_edit(membership)
    sent = request.POST if request.method == "POST" else request.GET
    typed = {field.name: sent.get(field.name, "") for field in fields_for("quote")}
    renews = _renewed(sent.get("renews", ""), membership)
    if renews is not None and request.method != "POST":
        typed |= _typed_again(renews)
    typed["since"] = typed["since"] or clock.today().isoformat()
    refused: Refusal | None = None
    if request.method == "POST":
        try:
            policy = quoting.quote_make(
                membership=membership, fields={name: value for name, value in typed.items() if value}, renews=renews.pk if renews else None
            )
        except Refusal as found:
            if found.code not in TYPED:
                raise
            refused = found
        else:
            return redirect("policy", policy_id=policy.pk)
    offered = selectors.products_offered(clock.today())
    chosen = next(((product, tariff) for product, tariff in offered if str(product.pk) == typed["product"]), None)
    context: dict[str, Any] = {
        "room": "capital", "membership": membership, "offered": offered, "chosen": chosen, "typed": typed, "renews": renews,
        "kind": KINDS[chosen[0].kind] if chosen else None, "scheduled": chosen is not None and chosen[1].values.get("mode") == "scheduled",
        "loans": Loan.objects.filter(borrower=membership.organization, state__in=selectors.INSURABLE_LOANS).select_related("bank")[:200],
        "facts": _facts_asked(chosen[1].values) if chosen else (), "refused": shown.refusal_word(refused),
        "faults": (refused.facts.get("faults") if refused else None) or {},
    }  # fmt: skip
    return render(request, "insurance/quote_new.html", context, status=422 if refused else 200)


def _facts_asked(values: dict[str, Any]) -> list[str]:
    """The facts of the tariff that the holder may declare."""
    return [one["fact"] for one in values.get("factors") or () if one["fact"] != "earlier_claims"]


def _renewed(text: str, membership: Membership) -> Policy | None:
    try:
        return selectors.policy_get(uuid.UUID(text), membership) if text else None
    except ValueError as error:
        raise Refusal("not_found", _("There is no such policy.")) from error


def _typed_again(policy: Policy) -> dict[str, str]:
    """The form of a renewal: the same product, patents, sum and declared facts, from the end of the policy on."""
    told = {name: str(value) for name, (value, origin) in policy.declared.items() if origin == "declared"}
    if "product_revenue_fen" in told:
        told["product_revenue_fen"] = f"{int(told['product_revenue_fen']) // 100}.{int(told['product_revenue_fen']) % 100:02d}"
    numbers = "\n".join(one.number for one in policy.patents.all() if one.removed_on is None)
    since = max(policy.until, clock.today()).isoformat()
    return told | {
        "product": str(policy.tariff.product_id), "patents": numbers, "limit_fen": f"{policy.limit_fen // 100}.{policy.limit_fen % 100:02d}",
        "since": since, "months": str(policy.months), "units": str(policy.units),
    }  # fmt: skip


@require_safe
@member_page
def policy(request: HttpRequest, membership: Membership, policy_id: uuid.UUID) -> HttpResponse:
    """One policy: what it covers, how the premium came about, patents, money, claims, steps."""
    return policy_shown(request, membership, policy_id)


def policy_shown(
    request: HttpRequest, membership: Membership, policy_id: uuid.UUID, *, refused: Refusal | None = None, status: int = 200
) -> HttpResponse:
    """The page, with a refused step told on it."""
    found = selectors.policy_get(policy_id, membership)
    roles = selectors.roles_of(found, membership.organization)
    claimant = selectors.claimant_of(found).pk == membership.organization_id
    context = {
        "room": "capital", "membership": membership, "policy": found, "roles": roles, "product": found.tariff.product,
        "prices": selectors.prices_of(found.tariff), "buttons": shown.buttons_for(found, None, membership),
        "way": shown.way_shown(found, found.evidence), "patents": list(found.patents.all()), "shares": found.shares.select_related("organization"),
        "subsidies": found.subsidies.exclude(state="void").select_related("payer"), "changes": found.changes.all(),
        "change_price": shown.change_price(found), "claims": shown.claims_seen(found, roles), "documents": documents_of(found),
        "unearned_fen": found.paid_fen - found.earned_fen, "left_fen": found.limit_fen - selectors.committed_fen(found),
        "steps": found.steps.filter(claim=None).select_related("organization").order_by("-pk"), "may_notify": claimant and found.state in COVERED,
        "may_renew": "holder" in roles and found.state in quoting.RENEWABLE and not quoting.renewal_of(found), "refused": shown.refusal_word(refused),
        "faults": (refused.facts.get("faults") if refused else None) or {},
    }  # fmt: skip
    return render(request, "insurance/policy.html", context, status=status)


def sent_of(request: HttpRequest) -> dict[str, str]:
    """The fields of a form without those of the site."""
    return {name: value for name, value in request.POST.items() if isinstance(value, str) and name not in {"csrfmiddlewaretoken", "key"}}


@require_POST
@member_page
def policy_step(request: HttpRequest, membership: Membership, policy_id: uuid.UUID, event: str) -> HttpResponse:
    """Takes a step; one of two people needs an approver with a fresh second factor."""
    must_edit(membership)
    step = POLICY.step(selectors.policy_get(policy_id, membership).state, event)
    if step is not None and FOUR_EYES in step.unless:
        must_approve(request, membership)
    try:
        services.policy_advance(policy_id, event, membership=membership, key=request.POST.get("key", "")[:100], fields=sent_of(request))
    except Refusal as refused:
        if refused.code != "terms_invalid":
            raise
        return policy_shown(request, membership, policy_id, refused=refused, status=422)
    messages.success(request, _("The step is taken and stands in the record."))
    return redirect("policy", policy_id=policy_id)


@require_POST
@member_page
def policy_request(request: HttpRequest, membership: Membership, policy_id: uuid.UUID, event: str) -> HttpResponse:
    """Asks for a step that a second person takes."""
    must_edit(membership)
    try:
        services.policy_request(policy_id, event, membership=membership, fields=sent_of(request))
    except Refusal as refused:
        if refused.code not in TYPED:
            raise
        return policy_shown(request, membership, policy_id, refused=refused, status=422)
    messages.success(request, _("Asked for. Another approver of your organization takes the step."))
    return redirect("policy", policy_id=policy_id)


@require_POST
@member_page
def insurance_decline(_request: HttpRequest, membership: Membership, request_id: int) -> HttpResponse:
    """Takes a request back or turns it down."""
    must_edit(membership)
    found = Request.objects.filter(pk=request_id, organization=membership.organization).first()
    if found is None:
        raise Refusal("not_found", _("There is no such request of your organization."))
    services.request_decline(request_id, membership=membership)
    return redirect("claim", claim_id=found.claim_id) if found.claim_id else redirect("policy", policy_id=found.policy_id)


@require_POST
@member_page
def policy_documents(request: HttpRequest, membership: Membership, policy_id: uuid.UUID) -> HttpResponse:
    """Draws up the policy document in both languages."""
    policy_documents_make(policy_id=policy_id, membership=membership)
    messages.success(request, _("The policy document is drawn up in both languages."))
    return redirect("policy", policy_id=policy_id)
