"""What a calculation answered, as parts that a page shows and Excel keeps: figures, tables and charts."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from langqiao.engine.kernel.calculation import Calculation
from langqiao.web.calc.words import article_word, code_word, label

MAX_TABLE_ROWS = 1_200


@dataclass(slots=True, kw_only=True)
class Table:
    """A table of the result: head, rows of text, and which columns are numbers."""

    name: str
    title: str
    head: list[str]
    rows: list[list[Any]]
    numeric: list[bool] = field(default_factory=list)

    @property
    def shown(self) -> list[list[tuple[str, bool]]]:
        """The rows of the page as text with the mark of number columns; Excel has all of them as numbers."""
        return [list(zip(map(shown, row), self.numeric, strict=True)) for row in self.rows[:MAX_TABLE_ROWS]]

    @property
    def columns(self) -> list[tuple[str, bool]]:
        """Head and mark of number columns."""
        return list(zip(self.head, self.numeric, strict=True))


@dataclass(slots=True, kw_only=True)
class Result:
    """`figures` are (path, label, value); `refusal` holds code, message and rule where the calculation refused."""

    figures: list[tuple[str, str, Any]]
    tables: list[Table]
    refusal: dict[str, Any] | None = None

    @property
    def refusal_words(self) -> str:
        """The sentence of the refusal with its code, in the reader's language."""
        return code_word(self.refusal["refusal"]) if self.refusal else ""

    @property
    def rule_words(self) -> str:
        """The article of the refusal as the reader's language cites it."""
        return article_word(self.refusal["rule"] or "") if self.refusal else ""

    @property
    def lines(self) -> list[tuple[str, str, str, bool]]:
        """The figures as (path, label, text, whether a number) for the page."""
        return [(path, words, shown(value), is_number(value)) for path, words, value in self.figures]


def shown(value: Any) -> str:
    """A value for the eye: amounts with thousands, figures with ten digits, yes and no in the reader's language, – for no figure."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, float):
        return f"{value:,.10g}" if abs(value) < 1e15 else f"{value:.10g}"
    if isinstance(value, int):
        return f"{value}" if abs(value) < 10_000 else f"{value:,}"
    text = str(value)
    if is_number(text):
        sign, whole, part = "-" if text.startswith("-") else "", *text.removeprefix("-").split(".")
        return f"{sign}{int(whole):,}.{part}"
    return code_word(text)


def result_of(calculation: Calculation, output: dict[str, Any]) -> Result:
    """The parts of an output, in the order of its fields."""
    if "refusal" in output and "refusal" not in calculation.schema()["output"].get("properties", {}):
        return Result(figures=[], tables=[], refusal=output)
    result = Result(figures=[], tables=[])
    _collect(output, "", "", result)
    return result


def _collect(value: dict[str, Any], path: str, title: str, result: Result) -> None:
    for name, item in value.items():
        here = f"{path}.{name}" if path else name
        words = f"{title} · {label(name)}" if title else label(name)
        if isinstance(item, dict):
            if _is_map(item):
                result.tables.append(_map_table(here, words, item))
            else:
                _collect(item, here, words, result)
        elif isinstance(item, list):
            if item:
                result.tables.extend(_tables(here, words, item))
            else:
                result.figures.append((here, words, "–"))
        else:
            result.figures.append((here, words, item))


def _is_map(item: dict[str, Any]) -> bool:
    from langqiao.web.calc.words import chinese_words  # noqa: PLC0415

    return any(key not in chinese_words() for key in item)


def _map_table(path: str, title: str, item: dict[str, Any]) -> Table:
    rows = [{"name": key} | (value if isinstance(value, dict) else {"value": value}) for key, value in item.items()]
    return _rows_table(path, title, rows)


def _tables(path: str, title: str, rows: list[Any]) -> Iterator[Table]:
    """The table of a list, and a table of its own for every list of records inside a row, named by the first word of that row."""
    inner = [{name: item for name, item in row.items() if _is_records(item)} if isinstance(row, dict) else {} for row in rows]
    plain = [{name: item for name, item in row.items() if name not in kept} if kept else row for row, kept in zip(rows, inner, strict=True)]
    yield _rows_table(path, title, plain)
    for i, (row, kept) in enumerate(zip(plain, inner, strict=True)):
        first = next((code_word(item) for item in row.values() if isinstance(item, str)), str(i + 1)) if kept else ""
        for name, item in kept.items():
            yield from _tables(f"{path}[{i}].{name}", f"{title} · {first} · {label(name)}", item)


def _is_records(item: Any) -> bool:
    return isinstance(item, list) and bool(item) and all(isinstance(part, dict) for part in item)


def _rows_table(path: str, title: str, rows: list[Any]) -> Table:
    flat = [flattened(row, joined=True) for row in rows]
    keys = list(dict.fromkeys(key for row in flat for key in row))
    head = [" · ".join(label(part) if not part.isdigit() else part for part in key.split(".")) for key in keys]
    body = [[row.get(key) for key in keys] for row in flat]
    numeric = [any(is_number(row[i]) for row in body) for i in range(len(keys))]
    return Table(name=path, title=title, head=head, rows=body, numeric=numeric)


def flattened(row: Any, prefix: str = "", *, joined: bool = False) -> dict[str, Any]:
    """A row as one level of columns: tiers.split_lp; lists become numbered columns, or with `joined` one text where they hold words."""
    if not isinstance(row, dict | list):
        return {prefix or "value": row}
    items = row.items() if isinstance(row, dict) else ((str(i + 1), item) for i, item in enumerate(row))
    flat: dict[str, Any] = {}
    for name, item in items:
        key = f"{prefix}.{name}" if prefix else str(name)
        if joined and isinstance(item, list) and all(isinstance(part, str) and not is_number(part) for part in item):
            flat[key] = ", ".join(map(code_word, item)) or None
        elif isinstance(item, dict) or (isinstance(item, list) and item):
            flat |= flattened(item, key, joined=joined)
        else:
            flat[key] = None if isinstance(item, list) else item
    return flat


def is_number(value: Any) -> bool:
    """Whether a value is a number or an amount of money."""
    if isinstance(value, bool) or value is None:
        return False
    if isinstance(value, int | float):
        return True
    text = str(value).removeprefix("-")
    return "." in text and text.replace(".", "", 1).isdigit() and len(text.rsplit(".", 1)[-1]) == 2
