"""The compiled scanner of XML: one pass over every byte of a document that checks it, writes its text and lists its elements.

Checked: balance of tags, syntax of attributes and their uniqueness, legal characters, strict UTF-8, references (numeric, and named ones by the
table), "]]>" in text, comments, instructions, CDATA sections, depth and the other limits (XML 1.0, fifth edition, without name spaces).
"""

from typing import Any

from langqiao.data.formats import xmlfindings as f
from langqiao.data.formats import xmltables as t
from langqiao.data.formats.xmlcharacters import apart, continued, sequence, special
from langqiao.data.formats.xmlfindings import Work, hot, rare
from langqiao.data.formats.xmltables import Tables
from langqiao.data.formats.xmltags import attributes, element
from langqiao.data.formats.xmlwords import plain

CDATA = (60, 33, 91, 67, 68, 65, 84, 65, 91)
"""<![CDATA[ """


@rare
def scan(data: Any, span: tuple[int, int, int, int], tables: Tables, work: Work) -> tuple[int, int]:
    """Scan data[i:end] for `span` i, end, root, stop; the finding and the offset of it in `data`.

    The root's tag begins at `root`, where the first call begins; after a pause, behind the first markup from `stop` on, the next call begins.
    """
    i, end, root, stop = span
    kinds, out, state = tables.kinds, work.out, work.state
    o, run = state[f.WRITTEN], i
    while i < end:
        byte = data[i]
        kind = kinds[byte] & t.TEXT_BITS
        if kind == t.PLAIN:
            out[o] = byte
            i, o = plain(data, (i + 1, end, o + 1), out)
        elif kind == t.MARKUP:
            if i - run > work.limits[f.MAX_TEXT]:
                return f.TEXT, run
            i, o, finding = _markup(data, (i, end, o, root), tables, work)
            if finding != f.OK:
                return finding, i
            if state[f.LEVEL] == 0:
                state[f.WRITTEN] = o
                return _epilog(data, (i, end), tables, work)
            run = i
            if i >= stop:
                state[f.WRITTEN] = o
                return f.PAUSED, i
        else:
            start = o
            i, o, finding = special(data, (i, end, o), tables, work)
            if finding != f.OK:
                return finding, i
            continued(work, start, o)
    return f.TRUNCATED, end


@hot
def _markup(data: Any, at: tuple[int, int, int, int], tables: Tables, work: Work) -> tuple[int, int, int]:
    """What begins with '<': a tag, a comment, an instruction or a CDATA section."""
    i, end, o, _ = at
    if i + 1 >= end:
        return i, o, f.TRUNCATED
    byte = data[i + 1]
    if byte == 47:
        return _close(data, at, tables, work)
    if byte == 63:
        k, finding = _instruction(data, (i, end), tables, work)
        return k, o, finding
    if byte != 33:
        return _open(data, at, tables, work)
    if i + 3 < end and data[i + 2] == 45 and data[i + 3] == 45:
        k, finding = _comment(data, (i, end), tables, work)
        return k, o, finding
    return _cdata(data, (i, end, o), tables, work)


@hot
def _close(data: Any, at: tuple[int, int, int, int], tables: Tables, work: Work) -> tuple[int, int, int]:
    """An end tag: its name must be that of the element opened last."""
    i, end, o, base = at
    level = work.state[f.LEVEL] - 1
    start, size = work.stack[0, level] + base, work.stack[1, level]
    k = i + 2
    if k + size >= end:
        return i, o, f.TRUNCATED
    for p in range(size):
        if data[k + p] != data[start + p]:
            return i, o, f.MISMATCH
    k += size
    if tables.kinds[data[k]] & t.NAME_CHARACTER:
        return i, o, f.MISMATCH
    while k < end and tables.kinds[data[k]] & t.BLANK:
        k += 1
    if k >= end or data[k] != 62:
        return i, o, f.TAG
    node = work.stack[2, level]
    if node >= 0:
        work.nodes[f.TO, node] = o
        work.nodes[f.LAST, node] = o - work.state[f.EXTRA]
        work.nodes[f.AFTER, node] = work.state[f.COUNT]
    if work.stack[3, level] & t.BLOCK:
        o = apart(o, work)
    work.state[f.LEVEL] = level
    if work.state[f.QUIET] > level:
        work.state[f.QUIET] = 0
    if work.state[f.LINED] > level:
        work.state[f.LINED] = 0
    return k + 1, o, f.OK


@hot
def _open(data: Any, at: tuple[int, int, int, int], tables: Tables, work: Work) -> tuple[int, int, int]:
    """A start tag or an empty-element tag."""
    i, end, o, base = at
    k = i + 1
    if k >= end or not tables.kinds[data[k]] & t.NAME_START:
        return i, o, f.TAG
    hashed = 0
    while k < end and tables.kinds[data[k]] & t.NAME_CHARACTER:
        hashed = (hashed ^ data[k]) * t.HASH_FACTOR
        k += 1
    size = k - i - 1
    if size > work.limits[f.MAX_NAME]:
        return i, o, f.NAME
    if k < end and data[k] == 62:
        empty = False
    else:
        k, finding = attributes(data, (k, end, o), tables, work)
        if finding != f.OK:
            return k, o, finding
        empty = data[k - 1] == 47
    k += 1
    number = element(hashed, tables)
    return _enter((i, k, o, base, size, number, empty), tables, work)


