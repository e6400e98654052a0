"""The pages of compensation pools and of a bank's own rules."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from langqiao.engine.credit.policy import DEFAULT_DAYS, NAMES, PREFIX
from langqiao.engine.kernel.money import yuan_to_fen
from langqiao.engine.kernel.refusal import Refusal
from langqiao.rules import parameters
from langqiao.web.credit import pools
from langqiao.web.credit.models import CreditPolicy
from langqiao.web.credit.quality import bank_lines
from langqiao.web.credit.selectors import OPERATOR_KINDS, policy_values, pool_balances, pool_figures, pool_get, pools_for
from langqiao.web.deals.terms import invalid
from langqiao.web.people.models import Membership, Organization
from langqiao.web.people.session import member_page, must_approve, must_edit

ROWS = range(1, 5)
"""Rows of members in the form of a new pool."""


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def pool_list(request: HttpRequest, membership: Membership) -> HttpResponse:
    """The pools that the organization operates or bears a part of, and the form of a new one."""
    own = membership.organization
    typed = request.POST
    faults: dict[str, Any] = {}
    if request.method == "POST":
        must_edit(membership)
        try:
            return redirect("pool", pool_id=_opened(request, membership).pk)
        except Refusal as refused:
            if refused.code not in {"terms_invalid", "loss_shares_do_not_sum"}:
                raise
            faults = refused.facts.get("faults") or {"members": str(refused)}
    rows = [{"pool": pool, "figures": pool_figures(pool)} for pool in pools_for(own)]
    context = {
        "room": "capital", "membership": membership, "rows": rows, "may_open": own.kind in OPERATOR_KINDS and own.is_verified and membership.may_edit,
        "organizations": Organization.objects.filter(check_state="verified", merged_into=None).order_by("name")[:500], "numbers": ROWS,
        "typed": typed, "faults": faults,
    }  # fmt: skip
    return render(request, "credit/pools.html", context, status=422 if faults else 200)


def _opened(request: HttpRequest, membership: Membership) -> Any:
    given = request.POST
    members = {}
    for number in ROWS:
        pk, share = given.get(f"member-{number}", ""), given.get(f"share-{number}", "").strip()
        if pk.isascii() and pk.isdigit() and share:
            members[int(pk)] = pools.share_text(share)
    days = given.get("claim_days", "")
    try:
        cap = yuan_to_fen(given.get("loan_cap_fen", "").replace(",", "").strip())
        leverage, stop_loss, npl_limit = (str(float(given.get(name, ""))) for name in ("leverage", "stop_loss", "npl_limit"))
    except ValueError as error:
        raise invalid({"loan_cap_fen": str(error)[:200]}) from error
    return pools.pool_open(
        membership=membership, name=given.get("name", ""), bank_share=pools.share_text(given.get("bank_share", "")), members=members,
        loan_cap_fen=cap, leverage=leverage[:12], stop_loss=stop_loss[:12], claim_days=int(days) if days.isascii() and days.isdigit() else 0,
        npl_limit=npl_limit[:12],
    )  # fmt: skip


@require_safe
@member_page
def pool(request: HttpRequest, membership: Membership, pool_id: uuid.UUID) -> HttpResponse:
    """One pool: capital by member, leverage, exposure, stop-loss, covered loans and claims."""
    found = pool_get(pool_id, membership)
    balances = pool_balances(found)
    members: list[dict[str, Any]] = [
        {"member": one, "balance_fen": balances.get(one.pk, 0)} for one in found.members.select_related("organization")
    ]
    operator = found.operator_id == membership.organization_id
    claims = found.claims.select_related("loan__borrower", "loan__bank").prefetch_related("parts__member__organization")
    context = {
        "room": "capital", "membership": membership, "pool": found, "members": members, "figures": pool_figures(found), "operator": operator,
        "banks": bank_lines(found) if operator else [],
        "own": next((one for one in members if one["member"].organization_id == membership.organization_id), None), "claims": claims,
        "loans": found.loans.exclude(drawn_on=None).select_related("borrower", "bank")[:200] if operator else [], "key": uuid.uuid4().hex,
    }  # fmt: skip
    return render(request, "credit/pool.html", context)


@require_POST
@member_page
def pool_confirm(request: HttpRequest, membership: Membership, pool_id: uuid.UUID) -> HttpResponse:
    """Puts a pool to work."""
    must_edit(membership)
    pool_get(pool_id, membership)
    must_approve(request, membership)
    pools.pool_confirm(pool_id, membership=membership)
    return redirect("pool", pool_id=pool_id)


@require_POST
@member_page
def pool_fill(request: HttpRequest, membership: Membership, pool_id: uuid.UUID) -> HttpResponse:
    """Pays a member's money into the pool."""
    must_edit(membership)
    pool_get(pool_id, membership)
    must_approve(request, membership)
    try:
        amount = yuan_to_fen(request.POST.get("amount_fen", "").replace(",", "").strip())
    except ValueError as error:
        raise invalid({"amount_fen": str(error)[:200]}) from error
    pools.pool_fill(pool_id, membership=membership, amount_fen=amount, key=request.POST.get("key", "")[:60])
    messages.success(request, _("Paid into the pool."))
    return redirect("pool", pool_id=pool_id)


