"""How many distinct publications a set of input files holds, counted from the lake's own rows."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from langqiao.data.lake import arrays
from langqiao.data.lake.manifest import Unit
from langqiao.data.lake.store import Lake


def distinct_publications(lake: Lake, units: Sequence[Unit]) -> int:
    """Distinct publication keys among the rows that came from the given files, members of archives included."""
    if not any(unit.counts.get("publications") for unit in units):
        return 0
    names = {unit.source_file for unit in units}
    keys: list[pa.Array] = []
    for part in lake.manifest.parts("publications"):
        with pq.ParquetFile(lake.root / part.file, read_dictionary=["source_file"]) as file:
            for batch in file.iter_batches(columns=["key", "source_file"]):
                files = batch.column("source_file")
                wanted = np.array([_outermost(name, names) for name in files.dictionary.to_pylist()], dtype=bool)
                keys.append(batch.column("key").take(arrays.whole(np.flatnonzero(wanted[_numbers(files.indices)]), pa.int64())))
    return int(pc.count_distinct(pa.chunked_array(keys, pa.string())).as_py())


def _numbers(indices: pa.Array) -> Any:
    """The numbers of an array without unknowns; `to_numpy` would import pandas."""
    return np.frombuffer(indices.buffers()[1], dtype=np.int32, count=len(indices), offset=4 * indices.offset)


def _outermost(name: str, names: set[str]) -> bool:
    """Whether a source file is one of `names`, or lies in an archive (!) or is a sheet of a workbook (#) that is."""
    pieces = re.split("(?=[!#])", name)
    return any("".join(pieces[: count + 1]) in names for count in range(len(pieces)))
