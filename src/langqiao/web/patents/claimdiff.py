"""Two claim sets side by side: which claim answers which, and what was taken out and put in, word by word, in Chinese and English."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

import rjieba

from langqiao.web.patents.records import Row

ALIGNED_MAX = 150
"""Longer claim sets are paired by number: comparing all with all would take too long."""
WORDS_MAX = 3_000
"""A longer claim is shown whole on both sides instead of being compared word by word."""
LIKE = 0.35
"""Share of common words from which two claims answer each other; below it one was deleted and another added."""
_PIECE = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+|[^\W_\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+|\s+|.", re.DOTALL)
_CHINESE = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A run of text that both have ("same"), that only the first has ("out") or only the second ("in")."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimPair:
    """A claim of the first set, the claim of the second that answers it, and the runs of both; `state` same, changed, deleted or added."""

    first: Row | None
    second: Row | None
    state: str
    parts: Sequence[Part] = ()
    too_long: bool = False


def pieces(text: str) -> list[str]:
    """The text as words, blanks and signs, which joined give the text again; Chinese runs are cut by the dictionary."""
    found: list[str] = []
    for run in _PIECE.findall(text):
        found += rjieba.cut(run) if _CHINESE.match(run) else [run]
    return found


def diff(first: str, second: str) -> list[Part]:
    """The runs of two texts; those of kind same and out joined give the first, same and in the second."""
    left, right = pieces(first), pieces(second)
    found: list[Part] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(Part(kind="same", text="".join(left[i1:i2])))
            continue
        if i2 > i1:
            found.append(Part(kind="out", text="".join(left[i1:i2])))
        if j2 > j1:
            found.append(Part(kind="in", text="".join(right[j1:j2])))
    return _without_islands(found)


def _without_islands(parts: list[Part]) -> list[Part]:
    """A lone blank or sign between two changes joins them: a sentence in shreds is not readable."""
    found: list[Part] = []
    for index, part in enumerate(parts):
        inside = 0 < index < len(parts) - 1 and part.kind == "same" and not re.search(r"\w", part.text)
        if inside:
            found += [Part(kind="out", text=part.text), Part(kind="in", text=part.text)]
        else:
            found.append(part)
    merged: list[Part] = []
    block: dict[str, str] = {"out": "", "in": ""}
    for part in [*found, Part(kind="same", text="")]:
        if part.kind != "same":
            block[part.kind] += part.text
            continue
        merged += [Part(kind=kind, text=text) for kind, text in block.items() if text]
        block = {"out": "", "in": ""}
        if part.text:
            merged.append(part)
    return merged


def claim_pairs(first: Sequence[Row], second: Sequence[Row]) -> list[ClaimPair]:
    """The claims of two sets in their order, each beside the one that answers it."""
    return [_pair(one, other) for one, other in _aligned(first, second)]


def _pair(first: Row | None, second: Row | None) -> ClaimPair:
    if first is None or second is None:
        shown = first or second
        assert shown is not None
        kind, state = ("out", "deleted") if second is None else ("in", "added")
        return ClaimPair(first=first, second=second, state=state, parts=(Part(kind=kind, text=shown["text"] or ""),))
    one, other = first["text"] or "", second["text"] or ""
    if one == other:
        return ClaimPair(first=first, second=second, state="same", parts=(Part(kind="same", text=one),))
    if max(len(pieces(one)), len(pieces(other))) > WORDS_MAX:
        return ClaimPair(
            first=first, second=second, state="changed", parts=(Part(kind="out", text=one), Part(kind="in", text=other)), too_long=True
        )
    return ClaimPair(first=first, second=second, state="changed", parts=tuple(diff(one, other)))


def _aligned(first: Sequence[Row], second: Sequence[Row]) -> list[tuple[Row | None, Row | None]]:
    """The best pairing that keeps the order of both sets (Needleman and Wunsch 1970); beyond the limit, by number."""
    if max(len(first), len(second)) > ALIGNED_MAX:
        by_number = {row["number"]: row for row in second}
        pairs: list[tuple[Row | None, Row | None]] = [(row, by_number.pop(row["number"], None)) for row in first]
        return [*pairs, *((None, row) for row in by_number.values())]
    like = _likeness(first, second)
    best = [[0.0] * (len(second) + 1) for _ in range(len(first) + 1)]
    for i in range(len(first) - 1, -1, -1):
        for j in range(len(second) - 1, -1, -1):
            best[i][j] = max(best[i + 1][j], best[i][j + 1], like[i][j] + best[i + 1][j + 1] if like[i][j] >= LIKE else 0.0)
    return _walked(first, second, like, best)


def _walked(first: Sequence[Row], second: Sequence[Row], like: Any, best: Any) -> list[tuple[Row | None, Row | None]]:
    found: list[tuple[Row | None, Row | None]] = []
    i = j = 0
    while i < len(first) or j < len(second):
        if i < len(first) and j < len(second) and like[i][j] >= LIKE and best[i][j] == like[i][j] + best[i + 1][j + 1]:
            found.append((first[i], second[j]))
            i, j = i + 1, j + 1
        elif i < len(first) and (j == len(second) or best[i][j] == best[i + 1][j]):
            found.append((first[i], None))
            i += 1
        else:
            found.append((None, second[j]))
            j += 1
    return found


def _likeness(first: Sequence[Row], second: Sequence[Row]) -> list[list[float]]:
    """Twice the common words over the words of both (Dice 1945)."""
    left, right = ([Counter(_words(row["text"] or "")) for row in rows] for rows in (first, second))
    sizes = [words.total() for words in right]
    return [[2 * (one & other).total() / max(1, one.total() + size) for other, size in zip(right, sizes, strict=True)] for one in left]


def _words(text: str) -> list[str]:
    return [piece for piece in pieces(text.lower()) if piece.strip() and re.match(r"\w", piece)]


def counts(pairs: Sequence[ClaimPair]) -> dict[str, int]:
    """How many pairs are same, changed, deleted, added."""
    found = Counter(pair.state for pair in pairs)
    return {state: found[state] for state in ("same", "changed", "deleted", "added")}
