"""The one text of a recorded value: sorted keys, no blanks, integers and NFC text only, so that its hash is always the same."""

import json
import unicodedata
from collections.abc import Mapping
from typing import Any

DEPTH_MAX = 20
LENGTH_MAX = 262_144
"""The longest canonical text, in characters: what is longer belongs in a document whose hash is recorded."""


def canonical(value: Any) -> str:
    """The canonical JSON text. Raises ValueError for floats, decimals, lone surrogates, keys that are not text, depth over 20, or length over 262,144."""
    text = json.dumps(_plain(value, DEPTH_MAX), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    if len(text) > LENGTH_MAX:
        raise ValueError(f"the text to record has {len(text):,} characters, more than {LENGTH_MAX:,}")
    return text


def is_canonical(text: str) -> bool:
    """Whether a text is the canonical form of the value that it holds."""
    try:
        return canonical(json.loads(text)) == text
    except (ValueError, RecursionError):
        return False


def _plain(value: Any, depth: int) -> Any:
    if depth == 0:
        raise ValueError(f"the value to record is nested deeper than {DEPTH_MAX} levels")
    if isinstance(value, str):
        return _text(value)
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Mapping):
        return _object(value, depth)
    if isinstance(value, list | tuple):
        return [_plain(item, depth - 1) for item in value]
    raise ValueError(f"{value!r} cannot be recorded: only text, whole numbers, true, false, null, lists and objects of these can")


def _object(value: Mapping[Any, Any], depth: int) -> dict[str, Any]:
    if wrong := [key for key in value if not isinstance(key, str)]:
        raise ValueError(f"{wrong[0]!r} is not a text and cannot be a key of the record")
    found = {_text(key): _plain(item, depth - 1) for key, item in value.items()}
    if len(found) != len(value):
        raise ValueError("two keys are the same text in normal form (NFC)")
    return found


def _text(value: str) -> str:
    normal = unicodedata.normalize("NFC", value)
    if any("\ud800" <= letter <= "\udfff" for letter in normal):
        raise ValueError("a text with half a character (a lone surrogate) has no UTF-8 form")
    return str(normal)