def policy_flat(values: dict[str, Any]) -> list[tuple[str, str]]:
    """Rules as rows of a form: `name` or `name.part`."""
    rows = []
    for name in sorted(values):
        value = values[name]
        rows += [(f"{name}.{part}", str(one)) for part, one in value.items()] if isinstance(value, dict) else [(name, str(value))]
    return rows


def policy_now(bank: Organization) -> dict[str, Any]:
    """The bank's rules in force: its own over the parameters."""
    known, own = parameters(), policy_values(bank)
    return {
        name: own[name] if name in own else known.value(DEFAULT_DAYS if name == "default_days" else PREFIX + name) for name in sorted(NAMES)
    }


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def loan_policy(request: HttpRequest, membership: Membership) -> HttpResponse:
    """The bank's own rules: those in force, and a form that asks for others; whoever is no bank reads the starting values."""
    bank = membership.organization
    now, fault = policy_now(bank), ""
    if request.method == "POST":
        must_edit(membership)
        values: dict[str, Any] = {}
        for name, _old in policy_flat(now):
            head, _dot, part = name.partition(".")
            text = request.POST.get(name, "").strip()[:20]
            if part:
                values.setdefault(head, {})[part] = text
            else:
                values[head] = text
        try:
            pools.policy_ask(membership=membership, values=values)
            return redirect("loan_policy")
        except Refusal as refused:
            if refused.code != "policy_invalid":
                raise
            fault = str(refused)
    waiting = CreditPolicy.objects.filter(bank=bank, approved_at=None).select_related("asked_by").order_by("pk").last()
    context = {"room": "capital", "membership": membership, "rows": policy_flat(now), "waiting": waiting, "fault": fault, "bank": bank.kind == "bank"}  # fmt: skip
    if waiting is not None:
        before = dict(policy_flat(now))
        context["changes"] = [
            (name, before.get(name, ""), value) for name, value in policy_flat(waiting.values) if before.get(name) != value
        ]
    return render(request, "credit/policy.html", context, status=422 if fault else 200)


@require_POST
@member_page
def loan_policy_approve(request: HttpRequest, membership: Membership, policy_id: int) -> HttpResponse:
    """Puts asked rules in force."""
    must_edit(membership)
    if not CreditPolicy.objects.filter(pk=policy_id, bank=membership.organization).exists():
        raise Refusal("not_found", _("There are no such rules."))
    must_approve(request, membership)
    pools.policy_approve(policy_id, membership=membership)
    return redirect("loan_policy")
