"""Patents like a given one or like a sentence: word ranks and vector ranks fused; similarity is discovery, not proof."""

from dataclasses import dataclass
from pathlib import Path

import tantivy

from langqiao.data.search import vectors
from langqiao.data.search.query import opened, search

DEPTH = 100
RANK_OFFSET = 60
"""The constant of reciprocal rank fusion (Cormack, Clarke, Büttcher 2009)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbor:
    """A similar patent: fused score, its rank by words and by vector (1 = best, None = not among the first hundred), and the cosine."""

    key: str
    score: float
    word_rank: int | None
    vector_rank: int | None
    cosine: float | None


def similar(index: Path, matrix: Path, key: str, *, count: int = 10) -> list[Neighbor]:
    """Patents like `key`, without itself; empty if the index does not hold it."""
    by_words = [found for found in _like_words(index, key) if found != key]
    vector = vectors.vector_of(matrix, key)
    by_vector = [] if vector is None else [found for found in vectors.nearest(matrix, vector, DEPTH + 1) if found[0] != key]
    return fused(by_words, by_vector)[:count]


def semantic(index: Path, matrix: Path, text: str, *, count: int = 25) -> list[Neighbor]:
    """Patents near a sentence in meaning, in either language, fused with the ranks of its words."""
    by_words = [hit.key for hit in search(index, text, size=DEPTH, facets=False).hits]
    return fused(by_words, vectors.nearest(matrix, vectors.encode([text])[0], DEPTH))[:count]


def fused(by_words: list[str], by_vector: list[tuple[str, float]]) -> list[Neighbor]:
    """Reciprocal rank fusion of two rankings: Σ 1 / (60 + rank)."""
    word_rank = {key: rank for rank, key in enumerate(by_words, 1)}
    vector_rank = {key: rank for rank, (key, _) in enumerate(by_vector, 1)}
    cosine = dict(by_vector)
    neighbors = [
        Neighbor(
            key=key,
            score=sum(1 / (RANK_OFFSET + ranks[key]) for ranks in (word_rank, vector_rank) if key in ranks),
            word_rank=word_rank.get(key),
            vector_rank=vector_rank.get(key),
            cosine=cosine.get(key),
        )
        for key in {**word_rank, **vector_rank}
    ]
    return sorted(neighbors, key=lambda found: (-found.score, found.key))


def _like_words(index: Path, key: str) -> list[str]:
    opened_index = opened(index)
    searcher = opened_index.searcher()
    found = searcher.search(tantivy.Query.term_query(opened_index.schema, "key", key), limit=1).hits
    if not found:
        return []
    query = tantivy.Query.more_like_this_query(
        found[0][1], min_doc_frequency=1, min_term_frequency=1, max_query_terms=40, min_word_length=2
    )
    hits = searcher.search(query, limit=DEPTH + 1).hits
    return [str(searcher.doc(address)["key"][0]) for _, address in hits]
