"""The terms of a securitization, typed and checked: tranches, order of payment, principal, reserve, support, fees, triggers, curves."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Annotated, Any, Literal, get_args

from pydantic import TypeAdapter, ValidationError

from langqiao.engine.kernel.calculation import BadInput, path, without_nulls
from langqiao.engine.kernel.money import Fen, Money, PositiveMoney
from langqiao.engine.kernel.number import Positive, Rate, Share, ShareBelowOne
from langqiao.engine.kernel.record import Periods, Rows, Text, count, record
from langqiao.engine.operations.encumbrance import Reason

Rank = Literal["senior", "mezzanine", "junior"]
RANKS: tuple[Rank, ...] = get_args(Rank)
Item = Literal[
    "tax", "fees", "senior_interest", "mezzanine_interest", "reserve", "senior_principal", "mezzanine_principal", "subordinated_fees",
    "reimbursement", "junior_interest", "junior_principal", "residual",
]  # fmt: skip
ITEMS: tuple[Item, ...] = get_args(Item)
"""The items of a payment date in the usual order (capital.md §4.2); a deal may move the reserve and the fees that come late."""
SUBORDINATED: frozenset[Item] = frozenset({"subordinated_fees", "reimbursement", "junior_interest", "junior_principal", "residual"})
ACCELERATED: tuple[Item, ...] = (
    "tax", "fees", "senior_interest", "senior_principal", "mezzanine_interest", "mezzanine_principal", "reserve", "subordinated_fees",
    "reimbursement", "junior_interest", "junior_principal", "residual",
)  # fmt: skip
"""The order after a trigger: senior interest and all of its principal first, whatever is junior to it locked out."""
BEFORE: tuple[tuple[Item, Item], ...] = (
    ("tax", "fees"), ("fees", "senior_interest"), ("senior_interest", "mezzanine_interest"), ("senior_interest", "senior_principal"),
    ("mezzanine_interest", "mezzanine_principal"), ("senior_principal", "mezzanine_principal"), ("senior_interest", "reserve"),
    ("reserve", "junior_interest"), ("mezzanine_principal", "junior_interest"), ("mezzanine_principal", "junior_principal"),
    ("junior_interest", "junior_principal"), ("reimbursement", "residual"), ("subordinated_fees", "residual"), ("junior_principal", "residual"),
    ("mezzanine_principal", "reimbursement"), ("mezzanine_principal", "subordinated_fees"),
)  # fmt: skip
"""What must come before what in any order: a junior holder never stands before a senior one."""
Payee = Literal["arranger", "trustee", "servicer", "support", "rating", "appraiser"]
TriggerKind = Literal[
    "cumulative_default", "overcollateralization", "interest_cover", "debt_service_cover", "support_called", "servicer_default", "support_downgrade",
]  # fmt: skip
BELOW: frozenset[str] = frozenset({"overcollateralization", "interest_cover", "debt_service_cover"})
"""Tests that trip below their level; cumulative default trips above it, the others when they happen."""
DECLARED: frozenset[str] = frozenset({"servicer_default", "support_downgrade"})
"""Events that the trustee declares; the others are measured."""


@record
class TrancheTerms:
    """A tranche, the most senior first. `targets`: principal due by payment date, where principal is scheduled."""

    name: Text
    rank: Rank
    balance: PositiveMoney
    rate: Rate = Fraction(0)
    targets: Rows[Money] = ()


@record
class ReserveTerms:
    """Cash that covers missing senior interest: `initial` is kept back from the proceeds, `target` is what it is topped up to."""

    initial: Money = 0
    target: Money = 0


@record
class SupportTerms:
    """The shortfall undertaking (差额支付): missing interest and principal due of the ranks it covers, at most `limit` outstanding."""

    limit: PositiveMoney
    covers: Literal["senior", "senior_and_mezzanine"] = "senior"


@record
class TriggerTerms:
    """A test; `level` is a share (cumulative default) or a multiple (the covers), and unused for events that simply happen."""

    kind: TriggerKind
    level: Positive = Fraction(1)


@record
class FeeTerms:
    """A fee a payment date: `fixed` plus `rate` a year on the opening pool, at most `cap`, paid with the fees or behind the mezzanine."""

    payee: Payee
    fixed: Money = 0
    rate: Rate = Fraction(0)
    cap: Money | None = None
    place: Literal["fees", "subordinated_fees"] = "fees"


@record
class CurveTerms:
    """The base case: prepayment and default a year, share recovered, and after how many payment dates."""

    cpr: ShareBelowOne = Fraction(0)
    cdr: ShareBelowOne = Fraction(0)
    recovery: Share = Fraction(0)
    recovery_lag: Annotated[int, *count(0, 60)] = 0


@record
class Terms:
    """Everything that decides who gets what on a payment date. `periods_per_year` payment dates a year, `periods` of them."""

    tranches: Rows[TrancheTerms]
    periods: Periods
    periods_per_year: Literal[1, 2, 4, 12]
    principal: Literal["pass_through", "turbo", "scheduled"] = "pass_through"
    order: Literal["sequential", "pro_rata"] = "sequential"
    waterfall: Rows[Item] = ITEMS
    reserve: ReserveTerms = ReserveTerms()
    support: SupportTerms | None = None
    fees: Rows[FeeTerms] = ()
    tax_rate: Share = Fraction(0)
    triggers: Rows[TriggerTerms] = ()
    curves: CurveTerms = CurveTerms()

    @property
    def size(self) -> Fen:
        """What is issued, in fen."""
        return sum(tranche.balance for tranche in self.tranches)

    def of_rank(self, *ranks: Rank) -> tuple[int, ...]:
        """The places of the tranches of these ranks."""
        return tuple(place for place, tranche in enumerate(self.tranches) if tranche.rank in ranks)


_READER: TypeAdapter[Any] = TypeAdapter(Terms)


def terms_read(raw: Any) -> Terms:
    """The terms of a JSON object (money as yuan text, shares as numbers). Raises BadInput with the path of the field."""
    if not isinstance(raw, dict):
        raise BadInput("wrong_type", "terms are a JSON object")
    try:
        found: Terms = _READER.validate_python(without_nulls(Terms, raw))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise BadInput("wrong_type", str(first["msg"]), path(first["loc"])) from None
    return found


def terms_write(terms: Terms) -> dict[str, Any]:
    """The JSON form that `terms_read` reads back to the same terms."""
    written: dict[str, Any] = _READER.dump_python(terms, mode="json")
    return written


def terms_reasons(terms: Terms, *, issue_fen: Fen, lot_fen: Fen) -> tuple[Reason, ...]:
    """Every reason for which the terms cannot be issued (I68): sums, ranks, order of payment, schedules, lots."""
    found = []
    if terms.size != issue_fen:
        found.append(_reason("tranches_do_not_sum", sum_fen=terms.size, issue_fen=issue_fen))
    faults = [*_tranche_faults(terms, lot_fen), *_waterfall_faults(terms.waterfall), *_schedule_faults(terms)]
    if faults:
        found.append(_reason("structure_inconsistent", faults=tuple(faults)))
    return tuple(found)


def _reason(code: str, **facts: Any) -> Reason:
    return Reason(code=code, article="", facts=facts)


def _tranche_faults(terms: Terms, lot_fen: Fen) -> list[str]:
    ranks = [RANKS.index(tranche.rank) for tranche in terms.tranches]
    names = [tranche.name.strip() for tranche in terms.tranches]
    faults = []
    if ranks != sorted(ranks) or not ranks or ranks[0] != 0 or ranks[-1] != len(RANKS) - 1:
        faults.append("ranks")
    if len(set(names)) != len(names) or not all(names):
        faults.append("names")
    if any(tranche.balance % lot_fen for tranche in terms.tranches):
        faults.append("lots")
    if terms.support is not None and terms.support.covers == "senior_and_mezzanine" and not terms.of_rank("mezzanine"):
        faults.append("support_covers_nothing")
    return faults


def _waterfall_faults(items: Sequence[Item]) -> list[str]:
    """`waterfall_items` where an item is missing or stands twice, else a pair `a>b` for each one that stands on the wrong side."""
    if sorted(items) != sorted(ITEMS):
        return ["waterfall_items"]
    place = {item: number for number, item in enumerate(items)}
    return [f"{first}>{second}" for first, second in BEFORE if place[first] > place[second]]


def _schedule_faults(terms: Terms) -> list[str]:
    faults = []
    for tranche in terms.tranches:
        scheduled = terms.principal == "scheduled" and tranche.rank != "junior"
        if scheduled and (len(tranche.targets) != terms.periods or sum(tranche.targets) != tranche.balance):
            faults.append(f"targets {tranche.name}")
        if not scheduled and tranche.targets:
            faults.append(f"targets {tranche.name}")
    if terms.principal == "scheduled" and terms.order == "pro_rata":
        faults.append("scheduled_pro_rata")
    return faults
