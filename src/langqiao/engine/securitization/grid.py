"""A deal under many scenarios at once: the same waterfall as on a payment date, over arrays; what each tranche gets, when it breaks, how it is covered."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from langqiao.engine.securitization.pool_flows import Array, Mask, Plans, PoolCash, Scenarios, pool_cash
from langqiao.engine.securitization.terms import ACCELERATED, BELOW, SUBORDINATED, Item, Rank, Terms
from langqiao.engine.securitization.waterfall import RANK_OF

TOLERANCE_FEN = 100.0
"""A tranche counts as whole when less than one yuan of it is missing: floating sums, fees to the fen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """By tranche and scenario: unpaid at the end, interest that was late or missing, WAL in years. By date and scenario: cover, lines.

    `principal`, `interest`: [date, tranche, scenario]. `cover`: cash of a date with what was kept back ÷ senior interest and principal due.
    """

    cash: PoolCash
    unpaid: Array
    missed: Array
    wal_years: Array
    principal: Array
    interest: Array
    cover: Array
    residual: Array
    support: Array
    reserve: Array
    retained: Array
    accelerated: Array

    def whole(self, place: int) -> Array:
        """1.0 where a tranche got everything on its day, by scenario."""
        return ((self.unpaid[place] < TOLERANCE_FEN) & (self.missed[place] < TOLERANCE_FEN)).astype(np.float64)


@dataclass(slots=True, kw_only=True)
class _Books:
    """What stands in every scenario while the dates go by."""

    balances: Array
    arrears: Array
    reserve: Array
    retained: Array
    support: Array
    accelerated: Mask
    called: Mask
    defaulted: Array


@dataclass(slots=True, kw_only=True)
class _Day:
    """One date in every scenario, on its way down."""

    cash: Array
    given: Array
    last: Mask
    locked: Mask
    interest: Array
    principal: Array
    got_interest: Array
    got_principal: Array
    residual: Array
    topped: Array
    call: Array
    reimbursed: Array
    fee_base: Array
    collected: Array
    closing: Array
    kept_back: bool = False
    keep: Array = field(default_factory=lambda: np.zeros(0))


def run(terms: Terms, plans: Plans, scenarios: Scenarios, *, accelerated: bool = False) -> Outcome:
    """Runs every scenario to the end, money in fen as floating point; `waterfall.pay` is its oracle.

    `accelerated`: a trigger has tripped before the first date already.
    """
    cash = pool_cash(plans, scenarios, periods_per_year=terms.periods_per_year)
    count, tranches, periods = scenarios.count, len(terms.tranches), cash.interest.shape[0]
    books = _begin(terms, count)
    books.accelerated |= accelerated
    start = np.array([float(tranche.balance) for tranche in terms.tranches])
    found = {name: np.zeros((periods, tranches, count)) for name in ("principal", "interest")}
    lines = {name: np.zeros((periods, count)) for name in ("cover", "residual", "support", "reserve", "retained", "accelerated")}
    missed, weighted = np.zeros((tranches, count)), np.zeros((tranches, count))
    pool = cash.opening[0]
    for k in range(periods):
        day = _day(terms, books, cash, k, pool=pool)
        lines["cover"][k] = _cover(terms, books, day)
        _go_down(terms, books, day)
        found["principal"][k], found["interest"][k] = day.got_principal, day.got_interest
        missed += np.maximum(0, day.interest - day.got_interest - books.arrears)
        weighted += day.got_principal * (k + 1)
        books.arrears = np.maximum(0, day.interest - day.got_interest)
        books.balances = np.maximum(0, books.balances - day.got_principal)
        books.support += day.call - day.reimbursed
        books.called |= day.call > 0.5
        for name, value in (("residual", day.residual), ("support", day.call), ("reserve", books.reserve), ("retained", books.retained)):
            lines[name][k] = value
        lines["accelerated"][k] = books.accelerated
    repaid = books.balances < TOLERANCE_FEN
    wal = np.where(repaid, weighted / terms.periods_per_year / np.maximum(start, 1)[:, None], np.nan)
    return Outcome(cash=cash, unpaid=books.balances + books.arrears, missed=missed, wal_years=wal, **found, **lines)


