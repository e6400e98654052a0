"""The words for the fields and codes of calculations, in both languages: one table, so that form, result and Excel say the same."""

import csv
from functools import cache
from importlib.resources import files

from django.utils.translation import get_language

from langqiao.rules.refusals import cite, laws, refusals, warnings

UPPER = {"lp", "gp", "dpi", "rvpi", "tvpi", "xirr", "nav", "pd", "lgd", "ltv", "cpr", "cdr", "cd", "mcd", "sei", "ks", "pme", "cagr"}
"""Parts of a name that are abbreviations."""


@cache
def chinese_words() -> dict[str, str]:
    """Field name → Chinese term."""
    text = files(__package__).joinpath("words.csv").read_text(encoding="utf-8")
    return {row[0]: row[1] for row in csv.reader(text.splitlines()) if row}


@cache
def code_words() -> dict[str, tuple[str, str]]:
    """Code of a choice or result → its Chinese and English word."""
    text = files(__package__).joinpath("codes.csv").read_text(encoding="utf-8")
    return {row[0]: (row[1], row[2]) for row in csv.reader(text.splitlines()) if row}


def label(name: str) -> str:
    """The term for a field in the reader's language."""
    if (get_language() or "").startswith("zh"):
        return chinese_words().get(name, english(name))
    return english(name)


def english(name: str) -> str:
    """pref_rate → Pref rate; gp_after_clawback → GP after clawback."""
    parts = [part.upper() if part in UPPER else part for part in name.split("_")]
    text = " ".join(parts)
    return text[:1].upper() + text[1:]


def field_label(path: str) -> str:
    """The label of the last part of a path such as flows[1].date."""
    return label(path.rsplit(".", 1)[-1].split("[", 1)[0])


def code_word(code: str) -> str:
    """The word for a code in the reader's language: quorum → 法定人数; a refusal or warning with its sentence; other text stays as it is."""
    chinese = (get_language() or "").startswith("zh")
    if code in code_words():
        return code_words()[code][0 if chinese else 1]
    known = refusals().get(code) or warnings().get(code)
    if known:
        return f"{known.sentence('zh' if chinese else 'en')} ({code})"
    if code in chinese_words():
        return chinese_words()[code] if chinese else code.replace("_", " ")
    return article_word(code) if chinese else code


def article_word(text: str) -> str:
    """An article as the reader's language cites it: Patent Law 14 → 《专利法》第14条; text that cites no known law stays as it is."""
    if not (get_language() or "").startswith("zh") or not any(text.startswith(law.name + " ") for law in laws()):
        return text
    try:
        return cite(text, "zh")
    except KeyError:
        return text
