"""The pages of placement and service: investors, subscriptions, collections, payment dates, statements."""

import datetime as dt
import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from langqiao.engine.kernel.money import yuan_to_fen
from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.common.sheets import XLSX
from langqiao.web.deals.terms import invalid
from langqiao.web.people.models import Membership
from langqiao.web.people.session import member_page, must_approve, must_edit
from langqiao.web.securitization import clock, collected, selectors, statements, subscription
from langqiao.web.securitization.models import Asset, Collection, Investor
from langqiao.web.securitization.pages import deal_shown, sent_of
from langqiao.web.securitization.pages_pool import rows_read


def _fen(text: str, name: str) -> int:
    try:
        return yuan_to_fen(text.replace(",", "").replace("，", "").strip() or "0")
    except ValueError as error:
        raise invalid({name: str(error)[:200]}) from error


@require_POST
@member_page
def securitization_collect(request: HttpRequest, membership: Membership, deal_id: uuid.UUID) -> HttpResponse:
    """Receipts of the servicer: one by the form, or a sheet."""
    must_edit(membership)
    selectors.transaction_get(deal_id, membership)
    try:
        one = {name: request.POST.get(name, "") for name in collected.COLUMNS}
        rows = [one] if one["amount"].strip() else rows_read(request, collected.COLUMNS)
        made = collected.collections_enter(deal_id, membership=membership, rows=rows, key=request.POST.get("key", "")[:40])
    except Refusal as refused:
        if refused.code not in {"terms_invalid", "collection_unfit"}:
            raise
        return deal_shown(request, membership, deal_id, refused=refused, status=422)
    open_ = sum(one.asset_id is None for one in made)
    messages.success(request, _("%(n)d receipts are entered, %(open)d not matched.") % {"n": len(made), "open": open_})
    return redirect("securitization", deal_id=deal_id)


@require_POST
@member_page
def securitization_settle(request: HttpRequest, membership: Membership, collection_id: int) -> HttpResponse:
    """Matches a receipt to a claim, or sends it back with a reason."""
    must_edit(membership)
    deal_id = Collection.objects.filter(pk=collection_id).values_list("period__transaction_id", flat=True).first()
    if deal_id is None:
        raise Refusal("not_found", _("There is no such receipt."))
    selectors.transaction_get(deal_id, membership)
    try:
        if request.POST.get("claim", "").strip():
            collected.collection_match(collection_id, membership=membership, claim=request.POST["claim"].strip())
        else:
            collected.collection_return(collection_id, membership=membership, why=request.POST.get("why", ""))
    except Refusal as refused:
        if refused.code not in {"terms_invalid", "collection_unfit"}:
            raise
        return deal_shown(request, membership, deal_id, refused=refused, status=422)
    return redirect("securitization", deal_id=deal_id)


@require_POST
@member_page
def securitization_default(request: HttpRequest, membership: Membership, asset_id: int) -> HttpResponse:
    """The servicer finds a claim in default."""
    must_edit(membership)
    deal_id = Asset.objects.filter(pk=asset_id).values_list("transaction_id", flat=True).first()
    if deal_id is None:
        raise Refusal("not_found", _("There is no such claim."))
    selectors.transaction_get(deal_id, membership)
    collected.asset_default(asset_id, membership=membership, reason=request.POST.get("reason", ""))
    return redirect("securitization_pool", deal_id=deal_id)


@require_safe
@member_page
def securitization_date(request: HttpRequest, membership: Membership, deal_id: uuid.UUID, number: int) -> HttpResponse:
    """A payment date: what came in claim by claim, the tests, every line paid, for those who take part."""
    deal = selectors.transaction_get(deal_id, membership)
    period = deal.periods.filter(number=number).first()
    if period is None or selectors.roles_of(deal, membership.organization) == ("investor",):
        raise Refusal("not_found", _("There is no such payment date."))
    lines = period.lines.select_related("tranche", "organization")
    due = [
        {"tranche": tranche, "interest": interest, "principal": principal, "left": left, "arrears": arrears}
        for tranche, interest, principal, left, arrears in zip(
            deal.tranches.all(), *(period.payment.get(name, []) for name in ("due_interest_fen", "due_principal_fen", "balances_fen", "arrears_fen")), strict=False
        )
    ]  # fmt: skip
    context = {
        "room": "capital", "membership": membership, "deal": deal, "period": period, "lines": lines, "collections": period.collections.select_related("asset"),
        "due": due, "paid_fen": sum(line.amount_fen for line in lines),
        "in_fen": period.payment.get("available_fen", 0) + period.payment.get("reserve_drawn_fen", 0) + period.payment.get("support_fen", 0),
    }  # fmt: skip
    return render(request, "securitization/date.html", context)