def _begin(terms: Terms, count: int) -> _Books:
    zero = np.zeros(count)
    balances = np.repeat(np.array([[float(tranche.balance)] for tranche in terms.tranches]), count, axis=1)
    return _Books(
        balances=balances, arrears=np.zeros_like(balances), reserve=zero + float(terms.reserve.initial), retained=zero.copy(), support=zero.copy(),
        accelerated=np.zeros(count, dtype=bool), called=np.zeros(count, dtype=bool), defaulted=zero.copy(),
    )  # fmt: skip


def _day(terms: Terms, books: _Books, cash: PoolCash, k: int, *, pool: Array) -> _Day:
    """The date before any payment: last or not, due amounts, triggers."""
    collected = cash.interest[k] + cash.principal[k] + cash.prepayment[k] + cash.recovery[k]
    last = (k + 1 >= terms.periods) | (k + 1 >= cash.interest.shape[0]) | (cash.closing[k] < TOLERANCE_FEN)
    books.defaulted = books.defaulted + cash.default[k]
    rates = np.array([float(tranche.rate) / terms.periods_per_year for tranche in terms.tranches])
    interest = books.balances * rates[:, None] + books.arrears
    due = _principal_due(terms, books, cash.closing[k], k, last=last)
    books.accelerated = books.accelerated | _tripped(terms, books, cash, k, pool=pool, interest=interest, due=due, last=last)
    due = np.where(books.accelerated | last, books.balances, due)
    limit = 0.0 if terms.support is None else float(terms.support.limit)
    zero = np.zeros_like(collected)
    shape = np.zeros_like(interest)
    return _Day(
        cash=collected + books.retained + np.where(last, books.reserve, 0), given=np.maximum(0, limit - books.support), last=last,
        locked=books.accelerated, interest=interest, principal=due, got_interest=shape.copy(), got_principal=shape.copy(), residual=zero,
        topped=zero, call=zero.copy(), reimbursed=zero, fee_base=cash.opening[k], collected=cash.interest[k], closing=cash.closing[k],
    )  # fmt: skip


def _principal_due(terms: Terms, books: _Books, closing: Array, k: int, *, last: Mask) -> Array:
    if terms.principal == "turbo":
        return books.balances.copy()
    if terms.principal == "pass_through":
        payable = np.maximum(0, books.balances.sum(axis=0) - closing)
        if terms.order == "pro_rata":
            total = books.balances.sum(axis=0)
            return books.balances * np.divide(payable, total, out=np.zeros_like(total), where=total > 0)
        ahead = np.concatenate([np.zeros((1, len(payable))), books.balances.cumsum(axis=0)[:-1]])
        return np.clip(payable - ahead, 0, books.balances)
    paid = np.array([[float(tranche.balance)] for tranche in terms.tranches]) - books.balances
    targets = np.array([[float(sum(tranche.targets[: k + 1]))] for tranche in terms.tranches])
    due = np.clip(targets - paid, 0, books.balances)
    due[list(terms.of_rank("junior"))] = 0
    return np.where(last, books.balances, due)


def _fees(terms: Terms, place: str, base: Array) -> Array:
    total = np.zeros_like(base)
    for fee in terms.fees:
        if fee.place == place:
            due = fee.fixed + base * float(fee.rate) / terms.periods_per_year
            total += due if fee.cap is None else np.minimum(due, float(fee.cap))
    return total


