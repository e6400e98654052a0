"""Python values as Arrow arrays, laid out in buffers directly: pyarrow.array would import pandas, 50 MB, to look at each list.

Values that cannot be stored are replaced and their positions told: characters that are not Unicode become U+FFFD, whole numbers beyond
32 bits and values of another kind become unknown.
"""

import datetime as dt
import re
from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np
import pyarrow as pa

_SURROGATE = re.compile("[\ud800-\udfff]")
_DAYS_TO_1970 = dt.date(1970, 1, 1).toordinal()
_INT32 = range(-(2**31), 2**31)
_FAILURES = (TypeError, ValueError, OverflowError, AttributeError)

Values = Sequence[Any]
Numbers = "np.ndarray[Any, np.dtype[Any]]"


def column(values: Values, kind: pa.DataType, bad: set[int]) -> pa.Array:
    """An array of a type of the schema; positions of replaced values are added to `bad`."""
    build = _BUILDERS.get(kind) or _lists
    try:
        return build(values, kind)
    except _FAILURES:
        repaired = [_storable(value, kind) for value in values]
        bad.update(position for position, value in enumerate(values) if value is not None and repaired[position] is not value)
        return build(repaired, kind)


def strings(values: Values, kind: pa.DataType = pa.string()) -> pa.Array:  # noqa: B008 - types are constants
    """Texts, given as str or as checked UTF-8."""
    lengths, data = _utf8(values)
    ends = np.zeros(len(values) + 1, dtype=np.int64 if kind == pa.large_string() else np.int32)
    np.cumsum(lengths, out=ends[1:])
    return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(ends), pa.py_buffer(data)])


def view(data: memoryview) -> pa.Array:
    """One text over the bytes given. Raises ArrowInvalid where they are not UTF-8."""
    array = pa.Array.from_buffers(pa.large_string(), 1, [None, pa.py_buffer(np.array([0, len(data)], dtype=np.int64)), pa.py_buffer(data)])
    array.validate(full=True)
    return array


def whole(numbers: Any, kind: pa.DataType) -> pa.Array:
    """A NumPy array of the type's own width as an Arrow array over the same memory."""
    return pa.Array.from_buffers(kind, len(numbers), [None, pa.py_buffer(numbers)])


def encoded(values: Sequence[str]) -> tuple[Any, pa.Array]:
    """Texts as numbers into the list of the different ones."""
    different = {value: number for number, value in enumerate(dict.fromkeys(values))}
    return np.fromiter(map(different.__getitem__, values), dtype=np.int32, count=len(values)), strings(list(different))


def unicode(text: str) -> str:
    """The text without lone surrogates."""
    return _SURROGATE.sub("\ufffd", text)


def _utf8(values: Values) -> tuple[Any, bytes]:
    try:
        joined = "".join(values)
    except TypeError:  # the first value that is not a str ends it: looking at each beforehand costs more than all the rest
        given = [value if type(value) is bytes else value.encode("utf-8") for value in values]
        return _lengths(given), given[0] if len(given) == 1 else b"".join(given)
    if joined.isascii():
        return _lengths(values), joined.encode("ascii")
    return _lengths([value if value.isascii() else value.encode("utf-8") for value in values]), joined.encode("utf-8")


def _lengths(values: Values) -> Any:
    return np.fromiter(map(len, values), dtype=np.int64, count=len(values))


def _strings(values: Values, kind: pa.DataType) -> pa.Array:
    array = strings(values, kind)
    if kind == pa.large_string():
        array.validate(full=True)
    return array


def _integers(values: Values, kind: pa.DataType) -> pa.Array:
    if None not in values:
        return whole(np.array(values, dtype=np.int32), kind)
    known = np.fromiter((value is not None for value in values), dtype=bool, count=len(values))
    numbers = np.array([0 if value is None else value for value in values], dtype=np.int32)
    return _with_unknown(numbers, known, kind)


def _flags(values: Values, kind: pa.DataType) -> pa.Array:
    known = np.fromiter((value is not None for value in values), dtype=bool, count=len(values))
    bits = np.packbits(np.array([bool(value) for value in values], dtype=bool), bitorder="little")
    return _with_unknown(bits, known, kind)


def _days(values: Values, kind: pa.DataType) -> pa.Array:
    known = np.fromiter((value is not None for value in values), dtype=bool, count=len(values))
    ordinals = (_DAYS_TO_1970 if value is None else value.toordinal() for value in values)
    numbers = np.fromiter(ordinals, dtype=np.int32, count=len(values)) - np.int32(_DAYS_TO_1970)
    return _with_unknown(numbers, known, kind)


def _with_unknown(data: Any, known: Any, kind: pa.DataType) -> pa.Array:
    valid = None if known.all() else pa.py_buffer(np.packbits(known, bitorder="little"))
    return pa.Array.from_buffers(kind, len(known), [valid, pa.py_buffer(data)])


def _lists(values: Values, kind: pa.DataType) -> pa.Array:
    ends = np.zeros(len(values) + 1, dtype=np.int32)
    np.cumsum(_lengths(values), out=ends[1:])
    inner = _BUILDERS[kind.value_type](list(chain.from_iterable(values)), kind.value_type)
    return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(ends)], children=[inner])


def _storable(value: Any, kind: pa.DataType) -> Any:
    """The value itself where it can be stored, else what stands for it."""
    if pa.types.is_list(kind):
        items = [_storable(item, kind.value_type) for item in value or ()]
        kept = [item for item in items if item is not None]
        return value if isinstance(value, list | tuple) and len(kept) == len(value) and all(map(_same, kept, value)) else kept
    if kind in {pa.string(), pa.large_string()}:
        return _storable_text(value)
    if kind == pa.date32():
        return value if value is None or isinstance(value, dt.date) else None
    if kind == pa.bool_():
        return value if value is None or isinstance(value, bool) else None
    return value if value is None or (isinstance(value, int) and value in _INT32) else None


def _storable_text(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if not isinstance(value, str):
        return "" if value is None else unicode(str(value))
    return value if _SURROGATE.search(value) is None else unicode(value)


def _same(one: Any, other: Any) -> bool:
    return one is other


_BUILDERS = {
    pa.string(): _strings,
    pa.large_string(): _strings,
    pa.int32(): _integers,
    pa.bool_(): _flags,
    pa.date32(): _days,
}
