"""The fees that keep a right alive: what falls due next, and what a complete record of payments says of grace and lapse."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from langqiao.engine.kernel.dates import UnknownYearError, add_months, add_years, next_working_day
from langqiao.engine.kernel.money import Fen
from langqiao.engine.kernel.parameters import Parameters
from langqiao.engine.patents.annuity import due_date, fees_by_year, grace_end, patent_year
from langqiao.engine.patents.event import RightEvent
from langqiao.engine.patents.expiry import CN_TYPES
from langqiao.engine.patents.facts import Payment, RightFacts
from langqiao.engine.patents.term import term_years


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeDue:
    """One fee of a right's life: its year (US: 4, 8, 12 from grant), the day it falls due, the last day to pay it in time and at all, the
    day from which the right has ended if it stays unpaid, and the full fee in fen where our tables hold it.

    In China the two last days are moved from a public holiday to the next working day (Implementing Rules 5) where the calendar of the
    year is known; the day from which the right has ended is the due date itself.
    """

    year: int
    due_date: dt.date
    in_time_to: dt.date
    grace_end: dt.date
    lapse_on: dt.date
    full_fee_fen: Fen | None


def fees_due(facts: RightFacts, parameters: Parameters) -> tuple[FeeDue, ...] | None:
    """Every fee after grant in order of due date; empty where the law asks none, None where it cannot be told."""
    rule = _RULES.get(facts.office)
    return None if rule is None or facts.grant_date is None else rule(facts, parameters)


def _cn(facts: RightFacts, parameters: Parameters) -> tuple[FeeDue, ...] | None:
    if facts.filing_date is None or facts.grant_date is None or facts.patent_type not in CN_TYPES:
        return None
    fees = fees_by_year(facts.patent_type, parameters)  # type: ignore[arg-type]
    first = patent_year(facts.filing_date, facts.grant_date) + 1
    last_year = term_years(facts.patent_type, facts.filing_date, parameters)  # type: ignore[arg-type]
    found = []
    for year in range(first, last_year + 1):
        due = due_date(facts.filing_date, year)
        last = _working(grace_end(due, parameters))
        found.append(FeeDue(year=year, due_date=due, in_time_to=_working(due), grace_end=last, lapse_on=due, full_fee_fen=fees[year]))
    return tuple(found)


def _working(day: dt.date) -> dt.date:
    try:
        return next_working_day(day)
    except UnknownYearError:
        return day


def _us(facts: RightFacts, parameters: Parameters) -> tuple[FeeDue, ...] | None:
    if facts.patent_type in {"design", "plant"}:
        return ()
    if facts.filing_date is None or facts.grant_date is None:
        return None
    if facts.filing_date < dt.date.fromisoformat(parameters.value("patents.us.maintenance_filed_since")):
        return ()
    ends = [(year, add_years(facts.grant_date, year)) for year in parameters.value("patents.us.maintenance_years")]
    dues = [add_months(facts.grant_date, 12 * year - 6) for year, _ in ends]
    return tuple(
        FeeDue(year=year, due_date=due, in_time_to=due, grace_end=end, lapse_on=end, full_fee_fen=None)
        for (year, end), due in zip(ends, dues, strict=True)
    )


_RULES: dict[str, Callable[[RightFacts, Parameters], tuple[FeeDue, ...] | None]] = {"CN": _cn, "US": _us}


def missed(facts: RightFacts, as_of: dt.date, parameters: Parameters, *, restored_on: tuple[dt.date, ...] = ()) -> Iterator[RightEvent]:
    """The events that a complete record of payments implies by a day: grace, late payment, and lapse (Implementing Rules 115; I4, I16).

    A lapse takes effect where the office's law puts it: in China on the due date, so that the grace period is no longer seen. Nothing is
    implied beyond the day to which the record is complete: until a record says so, a missing payment is unknown.
    """
    complete_to = facts.fees.complete_to
    if complete_to is None:
        return
    seen_to = min(as_of, complete_to)
    paid = {payment.year: payment.paid_on for payment in sorted(facts.fees.payments, key=_latest_first) if payment.paid_on <= as_of}
    for fee in fees_due(facts, parameters) or ():
        paid_on = paid.get(fee.year)
        if fee.in_time_to >= seen_to or (paid_on is not None and paid_on <= fee.in_time_to):
            continue
        if paid_on is None and seen_to <= fee.grace_end:
            yield _grace(fee)
        elif paid_on is not None and paid_on <= fee.grace_end:
            yield _grace(fee)
            yield _derived("FEE_PAID", fee, on=paid_on, known_on=paid_on)
        else:
            if fee.lapse_on > fee.due_date:
                yield _grace(fee)
            yield _derived("LAPSE", fee, on=fee.lapse_on, known_on=fee.grace_end + dt.timedelta(days=1))
            if not any(day > fee.lapse_on for day in restored_on):
                return


def _latest_first(payment: Payment) -> tuple[int, int]:
    return payment.year, -payment.paid_on.toordinal()


def _grace(fee: FeeDue) -> RightEvent:
    first_day = fee.in_time_to + dt.timedelta(days=1)
    return _derived("FEE_MISSED", fee, on=first_day, known_on=first_day)


def _derived(kind: str, fee: FeeDue, *, on: dt.date, known_on: dt.date) -> RightEvent:
    return RightEvent(id=f"derived:{kind}:{fee.year}", kind=kind, on=on, known_on=known_on, year=fee.year, derived=True)
