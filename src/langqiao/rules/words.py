"""The words in which states, burdens and gaps of a right are told, in Chinese and English."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import yaml

from langqiao.rules.refusals import Language


@cache
def words() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """Every word: group → code → {"zh", "en"}."""
    document: dict[str, dict[str, dict[str, str]]] = yaml.safe_load(
        files("langqiao.rules").joinpath("words.yaml").read_text(encoding="utf-8")
    )
    return document


def word(group: str, code: str, language: Language) -> str:
    """The word for a code. Raises KeyError naming it: a code without a word is a defect."""
    return words()[group][code][language]
