"""Distributions and clawbacks made ready: what each partner gets by the terms of the day, what is escrowed, kept back, or may be called again."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from langqiao.engine.funds.sharing import allot
from langqiao.engine.kernel.allocation import largest_remainder
from langqiao.engine.kernel.dates import whole_months
from langqiao.engine.kernel.money import Fen
from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.common.steps import Gate, gates_must
from langqiao.web.funds.books import Account, books_of, partner_accounts
from langqiao.web.funds.defaults import in_default
from langqiao.web.funds.distributing import claims_of, parts_of, share_of, split_of
from langqiao.web.funds.models import Order, Share
from langqiao.web.funds.paying import cash_gap
from langqiao.web.funds.terms import InForce, terms_on


def _payees(order: Order) -> list[Account]:
    accounts = [found for found in partner_accounts(order.fund) if found.weight_fen > 0]
    if not accounts:
        raise Refusal("step_not_possible", _("Nobody has paid in yet."), facts={"event": order.kind, "state": "unpaid"})
    return accounts


def deal_gap(order: Order) -> dict[str, Any] | None:
    """Whether more is distributed of a deal than came back from it."""
    if order.project is None:
        return {"left_fen": 0}
    orders = order.project.orders.filter(state="approved")
    came = sum(orders.filter(kind="proceeds").values_list("amount_fen", flat=True))
    left = came - sum(orders.filter(kind="distribution").values_list("amount_fen", flat=True))
    return {"left_fen": left} if order.amount_fen > left else None


def distribution_shares(order: Order) -> list[Share]:
    """The waterfall of the terms of the day with this distribution, then the partners' parts by paid-in capital.

    Refused: cash_missing, deal_proceeds_missing (deal by deal), step_not_possible.
    """
    fund, terms = order.fund, terms_on(order.fund, order.on)
    agreement = terms.agreement
    gates: dict[str, Gate] = {"cash_missing": lambda: cash_gap(order)}
    if agreement.kind == "american":
        gates["deal_proceeds_missing"] = lambda: deal_gap(order)
    gates_must(tuple(gates), gates)
    accounts = _payees(order)
    split = split_of(fund, agreement, on=order.on, amount=order.amount_fen, deal=str(order.project_id or ""))
    parts = parts_of(fund, agreement, split, claims_of(accounts, agreement), on=order.on)
    if sum(sum(amounts.values()) for amounts in parts.values()) + split.carry != order.amount_fen:
        raise Refusal("cash_not_conserved", f"{order.amount_fen} fen would not be distributed whole")
    order.result = {
        "carry_fen": split.carry,
        "escrow_fen": share_of(agreement.escrow_share, split.carry),
        "terms": dict(terms.body),
        "terms_version": terms.number,
        **{f"{name}_fen": amount for name, amount in split.kinds.items()},
    }
    held = in_default(fund)
    again = _recallable(order, terms, accounts, parts)
    made = []
    for found in accounts:
        amounts = parts[str(found.partner.pk)]
        total = sum(amounts.values())
        if total:
            told: dict[str, Any] = {f"{name}_fen": amount for name, amount in amounts.items()}
            told |= {"recallable_fen": again[str(found.partner.pk)]} if again.get(str(found.partner.pk)) else {}
            told |= {"suspended": True} if found.partner.pk in held else {}
            made.append(Share(order=order, partner=found.partner, amount_fen=total, parts=told))
    return made


def _recallable(order: Order, terms: InForce, accounts: Sequence[Account], parts: dict[str, dict[str, Fen]]) -> dict[str, Fen]:
    """What of the returned capital may be called again: cost that came back within the months of the terms, up to their cap."""
    agreement = terms.agreement
    if not agreement.recycling_months or agreement.recycling_cap <= 1:
        return {}
    pool = max(0, _early_cost(order, agreement.recycling_months) - sum(found.recallable_fen for found in accounts))
    back = {str(found.partner.pk): parts[str(found.partner.pk)].get("return_of_capital", 0) for found in accounts}
    total = sum(back.values())
    if not pool or not total:
        return {}
    split = dict(zip(back, largest_remainder(min(pool, total), list(back.values())), strict=True))
    room = {
        str(found.partner.pk): share_of(agreement.recycling_cap - 1, found.partner.commitment_fen) - found.recallable_fen
        for found in accounts
    }
    return {partner: max(0, min(amount, room[partner], back[partner])) for partner, amount in split.items()}


def _early_cost(order: Order, months: int) -> Fen:
    """The cost given back within so many months after the first payment to its project."""
    first = dict(
        order.fund.orders.filter(kind="disbursement", state="approved").order_by("-on").values_list("project_id", "on")
    )  # the last one of each project in this order is its earliest
    rows = order.fund.orders.filter(kind="proceeds", state="approved").values_list("project_id", "on", "cost_fen")
    return sum(cost for project, on, cost in rows if project in first and whole_months(first[project], on) < months)


def clawback_shares(order: Order) -> list[Share]:
    """What the manager gives back at liquidation, escrow first, to the partners by paid-in capital.

    Refused: clawback_not_agreed, not_liquidated (something is still held at cost).
    """
    agreement, ledger = terms_on(order.fund, order.on).agreement, books_of(order.fund)
    gates: dict[str, Gate] = {
        "clawback_not_agreed": lambda: None if agreement.clawback else {},
        "not_liquidated": lambda: {} if ledger.total("investment") else None,
    }
    gates_must(tuple(gates), gates)
    accounts = _payees(order)
    from_escrow = min(order.amount_fen, ledger.total("carry_escrow"))
    order.result = {"from_escrow_fen": from_escrow, "manager_pays_fen": order.amount_fen - from_escrow}
    kind = "junior_rest" if agreement.kind == "layered" else "gain"
    parts = allot({kind: order.amount_fen}, claims_of(accounts, agreement))
    return [
        Share(order=order, partner=found.partner, amount_fen=sum(amounts.values()), parts={f"{kind}_fen": sum(amounts.values())})
        for found in accounts
        if (amounts := parts[str(found.partner.pk)])
    ]
