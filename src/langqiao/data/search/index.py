"""The text index: its fields, and how documents enter it."""

import dataclasses
import datetime as dt
import json
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import tantivy

from langqiao.data.search.text import cut, parts

VERSION = 4
"""Part of the index's name: a change of fields or word cutting asks for a new build."""
MAX_CLAIMS_CHARS = 60_000
WRITER_HEAP_BYTES = 128_000_000
TEXT_FIELDS = ("title", "abstract", "claims", "owners")
SUFFIX = "_parts"
"""Beside each text field: the shorter words inside its Chinese words, so that 电池 finds 锂电池."""
BOOSTS = {"title": 3.0, "abstract": 1.5, "claims": 1.0, "owners": 2.0}
FACET_FIELDS = ("office", "patent_type", "status", "field", "sei", "grade", "high_value", "year", "owner")
"""Fields with one word a value, counted beside the results."""
FILTER_FIELDS = (*FACET_FIELDS, "ipc", "cpc", "kind")


@dataclass(slots=True, kw_only=True)
class IndexDocument:
    """What the index holds of one patent. Lists are words to filter by; dates are days; "" or [] means the lake does not know."""

    key: str
    numbers: list[str]
    title: str
    title_other: str = ""
    abstract: str = ""
    claims: str = ""
    owners: list[str] = dataclasses.field(default_factory=list)
    office: str = ""
    kind: str = ""
    patent_type: str = ""
    status: str = ""
    grade: str = ""
    high_value: str = ""
    field: list[str] = dataclasses.field(default_factory=list)
    sei: list[str] = dataclasses.field(default_factory=list)
    ipc: list[str] = dataclasses.field(default_factory=list)
    cpc: list[str] = dataclasses.field(default_factory=list)
    filed: dt.date | None = None
    published: dt.date | None = None


def schema() -> tantivy.Schema:
    """The fields of the index."""
    builder = tantivy.SchemaBuilder()
    for name in TEXT_FIELDS:
        builder.add_text_field(name, stored=True, tokenizer_name="words")
        builder.add_text_field(name + SUFFIX, stored=False, tokenizer_name="words", index_option="freq")
    builder.add_text_field("key", stored=True, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("number", stored=False, tokenizer_name="raw", index_option="basic")
    for name in FILTER_FIELDS:
        builder.add_text_field(
            name, stored=name in {"office", "patent_type", "status", "grade"}, fast=True, tokenizer_name="raw", index_option="basic"
        )
    for name in ("filed", "published"):
        builder.add_integer_field(name, stored=True, indexed=True, fast=True)
    return builder.build()


def analyzer() -> tantivy.TextAnalyzer:
    """Letters and digits as words, lower case, English stems; Chinese words pass as they were cut."""
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(60))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.stemmer("english"))
        .build()
    )


def open_index(folder: Path) -> tantivy.Index:
    """The index in a folder. Raises FileNotFoundError where none was built."""
    if not (folder / "meta.json").exists():
        raise FileNotFoundError(f"no search index in {folder}: run `langqiao index`")
    index = tantivy.Index(schema(), path=str(folder), reuse=True)
    index.register_tokenizer("words", analyzer())
    return index


def build(folder: Path, documents: Iterable[IndexDocument]) -> int:
    """Builds the index anew in a folder beside the old one and swaps them; the number of documents."""
    fresh = folder.with_name(folder.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    index = tantivy.Index(schema(), path=str(fresh))
    index.register_tokenizer("words", analyzer())
    writer = index.writer(WRITER_HEAP_BYTES, 1)
    count = 0
    for document in documents:
        writer.add_document(_entry(document))
        count += 1
    writer.commit()
    writer.wait_merging_threads()
    (fresh / "langqiao.json").write_text(json.dumps({"version": VERSION, "documents": count}), encoding="utf-8")
    old = folder.with_name(folder.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    fresh.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
    return count


def _entry(document: IndexDocument) -> tantivy.Document:
    entry = tantivy.Document()
    for name, text in (
        ("title", f"{document.title} {document.title_other}" if document.title_other else document.title),
        ("abstract", document.abstract),
        ("claims", document.claims[:MAX_CLAIMS_CHARS]),
    ):
        if text:
            entry.add_text(name, cut(text))
            entry.add_text(name + SUFFIX, parts(text))
    for owner in document.owners:
        entry.add_text("owners", cut(owner))
        entry.add_text("owners" + SUFFIX, parts(owner))
        entry.add_text("owner", owner)
    entry.add_text("key", document.key)
    for number in {document.key, *document.numbers}:
        entry.add_text("number", number.upper())
    for name, value in _filter_words(document):
        entry.add_text(name, value)
    for name, day in (("filed", document.filed), ("published", document.published)):
        if day:
            entry.add_integer(name, day_number(day))
    return entry


def _filter_words(document: IndexDocument) -> Iterator[tuple[str, str]]:
    for name in ("office", "kind", "patent_type", "status", "grade", "high_value"):
        value = getattr(document, name)
        if value:
            yield name, value
    if document.published or document.filed:
        yield "year", str((document.published or document.filed or dt.date.min).year)
    for name in ("field", "sei"):
        for value in dict.fromkeys(getattr(document, name)):
            yield name, value
    for scheme in ("ipc", "cpc"):
        for word in dict.fromkeys(prefix for symbol in getattr(document, scheme) for prefix in symbol_prefixes(symbol)):
            yield scheme, word


def symbol_prefixes(symbol: str) -> list[str]:
    """The words a classification symbol is found by: "G06F 3/0481" → G, G06, G06F, G06F3, G06F3/0481."""
    packed = symbol.replace(" ", "").upper()
    group, _, sub = packed.partition("/")
    found = [packed[:1], packed[:3], packed[:4], group]
    return list(dict.fromkeys([*found, packed] if sub else found))


def day_number(day: dt.date) -> int:
    """A date as the whole number 20260630, so that ranges compare as dates do."""
    return day.year * 10000 + day.month * 100 + day.day
