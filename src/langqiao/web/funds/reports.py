"""Reports in the shape of the ILPA templates of 2025, in our reading of it: capital accounts by period, every flow of every partner, and the proof

that their totals are those of the ledger.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from langqiao.engine.kernel.money import Fen, fen_to_yuan
from langqiao.web.funds.books import Account, Books, History, history_of, partner_accounts
from langqiao.web.funds.fees import fees_of
from langqiao.web.funds.measures import measured, newest_valuation
from langqiao.web.funds.models import Fund, Share, Valuation
from langqiao.web.funds.words import USES
from langqiao.web.funds.words_life import METHODS_WORDS, ORDERS, PARTS

Rows = list[list[Any]]


def _yuan(fen: Fen) -> Decimal:
    """Fen as yuan, exact."""
    return Decimal(fen_to_yuan(fen))


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A total of the reports beside the ledger's, in fen."""

    code: str
    report_fen: Fen
    ledger_fen: Fen

    @property
    def difference_fen(self) -> Fen:
        """Zero where they agree."""
        return self.report_fen - self.ledger_fen


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowLine:
    """One flow of one partner: `part` is a use of a call or a kind of a distribution; negative is paid in."""

    on: dt.date
    partner: str
    kind: str
    part: str
    amount_fen: Fen
    order: str


SIGN = {"call": -1, "equalization": -1, "distribution": 1, "clawback": 1}
SIDE_NOTES = ("recallable", "unfunded_after", "called_after", "cancelled")


def flow_lines(fund: Fund, until: dt.date) -> list[FlowLine]:
    """Every flow between partners and fund by use or kind, in date order; the granular shape itemizes calls, not receipts."""
    shares = Share.objects.filter(order__fund=fund, order__state="approved", order__kind__in=SIGN, order__on__lte=until)
    found: list[FlowLine] = []
    rows = shares.order_by("order__on", "order__decided_at", "id").values_list(
        "order__on", "partner__name", "order__kind", "amount_fen", "parts", "order_id"
    )
    for on, partner, kind, amount, parts, order in rows:
        named = _parts(kind, amount, parts)
        found += [
            FlowLine(on=on, partner=partner, kind=kind, part=part, amount_fen=SIGN[kind] * fen, order=str(order))
            for part, fen in named.items()
            if fen
        ]
    return found


def _parts(kind: str, amount: Fen, parts: dict[str, Any]) -> dict[str, Fen]:
    """The named parts of a share; what they do not name is the capital of the call or distribution itself."""
    named = {name.removesuffix("_fen"): fen for name, fen in parts.items() if name.endswith("_fen")}
    named = {name: fen for name, fen in named.items() if name not in SIDE_NOTES}
    if kind == "equalization":
        return {"equalized_capital": amount, "equalization_interest": named.get("interest", 0)}
    rest = amount - sum(named.values())
    return {**named, **({"investments" if kind == "call" else "gain": rest} if rest else {})}


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What every table of a report is made of, read once."""

    history: History
    books: Books
    accounts: list[Account]
    flows: list[FlowLine]


def material(fund: Fund, until: dt.date) -> Material:
    """Ledger, accounts and flows up to a day."""
    history = history_of(fund)
    books = history.books(until)
    return Material(history=history, books=books, accounts=partner_accounts(fund, until, books=books), flows=flow_lines(fund, until))


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """The fund's capital account of a period in fen, as differences of the ledger between two days and the values of the valuations then."""

    since: dt.date | None
    until: dt.date
    lines: dict[str, Fen]


LINES: dict[str, tuple[str, Callable[[Books], Fen]]] = {
    "called": ("contributions", lambda books: _capital(books, "call", "equalization", "cancel")),
    "distributed": ("distributions", lambda books: _capital(books, "distribution", "clawback")),
    "fee": ("management fee, net of offsets", lambda books: books.total("management_fee")),
    "expense": ("partnership expenses", lambda books: books.total("fund_expense")),
    "income": ("realized gain and loss", lambda books: books.total("fund_income")),
    "carry_paid": ("carried interest paid or escrowed, net of clawback", lambda books: books.total("accrued_carry")),
}
"""The lines that the ledger gives: what is credited is positive."""


