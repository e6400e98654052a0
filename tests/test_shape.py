"""The house style's hard limits: function and module size, positional parameters, names that say something."""

import ast
import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "langqiao"
MODULES = [path for path in sorted(SOURCE.rglob("*.py")) if "migrations" not in path.parts]
FORBIDDEN = re.compile(r"^(utils?|helpers?|misc|managers?|common_logic)$")
FUNCTION_LINES, MODULE_LINES, POSITIONAL = 60, 400, 4


def test_the_walk_finds_the_source():
    assert len(MODULES) > 10


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_module_keeps_the_limits(path):
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    assert ast.get_docstring(tree), "every module opens with one sentence that says what it knows"
    assert text.count("\n") <= MODULE_LINES
    assert not any(FORBIDDEN.match(part.removesuffix(".py")) for part in path.relative_to(SOURCE).parts)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno - node.lineno + 1 <= FUNCTION_LINES, f"{node.name} is longer than {FUNCTION_LINES} lines"
            positional = [a.arg for a in node.args.posonlyargs + node.args.args if a.arg not in {"self", "cls"}]
            assert len(positional) <= POSITIONAL, f"{node.name} takes {len(positional)} positional parameters"
