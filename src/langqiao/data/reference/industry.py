"""Strategic emerging industries (SEI) and the IPC: which rows of the concordance of 2021 (trial) a patent meets by its symbols."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from langqiao.data.reference.tables import cards, rows
from langqiao.engine.patents.classification import Pattern, for_ipc_map, pattern

Decision = Literal["met", "ipc_only"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A field ("1") or branch ("1.2") of the SEI; `parent` the field of a branch."""

    code: str
    parent: str
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeiRow:
    """One row of the concordance. `include_anyway`: symbols that stand in both lists because the official row joins several parts; they count."""

    row: str
    branch: str
    needs_keyword: bool
    include: tuple[Pattern, ...]
    exclude: tuple[Pattern, ...]
    include_anyway: frozenset[str]

    def holds(self, symbol: str) -> bool:
        """Whether the row includes a symbol: an exclusion beats every broader inclusion."""
        if symbol in self.include_anyway:
            return True
        inclusions = [entry.breadth for entry in self.include if entry.matches(symbol)]
        if not inclusions:
            return False
        narrowest = min(inclusions)
        return not any(entry.breadth < narrowest and entry.matches(symbol) for entry in self.exclude)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeiHit:
    """A row that a patent meets. `decision` met: the row asks for the IPC alone, or its keyword was found; ipc_only: the official row also asks
    for a keyword that is not known here, so the hit over-counts and is reported apart. `version` and `row` say where it comes from.
    """

    row: str
    branch: Branch
    field: Branch
    symbols: tuple[str, ...]
    needs_keyword: bool
    keyword: str
    decision: Decision
    version: str


@cache
def branches() -> Mapping[str, Branch]:
    """Fields and branches by code."""
    return {row["code"]: Branch(**row) for row in rows("sei_branches")}


@cache
def sei_rows() -> tuple[SeiRow, ...]:
    """The 303 rows of the concordance."""
    return tuple(
        SeiRow(
            row=row["row"],
            branch=row["branch"],
            needs_keyword=row["needs_keyword"] == "yes",
            include=tuple(pattern(text) for text in row["include"].split()),
            exclude=tuple(pattern(text) for text in row["exclude"].split()),
            include_anyway=frozenset(pattern(text).stem for text in row["include_anyway"].split()),
        )
        for row in rows("sei_rows")
    )


@cache
def _rows_of(class_: str) -> tuple[SeiRow, ...]:
    """The rows with an inclusion in a class such as "G06": only these need a look."""
    return tuple(row for row in sei_rows() if any(entry.stem[:3] == class_ for entry in row.include))


def sei(ipc_symbols: Iterable[str], text: str = "", keywords: Mapping[str, Iterable[str]] | None = None) -> list[SeiHit]:
    """The rows that a patent meets, in the order of the table.

    The keyword texts of the official table are not part of ours. A user who has them gives `keywords` (row → words) and the patent's `text`:
    a row whose words are all absent is then not met; without them the decision stays "ipc_only" for the rows that ask for a keyword.
    """
    version = cards()["sei_rows"].version
    symbols = for_ipc_map(ipc_symbols)
    candidates = {row.row: row for symbol in symbols for row in _rows_of(symbol.symbol[:3])}
    found = []
    for row in (row for row in sei_rows() if row.row in candidates):
        held = tuple(symbol.symbol for symbol in symbols if row.holds(symbol.symbol))
        hit = _hit(row, held, text, version=version, words=None if keywords is None else keywords.get(row.row)) if held else None
        if hit is not None:
            found.append(hit)
    return found


def _hit(row: SeiRow, symbols: tuple[str, ...], text: str, *, version: str, words: Iterable[str] | None) -> SeiHit | None:
    decision: Decision = "ipc_only" if row.needs_keyword else "met"
    keyword = ""
    if row.needs_keyword and words is not None:
        keyword = next((word for word in words if word.lower() in text.lower()), "")
        if not keyword:
            return None
        decision = "met"
    branch = branches()[row.branch]
    return SeiHit(
        row=row.row,
        branch=branch,
        field=branches()[branch.parent],
        symbols=symbols,
        needs_keyword=row.needs_keyword,
        keyword=keyword,
        decision=decision,
        version=version,
    )


def counts_by_branch(hits: Iterable[Iterable[SeiHit]]) -> dict[str, tuple[int, int]]:
    """For the hits of many patents: branch → (patents by IPC alone, patents met with the keyword or without needing one)."""
    found: dict[str, tuple[int, int]] = {}
    for patent in hits:
        by_branch: dict[str, bool] = {}
        for hit in patent:
            by_branch[hit.branch.code] = by_branch.get(hit.branch.code, False) or hit.decision == "met"
        for code, met in by_branch.items():
            total, sure = found.get(code, (0, 0))
            found[code] = (total + 1, sure + met)
    return found
