"""Bytes eight at a time for the compiled scanner: where a run of text meets a byte that means something, and where a document begins."""

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from langqiao.data.formats.xmlfindings import hot, rare

_ONES = np.uint64(0x0101_0101_0101_0101)
_HIGHS = np.uint64(0x8080_8080_8080_8080)
_BLANKS = np.uint64(0x2020_2020_2020_2020)
_LESS = np.uint64(0x3C3C_3C3C_3C3C_3C3C)
_AMPERSANDS = np.uint64(0x2626_2626_2626_2626)
_BRACKETS = np.uint64(0x5D5D_5D5D_5D5D_5D5D)
_QUESTIONS = np.uint64(0x3F3F_3F3F_3F3F_3F3F)
_EXCLAMATIONS = np.uint64(0x2121_2121_2121_2121)
DECLARATION = tuple(b"<?xml")
DOCTYPE = tuple(b"<!DOCTYPE")


@intrinsic
def _load(typing_context: Any, array: Any, index: Any) -> Any:  # noqa: ARG001 - the interface of numba
    """The eight bytes at array[index], wherever they lie."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = _pointer(context, builder, signature, arguments)
        return builder.load(place, align=1)

    return types.uint64(array, types.intp), generate


@intrinsic
def _store(typing_context: Any, array: Any, index: Any, word: Any) -> Any:  # noqa: ARG001
    """Write eight bytes at array[index]."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = _pointer(context, builder, signature, arguments)
        builder.store(arguments[2], place, align=1)
        return context.get_dummy_value()

    return types.void(array, types.intp, types.uint64), generate


@intrinsic
def _zeros(typing_context: Any, word: Any) -> Any:  # noqa: ARG001
    """How many low bits of a word that is not 0 are zero."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.intp(types.uint64), generate


def _pointer(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
    return builder.bitcast(builder.gep(data, [arguments[1]]), ir.IntType(64).as_pointer())


@hot
def plain(data: Any, at: tuple[int, int, int], out: Any) -> tuple[int, int]:
    """Copy text from data[i] to out[o] up to the first byte below a blank, '<', '&', ']' or not ASCII, or to the last seven before the end.

    `out` must have eight bytes to spare. The subtraction's borrow can only mark bytes behind a marked one, so the lowest mark is right.
    """
    i, end, o = at
    while i + 8 <= end:
        word = _load(data, i)
        less, ampersand, bracket = word ^ _LESS, word ^ _AMPERSANDS, word ^ _BRACKETS
        marks = word | ((word - _BLANKS) & ~word) | ((less - _ONES) & ~less) | ((ampersand - _ONES) & ~ampersand)
        marks = (marks | ((bracket - _ONES) & ~bracket)) & _HIGHS
        _store(out, o, word)
        if marks:
            step = _zeros(marks) >> 3
            return i + step, o + step
        i += 8
        o += 8
    return i, o


@hot
def copied(text: Any, span: tuple[int, int], out: Any, o: int) -> int:
    """Copy a stretch of text without the blanks around it to out[o]; both have eight bytes to spare behind it."""
    i, end = span
    while i < end and text[i] <= 32:
        i += 1
    while end > i and text[end - 1] <= 32:
        end -= 1
    size = end - i
    for k in range(0, size, 8):
        _store(out, o + k, _load(text, i + k))
    return o + size


@rare
def boundary(data: Any, start: int, end: int, doctypes: bool) -> int:  # noqa: FBT001 - compiled code takes no keywords
    """The first offset from `start` on at which an XML declaration begins (or, with `doctypes`, a document type), -1 if there is none.

    A declaration cut off by `end` is not seen: the caller looks again from the last 10 bytes when there is more.
    """
    # Both marks have a rare second byte, '?' or '!': text and other tags are passed over eight bytes at a time.
    i = start + 1
    while i + 8 <= end:
        word = _load(data, i)
        question, exclamation = word ^ _QUESTIONS, word ^ _EXCLAMATIONS
        marks = (question - _ONES) & ~question & _HIGHS
        if doctypes:
            marks |= (exclamation - _ONES) & ~exclamation & _HIGHS
        if not marks:
            i += 8
            continue
        i += _zeros(marks) >> 3
        if _begins(data, i - 1, end, DECLARATION) and data[i + 4] <= 32:
            return i - 1
        if doctypes and _begins(data, i - 1, end, DOCTYPE):
            return i - 1
        i += 1
    return -1


@rare
def _begins(data: Any, i: int, end: int, mark: Any) -> bool:
    if i + len(mark) >= end:
        return False
    for k in range(len(mark)):  # noqa: SIM110 - compiled code has no generators
        if data[i + k] != mark[k]:
            return False
    return True
