"""What a patent's independent claims protect: a product, a method or a use, read from the noun that their preamble ends in."""

import re
from collections.abc import Iterable
from typing import Literal

Kind = Literal["product", "method", "use"]
Kinds = Literal["product", "product_and_method", "method", "use"]

OPENING = 400
"""The characters of a claim that are read: the category stands in its preamble."""
_LEAD = re.compile(
    r"^\s*(?:\d{1,3}\s*[.、．)]\s*)?(?:(?:what\s+is\s+claimed\s+is|what\s+i\s+claim\s+is|we\s+claim|i\s+claim)\s*:?)?\s*", re.IGNORECASE
)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_ENDS_PREAMBLE_ZH = re.compile(r"[，。；,;:：]|其特征|包括|包含")
_METHOD_ZH = re.compile(r"(?:方法|工艺|流程|方式)$")
_USE_ZH = re.compile(r"(?:应用|用途)$")
_IN_SOMETHING = re.compile(r"^(?:with)?in\s([^,]{1,200})(?:,\s*(.*))?", re.IGNORECASE | re.DOTALL)
_NOUN_ENDS = re.compile(
    r"[,:;.]|\s(?:for|of|to|in|on|by|with|at|from|comprising|comprises|including|which|that|wherein|whereby|having|consisting|using|storing|"
    r"performed|implemented|operable|executed|as|and|particularly|adapted)\b",
    re.IGNORECASE,
)
_METHOD_EN = re.compile(r"\b(?:method|process|procedure|technique)$", re.IGNORECASE)
_USE_EN = re.compile(r"^(?:the\s+)?use$", re.IGNORECASE)


def kind_of(text: str) -> Kind:
    """The category of one independent claim; what ends neither in a method nor in a use protects a product."""
    opening = _LEAD.sub("", text)[:OPENING]
    if _CHINESE.search(opening):
        noun = _ENDS_PREAMBLE_ZH.split(opening, maxsplit=1)[0].strip()
        return "use" if _USE_ZH.search(noun) else "method" if _METHOD_ZH.search(noun) else "product"
    setting = _IN_SOMETHING.match(opening)
    if setting and _METHOD_EN.search(_noun(setting[1])):
        return "method"
    noun = _noun(setting[2] or setting[1] if setting else opening)
    return "use" if _USE_EN.search(noun) else "method" if _METHOD_EN.search(noun) else "product"


def _noun(text: str) -> str:
    """The first noun phrase: "A computer-implemented method of …" → "A computer-implemented method"."""
    return _NOUN_ENDS.split(text, maxsplit=1)[0].strip()


def kinds(independent: Iterable[str]) -> Kinds | None:
    """The categories of all independent claims together; None where there is no claim to read."""
    found = {kind_of(text) for text in independent if text.strip()}
    if not found:
        return None
    if "product" in found:
        return "product_and_method" if "method" in found else "product"
    return "method" if "method" in found else "use"
