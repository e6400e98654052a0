"""Characters of XML for the compiled scanner: what is allowed, strict UTF-8, references and line ends."""

from typing import Any

from langqiao.data.formats import xmlfindings as f
from langqiao.data.formats import xmltables as t
from langqiao.data.formats.xmlfindings import Work, hot, rare
from langqiao.data.formats.xmltables import Tables


@hot
def special(data: Any, at: tuple[int, int, int], tables: Tables, work: Work) -> tuple[int, int, int]:
    """A byte of text that is not plain: line end, reference, bracket, UTF-8 sequence or illegal character."""
    i, end, o = at
    out = work.out
    kind = tables.kinds[data[i]] & t.TEXT_BITS
    if kind == t.NEWLINE:
        # A line end with the blanks and line ends that follow it is one line end, or one blank.
        o = apart(o, work)
        while i < end and tables.kinds[data[i]] & t.BLANK:
            i += 1
        return i, o, f.OK
    if kind == t.AMPERSAND:
        return reference(data, at, tables, out)
    if kind == t.BRACKET:
        if i + 2 < end and data[i + 1] == 93 and data[i + 2] == 62:
            return i, o, f.BRACKETS
        out[o] = 93
        return i + 1, o + 1, f.OK
    if kind != t.HIGH:
        return i, o, f.CHARACTER
    size = sequence(data, i, end)
    if size == 0:
        return i, o, f.UTF8
    for k in range(size):
        out[o + k] = data[i + k]
    return i + size, o + size, f.OK


@hot
def apart(o: int, work: Work) -> int:
    """A line end (a blank where lines are not kept), unless the text already ends in one."""
    if o > 0 and work.out[o - 1] != 10 and work.out[o - 1] != 32:
        work.out[o] = 10 if work.state[f.LINED] else 32
        o += 1
    return o


@hot
def continued(work: Work, start: int, stop: int) -> None:
    """Count the bytes of text that begin no character."""
    for p in range(start, stop):
        if work.out[p] & 0xC0 == 0x80:
            work.state[f.EXTRA] += 1


@rare
def sequence(data: Any, i: int, end: int) -> int:
    """The length of the UTF-8 sequence at i, 0 if it is not one of a character that XML allows."""
    a = data[i]
    if a < 0xC2 or a > 0xF4:
        return 0
    size = 2 if a < 0xE0 else 3 if a < 0xF0 else 4
    if i + size > end:
        return 0
    b = data[i + 1]
    for k in range(1, size):
        if data[i + k] & 0xC0 != 0x80:
            return 0
    if (a == 0xE0 and b < 0xA0) or (a == 0xED and b > 0x9F) or (a == 0xF0 and b < 0x90) or (a == 0xF4 and b > 0x8F):
        return 0
    if a == 0xEF and b == 0xBF and data[i + 2] > 0xBD:
        return 0  # U+FFFE and U+FFFF
    return size


@rare
def reference(data: Any, at: tuple[int, int, int], tables: Tables, out: Any) -> tuple[int, int, int]:
    """The reference at '&': its characters are written as UTF-8."""
    i, end, o = at
    if i + 1 < end and data[i + 1] == 35:
        return _number(data, at, out)
    k = i + 1
    hashed = 0
    if k < end and tables.kinds[data[k]] & t.NAME_START:
        while k < end and tables.kinds[data[k]] & t.NAME_CHARACTER:
            hashed = (hashed ^ data[k]) * t.HASH_FACTOR
            k += 1
    if k == i + 1 or k >= end or data[k] != 59:
        return i, o, f.REFERENCE
    mask = len(tables.entity_hash) - 1
    slot = hashed & mask
    while tables.entity_hash[slot] != 0:
        if tables.entity_hash[slot] == hashed:
            for p in range(tables.entity_place[slot, 0], tables.entity_place[slot, 1]):
                out[o] = tables.entity_bytes[p]
                o += 1
            return k + 1, o, f.OK
        slot = (slot + 1) & mask
    return i, o, f.ENTITY


@rare
def _number(data: Any, at: tuple[int, int, int], out: Any) -> tuple[int, int, int]:
    """The numeric reference at '&#'."""
    i, end, o = at
    k = i + 2
    base = 10
    if k < end and data[k] == 120:
        base = 16
        k += 1
    first = k
    value = 0
    while k < end and value <= 0x10FFFF:
        digit = data[k] - 48
        if base == 16 and digit > 9:
            digit = (data[k] | 32) - 87
            if digit < 10:
                break
        if digit < 0 or digit >= base:
            break
        value = value * base + digit
        k += 1
    if k == first or k >= end or data[k] != 59 or not _allowed(value):
        return i, o, f.REFERENCE
    return k + 1, _write(value, o, out), f.OK


@rare
def _allowed(value: int) -> bool:
    """Whether XML 1.0 allows the character."""
    if value < 0x20:
        return value in (9, 10, 13)
    return value < 0xD800 or 0xE000 <= value < 0xFFFE or 0x10000 <= value <= 0x10FFFF


@rare
def _write(value: int, o: int, out: Any) -> int:
    if value < 0x80:
        out[o] = value
        return o + 1
    size = 2 if value < 0x800 else 3 if value < 0x10000 else 4
    for k in range(size - 1, 0, -1):
        out[o + k] = 0x80 | (value & 0x3F)
        value >>= 6
    out[o] = (0xC0 if size == 2 else 0xE0 if size == 3 else 0xF0) | value
    return o + size
