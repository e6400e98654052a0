"""The history of a record as its page shows it: every line with both days, what it says in words, and which lines it replaced or was replaced by."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from langqiao.web.rights.replay import Line
from langqiao.web.rights.words import kind_words, line_words


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One line of the history. `replaced_on`: since when it no longer stands (None: it stands)."""

    line: Line
    kind: Any
    words: str
    replaced_on: dt.datetime | None
    replaces: int | None


def history_of(lines: Sequence[Line], *, known_at: dt.datetime | None = None) -> list[Told]:
    """Every line known at a moment, newest first, the corrected ones beside those that corrected them."""
    known = [line for line in lines if known_at is None or line.at <= known_at]
    replaced = {line.corrects: line.at for line in known if line.corrects is not None}
    return [
        Told(line=line, kind=kind_words(line), words=line_words(line), replaced_on=replaced.get(line.id), replaces=line.corrects)
        for line in sorted(known, key=lambda line: (line.at, line.id), reverse=True)
    ]
