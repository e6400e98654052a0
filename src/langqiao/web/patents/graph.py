"""Drawings of a patent's neighborhood as plain places and words for an SVG: citations of two sides, the family over offices and time."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from langqiao.web.common.templatetags.patent_words import number
from langqiao.web.patents import records
from langqiao.web.patents.records import Row
from langqiao.web.patents.view import Patent

SHOWN = 18
ROW = 24
WIDTH = 920
CENTER = 460
TITLE_CHARS = 34


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A dot with words. `kind` focal, held, self (same owner) or out (not in the lake); `key` where a page exists."""

    x: float
    y: float
    kind: str
    label: str
    title: str = ""
    key: str = ""
    anchor: str = "start"


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """Nodes and edges of a drawing; `left_out` counts what did not fit."""

    width: int
    height: int
    nodes: list[Node]
    edges: list[tuple[float, float, float, float]]
    left_out: int


def citation_graph(patent: Patent, cited: list[Row], citing: list[Row]) -> Graph | None:
    """Cited patents on the left, citing ones on the right, the patent between; those in the lake first; same owner hollow."""
    left = _side(sorted(cited, key=lambda row: row["held"] is None))
    right = _side(citing)
    if not left and not right:
        return None
    height = ROW * max(len(left), len(right), 2) + 24
    own = _owner_names(patent)
    theirs = records.owners_of(patent.lake, [row["held"]["key"] for row in left if row["held"]] + [row["key"] for row in right])
    focal = Node(x=CENTER, y=height / 2, kind="focal", label=number(patent.key), anchor="middle")
    nodes = [focal]
    edges: list[tuple[float, float, float, float]] = []
    for index, row in enumerate(left):
        y = _place(index, len(left), height)
        held = row["held"]
        label = number(held["key"]) if held else f"{row['cited_office']} {row['cited_number']} {row['cited_kind']}".strip()
        kind = _kind(own, theirs.get(held["key"])) if held else "out"
        title = _short(held["title"]) if held else ""
        nodes.append(Node(x=300, y=y, kind=kind, label=label, title=title, key=held["key"] if held else "", anchor="end"))
        edges.append((308, y, CENTER - 8, height / 2))
    for index, row in enumerate(right):
        y = _place(index, len(right), height)
        nodes.append(
            Node(
                x=620,
                y=y,
                kind=_kind(own, theirs.get(row["key"])),
                label=number(row["key"]),
                title=_short(row["citing_title"]),
                key=row["key"],
            )
        )
        edges.append((CENTER + 8, height / 2, 612, y))
    return Graph(width=WIDTH, height=height, nodes=nodes, edges=edges, left_out=len(cited) + len(citing) - len(left) - len(right))


def _side(rows: list[Row]) -> list[Row]:
    return rows[:SHOWN]


def _place(index: int, count: int, height: int) -> float:
    return round(height / 2 + (index - (count - 1) / 2) * ROW, 1)


def _owner_names(patent: Patent) -> set[str]:
    return {name for party in patent.owners for name in (party["std_name"] or party["name"],) if name}


def _kind(own: set[str], theirs: set[str] | None) -> str:
    return "self" if theirs and own & theirs else "held"


def _short(title: str) -> str:
    return title if len(title) <= TITLE_CHARS else title[: TITLE_CHARS - 1] + "…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One office of a family: its documents as dots along the years."""

    office: str
    y: float
    nodes: list[Node]


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyMap:
    """Offices as lanes over years; `years` are (x, year) marks."""

    width: int
    height: int
    lanes: list[Lane]
    years: list[tuple[float, int]]


def family_map(patent: Patent, families: Mapping[str, list[Row]]) -> FamilyMap | None:
    """Dated members of all models, each document once, one lane an office; None where no member has a date."""
    members: dict[tuple[str, str, str], Row] = {}
    for rows in families.values():
        for row in rows:
            if row["date"]:
                members.setdefault((row["office"], row["number"], row["member_kind"]), row)
    if not members:
        return None
    days = [row["date"] for row in members.values()]
    first, last = min(days).year, max(days).year + 1
    offices = sorted({office for office, _, _ in members})
    lanes = []
    for index, office in enumerate(offices):
        y = 20 + index * 28
        nodes = [_member(patent, row, x=_along(row["date"], first, last), y=y) for (found, _, _), row in members.items() if found == office]
        lanes.append(Lane(office=office, y=y, nodes=sorted(nodes, key=lambda node: node.x)))
    step = max(1, (last - first) // 10)
    years = [(_along(dt.date(year, 1, 1), first, last), year) for year in range(first, last + 1, step)]
    return FamilyMap(width=WIDTH, height=20 + len(offices) * 28 + 20, lanes=lanes, years=years)


def _along(day: dt.date, first: int, last: int) -> float:
    days = (dt.date(last, 1, 1) - dt.date(first, 1, 1)).days
    return round(64 + (WIDTH - 100) * (day - dt.date(first, 1, 1)).days / days, 1)


def _member(patent: Patent, row: Row, *, x: float, y: float) -> Node:
    focal = (row["office"], row["number"]) == (patent.row["office"], patent.row["number"])
    held = row["held"]
    label = f"{row['office']} {row['number']} {row['member_kind']} · {row['date'].isoformat()}"
    return Node(x=x, y=y, kind="focal" if focal else "held" if held else "out", label=label, key=held["key"] if held else "")
