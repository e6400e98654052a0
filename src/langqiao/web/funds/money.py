"""Movements of the fund's money: asked by one, approved by another, held against every gate twice, posted as one group of the books."""

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.funds.notices import CALL_USES
from langqiao.engine.funds.pipeline import PIPELINE
from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.audit.services import record_append
from langqiao.web.common.steps import digest_of
from langqiao.web.funds.access import fund_locked, order_get
from langqiao.web.funds.books import partner_accounts
from langqiao.web.funds.defaults import default_end, in_default, interest_due
from langqiao.web.funds.giving import clawback_shares, distribution_shares
from langqiao.web.funds.models import EXIT_PATHS, ORDER_KINDS, Fund, Order, Partner, Project, Share
from langqiao.web.funds.paying import DISBURSEMENT, disbursement_gates
from langqiao.web.funds.posting import order_post
from langqiao.web.funds.preparing import (
    AMOUNTS,
    amount_set,
    call_shares,
    equalization_shares,
    forfeiture_shares,
    gated,
    newcomer_of,
)
from langqiao.web.funds.steps import Taking, step_take
from langqiao.web.funds.terms import last_movement
from langqiao.web.people.models import Membership, User
from langqiao.web.people.session import must_edit

__all__ = ["DISBURSEMENT", "Asked", "disbursement_gates", "order_ask", "order_decide", "prepared"]

