"""One payment date to the fen: what was collected, in which order it is paid, who is called for a shortfall, and what stands afterwards."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from langqiao.engine.kernel.allocation import largest_remainder
from langqiao.engine.kernel.money import Fen, round_half_up
from langqiao.engine.operations.securitization import principal_parts
from langqiao.engine.securitization.terms import ACCELERATED, SUBORDINATED, FeeTerms, Item, Rank, Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What stands between two payment dates: balances and unpaid interest by tranche, reserve, cash kept back, support not yet reimbursed."""

    balances: tuple[Fen, ...]
    arrears: tuple[Fen, ...]
    reserve: Fen = 0
    retained: Fen = 0
    support: Fen = 0
    accelerated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """Cash that came in during the period, by origin."""

    interest: Fen = 0
    principal: Fen = 0
    prepayment: Fen = 0
    recovery: Fen = 0

    @property
    def total(self) -> Fen:
        """All of it."""
        return self.interest + self.principal + self.prepayment + self.recovery


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The facts of a payment date. `opening`, `closing`: balance of the claims that are not in default, before and after the period.

    `support_given`: what the provider has paid for this date; None: the undertaking is taken as fulfilled (a projection, or the call).
    """

    number: int
    collected: Collected
    opening: Fen
    closing: Fen
    support_given: Fen | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An amount paid: the item, and to whom (name of a tranche or a role; "" for tax and reserve)."""

    item: Item
    to: str
    amount: Fen


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """The outcome of a payment date. `call`: what the undertaking owes beyond cash and reserve; `due_interest` includes arrears."""

    lines: tuple[Line, ...]
    after: State
    reserve_drawn: Fen
    call: Fen
    due_interest: tuple[Fen, ...]
    due_principal: tuple[Fen, ...]
    available: Fen
    last: bool

    def paid(self, item: Item, to: str | None = None) -> Fen:
        """What an item got, all of it or by payee."""
        return sum(line.amount for line in self.lines if line.item == item and to in {None, line.to})


def opening_state(terms: Terms) -> State:
    """The state on the day of issue."""
    return State(balances=tuple(t.balance for t in terms.tranches), arrears=tuple(0 for _ in terms.tranches), reserve=terms.reserve.initial)


def is_last(terms: Terms, period: Period) -> bool:
    """Whether nothing comes after this date: the final one, or no claim is left that performs."""
    return period.number >= terms.periods or period.closing == 0


def fee_due(fee: FeeTerms, terms: Terms, opening: Fen) -> Fen:
    """A fee of one payment date in fen."""
    due = fee.fixed + round_half_up(Fraction(opening) * fee.rate / terms.periods_per_year)
    return due if fee.cap is None else min(due, fee.cap)


def interest_due(terms: Terms, state: State) -> tuple[Fen, ...]:
    """Coupon of the period plus what was not paid before; arrears carry no interest of their own."""
    return tuple(
        round_half_up(balance * tranche.rate / terms.periods_per_year) + arrears
        for tranche, balance, arrears in zip(terms.tranches, state.balances, state.arrears, strict=True)
    )


def principal_due(terms: Terms, state: State, period: Period) -> tuple[Fen, ...]:
    """Principal by tranche: all after acceleration and on the last date; else by the deal's rule.

    pass_through: what brings the tranches down to the pool, so that excess spread covers defaults; turbo: whatever cash allows, senior
    first; scheduled: the targets up to this date.
    """
    balances = list(state.balances)
    if state.accelerated or is_last(terms, period) or terms.principal == "turbo":
        return tuple(balances)
    if terms.principal == "pass_through":
        payable = max(0, sum(balances) - period.closing)
        return tuple(principal_parts(payable, balances, terms.order))
    due = []
    for tranche, balance in zip(terms.tranches, balances, strict=True):
        paid, target = tranche.balance - balance, sum(tranche.targets[: period.number])
        due.append(min(balance, max(0, target - paid)) if tranche.rank != "junior" else 0)
    return tuple(due)


@dataclass(slots=True, kw_only=True)
class _Run:
    """The cash on its way down; `given` is what the supporter still may add."""

    terms: Terms
    state: State
    period: Period
    last: bool
    cash: Fen
    reserve: Fen
    given: Fen
    interest: tuple[Fen, ...]
    principal: tuple[Fen, ...]
    lines: list[Line] = field(default_factory=list)
    got_interest: dict[int, Fen] = field(default_factory=dict)
    got_principal: dict[int, Fen] = field(default_factory=dict)
    drawn: Fen = 0
    call: Fen = 0
    topped_up: Fen = 0
    reimbursed: Fen = 0
    retained: Fen = 0
    kept_back: bool = False

    def pay(self, item: Item, to: str, amount: Fen) -> Fen:
        """Pays at most what is there."""
        paid = min(self.cash, max(0, amount))
        if paid:
            self.lines.append(Line(item=item, to=to, amount=paid))
            self.cash -= paid
        return paid

    def covered(self, rank: Rank) -> bool:
        """Whether the undertaking covers a rank."""
        support = self.terms.support
        return support is not None and (rank == "senior" or (rank == "mezzanine" and support.covers == "senior_and_mezzanine"))

    def need(self, rank: Rank, missing: Fen, *, reserve: bool) -> None:
        """Brings cash in from the reserve (senior only) and from the undertaking for what is missing."""
        if reserve and rank == "senior" and missing > 0:
            drawn = min(missing, self.reserve)
            self.reserve -= drawn
            self.drawn += drawn
            self.cash += drawn
            missing -= drawn
        if missing > 0 and self.covered(rank):
            added = min(missing, self.given)
            self.given -= added
            self.call += added
            self.cash += added


