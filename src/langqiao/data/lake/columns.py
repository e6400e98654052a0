"""How records become Arrow columns: rows are gathered as the readers' own tuples and turned round once a batch.

Columns that repeat for every row of a record (its key, hash and place) are written once a record and referred to by number.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from langqiao.data.formats.model import Conveyance, LegalEvent, Place, Publication
from langqiao.data.formats.uspto_claims import LongClaims
from langqiao.data.lake import arrays
from langqiao.data.lake.arrays import unicode
from langqiao.data.lake.schema import CHILD, PROVENANCE, STORED, TABLES
from langqiao.data.lake.words import word_counts
from langqiao.engine.kernel.problem import Problem

RAW_CHARACTERS = 300
"""How much of a raw value a problem keeps."""
PART_BYTES = 4 * 1024 * 1024
"""A longer description is stored in parts; reading puts them together."""
STRETCH_BYTES = 512 * 1024
"""Claims longer than can be copied are written in stretches of this much text."""
MESSAGE_CHARACTERS = 1_000
"""How long the message of a problem may be."""

_SHARED = {name for name, _ in (*CHILD, *PROVENANCE)}
_OWN = {name: [column for column in STORED[name].names if column not in _SHARED] for name in TABLES}


@dataclass(slots=True)
class _Rows:
    """The rows of one table: a stretch of rows for each record that has any, and the record it belongs to."""

    stretches: list[Sequence[Any]] = field(default_factory=list)
    owners: list[int] = field(default_factory=list)

    def extend(self, owner: int, rows: Sequence[Any]) -> None:
        self.stretches.append(rows)
        self.owners.append(owner)

    def sort(self, rank: list[int]) -> None:
        """Orders the stretches by the rank of their record."""
        order = sorted(range(len(self.owners)), key=lambda index: rank[self.owners[index]])
        self.stretches = [self.stretches[index] for index in order]
        self.owners = [self.owners[index] for index in order]


class Columns:
    """Gathers records and gives one Arrow table for each table of the lake that got rows, sorted by key so that a look-up reads little."""

    def __init__(self) -> None:
        self._clear()

    def _clear(self) -> None:
        self._places: list[Place] = []
        self._formats: list[str] = []
        self._retrieved: list[int] = []
        self._keys: list[str] = []
        self._long: list[tuple[int, int, memoryview]] = []
        self._long_claims: list[tuple[int, LongClaims]] = []
        self._tables: dict[str, _Rows] = {name: _Rows() for name in TABLES}
        self.source_bytes = 0
        self.rows = 0

    def _own(self, place: Place, format_name: str, retrieved_at: int, key: str = "") -> int:
        self._places.append(place)
        self._formats.append(format_name)
        self._retrieved.append(retrieved_at)
        self._keys.append(key)
        self.source_bytes += place.length
        self.rows += 1
        return len(self._places) - 1

    def add_publication(self, record: Publication, retrieved_at: int) -> None:
        """A publication with all its parts. `retrieved_at` in microseconds since 1970."""
        key = record.key
        owner = self._own(record.place, record.format, retrieved_at, key)
        tables = self._tables
        tables["publications"].extend(owner, [_publication_row(record)])
        if record.description:
            self._add_description(owner, record.description)
        if isinstance(record.claims, LongClaims):
            self._long_claims.append((owner, record.claims))
        elif record.claims:
            tables["claims"].extend(owner, record.claims)
        for name, part in (
            ("citations", record.citations),
            ("parties", record.parties),
            ("classifications", record.classifications),
            ("priorities", record.priorities),
            ("families", record.family),
            ("opinions", record.opinions),
        ):
            if part:
                tables[name].extend(owner, part)

    def _add_description(self, owner: int, text: str | bytes | memoryview) -> None:
        """A description; a long one in parts, which share its bytes, so that it is never in memory once more to be written."""
        if len(text) <= PART_BYTES:
            self._tables["descriptions"].extend(owner, [(text,)])
            return
        data = memoryview(text.encode("utf-8", "replace") if isinstance(text, str) else text)
        first, *rest = _parts(data)
        self._tables["descriptions"].extend(owner, [(bytes(first),)])
        self._long += [(owner, number, part) for number, part in enumerate(rest, start=1)]

    def add_event(self, event: LegalEvent, retrieved_at: int) -> None:
        """A legal event."""
        owner = self._own(event.place, event.format, retrieved_at, f"{event.office}-{event.number}")
        row = (
            event.office, event.number, event.number_kind, event.application_number, event.code, event.kind, event.date,
            event.effective_date, event.from_party, event.to_party, event.text, event.influence, event.code_class, event.alignment,
            _json(event.extra),
        )  # fmt: skip
        self._tables["events"].extend(owner, [row])

    def add_conveyance(self, record: Conveyance, retrieved_at: int) -> None:
        """A recorded conveyance with the properties it names."""
        owner = self._own(record.place, record.format, retrieved_at, record.key)
        row = (
            record.key, record.office, record.kind, record.code, record.text, record.recorded_date, record.execution_date,
            record.assignors, record.assignees, record.releases, record.property_count,
        )  # fmt: skip
        self._tables["conveyances"].extend(owner, [row])
        if record.properties:
            rows = [(record.key, number, *entry) for number, entry in enumerate(record.properties, start=1)]
            self._tables["conveyed_properties"].extend(owner, rows)

    def add_problem(self, problem: Problem, place: Place, *, format_name: str, retrieved_at: int, quarantine_file: str = "") -> None:
        """A problem; `place` is that of the record concerned, as far as it is known."""
        owner = self._own(place, format_name, retrieved_at)
        raw = (problem.raw or "")[:RAW_CHARACTERS]
        row = (
            problem.where, problem.code, problem.message[:MESSAGE_CHARACTERS], problem.severity, problem.row, problem.field or "", raw,
            quarantine_file,
        )  # fmt: skip
        self._tables["problems"].extend(owner, [row])

    def take(self) -> Iterator[tuple[str, pa.Table]]:
        """The Arrow tables of everything gathered, problems last; the gatherer is empty afterwards."""
        shared = _Shared(self._places, self._formats, self._retrieved, self._keys)
        tables = self._tables
        repaired = set()
        order = sorted(range(len(self._keys)), key=self._keys.__getitem__)
        rank = [0] * len(order)
        for position, owner in enumerate(order):
            rank[owner] = position
        for name in TABLES:
            if name != "problems" and tables[name].owners:
                tables[name].sort(rank)
                table, owners = _table(name, tables[name], shared)
                repaired |= owners
                yield name, table
        for owner, number, part in self._long:
            yield "description_parts", _part_table(owner, number, part, shared)
        for owner, claims in self._long_claims:
            for stretch in claims.stretches(STRETCH_BYTES):
                table, owners = _table("claims", _Rows([stretch], [owner]), shared)
                repaired |= owners
                yield "claims", table
        for owner in sorted(repaired):
            self._add_repair(owner)
        if tables["problems"].owners:
            shared = _Shared(self._places, self._formats, self._retrieved, self._keys)
            yield "problems", _table("problems", tables["problems"], shared)[0]
        self._clear()

    def _add_repair(self, owner: int) -> None:
        place = self._places[owner]
        message = (
            "the record held text that is not Unicode or a whole number beyond 32 bits; such characters became U+FFFD, such numbers unknown"
        )
        problem = Problem(where=place.source_file, offset=place.offset, code="value_not_storable", message=message, severity="warning")
        self.add_problem(problem, place, format_name=self._formats[owner], retrieved_at=self._retrieved[owner])


class _Shared:
    """The columns that belong to records, each value once: Arrow writes memory it never filled where a dictionary holds a value twice."""

    def __init__(self, places: list[Place], formats: list[str], retrieved: list[int], keys: list[str]) -> None:
        files, offsets, lengths, hashes = zip(*places, strict=True)
        self.encoded = {
            name: arrays.encoded([unicode(value) for value in values] if name == "key" else values)
            for name, values in {"source_file": files, "format": formats, "sha256": hashes, "record": hashes, "key": keys}.items()
        }
        self.numbers = {
            "offset": np.array(offsets, dtype=np.int64),
            "length": np.array(lengths, dtype=np.int64),
            "retrieved_at": np.array(retrieved, dtype=np.int64),
        }

    def column(self, name: str, owners: Any, kind: pa.DataType) -> pa.Array:
        """A column of rows that belong to the records `owners`."""
        if name in self.numbers:
            return arrays.whole(self.numbers[name][owners], kind)
        numbers, values = self.encoded[name]
        return pa.DictionaryArray.from_arrays(arrays.whole(numbers[owners], pa.int32()), values)


def _table(name: str, gathered: _Rows, shared: _Shared) -> tuple[pa.Table, set[int]]:
    """The Arrow table and the records whose values had to be repaired to be storable."""
    owners = np.repeat(np.array(gathered.owners, dtype=np.int32), [len(rows) for rows in gathered.stretches])
    own: list[Any] = list(zip(*chain.from_iterable(gathered.stretches), strict=True))
    if name == "claims":
        own.append([not one for one in own[2]])
    bad: set[int] = set()
    columns = {}
    for column, values in zip(_OWN[name], own, strict=name != "claims"):
        columns[column] = arrays.column(values, STORED[name].field(column).type, bad)
    if name == "claims":
        columns["words"] = arrays.whole(word_counts(columns["text"]), STORED[name].field("words").type)
    for column in STORED[name].names:
        if column not in columns:
            columns[column] = shared.column(column, owners, STORED[name].field(column).type)
    table = pa.Table.from_arrays([columns[column] for column in STORED[name].names], names=STORED[name].names)
    return table, {int(owners[index]) for index in bad}


def _parts(data: memoryview) -> Iterator[memoryview]:
    """UTF-8 in pieces that end with a character."""
    while data:
        end = min(PART_BYTES, len(data))
        while end < len(data) and data[end] & 0xC0 == 0x80:
            end -= 1
        yield data[:end]
        data = data[end:]


def _part_table(owner: int, number: int, part: memoryview, shared: _Shared) -> pa.Table:
    schema = STORED["description_parts"]
    own = {"part": arrays.column([number], pa.int32(), set()), "text": arrays.view(part)}
    owners = np.array([owner], dtype=np.int32)
    columns = [own.get(name) or shared.column(name, owners, schema.field(name).type) for name in schema.names]
    return pa.Table.from_arrays(columns, names=schema.names)


def _json(extra: dict[str, str]) -> str:
    return orjson.dumps({name: unicode(value) for name, value in extra.items()}, option=orjson.OPT_SORT_KEYS).decode() if extra else ""


def _publication_row(record: Publication) -> tuple[Any, ...]:
    return (
        record.office, record.number, record.kind, record.number_raw, record.application_number, record.application_number_raw,
        record.patent_type, record.stage, record.title, record.title_lang, record.title_zh, record.title_en, record.abstract,
        record.abstract_lang, record.filing_date, record.publication_date, record.grant_date, record.priority_date, record.claim_count,
        record.page_count, record.family_id, record.status_claimed, record.status_claimed_on, _json(record.extra), record.dates_raw,
    )  # fmt: skip
