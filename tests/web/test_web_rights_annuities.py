"""The annuity calendar of a holder: due days, surcharge, reductions, lapse and restoration, the payment order and the calendar file."""

import csv
import datetime as dt
import io

import pytest
from django.db import transaction
from django.urls import reverse

from langqiao.engine.operations.encumbrance import Encumbrance
from langqiao.engine.operations.outcome import Effect
from langqiao.engine.operations.scope import Scope
from langqiao.engine.patents.event import RightEvent
from langqiao.engine.patents.facts import RightFacts
from langqiao.web.rights.annuities import calendar_of, fees_of, ics_of, late_steps, restoring_of
from langqiao.web.rights.replay import Line
from langqiao.web.rights.selectors import held_from, held_on
from langqiao.web.rights.services import effects_apply, entry_append, holding_lock, owners_rebuild
from tests.web.routes.who import KEY

FILED, GRANTED = dt.date(2015, 6, 10), dt.date(2017, 9, 5)
KNOWN = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


class Gathered:
    """What a lake would hold of an invention filed and granted on these days."""

    key = "CN-1-B"
    keys = ("CN-1-B",)
    facts = RightFacts(office="CN", number="1", patent_type="invention", filing_date=FILED, grant_date=GRANTED, is_granted_document=True)
    events = (RightEvent(id="g", kind="GRANT", on=GRANTED, announced_on=GRANTED),)


def line(number, sort, on, **body):
    return Line(id=number, kind=sort, on=on, at=KNOWN, body=body)


def paid(year, on):
    return line(year, "event", on, kind="FEE_PAID", year=year)


def held(*lines, day):
    return held_from(Gathered, lines, day=day)


def fee(view, year, **more):
    return next(fee for fee in fees_of(view, **more) if fee.year == year)


def test_a_fee_falls_due_on_the_anniversary_of_filing_and_may_be_paid_six_months_late():
    found = fee(held(day=dt.date(2026, 1, 5)), 12)
    assert (found.due_date, found.full_fen) == (dt.date(2026, 6, 10), 400_000)
    assert found.grace_end >= dt.date(2026, 12, 10)


def test_in_the_surcharge_period_each_month_adds_five_percent_of_the_full_fee_from_the_second_on():
    view = held(paid(11, dt.date(2025, 6, 1)), day=dt.date(2026, 8, 1))
    late = fee(view, 12)
    assert (late.standing, late.surcharge_fen, late.total_fen) == ("late", 20_000, 420_000)
    assert [step.surcharge_fen for step in late_steps(late)] == [0, 20_000, 40_000, 60_000, 80_000, 100_000]
    assert fee(view, 12, pay_on=dt.date(2026, 6, 20)).surcharge_fen == 0


def test_a_reduction_takes_85_percent_of_the_fees_of_ten_years_from_the_grant_and_the_surcharge_is_on_the_full_fee():
    reduction = line(1, "fee_reduction", dt.date(2017, 1, 1), reduction="single_85")
    view = held(reduction, paid(10, dt.date(2024, 6, 1)), day=dt.date(2025, 8, 1))
    assert fee(view, 11).amount_fen == 60_000 and fee(view, 11).surcharge_fen == 20_000
    assert fee(view, 13).share == 0


def test_an_open_license_that_is_practiced_takes_15_percent_off_until_it_ends():
    lines = (
        line(1, "burden_added", dt.date(2026, 1, 2), burden="ordinary_license", holder="T", reference="D", end="2027-01-01"),
        line(2, "annuity_reduced", dt.date(2026, 1, 2), of="D", party="O"),
    )
    view = held(*lines, day=dt.date(2026, 2, 1))
    assert fee(view, 12).amount_fen == 340_000 and fee(view, 13).amount_fen == 600_000


def test_a_fee_whose_period_is_over_without_a_payment_told_is_named_so_and_left_out_of_the_calendar():
    view = held(day=dt.date(2026, 1, 5))
    assert fee(view, 10).standing == "not_told"
    assert {one.standing for one in calendar_of([view], until=dt.date(2026, 12, 31))} <= {"late", "due_soon", "coming"}


def test_a_lapsed_right_has_no_fees_and_names_the_windows_of_restoration():
    lapsed = line(1, "event", dt.date(2026, 6, 10), kind="LAPSE")
    view = held(lapsed, day=dt.date(2027, 1, 5))
    assert fees_of(view) == []
    window = restoring_of(view)
    assert window.missed_on >= dt.date(2026, 12, 10) and window.last_day == window.missed_on.replace(year=2028)
    assert window.months_from_notice == 2
    assert restoring_of(held(day=dt.date(2027, 1, 5))) is None


def test_the_calendar_file_has_lines_of_at_most_75_octets_that_end_as_the_standard_asks():
    content = ics_of(calendar_of([held(day=dt.date(2026, 1, 5))], until=dt.date(2026, 12, 31)), host="example.org")
    lines = content.split(b"\r\n")
    assert lines[0] == b"BEGIN:VCALENDAR" and lines[-2:] == [b"END:VCALENDAR", b""]
    assert max(map(len, lines)) <= 75 and b"DTSTART;VALUE=DATE:20260610" in lines
    assert content.count(b"BEGIN:VEVENT") == 2


@pytest.fixture
def owning(people, facts_lake, client):
    """A client of the first organization, which owns the right of KEY, filed in 2012 as far as the record says."""
    with transaction.atomic():
        holding = holding_lock(KEY)
        owners = [{"name": "First", "organization": people["first"].pk, "share": "1"}]
        entry_append(holding, kind="owners_set", on=dt.date(2026, 1, 1), body={"owners": owners}, by=people["editor"])
        entry_append(
            holding, kind="fact_corrected", on=dt.date(2026, 1, 1), body={"fact": "filing_date", "value": "2012-01-05"}, by=people["editor"]
        )
        owners_rebuild(holding)
    client.force_login(people["editor"])
    return client


def test_the_calendar_page_the_order_and_the_file_show_the_rights_of_the_own_organization_only(owning, people):
    page = owning.get(reverse("annuities"))
    assert page.status_code == 200 and KEY in page.content.decode()
    marked = {"fee": f"{KEY} 16", "pay_on": "2027-01-04"}
    rows = list(csv.reader(io.StringIO(owning.get(reverse("annuities_order", kwargs={"form": "csv"}), marked).content.decode("utf-8-sig"))))
    assert len(rows) == 2 and rows[1][:3] == [KEY, "16", "2027-01-05"] and rows[1][6] == "8000.00"
    assert owning.get(reverse("annuities_order", kwargs={"form": "xlsx"})).content.startswith(b"PK")
    assert owning.get(reverse("annuities_order", kwargs={"form": "pdf"})).status_code == 404
    assert KEY.encode() in owning.get(reverse("annuities_ics")).content
    owning.force_login(people["other"])
    assert KEY not in owning.get(reverse("annuities")).content.decode()
    assert KEY.encode() not in owning.get(reverse("annuities_ics")).content


def test_an_open_license_taken_in_a_deal_reaches_the_fee(owning):
    day = dt.date(2026, 1, 10)
    burden = Encumbrance(kind="ordinary_license", holder="T", reference="D", scope=Scope(start=day))
    effects = [
        Effect(patent=KEY, kind="burden_added", on=day, party="T", burden=burden, reference="D"),
        Effect(patent=KEY, kind="annuity_reduced", on=day, party="First", reference="D"),
    ]
    with transaction.atomic():
        effects_apply(effects, deal="D", by=None)
    assert fee(held_on(KEY), 16).share == 0.15
