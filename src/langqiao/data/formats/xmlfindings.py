"""What the scanner of XML finds and what it works with: numbers of findings, rows of the node table, cells of its state."""

from typing import Any, NamedTuple

from numba import njit

# The scanner allocates nothing: without the runtime's reference counts on every array of every call it is five times faster.
rare = njit(cache=True, _nrt=False)
hot = njit(cache=True, _nrt=False, forceinline=True)

(
    OK, TRUNCATED, CHARACTER, UTF8, MISMATCH, TAG, DUPLICATE, LESS_THAN, REFERENCE, ENTITY, BRACKETS, COMMENT, INSTRUCTION, MARKED, CONTENT,
    DEPTH, ATTRIBUTES, NAME, TEXT, NODES, PAUSED,
) = range(21)  # fmt: skip
"""Findings, in the order of `xmlcheck.FINDINGS`; NODES asks for a larger table of nodes, PAUSED to be called again from where it stands."""

ID, OPENED, INSIDE, FROM, TO, FIRST, LAST, AFTER = range(8)
"""Rows of the node table: vocabulary number, offset of the tag and of the content, start and end in the text in bytes and in characters,
index after the last node within."""

SGML, COUNT, WRITTEN, LEVEL, QUIET, LINED, EXTRA, STAMP = range(8)
"""Cells of the state: SGML file, nodes, bytes of text, open elements, level of the opaque element and of the one whose lines are kept, bytes of
text that begin no character, tags so far."""

MAX_DEPTH, MAX_ATTRIBUTES, MAX_NAME, MAX_TEXT = range(4)
SEEN = 1024
"""Slots for the attribute names of one tag; above twice the limit of attributes."""


class Work(NamedTuple):
    """The scanner's own memory: text, nodes [8, n], stack of open elements [4, depth], attribute names seen [3, SEEN], state, limits."""

    out: Any
    nodes: Any
    stack: Any
    seen: Any
    state: Any
    limits: Any
