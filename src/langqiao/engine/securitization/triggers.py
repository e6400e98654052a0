"""The tests of a payment date: cumulative default, overcollateralization, interest and debt-service cover, events; and which of them trip."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from langqiao.engine.kernel.money import Fen
from langqiao.engine.securitization.terms import BELOW, DECLARED, Terms, TriggerTerms
from langqiao.engine.securitization.waterfall import Period, State, fee_due, interest_due, is_last, principal_due


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """A trigger as measured: `value` None where there is nothing to measure (an event, or nothing owed); `waived` by a vote: it cannot trip."""

    kind: str
    level: Fraction
    value: Fraction | None
    tripped: bool
    waived: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What the tests need beside the payment date: claims in default since the cut-off (their balance then), the pool of the cut-off,

    whether the undertaking has ever been called, the events that the trustee declared, and the triggers that the holders' vote has lifted.
    """

    defaulted: Fen
    pool: Fen
    called: bool = False
    declared: frozenset[str] = frozenset()
    waived: frozenset[str] = frozenset()


def _ratio(top: Fen, bottom: Fen) -> Fraction | None:
    return Fraction(top, bottom) if bottom else None


def measures(terms: Terms, state: State, period: Period, watched: Watched) -> dict[str, Fraction | None]:
    """The figures of the tests. Covers are taken over senior and mezzanine together.

    overcollateralization: performing claims + cash kept back ÷ senior and mezzanine balance. interest_cover: interest collected less tax-free
    fees ÷ their interest due. debt_service_cover: all cash less fees ÷ their interest and principal due (balances on the last date).
    """
    upper = terms.of_rank("senior", "mezzanine")
    owed = sum(state.balances[i] for i in upper)
    interest = sum(interest_due(terms, state)[i] for i in upper)
    due = principal_due(terms, state, period)
    principal = sum(due[i] for i in upper) if terms.principal == "scheduled" or is_last(terms, period) else 0
    fees = sum(fee_due(fee, terms, period.opening) for fee in terms.fees if fee.place == "fees")
    cash = max(0, period.collected.total + state.retained - fees)
    return {
        "cumulative_default": _ratio(watched.defaulted, watched.pool),
        "overcollateralization": _ratio(period.closing + state.retained + period.collected.total - period.collected.interest, owed),
        "interest_cover": _ratio(max(0, period.collected.interest - fees), interest),
        "debt_service_cover": _ratio(cash, interest + principal),
    }


def measured(terms: Terms, state: State, period: Period, watched: Watched) -> tuple[Tested, ...]:
    """Every trigger of the deal as it stands at a payment date."""
    found = measures(terms, state, period, watched)
    return tuple(_one(trigger, found.get(trigger.kind), watched) for trigger in terms.triggers)


def _one(trigger: TriggerTerms, value: Fraction | None, watched: Watched) -> Tested:
    if trigger.kind in DECLARED:
        tripped = trigger.kind in watched.declared
    elif trigger.kind == "support_called":
        tripped = watched.called
    elif value is None:
        tripped = False
    else:
        tripped = value < trigger.level if trigger.kind in BELOW else value > trigger.level
    waived = trigger.kind in watched.waived
    return Tested(kind=trigger.kind, level=trigger.level, value=value, tripped=tripped and not waived, waived=waived)


def tripped(tests: Sequence[Tested]) -> tuple[str, ...]:
    """The kinds that tripped."""
    return tuple(one.kind for one in tests if one.tripped)
