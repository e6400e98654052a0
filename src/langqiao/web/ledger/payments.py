"""Money in and out of the books: orders of members, approved by a second person, settled only by a line of a bank's statement."""

import datetime as dt
import hashlib
import re
import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.kernel.money import Fen, fen_to_yuan
from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.ledger.entry import MAX_AMOUNT_FEN, Entry
from langqiao.web.audit.services import record_append
from langqiao.web.ledger.models_bank import BankLine, PaymentOrder
from langqiao.web.ledger.rails import RAILS, StatementLine, rail_in_use
from langqiao.web.ledger.services import account_ensure, group_post
from langqiao.web.people.models import Membership, User
from langqiao.web.people.session import must_edit

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
REFERENCE = re.compile(r"LQ[0-9A-HJKMNP-TV-Z]{10}")
SPACES = re.compile(r"[\s-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of the lines of a statement."""

    matched: int = 0
    suspense: int = 0
    known: int = 0


def client_money(organization_id: int) -> str:
    """The organization's client account, opened if need be."""
    return account_ensure(owner=f"organization/{organization_id}", purpose="client_money")


@transaction.atomic
def payment_ask(*, membership: Membership, direction: str, amount_fen: Fen, key: str) -> PaymentOrder:
    """Asks to pay in, or to pay out: then the amount is put on hold now and waits for a second person.

    `key` is the client's: the same key again is the same order. Refused: not_allowed, not_verified, payment_amount_wrong,
    ledger_overdrawn, idempotency_key_reused (same key, other content).
    """
    must_edit(membership)
    if not membership.organization.is_verified:
        raise Refusal("not_verified", _("The platform has not verified your organization yet. Its administrator asks for the check."))
    if direction not in {"in", "out"} or not 0 < amount_fen <= MAX_AMOUNT_FEN:
        raise Refusal("payment_amount_wrong", _("The amount must be above zero."), facts={"amount": fen_to_yuan(amount_fen)})
    found = PaymentOrder.objects.select_for_update().filter(organization=membership.organization, key=key).first()
    if found is not None:
        if (found.direction, found.amount_fen) != (direction, amount_fen):
            raise Refusal("idempotency_key_reused", _("This order was sent before with other content."), facts={"key": key})
        return found
    order = PaymentOrder.objects.create(
        key=key,
        organization=membership.organization,
        direction=direction,
        amount_fen=amount_fen,
        reference="LQ" + "".join(secrets.choice(LETTERS) for _n in range(10)),
        state="sent" if direction == "in" else "asked",
        rail=rail_in_use().name,
        asked_by=membership.user,
    )
    if direction == "out":
        _post(order, "hold", day=timezone.localdate(), by=membership.user)
    _recorded(order, "payment.asked", membership.user)
    if direction == "in":
        lines_take(RAILS[order.rail].send(order, timezone.localdate()), rail=order.rail, by=membership.user)
        order.refresh_from_db()
    return order


@transaction.atomic
def payment_decide(*, membership: Membership, order_id: uuid.UUID, approve: bool) -> PaymentOrder:
    """A second person approves a payment out, which goes to the bank, or refuses it, which frees the hold.

    The page has asked for role and second factor. Refused: not_found, not_allowed, four_eyes_missing, payment_decided.
    """
    order = PaymentOrder.objects.select_for_update().filter(pk=order_id, organization=membership.organization).first()
    if order is None:
        raise Refusal("not_found", _("There is no such payment."))
    if not membership.may_approve:
        raise Refusal("not_allowed", _("Money and title are approved by an approver or an administrator of the organization."))
    if order.state != "asked":
        raise Refusal("payment_decided", _("This payment is no longer waiting for approval."), facts={"reference": order.reference})
    if order.asked_by_id == membership.user_id:
        raise Refusal("four_eyes_missing", _("Nobody approves their own request: another person of the organization does."))
    order.state, order.approved_by, order.approved_at = "sent" if approve else "refused", membership.user, timezone.now()
    order.save(update_fields=["state", "approved_by", "approved_at"])
    if not approve:
        _post(order, "void", day=timezone.localdate(), by=membership.user)
    _recorded(order, "payment.approved" if approve else "payment.refused", membership.user)
    if approve:
        lines_take(RAILS[order.rail].send(order, timezone.localdate()), rail=order.rail, by=membership.user)
        order.refresh_from_db()
    return order


@transaction.atomic
def lines_take(lines: Iterable[StatementLine], *, rail: str, by: User | str) -> Taken:
    """Takes statement lines into the books: each once; matched by reference and amount to an order, else into suspense.

    A line read again (same bank, day, amount, text, counterparty, serial) has no effect.
    """
    counts = {"matched": 0, "suspense": 0, "known": 0}
    seen: dict[str, int] = {}
    for line in lines:
        mark = fingerprint(line, rail, seen)
        if BankLine.objects.filter(pk=mark).exists():
            counts["known"] += 1
            continue
        order = _order_of(line)
        kept = BankLine.objects.create(
            fingerprint=mark, rail=rail, simulated=RAILS[rail].simulated, day=line.day, amount_fen=line.amount_fen, text=line.text,
            counterparty=line.counterparty, serial=line.serial, state="matched" if order else "suspense", order=order,
        )  # fmt: skip
        _settle(order, line.day, by) if order else _suspend(kept, by)
        counts[kept.state] += 1
    return Taken(**counts)


def fingerprint(line: StatementLine, rail: str, seen: dict[str, int]) -> str:
    """What a line is known by. Banks without serials may report two equal payments of a day: the second in a file is another line."""
    told = "\n".join((rail, line.day.isoformat(), str(line.amount_fen), line.text, line.counterparty, line.serial))
    count = seen[told] = seen.get(told, 0) + 1
    return hashlib.sha256(f"{told}\n{count}".encode()).hexdigest()


def _order_of(line: StatementLine) -> PaymentOrder | None:
    direction = "in" if line.amount_fen > 0 else "out"
    references = REFERENCE.findall(SPACES.sub("", line.text.upper()))
    return (
        PaymentOrder.objects.select_for_update()
        .filter(reference__in=references, direction=direction, amount_fen=abs(line.amount_fen), state="sent")
        .order_by("asked_at")
        .first()
    )


def _settle(order: PaymentOrder, day: dt.date, by: User | str) -> None:
    _post(order, "post" if order.direction == "out" else "transfer", day=day, by=by)
    order.state, order.settled_on = "settled", day
    order.save(update_fields=["state", "settled_on"])
    _recorded(order, "payment.settled", by)


def _post(order: PaymentOrder, phase: str, *, day: dt.date, by: User | str) -> None:
    bank, client = account_ensure(owner="platform", purpose="client_bank"), client_money(order.organization_id)
    debit, credit = (bank, client) if order.direction == "in" else (client, bank)
    hold = f"payment.{order.pk}.hold"
    entry = Entry(
        id=f"payment.{order.pk}.{phase}", phase=phase, debit=debit, credit=credit, amount_fen=order.amount_fen,  # type: ignore[arg-type]
        pending_id=hold if phase in {"post", "void"} else None, code=f"payment.{order.direction}", ref=order.reference, business_date=day,
    )  # fmt: skip
    group_post([entry], group=entry.id, by=by)


def _suspend(line: BankLine, by: User | str) -> None:
    bank, suspense = account_ensure(owner="platform", purpose="client_bank"), account_ensure(owner="platform", purpose="suspense")
    debit, credit = (bank, suspense) if line.amount_fen > 0 else (suspense, bank)
    entry = Entry(
        id=f"bankline.{line.pk}", phase="transfer", debit=debit, credit=credit, amount_fen=abs(line.amount_fen), code="bank.unmatched",
        ref=line.serial, business_date=line.day,
    )  # fmt: skip
    group_post([entry], group=entry.id, by=by)
    record_append(actor=by, action="bank.unmatched", subject=f"bankline/{line.pk}", payload={"amount_fen": line.amount_fen})


@transaction.atomic
def line_assign(*, membership: Membership, line_id: str, organization_id: int) -> BankLine:
    """Moves a received line out of suspense to the organization it belongs to. The page has asked for the platform's approver.

    Refused: not_found (no such line in suspense, or a payment out: that is found at the bank, not given to somebody).
    """
    line = BankLine.objects.select_for_update().filter(pk=line_id, state="suspense", amount_fen__gt=0).first()
    if line is None:
        raise Refusal("not_found", _("There is no received line in suspense."))
    suspense, client = account_ensure(owner="platform", purpose="suspense"), client_money(organization_id)
    entry = Entry(
        id=f"bankline.{line.pk}.assign", phase="transfer", debit=suspense, credit=client, amount_fen=line.amount_fen, code="bank.assigned",
        ref=line.serial, business_date=timezone.localdate(),
    )  # fmt: skip
    group_post([entry], group=entry.id, by=membership.user)
    line.state = "assigned"
    line.save(update_fields=["state"])
    payload = {"amount_fen": line.amount_fen, "organization": organization_id}
    record_append(actor=membership.user, action="bank.assigned", subject=f"bankline/{line.pk}", payload=payload, seen_by=[organization_id])
    return line


def _recorded(order: PaymentOrder, action: str, by: User | str) -> None:
    payload = {"reference": order.reference, "direction": order.direction, "amount_fen": order.amount_fen, "rail": order.rail}
    record_append(actor=by, action=action, subject=f"payment/{order.pk}", payload=payload, seen_by=[order.organization_id])
