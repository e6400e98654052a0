"""Which real patents the stories are about: granted Chinese inventions of the lake on which every operation is open, chosen by the seed."""

import random

from django.utils import timezone

from langqiao.data.lake.store import Lake
from langqiao.data.search.query import Filters, search
from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.operations.check import check
from langqiao.engine.operations.encumbrance import Plan
from langqiao.web.common.lake import index_folder
from langqiao.web.rights.selectors import standing_for

PAGE, PAGES = 100, 4
"""At most 400 patents are looked at."""


def candidates(lake: Lake) -> list[str]:
    """Keys of Chinese inventions with a title, sorted, at most 400."""
    filters = Filters(values={"office": ["CN"], "patent_type": ["invention"]})
    folder = index_folder(lake)
    pages = (search(folder, "", filters=filters, page=page, size=PAGE, facets=False).hits for page in range(1, PAGES + 1))
    return sorted(hit.key for hits in pages for hit in hits if hit.title)


def patents_chosen(lake: Lake, *, seed: int, count: int) -> list[str]:
    """Keys of `count` patents free to be assigned and licensed today. Refused (scenario_without_patents) where the lake holds too few."""
    keys = candidates(lake)
    random.Random(seed).shuffle(keys)  # noqa: S311 - a scenario, not a secret
    chosen: list[str] = []
    for key in keys:
        if _free(key):
            chosen.append(key)
        if len(chosen) == count:
            return chosen
    raise Refusal(
        "scenario_without_patents",
        f"The lake holds {len(chosen)} Chinese inventions that are free for every operation; the scenario needs {count}.",
        facts={"n": len(chosen), "needed": count},
    )


def _free(key: str) -> bool:
    day = timezone.localdate()
    try:
        standing = standing_for(key, day)
    except Refusal:
        return False
    if not standing.granted or standing.encumbrances:
        return False
    return all(
        not check(standing, Plan(operation=operation, on=day)).refusals for operation in ("assign", "license_exclusive", "open_license")
    )
