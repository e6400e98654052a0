"""How many distinct publications a set of input files holds, counted from the lake's own rows."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from langqiao.data.lake.manifest import Unit
from langqiao.data.lake.store import Lake


def distinct_publications(lake: Lake, units: Sequence[Unit]) -> int:
    """Distinct publication keys among the rows that came from the given files, members of archives included."""
    if not any(unit.counts.get("publications") for unit in units):
        return 0
    names = {unit.source_file for unit in units}
    keys: list[pa.ChunkedArray] = []
    for part in lake.manifest.parts("publications"):
        table = pq.read_table(lake.root / part.file, columns=["key", "source_file"])
        files = table.column("source_file")
        wanted = [name for name in pc.unique(files).to_pylist() if _outermost(name, names)]
        keys.append(table.filter(pc.is_in(files, value_set=pa.array(wanted, pa.string()))).column("key"))
    return int(pc.count_distinct(pa.chunked_array([chunk for key in keys for chunk in key.chunks], pa.string())).as_py())


def _outermost(name: str, names: set[str]) -> bool:
    """Whether a source file is one of `names` or lies in an archive that is."""
    pieces = name.split("!")
    return any("!".join(pieces[: count + 1]) in names for count in range(len(pieces)))
