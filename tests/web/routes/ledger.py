"""The routes of money, and what the tests need to open them: accounts of the first organization, a payment that waits, a transfer."""

from django.db import transaction

from langqiao.web.ledger.models import Transfer
from langqiao.web.ledger.models_bank import PaymentOrder
from langqiao.web.ledger.payments import client_money, lines_take, payment_ask
from langqiao.web.ledger.rails import StatementLine
from langqiao.web.people.models import CheckState, Membership, Organization, Role
from tests.web.routes.who import ANY_EDITOR, ANY_MEMBER, APPROVERS, MEMBERS, PLATFORM, Rule

INSIDE = frozenset({"reader", "editor", "approver", "unconfirmed", "admin"})

ROUTES = {
    "money": (ANY_MEMBER, "get", {}),
    "money_account": (MEMBERS, "get", {"account": "client account"}),
    "statement_file": (MEMBERS, "get", {"form": "csv", "account": "client account"}),
    "transfer": (Rule(opens=INSIDE | {"platform"}, hides=frozenset({"other", "office"})), "get", {"seq": "transfer number"}),
    "payment_ask": (ANY_EDITOR, "post", {}),
    "payment_decide": (APPROVERS, "post", {"order_id": "payment"}),
    "money_bank": (PLATFORM, "get", {}),
    "money_bank_import": (PLATFORM, "post", {}),
    "money_bank_assign": (PLATFORM, "post", {"line_id": "suspense line"}),
    "money_trial": (PLATFORM, "get", {}),
}


def owned(people):
    """The first organization has paid in, moved money between two accounts of its own, and waits to pay out."""
    first = people["first"]
    state = first.check_state
    editor = Membership.objects.select_related("organization", "user").get(user=people[Role.EDITOR], organization=first)
    editor.organization.check_state = CheckState.VERIFIED
    payment_ask(membership=editor, direction="in", amount_fen=10_000, key="route in")
    order = payment_ask(membership=editor, direction="out", amount_fen=400, key="route out")
    assert Organization.objects.get(pk=first.pk).check_state == state
    lines_take([StatementLine(day=order.asked_at.date(), amount_fen=5, text="unknown")], rail="statement_file", by="route")
    with transaction.atomic():
        account = client_money(first.pk)
    hold = Transfer.objects.get(id=f"payment.{order.pk}.hold")
    line = Transfer.objects.get(code="bank.unmatched").id.partition(".")[2]
    PaymentOrder.objects.filter(pk=order.pk).update(asked_by=people[Role.EDITOR])
    return {"client account": account, "transfer number": hold.seq, "payment": order.pk, "suspense line": line}
