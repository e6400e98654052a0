"""Asking the index: words and fields in, ranked hits with highlights, facets with counts and the query as it was understood out."""

import datetime as dt
import os
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import tantivy

from langqiao.data.search.index import BOOSTS, FACET_FIELDS, FILTER_FIELDS, SUFFIX, TEXT_FIELDS, day_number, open_index, symbol_prefixes
from langqiao.data.search.text import cut, join, words

MAX_QUERY_CHARS = 2_000
MAX_PAGE_SIZE = 100
MAX_OFFSET = 10_000
FACET_VALUES = 12
SNIPPET_CHARS = 240
FIELD_NAMES = {
    "ti": "title", "title": "title", "标题": "title", "ab": "abstract", "abstract": "abstract", "摘要": "abstract",
    "cl": "claims", "claims": "claims", "权利要求": "claims", "pa": "owners", "owner": "owners", "权利人": "owners", "申请人": "owners",
    "ipc": "ipc", "cpc": "cpc", "no": "number", "number": "number", "号": "number",
}  # fmt: skip
ORDERS: dict[str, dict[str, Any]] = {
    "": {},
    "newest": {"order_by_field": "published", "order": tantivy.Order.Desc},
    "oldest": {"order_by_field": "published", "order": tantivy.Order.Asc},
    "filed-newest": {"order_by_field": "filed", "order": tantivy.Order.Desc},
    "filed-oldest": {"order_by_field": "filed", "order": tantivy.Order.Asc},
}
"""The orders of results beside the best match first: by day of publication or of filing."""
_PART = re.compile(r'(?P<minus>-)?(?:(?P<field>[\w\u4e00-\u9fff]+)[:：])?(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+))')


