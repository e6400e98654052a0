"""The annual fees of rights: what falls due when, reduced by how much, what lateness costs, until when a lost right may be restored."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.kernel.dates import add_months
from langqiao.engine.kernel.money import Fen, fen_to_yuan
from langqiao.engine.patents.annuity import patent_year
from langqiao.engine.patents.kinds import DEAD
from langqiao.engine.patents.reduction import fee_on
from langqiao.engine.patents.restoration import restoration_deadline
from langqiao.engine.patents.surcharge import months_overdue, surcharge_of
from langqiao.engine.patents.upkeep import FeeDue, fees_due
from langqiao.rules import parameters
from langqiao.web.rights.selectors import Held

LADDER: Literal["guideline"] = "guideline"
Standing = Literal["told_paid", "coming", "due_soon", "late", "not_told"]
SOON_DAYS = 90
"""From how many days before the due day a fee is shown as due soon."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """One annual fee: days, full and reduced amount (None: our tables do not hold it), surcharge if paid on the day asked about.

    `standing`: told as paid, coming, due soon, late (in the surcharge period) or not told of (the period is over and no payment is known).
    """

    key: str
    year: int
    due_date: dt.date
    in_time_to: dt.date
    grace_end: dt.date
    full_fen: Fen | None
    amount_fen: Fen | None
    share: float
    surcharge_fen: Fen
    standing: Standing

    @property
    def total_fen(self) -> Fen | None:
        """Fee and surcharge together."""
        return None if self.amount_fen is None else self.amount_fen + self.surcharge_fen


def fees_of(held: Held, *, pay_on: dt.date | None = None) -> list[Fee]:
    """Every fee of the right's life after grant, as it would be paid on a day (default: the day of the view); empty for a right that is dead."""
    view = held.view
    if view.status in DEAD:
        return []
    day = pay_on or held.day
    told = view.upkeep.paid_through or 0
    return [_fee(held, one, day=day, told=told) for one in fees_due(view.facts, parameters()) or ()]


def _fee(held: Held, fee: FeeDue, *, day: dt.date, told: int) -> Fee:
    late = day > fee.in_time_to and fee.year > told
    in_grace = late and day <= fee.grace_end
    surcharge = (
        surcharge_of(fee.full_fee_fen, months_overdue(fee.due_date, day), LADDER, parameters())
        if in_grace and fee.full_fee_fen is not None
        else 0
    )
    reduced, share = _reduced(held, fee)
    return Fee(
        key=held.key,
        year=fee.year,
        due_date=fee.due_date,
        in_time_to=fee.in_time_to,
        grace_end=fee.grace_end,
        full_fen=fee.full_fee_fen,
        amount_fen=reduced,
        share=share,
        surcharge_fen=surcharge,
        standing=_standing(fee, day=day, told=told, in_grace=in_grace),
    )


def _standing(fee: FeeDue, *, day: dt.date, told: int, in_grace: bool) -> Standing:
    if fee.year <= told:
        return "told_paid"
    if in_grace:
        return "late"
    if day > fee.grace_end:
        return "not_told"
    return "due_soon" if fee.due_date <= day + dt.timedelta(days=SOON_DAYS) else "coming"


def _reduced(held: Held, fee: FeeDue) -> tuple[Fen | None, float]:
    facts = held.view.facts
    if fee.full_fee_fen is None or facts.filing_date is None or facts.grant_date is None or facts.office != "CN":
        return fee.full_fee_fen, 0.0
    found = fee_on(
        fee.full_fee_fen,
        year=fee.year,
        due=fee.due_date,
        grant_year=patent_year(facts.filing_date, facts.grant_date),
        reduction=held.state.reduction,
        practiced=held.state.practiced,
        parameters=parameters(),
    )
    return found.amount_fen, float(found.share)


@dataclass(frozen=True, slots=True, kw_only=True)
class LateStep:
    """What a late fee costs if paid in a month of the surcharge period, and the last day of that month."""

    month: int
    until: dt.date
    surcharge_fen: Fen


def late_steps(fee: Fee) -> list[LateStep]:
    """The ladder of surcharges of one fee (Implementing Rules 115); empty where the full fee is not known."""
    if fee.full_fen is None:
        return []
    months = int(parameters().value("patents.annuity_grace_months", fee.due_date))
    steps = []
    for month in range(1, months + 1):
        until = fee.grace_end if month == months else add_months(fee.due_date, month)
        steps.append(LateStep(month=month, until=until, surcharge_fen=surcharge_of(fee.full_fen, month, LADDER, parameters())))
    return steps