def _tripped(
    terms: Terms, books: _Books, cash: PoolCash, k: int, *, pool: Array, interest: Array, due: Array, last: Mask
) -> Mask:  # fmt: skip
    upper = list(terms.of_rank("senior", "mezzanine"))
    owed, interest_owed = books.balances[upper].sum(axis=0), interest[upper].sum(axis=0)
    principal = due[upper].sum(axis=0) if terms.principal == "scheduled" else np.where(last, owed, 0)
    fees = _fees(terms, "fees", cash.opening[k])
    came = cash.interest[k] + cash.principal[k] + cash.prepayment[k] + cash.recovery[k] + books.retained
    figures = {
        "cumulative_default": (books.defaulted, pool),
        "overcollateralization": (cash.closing[k] + came - cash.interest[k], owed),
        "interest_cover": (np.maximum(0, cash.interest[k] - fees), interest_owed),
        "debt_service_cover": (np.maximum(0, came - fees), interest_owed + principal),
    }
    found = np.zeros(len(owed), dtype=bool)
    for trigger in terms.triggers:
        if trigger.kind == "support_called":
            found |= books.called
        if trigger.kind not in figures:
            continue
        top, bottom = figures[trigger.kind]
        level = float(trigger.level)
        passed = top < level * bottom - 1e-6 if trigger.kind in BELOW else top > level * bottom + 1e-6
        found |= passed & (bottom > 0)
    return found


def _cover(terms: Terms, books: _Books, day: _Day) -> Array:
    senior = list(terms.of_rank("senior"))
    due = day.interest[senior].sum(axis=0)
    owed = day.principal[senior].sum(axis=0)
    due = due + (owed if terms.principal != "turbo" else np.where(day.last, owed, 0))
    had = day.cash + np.where(day.last, 0, books.reserve)
    return np.divide(had, due, out=np.full_like(due, np.nan), where=due > 0.5)


def _go_down(terms: Terms, books: _Books, day: _Day) -> None:
    books.reserve = np.where(day.last, 0, books.reserve)
    if not day.locked.any():
        for item in terms.waterfall:
            _item(terms, books, day, item)
        books.retained = day.keep
        return
    if day.locked.all():
        for item in ACCELERATED:
            _item(terms, books, day, item)
        books.retained = day.keep
        return
    _split(terms, books, day)


_FIRST = ("cash", "given", "last", "locked", "residual", "topped", "call", "reimbursed", "fee_base", "collected", "closing")
_WIDE = ("interest", "principal", "got_interest", "got_principal")


def _split(terms: Terms, books: _Books, day: _Day) -> None:
    """Scenarios before and after their trigger go down their own orders, and are put together again."""
    kept = {name: np.zeros_like(getattr(books, name)) for name in ("reserve", "retained")}
    for chosen in (day.locked, ~day.locked):
        part = _Day(**{name: getattr(day, name)[chosen] for name in _FIRST}, **{name: getattr(day, name)[:, chosen] for name in _WIDE})
        half = _Books(
            balances=books.balances[:, chosen], arrears=books.arrears[:, chosen],
            **{name: getattr(books, name)[chosen] for name in ("reserve", "retained", "support", "accelerated", "called", "defaulted")},
        )  # fmt: skip
        for item in ACCELERATED if part.locked.all() else terms.waterfall:
            _item(terms, half, part, item)
        kept["reserve"][chosen], kept["retained"][chosen] = half.reserve, part.keep
        for name in ("cash", "given", "residual", "topped", "call", "reimbursed"):
            whole = getattr(day, name).copy()
            whole[chosen] = getattr(part, name)
            setattr(day, name, whole)
        for name in ("got_interest", "got_principal"):
            getattr(day, name)[:, chosen] = getattr(part, name)
    books.reserve, books.retained = kept["reserve"], kept["retained"]


def _pay(day: _Day, amount: Array) -> Array:
    paid = np.minimum(day.cash, np.maximum(0, amount))
    day.cash = day.cash - paid
    return paid


def _covered(terms: Terms, rank: Rank) -> bool:
    support = terms.support
    return support is not None and (rank == "senior" or (rank == "mezzanine" and support.covers == "senior_and_mezzanine"))


def _item(terms: Terms, books: _Books, day: _Day, item: Item) -> None:
    if item in SUBORDINATED and not day.kept_back:
        _keep_back(terms, books, day)
    match item:
        case "tax":
            _pay(day, day.collected * float(terms.tax_rate))
        case "fees" | "subordinated_fees":
            _pay(day, _fees(terms, item, day.fee_base))
        case "senior_interest" | "mezzanine_interest" | "junior_interest":
            _interest(terms, books, day, item)
        case "senior_principal" | "mezzanine_principal" | "junior_principal":
            _principal(terms, day, item)
        case "reserve":
            wanted = np.where(day.last, 0, float(terms.reserve.target) - books.reserve)
            day.topped = _pay(day, wanted)
            books.reserve = books.reserve + day.topped
        case "reimbursement":
            day.reimbursed = _pay(day, books.support + day.call)
        case "residual":
            day.residual = _pay(day, day.cash)


