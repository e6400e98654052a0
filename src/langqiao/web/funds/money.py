"""Movements of the fund's money: asked by one, approved by another, held against every gate twice, posted as one group of the books."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.funds.notices import (
    CALL_USES,
    CallNoticeInput,
    CallUses,
    DistributionKinds,
    DistributionNoticeInput,
    PartnerAccount,
    call_notice,
    distribution_notice,
)
from langqiao.engine.funds.pipeline import PIPELINE
from langqiao.engine.funds.waterfall import Flow, waterfall
from langqiao.engine.kernel.dates import add_years
from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.audit.services import record_append
from langqiao.web.common.steps import Gate, digest_of, gates_must
from langqiao.web.funds.access import fund_locked, order_get
from langqiao.web.funds.books import cash_fen, cost_fen, partner_accounts, waterfall_flows
from langqiao.web.funds.charter import waterfall_of
from langqiao.web.funds.diligence import checks_fill
from langqiao.web.funds.governance import GOVERNANCE, governance_gates
from langqiao.web.funds.models import ORDER_KINDS, Fund, Order, Partner, Project, Share
from langqiao.web.funds.posting import order_post
from langqiao.web.funds.services_project import decision_of, diligence_gap
from langqiao.web.funds.steps import Taking, step_take
from langqiao.web.people.models import Membership, User
from langqiao.web.people.session import must_edit

DISBURSEMENT = (
    "committee_decision_missing",
    "approval_expired",
    "conditions_precedent_open",
    "signature_missing",
    "diligence_open",
    "outside_investment_period",
    "investment_limit_exceeded",
    *GOVERNANCE,
    "cash_missing",
)
"""What a payment to a project is held against, in this order: resolution, conditions, signatures, the record of today, limits (I74, I76, I81), cash."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody wants moved. `cost_fen`: the cost that proceeds give back. `use`: what a call is for. `key`: the client's own."""

    kind: str
    amount_fen: int
    on: dt.date
    key: str
    project: uuid.UUID | None = None
    partner: uuid.UUID | None = None
    due_on: dt.date | None = None
    cost_fen: int = 0
    use: str = "investments"
    reference: str = ""


@transaction.atomic
def order_ask(*, fund_id: uuid.UUID, membership: Membership, by: User, asked: Asked) -> Order:
    """Asks for a movement; nothing is posted. The same key again gives the same order.

    Refused: not_allowed, idempotency_key_reused, step_not_possible, call_above_commitment, cash_missing, and the gates of DISBURSEMENT.
    """
    must_edit(membership)
    fund = fund_locked(fund_id, membership)
    digest = digest_of(*(getattr(asked, name) for name in Asked.__dataclass_fields__), by)
    before = fund.orders.filter(key=asked.key).first()
    if before is not None:
        if before.payload_sha256 != digest:
            raise Refusal("idempotency_key_reused", _("This form was sent before with other content. Open the page again."))
        return before
    order = Order(
        fund=fund,
        kind=asked.kind,
        project=Project.objects.filter(pk=asked.project, fund=fund).first() if asked.project else None,
        partner=Partner.objects.filter(pk=asked.partner, fund=fund).first() if asked.partner else None,
        amount_fen=asked.amount_fen,
        cost_fen=asked.cost_fen,
        on=asked.on,
        due_on=asked.due_on,
        reference=asked.reference[:120],
        result={"use": asked.use} if asked.kind == "call" else {},
        asked_by=by,
        key=asked.key,
        payload_sha256=digest,
    )
    _shape_must(order)
    shares = prepared(order)
    order.save()
    Share.objects.bulk_create(shares)
    payload = {"order": str(order.pk), "kind": order.kind, "amount_fen": order.amount_fen}
    record_append(actor=by, action="fund.order_asked", subject=fund.owner, payload=payload)
    return order


