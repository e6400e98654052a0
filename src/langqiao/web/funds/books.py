"""Reads of a fund's books: its figures, each partner's account beside the ledger's, and the returns; every total reconciles to the fen."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import Sum

from langqiao.engine.funds.returns import ReturnsInput, ReturnsOutput, returns
from langqiao.engine.kernel.money import Fen
from langqiao.engine.ledger.account import account_name
from langqiao.web.funds.models import Fund, Order, Partner, Share
from langqiao.web.ledger.models import LedgerAccount, Transfer
from langqiao.web.ledger.selectors import balance

Key = tuple[str, str]
"""Purpose and reference of one of the fund's accounts."""


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
class Books:
    """The fund's accounts by the ledger: what was debited and credited, by account and by the code of the movement, up to a day."""

    debits: Mapping[tuple[str, str, str], Fen]
    credits: Mapping[tuple[str, str, str], Fen]

    def side(self, side: str, purpose: str, ref: str, *codes: str) -> Fen:
        """The sum of one side of an account, of some codes or of all."""
        found = self.debits if side == "debit" else self.credits
        return sum(amount for (what, of, code), amount in found.items() if (what, of) == (purpose, ref) and (not codes or code in codes))

    def total(self, purpose: str) -> Fen:
        """Credits less debits of every account of a purpose."""
        plus = sum(amount for (what, _, _), amount in self.credits.items() if what == purpose)
        return plus - sum(amount for (what, _, _), amount in self.debits.items() if what == purpose)

    def by_ref(self, purpose: str) -> dict[str, Fen]:
        """Credits less debits of each account of a purpose."""
        found: dict[str, Fen] = {}
        for sign, sums in ((1, self.credits), (-1, self.debits)):
            for (what, ref, _), amount in sums.items():
                if what == purpose:
                    found[ref] = found.get(ref, 0) + sign * amount
        return found

    @property
    def free_fen(self) -> Fen:
        """Cash in custody that is nobody's yet: without escrow and without what is kept back for partners in default."""
        return -self.total("fund_cash") - self.total("carry_escrow") - self.total("distribution_payable")


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The posted transfers of a fund summed by account, code and business day, read once for every day that is asked of."""

    debits: tuple[tuple[tuple[str, str, str], dt.date, Fen], ...]
    credits: tuple[tuple[tuple[str, str, str], dt.date, Fen], ...]

    def books(self, until: dt.date | None = None) -> Books:
        """The books of a business day, or of now."""
        sides = []
        for rows in (self.debits, self.credits):
            sums: dict[tuple[str, str, str], Fen] = {}
            for key, day, amount in rows:
                if until is None or day <= until:
                    sums[key] = sums.get(key, 0) + amount
            sides.append(sums)
        return Books(debits=sides[0], credits=sides[1])


def history_of(fund: Fund) -> History:
    """The sums of the fund's accounts by day: three reads, without joining transfers to accounts."""
    accounts = {row[0]: (row[1], row[2]) for row in LedgerAccount.objects.filter(owner=fund.owner).values_list("id", "purpose", "ref")}
    sides = []
    for side in ("debit_id", "credit_id"):
        moved = Transfer.objects.filter(**{f"{side}__in": list(accounts)}, phase__in=("transfer", "post")).order_by()
        rows = moved.values_list(side, "code", "business_date").annotate(total=Sum("amount_fen"))
        sides.append(tuple(((*accounts[account], code), day, total) for account, code, day, total in rows))
    return History(debits=sides[0], credits=sides[1])


