"""Patents like a given one, by words and by meaning; similarity is discovery, not proof."""

from typing import Any

from langqiao.data.search.similar import similar
from langqiao.web.common.lake import index_folder
from langqiao.web.patents.view import Patent

SHOWN = 8


def near_of(patent: Patent) -> list[dict[str, Any]]:
    """The nearest patents with title and dates, their ranks by words and by meaning; empty where no index was built."""
    text = index_folder(patent.lake)
    try:
        found = similar(text, text.parent / "vectors", patent.key, count=SHOWN)
    except FileNotFoundError:
        return []
    keys = [one.key for one in found]
    rows = {row["key"]: row for row in patent.lake.rows("publications", "key IN (SELECT unnest(?))", [keys])} if keys else {}
    return [{"found": one, "row": rows[one.key]} for one in found if one.key in rows]