def _capital(books: Books, *kinds: str) -> Fen:
    codes = {f"fund.{kind}" for kind in kinds}
    plus = sum(amount for (purpose, _r, code), amount in books.credits.items() if purpose == "partner_capital" and code in codes)
    return plus - sum(amount for (purpose, _r, code), amount in books.debits.items() if purpose == "partner_capital" and code in codes)


def statement(history: History, since: dt.date | None, until: dt.date) -> Statement:
    """The lines of a period: after `since` up to `until`, or since inception; nothing is made up where no valuation stands."""
    now, before = history.books(until), history.books(since) if since else None
    return Statement(
        since=since, until=until, lines={name: reads(now) - (reads(before) if before else 0) for name, (_e, reads) in LINES.items()}
    )


def proofs(fund: Fund, until: dt.date, given: Material | None = None) -> list[Proof]:
    """The totals of the reports beside the ledger of the same day: calls, distributions, partners' accounts, carry, fees."""
    found = given or material(fund, until)
    books, accounts, flows = found.books, found.accounts, found.flows

    def of(kinds: Sequence[str], *, without: Sequence[str] = ()) -> Fen:
        return sum(line.amount_fen for line in flows if line.kind in kinds and line.part not in without)

    paid = sum(account.paid_fen for account in accounts)
    cancelled = sum(amount for (_p, _r, code), amount in books.debits.items() if code == "fund.cancel")
    orders = fund.orders.filter(state="approved", on__lte=until)
    carry = sum(order.result.get("carry_fen", 0) for order in orders.filter(kind="distribution"))
    carry -= sum(orders.filter(kind="clawback").values_list("amount_fen", flat=True))
    fees = sum(orders.filter(kind="fee_accrual").values_list("amount_fen", flat=True))
    received = sum(amount for (what, _r, code), amount in books.debits.items() if what == "fund_cash" and code == "fund.receipt")
    return [
        Proof(code="called", report_fen=-of(("call", "equalization"), without=("equalization_interest",)) - cancelled, ledger_fen=LINES["called"][1](books)),
        Proof(code="distributed", report_fen=of(("distribution", "clawback")), ledger_fen=-LINES["distributed"][1](books)),
        Proof(code="paid", report_fen=paid, ledger_fen=received),
        Proof(code="carry", report_fen=carry, ledger_fen=-books.total("accrued_carry")),
        Proof(code="fee", report_fen=fees, ledger_fen=-books.total("management_fee")),
        Proof(code="balance", report_fen=sum(_balance(account) for account in accounts), ledger_fen=books.total("partner_capital")),
    ]  # fmt: skip


def _balance(account: Account) -> Fen:
    return account.called_fen + account.moved_fen - account.distributed_fen


def granular_rows(fund: Fund, until: dt.date, flows: Sequence[FlowLine]) -> Iterator[list[Any]]:
    """The performance template in its granular shape: a line for each flow of each partner, then the value of each on the day of the valuation."""
    yield [_("Day"), _("Partner"), _("Kind"), _("Part"), _("Amount, yuan"), _("Order")]
    parts, kinds = ({code: str(word) for code, word in words.items()} for words in ({**USES, **PARTS}, ORDERS))
    for line in flows:
        part = parts.get(line.part, line.part)
        yield [line.on.isoformat(), line.partner, kinds[line.kind], part, _yuan(line.amount_fen), line.order]
    found = fund.valuations.filter(state="approved", on__lte=until).order_by("-on").first()
    if found is not None:
        names = {str(partner.pk): partner.name for partner in fund.partners.all()}
        for partner, amount in found.body["by_partner"].items():
            yield [found.on.isoformat(), names[partner], _("Net asset value"), "", _yuan(amount), str(found.pk)]