def _shape_must(order: Order) -> None:
    """Refuses (step_not_possible) an order that lacks what its kind needs, or lies before what is posted, or in the future."""
    fund, today = order.fund, timezone.localdate()
    last = fund.orders.filter(state="approved").order_by("-on").values_list("on", flat=True).first()
    needs = {"receipt": order.partner, "disbursement": order.project, "proceeds": order.project}
    wrong = (
        order.kind not in ORDER_KINDS
        or order.amount_fen <= 0
        or fund.closed_on is None
        or not fund.closed_on <= order.on <= today
        or (last is not None and order.on < last)
        or (order.kind in needs and needs[order.kind] is None)
        or (order.kind == "call" and (order.due_on is None or order.due_on < order.on or order.result["use"] not in CALL_USES))
    )
    if wrong:
        message = _("The fund has to be closed, and the day has to lie between its last movement and today.")
        raise Refusal("step_not_possible", message, facts={"event": order.kind[:20], "state": "closed" if fund.closed_on else "forming"})


def prepared(order: Order) -> list[Share]:
    """The shares of an order after every gate of its kind; computed anew at the approval."""
    if order.kind == "call":
        return _call_shares(order)
    if order.kind == "distribution":
        return _distribution_shares(order)
    gates: Mapping[str, Gate]
    if order.kind == "disbursement":
        assert order.project is not None
        checks_fill(order.project)
        gates = disbursement_gates(order)
    elif order.kind == "receipt":
        gates = {"call_not_open": lambda: _receipt_gap(order)}
    else:
        gates = {"cost_above_book": lambda: _cost_gap(order)}
    gates_must(tuple(gates), gates)
    return []


def _receipt_gap(order: Order) -> dict[str, Any] | None:
    account = next(found for found in partner_accounts(order.fund) if found.partner == order.partner)
    return {"open_fen": account.open_fen} if order.amount_fen > account.open_fen else None


def _cost_gap(order: Order) -> dict[str, Any] | None:
    return {} if not 0 <= order.cost_fen <= cost_fen(order.fund, order.project_id) else None


def _call_shares(order: Order) -> list[Share]:
    accounts = partner_accounts(order.fund)
    assert order.due_on is not None
    notice = call_notice(
        CallNoticeInput(
            partners=tuple(
                PartnerAccount(partner=str(found.partner.pk), commitment=found.partner.commitment_fen, called_before=found.called_fen)
                for found in accounts
            ),
            uses=CallUses(**{order.result["use"]: order.amount_fen}),
            noticed_on=order.on,
            due_on=order.due_on,
        )
    )
    order.result = {"use": order.result["use"], "working_days": notice.working_days, "long_enough": notice.notice_long_enough}
    lines = {line.partner: line for line in notice.lines}
    return [
        Share(
            order=order,
            partner=found.partner,
            amount_fen=lines[str(found.partner.pk)].total,
            parts={"unfunded_after_fen": lines[str(found.partner.pk)].unfunded_after},
        )
        for found in accounts
    ]


def _distribution_shares(order: Order) -> list[Share]:
    """The waterfall over every flow with this distribution, less what it gave before; the partners' part by what they have paid in."""
    fund = order.fund
    gates: Mapping[str, Gate] = {"cash_missing": lambda: _cash_gap(order)}
    gates_must(tuple(gates), gates)
    flows = waterfall_flows(fund)
    before = waterfall(waterfall_of(fund.terms, flows))
    after = waterfall(waterfall_of(fund.terms, (*flows, Flow(date=order.on, distribution=order.amount_fen))))
    capital = after.tiers.return_of_capital - before.tiers.return_of_capital
    preferred = after.tiers.preferred_return - before.tiers.preferred_return
    carry = after.gp - before.gp
    kinds = DistributionKinds(return_of_capital=capital, preferred_return=preferred, gain=order.amount_fen - capital - preferred - carry)
    accounts = [found for found in partner_accounts(fund) if found.paid_fen]
    if not accounts:
        raise Refusal("step_not_possible", _("Nobody has paid in yet."), facts={"event": "distribution", "state": "unpaid"})
    notice = distribution_notice(
        DistributionNoticeInput(
            partners=tuple(PartnerAccount(partner=str(found.partner.pk), commitment=found.paid_fen) for found in accounts),
            kinds=kinds,
            carry=carry,
        )
    )
    if notice.total != order.amount_fen:
        raise Refusal("cash_not_conserved", f"{notice.total} fen of {order.amount_fen} would be distributed")
    names = ("return_of_capital", "preferred_return", "gain")
    order.result = {"carry_fen": carry, "terms": fund.terms, **{f"{name}_fen": getattr(kinds, name) for name in names}}
    lines = {line.partner: line for line in notice.lines}
    made = []
    for found in accounts:
        line = lines[str(found.partner.pk)]
        if line.total:
            made.append(
                Share(
                    order=order, partner=found.partner, amount_fen=line.total, parts={f"{name}_fen": getattr(line, name) for name in names}
                )
            )
    return made


