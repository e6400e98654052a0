"""docs/reference/operations.md: each operation of the market as the state diagram and the table of steps that the program runs."""

from collections.abc import Iterator

from langqiao.cli.reference.page import Page, page, table
from langqiao.engine.kernel.workflow import Step
from langqiao.engine.operations.deal import Operation
from langqiao.engine.operations.register import OPERATIONS
from langqiao.rules.words import words

OPENING = (
    "Every operation is a table: from a state, an event taken by a role leads to a state unless a rule forbids it. The program takes no step"
    " that is not in its table; a step outside it is refused with `step_not_possible`, a role outside it with `not_allowed`. The codes are told"
    " in [refusals](refusals.md). Roles: buyer (licensee, bidder, taker), seller (owner, licensor, pledgor), pledgee, platform, system (the"
    " clock), office (the register)."
)

WORDS = {"States": "deal_state", "Events": "deal_event", "Roles": "deal_role"}


def pages() -> Iterator[Page]:
    """The page of operations."""
    parts = [part for operation in OPERATIONS.values() for part in _operation(operation)]
    parts += [part for title, group in WORDS.items() for part in (f"## {title}", _words(group))]
    yield page("reference/operations.md", "Operations 运营操作", OPENING, parts)


def _operation(operation: Operation) -> list[str]:
    head = ["From", "Event", "To", "Taken by", "Refused by"]
    title = f"## {operation.title['en']} {operation.title['zh']} (`{operation.kind}`)"
    return [title, _diagram(operation), table(head, [_row(step) for step in operation.workflow.steps])]


def _diagram(operation: Operation) -> str:
    flow = operation.workflow
    merged: dict[tuple[str, str], list[str]] = {}
    for step in flow.steps:
        merged.setdefault((step.source, step.target), []).append(step.event)
    lines = ["```mermaid", "stateDiagram-v2", f"  [*] --> {flow.start}"]
    lines += [f"  {source} --> {target}: {', '.join(events)}" for (source, target), events in merged.items()]
    return "\n".join([*lines, *(f"  {end} --> [*]" for end in sorted(flow.ends)), "```"])


def _row(step: Step) -> list[str]:
    codes = ", ".join(f"`{code}`" for code in dict.fromkeys(step.unless))
    return [f"`{step.source}`", f"`{step.event}`", f"`{step.target}`", ", ".join(sorted(step.by)), codes]


def _words(group: str) -> str:
    return table(["Code", "中文", "English"], [[f"`{code}`", text["zh"], text["en"]] for code, text in words()[group].items()])
