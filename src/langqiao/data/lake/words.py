"""How many words texts have, compiled: parted by blanks, each Chinese, Japanese or Korean character one word."""

from typing import Any

import numpy as np
import pyarrow as pa
from numba import njit


def word_counts(texts: pa.StringArray) -> "np.ndarray[Any, np.dtype[np.int32]]":
    """The words of each text of an Arrow array without unknown values."""
    counts = np.zeros(len(texts), dtype=np.int32)
    _, ends, data = texts.buffers()
    if len(texts) and data is not None:
        offsets = np.frombuffer(ends, dtype=np.int32)[texts.offset : texts.offset + len(texts) + 1]
        _count(np.frombuffer(data, dtype=np.uint8), offsets, counts)
    return counts


@njit(cache=True)
def _count(data: Any, offsets: Any, counts: Any) -> None:
    for row in range(len(counts)):
        i, stop = offsets[row], offsets[row + 1]
        inside, count = False, 0
        while i < stop:
            byte = data[i]
            if 0x20 < byte < 0x80:  # nearly every byte
                count += not inside
                inside = True
                i += 1
                continue
            if byte < 0x80:
                code, size = np.int32(byte), 1
            else:
                size = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
                code = np.int32(byte & (0xFF >> (size + 1)))
                for k in range(1, size):
                    code = (code << 6) | (data[i + k] & 0x3F)
            i += size
            if _is_blank(code):
                inside = False
            elif _is_word(code):
                count += 1
                inside = False
            elif not inside:
                count += 1
                inside = True
        counts[row] = count


@njit(cache=True)
def _is_blank(code: int) -> bool:
    """What str.isspace calls a blank."""
    if code < 0x80:
        return code == 0x20 or 0x09 <= code <= 0x0D or 0x1C <= code <= 0x1F
    return code in (0x85, 0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000) or 0x2000 <= code <= 0x200A


@njit(cache=True)
def _is_word(code: int) -> bool:
    """A character that is a word of its own: kana, ideographs, Hangul."""
    if code < 0x3040:
        return False
    return code <= 0x30FF or 0x3400 <= code <= 0x4DBF or 0x4E00 <= code <= 0x9FFF or 0xAC00 <= code <= 0xD7AF or 0xF900 <= code <= 0xFAFF