def books_of(fund: Fund, until: dt.date | None = None) -> Books:
    """The sums of the fund's accounts from the posted transfers; with `until` those whose business day is not later."""
    return history_of(fund).books(until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A partner's account: what the orders say beside what the ledger holds. `difference_fen` is zero where they agree.

    `moved_fen`: capital won or lost by forfeiture. `suspended_fen`: distributions kept back while the partner is in default.
    """

    partner: Partner
    called_fen: Fen
    paid_fen: Fen
    distributed_fen: Fen
    recallable_fen: Fen = 0
    moved_fen: Fen = 0
    interest_fen: Fen = 0
    suspended_fen: Fen = 0
    ledger_called_fen: Fen
    ledger_distributed_fen: Fen
    ledger_owed_fen: Fen
    ledger_balance_fen: Fen

    @property
    def open_fen(self) -> Fen:
        """Called and not yet paid."""
        return self.called_fen - self.paid_fen

    @property
    def unfunded_fen(self) -> Fen:
        """What may still be called."""
        return self.partner.commitment_fen + self.recallable_fen - self.called_fen

    @property
    def weight_fen(self) -> Fen:
        """What its part of a distribution is measured by: paid in, with what forfeiture moved."""
        return self.paid_fen + self.moved_fen

    @property
    def difference_fen(self) -> Fen:
        """How far orders and ledger are apart in calls, receipts, distributions and the balance together, in absolute fen."""
        return (
            abs(self.called_fen - self.ledger_called_fen)
            + abs(self.distributed_fen - self.ledger_distributed_fen)
            + abs(self.open_fen - self.ledger_owed_fen)
            + abs(self.called_fen + self.moved_fen - self.distributed_fen - self.ledger_balance_fen)
        )


PAID_OUT = ("distribution", "clawback")
Totals = dict[tuple[object, str], Fen]


def _totals(fund: Fund, until: dt.date | None) -> Totals:
    """What approved orders say of each partner, by kind; parts that have a meaning of their own stand under their names."""
    shares = Share.objects.filter(order__fund=fund, order__state="approved")
    receipts = Order.objects.filter(fund=fund, kind__in=("receipt", "late_interest"), state="approved")
    if until is not None:
        shares, receipts = shares.filter(order__on__lte=until), receipts.filter(on__lte=until)
    totals: Totals = {}

    def add(partner: object, what: str, amount: Fen) -> None:
        totals[partner, what] = totals.get((partner, what), 0) + amount

    for partner_id, kind, amount, parts in shares.values_list("partner_id", "order__kind", "amount_fen", "parts"):
        add(partner_id, kind, amount)
        for name in ("recallable_fen", "cancelled_fen", "interest_fen"):
            if parts.get(name):
                add(partner_id, name, parts[name])
    for partner_id, kind, amount in receipts.values_list("partner_id", "kind", "amount_fen"):
        add(partner_id, kind, amount)
    return totals


def partner_accounts(fund: Fund, until: dt.date | None = None, *, books: Books | None = None) -> list[Account]:
    """Every partner's account, from the approved orders and from the ledger; with `until` as of a business day."""
    totals, ledger = _totals(fund, until), books or books_of(fund, until)
    sides = {side: _by_partner(ledger, side) for side in ("debit", "credit")}
    owed, held = ledger.by_ref("calls_receivable"), ledger.by_ref("distribution_payable")

    def account(partner: Partner) -> Account:
        def of(*kinds: str) -> Fen:
            return sum(totals.get((partner.pk, kind), 0) for kind in kinds)

        ref = str(partner.pk)
        owing, having = sides["debit"].get(ref, {}), sides["credit"].get(ref, {})
        return Account(
            partner=partner,
            called_fen=of("call", "equalization") - of("cancelled_fen"),
            paid_fen=of("receipt", "equalization"),
            distributed_fen=of(*PAID_OUT),
            recallable_fen=of("recallable_fen"),
            moved_fen=of("forfeiture"),
            interest_fen=of("interest_fen"),
            suspended_fen=held.get(ref, 0),
            ledger_called_fen=sum(having.get(code, 0) - owing.get(code, 0) for code in ("fund.call", "fund.equalization", "fund.cancel")),
            ledger_distributed_fen=sum(owing.get(f"fund.{kind}", 0) for kind in PAID_OUT),
            ledger_owed_fen=-owed.get(ref, 0),
            ledger_balance_fen=sum(having.values()) - sum(owing.values()),
        )

    return [account(partner) for partner in fund.partners.all()]


def _by_partner(ledger: Books, side: str) -> dict[str, dict[str, Fen]]:
    """Of the partners' capital accounts one side: partner → code → fen."""
    found: dict[str, dict[str, Fen]] = {}
    for (purpose, ref, code), amount in (ledger.debits if side == "debit" else ledger.credits).items():
        if purpose == "partner_capital":
            found.setdefault(ref, {})[code] = amount
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A fund in figures, in fen. `cost_fen`: what is invested and not realized, at cost; a fair value stands in a valuation only."""

    commitments_fen: Fen
    called_fen: Fen
    paid_fen: Fen
    distributed_fen: Fen
    carry_fen: Fen
    cash_fen: Fen
    escrow_fen: Fen
    cost_fen: Fen
    difference_fen: Fen
    returns: ReturnsOutput | None


def fund_figures(fund: Fund, accounts: Sequence[Account], *, books: Books | None = None) -> Figures:
    """The figures of a fund; returns need a paid-in amount, and name a value only where nothing is invested any more."""
    ledger = books or books_of(fund)
    flows = partner_flows(fund)
    return Figures(
        commitments_fen=sum(account.partner.commitment_fen for account in accounts),
        called_fen=sum(account.called_fen for account in accounts),
        paid_fen=sum(account.paid_fen for account in accounts),
        distributed_fen=sum(account.distributed_fen for account in accounts),
        carry_fen=-ledger.total("accrued_carry"),
        cash_fen=-ledger.total("fund_cash"),
        escrow_fen=ledger.total("carry_escrow"),
        cost_fen=-ledger.total("investment"),
        difference_fen=sum(account.difference_fen for account in accounts),
        returns=returns(ReturnsInput(flows=tuple((day, Fraction(amount)) for day, amount in flows))) if flows else None,
    )


def partner_flows(fund: Fund, until: dt.date | None = None) -> list[tuple[dt.date, int]]:
    """The partners' flows by day: paid in as negative, distributed as positive fen (net of carry).

    Equalization passes between partners and is none of the fund's flows; interest of lateness is no capital.
    """
    receipts = fund.orders.filter(kind="receipt", state="approved")
    shares = Share.objects.filter(order__fund=fund, order__kind__in=PAID_OUT, order__state="approved")
    if until is not None:
        receipts, shares = receipts.filter(on__lte=until), shares.filter(order__on__lte=until)
    found = [(on, -amount) for on, amount in receipts.values_list("on", "amount_fen")]
    found += list(shares.values_list("order__on", "amount_fen"))
    return sorted(found)


def deal_flows_of(fund: Fund, until: dt.date | None = None) -> list[tuple[dt.date, int]]:
    """The fund's flows with its projects: paid out as negative, proceeds as positive fen; gross of fees and carry."""
    orders = fund.orders.filter(kind__in=("disbursement", "proceeds"), state="approved")
    if until is not None:
        orders = orders.filter(on__lte=until)
    signs = {"disbursement": -1, "proceeds": 1}
    return sorted((on, signs[kind] * amount) for on, kind, amount in orders.values_list("on", "kind", "amount_fen"))
