"""The invariants of a right under replay (operations-cn I1–I9, I16), on any events Hypothesis can think of."""

import datetime as dt
from dataclasses import replace
from itertools import pairwise

from hypothesis import assume, given
from hypothesis import strategies as st

from langqiao import rules
from langqiao.engine.kernel.dates import add_years
from langqiao.engine.operations.check import check
from langqiao.engine.operations.encumbrance import OPERATIONS, Plan
from langqiao.engine.patents.annuity import due_date, patent_year
from langqiao.engine.patents.event import RightEvent
from langqiao.engine.patents.facts import FeeRecord, Payment, RightFacts
from langqiao.engine.patents.phases import VOIDING
from langqiao.engine.patents.right import RightView, replay, standing
from langqiao.engine.patents.states import ALIVE, PENDING, RIGHT, STATUS_EVENTS
from langqiao.engine.patents.upkeep import fees_due

PARAMETERS = rules.parameters()
DAY = st.dates(dt.date(1995, 1, 1), dt.date(2045, 12, 31))
TYPES = st.sampled_from(["invention", "utility_model", "design"])
FAR = dt.date(2090, 1, 1)
BURDENS = ["PLEDGE", "LICENSE", "OPEN_LICENSE", "PRESERVATION", "SUSPENSION", "INVALIDATION_REQUEST"]
KINDS = [*sorted(STATUS_EVENTS), *BURDENS, "TRANSFER", "NOTICE"]


@st.composite
def rights(draw) -> RightFacts:
    filed = draw(st.dates(dt.date(1995, 1, 1), dt.date(2024, 12, 31)))
    granted = filed + dt.timedelta(days=draw(st.integers(60, 3000)))
    return RightFacts(office="CN", number="1", patent_type=draw(TYPES), filing_date=filed, grant_date=granted, owners=("甲",))


@st.composite
def event_lists(draw) -> list[RightEvent]:
    count = draw(st.integers(0, 8))
    found = []
    for place in range(count):
        on = draw(DAY)
        found.append(
            RightEvent(
                id=str(place),
                kind=draw(st.sampled_from(KINDS)),
                effect=draw(st.sampled_from(["", "open", "close", "amend", "unknown"])),
                on=draw(st.sampled_from([on, None])),
                announced_on=on + dt.timedelta(days=draw(st.integers(0, 500))),
                from_parties=tuple(draw(st.lists(st.sampled_from("甲乙丙"), max_size=2))),
                to_parties=tuple(draw(st.lists(st.sampled_from("甲乙丙"), max_size=2))),
                reference=draw(st.sampled_from(["", "1", "2"])),
            )
        )
    return found


def view(facts: RightFacts, events=(), as_of=FAR, on=None) -> RightView:
    return replay(facts, events, as_of=as_of, on=on, parameters=PARAMETERS)


@given(TYPES, st.dates(dt.date(1985, 4, 1), dt.date(2100, 1, 1)))
def test_i1_the_term_ends_20_10_or_15_years_after_filing(kind, filed):
    facts = RightFacts(office="CN", number="1", patent_type=kind, filing_date=filed)
    years = {"invention": 20, "utility_model": 10, "design": 15 if filed >= dt.date(2021, 6, 1) else 10}[kind]
    assert view(facts).term.end == add_years(filed, years)


@given(rights(), st.integers(1, 2000))
def test_i1_a_term_adjustment_moves_the_end_and_is_known_only_from_its_announcement(facts, days):
    assume(facts.patent_type == "invention")
    announced = facts.grant_date + dt.timedelta(days=100)
    event = RightEvent(id="1", kind="TERM_ADJUSTMENT", announced_on=announced, days=days)
    before = view(facts, [event], as_of=announced - dt.timedelta(days=1)).term.end
    assert view(facts, [event]).term.end == before + dt.timedelta(days=days)


@given(rights(), event_lists(), DAY, st.sampled_from(OPERATIONS))
def test_i2_no_operation_is_allowed_outside_grant_to_end(facts, events, on, operation):
    seen = view(facts, events, on=on)
    allowed = check(standing(seen), Plan(operation=operation, on=on)).allowed
    if seen.granted:
        assert not allowed or seen.phase.start <= on < seen.end
    elif allowed:
        assert operation not in {"open_license", "pledge", "abs_pool"}
        assert seen.status == "pending"


@given(rights(), event_lists(), st.sampled_from(sorted(VOIDING)), DAY)
def test_i3_what_is_wholly_invalidated_was_never_in_force(facts, events, kind, on):
    day = facts.grant_date + dt.timedelta(days=400)
    events = [event for event in events if event.kind not in {*STATUS_EVENTS, "SAME_DAY_GRANT"}]
    seen = view(facts, [*events, RightEvent(id="void", kind=kind, on=day, announced_on=day)], on=on)
    assert all(phase.state not in ALIVE for phase in seen.timeline.phases)
    assert (seen.phase.state == "invalidated") == (on >= facts.grant_date)
    assert all(overlay.until is not None and overlay.until <= facts.grant_date for overlay in seen.all_overlays)


@given(rights(), st.data())
def test_i4_a_lapse_takes_effect_on_the_due_date_not_at_the_end_of_the_grace_period(facts, data):
    fees = fees_due(facts, PARAMETERS)
    assume(fees)
    fee = data.draw(st.sampled_from(fees))
    paid = tuple(Payment(year=f.year, paid_on=f.due_date) for f in fees if f.year < fee.year)
    facts = replace(facts, fees=FeeRecord(payments=paid, complete_to=FAR))
    line = view(facts).timeline
    assert line.on(fee.due_date).state == "lapsed"
    assert line.on(fee.due_date - dt.timedelta(days=1)).state == "in_force"


