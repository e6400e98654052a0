"""What the lake tells of many patents at once, as candidates of a match: read in a few questions, kept for each version of the lake."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils import timezone

from langqiao.data.lake.store import Lake
from langqiao.data.reference.industry import sei
from langqiao.data.reference.technology import wipo_field
from langqiao.data.rights import rights_for
from langqiao.data.search.query import Filters, keys_found
from langqiao.engine.matching.wish import Candidate, Wish
from langqiao.rules import parameters
from langqiao.web.common.lake import index_folder, lake_at, site_lake
from langqiao.web.market.models import Listing

LOOKED_AT = 2_000
"""Patents that one match reads; of a larger lake those that the words or the required classes find first."""
TEXT_CHARS = 20_000
KEPT = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A patent as a list of matches shows it, beside its candidate."""

    candidate: Candidate
    title_zh: str
    title_en: str
    listing: str = ""
    """The listing that stands with this patent."""


def shown_for(wish: Wish) -> tuple[dict[str, Shown], int]:
    """(patents to match against, how many patents the lake holds)."""
    lake = site_lake()
    keys, total = keys_for(lake, wish)
    return with_listings(read(lake, keys)), total


def keys_for(lake: Lake, wish: Wish) -> tuple[list[str], int]:
    """At most LOOKED_AT keys: by the words of the wish where it has some, within its required classes, best first; else by key."""
    every = _keys(lake.root, lake.version)
    if len(every) <= LOOKED_AT:
        return list(every), len(every)
    values = {
        "field": [str(number) for number in wish.fields] if "field" in wish.required else [],
        "sei": list(wish.industries) if "industry" in wish.required else [],
        "ipc": list(wish.ipc) if "ipc" in wish.required else [],
    }
    narrowed = Filters(values={name: found for name, found in values.items() if found})
    try:
        found = keys_found(index_folder(lake), " ".join(wish.words)[:400], filters=narrowed, count=LOOKED_AT)
    except FileNotFoundError:  # no index was built: the lake's own order then
        found = []
    return (found or list(every[:LOOKED_AT])), len(every)


@lru_cache(maxsize=KEPT)
def _keys(root: Path, _version: str) -> tuple[str, ...]:
    found = lake_at(root).table("publications").select("key").to_pyarrow()["key"].to_pylist()
    return tuple(sorted(set(found)))


def read(lake: Lake, keys: Sequence[str]) -> dict[str, Shown]:
    """The candidates of keys that the lake holds."""
    return dict(_read(lake.root, lake.version, tuple(keys), timezone.localdate()))


@lru_cache(maxsize=KEPT)
def _read(root: Path, _version: str, keys: tuple[str, ...], day: dt.date) -> tuple[tuple[str, Shown], ...]:
    lake = lake_at(root)

    def rows(table: str, more: str = "true") -> dict[str, list[dict[str, Any]]]:
        found = defaultdict(list)
        for row in lake.rows(table, f"key IN (SELECT unnest(?)) AND {more}", [list(keys)]):
            found[row["key"]].append(row)
        return found

    publications = {row["key"]: row for row in lake.rows("publications", "key IN (SELECT unnest(?))", [list(keys)])}
    parties, symbols, claims = rows("parties", "role IN ('owner', 'applicant')"), rows("classifications", "scheme = 'ipc'"), rows("claims")
    grades = {row["key"]: row for row in lake.table("grades").to_pyarrow().to_pylist()} if lake.derived("grades") is not None else {}
    held = [key for key in keys if key in publications]
    rights = rights_for(lake, held, day, parameters=parameters()) if held else {}
    made = []
    for key in held:
        row = publications[key]
        shown = _shown(row, parties[key], symbols[key], claims=claims[key], grade=grades.get(key, {}))
        made.append((key, replace(shown, candidate=replace(shown.candidate, status=rights[key].status))))
    return tuple(made)


def _shown(
    row: dict[str, Any], parties: Sequence[dict[str, Any]], symbols: Sequence[dict[str, Any]], *, claims: Sequence[dict[str, Any]],
    grade: dict[str, Any],
) -> Shown:  # fmt: skip
    ipc = tuple(dict.fromkeys(entry["symbol"] for entry in symbols if entry["symbol"]))
    owners = [party for party in parties if party["role"] == "owner"] or list(parties)
    titles = dict.fromkeys(str(row[name]) for name in ("title", "title_zh", "title_en") if row[name])
    text = " ".join([*titles, row["abstract"] or "", *(claim["text"] or "" for claim in claims)])
    candidate = Candidate(
        key=row["key"],
        text=text[:TEXT_CHARS] if (row["abstract"] or claims or titles) else "",
        fields=frozenset(hit.field.number for hit in wipo_field(ipc)),
        industries=frozenset(hit.field.code for hit in sei(ipc)),
        ipc=ipc,
        grade=str(grade.get("grade") or ""),
        high_value=_high_value(grade.get("high_value")),
        region=next((str(party["region"]) for party in owners if party["region"]), ""),
        holders=tuple(dict.fromkeys(str(party["name"]) for party in owners if party["name"])),
    )
    return Shown(
        candidate=candidate,
        title_zh=str(row["title_zh"] or row["title"] or ""),
        title_en=str(row["title_en"] or row["title"] or row["title_zh"] or ""),
    )


def _high_value(told: Any) -> str:
    """The check's verdict as the table of grades holds it: yes, no, or "" where it is not settled."""
    return {"yes": "met", "no": "not_met", "true": "met", "false": "not_met"}.get(str(told or "").lower(), "")


def with_listings(found: dict[str, Shown]) -> dict[str, Shown]:
    """The same with the price and the listing of those that stand on the market."""
    rows = Listing.objects.filter(state="listed", patents__key__in=list(found)).values_list(
        "patents__key", "pk", "price_fen", "price_low_fen", "price_high_fen"
    )
    made = dict(found)
    for key, listing, price, low, high in rows:
        if key in made:
            asked = price if price is not None else (low + high) // 2 if low is not None and high is not None else None
            one = made[key]
            made[key] = replace(one, listing=str(listing), candidate=replace(one.candidate, price_fen=asked))
    return made
