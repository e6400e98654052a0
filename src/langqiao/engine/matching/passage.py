"""Where the words of a wish stand in a text: short passages, cut so that a page can mark the words in them."""

from collections.abc import Sequence
from dataclasses import dataclass

AROUND = 36
"""Characters kept on either side of the words of a passage."""
PASSAGES_MOST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A stretch of a passage; `found` where it is one of the words."""

    text: str
    found: bool


Passage = tuple[Part, ...]


def passages(text: str, words: Sequence[str]) -> tuple[Passage, ...]:
    """The first passages with words, each with every word marked; overlapping surroundings are one passage. The parts joined are the text there."""
    spans = _spans(text, words)
    groups: list[list[tuple[int, int]]] = []
    for span in spans:
        if groups and span[0] - groups[-1][-1][1] <= 2 * AROUND:
            groups[-1].append(span)
        else:
            groups.append([span])
    return tuple(_passage(text, group) for group in groups[:PASSAGES_MOST])


def _spans(text: str, words: Sequence[str]) -> list[tuple[int, int]]:
    """Where any word stands, merged and in order."""
    plain = text.casefold()
    if len(plain) != len(text):  # a letter that folds into two would shift every place
        plain = text.lower() if len(text.lower()) == len(text) else text
    found: list[tuple[int, int]] = []
    for word in dict.fromkeys(word.casefold() for word in words if word):
        start = plain.find(word)
        while start >= 0:
            found.append((start, start + len(word)))
            start = plain.find(word, start + len(word))
    merged: list[tuple[int, int]] = []
    for begin, end in sorted(found):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged


def _passage(text: str, spans: Sequence[tuple[int, int]]) -> Passage:
    begin, end = max(0, spans[0][0] - AROUND), min(len(text), spans[-1][1] + AROUND)
    parts, place = [], begin
    for start, stop in spans:
        if start > place:
            parts.append(Part(text=text[place:start], found=False))
        parts.append(Part(text=text[start:stop], found=True))
        place = stop
    if place < end:
        parts.append(Part(text=text[place:end], found=False))
    return tuple(parts)
