"""How text is cut into words: Chinese runs by dictionary, the rest by the index's own tokenizer; the same for documents and queries."""

import re
import unicodedata

import rjieba

CJK_RUN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
SEAM = "\u200b"
"""What stands between the Chinese words of a cut text: no letter, so the index splits there, and gone again when people read."""


def _cut_run(match: re.Match[str]) -> str:
    return SEAM + SEAM.join(rjieba.cut(match.group())) + SEAM


def cut(text: str) -> str:
    """The text with seams between Chinese words, NFKC-normalized; ASCII text comes back as it is."""
    if text.isascii():
        return text
    return CJK_RUN.sub(_cut_run, unicodedata.normalize("NFKC", text))


def parts(text: str) -> str:
    """The shorter words inside the Chinese words of a text: 锂电池 → 锂电 电池; "" where there are none."""
    if text.isascii():
        return ""
    found: list[str] = []
    for run in CJK_RUN.findall(unicodedata.normalize("NFKC", text)):
        whole = set(rjieba.cut(run))
        found += [word for word in rjieba.cut_for_search(run) if word not in whole]
    return " ".join(found)


def words(text: str) -> list[str]:
    """The words of a query text, in order."""
    return re.findall(r"[^\W_]+(?:[-./][^\W_]+)*", cut(text))


def join(text: str) -> str:
    """The text for people again: without seams, runs of blanks as one."""
    whole = text.replace(SEAM, "")
    return " ".join(whole.split()) if "  " in whole or "\n" in whole else whole.strip()