SHARES: Mapping[str, Callable[[Order], list[Share]]] = {
    "call": call_shares,
    "distribution": distribution_shares,
    "equalization": equalization_shares,
    "forfeiture": forfeiture_shares,
    "clawback": clawback_shares,
}
"""The kinds that have a part for each partner; the others are only held against their gates."""
OF_A_PARTNER = frozenset({"receipt", "late_interest", "forfeiture", "release"})
OF_A_PROJECT = frozenset({"disbursement", "proceeds", "write_off"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody wants moved. `cost_fen`: the cost that proceeds give back; `path`: the way out they come from.

    `amount_fen` is 0 for kinds whose amount the books give. `use`: what a call is for, or `uses` with an amount each. `key`: the client's own.
    """

    kind: str
    amount_fen: int = 0
    on: dt.date
    key: str
    project: uuid.UUID | None = None
    partner: uuid.UUID | None = None
    newcomer: uuid.UUID | None = None
    due_on: dt.date | None = None
    cost_fen: int = 0
    use: str = "investments"
    uses: Mapping[str, int] | None = None
    path: str = ""
    reference: str = ""


@transaction.atomic
def order_ask(*, fund_id: uuid.UUID, membership: Membership, by: User, asked: Asked) -> Order:
    """Asks for a movement; nothing is posted. The same key again gives the same order.

    Refused: not_allowed, idempotency_key_reused, step_not_possible, call_above_commitment, cash_missing, and the gates of the kind.
    """
    must_edit(membership)
    fund = fund_locked(fund_id, membership)
    digest = digest_of(*(getattr(asked, name) for name in Asked.__dataclass_fields__), by)
    before = fund.orders.filter(key=asked.key).first()
    if before is not None:
        if before.payload_sha256 != digest:
            raise Refusal("idempotency_key_reused", _("This form was sent before with other content. Open the page again."))
        return before
    order = _order_of(fund, asked, by, digest)
    _shape_must(order)
    amount_set(order)
    shares = prepared(order)
    order.save()
    Share.objects.bulk_create(shares)
    payload = {"order": str(order.pk), "kind": order.kind, "amount_fen": order.amount_fen}
    record_append(actor=by, action="fund.order_asked", subject=fund.owner, payload=payload)
    return order


def _order_of(fund: Fund, asked: Asked, by: User, digest: str) -> Order:
    uses = dict(asked.uses) if asked.uses else {asked.use: asked.amount_fen}
    results = {"call": {"uses": uses}, "proceeds": {"path": asked.path}, "equalization": {"newcomer": str(asked.newcomer or "")}}
    computed = asked.kind in AMOUNTS
    return Order(
        fund=fund,
        kind=asked.kind,
        project=Project.objects.filter(pk=asked.project, fund=fund).first() if asked.project else None,
        partner=Partner.objects.filter(pk=asked.partner, fund=fund).first() if asked.partner else None,
        amount_fen=0 if computed else sum(uses.values()) if asked.kind == "call" else asked.amount_fen,
        cost_fen=asked.cost_fen,
        on=asked.on,
        due_on=asked.due_on,
        reference=asked.reference[:120],
        result=results.get(asked.kind, {}),
        asked_by=by,
        key=asked.key,
        payload_sha256=digest,
    )


def _shape_must(order: Order) -> None:
    """Refuses (step_not_possible) an order that lacks what its kind needs, or lies before what is posted, or in the future."""
    fund, today, kind = order.fund, timezone.localdate(), order.kind
    last = last_movement(fund)
    wrong = (
        kind not in ORDER_KINDS
        or (order.amount_fen <= 0 and kind not in AMOUNTS)
        or fund.closed_on is None
        or not fund.closed_on <= order.on <= today
        or (last is not None and order.on < last)
        or (kind in OF_A_PARTNER and order.partner is None)
        or (kind in OF_A_PROJECT and order.project is None)
        or (kind == "call" and (order.due_on is None or order.due_on < order.on or not _uses_fit(order)))
        or (kind == "proceeds" and order.result["path"] not in ("", *EXIT_PATHS))
        or (kind == "equalization" and not fund.newcomers.filter(pk__in=[found for found in [order.result["newcomer"]] if found]).exists())
    )
    if wrong:
        message = _("The fund has to be closed, and the day has to lie between its last movement and today.")
        raise Refusal("step_not_possible", message, facts={"event": kind[:20], "state": "closed" if fund.closed_on else "forming"})
    valued = fund.valuations.filter(state="approved").aggregate(last=Max("on"))["last"]
    if valued is not None and order.on <= valued:
        raise Refusal("period_closed", _("The fund is valued up to that day."), facts={"valued_on": valued.isoformat()})


def _uses_fit(order: Order) -> bool:
    uses = order.result["uses"]
    return set(uses) <= set(CALL_USES) and all(amount >= 0 for amount in uses.values())


def prepared(order: Order) -> list[Share]:
    """The shares of an order after every gate of its kind; computed anew at the approval."""
    return SHARES[order.kind](order) if order.kind in SHARES else gated(order)


@transaction.atomic
def order_decide(*, order_id: uuid.UUID, membership: Membership, by: User, approve: bool) -> Order:
    """Approves and posts, or refuses, an order another person asked for; the shares are computed and every gate asked anew.

    Refused: not_allowed, four_eyes_missing, step_not_possible, order_outdated, and what `order_ask` refuses.
    """
    order = order_get(order_id, membership)
    if not membership.may_approve:
        raise Refusal("not_allowed", _("An approver or administrator approves payments."))
    fund: Fund = fund_locked(order.fund_id, membership)
    order = Order.objects.select_for_update().get(pk=order.pk)
    order.fund = fund
    if order.asked_by_id == by.pk:
        raise Refusal("four_eyes_missing", _("Who asked for a payment does not approve it."))
    if order.state != "asked":
        raise Refusal("step_not_possible", _("This payment is decided."), facts={"event": "decide", "state": order.state})
    shares: list[Share] = []
    if approve:
        _shape_must(order)
        amount_set(order)
        _newcomer_enter(order)
        order.shares.all().delete()
        shares = prepared(order)
        Share.objects.bulk_create(shares)
    order.state, order.decided_by, order.decided_at = "approved" if approve else "refused", by, timezone.now()
    order.save()
    if approve:
        order_post(order, shares, by=by)
        _follow(order)
    payload = {"order": str(order.pk), "kind": order.kind, "amount_fen": order.amount_fen, "approved": approve}
    record_append(actor=by, action="fund.order_decided", subject=fund.owner, payload=payload)
    return order


def _newcomer_enter(order: Order) -> None:
    """The newcomer becomes a partner with the approval of its equalization."""
    if order.kind != "equalization":
        return
    newcomer = newcomer_of(order)
    copied = ("name", "organization", "commitment_fen", "identity_sha256", "basis", "funds_source", "disclosure_sha256", "disclosed_at")
    values = {name: getattr(newcomer, name) for name in copied}
    checks = {"checked_by": newcomer.checked_by, "checked_at": newcomer.checked_at, "by": newcomer.by}
    newcomer.partner, newcomer.joined_on = Partner.objects.create(fund=order.fund, **values, **checks), order.on
    newcomer.save()


def _follow(order: Order) -> None:
    """What follows from a posted order by itself."""
    if order.kind == "disbursement" and order.project and order.project.state == "closing":
        project = Project.objects.select_for_update().get(pk=order.project.pk)
        step_take(Taking(row=project, workflow=PIPELINE, event="close", role="system", user=None))
    if order.kind == "forfeiture":
        default_end(order, "forfeited")
    if order.kind in {"receipt", "late_interest"} and order.partner_id in in_default(order.fund) and _settled(order):
        default_end(order, "cured")


def _settled(order: Order) -> bool:
    """Whether the order's partner owes neither capital nor interest any more."""
    assert order.partner is not None
    account = next(found for found in partner_accounts(order.fund) if found.partner == order.partner)
    return not account.open_fen and interest_due(order.partner, order.on) <= 0
