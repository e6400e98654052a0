"""The calculation door on the command line: one JSON object in, one out; or a batch of JSON lines."""

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import click

from langqiao import rules
from langqiao.engine import register
from langqiao.engine.kernel.calculation import MAX_TEXT
from langqiao.engine.register import BadInput

BAD_INPUT = 2
MAX_LINE = 4 * MAX_TEXT
"""The longest line of a batch in bytes: the longest text, every character of four bytes; more is answered with an error, never held."""


@click.command(help="Runs one calculation: JSON on standard input, JSON on standard output. 计算入口：标准输入 JSON，标准输出 JSON。")
@click.argument("name", required=False)
@click.option("--batch", metavar="FILE", help='JSON lines {"id", "calc", "input"}; "-" reads standard input. 批量计算。')
@click.option("--list", "list_names", is_flag=True, help="Print the names of all calculations. 列出全部计算。")
@click.option("--schema", "schema", is_flag=True, help="Print the JSON Schema of input and output. 打印输入输出结构。")
def calc(name: str | None, batch: str | None, list_names: bool, schema: bool) -> None:  # noqa: FBT001 - click's flags
    """The four forms of the door, as the contract of the calculation door says."""
    if list_names:
        _write("\n".join(register.names()))
    elif batch is not None:
        if name is not None:
            raise click.UsageError("--batch names the calculation on every line: leave NAME out")
        for line in answers(_lines(batch)):
            _write(line)
    elif name is None:
        _refuse(BadInput("unknown_calc", "name a calculation, or use --list or --batch FILE"))
    elif schema:
        _write(_dump(_schema(name)))
    else:
        _write(_dump(_single(name)))


def answers(lines: Iterable[bytes]) -> Iterator[str]:
    """One JSON line for every non-blank line, in order; a bad line gives an error and the next goes on."""
    for line in lines:
        if line.strip():
            yield _answer_line(line)


def _answer_line(line: bytes) -> str:
    key: Any = None
    try:
        request = _request(line)
        key = request.get("id")
        key = key if isinstance(key, str | int) and not isinstance(key, bool) else None
        return _dump({"id": key, "output": _answer(_part(request, "calc"), _part(request, "input"))})
    except BadInput as error:
        return _dump({"id": key, "error": error.as_dict()})
    except Exception as error:  # noqa: BLE001 - a defect in one calculation must not stop the batch; it is named in its answer
        return _dump({"id": key, "error": {"code": "internal_error", "message": f"{type(error).__name__}: {error}"[:300], "field": ""}})


def _request(line: bytes) -> dict[str, Any]:
    if len(line) > MAX_LINE:
        raise BadInput("bad_json", f"the line is longer than {MAX_LINE} bytes")
    request = register.read_json(_text(line))
    if not isinstance(request, dict):
        raise BadInput("wrong_type", "a line must be a JSON object")
    return request


def _part(request: dict[str, Any], field: str) -> Any:
    if field not in request:
        raise BadInput("missing_field", f"the line has no {field}", field)
    return request[field]


def _answer(name: Any, value: Any) -> dict[str, Any]:
    return register.answer(name, value, rules.parameters())


def _single(name: str) -> dict[str, Any]:
    try:
        register.find(name)
        return _answer(name, register.read_json(_text(sys.stdin.buffer.read(MAX_LINE + 1))))
    except BadInput as error:
        _refuse(error)


def _schema(name: str) -> dict[str, Any]:
    try:
        return register.find(name).schema()
    except BadInput as error:
        _refuse(error)


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput("bad_json", f"the input is not UTF-8: {error.reason} at byte {error.start}") from None


def _lines(batch: str) -> Iterator[bytes]:
    try:
        source = sys.stdin.buffer if batch == "-" else Path(batch).open("rb")  # noqa: SIM115 - closed below
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        _refuse(BadInput("bad_json", f"the batch file cannot be read: {error}"))
    with source:
        while line := source.readline(MAX_LINE + 1):
            yield line
            while line and not line.endswith(b"\n"):
                line = source.readline(MAX_LINE)  # the rest of an overlong line is dropped


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(", ", ": "))


def _write(text: str) -> None:
    sys.stdout.buffer.write((text + "\n").encode("utf-8", "backslashreplace"))  # a lone surrogate becomes the JSON escape it came from
    sys.stdout.buffer.flush()


def _refuse(error: BadInput) -> NoReturn:
    sys.stderr.buffer.write((_dump({"error": error.as_dict()}) + "\n").encode("utf-8", "backslashreplace"))
    sys.stderr.buffer.flush()
    sys.exit(BAD_INPUT)
