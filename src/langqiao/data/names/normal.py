"""The normal form of an owner's name: what is left when script variants, punctuation, legal forms and connecting words are gone."""

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from rapidfuzz.distance import OSA

from langqiao.data.names.words import (
    ABBREVIATIONS,
    ADDRESS_MARKS,
    CJK_LEGAL,
    CONNECTING,
    INDUSTRY,
    LEGAL,
    LEGAL_ANYWHERE,
    LEGAL_PHRASES,
    LEGAL_SPELLED,
    US_AGENCY_NOISE,
)

MAX_LENGTH = 500
"""Names are cut to this many characters before they are compared."""


class Normal(NamedTuple):
    """The normal form of one name. `tokens` decide whether two names are the same; `acronym` is one written beside the full name, else "".

    `is_cjk`: the name is Chinese, Japanese or Korean and one token: such names are compared for equality only.
    """

    tokens: tuple[str, ...]
    acronym: str = ""
    is_cjk: bool = False

    @property
    def joined(self) -> str:
        """The tokens without blanks."""
        return "".join(self.tokens)


_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "þ": "th", "ð": "d", "ı": "i"})
_ELISION = re.compile(r"\b([dl])['’`´]\s?(?=\w)")
_DOTTED = re.compile(r"(?<=\b\w)\.(?=\w\b|\s?\w\.)|['’`´.]")
_OTHER = re.compile(r"[^\w\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
_UMLAUT = re.compile(r"(?<=[a-z])(?:ae|oe|ue)(?=[a-z])")
_SPACED_LEGAL = re.compile(
    r"\b(?:([ks]) (k|a|e)|(e) (v)|(l) (p)|(s) (p) (a)|(s) (r) (l)|(b) (v)|(n) (v)|(p) (l) (c)|(g) (m) (b) (h)|(l) (l) (c)|(a) (g))$"
)
_AUTHORITY = frozenset({"secretary", "department", "dept", "administrator", "government", "govt"})
_ADDRESS = re.compile(r"\b(?:" + "|".join(ADDRESS_MARKS) + r")\b.*$")
_PHRASES = re.compile(r"\b(?:" + "|".join(LEGAL_PHRASES) + r")\b")


def normal(name: str) -> Normal:
    """The normal form of a name; of a name that is nothing but legal forms, the name itself in lower case."""
    text = unicodedata.normalize("NFKC", name[:MAX_LENGTH]).strip().lower()
    if _CJK.search(text):
        return Normal(tokens=(_cjk(text),), is_cjk=True)
    words = _words(text)
    agency = _us_agency(words)
    if agency:
        return Normal(tokens=agency)
    tokens, acronym = _without_acronym(_core(words))
    return Normal(tokens=tokens or (text,), acronym=acronym)


def _cjk(text: str) -> str:
    plain = re.sub(r"[\s·・.,，、。\-—–_'\"“”‘’]", "", text)
    for mark in ("株式会社", "주식회사", "유한회사", "(株)", "(주)", "有限会社"):
        plain = plain.removeprefix(mark) or plain
    # One legal form only: 集团公司 keeps 集团, 分公司 keeps 分.
    for mark in CJK_LEGAL:
        if plain.endswith(mark) and len(plain) > len(mark):
            return plain[: -len(mark)]
    return plain


def _words(text: str) -> list[str]:
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.translate(_LETTERS)) if not unicodedata.combining(c))
    plain = _ELISION.sub("", plain).replace("&", " and ")
    plain = _OTHER.sub(" ", _DOTTED.sub("", plain)).strip()
    plain = _SPACED_LEGAL.sub(lambda match: "".join(group or "" for group in match.groups()), plain)
    plain = _PHRASES.sub(" ", _ADDRESS.sub("", plain))
    return plain.split()


def _core(words: Sequence[str]) -> list[str]:
    """The words without legal forms, connecting words and endings."""
    kept = [word for word in words if word not in LEGAL_ANYWHERE]
    while len(kept) > 1 and (kept[-1] in LEGAL or kept[-1] in CONNECTING or _is_misspelled_legal(kept[-1])):
        kept.pop()
    while len(kept) > 1 and (kept[0] in LEGAL or kept[0] in CONNECTING):
        kept.pop(0)
    kept = [word for word in kept if word not in CONNECTING] or kept
    stems = [_stem(ABBREVIATIONS.get(word, word)) for word in kept]
    return stems[:-1] if len(stems) >= 3 and stems[-1] in INDUSTRY else stems


def _is_misspelled_legal(word: str) -> bool:
    return any(
        len(word) >= 5 and abs(len(word) - len(form)) <= edits and OSA.distance(word, form, score_cutoff=edits) <= edits
        for form, edits in LEGAL_SPELLED.items()
    )


def _stem(word: str) -> str:
    """The word without a plural ending and with umlauts written as one letter, so that "ö" and "oe" are the same."""
    if len(word) >= 6 and word.endswith("ies"):
        word = word[:-3] + "y"
    elif len(word) >= 5 and word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    return _UMLAUT.sub(lambda match: match[0][0], word) if len(word) >= 6 else word


def _us_agency(words: Sequence[str]) -> tuple[str, ...]:
    """The agency behind the many forms of a US authority's name, marked as such; () for other names."""
    head = words[:5]
    is_us = any(word in {"us", "usa"} for word in head[:3]) or any(
        _alike(first, "united") and _alike(second, "states") for first, second in pairwise(head)
    )
    is_authority = "represented by" in " ".join(words) or bool(_AUTHORITY & set(words))
    if not (is_us and is_authority):
        return ()
    core = [_stem(word) for word in words if word not in CONNECTING and not any(_alike(word, noise) for noise in US_AGENCY_NOISE)]
    return ("(us)", *core) if core else ()


def _alike(word: str, form: str) -> bool:
    return word == form or (len(form) >= 6 and len(word) >= 5 and OSA.distance(word, form, score_cutoff=2) <= (1 if len(form) < 8 else 2))


def _without_acronym(tokens: list[str]) -> tuple[tuple[str, ...], str]:
    """The tokens without an acronym of the others that stands at either end ("… Recherche Scientifique (CNRS)"), and that acronym."""
    if len(tokens) >= 4:
        for place, rest in ((-1, tokens[:-1]), (0, tokens[1:])):
            if len(tokens[place]) >= 3 and tokens[place] == "".join(word[0] for word in rest):
                return tuple(rest), tokens[place]
    return tuple(tokens), ""
