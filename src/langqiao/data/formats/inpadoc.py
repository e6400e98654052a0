"""Legal event codes of the offices: what a code stands for in our words, its class and influence, and whether it changes the status of a right.

Two dated tables: `legal_codes.csv` holds facts of the EPO's table 2024/17 (56 authorities), `legal_codes_kinds.csv` our reading of the codes of
China, the United States, the EPO and the PCT. An unknown code keeps its class; a status changes by the rule of knowledge/formats 6.
"""

import csv
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import NamedTuple

STATUS_CLASSES = frozenset("FHMKBCG")
"""Event classes that may change a status: grant, cessation, maintenance, revival, discontinuation, revival of an application, beyond the term."""

_EFFECT_WORDS = {
    "close": re.compile(r"注销|解除|撤回|CANCEL|DISCHARG|RELEASE|TERMINAT|WITHDRAW", re.IGNORECASE),
    "amend": re.compile(r"变更|\bCHANGE|\bAMEND|MODIFI", re.IGNORECASE),
    "open": re.compile(r"生效|ENFORCEMENT|ENTRY INTO FORCE", re.IGNORECASE),
}


class LegalCode(NamedTuple):
    """One code of one authority. `kind` our word or ""; `effect` open | amend | close | expected | unknown | "" on what the kind concerns."""

    authority: str
    code: str
    kind: str
    effect: str
    influence: str
    code_class: str
    description_en: str
    description_zh: str

    @property
    def changes_status(self) -> bool:
        """Whether the event may change the status of the right, by its class and the sign of its influence."""
        return self.code_class in STATUS_CLASSES and self.influence in {"+", "-"}


def legal_code(authority: str, code: str) -> LegalCode:
    """What is known of a code (blanks around it do not count); an unknown one comes with empty fields, never as an error."""
    key = (authority.strip().upper(), code.strip().upper())
    return table().get(key) or LegalCode(*key, "", "", "", "", "", "")


@cache
def table() -> dict[tuple[str, str], LegalCode]:
    """Every code by authority and code, without padding."""
    kinds = {(row["authority"], row["code"]): row for row in _rows("legal_codes_kinds.csv")}
    found = {}
    for row in _rows("legal_codes.csv"):
        key = (row["authority"], row["code"])
        read = kinds.get(key, {})
        found[key] = LegalCode(
            *key,
            read.get("kind", ""),
            read.get("effect", ""),
            row["influence"],
            row["class"],
            read.get("description_en", ""),
            read.get("description_zh", ""),
        )
    assert kinds.keys() <= found.keys(), "a code is read that the table of the office does not hold"
    return found


def effect_of(code: LegalCode, text: str) -> str:
    """The effect of an event: the code's own, or, where the code does not tell, what its text says; "unknown" where it says none or several.

    The code's title names all three (in force, changed, canceled): the text is read without the words the title holds.
    """
    if code.effect != "unknown":
        return code.effect
    said = [effect for effect, pattern in _EFFECT_WORDS.items() if pattern.search(text)]
    return said[0] if len(said) == 1 else "unknown"


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = files("langqiao.data.reference").joinpath(name).read_text(encoding="utf-8")
    yield from csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