def _cash_gap(order: Order) -> dict[str, Any] | None:
    cash = cash_fen(order.fund)
    return {"cash_fen": cash} if order.amount_fen > cash else None


def disbursement_gates(order: Order) -> dict[str, Gate]:
    """Resolution ∧ conditions ∧ signatures ∧ within limits, each asked anew at the approval."""
    fund, project = order.fund, order.project
    assert project is not None
    session = decision_of(project, "investment", "follow_on") if project.state in {"closing", "held"} else None
    order.session = session

    def paid(**more: Any) -> int:
        found = Order.objects.filter(kind="disbursement", state="approved", **more)
        return sum(found.values_list("amount_fen", flat=True))

    def undecided() -> dict[str, Any] | None:
        if session is None or paid(session=session) + order.amount_fen > session.amount_fen:
            return {"resolved_fen": session.amount_fen if session else 0}
        return None

    def limit() -> dict[str, Any] | None:
        commitments = sum(fund.partners.values_list("commitment_fen", flat=True))
        most = int(Fraction(fund.terms["single_share"]) * commitments)
        there = paid(project__fund=fund, project__target_name=project.target_name)
        return {"most_fen": most} if there + order.amount_fen > most else None

    def unsigned() -> dict[str, Any] | None:
        signed = {
            code: set(project.papers.filter(code=code).values_list("sha256", flat=True)) for code in ("agreement_fund", "agreement_target")
        }
        return (
            None
            if signed["agreement_fund"] & signed["agreement_target"]
            else {"missing": _("the investment agreement, the same text by both")}
        )

    ends_on = add_years(fund.closed_on, fund.investment_years) if fund.closed_on else order.on
    gates: dict[str, Gate] = {
        "committee_decision_missing": undecided,
        "approval_expired": lambda: {} if session and session.expires_on and session.expires_on < timezone.localdate() else None,
        "conditions_precedent_open": lambda: {} if session and session.conditions.filter(met_at=None).exists() else None,
        "signature_missing": unsigned,
        "diligence_open": lambda: diligence_gap(project),
        "outside_investment_period": lambda: {"ended_on": ends_on.isoformat()} if order.on > ends_on else None,
        "investment_limit_exceeded": limit,
        "cash_missing": lambda: _cash_gap(order),
        **governance_gates(order, session),
    }
    return {code: gates[code] for code in DISBURSEMENT}


@transaction.atomic
def order_decide(*, order_id: uuid.UUID, membership: Membership, by: User, approve: bool) -> Order:
    """Approves and posts, or refuses, an order another person asked for; the shares are computed and every gate asked anew.

    Refused: not_allowed, four_eyes_missing, step_not_possible, and what `order_ask` refuses.
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
    if approve:
        _shape_must(order)
        order.shares.all().delete()
        shares = prepared(order)
        Share.objects.bulk_create(shares)
    order.state, order.decided_by, order.decided_at = "approved" if approve else "refused", by, timezone.now()
    order.save()
    if approve:
        order_post(order, shares, by=by)
        _project_close(order)
    payload = {"order": str(order.pk), "kind": order.kind, "amount_fen": order.amount_fen, "approved": approve}
    record_append(actor=by, action="fund.order_decided", subject=fund.owner, payload=payload)
    return order


def _project_close(order: Order) -> None:
    """The first payment closes the project: it is held from then on."""
    if order.kind == "disbursement" and order.project and order.project.state == "closing":
        project = Project.objects.select_for_update().get(pk=order.project.pk)
        step_take(Taking(row=project, workflow=PIPELINE, event="close", role="system", user=None))