def pay(terms: Terms, state: State, period: Period) -> Payment:
    """The payment date. Cash in (collections, cash kept back before, reserve drawn, support) = Σ lines + reserve top-up + cash kept back (P10)."""
    last = is_last(terms, period)
    limit = 0 if terms.support is None else max(0, terms.support.limit - state.support)
    given = limit if period.support_given is None else min(limit, period.support_given)
    run = _Run(
        terms=terms, state=state, period=period, last=last, cash=period.collected.total + state.retained, reserve=state.reserve, given=given,
        interest=interest_due(terms, state), principal=principal_due(terms, state, period),
    )  # fmt: skip
    available = run.cash
    if last:
        run.drawn, run.reserve, run.cash = run.reserve, 0, run.cash + run.reserve
    for item in ACCELERATED if state.accelerated else terms.waterfall:
        _item(run, item)
    balances = tuple(balance - run.got_principal.get(i, 0) for i, balance in enumerate(state.balances))
    arrears = tuple(due - run.got_interest.get(i, 0) for i, due in enumerate(run.interest))
    after = State(
        balances=balances, arrears=arrears, reserve=run.reserve, retained=run.retained, support=state.support + run.call - run.reimbursed,
        accelerated=state.accelerated,
    )  # fmt: skip
    return Payment(
        lines=tuple(run.lines), after=after, reserve_drawn=run.drawn, call=run.call, due_interest=run.interest, due_principal=run.principal,
        available=available, last=last,
    )  # fmt: skip


def _item(run: _Run, item: Item) -> None:
    if item in SUBORDINATED and not run.kept_back:
        _keep_back(run)
    match item:
        case "tax":
            run.pay(item, "", round_half_up(run.period.collected.interest * run.terms.tax_rate))
        case "fees" | "subordinated_fees":
            for fee in run.terms.fees:
                if fee.place == item:
                    run.pay(item, fee.payee, fee_due(fee, run.terms, run.period.opening))
        case "senior_interest" | "mezzanine_interest" | "junior_interest":
            _interest(run, item)
        case "senior_principal" | "mezzanine_principal" | "junior_principal":
            _principal(run, item)
        case "reserve":
            if not run.last:
                run.topped_up = run.pay(item, "", run.terms.reserve.target - run.reserve)
                run.reserve += run.topped_up
        case "reimbursement":
            run.reimbursed = run.pay(item, "support", run.state.support + run.call)
        case "residual":
            run.pay(item, run.terms.tranches[-1].name, run.cash)


RANK_OF: Mapping[Item, Rank] = {
    "senior_interest": "senior", "mezzanine_interest": "mezzanine", "junior_interest": "junior", "senior_principal": "senior",
    "mezzanine_principal": "mezzanine", "junior_principal": "junior",
}  # fmt: skip


def _interest(run: _Run, item: Item) -> None:
    rank = RANK_OF[item]
    places = run.terms.of_rank(rank)
    due = sum(run.interest[i] for i in places)
    run.need(rank, due - run.cash, reserve=True)
    _shared(run, item, places, due=[run.interest[i] for i in places], got=run.got_interest)


def _principal(run: _Run, item: Item) -> None:
    rank = RANK_OF[item]
    places = run.terms.of_rank(rank)
    due = sum(run.principal[i] for i in places)
    # After a trigger everything is due at once; the undertaking then owes interest, and principal on the last date.
    if run.last or (run.terms.principal == "scheduled" and not run.state.accelerated):
        run.need(rank, due - run.cash, reserve=False)
    if run.terms.order == "pro_rata" and not run.state.accelerated and not run.last:
        _shared(run, item, places, due=[run.principal[i] for i in places], got=run.got_principal)
        return
    for i in places:
        run.got_principal[i] = run.pay(item, run.terms.tranches[i].name, run.principal[i])


def _shared(run: _Run, item: Item, places: Sequence[int], *, due: list[Fen], got: dict[int, Fen]) -> None:
    """Tranches of one rank share what is there by what they are owed."""
    payable = min(run.cash, sum(due))
    parts = largest_remainder(payable, due) if payable else [0] * len(due)
    for i, part in zip(places, parts, strict=True):
        got[i] = run.pay(item, run.terms.tranches[i].name, part)


def _keep_back(run: _Run) -> None:
    """Under a schedule, cash that the pool no longer backs stays in until it is due; nothing junior is paid out of it."""
    run.kept_back = True
    if run.terms.principal != "scheduled" or run.last or run.state.accelerated:
        return
    owed = sum(run.state.balances) - sum(run.got_principal.values())
    run.retained = min(run.cash, max(0, owed - run.period.closing))
    run.cash -= run.retained


def conserved(payment: Payment, state: State, period: Period) -> bool:
    """P10 and I69: cash in equals cash out to the fen, no balance rises, nothing is below zero."""
    into = period.collected.total + state.retained + payment.reserve_drawn + payment.call
    out = sum(line.amount for line in payment.lines) + payment.after.retained
    falls = all(0 <= new <= old for new, old in zip(payment.after.balances, state.balances, strict=True))
    reserve = state.reserve - payment.reserve_drawn + payment.paid("reserve") == payment.after.reserve
    return into == out and falls and reserve and min(payment.after.reserve, payment.after.retained, payment.after.support) >= 0


def accelerate(state: State) -> State:
    """The state after a trigger; for good, unless the holders vote otherwise (I71)."""
    return dataclasses.replace(state, accelerated=True)
