"""docs/reference/refusals.md: every refusal and warning code with its reason, article, invariants and the way out, in two languages."""

from collections.abc import Callable, Iterator
from itertools import groupby

from langqiao.cli.reference.page import Page, page, table
from langqiao.engine.operations.check import REFUSALS
from langqiao.engine.operations.encumbrance import OPERATIONS
from langqiao.rules.refusals import Code, refusals, warnings

OPENING = (
    "A refusal forbids a command, with a code, the article it rests on, and the way out; the sentence shown carries the numbers of the case."
    " A check names every reason, not the first only. Invariants I1–I108 are those of the operations rules. A warning lets the command go on."
)


def pages() -> Iterator[Page]:
    """The page of refusals."""
    parts = [_matrix()]
    in_groups = sorted(refusals().values(), key=_place_of_group())
    for group, codes in groupby(in_groups, key=lambda code: code.group):
        parts += [f"## {group.replace('_', ' ').capitalize()}", *(_section(code) for code in codes)]
    parts += ["## Warnings", table(["Code", "中文", "English", "Article"], [_warning(code) for code in warnings().values()])]
    yield page("reference/refusals.md", "Refusals and warnings 拒绝与提示", OPENING, parts)


def _place_of_group() -> Callable[[Code], int]:
    places = {group: place for place, group in enumerate(dict.fromkeys(code.group for code in refusals().values()))}
    return lambda code: places[code.group]


def _matrix() -> str:
    """Which rule bears on which operation, from the table that the check runs."""
    rows = [
        [f"[`{rule.code}`](#{rule.code})", *("✖" if operation in rule.operations else "" for operation in OPERATIONS)] for rule in REFUSALS
    ]
    return "## Rules of the check by operation\n\n" + table(["Code", *(f"`{operation}`" for operation in OPERATIONS)], rows)


def _section(code: Code) -> str:
    lines = [
        f'<a id="{code.code}"></a>**`{code.code}`** refuses {code.refuses["en"]} ({code.refuses["zh"]}).',
        f"- {code.because['zh']}" + (f"；{code.cited('zh')}" if code.article else ""),
        f"- {code.because['en']}" + (f"; {code.article}" if code.article else ""),
    ]
    if code.says:
        lines.append(f"- {code.says['zh']} / {code.says['en']}")
    if code.fix["en"]:
        lines.append(f"- → {code.fix['zh']} / {code.fix['en']}")
    if code.invariants:
        lines.append(f"- {', '.join(code.invariants)}")
    return "\n".join(lines)


def _warning(code: Code) -> list[str]:
    return [f"`{code.code}`", code.because["zh"], code.because["en"], code.article]