def _interest(terms: Terms, books: _Books, day: _Day, item: Item) -> None:
    rank = RANK_OF[item]
    places = list(terms.of_rank(rank))
    due = day.interest[places].sum(axis=0)
    missing = np.maximum(0, due - day.cash)
    if rank == "senior":
        drawn = np.minimum(missing, books.reserve)
        books.reserve = books.reserve - drawn
        day.cash = day.cash + drawn
        missing = missing - drawn
    if _covered(terms, rank):
        _call(day, missing)
    paid = _pay(day, due)
    day.got_interest[places] = day.interest[places] * np.divide(paid, due, out=np.zeros_like(due), where=due > 0)


def _call(day: _Day, missing: Array) -> None:
    added = np.minimum(missing, day.given)
    day.given, day.call, day.cash = day.given - added, day.call + added, day.cash + added


def _principal(terms: Terms, day: _Day, item: Item) -> None:
    rank = RANK_OF[item]
    places = list(terms.of_rank(rank))
    due = day.principal[places].sum(axis=0)
    if _covered(terms, rank):
        owed = day.last | (~day.locked if terms.principal == "scheduled" else np.zeros_like(day.last))
        _call(day, np.where(owed, np.maximum(0, due - day.cash), 0))
    if terms.order == "pro_rata":
        ratio = np.divide(np.minimum(day.cash, due), due, out=np.zeros_like(due), where=due > 0)
        shared = ~day.locked & ~day.last
    else:
        ratio, shared = np.zeros_like(due), np.zeros_like(day.last)
    for i in places:
        wanted = np.where(shared, day.principal[i] * ratio, day.principal[i])
        day.got_principal[i] = _pay(day, wanted)


def _keep_back(terms: Terms, books: _Books, day: _Day) -> None:
    day.kept_back = True
    day.keep = np.zeros_like(day.cash)
    if terms.principal == "scheduled":
        owed = (books.balances - day.got_principal).sum(axis=0)
        day.keep = np.where(day.last | day.locked, 0, np.minimum(day.cash, np.maximum(0, owed - day.closing)))
        day.cash = day.cash - day.keep


def cross(cpr: Sequence[float], cdr: Sequence[float], recovery: Sequence[float], *, lag: int = 0) -> Scenarios:
    """Every combination, prepayment slowest and recovery fastest."""
    rows = np.array(list(itertools.product(cpr, cdr, recovery)), dtype=np.float64)
    return Scenarios(cpr=rows[:, 0], cdr=rows[:, 1], recovery=rows[:, 2], lag=lag)


STEPS, ROUNDS = 65, 3
"""A bracket is cut into 64 parts three times: the break-even is found to 4e-6."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakEven:
    """The largest default rate a year at which a tranche gets everything on its day; None with the reason where there is none."""

    cdr: float | None
    reason: str


def break_even(terms: Terms, plans: Plans, place: int) -> BreakEven:
    """By bracketing in the deal's base case for prepayment and recovery; support counts as fulfilled up to its limit."""
    curves = terms.curves
    low, high = 0.0, 0.999
    for _round in range(ROUNDS):
        rates = np.linspace(low, high, STEPS)
        ones = np.ones(STEPS)
        scenarios = Scenarios(cpr=ones * float(curves.cpr), cdr=rates, recovery=ones * float(curves.recovery), lag=curves.recovery_lag)
        whole = run(terms, plans, scenarios).whole(place)
        if not whole[0]:
            return BreakEven(cdr=None, reason="fails_without_defaults")
        if whole.all():
            return BreakEven(cdr=None, reason="never_fails")
        first = int(np.argmin(whole))
        low, high = float(rates[first - 1]), float(rates[first])
    return BreakEven(cdr=low, reason="")
