"""Reads files of USPTO XML of every generation, one document or hundreds one after another: each is checked, then read by its root."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from langqiao.data.formats import uspto_pap, uspto_st32, uspto_v4
from langqiao.data.formats.limits import Limits
from langqiao.data.formats.model import Place, Publication
from langqiao.data.formats.source import Input, Record, Rejected, Skipped, rejected
from langqiao.data.formats.xmlcheck import Scanner
from langqiao.data.formats.xmlprolog import Finding, Prolog, prolog
from langqiao.data.formats.xmlsplit import Piece, Splitter
from langqiao.data.formats.xmltables import Vocabulary
from langqiao.engine.kernel.problem import Problem

_FIRST_LOOK = 4_096
"""Bytes in which the root is looked for first; most prologs have 200."""


class _Generation(NamedTuple):
    vocabulary: Vocabulary
    read: Callable[..., tuple[Publication | None, list[Problem]]]


GENERATIONS = {
    "us-patent-grant": _Generation(uspto_v4.VOCABULARY, uspto_v4.read_document),
    "us-patent-application": _Generation(uspto_v4.VOCABULARY, uspto_v4.read_document),
    "PATDOC": _Generation(uspto_st32.VOCABULARY, uspto_st32.read_document),
    "patent-application-publication": _Generation(uspto_pap.VOCABULARY, uspto_pap.read_document),
}
"""How each root is read."""

SKIPPED = {"sequence-cwu": "a sequence listing, not a patent"}
"""Roots between patents that are checked and counted, not read."""


def read(source: Input) -> Iterator[Record]:
    """Every document of the input: a Publication with its warnings, a Skipped root, or a Rejected document with its reasons."""
    scanners = _Scanners(source.limits)
    for piece in Splitter(source).pieces():
        if isinstance(piece, Rejected):
            yield piece
        else:
            yield from _document(piece, source, scanners)


class _Scanners:
    """One scanner for each vocabulary, made when its first document comes."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._made: dict[int, Scanner] = {}

    def of(self, vocabulary: Vocabulary) -> Scanner:
        found = self._made.get(id(vocabulary))
        if found is None:
            found = self._made[id(vocabulary)] = Scanner(vocabulary, self.limits)
        return found


_NOTHING = Vocabulary()


def _document(piece: Piece, source: Input, scanners: _Scanners) -> Iterator[Record]:
    place = piece.place(source.name)
    front = front_of(piece, source.limits)
    if isinstance(front, Finding):
        yield refused(place, piece, front)
        return
    generation = GENERATIONS.get(front.root)
    scanner = scanners.of(generation.vocabulary if generation else _NOTHING)
    tree = scanner.tree(piece.array, piece.start, piece.end, front=front, release=piece.release if piece.is_large else None)
    if isinstance(tree, Finding):
        yield refused(place, piece, tree)
    elif generation:
        record, problems = generation.read(tree, place, front.root, spent=piece.give_back)
        del tree
        scanner.forget()
        if record is None:
            yield rejected(place, piece.raw(), *problems)
        else:
            yield record
            yield from problems
    elif front.root in SKIPPED:
        yield Skipped(place=place, reason=SKIPPED[front.root])
    else:
        yield refused(place, piece, Finding("unknown_root", front.root_at, f"the root element {front.root!r} is no patent document"))


def front_of(piece: Piece, limits: Limits) -> Prolog | Finding:
    """The prolog, looked for in a few bytes first and in all that are allowed if they do not suffice."""
    view = piece.view()
    found = prolog(bytes(view[:_FIRST_LOOK]), limits)
    if isinstance(found, Finding) and len(view) > _FIRST_LOOK:
        found = prolog(bytes(view[: limits.prolog_bytes]), limits)
    return found


def refused(place: Place, piece: Piece, finding: Finding) -> Rejected:
    """The refusal of a document for what was found in it."""
    problem = Problem(
        where=place.source_file,
        offset=place.offset,
        code=finding.code,
        message=f"document refused at byte {place.offset + finding.offset:,}: {finding.message}",
    )
    return rejected(place, piece.raw(), problem)
