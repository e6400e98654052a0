"""Finding by words, by meaning or by both: the nearest sentence vectors, the ranks of the words, and how the two are fused."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from langqiao.data.search import query as words
from langqiao.data.search import vectors
from langqiao.data.search.query import Filters, Results
from langqiao.data.search.similar import RANK_OFFSET, Neighbor, fused

Mode = Literal["words", "meaning", "both"]
DEPTH = 200
"""How many patents each ranking gives to the fusion; what stands behind is not shown."""
NEAREST = 2_000
"""How many nearest vectors are looked at before the narrowing takes some away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """What a search by meaning used: `mode` as it was done, `missing` why no vectors were used, how many patents have one, of how many."""

    mode: Mode
    missing: str = ""
    vector_count: int = 0
    document_count: int = 0
    model: str = vectors.MODEL
    depth: int = DEPTH
    rank_offset: int = RANK_OFFSET


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Results, what was used, and for each key its ranks by words and by meaning with the cosine."""

    results: Results
    used: Used
    ranks: dict[str, Neighbor]


def find(index: Path, matrix: Path, text: str, *, mode: Mode, filters: Filters, page: int = 1, size: int = 25) -> Found:
    """Finds patents near a sentence in meaning, or by both rankings. Where no vectors can be used the words answer, and `used` says why.

    Raises what `query.search` raises.
    """
    start = time.perf_counter()
    document_count = words.opened(index).searcher().num_docs
    vector_count = vectors.count(matrix)
    missing = "no_text" if not text.strip() else "no_vectors" if not vector_count else "" if vectors.available() else "no_encoder"
    used = Used(mode="words" if missing else mode, missing=missing, vector_count=vector_count, document_count=document_count)
    if missing:
        return Found(results=words.search(index, text, filters=filters, page=page, size=size), used=used, ranks={})
    near = vectors.nearest(matrix, vectors.encode([text])[0], NEAREST)
    allowed = words.keys_within(index, [key for key, _ in near], filters)
    near = [pair for pair in near if pair[0] in allowed][:DEPTH]
    by_words = words.keys_found(index, text, filters=filters, count=DEPTH) if mode == "both" else []
    ranking = fused(by_words, near)
    chosen = [one.key for one in ranking[(page - 1) * size : page * size]]
    results = Results(
        hits=words.hits_of(index, chosen, text),
        total=len(ranking),
        facets=words.facets_of(index, [one.key for one in ranking]),
        understood=text.strip(),
        relaxed=False,
        jump=words.number_jump(index, text),
        seconds=time.perf_counter() - start,
    )
    return Found(results=results, used=used, ranks={one.key: one for one in ranking})
