"""What each step of a payment date does: the report with its tests, the call, the support, the payment posted line by line."""

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from langqiao.engine.kernel.dates import add_months
from langqiao.engine.securitization.terms import Terms
from langqiao.engine.securitization.triggers import measured, tripped
from langqiao.engine.securitization.waterfall import Line, accelerate, pay
from langqiao.web.people.models import Organization
from langqiao.web.securitization import selectors
from langqiao.web.securitization.books import Posting, client
from langqiao.web.securitization.models import PaidLine, PaidPart, Period, Tranche, Transaction

if TYPE_CHECKING:
    from langqiao.web.securitization.attempt import Attempt

Done = Mapping[str, Any]


def period_open(deal: Transaction, terms: Terms) -> Period | None:
    """The next collection period, or None after the last one and where no tranche is left."""
    last = deal.periods.last()
    number = last.number + 1 if last else 1
    if number > terms.periods or not any(one.balance_fen + one.arrears_fen for one in deal.tranches.all()):
        return None
    assert deal.first_end_on is not None
    until = add_months(deal.first_end_on, 12 // terms.periods_per_year * (number - 1))
    since = last.until + dt.timedelta(days=1) if last else deal.cut_off_on
    return Period.objects.create(
        transaction=deal, number=number, since=since, until=until, pay_on=until + dt.timedelta(days=deal.pay_days),
        opening_fen=selectors.performing_fen(deal),
    )  # fmt: skip


def report(attempt: "Attempt", _posting: Posting) -> Done:
    """The servicer's report: what came in, what performs, the tests; a tripped trigger rules this payment date already."""
    deal, period, terms = attempt.deal, attempt.period, attempt.terms()
    assert period is not None
    for name in ("interest_fen", "principal_fen", "prepayment_fen", "recovery_fen"):
        setattr(period, name, sum(getattr(one, name) for one in period.collections.all()))
    period.closing_fen, period.reported_on = selectors.performing_fen(deal), attempt.today
    state, facts = selectors.state_of(deal), selectors.period_facts(period, closing_fen=period.closing_fen)
    tests = measured(terms, state, facts, selectors.watched_of(deal))
    period.tests = [
        {
            "kind": one.kind,
            "level": float(one.level),
            "value": None if one.value is None else round(float(one.value), 6),
            "tripped": one.tripped,
            "waived": one.waived,
        }
        for one in tests
    ]
    period.accelerated = state.accelerated or bool(tripped(tests))
    found = pay(terms, accelerate(state) if period.accelerated else state, facts)
    period.call_fen = found.call
    return {
        "collected_fen": period.collected_fen, "closing_fen": period.closing_fen, "tripped": list(tripped(tests)), "call_fen": found.call,
    }  # fmt: skip


def call(attempt: "Attempt", _posting: Posting) -> Done:
    """The trustee calls the shortfall undertaking; from the next report on the deal knows that it was called."""
    period = attempt.period
    assert period is not None
    period.call_due_on = attempt.today + dt.timedelta(days=int(selectors.parameter("support_days")))
    attempt.deal.support_called = True
    return {"call_fen": period.call_fen, "due_on": period.call_due_on.isoformat()}


def support(attempt: "Attempt", posting: Posting) -> Done:
    """The provider pays what was called."""
    period, provider = attempt.period, selectors.party_of(attempt.deal, "support")
    assert period is not None
    assert provider is not None
    period.support_fen = period.call_fen
    posting.support_in(provider.pk, period.call_fen)
    return {"support_fen": period.support_fen}


def lapse(attempt: "Attempt", _posting: Posting) -> Done:
    """The provider did not pay in time; the date is paid without it."""
    assert attempt.period is not None
    attempt.period.support_fen = 0
    return {"missing_fen": attempt.period.call_fen}


def pay_out(attempt: "Attempt", posting: Posting) -> Done:
    """The payment date: every line to the fen, the holders' parts, what stands afterwards, the next period."""
    deal, period, terms = attempt.deal, attempt.period, attempt.terms()
    assert period is not None
    found = attempt.payment()
    tranches = list(deal.tranches.all())
    posting.move(posting.own("reserve"), posting.own("pool_cash"), found.reserve_drawn)
    for place, line in enumerate(found.lines):
        _line_post(posting, period, place=place, line=line, tranches=tranches)
    for tranche, balance, arrears in zip(tranches, found.after.balances, found.after.arrears, strict=True):
        tranche.balance_fen, tranche.arrears_fen = balance, arrears
        tranche.save(update_fields=["balance_fen", "arrears_fen"])
    deal.reserve_fen, deal.retained_fen, deal.support_fen = found.after.reserve, found.after.retained, found.after.support
    period.paid_on, period.state = attempt.today, "paid"
    period.payment = {
        "available_fen": found.available, "reserve_drawn_fen": found.reserve_drawn, "support_fen": found.call, "retained_fen": found.after.retained,
        "due_interest_fen": list(found.due_interest), "due_principal_fen": list(found.due_principal), "balances_fen": list(found.after.balances),
        "arrears_fen": list(found.after.arrears), "reserve_fen": found.after.reserve, "last": found.last,
    }  # fmt: skip
    period.save()
    if not found.last:
        period_open(deal, terms)
    return {"lines": [[line.item, line.to, line.amount] for line in found.lines], "balances_fen": list(found.after.balances)}


def _line_post(posting: Posting, period: Period, *, place: int, line: Line, tranches: list[Tranche]) -> None:
    cash = posting.own("pool_cash")
    tranche = next((one for one in tranches if one.name == line.to), None)
    organization: Organization | None = None
    if tranche is None and line.to:
        organization = selectors.party_of(posting.deal, line.to)
        assert organization is not None
    row = PaidLine.objects.create(
        period=period, place=place, item=line.item, tranche=tranche, organization=organization, amount_fen=line.amount
    )
    if tranche is not None:
        parts = posting.holders(tranche, line.item, line.amount)
        PaidPart.objects.bulk_create([PaidPart(line=row, investor=investor, amount_fen=part) for investor, part in parts.items()])
    elif organization is not None:
        posting.move(cash, client(organization.pk), line.amount)
        if line.item == "reimbursement":
            posting.move(posting.own("support_owed"), posting.own("pool_equity"), line.amount)
    else:
        posting.move(cash, posting.own("reserve" if line.item == "reserve" else "tax_payable"), line.amount)