@dataclass(frozen=True, slots=True, kw_only=True)
class Restoring:
    """Until when a lapsed right may be asked back: the last day for force majeure; for a justified reason the months from the notice."""

    missed_on: dt.date
    last_day: dt.date
    months_from_notice: int


def restoring_of(held: Held) -> Restoring | None:
    """The windows of Implementing Rules 6 for a Chinese right that has lapsed for an unpaid fee; None for every other."""
    view = held.view
    if view.status != "lapsed" or view.facts.office != "CN" or view.phase.start is None:
        return None
    lapse = view.phase.start
    fee = next((one for one in fees_due(view.facts, parameters()) or () if one.due_date == lapse), None)
    missed = fee.grace_end if fee else lapse
    last = restoration_deadline("force_majeure", missed_on=missed, obstacle_ended_on=dt.date(9000, 1, 1), parameters=parameters())
    months = int(parameters().value("patents.restoration.justified_reason", missed))
    return Restoring(missed_on=missed, last_day=last, months_from_notice=months)


def calendar_of(rights: Iterable[Held], *, until: dt.date) -> list[Fee]:
    """Fees not told as paid: those late, and those due by a day, in order of their due day."""
    found = [fee for held in rights for fee in fees_of(held) if fee.standing in {"late", "due_soon", "coming"} and fee.due_date <= until]
    return sorted(found, key=lambda fee: (fee.due_date, fee.key))


def order_rows(fees: Sequence[Fee], *, pay_on: dt.date) -> Iterator[list[Any]]:
    """The payment order as a table: what to pay to the office on a day, in yuan to the fen."""
    yield [
        _("number"), _("patent year"), _("due on"), _("last day"), _("full fee, yuan"), _("reduction, %"), _("fee, yuan"),
        _("surcharge, yuan"), _("to pay, yuan"), _("paid on"),
    ]  # fmt: skip
    for fee in fees:
        yield [
            fee.key, fee.year, fee.due_date, fee.grace_end, _yuan(fee.full_fen), round(fee.share * 100), _yuan(fee.amount_fen),
            _yuan(fee.surcharge_fen), _yuan(fee.total_fen), pay_on,
        ]  # fmt: skip


def _yuan(fen: Fen | None) -> str | None:
    return None if fen is None else fen_to_yuan(fen)


def ics_of(fees: Sequence[Fee], *, host: str) -> bytes:
    """The calendar as iCalendar (RFC 5545): the due day of each fee and, for a late one, the last day of the surcharge period."""
    stamp = timezone.now().strftime("%Y%m%dT%H%M%SZ")
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Langqiao//annuities//EN", "CALSCALE:GREGORIAN"]
    for fee in fees:
        words = _("%(key)s: annual fee of patent year %(year)d") % {"key": fee.key, "year": fee.year}
        lines += _event(f"{fee.key}-{fee.year}-due@{host}", fee.due_date, words, stamp=stamp)
        last = _("%(key)s: last day to pay the fee of year %(year)d with surcharge") % {"key": fee.key, "year": fee.year}
        lines += _event(f"{fee.key}-{fee.year}-last@{host}", fee.grace_end, last, stamp=stamp)
    return "".join(f"{folded}\r\n" for line in [*lines, "END:VCALENDAR"] for folded in _folded(line)).encode()


def _event(uid: str, day: dt.date, words: str, *, stamp: str) -> list[str]:
    plain = words.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    after = (day + dt.timedelta(days=1)).strftime("%Y%m%d")
    return [
        "BEGIN:VEVENT", f"UID:{uid}", f"DTSTAMP:{stamp}", f"DTSTART;VALUE=DATE:{day:%Y%m%d}", f"DTEND;VALUE=DATE:{after}",
        f"SUMMARY:{plain}", "END:VEVENT",
    ]  # fmt: skip


ICS_OCTETS = 75
"""A line of iCalendar has at most 75 octets; the next begins with a space."""


def _folded(line: str) -> Iterator[str]:
    part, room = "", ICS_OCTETS
    for letter in line:
        cost = len(letter.encode())
        if cost > room:
            yield part
            part, room = " ", ICS_OCTETS - 1
        part += letter
        room -= cost
    yield part
