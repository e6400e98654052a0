"""docs/reference/right-states.md: the state machine of a right as a diagram and a table, its burdens, and what may be unknown."""

from collections.abc import Iterator

from langqiao.cli.reference.page import Page, page, table
from langqiao.engine.kernel.workflow import Step
from langqiao.engine.patents.states import PENDING, RIGHT, door_status
from langqiao.rules.words import words

OPENING = (
    "The status of a right is a pure replay of its dated events: the same events give the same status in whatever order they come, a later"
    " correction never changes what was known on an earlier day, and what is not known is said. The table below is the one the program runs."
    " A lapse takes effect on the due date of the fee (Implementing Rules 115), whole invalidity reaches back to the grant (Patent Law 47),"
    " restoration takes the lapse out of the record (Implementing Rules 6)."
)


def pages() -> Iterator[Page]:
    """The page of states."""
    parts = [
        "## Diagram",
        _diagram(),
        "## States",
        table(["State", "中文", "English", "Status in a check"], [_state(state) for state in RIGHT.states]),
        "## Steps",
        table(["From", "Event", "To", "Caused by"], [_step(step) for step in RIGHT.steps]),
        "## Burdens",
        "Burdens come from register events, never from flags set by hand; none outlives the right (Civil Code 865).",
        _words("overlay"),
        "## What may be unknown",
        _words("unknown"),
    ]
    yield page("reference/right-states.md", "States of a right 权利状态", OPENING, parts)


def _diagram() -> str:
    lines = ["```mermaid", "stateDiagram-v2", f"  [*] --> {RIGHT.start}", "  state application {"]
    merged: dict[tuple[str, str], list[str]] = {}
    for step in RIGHT.steps:
        if step.source != step.target:
            merged.setdefault((step.source, step.target), []).append(step.event)
    inner = [(pair, events) for pair, events in merged.items() if set(pair) <= set(PENDING)]
    lines += [f"    {source} --> {target}: {', '.join(events)}" for (source, target), events in inner]
    lines.append("  }")
    outer: dict[tuple[str, str], list[str]] = {}
    for (source, target), events in merged.items():
        if target not in PENDING or source not in PENDING:
            known = outer.setdefault(("application" if source in PENDING else source, target), [])
            known += [event for event in events if event not in known]
    lines += [f"  {source} --> {target}: {', '.join(events)}" for (source, target), events in outer.items()]
    lines += [f"  {end} --> [*]" for end in sorted(RIGHT.ends)]
    return "\n".join([*lines, "```"])


def _state(state: str) -> list[str]:
    word = words()["state"][state]
    return [f"`{state}`", word["zh"], word["en"], f"`{door_status(state)}`"]  # type: ignore[arg-type]


def _step(step: Step) -> list[str]:
    return [f"`{step.source}`", f"`{step.event}`", f"`{step.target}`", ", ".join(sorted(step.by))]


def _words(group: str) -> str:
    return table(["Code", "中文", "English"], [[f"`{code}`", text["zh"], text["en"]] for code, text in words()[group].items()])
