"""The codes of data problems that the readers, the lake and the replay of rights may give, found in their source."""

import ast
import re
from pathlib import Path

import langqiao
from langqiao.data.formats.xmlcheck import FINDINGS

SOURCE = Path(langqiao.__file__).parent
FOLDERS = ("data/formats", "data/lake", "engine/patents")
FILES = ("data/rights.py",)
CALLS = re.compile(r"Problem|_problem|problem|note|warn|Finding|_refuse|_refused|_refuse_whole|rejected|\w*Error")
"""Functions that take the code of a problem among their first three arguments."""
CODE = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
NOT_CODES = {"utf-8", "error", "warning", "note"}


def codes():
    """Code → file and line."""
    found = {code: "xmlcheck" for code, _sentence in FINDINGS.values()}
    for path in [*(path for folder in FOLDERS for path in SOURCE.joinpath(folder).rglob("*.py")), *(SOURCE / name for name in FILES)]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            for constant in _codes_of(node):
                if constant.value not in NOT_CODES:
                    found.setdefault(constant.value, f"{path.name}:{constant.lineno}")
    return found


def _codes_of(node):
    """Constants that stand where a code is given: an argument of a call that makes a problem, `code=`, `code, message = …`, `CODE = …`."""
    if isinstance(node, ast.Call):
        name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if name in {"Problem", "_refused"} or CALLS.fullmatch(name):
            given = [*node.args[:3], *(keyword.value for keyword in node.keywords if keyword.arg == "code")]
            yield from (one for value in given for one in _constants(value) if _is_code(one, name))
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple) and isinstance(node.value, ast.Tuple):
        for target, value in zip(node.targets[0].elts, node.value.elts, strict=False):
            if isinstance(target, ast.Name) and target.id == "code" and isinstance(value, ast.Constant):
                yield value


def _constants(value):
    """A constant, or both answers of a condition."""
    found = [value.body, value.orelse] if isinstance(value, ast.IfExp) else [value]
    return [one for one in found if isinstance(one, ast.Constant) and isinstance(one.value, str)]


def _is_code(constant, _name):
    return bool(CODE.fullmatch(constant.value))
