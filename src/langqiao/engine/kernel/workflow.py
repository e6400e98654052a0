"""State machines as tables: a step says from which state which event leads where, who may do it and what forbids it."""

from collections.abc import Sequence
from dataclasses import dataclass

from langqiao.engine.kernel.refusal import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """`by` are the roles that may cause `event` in `source`; `unless` are refusal codes that can forbid it."""

    source: str
    event: str
    target: str
    by: frozenset[str]
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """A named state machine; `start` is the first state, `ends` the final ones."""

    name: str
    start: str
    ends: frozenset[str]
    steps: tuple[Step, ...]

    @property
    def states(self) -> Sequence[str]:
        """Every state, in the order of the table."""
        seen: dict[str, None] = {self.start: None}
        for step in self.steps:
            seen.setdefault(step.source)
            seen.setdefault(step.target)
        return tuple(seen)

    def step(self, source: str, event: str) -> Step | None:
        """The step that `event` takes in `source`, or None: then the event is not listed there and must be refused."""
        return next((s for s in self.steps if s.source == source and s.event == event), None)

    def events_for(self, source: str, role: str) -> tuple[Step, ...]:
        """The steps that a role may take in a state."""
        return tuple(s for s in self.steps if s.source == source and role in s.by)

    def take(self, source: str, event: str, role: str) -> Step:
        """The step of an event by a role. Refused (step_not_possible) if not listed in this state, (not_allowed) if another role takes it."""
        step = self.step(source, event)
        if step is None:
            message = f"{event} is no step of {self.name} in state {source}"
            raise Refusal("step_not_possible", message, facts={"event": event, "state": source})
        if role not in step.by:
            message = f"{event} is taken by {', '.join(sorted(step.by))}, not by {role}"
            raise Refusal("not_allowed", message, facts={"role": role, "event": event})
        return step
