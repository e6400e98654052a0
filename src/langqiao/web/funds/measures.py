"""A fund measured at its newest approved valuation: returns gross and net, beside an index that was given, and the scorecard of public money."""

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

from langqiao.engine.funds.equivalent import Equivalent, Index, equivalent
from langqiao.engine.funds.returns import ReturnsInput, ReturnsOutput, returns
from langqiao.engine.kernel.money import Fen
from langqiao.web.funds.books import Account, deal_flows_of, partner_flows
from langqiao.web.funds.models import Fund, FundFact, IndexSeries, Valuation
from langqiao.web.funds.terms import InForce


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Gross (fund and its projects) and net (partners and the fund) on the day of a valuation; None where nothing flowed."""

    valuation: Valuation
    gross: ReturnsOutput | None
    net: ReturnsOutput | None
    equivalent: Equivalent | None = None
    series: IndexSeries | None = None


def newest_valuation(fund: Fund) -> Valuation | None:
    """The newest approved valuation."""
    return fund.valuations.filter(state="approved").order_by("-on").first()


def index_of(series: IndexSeries) -> Index:
    """The series as the engine reads it."""
    return Index(
        days=tuple(dt.date.fromisoformat(day) for day, _ in series.levels), levels=tuple(float(level) for _, level in series.levels)
    )


def _returns(flows: list[tuple[dt.date, int]], worth: Fen, on: dt.date) -> ReturnsOutput | None:
    if not flows:
        return None
    return returns(ReturnsInput(flows=tuple((day, Fraction(amount)) for day, amount in flows), nav=Fraction(max(0, worth)), nav_on=on))


def measured(fund: Fund, valuation: Valuation) -> Measured:
    """The returns of a fund at a valuation, and against the newest index series where one was given."""
    on, net_flows = valuation.on, partner_flows(fund, valuation.on)
    series = fund.series.first()
    beside = equivalent(net_flows, worth=max(0, valuation.partners_fen), on=on, index=index_of(series)) if series and net_flows else None
    return Measured(
        valuation=valuation,
        gross=_returns(deal_flows_of(fund, on), int(valuation.body["fair_fen"]), on),
        net=_returns(net_flows, valuation.partners_fen, on),
        equivalent=beside,
        series=series,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReinvestTest:
    """A test of reinvestment: so much has to be invested in the region by a day; `state` is met, missed or open."""

    on: dt.date
    share: Fraction
    due_fen: Fen
    reached_fen: Fen
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorecard:
    """What public money brought about. Leverage: yuan of others for each fiscal yuan, committed and paid in; None where no partner is public."""

    public_committed_fen: Fen
    other_committed_fen: Fen
    public_paid_fen: Fen
    other_paid_fen: Fen
    outside_fen: Fen
    duty_fen: Fen
    reinvested_fen: Fen
    tests: tuple[ReinvestTest, ...]
    jobs: int
    facts: tuple[FundFact, ...]

    @property
    def leverage_committed(self) -> float | None:
        """Committed by others for each fiscal yuan committed."""
        return self.other_committed_fen / self.public_committed_fen if self.public_committed_fen else None

    @property
    def leverage_paid(self) -> float | None:
        """Paid in by others, with capital of others beside the fund, for each fiscal yuan paid in."""
        return (self.other_paid_fen + self.outside_fen) / self.public_paid_fen if self.public_paid_fen else None


COUNTED = ("jobs", "reinvestment", "outside_capital")


def scorecard_of(fund: Fund, terms: InForce, accounts: list[Account], today: dt.date) -> Scorecard:
    """The scorecard from the books and from confirmed facts; the duty of reinvestment is its multiple of what public partners paid in."""
    public = [found for found in accounts if str(found.partner.pk) in terms.agreement.public]
    others = [found for found in accounts if str(found.partner.pk) not in terms.agreement.public]
    facts = tuple(fund.facts.filter(state="approved", kind__in=COUNTED, on__lte=today).select_related("project"))

    def total(kind: str, until: dt.date = today) -> int:
        return sum(fact.amount for fact in facts if fact.kind == kind and fact.on <= until)

    paid, reinvest = sum(found.paid_fen for found in public), terms.agreement.reinvest
    duty = int(reinvest.multiple * paid) if reinvest else 0
    tests = tuple(
        _test(duty, on, share, total("reinvestment", min(on, today)), today=today) for on, share in (reinvest.tests if reinvest else ())
    )
    return Scorecard(
        public_committed_fen=sum(found.partner.commitment_fen for found in public),
        other_committed_fen=sum(found.partner.commitment_fen for found in others),
        public_paid_fen=paid,
        other_paid_fen=sum(found.paid_fen for found in others),
        outside_fen=total("outside_capital"),
        duty_fen=duty,
        reinvested_fen=total("reinvestment"),
        tests=tests,
        jobs=total("jobs"),
        facts=facts,
    )


def _test(duty: Fen, on: dt.date, share: Fraction, reached: Fen, *, today: dt.date) -> ReinvestTest:
    due = int(share * duty)
    state = "met" if reached >= due else "missed" if today > on else "open"
    return ReinvestTest(on=on, share=share, due_fen=due, reached_fen=reached, state=state)
