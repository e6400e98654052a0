"""Search with facets and highlights against a raw tantivy script that does the same; vectors are measured apart."""

import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

import tantivy

from bench.report import Measurement, cpu_seconds
from langqiao.data.lake.store import Lake
from langqiao.data.search import vectors
from langqiao.data.search.index import BOOSTS, FACET_FIELDS, SUFFIX, TEXT_FIELDS, IndexDocument, analyzer, build, open_index
from langqiao.data.search.query import SNIPPET_CHARS, search
from langqiao.data.search.text import cut

LAKE = Path("var/lake")
COPIES_TO = 150_000
QUERIES = ["semiconductor device", "锂电池", "控制 方法", "wireless communication system", "medical", "method", "display panel", "系统"]
"""Each has hits with every word; a query without any is asked again with any word, which the raw script does not do."""


def measure() -> Iterator[Measurement]:
    if not (LAKE / "search" / "text").exists():
        print("no lake in var/lake: `make run` or `python -m langqiao.cli.start --no-serve` makes one")
        return
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "text"
        documents = _documents()
        taken = cpu_seconds(lambda: build(place, documents), repeat=1)
        size = sum(len(d.title) + len(d.abstract) + len(d.claims) for d in documents)
        yield Measurement(
            name=f"index {len(documents):,} patents",
            ours=len(documents) / taken,
            unit="documents/s CPU",
            note=f"{size / taken / 1e6:.1f} M characters/s",
        )
        raw_index = open_index(place)
        ours, raw = _interleaved(place, raw_index)
        yield Measurement(
            name="search: query, 25 hits, facets, highlights", ours=ours * 1000, unit="ms CPU", peer_name="raw tantivy", peer=raw * 1000, ratio=raw / ours,
            target="≤ 1.2 × raw", met=ours <= 1.2 * raw,
        )  # fmt: skip
    yield from _vectors()


def _interleaved(place: Path, raw_index: tantivy.Index, rounds: int = 30) -> tuple[float, float]:
    """CPU seconds a query of both, taken in turns so that the machine's noise meets both alike; the median round."""
    ours, raw = [], []
    for _ in range(rounds):
        ours.append(cpu_seconds(lambda: [search(place, text) for text in QUERIES], repeat=1) / len(QUERIES))
        raw.append(cpu_seconds(lambda: [_raw(raw_index, text) for text in QUERIES], repeat=1) / len(QUERIES))
    return statistics.median(ours), statistics.median(raw)


def _documents() -> list[IndexDocument]:
    rows = Lake(LAKE).table("publications").select("key", "title", "title_zh", "abstract", "office", "patent_type").to_pyarrow().to_pylist()
    base = [
        IndexDocument(
            key=row["key"], numbers=[row["key"]], title=row["title"] or row["title_zh"] or "", abstract=row["abstract"] or "", office=row["office"] or "",
            patent_type=row["patent_type"] or "",
        )
        for row in rows
    ]  # fmt: skip
    copies = max(1, COPIES_TO // max(1, len(base)))
    return [
        IndexDocument(key=f"{d.key}~{i}", numbers=[], title=d.title, abstract=d.abstract, office=d.office, patent_type=d.patent_type)
        for i in range(copies)
        for d in base
    ]


def _raw(index: tantivy.Index, text: str) -> int:
    """The same query, facets and snippets, written against tantivy with nothing around."""
    searcher, known = index.searcher(), index.schema
    parts = []
    for word in _words(text):
        fields = []
        for name in TEXT_FIELDS:
            fields.append(tantivy.Query.boost_query(tantivy.Query.term_query(known, name, word), BOOSTS[name]))
            if not word.isascii():
                fields.append(tantivy.Query.boost_query(tantivy.Query.term_query(known, name + SUFFIX, word), 0.5 * BOOSTS[name]))
        parts.append((tantivy.Occur.Must, tantivy.Query.disjunction_max_query(fields, 0.3)))
    query = tantivy.Query.boolean_query(parts)
    found = searcher.search(query, limit=25)
    searcher.aggregate(query, {name: {"terms": {"field": name, "size": 12}} for name in FACET_FIELDS})
    makers = []
    for name, chars in (("title", 400), ("abstract", SNIPPET_CHARS), ("claims", SNIPPET_CHARS)):
        maker = tantivy.SnippetGenerator.create(searcher, query, known, name)
        maker.set_max_num_chars(chars)
        makers.append(maker)
    shown = []
    for score, address in found.hits:
        document = searcher.doc(address)
        lines = [maker.snippet_from_doc(document).to_html() for maker in makers]
        shown.append(
            (score, [document[name] for name in ("key", "owners", "office", "patent_type", "status", "grade", "filed", "published")], lines)
        )
    return len(shown)


_ANALYZER = analyzer()


def _words(text: str) -> list[str]:
    return _ANALYZER.analyze(cut(text))


def _vectors() -> Iterator[Measurement]:
    rows = Lake(LAKE).table("publications").select("title", "abstract").to_pyarrow().to_pylist()
    texts = [f"{row['title']} {row['abstract']}" for row in rows if row["abstract"]][:64]
    if texts:
        vectors.encode(texts[:2])
        taken = cpu_seconds(lambda: vectors.encode(texts), repeat=1)
        yield Measurement(
            name="sentence vectors of title and abstract", ours=len(texts) / taken, unit="patents/s CPU", note="measured apart"
        )
