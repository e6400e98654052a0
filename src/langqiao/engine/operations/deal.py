"""The shell of every operation: a table of steps, the gates that forbid them, and one pure function that takes a step or refuses it."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from langqiao.engine.kernel.parameters import Parameters
from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.kernel.workflow import Step, Workflow
from langqiao.engine.operations.check import REFUSALS, check
from langqiao.engine.operations.encumbrance import Plan, Reason, Standing
from langqiao.engine.operations.outcome import Audit, Deadline, Effect, Outcome, Transfer
from langqiao.engine.operations.terms import DealFacts, Right

CHECKED = frozenset(rule.code for rule in REFUSALS) | {"office_not_covered"}
"""The codes of the operation × encumbrance matrix: a step that names one asks the one check."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One attempt at a step: the facts, the event, who causes it and in which role, the day, and the parameters."""

    operation: "Operation"
    facts: DealFacts
    event: str
    role: str
    today: dt.date
    parameters: Parameters


Facts = Mapping[str, Any]
Test = Callable[[Call], Facts | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A rule of the shell: code, article, and when it forbids (the facts of the sentence, or None)."""

    code: str
    article: str
    applies: Test


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What an event brings about besides the new state."""

    transfers: tuple[Transfer, ...] = ()
    effects: tuple[Effect, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    warnings: tuple[str, ...] = ()
    facts: Facts = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """An operation by its table. `plan`: what the one check is asked about a right; `brings`: what events bring about."""

    kind: str
    title: Mapping[str, str]
    workflow: Workflow
    gates: Mapping[str, Gate]
    plan: Callable[[Call, Right], tuple[Standing, Plan]]
    brings: Mapping[str, Callable[[Call], Result]] = field(default_factory=dict)

    def advance(self, facts: DealFacts, event: str, role: str, *, today: dt.date, parameters: Parameters) -> Outcome:
        """The outcome of an event on a day. Raises Refusal: the first code by the table, every other one in facts["also"]."""
        step = self.workflow.take(facts.state, event, role)
        call = Call(operation=self, facts=facts, event=event, role=role, today=today, parameters=parameters)
        reasons, warnings = _against(call, step)
        if reasons:
            raise _refusal(reasons)
        bring = self.brings.get(event)
        result = bring(call) if bring else Result()
        return Outcome(
            new_state=step.target,
            audit=_audit(call, step, result),
            transfers=result.transfers,
            effects=result.effects,
            deadlines=result.deadlines,
            warnings=tuple(sorted({*warnings, *result.warnings})),
        )

    def reasons(self, facts: DealFacts, event: str, role: str, *, today: dt.date, parameters: Parameters) -> tuple[Reason, ...]:
        """Every reason against an event, for the page that explains why a button is gray; empty if it would go. Raises Refusal if not listed."""
        step = self.workflow.take(facts.state, event, role)
        call = Call(operation=self, facts=facts, event=event, role=role, today=today, parameters=parameters)
        return _against(call, step)[0]


def _against(call: Call, step: Step) -> tuple[tuple[Reason, ...], tuple[str, ...]]:
    found: dict[str, Reason] = {}
    warnings: set[str] = set()
    if CHECKED.intersection(step.unless):
        for right in call.facts.rights:
            answer = check(*call.operation.plan(call, right))
            warnings.update(reason.code for reason in answer.warnings)
            for reason in answer.refusals:
                found.setdefault(
                    reason.code, Reason(code=reason.code, article=reason.article, facts={**reason.facts, "patent": right.patent})
                )
    for code in step.unless:
        gate = call.operation.gates.get(code)
        facts = gate.applies(call) if gate and code not in found else None
        if gate and facts is not None:
            found[code] = Reason(code=code, article=gate.article, facts=facts)
    return tuple(found[code] for code in step.unless if code in found), tuple(warnings)


def _refusal(reasons: tuple[Reason, ...]) -> Refusal:
    first, others = reasons[0], tuple(reason.code for reason in reasons[1:])
    told = "; ".join(f"{name}: {value}" for name, value in first.facts.items())
    message = f"{first.code.replace('_', ' ')} ({first.article})" if first.article else first.code.replace("_", " ")
    return Refusal(
        first.code, f"{message}{': ' if told else ''}{told}", article=first.article or None, facts={**first.facts, "also": others}
    )


def _audit(call: Call, step: Step, result: Result) -> Audit:
    return Audit(
        operation=call.operation.kind, event=call.event, source=step.source, target=step.target,
        role=call.role, actor=call.facts.actor, on=call.today, facts={"deal": call.facts.deal, **result.facts},
    )  # fmt: skip
