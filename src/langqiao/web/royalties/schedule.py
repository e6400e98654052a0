"""What a license or a contract asks for on which day: royalty periods still to be stated or paid, and installments of the price."""

import datetime as dt
from dataclasses import dataclass

from langqiao.web.deals.contract import installments_read
from langqiao.web.deals.models import Deal
from langqiao.web.royalties.services import owed, periods_of

NEXT = dt.timedelta(days=400)
"""How far the table of coming periods looks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A period that still asks for something: the last day to state and pay; `owed_fen` None: not stated yet."""

    number: int
    since: dt.date
    until: dt.date
    due_on: dt.date
    owed_fen: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Installment:
    """A part of the price by the contract: day, amount in fen, and the condition the sides wrote."""

    due_on: dt.date
    amount_fen: int
    condition: str


def periods_waiting(deal: Deal, day: dt.date) -> list[Waiting]:
    """Periods that have ended by a day and are not stated, or not paid in full with their interest."""
    known = {one.number: one for one in deal.royalty_statements.all()}
    found = []
    for period in periods_of(deal, day):
        statement = known.get(period.number)
        if statement is not None:
            statement.deal = deal
        left = sum(owed(statement, day)) if statement else None
        if left is None or left > 0:
            found.append(Waiting(number=period.number, since=period.since, until=period.until, due_on=period.due_on, owed_fen=left))
    return found


def periods_coming(deal: Deal, day: dt.date) -> list[Waiting]:
    """Periods that end within the next thirteen months, with the last day to state and pay each."""
    ended = {period.number for period in periods_of(deal, day)}
    return [
        Waiting(number=period.number, since=period.since, until=period.until, due_on=period.due_on, owed_fen=None)
        for period in periods_of(deal, day + NEXT)
        if period.number not in ended
    ]


def installments_of(deal: Deal) -> list[Installment]:
    """The installments of the price as the sides wrote them into the contract; none where there is no such contract."""
    text = deal.contract.get("given", {}).get("installments", "")
    rows = installments_read(text) if text else []
    return [
        Installment(due_on=dt.date.fromisoformat(row["due_on"]), amount_fen=row["amount_fen"], condition=row.get("condition", ""))
        for row in rows
    ]
