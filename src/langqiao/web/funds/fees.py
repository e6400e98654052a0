"""The management fee by the fund's schedule: what is due up to a day with each step shown, what is accrued in the books, what is paid."""

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

from langqiao.engine.funds.fees import DatedAmount, FeeInput, FeeOutput, RateStep, management_fee
from langqiao.engine.kernel.dates import add_years
from langqiao.engine.kernel.money import Fen
from langqiao.rules import parameters
from langqiao.web.funds.books import Books, books_of
from langqiao.web.funds.models import Fund
from langqiao.web.funds.terms import terms_on

EMPTY = FeeOutput(rows=(), gross_total=0, net_total=0)


def investment_ends(fund: Fund) -> dt.date:
    """The last day of the investment period. The fund has closed."""
    assert fund.closed_on is not None
    return add_years(fund.closed_on, fund.investment_years)


def life_ends(fund: Fund) -> dt.date:
    """The last day of the fund's life by its agreement."""
    assert fund.closed_on is not None
    return add_years(fund.closed_on, fund.investment_years + fund.exit_years)


def _rates(fund: Fund, until: dt.date) -> tuple[RateStep, ...]:
    """The rate from each day on which the terms or the period change it."""
    assert fund.closed_on is not None
    ends = investment_ends(fund)
    changes = set(fund.terms_versions.filter(state="approved", from_on__gt=fund.closed_on).values_list("from_on", flat=True))
    found: list[RateStep] = []
    for day in sorted({fund.closed_on, ends, *changes}):
        if day < until or day == fund.closed_on:
            agreement = terms_on(fund, day).agreement
            found.append(RateStep(since=day, rate=agreement.fee_rate if day < ends else agreement.fee_rate_after))
    return tuple(found)


def _unrealized(fund: Fund) -> tuple[DatedAmount, ...]:
    """The cost invested after each movement that changes it."""
    rows = fund.orders.filter(kind__in=("disbursement", "proceeds", "write_off"), state="approved").order_by("on", "decided_at")
    cost, steps = 0, {}
    for kind, on, amount, given_back in rows.values_list("kind", "on", "amount_fen", "cost_fen"):
        cost += amount if kind == "disbursement" else -(given_back if kind == "proceeds" else amount)
        steps[on] = cost
    return tuple(DatedAmount(date=day, amount=amount) for day, amount in steps.items())


def fee_schedule(fund: Fund, on: dt.date) -> FeeOutput:
    """The schedule from the first close to a day: later closers count as if they had come with the first. Refused: management_fee_above_cap."""
    assert fund.closed_on is not None
    end = min(on, life_ends(fund))
    if end <= fund.closed_on:
        return EMPTY
    agreement = terms_on(fund, on).agreement

    def facts(kind: str) -> tuple[DatedAmount, ...]:
        rows = fund.facts.filter(kind=kind, state="approved", on__lt=end).values_list("on", "amount")
        return tuple(DatedAmount(date=day, amount=amount) for day, amount in rows)

    given = FeeInput(
        commitments=sum(fund.partners.values_list("commitment_fen", flat=True)),
        start=fund.closed_on,
        investment_end=min(investment_ends(fund), end),
        end=end,
        rates=_rates(fund, end),
        months_per_period=agreement.fee_months,
        unrealized_cost=_unrealized(fund),
        portfolio_fees=facts("portfolio_fee"),
        offset_share=Fraction(agreement.fee_offset),
        waivers=facts("fee_waiver"),
        rebates=facts("fee_rebate"),
    )
    return management_fee(given, parameters())


@dataclass(frozen=True, slots=True, kw_only=True)
class Fees:
    """The fee up to a day: by schedule, accrued in the books, paid, still to pay; in fen."""

    schedule: FeeOutput
    accrued_fen: Fen
    paid_fen: Fen

    @property
    def payable_fen(self) -> Fen:
        """Accrued in the books and not paid."""
        return self.accrued_fen - self.paid_fen

    @property
    def due_fen(self) -> Fen:
        """By schedule and not yet accrued in the books; negative where offsets came after the accrual: later fees bear it."""
        return self.schedule.net_total - self.accrued_fen


def fees_of(fund: Fund, on: dt.date, *, books: Books | None = None) -> Fees:
    """The fund's fees up to a day, beside the ledger of that day."""
    ledger = books or books_of(fund, on)
    payable = ledger.total("fee_payable")
    accrued = -ledger.total("management_fee")
    return Fees(schedule=fee_schedule(fund, on), accrued_fen=accrued, paid_fen=accrued - payable)