@hot
def _enter(tag: tuple[int, int, int, int, int, int, bool], tables: Tables, work: Work) -> tuple[int, int, int]:
    """Take note of an element: on the stack unless it is empty, in the table of nodes if the vocabulary records it."""
    i, k, o, base, size, number, empty = tag
    state, nodes = work.state, work.nodes
    marks = tables.element_marks[number]
    level = state[f.LEVEL]
    if marks & t.BLOCK:
        o = apart(o, work)
    node = -1
    if marks & t.RECORD and state[f.QUIET] == 0:
        node = state[f.COUNT]
        if node >= nodes.shape[1]:
            return i, o, f.NODES
        nodes[f.ID, node], nodes[f.OPENED, node], nodes[f.INSIDE, node] = number, i - base, k - base
        nodes[f.FROM, node], nodes[f.TO, node], nodes[f.AFTER, node] = o, o, node + 1
        nodes[f.FIRST, node], nodes[f.LAST, node] = o - state[f.EXTRA], o - state[f.EXTRA]
        state[f.COUNT] = node + 1
    if empty or (marks & t.VOID and state[f.SGML] != 0):
        return k, o, f.OK
    if level >= work.limits[f.MAX_DEPTH]:
        return i, o, f.DEPTH
    work.stack[0, level], work.stack[1, level], work.stack[2, level], work.stack[3, level] = i + 1 - base, size, node, marks
    state[f.LEVEL] = level + 1
    if marks & t.OPAQUE and state[f.QUIET] == 0:
        state[f.QUIET] = level + 1
    if marks & t.LINES and state[f.LINED] == 0:
        state[f.LINED] = level + 1
    return k, o, f.OK


@rare
def _comment(data: Any, at: tuple[int, int], tables: Tables, work: Work) -> tuple[int, int]:
    """A comment at '<!--'; the offset after it."""
    start, end = at
    k = start + 4
    while k + 2 < end:
        if data[k] == 45 and data[k + 1] == 45:
            if data[k + 2] != 62:
                return k, f.COMMENT
            return (k + 3, f.OK) if k - start <= work.limits[f.MAX_TEXT] else (start, f.TEXT)
        k, finding = _character(data, k, end, tables)
        if finding != f.OK:
            return k, finding
    return start, f.TRUNCATED


@rare
def _instruction(data: Any, at: tuple[int, int], tables: Tables, work: Work) -> tuple[int, int]:
    """A processing instruction at '<?'; the offset after it. Its target may not be "xml"."""
    start, end = at
    k = start + 2
    if k >= end or not tables.kinds[data[k]] & t.NAME_START:
        return start, f.INSTRUCTION
    while k < end and tables.kinds[data[k]] & t.NAME_CHARACTER:
        k += 1
    if k - start == 5 and data[start + 2] | 32 == 120 and data[start + 3] | 32 == 109 and data[start + 4] | 32 == 108:
        return start, f.INSTRUCTION
    if k + 1 < end and not tables.kinds[data[k]] & t.BLANK and not (data[k] == 63 and data[k + 1] == 62):
        return k, f.INSTRUCTION
    while k + 1 < end:
        if data[k] == 63 and data[k + 1] == 62:
            return (k + 2, f.OK) if k - start <= work.limits[f.MAX_TEXT] else (start, f.TEXT)
        k, finding = _character(data, k, end, tables)
        if finding != f.OK:
            return k, finding
    return start, f.TRUNCATED


@rare
def _character(data: Any, k: int, end: int, tables: Tables) -> tuple[int, int]:
    """The offset after the character at k, where no markup counts."""
    kind = tables.kinds[data[k]] & t.TEXT_BITS
    if kind == t.ILLEGAL:
        return k, f.CHARACTER
    if kind != t.HIGH:
        return k + 1, f.OK
    size = sequence(data, k, end)
    return (k + size, f.OK) if size else (k, f.UTF8)


@rare
def _cdata(data: Any, at: tuple[int, int, int], tables: Tables, work: Work) -> tuple[int, int, int]:
    """A CDATA section: its characters are text as they stand."""
    start, end, o = at
    for p in range(len(CDATA)):
        if start + p >= end:
            return start, o, f.TRUNCATED
        if data[start + p] != CDATA[p]:
            return start, o, f.MARKED
    i = start + len(CDATA)
    while i + 2 < end:
        if data[i] == 93 and data[i + 1] == 93 and data[i + 2] == 62:
            return (i + 3, o, f.OK) if i - start <= work.limits[f.MAX_TEXT] else (start, o, f.TEXT)
        k, finding = _character(data, i, end, tables)
        if finding != f.OK:
            return k, o, finding
        begin = o
        while i < k:
            work.out[o] = data[i]
            o += 1
            i += 1
        continued(work, begin, o)
    return start, o, f.TRUNCATED


@rare
def _epilog(data: Any, at: tuple[int, int], tables: Tables, work: Work) -> tuple[int, int]:
    """What follows the root: blanks, comments and instructions only."""
    i, end = at
    while i < end:
        if tables.kinds[data[i]] & t.BLANK:
            i += 1
        elif data[i] == 60 and i + 1 < end and data[i + 1] == 63:
            i, finding = _instruction(data, (i, end), tables, work)
            if finding != f.OK:
                return finding, i
        elif data[i] == 60 and i + 3 < end and data[i + 1] == 33 and data[i + 2] == 45 and data[i + 3] == 45:
            i, finding = _comment(data, (i, end), tables, work)
            if finding != f.OK:
                return finding, i
        else:
            return f.CONTENT, i
    return f.OK, end
