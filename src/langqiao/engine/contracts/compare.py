"""Two versions of a contract side by side: clauses added, removed, moved and changed, and the words that changed inside them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from langqiao.engine.contracts.draft import Draft, Section, Table

Change = Literal["same", "added", "removed", "changed"]
WORDS = re.compile(r"[A-Za-z]+|\d+(?:[.,]\d+)*%?|\s+|.", re.DOTALL)
"""A Chinese character, a word, a number or a sign is what may change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of text: in both versions, only in the old one, or only in the new one."""

    kind: Literal["same", "removed", "added"]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseChange:
    """One clause in both versions; numbers are None where it is not there. `paragraphs` hold the pieces of each paragraph."""

    id: str
    change: Change
    heading: str
    number_before: int | None
    number_after: int | None
    paragraphs: tuple[tuple[Piece, ...], ...]


def changes(before: Draft, after: Draft) -> tuple[ClauseChange, ...]:
    """Every clause of both versions in the order of the new one, removed ones where they stood. Raises ValueError for drafts of different kind or language."""
    if (before.kind, before.language) != (after.kind, after.language):
        raise ValueError(f"{before.kind} in {before.language} cannot be compared with {after.kind} in {after.language}")
    old, new = _keyed(before.sections), _keyed(after.sections)
    matcher = SequenceMatcher(a=list(old), b=list(new), autojunk=False)
    found: list[ClauseChange] = []
    for _what, first, last, start, end in matcher.get_opcodes():
        gone = [key for key in list(old)[first:last] if key not in new]
        found += [_change(old[key], None) for key in gone]
        found += [_change(old.get(key), new[key]) for key in list(new)[start:end]]
    return tuple(found)


def _keyed(sections: Sequence[Section]) -> dict[tuple[str, int], Section]:
    """Sections by id; the parties' own clauses, which share one, by their place among them."""
    found: dict[tuple[str, int], Section] = {}
    for section in sections:
        place = sum(1 for key in found if key[0] == section.id)
        found[section.id, place] = section
    return found


def _change(before: Section | None, after: Section | None) -> ClauseChange:
    old, new = _paragraphs(before), _paragraphs(after)
    shown = after or before
    assert shown is not None
    kind: Change = "added" if before is None else "removed" if after is None else "same" if old == new else "changed"
    return ClauseChange(
        id=shown.id,
        change=kind,
        heading=shown.heading,
        number_before=before.number if before else None,
        number_after=after.number if after else None,
        paragraphs=tuple(_aligned(old, new)),
    )


def _paragraphs(section: Section | None) -> list[str]:
    """Heading apart, each paragraph and each row of a table as one text."""
    if section is None:
        return []
    found = []
    for part in section.parts:
        if isinstance(part, Table):
            found += [" | ".join(row) for row in (part.head, *part.rows)]
        else:
            found.append(part)
    return found


def _aligned(old: Sequence[str], new: Sequence[str]) -> list[tuple[Piece, ...]]:
    """Paragraphs of both; changed ones that face each other are compared word by word."""
    found: list[tuple[Piece, ...]] = []
    for what, first, last, start, end in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if what == "equal":
            found += [(Piece(kind="same", text=text),) for text in new[start:end]]
            continue
        pairs = min(last - first, end - start)
        found += [pieces(old[first + place], new[start + place]) for place in range(pairs)]
        found += [(Piece(kind="removed", text=text),) for text in old[first + pairs : last]]
        found += [(Piece(kind="added", text=text),) for text in new[start + pairs : end]]
    return found


def pieces(old: str, new: str) -> tuple[Piece, ...]:
    """What stayed, went and came between two texts; the same and removed pieces give the old text, the same and added ones the new."""
    before, after = WORDS.findall(old), WORDS.findall(new)
    found = []
    for what, first, last, start, end in SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        if what == "equal":
            found.append(Piece(kind="same", text="".join(after[start:end])))
            continue
        if last > first:
            found.append(Piece(kind="removed", text="".join(before[first:last])))
        if end > start:
            found.append(Piece(kind="added", text="".join(after[start:end])))
    return tuple(found)
