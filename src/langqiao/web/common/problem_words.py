"""What is wrong with a piece of data, as a sentence in both languages: one table by the problem's code."""

import csv
from functools import cache
from importlib.resources import files

from django.utils.translation import get_language


@cache
def sentences() -> dict[str, dict[str, str]]:
    """Code → {"zh", "en"}."""
    text = files(__package__).joinpath("problems.csv").read_text(encoding="utf-8")
    return {row[0]: {"zh": row[1], "en": row[2]} for row in csv.reader(text.splitlines()) if row}


def problem_sentence(code: str) -> str:
    """The sentence in the reader's language; "" for a code that the table does not hold."""
    language = "zh" if (get_language() or "").startswith("zh") else "en"
    return sentences().get(code, {}).get(language, "")
