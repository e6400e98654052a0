"""The forms of a fund's money: asking for a movement, and the second person's decision."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from langqiao.engine.funds.notices import CALL_USES
from langqiao.web.funds import access
from langqiao.web.funds.models import ORDER_KINDS
from langqiao.web.funds.money import Asked, order_ask, order_decide
from langqiao.web.funds.pages import fund_context, user_of
from langqiao.web.market.forms import form_of
from langqiao.web.people.models import Membership
from langqiao.web.people.session import member_page, must_approve, must_edit

FIELDS = ("kind", "amount_fen", "cost_fen", "on", "due_on", "use", "reference", "project", "partner")


def _row(raw: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(raw)
    except ValueError:
        return None


@require_POST
@member_page
def order_new(request: HttpRequest, membership: Membership, fund_id: uuid.UUID) -> HttpResponse:
    """Asks for a movement of money; nothing is posted before another person approves it."""
    fund = access.fund_get(fund_id, membership)
    must_edit(membership)
    form = form_of(request.POST, FIELDS)
    amount = form.money("amount_fen")
    cost = form.money("cost_fen")
    on, due_on = form.day("on") or timezone.localdate(), form.day("due_on")
    if amount is None:
        form.errors.setdefault("amount_fen", _("Write the amount in yuan with at most two decimals, such as 1234.50."))
    if form.errors or amount is None:
        return render(request, "funds/fund.html", fund_context(fund, membership, form), status=422)
    asked = Asked(
        kind=form.choice("kind", ORDER_KINDS),
        amount_fen=amount,
        cost_fen=cost or 0,
        on=on,
        due_on=due_on,
        key=request.POST.get("key", "")[:80],
        project=_row(form.text("project", 40)),
        partner=_row(form.text("partner", 40)),
        use=form.choice("use", CALL_USES),
        reference=form.text("reference", 120),
    )
    order_ask(fund_id=fund_id, membership=membership, by=user_of(request), asked=asked)
    return redirect("fund", fund_id=fund_id)


@require_POST
@member_page
def order_decision(request: HttpRequest, membership: Membership, order_id: uuid.UUID) -> HttpResponse:
    """Approves or refuses an order that another person asked for, with a fresh second factor."""
    order = access.order_get(order_id, membership)
    must_approve(request, membership)
    order_decide(order_id=order_id, membership=membership, by=user_of(request), approve=request.POST.get("decision") == "approve")
    return redirect("fund", fund_id=order.fund_id)
