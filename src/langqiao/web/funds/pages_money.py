"""The forms of a fund's money: asking for a movement, and the second person's decision."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from langqiao.engine.funds.notices import CALL_USES
from langqiao.web.funds import access
from langqiao.web.funds.models import EXIT_PATHS, ORDER_KINDS
from langqiao.web.funds.money import Asked, order_ask, order_decide
from langqiao.web.funds.pages import fund_context, user_of
from langqiao.web.funds.preparing import AMOUNTS
from langqiao.web.market.forms import Form, form_of
from langqiao.web.people.models import Membership
from langqiao.web.people.session import member_page, must_approve, must_edit

USE_FIELDS = tuple(f"use_{use}" for use in CALL_USES)
FIELDS = (
    "kind",
    "amount_fen",
    "cost_fen",
    "on",
    "due_on",
    "use",
    "reference",
    "project",
    "partner",
    "newcomer",
    "path",
    "back",
    *USE_FIELDS,
)
BACK = ("fund", "fund_calls", "fund_fees", "fund_worth")
"""The pages from which a movement is asked for or decided, and to which the answer leads back."""


def row_of(raw: str) -> uuid.UUID | None:
    """The id of a row as typed."""
    try:
        return uuid.UUID(raw)
    except ValueError:
        return None


def _uses(form: Form) -> dict[str, int] | None:
    found = {use: form.money(f"use_{use}") for use in CALL_USES}
    return {use: amount for use, amount in found.items() if amount} or None


@require_POST
@member_page
def order_new(request: HttpRequest, membership: Membership, fund_id: uuid.UUID) -> HttpResponse:
    """Asks for a movement of money; nothing is posted before another person approves it."""
    fund = access.fund_get(fund_id, membership)
    must_edit(membership)
    form = form_of(request.POST, FIELDS)
    kind, amount, cost, uses = form.choice("kind", ORDER_KINDS), form.money("amount_fen"), form.money("cost_fen"), _uses(form)
    on, due_on = form.day("on") or timezone.localdate(), form.day("due_on")
    if amount is None and kind not in AMOUNTS and not (kind == "call" and uses):
        form.errors.setdefault("amount_fen", _("Write the amount in yuan with at most two decimals, such as 1234.50."))
    if form.errors:
        return render(request, "funds/fund.html", fund_context(fund, membership, form), status=422)
    asked = Asked(
        kind=kind,
        amount_fen=amount or 0,
        cost_fen=cost or 0,
        on=on,
        due_on=due_on,
        key=request.POST.get("key", "")[:80],
        project=row_of(form.text("project", 40)),
        partner=row_of(form.text("partner", 40)),
        newcomer=row_of(form.text("newcomer", 40)),
        use=form.choice("use", CALL_USES),
        uses=uses if kind == "call" else None,
        path=form.choice("path", ("", *EXIT_PATHS)) if kind == "proceeds" else "",
        reference=form.text("reference", 120),
    )
    order_ask(fund_id=fund_id, membership=membership, by=user_of(request), asked=asked)
    return redirect(form.choice("back", BACK), fund_id=fund_id)


@require_POST
@member_page
def order_decision(request: HttpRequest, membership: Membership, order_id: uuid.UUID) -> HttpResponse:
    """Approves or refuses an order that another person asked for, with a fresh second factor."""
    order = access.order_get(order_id, membership)
    must_approve(request, membership)
    order_decide(order_id=order_id, membership=membership, by=user_of(request), approve=request.POST.get("decision") == "approve")
    return redirect(form_of(request.POST, ("back",)).choice("back", BACK), fund_id=order.fund_id)
