"""Calls and who has not paid them: where each partner stands with each call, interest of lateness, defaults declared by two people, cured, forfeited."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from langqiao.engine.funds.defaults import Called, Standing, late_interest, open_of, standing
from langqiao.engine.kernel.money import Fen
from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.audit.services import record_append
from langqiao.web.funds.access import fund_locked
from langqiao.web.funds.models import Default, Fund, Order, Partner, Share
from langqiao.web.funds.terms import decide_must, terms_on
from langqiao.web.people.models import Membership, User
from langqiao.web.people.session import must_edit


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """One partner's part of one call: what is open of it, and where it stands."""

    share: Share
    open_fen: Fen
    standing: Standing
    default: Default | None = None


def _calls(partner: Partner, until: dt.date | None = None) -> list[Share]:
    found = partner.shares.filter(order__kind="call", order__state="approved").select_related("order")
    if until is not None:
        found = found.filter(order__on__lte=until)
    return list(found.order_by("order__due_on", "order__decided_at"))


def _called(shares: Sequence[Share]) -> list[Called]:
    return [Called(due_on=share.order.due_on or share.order.on, amount=share.amount_fen) for share in shares]


def _payments(partner: Partner, until: dt.date | None = None) -> list[tuple[dt.date, Fen]]:
    """Receipts, and at its forfeiture what is no longer asked, in date order."""
    found = partner.orders.filter(kind="receipt", state="approved")
    lost = partner.shares.filter(order__kind="forfeiture", order__state="approved")
    if until is not None:
        found, lost = found.filter(on__lte=until), lost.filter(order__on__lte=until)
    paid = list(found.values_list("on", "amount_fen"))
    canceled = [(on, parts["cancelled_fen"]) for on, parts in lost.values_list("order__on", "parts") if parts.get("cancelled_fen")]
    return sorted([*paid, *canceled])


def owed_by(partner: Partner, day: dt.date) -> list[Owed]:
    """Every call of a partner with what is open and where it stands on a day; payments cover the oldest call first."""
    shares = _calls(partner, day)
    opened = open_of(_called(shares), _payments(partner, day))
    defaults = {default.call_id: default for default in partner.defaults.exclude(state="withdrawn")}
    return [
        Owed(
            share=share,
            open_fen=open_fen,
            default=defaults.get(share.order_id),
            standing=standing(called, open_fen, day, getattr(defaults.get(share.order_id), "state", "")),
        )
        for share, called, open_fen in zip(shares, _called(shares), opened, strict=True)
    ]


def in_default(fund: Fund) -> set[uuid.UUID]:
    """The partners whose default is declared and not ended."""
    return set(Default.objects.filter(partner__fund=fund, state="defaulted").values_list("partner_id", flat=True))


def out_of_calls(fund: Fund) -> set[uuid.UUID]:
    """The partners that are not called: in default, or out by forfeiture."""
    return set(Default.objects.filter(partner__fund=fund, state__in=("defaulted", "forfeited")).values_list("partner_id", flat=True))


def interest_due(partner: Partner, on: dt.date) -> Fen:
    """Interest of lateness up to a day at the rate of the terms, less what was charged before."""
    shares = _calls(partner, on)
    rate = terms_on(partner.fund, on).agreement.late_rate
    total = late_interest(_called(shares), _payments(partner, on), rate=rate, on=on)
    return total - sum(partner.orders.filter(kind="late_interest", state="approved").values_list("amount_fen", flat=True))


@transaction.atomic
def default_notice(*, fund_id: uuid.UUID, membership: Membership, by: User, share_id: int, on: dt.date) -> Default:
    """Notices that a call is not paid after its due day. Refused: not_allowed, not_found, call_not_late, default_running."""
    must_edit(membership)
    fund = fund_locked(fund_id, membership)
    share = Share.objects.select_related("partner", "order").filter(pk=share_id, order__fund=fund, order__kind="call").first()
    if share is None:
        raise Refusal("not_found", _("There is no such call."))
    owed = next((found for found in owed_by(share.partner, on) if found.share.pk == share.pk), None)
    if owed is None or owed.standing != "late":
        raise Refusal("call_not_late", _("This call is paid or not yet due."))
    if share.partner.defaults.filter(state__in=("noticed", "defaulted")).exists():
        raise Refusal("default_running", _("A default of this partner is running."))
    made = Default.objects.create(partner=share.partner, call=share.order, open_fen=owed.open_fen, noticed_on=on, by=by)
    _record(made, by, "fund.default_noticed")
    return made


@transaction.atomic
def default_decide(*, default_id: uuid.UUID, membership: Membership, by: User, declare: bool, on: dt.date) -> Default:
    """Another person declares the default, or withdraws the notice. Refused: not_found, not_allowed, four_eyes_missing, step_not_possible."""
    found = Default.objects.filter(pk=default_id, partner__fund__organization=membership.organization).first()
    if found is None:
        raise Refusal("not_found", _("There is no such default."))
    fund_locked(found.partner.fund_id, membership)
    found = Default.objects.select_for_update().get(pk=default_id)
    found.state = "asked" if found.state == "noticed" else found.state
    decide_must(found, membership, by)
    owed = next((owed for owed in owed_by(found.partner, on) if owed.share.order_id == found.call_id), None)
    if declare and (owed is None or not owed.open_fen or on < found.noticed_on):
        raise Refusal("call_not_late", _("This call is paid or not yet due."))
    found.state, found.decided_by, found.decided_on = "defaulted" if declare else "withdrawn", by, on
    found.save()
    _record(found, by, "fund.default_declared" if declare else "fund.default_withdrawn")
    return found


def default_end(order: Order, state: str) -> None:
    """Ends the running default of the order's partner in the caller's transaction: cured or forfeited."""
    running = Default.objects.select_for_update().filter(partner=order.partner, state="defaulted").first()
    if running is not None:
        running.state, running.ended_on = state, order.on
        running.save()


def _record(default: Default, by: User, action: str) -> None:
    payload = {"partner": str(default.partner_id), "call": str(default.call_id), "open_fen": default.open_fen}
    record_append(actor=by, action=action, subject=default.partner.fund.owner, payload=payload)
