"""What a payment on a loan pays: due interest and principal first, the rest before its time with its own interest; to the fen, nothing lost."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from langqiao.engine.credit.schedule import Method, ScheduleInput, schedule
from langqiao.engine.kernel.allocation import largest_remainder
from langqiao.engine.kernel.dates import add_months
from langqiao.engine.kernel.money import Fen, round_half_up
from langqiao.engine.kernel.refusal import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Installment:
    """One row of a loan's plan with what has been paid on it."""

    number: int
    since: dt.date
    due_on: dt.date
    principal_fen: Fen
    interest_fen: Fen
    paid_principal_fen: Fen = 0
    paid_interest_fen: Fen = 0
    penalty_fen: Fen = 0
    paid_penalty_fen: Fen = 0

    @property
    def open_penalty_fen(self) -> Fen:
        """Default interest still to be paid."""
        return self.penalty_fen - self.paid_penalty_fen

    @property
    def open_principal_fen(self) -> Fen:
        """Principal still to be paid."""
        return self.principal_fen - self.paid_principal_fen

    @property
    def open_interest_fen(self) -> Fen:
        """Interest still to be paid."""
        return self.interest_fen - self.paid_interest_fen

    @property
    def open_fen(self) -> Fen:
        """What is still to be paid."""
        return self.open_principal_fen + self.open_interest_fen + self.open_penalty_fen


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What a payment pays on one installment."""

    number: int
    principal_fen: Fen
    interest_fen: Fen
    penalty_fen: Fen = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """A payment divided: parts of due installments, principal paid before its time and the interest that belongs to it."""

    parts: tuple[Part, ...]
    prepaid_fen: Fen = 0
    prepaid_interest_fen: Fen = 0

    @property
    def principal_fen(self) -> Fen:
        """All principal of the payment."""
        return sum(part.principal_fen for part in self.parts) + self.prepaid_fen

    @property
    def interest_fen(self) -> Fen:
        """All interest of the payment."""
        return sum(part.interest_fen for part in self.parts) + self.prepaid_interest_fen

    @property
    def penalty_fen(self) -> Fen:
        """All default interest of the payment."""
        return sum(part.penalty_fen for part in self.parts)

    @property
    def total_fen(self) -> Fen:
        """The whole payment."""
        return self.principal_fen + self.interest_fen + self.penalty_fen


def plan_of(
    principal_fen: Fen, rate_annual: Fraction, months: int, method: Method, *, begins: dt.date, first: int = 1, skip: int = 0
) -> tuple[Installment, ...]:
    """The installments of a loan drawn on `begins`, due each month; `first` numbers them, `skip` months lie before the first period."""
    rows = schedule(ScheduleInput(principal=principal_fen, rate_annual=rate_annual, months=months, method=method)).rows
    return tuple(
        Installment(
            number=first + index, since=add_months(begins, skip + index), due_on=add_months(begins, skip + index + 1),
            principal_fen=row.principal, interest_fen=row.interest,
        )
        for index, row in enumerate(rows)
    )  # fmt: skip


def elapsed_share(rows: Sequence[Installment], day: dt.date) -> Fraction:
    """Which part of its running period has passed on a day: days gone by over the days of the period; 0 where no period runs."""
    running = next((row for row in rows if row.since < day < row.due_on), None)
    return Fraction((day - running.since).days, (running.due_on - running.since).days) if running else Fraction(0)


def running_interest(rows: Sequence[Installment], principal_fen: Fen, rate_annual: Fraction, day: dt.date) -> Fen:
    """Interest on not yet due principal from the last due day to `day`."""
    return round_half_up(principal_fen * rate_annual / 12 * elapsed_share(rows, day))


def payoff(rows: Sequence[Installment], rate_annual: Fraction, day: dt.date) -> Allocation:
    """What repays the whole loan on a day: everything due, the rest of the principal, and its interest up to the day."""
    due = tuple(_whole(row) for row in rows if row.due_on <= day and row.open_fen)
    rest = sum(row.open_principal_fen for row in rows if row.due_on > day)
    early = sum(row.paid_interest_fen for row in rows if row.due_on > day)
    return Allocation(parts=due, prepaid_fen=rest, prepaid_interest_fen=max(0, running_interest(rows, rest, rate_annual, day) - early))


def _whole(row: Installment) -> Part:
    return Part(
        number=row.number, principal_fen=row.open_principal_fen, interest_fen=row.open_interest_fen, penalty_fen=row.open_penalty_fen
    )


def allocate(amount_fen: Fen, rows: Sequence[Installment], rate_annual: Fraction, day: dt.date) -> Allocation:
    """Divides a payment over the due installments, the oldest first: default interest, interest, principal (Civil Code 561); the rest is early.

    The early part X bears interest for the days of its running period: X = amount / (1 + r/12 × share of the period), the rest is its interest.
    Refused: repayment_above_balance where it would leave less than nothing; the whole debt is repaid by a step of its own.
    """
    left, parts = amount_fen, []
    for row in (row for row in rows if row.due_on <= day and row.open_fen):
        penalty = min(left, row.open_penalty_fen)
        interest = min(left - penalty, row.open_interest_fen)
        principal = min(left - penalty - interest, row.open_principal_fen)
        left -= penalty + interest + principal
        if penalty or interest or principal:
            parts.append(Part(number=row.number, principal_fen=principal, interest_fen=interest, penalty_fen=penalty))
    rest = sum(row.open_principal_fen for row in rows if row.due_on > day)
    early = round_half_up(left / (1 + rate_annual / 12 * elapsed_share(rows, day)))
    if left and early >= rest:
        facts = {"amount_fen": amount_fen, "most_fen": amount_fen - left + max(0, rest - 1)}
        raise Refusal("repayment_above_balance", "the payment is above the balance", facts=facts)
    return Allocation(parts=tuple(parts), prepaid_fen=early, prepaid_interest_fen=left - early)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proceeds:
    """What enforcement brought, divided: cost, interest, principal, and the surplus that goes back to the pledgor (Civil Code 438, 561)."""

    cost_fen: Fen
    interest_fen: Fen
    principal_fen: Fen
    surplus_fen: Fen


def proceeds_divide(amount_fen: Fen, *, cost_fen: Fen, interest_fen: Fen, principal_fen: Fen) -> Proceeds:
    """Cost of enforcement, then interest, then principal, then the pledgor; a shortfall stays the debtor's (I56)."""
    cost = min(amount_fen, cost_fen)
    interest = min(amount_fen - cost, interest_fen)
    principal = min(amount_fen - cost - interest, principal_fen)
    return Proceeds(cost_fen=cost, interest_fen=interest, principal_fen=principal, surplus_fen=amount_fen - cost - interest - principal)


def recovery_divide(amount_fen: Fen, borne: Sequence[Fen]) -> tuple[Fen, ...]:
    """A recovery goes back to those who bore the loss, in the same proportions, by largest remainder (I62)."""
    return tuple(largest_remainder(amount_fen, [Fraction(part) for part in borne]))