class Hit(NamedTuple):
    """One patent found. `title` and `snippet` carry <b>…</b> around found words and are HTML-safe; `score` is BM25."""

    key: str
    title: str
    snippet: str
    owners: str
    office: str
    patent_type: str
    status: str
    grade: str
    filed: int | None
    published: int | None
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """What a query found. `understood` says how it was read; `relaxed` is true when no patent has all words and any word was taken instead;
    `jump` is the key when the text is a patent number that the index holds once.
    """

    hits: list[Hit]
    total: int
    facets: dict[str, list[tuple[str, int]]]
    understood: str
    relaxed: bool
    jump: str | None
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Narrowing by exact values (any of the values of one field) and by day ranges, both ends included."""

    values: Mapping[str, Sequence[str]] = field(default_factory=dict)
    filed_from: dt.date | None = None
    filed_to: dt.date | None = None
    published_from: dt.date | None = None
    published_to: dt.date | None = None


@lru_cache(maxsize=8)
def _opened(folder: Path, stamp: float) -> tantivy.Index:  # noqa: ARG001 - the stamp makes a rebuilt index a new entry
    return open_index(folder)


def opened(folder: Path) -> tantivy.Index:
    """The index of a folder, kept open until it is rebuilt."""
    try:
        stamp = os.stat(f"{folder}/langqiao.json").st_mtime_ns  # noqa: PTH116 - asked at every search
    except FileNotFoundError:
        stamp = 0
    return _opened(folder, stamp)


def search(
    folder: Path, text: str, *, filters: Filters | None = None, page: int = 1, size: int = 25, facets: bool = True, order: str = ""
) -> Results:
    """Finds patents. `text` are words, "phrases", -excluded and field:value parts; several words must all occur.

    `order` is one of ORDERS; with "" the best match stands first. A patent without the day of the order stands last.
    Raises ValueError for a query or page beyond the limits, FileNotFoundError where no index was built.
    """
    if len(text) > MAX_QUERY_CHARS:
        raise ValueError(f"the query has {len(text)} characters, more than {MAX_QUERY_CHARS}")
    if not 1 <= size <= MAX_PAGE_SIZE or page < 1 or (page - 1) * size > MAX_OFFSET:
        raise ValueError(f"page {page} with {size} hits is beyond {MAX_OFFSET} hits")
    start = time.perf_counter()
    index = opened(folder)
    searcher, known = index.searcher(), index.schema
    narrowing = _narrowing(known, filters or Filters())
    query, understood = _combined(known, text, narrowing, every=True)
    place = {"limit": size, "offset": (page - 1) * size, **ORDERS[order]}
    found = searcher.search(query, **place)
    relaxed = False
    if not found.count and len(words(text)) > 1:
        looser, looser_text = _combined(known, text, narrowing, every=False)
        again = searcher.search(looser, **place)
        if again.count:
            query, understood, found, relaxed = looser, looser_text, again, True
    return Results(
        hits=_hits(searcher, known, query, found.hits),
        total=found.count,
        facets=_facets(searcher, query) if facets else {},
        understood=understood,
        relaxed=relaxed,
        jump=number_jump(folder, text),
        seconds=time.perf_counter() - start,
    )


def number_jump(folder: Path, text: str) -> str | None:
    """The key of the one patent whose number is `text` in any written form, or None."""
    forms = number_forms(text)
    if not forms:
        return None
    index = opened(folder)
    searcher = index.searcher()
    query = tantivy.Query.term_set_query(index.schema, "number", forms)
    found = searcher.search(query, limit=2)
    if len(found.hits) != 1:
        return None
    return str(searcher.doc(found.hits[0][1])["key"][0])


def number_forms(text: str) -> list[str]:
    """The normalized words under which a patent number may stand in the index; empty if the text is no number."""
    packed = re.sub(r"\s", "", text).upper()
    if not any(character.isdigit() for character in packed) or len(packed) > 40:
        return []
    from langqiao.engine.patents.number import candidates  # noqa: PLC0415 - keeps the import of the index light

    forms = {packed}
    for found in candidates(text):
        forms |= {found.key.upper(), found.number.upper(), f"{found.office}{found.number}".upper()}
    return sorted(forms)


def keys_found(folder: Path, text: str, *, filters: Filters, count: int) -> list[str]:
    """The keys of the patents that the words find, best first."""
    index = opened(folder)
    searcher, known = index.searcher(), index.schema
    narrowing = _narrowing(known, filters)
    found = searcher.search(_combined(known, text, narrowing, every=True)[0], limit=count)
    if not found.hits and len(words(text)) > 1:
        found = searcher.search(_combined(known, text, narrowing, every=False)[0], limit=count)
    return [str(searcher.doc(address)["key"][0]) for _score, address in found.hits]


def keys_within(folder: Path, keys: Sequence[str], filters: Filters) -> set[str]:
    """Those of the keys that the index holds and the narrowing leaves."""
    index = opened(folder)
    searcher, narrowing = index.searcher(), _narrowing(index.schema, filters)
    if not keys:
        return set()
    found = searcher.search(_of_keys(index.schema, keys, narrowing), limit=len(keys))
    return {str(searcher.doc(address)["key"][0]) for _score, address in found.hits}


def hits_of(folder: Path, keys: Sequence[str], text: str) -> list[Hit]:
    """The hits of known keys in their order, with the words of `text` marked where they occur."""
    if not keys:
        return []
    index = opened(folder)
    searcher, known = index.searcher(), index.schema
    found = searcher.search(_of_keys(known, keys, []), limit=len(keys))
    marked, _told = _combined(known, text, [], every=False)
    hits = {hit.key: hit for hit in _hits(searcher, known, marked, found.hits)}
    return [hits[key] for key in keys if key in hits]


def facets_of(folder: Path, keys: Sequence[str]) -> dict[str, list[tuple[str, int]]]:
    """The facets of a set of patents."""
    index = opened(folder)
    return _facets(index.searcher(), _of_keys(index.schema, keys, []))


def _of_keys(known: tantivy.Schema, keys: Sequence[str], narrowing: list[tantivy.Query]) -> tantivy.Query:
    parts = [(tantivy.Occur.Must, query) for query in (tantivy.Query.term_set_query(known, "key", list(keys)), *narrowing)]
    return tantivy.Query.boolean_query(parts)


def _combined(known: tantivy.Schema, text: str, narrowing: list[tantivy.Query], *, every: bool) -> tuple[tantivy.Query, str]:
    parts: list[tuple[tantivy.Occur, tantivy.Query]] = []
    told: list[str] = []
    for match in _PART.finditer(text):
        for occur, query, words_of in _part(known, match, every=every):
            parts.append((occur, query))
            told.append(words_of)
    if not any(occur != tantivy.Occur.MustNot for occur, _ in parts):
        parts.append((tantivy.Occur.Must, tantivy.Query.all_query()))
    parts += [(tantivy.Occur.Must, tantivy.Query.const_score_query(query, 0.0)) for query in narrowing]
    return tantivy.Query.boolean_query(parts), " ".join(told)


def _part(known: tantivy.Schema, match: re.Match[str], *, every: bool) -> list[tuple[tantivy.Occur, tantivy.Query, str]]:
    excluded = bool(match["minus"])
    name = FIELD_NAMES.get((match["field"] or "").lower())
    body = match["phrase"] if match["phrase"] is not None else match["word"]
    if match["field"] and name is None:
        body, name = f"{match['field']} {body}", None
    occur = tantivy.Occur.MustNot if excluded else tantivy.Occur.Must if every or name in {"ipc", "cpc", "number"} else tantivy.Occur.Should
    sign = "-" if excluded else "+" if occur == tantivy.Occur.Must else "|"
    if name in {"ipc", "cpc"}:
        word = symbol_prefixes(body)[-1]
        return [(occur, tantivy.Query.term_query(known, name, word), f"{sign}{name}:{word}")]
    if name == "number":
        return [(occur, tantivy.Query.term_set_query(known, "number", number_forms(body) or [body.upper()]), f"{sign}number:{body}")]
    fields = [name] if name else list(TEXT_FIELDS)
    label = f"{name}:" if name else ""
    if match["phrase"] is not None:
        return [(occur, _over(known, fields, stems(body), phrase=True), f'{sign}{label}"{body}"')]
    return [(occur, _over(known, fields, [word], phrase=False), f"{sign}{label}{word}") for word in stems(body)]


def stems(text: str) -> list[str]:
    """The words of a text as the index holds them."""
    return [str(word) for word in _analyzer().analyze(cut(text))]


@lru_cache(maxsize=1)
def _analyzer() -> tantivy.TextAnalyzer:
    from langqiao.data.search.index import analyzer  # noqa: PLC0415

    return analyzer()


def _over(known: tantivy.Schema, fields: list[str], terms: list[str], *, phrase: bool) -> tantivy.Query:
    if not terms:
        return tantivy.Query.empty_query()
    queries: list[tantivy.Query] = []
    for name in fields:
        if phrase and len(terms) > 1:
            query = tantivy.Query.phrase_query(known, name, list(terms))
        else:
            query = tantivy.Query.term_query(known, name, terms[0])
            if not terms[0].isascii():
                queries.append(tantivy.Query.boost_query(tantivy.Query.term_query(known, name + SUFFIX, terms[0]), 0.5 * BOOSTS[name]))
        queries.append(tantivy.Query.boost_query(query, BOOSTS[name]))
    if len(queries) == 1:
        return queries[0]
    return tantivy.Query.disjunction_max_query(queries, 0.3)


def _narrowing(known: tantivy.Schema, filters: Filters) -> list[tantivy.Query]:
    queries = []
    for name, values in filters.values.items():
        if name not in FILTER_FIELDS:
            raise ValueError(f"there is no filter {name!r}; filters are {', '.join(FILTER_FIELDS)}")
        if values:
            wanted = [symbol_prefixes(value)[-1] for value in values] if name in {"ipc", "cpc"} else list(values)
            queries.append(tantivy.Query.term_set_query(known, name, wanted))
    for name, low, high in (("filed", filters.filed_from, filters.filed_to), ("published", filters.published_from, filters.published_to)):
        if low or high:
            bounds = (day_number(low) if low else 0, day_number(high) if high else 99991231)
            queries.append(tantivy.Query.range_query(known, name, tantivy.FieldType.Integer, *bounds))
    return queries


def _facets(searcher: tantivy.Searcher, query: tantivy.Query) -> dict[str, list[tuple[str, int]]]:
    asked = {name: {"terms": {"field": name, "size": FACET_VALUES}} for name in FACET_FIELDS}
    answer = searcher.aggregate(query, asked)
    return {name: [(str(bucket["key"]), int(bucket["doc_count"])) for bucket in answer[name]["buckets"]] for name in FACET_FIELDS}


def _hits(searcher: tantivy.Searcher, known: tantivy.Schema, query: tantivy.Query, found: list[tuple[Any, Any]]) -> list[Hit]:
    if not found:
        return []
    makers = {name: tantivy.SnippetGenerator.create(searcher, query, known, name) for name in ("title", "abstract", "claims")}
    makers["title"].set_max_num_chars(400)
    makers["abstract"].set_max_num_chars(SNIPPET_CHARS)
    makers["claims"].set_max_num_chars(SNIPPET_CHARS)
    return [_hit(searcher.doc(address), score, makers) for score, address in found]


_NONE = [""]


def _hit(document: tantivy.Document, score: float, makers: Mapping[str, Any]) -> Hit:
    stored = document.to_dict()
    value = stored.get
    title = makers["title"].snippet_from_doc(document).to_html()
    snippet = makers["abstract"].snippet_from_doc(document).to_html() if "abstract" in stored else ""
    if not snippet and "claims" in stored:
        snippet = makers["claims"].snippet_from_doc(document).to_html()
    if not snippet:
        snippet = _escaped((value("abstract") or value("claims", _NONE))[0][:SNIPPET_CHARS])
    return Hit(
        stored["key"][0],
        join(title or _escaped(value("title", _NONE)[0])),
        join(snippet),
        join("; ".join(stored["owners"])) if "owners" in stored else "",
        value("office", _NONE)[0],
        value("patent_type", _NONE)[0],
        value("status", _NONE)[0],
        value("grade", _NONE)[0],
        value("filed", _NOTHING)[0],
        value("published", _NOTHING)[0],
        score,
    )


_NOTHING = [None]


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