@require_POST
@member_page
def securitization_invite(request: HttpRequest, membership: Membership, deal_id: uuid.UUID) -> HttpResponse:
    """The arranger invites an investor."""
    must_edit(membership)
    text = request.POST.get("organization", "")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    try:
        subscription.investor_invite(deal_id, membership=membership, organization_id=number)
    except Refusal as refused:
        if refused.code != "terms_invalid":
            raise
        return deal_shown(request, membership, deal_id, refused=refused, status=422)
    return redirect("securitization", deal_id=deal_id)


@require_POST
@member_page
def securitization_confirm(request: HttpRequest, membership: Membership, investor_id: int) -> HttpResponse:
    """The arranger confirms that an investor is qualified."""
    must_edit(membership)
    found = Investor.objects.filter(pk=investor_id).first()
    if found is None:
        raise Refusal("not_found", _("There is no such investor."))
    selectors.transaction_get(found.transaction_id, membership)
    must_approve(request, membership)
    subscription.investor_confirm(investor_id, membership=membership)
    return redirect("securitization", deal_id=found.transaction_id)


@require_POST
@member_page
def securitization_declare(request: HttpRequest, membership: Membership, deal_id: uuid.UUID) -> HttpResponse:
    """An invited investor declares its net assets and that it has read the risks."""
    must_edit(membership)
    sent = sent_of(request)
    try:
        subscription.investor_declare(
            deal_id, membership=membership, net_assets_fen=_fen(sent.get("net_assets_fen", ""), "net_assets_fen"), evidence=sent.get("evidence", ""),
            risks_read="risks_read" in sent,
        )  # fmt: skip
    except Refusal as refused:
        if refused.code != "terms_invalid":
            raise
        return deal_shown(request, membership, deal_id, refused=refused, status=422)
    return redirect("securitization", deal_id=deal_id)


@require_POST
@member_page
def securitization_subscribe(request: HttpRequest, membership: Membership, deal_id: uuid.UUID) -> HttpResponse:
    """An investor subscribes; an approver with a fresh second factor."""
    must_edit(membership)
    deal = selectors.transaction_get(deal_id, membership)
    must_approve(request, membership)
    try:
        amounts = {one.place: _fen(request.POST.get(f"asked-{one.place}", ""), one.name) for one in deal.tranches.all()}
        subscription.subscribe(deal_id, membership=membership, amounts_fen=amounts)
    except Refusal as refused:
        if refused.code != "terms_invalid":
            raise
        return deal_shown(request, membership, deal_id, refused=refused, status=422)
    messages.success(request, _("Subscribed. The allotment follows when the subscription is closed."))
    return redirect("securitization", deal_id=deal_id)


@require_safe
@member_page
def securitization_statement(_request: HttpRequest, membership: Membership, investor_id: int, form: str) -> HttpResponse:
    """The statement of an investor, for itself and for arranger and trustee, as a workbook or a PDF."""
    investor = Investor.objects.select_related("organization", "transaction").filter(pk=investor_id).first()
    if investor is None or form not in {"xlsx", "pdf"}:
        raise Refusal("not_found", _("There is no such statement."))
    deal = selectors.transaction_get(investor.transaction_id, membership)
    roles = selectors.roles_of(deal, membership.organization)
    own = investor.organization_id == membership.organization_id
    if not own and not {"arranger", "trustee"} & set(roles):
        raise Refusal("not_found", _("There is no such statement."))
    found = statements.statement_of(deal, investor)
    day: dt.date = clock.today()
    content = statements.sheet_of(deal, found) if form == "xlsx" else statements.pdf_bytes(deal, found, day=day)
    response = HttpResponse(content, content_type=XLSX if form == "xlsx" else "application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="statement-{investor.pk}-{day.isoformat()}.{form}"'
    return response
