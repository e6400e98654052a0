"""The state machine of a right as a table: which event leads from which state to which, and how states read in a check."""

from typing import Literal

from langqiao.engine.kernel.workflow import Step, Workflow
from langqiao.engine.patents.kinds import DoorStatus

State = Literal[
    "filed", "published", "examined", "allowed", "registered", "in_force", "grace", "lapsed", "expired", "abandoned", "invalidated",
    "rejected", "withdrawn",
]  # fmt: skip
PENDING: tuple[State, ...] = ("filed", "published", "examined", "allowed", "registered")
ALIVE: tuple[State, ...] = ("in_force", "grace")
GRANTED: tuple[State, ...] = ("in_force", "grace", "lapsed", "expired", "abandoned", "invalidated")
"""States that only a granted right reaches."""
OFFICE, OWNER, COURT, CLOCK = "office", "owner", "court", "clock"
"""Who causes an event: the office, the owner, a court or review board, or the passing of time."""


def _step(source: State, event: str, target: State, *by: str) -> Step:
    return Step(source=source, event=event, target=target, by=frozenset(by))


def _before_grant() -> tuple[Step, ...]:
    steps = []
    for place, source in enumerate(PENDING):
        for event, target in (
            ("PUBLICATION", "published"),
            ("EXAMINATION", "examined"),
            ("ALLOWANCE", "allowed"),
            ("REGISTRATION", "registered"),
        ):
            reached: State = PENDING[max(place, PENDING.index(target))]
            steps.append(_step(source, event, reached, OFFICE))
        steps += [
            _step(source, "GRANT", "in_force", OFFICE),
            _step(source, "REFUSAL", "rejected", OFFICE),
            _step(source, "WITHDRAWN", "withdrawn", OWNER),
            _step(source, "DEEMED_WITHDRAWN", "withdrawn", CLOCK),
            _step(source, "LAPSE", "withdrawn", CLOCK),
            _step(source, "ABANDONMENT", "withdrawn", OWNER, CLOCK),
        ]
    return tuple(steps)


def _narrowed(source: State) -> tuple[Step, ...]:
    return (
        _step(source, "PARTIAL_ABANDONMENT", source, OWNER),
        _step(source, "PARTIAL_INVALIDATION", source, COURT, OFFICE),
        _step(source, "PARTIAL_REVOCATION", source, COURT, OFFICE),
    )


def _voided(source: State) -> tuple[Step, ...]:
    return (_step(source, "INVALIDATION", "invalidated", COURT, OFFICE), _step(source, "REVOCATION", "invalidated", COURT, OFFICE))


RIGHT = Workflow(
    name="right",
    start="filed",
    ends=frozenset({"invalidated"}),
    steps=(
        *_before_grant(),
        _step("rejected", "RESTORATION", "examined", OFFICE),
        _step("withdrawn", "RESTORATION", "examined", OFFICE),
        _step("in_force", "PUBLICATION", "in_force", OFFICE),
        _step("in_force", "FEE_PAID", "in_force", OWNER),
        _step("in_force", "FEE_MISSED", "grace", CLOCK),
        _step("in_force", "LAPSE", "lapsed", CLOCK),
        _step("in_force", "EXPIRY", "expired", CLOCK),
        _step("in_force", "ABANDONMENT", "abandoned", OWNER),
        *_narrowed("in_force"),
        *_voided("in_force"),
        _step("grace", "FEE_PAID", "in_force", OWNER),
        _step("grace", "LAPSE", "lapsed", CLOCK),
        _step("grace", "EXPIRY", "expired", CLOCK),
        _step("grace", "ABANDONMENT", "abandoned", OWNER),
        *_narrowed("grace"),
        *_voided("grace"),
        _step("lapsed", "RESTORATION", "in_force", OFFICE),
        *_narrowed("lapsed"),
        *_voided("lapsed"),
        *_narrowed("expired"),
        *_voided("expired"),
        _step("abandoned", "RESTORATION", "in_force", OFFICE),
        *_narrowed("abandoned"),
        *_voided("abandoned"),
    ),
)
"""One table for every office; what differs by office is the term, the fees and the day on which an event takes effect."""

STATUS_EVENTS = frozenset(step.event for step in RIGHT.steps)
"""The events that can change a state; every other kind concerns a burden, a party or nothing."""

_DOOR: dict[State, DoorStatus] = {
    "filed": "pending", "published": "pending", "examined": "pending", "allowed": "pending", "registered": "pending",
    "in_force": "in_force", "grace": "grace", "lapsed": "lapsed", "expired": "expired", "abandoned": "abandoned",
    "invalidated": "invalidated", "rejected": "abandoned", "withdrawn": "abandoned",
}  # fmt: skip


def door_status(state: State) -> DoorStatus:
    """The state as `operations.check` reads it: five kinds of pending application are one, a dead application is abandoned."""
    return _DOOR[state]