@given(rights(), st.data())
def test_i16_grace_while_it_runs_then_lapsed_and_nothing_beyond_the_record(facts, data):
    fees = fees_due(facts, PARAMETERS)
    assume(fees)
    fee = fees[0]
    facts = replace(facts, fees=FeeRecord(complete_to=FAR))
    on = data.draw(st.dates(fee.in_time_to + dt.timedelta(days=1), fee.grace_end))
    assert view(facts, as_of=on).phase.state == "grace"
    assert view(facts, as_of=fee.grace_end + dt.timedelta(days=1)).phase.state == "lapsed"
    short = replace(facts, fees=FeeRecord(complete_to=fee.in_time_to))
    assert view(short, as_of=on).phase.state == "in_force"
    assert "fee_payments" in view(short, as_of=on).unknown


@given(rights(), st.data())
def test_i16_a_fee_paid_within_the_grace_period_keeps_the_right(facts, data):
    fees = fees_due(facts, PARAMETERS)
    assume(fees)
    late = data.draw(st.dates(fees[0].in_time_to + dt.timedelta(days=1), fees[0].grace_end))
    facts = replace(facts, fees=FeeRecord(payments=(Payment(year=fees[0].year, paid_on=late),), complete_to=fees[0].grace_end))
    line = view(facts, as_of=fees[0].grace_end + dt.timedelta(days=1)).timeline
    assert line.on(late - dt.timedelta(days=1)).state in {"grace", "in_force"}
    assert line.on(late).state == "in_force"
    assert line.on(fees[0].grace_end).state == "in_force"


@given(rights(), st.integers(1, 1000), st.integers(1, 1000))
def test_i5_restoration_removes_the_lapse_and_never_revives_a_refused_recordal(facts, gap, late):
    lapse = facts.grant_date + dt.timedelta(days=gap)
    assume(lapse + dt.timedelta(days=late + 1) < view(facts).term.end)
    lost = RightEvent(id="1", kind="LAPSE", on=lapse, announced_on=lapse + dt.timedelta(days=late))
    refused = RightEvent(id="2", kind="LICENSE", effect="refused", on=lapse, announced_on=lapse, reference="X")
    back = RightEvent(id="3", kind="RESTORATION", announced_on=lapse + dt.timedelta(days=late + 1))
    day = lapse + dt.timedelta(days=late // 2)
    assert view(facts, [lost, refused], on=day).phase.state == "lapsed"
    restored = view(facts, [lost, refused, back], on=day)
    assert restored.phase.state == "in_force"
    assert [overlay.recorded for overlay in restored.all_overlays] == [False]
    assert restored.overlays == ()


@given(rights(), event_lists(), DAY)
def test_i7_no_license_outlives_the_right(facts, events, on):
    seen = view(facts, events, on=on)
    for overlay in seen.all_overlays:
        if seen.timeline.phases[-1].state not in {*ALIVE, *PENDING}:
            assert overlay.until is not None and overlay.until <= seen.timeline.phases[-1].start
    if seen.phase.state not in {*ALIVE, *PENDING}:
        assert seen.overlays == ()


@given(rights(), event_lists(), st.randoms(use_true_random=False), DAY)
def test_i8_replay_gives_the_same_right_whatever_the_order_of_the_events(facts, events, random, on):
    shuffled = list(events)
    random.shuffle(shuffled)
    assert view(facts, events, on=on) == view(facts, shuffled, on=on)


@given(rights(), event_lists())
def test_i8_phases_cover_every_day_once_and_follow_the_table(facts, events):
    phases = view(facts, events).timeline.phases
    assert all(left.end == right.start for left, right in pairwise(phases))
    assert phases[-1].end is None
    assert {phase.state for phase in phases} <= set(RIGHT.states)


@given(rights(), event_lists(), event_lists(), st.dates(dt.date(2000, 1, 1), dt.date(2040, 1, 1)), DAY)
def test_i9_a_later_correction_never_changes_what_was_known_on_a_day(facts, events, later, known, on):
    after = known + dt.timedelta(days=1)
    corrections = [
        replace(event, id=f"later{place}", known_on=max(after, event.announced_on), corrects=str(place), void=place % 2 == 0)
        for place, event in enumerate(later)
    ]
    assert view(facts, [*events, *corrections], as_of=known, on=on) == view(facts, events, as_of=known, on=on)


@given(rights())
def test_i9_a_voided_event_never_was_once_the_correction_is_known(facts):
    day = facts.grant_date + dt.timedelta(days=10)
    wrong = RightEvent(id="1", kind="ABANDONMENT", on=day, announced_on=day)
    void = RightEvent(id="2", kind="ABANDONMENT", announced_on=day + dt.timedelta(days=30), corrects="1", void=True)
    assert view(facts, [wrong, void], as_of=day).phase.state == "abandoned"
    assert view(facts, [wrong, void], as_of=day + dt.timedelta(days=30), on=day).phase.state == "in_force"


@given(rights(), event_lists(), st.dates(dt.date(2000, 1, 1), dt.date(2040, 1, 1)), DAY)
def test_i95_nothing_announced_after_the_day_is_used(facts, events, as_of, on):
    earlier = [event for event in events if event.knowable <= as_of]
    assert view(facts, events, as_of=as_of, on=on) == view(facts, earlier, as_of=as_of, on=on)


@given(rights())
def test_patent_years_begin_on_the_anniversaries_of_filing(facts):
    for year in range(1, 21):
        start = due_date(facts.filing_date, year)
        assert patent_year(facts.filing_date, start) == year
        if year > 1:
            assert patent_year(facts.filing_date, start - dt.timedelta(days=1)) == year - 1
