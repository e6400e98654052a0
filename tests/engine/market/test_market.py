"""Listings, demands and purchase windows: every step by every role, what is missing is named, tiers open step by step."""

import dataclasses
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.market.demand import DEMAND, WINDOW, DemandTerms, WindowTerms, demand_gaps, window_gaps, window_in_order
from langqiao.engine.market.listing import LISTING, MODES, TIERS, ListingTerms, listing_gaps, tiers_open
from langqiao.engine.market.reasons import REASONS, reasons_wrong
from langqiao.engine.operations.encumbrance import OPERATIONS

DAY = dt.date(2026, 6, 1)
GOOD = ListingTerms(
    mode="license_ordinary",
    route="self_service",
    patents=("CN-1-B",),
    title="t",
    brief="b",
    price_kind="posted",
    price_fen=1,
    expires_on=DAY,
)
ROLES = ("holder", "custodian", "platform", "system", "owner", "stranger")


@pytest.mark.parametrize("workflow", [LISTING, DEMAND, WINDOW], ids=lambda workflow: workflow.name)
def test_every_state_event_and_role_is_a_step_of_the_table_or_refused(workflow):
    events = {step.event for step in workflow.steps}
    taken = 0
    for state in workflow.states:
        for event in events:
            for role in ROLES:
                listed = workflow.step(state, event)
                if listed is not None and role in listed.by:
                    assert workflow.take(state, event, role) is listed
                    taken += 1
                else:
                    with pytest.raises(Refusal) as refused:
                        workflow.take(state, event, role)
                    assert refused.value.code == ("step_not_possible" if listed is None else "not_allowed")
    assert taken == sum(len(step.by) for step in workflow.steps)


@pytest.mark.parametrize("workflow", [LISTING, DEMAND, WINDOW], ids=lambda workflow: workflow.name)
def test_every_state_is_reached_from_the_start_and_only_ends_have_no_way_on(workflow):
    reached, fresh = {workflow.start}, [workflow.start]
    while fresh:
        state = fresh.pop()
        for step in workflow.steps:
            if step.source == state and step.target not in reached:
                reached.add(step.target)
                fresh.append(step.target)
    assert reached == set(workflow.states)
    assert {state for state in workflow.states if not any(step.source == state for step in workflow.steps)} == workflow.ends


def test_nobody_but_the_platform_accepts_a_listing_and_never_without_a_second_pair_of_eyes():
    for workflow in (LISTING, DEMAND):
        for event in ("accept", "send_back"):
            step = workflow.step("submitted", event)
            assert step.by == {"platform"} and "four_eyes_missing" in step.unless


def test_every_mode_of_a_listing_is_an_operation_of_the_one_check():
    assert set(MODES.values()) <= set(OPERATIONS)


def test_a_complete_listing_has_no_gap():
    assert listing_gaps(GOOD) == ()


@pytest.mark.parametrize(
    ("change", "gap"),
    [
        ({"patents": ()}, "patents"),
        ({"title": "  "}, "title"),
        ({"brief": ""}, "brief"),
        ({"price_fen": None}, "price_fen"),
        ({"price_fen": 0}, "price_fen"),
        ({"expires_on": None}, "expires_on"),
        ({"price_kind": "by_auction"}, "price_kind"),
        ({"mode": "auction"}, "price_kind"),
        ({"price_kind": "range", "price_high_fen": 5}, "price_low_fen"),
        ({"price_kind": "range", "price_low_fen": 5, "price_high_fen": 5}, "price_high_fen"),
    ],
)
def test_a_listing_names_what_it_lacks(change, gap):
    assert listing_gaps(dataclasses.replace(GOOD, **change)) == (gap,)


def test_a_price_on_request_needs_no_figure():
    assert listing_gaps(dataclasses.replace(GOOD, price_kind="on_request", price_fen=None)) == ()


@given(nda=st.booleans(), deal=st.booleans(), owner=st.booleans())
def test_more_trust_never_shows_less(nda, deal, owner):
    seen = tiers_open(nda_signed=nda, in_deal=deal, owner=owner)
    assert "public" in seen and seen <= set(TIERS)
    assert tiers_open(nda_signed=False, in_deal=False, owner=False) <= seen
    assert ("data_room" in seen) == (deal or owner)


def test_a_demand_names_what_it_lacks():
    assert demand_gaps(DemandTerms(title="", problem=" ", budget_fen=0)) == ("title", "problem", "budget_fen", "deadline_on")
    assert demand_gaps(DemandTerms(title="t", problem="p", deadline_on=DAY)) == ()


@given(days=st.lists(st.integers(0, 60), min_size=3, max_size=3))
def test_a_window_is_in_order_exactly_if_it_is_decided_after_it_closed(days):
    opens, closes, decides = (DAY + dt.timedelta(days=n) for n in days)
    terms = WindowTerms(title="t", sought="s", opens_on=opens, closes_on=closes, decides_by=decides)
    assert window_gaps(terms) == ()
    assert window_in_order(terms) == (days[0] <= days[1] < days[2])


def test_a_window_without_its_days_is_not_in_order():
    terms = WindowTerms(title="", sought="")
    assert not window_in_order(terms) and window_gaps(terms) == ("title", "sought", "opens_on", "closes_on", "decides_by")


def test_an_answer_has_a_known_reason_and_words_for_other():
    assert reasons_wrong(("fit", "price"), "") is None
    assert reasons_wrong((), "") == {"reasons": "missing"}
    assert reasons_wrong(("taste",), "")["codes"] == "taste"
    assert reasons_wrong(("other",), " ") == {"text": "missing"} and reasons_wrong(("other",), "why") is None
    assert all(set(words) == {"zh", "en"} for words in REASONS.values())
