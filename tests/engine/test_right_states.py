"""The table of states: every state × every event, and what the table promises."""

import itertools

import pytest

from langqiao.engine.kernel.workflow import Step
from langqiao.engine.patents.states import ALIVE, GRANTED, PENDING, RIGHT, STATUS_EVENTS, door_status

FOLLOWS = {
    **{
        (state, event): target
        for state in PENDING
        for event, target in {
            "GRANT": "in_force", "REFUSAL": "rejected", "WITHDRAWN": "withdrawn", "DEEMED_WITHDRAWN": "withdrawn", "LAPSE": "withdrawn",
            "ABANDONMENT": "withdrawn",
        }.items()
    },
    **{
        (state, event): PENDING[max(PENDING.index(state), PENDING.index(target))]
        for state in PENDING
        for event, target in {
            "PUBLICATION": "published", "EXAMINATION": "examined", "ALLOWANCE": "allowed", "REGISTRATION": "registered",
        }.items()
    },
    ("rejected", "RESTORATION"): "examined", ("withdrawn", "RESTORATION"): "examined",
    ("in_force", "PUBLICATION"): "in_force", ("in_force", "FEE_PAID"): "in_force", ("in_force", "FEE_MISSED"): "grace",
    ("in_force", "LAPSE"): "lapsed", ("in_force", "EXPIRY"): "expired", ("in_force", "ABANDONMENT"): "abandoned",
    ("grace", "FEE_PAID"): "in_force", ("grace", "LAPSE"): "lapsed", ("grace", "EXPIRY"): "expired", ("grace", "ABANDONMENT"): "abandoned",
    ("lapsed", "RESTORATION"): "in_force", ("abandoned", "RESTORATION"): "in_force",
    **{
        (state, event): "invalidated"
        for state in ("in_force", "grace", "lapsed", "expired", "abandoned")
        for event in ("INVALIDATION", "REVOCATION")
    },
    **{
        (state, event): state
        for state in ("in_force", "grace", "lapsed", "expired", "abandoned")
        for event in ("PARTIAL_ABANDONMENT", "PARTIAL_INVALIDATION", "PARTIAL_REVOCATION")
    },
}  # fmt: skip


@pytest.mark.parametrize(("state", "event"), list(itertools.product(RIGHT.states, sorted(STATUS_EVENTS))))
def test_an_event_leads_where_the_law_says_or_cannot_follow(state, event):
    step = RIGHT.step(state, event)
    assert (step.target if step else None) == FOLLOWS.get((state, event))


def test_no_state_has_two_steps_for_one_event():
    pairs = [(step.source, step.event) for step in RIGHT.steps]
    assert len(pairs) == len(set(pairs))


def test_nothing_follows_an_end_and_every_state_can_be_reached():
    assert not [step for step in RIGHT.steps if step.source in RIGHT.ends]
    reached, fresh = {RIGHT.start}, {RIGHT.start}
    while fresh:
        fresh = {step.target for step in RIGHT.steps if step.source in fresh} - reached
        reached |= fresh
    assert reached == set(RIGHT.states)


def test_no_path_from_an_application_to_a_lapsed_or_expired_right_skips_the_grant():
    steps: list[Step] = [step for step in RIGHT.steps if step.event != "GRANT"]
    reached, fresh = set(PENDING), set(PENDING)
    while fresh:
        fresh = {step.target for step in steps if step.source in fresh} - reached
        reached |= fresh
    assert reached & {"grace", "lapsed", "expired"} == set()


def test_every_state_reads_as_a_status_of_the_check():
    assert {state: door_status(state) for state in PENDING} == dict.fromkeys(PENDING, "pending")
    assert {door_status(state) for state in RIGHT.states} == {
        "pending", "in_force", "grace", "lapsed", "expired", "abandoned", "invalidated",
    }  # fmt: skip
    assert all(door_status(state) == state for state in (*ALIVE, *GRANTED))


def test_who_causes_an_event_is_told_for_every_step():
    assert all(step.by and step.by <= {"office", "owner", "court", "clock"} for step in RIGHT.steps)
