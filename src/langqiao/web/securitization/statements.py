"""What an investor was paid: by payment date and item, beside what the ledger says reached its client money; as a page, a workbook, a PDF."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from langqiao.engine.kernel.money import fen_to_yuan
from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.appraisals.report import Report, Section, pdf_of
from langqiao.web.common.numbers import money_exact
from langqiao.web.common.sheets import workbook
from langqiao.web.common.templatetags.langqiao import chinese
from langqiao.web.ledger.models import Transfer
from langqiao.web.securitization import words
from langqiao.web.securitization.models import Investor, PaidPart, Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One payment: on which date, of which tranche, for what."""

    number: int
    paid_on: dt.date
    tranche: str
    item: str
    amount_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What is held of a tranche: bought, and what is left of it in proportion."""

    tranche: str
    bought_fen: int
    left_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """An investor's statement. `ledger_fen`: what the transfers of the books moved from the vehicle to the investor; it must equal the sum."""

    investor: Investor
    rows: tuple[Row, ...]
    holdings: tuple[Holding, ...]
    ledger_fen: int

    @property
    def paid_fen(self) -> int:
        """The sum of the rows."""
        return sum(row.amount_fen for row in self.rows)

    @property
    def agrees(self) -> bool:
        """Whether the rows are what the books moved."""
        return self.paid_fen == self.ledger_fen


def statement_of(deal: Transaction, investor: Investor) -> Statement:
    """The statement of an investor. Refused (not_found) for one of another transaction."""
    if investor.transaction_id != deal.pk:
        raise Refusal("not_found", _("There is no such investor."))
    parts = (
        PaidPart.objects.filter(investor=investor, amount_fen__gt=0)
        .select_related("line__period", "line__tranche")
        .order_by("line__period__number", "line__place")
    )
    rows = tuple(
        Row(
            number=one.line.period.number, paid_on=one.line.period.paid_on or one.line.period.pay_on, tranche=one.line.tranche.name if one.line.tranche else "",
            item=one.line.item, amount_fen=one.amount_fen,
        )
        for one in parts
    )  # fmt: skip
    holdings = tuple(
        Holding(
            tranche=one.tranche.name,
            bought_fen=one.allotted_fen or 0,
            left_fen=(one.allotted_fen or 0) * one.tranche.balance_fen // one.tranche.size_fen,
        )
        for one in investor.subscriptions.select_related("tranche")
    )
    return Statement(investor=investor, rows=rows, holdings=holdings, ledger_fen=_moved(deal, investor))


def _moved(deal: Transaction, investor: Investor) -> int:
    """What the books moved from the vehicle's tranche accounts to the investor's client money."""
    rows = Transfer.objects.filter(
        debit__owner=f"pool/{deal.pk}", debit__purpose__in=("tranche_interest", "tranche_principal"),
        credit__owner=f"organization/{investor.organization_id}", credit__purpose="client_money",
    )  # fmt: skip
    return sum(one.moved_fen for one in rows)


def sheet_of(deal: Transaction, found: Statement) -> bytes:
    """The statement as a workbook, amounts in yuan as text to the fen; the last two rows reconcile it to the books."""
    return workbook(_cells(deal, found))


def _cells(deal: Transaction, found: Statement) -> Iterator[list[Any]]:
    yield [deal.name, found.investor.organization.name]
    yield [_("Tranche"), _("Bought"), _("Outstanding")]
    for held in found.holdings:
        yield [held.tranche, fen_to_yuan(held.bought_fen), fen_to_yuan(held.left_fen)]
    yield []
    yield [_("No."), _("Paid on"), _("Tranche"), _("Item"), _("Amount")]
    for row in found.rows:
        yield [row.number, row.paid_on.isoformat(), row.tranche, words.said("item", row.item), fen_to_yuan(row.amount_fen)]
    yield ["", "", "", _("Sum of the statement"), fen_to_yuan(found.paid_fen)]
    yield ["", "", "", _("Sum of the ledger"), fen_to_yuan(found.ledger_fen)]


def pdf_bytes(deal: Transaction, found: Statement, *, day: dt.date) -> bytes:
    """The statement as a PDF."""
    held = [(one.tranche, money_exact(one.bought_fen), money_exact(one.left_fen)) for one in found.holdings]
    rows = [
        (str(row.number), row.paid_on.isoformat(), row.tranche, words.said("item", row.item), money_exact(row.amount_fen))
        for row in found.rows
    ]
    report = Report(
        title=deal.name, subtitle=deal.vehicle, kicker=str(_("Statement of an investor")), publisher="Langqiao 廊桥", lang="zh" if chinese() else "en",
        footer=_("Langqiao · as of %(day)s · %(what)s") % {"day": day.isoformat(), "what": str(deal.pk)},
        figures=[
            (str(_("Investor")), found.investor.organization.name), (str(_("Sum of the statement")), money_exact(found.paid_fen)),
            (str(_("Sum of the ledger")), money_exact(found.ledger_fen)),
        ],
        sections=[
            Section(title=str(_("Holdings")), head=(_("Tranche"), _("Bought"), _("Outstanding")), rows=held, widths=(3, 3, 3), numbers=(1, 2)),
            Section(
                title=str(_("Payments")), head=(_("No."), _("Paid on"), _("Tranche"), _("Item"), _("Amount")), rows=rows, widths=(1, 2, 2, 3, 3), numbers=(0, 4),
            ),
        ],
    )  # fmt: skip
    return pdf_of(report)
