"""The pages of money that write: asking for a payment, deciding on one."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from langqiao.engine.kernel.money import fen_to_yuan, yuan_to_fen
from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.ledger.access import order_get
from langqiao.web.ledger.pages import money_context
from langqiao.web.ledger.payments import payment_ask, payment_decide
from langqiao.web.people.models import Membership
from langqiao.web.people.session import member_page, must_approve, must_edit

FORM_ERRORS = frozenset({"payment_amount_wrong", "ledger_overdrawn"})


@require_POST
@member_page
def ask(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Asks for a payment; what is wrong with the amount stands beside the field."""
    must_edit(membership)
    direction, typed = request.POST.get("direction", ""), request.POST.get("amount", "").strip().replace(",", "")
    try:
        key = str(uuid.UUID(request.POST.get("key", "")))
        order = payment_ask(membership=membership, direction=direction, amount_fen=yuan_to_fen(typed), key=key)
    except ValueError:
        return _again(request, membership, _("State an amount in yuan with at most two decimals, such as 1234.50."))
    except Refusal as refusal:
        if refusal.code not in FORM_ERRORS:
            raise
        missing = refusal.facts.get("missing")
        short = _("The account lacks %(missing)s yuan, holds counted.") % {"missing": missing} if missing else refusal.message
        return _again(request, membership, short)
    facts = {"amount": fen_to_yuan(order.amount_fen), "reference": order.reference}
    said = {
        ("in", "sent"): _("Pay %(amount)s yuan to the platform's client account with the reference %(reference)s."),
        ("in", "settled"): _("%(amount)s yuan were paid in, reference %(reference)s."),
        ("out", "asked"): _("%(amount)s yuan are on hold; a second person approves the payment %(reference)s."),
    }
    messages.success(request, said.get((order.direction, order.state), _("The payment %(reference)s was sent before.")) % facts)
    return redirect("money")


def _again(request: HttpRequest, membership: Membership, error: str) -> HttpResponse:
    given = {name: request.POST.get(name, "")[:40] for name in ("direction", "amount")}
    return render(request, "ledger/money.html", money_context(membership) | {"error": error, "given": given}, status=422)


@require_POST
@member_page
def decide(request: HttpRequest, membership: Membership, order_id: uuid.UUID) -> HttpResponse:
    """Approves a payment out, or refuses it."""
    order_get(membership=membership, order_id=order_id)
    must_approve(request, membership)
    order = payment_decide(membership=membership, order_id=order_id, approve=request.POST.get("decision") == "approve")
    said = {
        "settled": _("The payment %(reference)s was approved and settled."),
        "sent": _("The payment %(reference)s was approved and waits for the bank."),
        "refused": _("The payment %(reference)s was refused; its amount is free again."),
    }
    messages.success(request, said[order.state] % {"reference": order.reference})
    return redirect("money")
