"""Reads of a fund's books: its figures, each partner's account beside the ledger's, and the returns; every total reconciles to the fen."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from langqiao.engine.funds.returns import ReturnsInput, ReturnsOutput, returns
from langqiao.engine.funds.waterfall import Flow
from langqiao.engine.kernel.money import Fen
from langqiao.engine.ledger.account import account_name
from langqiao.engine.ledger.book import Balances
from langqiao.web.funds.models import Fund, Order, Partner, Share
from langqiao.web.ledger.selectors import balance, balances


def account_of(fund: Fund, purpose: str, ref: str = "") -> str:
    """The id of one of the fund's accounts."""
    return account_name(owner=fund.owner, purpose=purpose, ref=ref, currency="CNY").id


def cash_fen(fund: Fund) -> Fen:
    """What the custody account holds by the ledger."""
    return -balance(account_of(fund, "fund_cash"))


def cost_fen(fund: Fund, project_id: object) -> Fen:
    """What is invested in a project at cost by the ledger."""
    return -balance(account_of(fund, "investment", str(project_id)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A partner's account: what the orders say beside what the ledger holds. `difference_fen` is zero where they agree."""

    partner: Partner
    called_fen: Fen
    paid_fen: Fen
    distributed_fen: Fen
    ledger: Balances
    ledger_owed_fen: Fen

    @property
    def open_fen(self) -> Fen:
        """Called and not yet paid."""
        return self.called_fen - self.paid_fen

    @property
    def unfunded_fen(self) -> Fen:
        """What may still be called."""
        return self.partner.commitment_fen - self.called_fen

    @property
    def difference_fen(self) -> Fen:
        """How far the orders and the ledger are apart in calls, receipts and distributions together, in absolute fen."""
        return (
            abs(self.called_fen - self.ledger.credits_posted_fen)
            + abs(self.distributed_fen - self.ledger.debits_posted_fen)
            + abs(self.open_fen - self.ledger_owed_fen)
        )


def partner_accounts(fund: Fund) -> list[Account]:
    """Every partner's account, from the approved orders and from the ledger."""
    shares = Share.objects.filter(order__fund=fund, order__state="approved").values_list("partner_id", "order__kind", "amount_fen")
    receipts = Order.objects.filter(fund=fund, kind="receipt", state="approved").values_list("partner_id", "kind", "amount_fen")
    totals: dict[tuple[object, str], Fen] = {}
    for partner_id, kind, amount in (*shares, *receipts):
        totals[partner_id, kind] = totals.get((partner_id, kind), 0) + amount
    return [
        Account(
            partner=partner,
            called_fen=totals.get((partner.pk, "call"), 0),
            paid_fen=totals.get((partner.pk, "receipt"), 0),
            distributed_fen=totals.get((partner.pk, "distribution"), 0),
            ledger=balances(account_of(fund, "partner_capital", str(partner.pk))),
            ledger_owed_fen=-balance(account_of(fund, "calls_receivable", str(partner.pk))),
        )
        for partner in fund.partners.all()
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A fund in figures, in fen. `cost_fen`: what is invested and not realized, at cost; no fair value is claimed."""

    commitments_fen: Fen
    called_fen: Fen
    paid_fen: Fen
    distributed_fen: Fen
    carry_fen: Fen
    cash_fen: Fen
    cost_fen: Fen
    difference_fen: Fen
    returns: ReturnsOutput | None


def fund_figures(fund: Fund, accounts: Sequence[Account]) -> Figures:
    """The figures of a fund; returns need a paid-in amount, and name a value only where nothing is invested any more."""
    cash = cash_fen(fund)
    cost = sum(cost_fen(fund, pk) for pk in fund.projects.values_list("pk", flat=True))
    flows = partner_flows(fund)
    return Figures(
        commitments_fen=sum(account.partner.commitment_fen for account in accounts),
        called_fen=sum(account.called_fen for account in accounts),
        paid_fen=sum(account.paid_fen for account in accounts),
        distributed_fen=sum(account.distributed_fen for account in accounts),
        carry_fen=-balance(account_of(fund, "accrued_carry")),
        cash_fen=cash,
        cost_fen=cost,
        difference_fen=sum(account.difference_fen for account in accounts),
        returns=returns(ReturnsInput(flows=tuple((day, Fraction(amount)) for day, amount in flows))) if flows else None,
    )


def partner_flows(fund: Fund) -> list[tuple[dt.date, int]]:
    """The partners' flows by day: paid in as negative, distributed as positive fen (net of carry)."""
    found = [(order.on, -order.amount_fen) for order in fund.orders.filter(kind="receipt", state="approved").order_by("on", "asked_at")]
    shares = Share.objects.filter(order__fund=fund, order__kind="distribution", order__state="approved").select_related("order")
    found += [(share.order.on, share.amount_fen) for share in shares]
    return sorted(found)


def waterfall_flows(fund: Fund) -> tuple[Flow, ...]:
    """What went through the waterfall so far: receipts in, whole distributions out, in date order."""
    orders = fund.orders.filter(kind__in=("receipt", "distribution"), state="approved").order_by("on", "decided_at")
    return tuple(
        Flow(date=order.on, contribution=order.amount_fen)
        if order.kind == "receipt"
        else Flow(date=order.on, distribution=order.amount_fen)
        for order in orders
    )
