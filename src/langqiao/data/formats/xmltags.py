"""Attributes of XML for the compiled scanner: their syntax, their values and that none stands twice."""

from typing import Any

from langqiao.data.formats import xmlfindings as f
from langqiao.data.formats import xmltables as t
from langqiao.data.formats.xmlcharacters import special
from langqiao.data.formats.xmlfindings import Work, hot
from langqiao.data.formats.xmltables import Tables


@hot
def element(hashed: int, tables: Tables) -> int:
    """The vocabulary number of an element, 0 if it has none."""
    mask = len(tables.element_hash) - 1
    slot = hashed & mask
    while tables.element_hash[slot] != 0:
        if tables.element_hash[slot] == hashed:
            return tables.element_id[slot]
        slot = (slot + 1) & mask
    return 0


@hot
def attributes(data: Any, at: tuple[int, int, int], tables: Tables, work: Work) -> tuple[int, int]:
    """The attributes from the end of the element's name; the offset of the closing '>'."""
    k, end, o = at
    kinds = tables.kinds
    work.state[f.STAMP] += 1
    count = 0
    while True:
        before = k
        while k < end and kinds[data[k]] & t.BLANK:
            k += 1
        if k >= end:
            return before, f.TRUNCATED
        if data[k] == 62:
            return k, f.OK
        if data[k] == 47:
            if k + 1 < end and data[k + 1] == 62:
                return k + 1, f.OK
            return k, f.TAG
        if k == before or not kinds[data[k]] & t.NAME_START:
            return k, f.TAG
        count += 1
        if count > work.limits[f.MAX_ATTRIBUTES]:
            return k, f.ATTRIBUTES
        k, finding = _attribute(data, (k, end, o), tables, work)
        if finding != f.OK:
            return k, finding


@hot
def _attribute(data: Any, at: tuple[int, int, int], tables: Tables, work: Work) -> tuple[int, int]:
    """One attribute name="value" at its name; the offset after its closing quote."""
    start, end, o = at
    kinds = tables.kinds
    k = start
    hashed = 0
    while k < end and kinds[data[k]] & t.NAME_CHARACTER:
        hashed = (hashed ^ data[k]) * t.HASH_FACTOR
        k += 1
    if k - start > work.limits[f.MAX_NAME]:
        return start, f.NAME
    if _repeated(data, (start, k - start, hashed), work):
        return start, f.DUPLICATE
    while k < end and kinds[data[k]] & t.BLANK:
        k += 1
    if k >= end or data[k] != 61:
        return k, f.TAG
    k += 1
    while k < end and kinds[data[k]] & t.BLANK:
        k += 1
    if k >= end or (data[k] != 34 and data[k] != 39):
        return k, f.TAG
    return _value(data, (k, end, o), tables, work)


@hot
def _value(data: Any, at: tuple[int, int, int], tables: Tables, work: Work) -> tuple[int, int]:
    """The attribute value at its opening quote; the offset after the closing one."""
    start, end, o = at
    quote = data[start]
    k = start + 1
    while k < end:
        byte = data[k]
        if byte == quote:
            return (k + 1, f.OK) if k - start <= work.limits[f.MAX_TEXT] else (start, f.TEXT)
        kind = tables.kinds[byte] & t.TEXT_BITS
        if kind in (t.PLAIN, t.NEWLINE, t.BRACKET):
            k += 1
        elif kind == t.MARKUP:
            return k, f.LESS_THAN
        else:
            # Writing the value behind the text, without moving its end, checks references and sequences the same way as in text.
            k, _, finding = special(data, (k, end, o), tables, work)
            if finding != f.OK:
                return k, finding
    return start, f.TRUNCATED


@hot
def _repeated(data: Any, name: tuple[int, int, int], work: Work) -> bool:
    """Whether the tag already has an attribute of that name; the name is noted."""
    start, size, hashed = name
    seen, stamp = work.seen, work.state[f.STAMP]
    slot = hashed & (f.SEEN - 1)
    while seen[0, slot] == stamp:
        if seen[2, slot] == size:
            same = True
            for p in range(size):
                if data[seen[1, slot] + p] != data[start + p]:
                    same = False
                    break
            if same:
                return True
        slot = (slot + 1) & (f.SEEN - 1)
    seen[0, slot], seen[1, slot], seen[2, slot] = stamp, start, size
    return False