def template_rows(fund: Fund, since: dt.date, until: dt.date, given: Material) -> Iterator[list[Any]]:
    """The reporting template: the fund's capital account of the period, of the year and since inception, then each partner's."""
    columns = [statement(given.history, day, until) for day in (since, dt.date(until.year - 1, 12, 31), None)]
    yield [_("Reporting template, our reading of the ILPA shape of 2025"), fund.name, _("until"), until.isoformat()]
    yield [_("Amounts in yuan"), _("Period from %(day)s") % {"day": since.isoformat()}, _("Year to date"), _("Since inception")]
    yield [_("Partners' value at the beginning"), *(_nav(fund, column.since) for column in columns)]
    for name in LINES:
        yield [str(PARTS[name]), *(_yuan(column.lines[name]) for column in columns)]
    yield [_("Partners' value at the end"), *(_nav(fund, until) for _column in columns)]
    yield []
    yield from _fee_rows(fund, until, given.books)
    yield []
    yield [_("Partner"), _("Commitment"), _("Called"), _("Paid in"), _("Distributed"), _("May still be called"), _("Net asset value")]
    found = _valued(fund, until)
    for account in given.accounts:
        amounts = (account.partner.commitment_fen, account.called_fen, account.paid_fen, account.distributed_fen, account.unfunded_fen)
        nav = _yuan(found.body["by_partner"].get(str(account.partner.pk), 0)) if found else None
        yield [account.partner.name, *(_yuan(amount) for amount in amounts), nav]


def _valued(fund: Fund, on: dt.date) -> Valuation | None:
    return fund.valuations.filter(state="approved", on=on).first()


def _nav(fund: Fund, on: dt.date | None) -> Decimal | None:
    """The partners' value of a day; empty where no valuation stands on it, zero before the fund."""
    found = _valued(fund, on) if on else None
    return Decimal(0) if on is None else _yuan(found.partners_fen) if found else None


def _fee_rows(fund: Fund, until: dt.date, books: Books) -> Iterator[list[Any]]:
    fees = fees_of(fund, until, books=books)
    yield [_("Management fee: from"), _("until"), _("Base"), _("Rate"), _("Gross"), _("Offset"), _("Waiver"), _("Rebate"), _("Net")]
    for row in fees.schedule.rows:
        amounts = (row.gross, row.offset, row.waiver, row.rebate, row.net)
        base = _yuan(row.base)
        yield [row.since.isoformat(), row.until.isoformat(), base, row.rate, *(_yuan(amount) for amount in amounts)]


def holdings_rows(fund: Fund) -> Iterator[list[Any]]:
    """The holdings of the newest valuation with method and opinion, and the returns then."""
    found = newest_valuation(fund)
    yield [_("Holding"), _("At cost"), _("Fair value"), _("Method"), _("Opinion of value, SHA-256")]
    if found is None:
        return
    for line in found.body["holdings"]:
        money = [_yuan(line[name]) for name in ("cost_fen", "fair_fen")]
        yield [line["name"], *money, str(METHODS_WORDS[line["method"]]), line["opinion_sha256"]]
    yield []
    told = measured(fund, found)
    yield ["", _("Gross"), _("Net")]
    for name, label in (("xirr", _("IRR")), ("dpi", "DPI"), ("rvpi", "RVPI"), ("tvpi", "TVPI")):
        yield [label, *(getattr(found_returns, name) if found_returns else None for found_returns in (told.gross, told.net))]


def sheets(fund: Fund, since: dt.date, until: dt.date, given: Material | None = None) -> dict[str, Rows]:
    """Every table of the report by the name of its sheet."""
    found = given or material(fund, until)
    checks: Rows = [[_("Total"), _("Report, yuan"), _("Ledger, yuan"), _("Difference, yuan")]]
    checks += [
        [str(PARTS[proof.code]), *(_yuan(fen) for fen in (proof.report_fen, proof.ledger_fen, proof.difference_fen))]
        for proof in proofs(fund, until, found)
    ]
    return {
        "Reporting": list(template_rows(fund, since, until, found)),
        "Performance": list(granular_rows(fund, until, found.flows)),
        "Holdings": list(holdings_rows(fund)),
        "Reconciliation": checks,
    }
