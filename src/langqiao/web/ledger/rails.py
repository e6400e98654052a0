"""Payment rails: what a bank has to offer the books, and the simulated bank that stands in where no bank is connected.

A rail takes an order that was approved and, later, hands over statement lines; only a statement line moves money in the books. To connect
a bank, write a class with these members and enter it in RAILS; `LANGQIAO_RAIL` names the one in use.
"""

import datetime as dt
import os
from dataclasses import dataclass
from typing import Protocol

from langqiao.engine.kernel.money import Fen
from langqiao.web.ledger.models_bank import PaymentOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """A line as the bank tells it: + received, − paid. `serial` is the bank's own number of it, empty where it gives none."""

    day: dt.date
    amount_fen: Fen
    text: str
    counterparty: str = ""
    serial: str = ""


class Rail(Protocol):
    """What the books need of a bank."""

    name: str
    simulated: bool
    """Whether no real money moves; pages and records say so."""

    def send(self, order: PaymentOrder, day: dt.date) -> tuple[StatementLine, ...]:
        """Hands an approved order to the bank, which may answer with lines at once or leave them to its statements. Must be repeatable:
        the same order sent twice is one payment.
        """
        ...


class StatementsOnly:
    """No connection: people pay at their bank and the statement is imported as a file."""

    name = "statement_file"
    simulated = False

    def send(self, order: PaymentOrder, day: dt.date) -> tuple[StatementLine, ...]:  # noqa: ARG002 - the protocol's
        """Nothing: the line comes with the imported statement."""
        return ()


class SimulatedBank:
    """SIMULATED. Settles every order on the day it is sent; no bank is asked and no real money moves."""

    name = "simulated_bank"
    simulated = True

    def send(self, order: PaymentOrder, day: dt.date) -> tuple[StatementLine, ...]:
        """The line a bank would report, numbered by the order so that a repetition is the same line."""
        amount = order.amount_fen if order.direction == "in" else -order.amount_fen
        text = f"{order.reference} SIMULATED BANK 模拟银行"
        return (
            StatementLine(day=day, amount_fen=amount, text=text, counterparty=order.organization.name, serial=f"SIM-{order.reference}"),
        )


RAILS: dict[str, Rail] = {rail.name: rail for rail in (SimulatedBank(), StatementsOnly())}


def rail_in_use() -> Rail:
    """The rail that LANGQIAO_RAIL names; without it the simulated bank."""
    return RAILS[os.environ.get("LANGQIAO_RAIL", SimulatedBank.name)]
