"""Drawings of a patent's neighborhood as plain places and words for an SVG: citations of two sides, the family over offices and time."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from langqiao.data.lake.store import Lake
from langqiao.web.common.templatetags.patent_words import number
from langqiao.web.patents import records
from langqiao.web.patents.records import Row
from langqiao.web.patents.view import Patent

SHOWN = 18
ROW = 24
WIDTH = 920
CENTER = 460
TITLE_CHARS = 34
LABEL = 124
"""How far a number beside a dot reaches: an edge of the second level ends before it."""


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
    """Cited patents on the left, citing ones on the right, the patent between; beyond them the second level: what the cited ones cite and who cites

    the citing ones, as far as the lake holds them. Those in the lake come first; one with the same owner is hollow. With a second level the
    titles give way to it.
    """
    left = _side(sorted(cited, key=lambda row: row["held"] is None))
    right = _side(citing)
    if not left and not right:
        return None
    far_left = records.cited_by_each(patent.lake, [row["held"]["key"] for row in left if row["held"]], limit=SHOWN)
    far_right = records.citing_each(patent.lake, _publications(patent.lake, [row["key"] for row in right]), limit=SHOWN)
    shape = _TWO if far_left or far_right else _ONE
    height = ROW * max(len(left), len(right), len(far_left), len(far_right), 2) + 24
    keys = [row["held"]["key"] for row in left if row["held"]] + [row["key"] for row in right]
    theirs = records.owners_of(patent.lake, [*keys, *(row["key"] for _near, row in far_left), *(key for _near, key in far_right)])
    painter = _Painter(own=_owner_names(patent), theirs=theirs, shape=shape, height=height, near={})
    nodes = [Node(x=shape.center, y=height / 2, kind="focal", label=number(patent.key), anchor="middle")]
    edges: list[tuple[float, float, float, float]] = []
    for index, row in enumerate(left):
        painter.cited(row, _place(index, len(left), height), nodes, edges)
    for index, row in enumerate(right):
        painter.citing(row, _place(index, len(right), height), nodes, edges)
    painter.second([(near, row["key"]) for near, row in far_left], nodes, edges, left=True)
    painter.second(far_right, nodes, edges, left=False)
    left_out = len(cited) + len(citing) - len(left) - len(right)
    return Graph(width=shape.width, height=height, nodes=nodes, edges=edges, left_out=left_out)


def _publications(lake: Lake, keys: list[str]) -> list[Row]:
    rows = {row["key"]: row for row in lake.rows("publications", "key IN (SELECT unnest(?))", [keys])} if keys else {}
    return [rows[key] for key in keys if key in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shape:
    """Where the columns of a graph stand, from the left."""

    width: int
    center: int
    far_left: int
    left: int
    right: int
    far_right: int
    has_titles: bool


_ONE = _Shape(width=WIDTH, center=CENTER, far_left=0, left=300, right=620, far_right=0, has_titles=True)
_TWO = _Shape(width=1120, center=560, far_left=150, left=390, right=730, far_right=970, has_titles=False)
GAP = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class _Painter:
    """Puts patents into the columns of a shape; `near` remembers where a first-level patent stands."""

    own: set[str]
    theirs: Mapping[str, set[str]]
    shape: _Shape
    height: int
    near: dict[str, tuple[float, float]]

    def cited(self, row: Row, y: float, nodes: list[Node], edges: list[tuple[float, float, float, float]]) -> None:
        """A cited patent on the left; one the lake does not hold carries its number only."""
        held = row["held"]
        label = number(held["key"]) if held else f"{row['cited_office']} {row['cited_number']} {row['cited_kind']}".strip()
        kind = _kind(self.own, self.theirs.get(held["key"])) if held else "out"
        title = _short(held["title"]) if held and self.shape.has_titles else ""
        x = self.shape.left
        nodes.append(Node(x=x, y=y, kind=kind, label=label, title=title, key=held["key"] if held else "", anchor="end"))
        edges.append((x + GAP, y, self.shape.center - GAP, self.height / 2))
        if held:
            self.near.setdefault(held["key"], (x, y))

    def citing(self, row: Row, y: float, nodes: list[Node], edges: list[tuple[float, float, float, float]]) -> None:
        """A citing patent on the right."""
        x, kind = self.shape.right, _kind(self.own, self.theirs.get(row["key"]))
        title = _short(row["citing_title"]) if self.shape.has_titles else ""
        nodes.append(Node(x=x, y=y, kind=kind, label=number(row["key"]), title=title, key=row["key"]))
        edges.append((self.shape.center + GAP, self.height / 2, x - GAP, y))
        self.near.setdefault(row["key"], (x, y))

    def second(
        self, pairs: list[tuple[str, str]], nodes: list[Node], edges: list[tuple[float, float, float, float]], *, left: bool
    ) -> None:
        """The second level of one side: each patent once, with an edge to every first-level patent it belongs to."""
        x = self.shape.far_left if left else self.shape.far_right
        keys = list(dict.fromkeys(key for _near, key in pairs))
        places = {key: _place(index, len(keys), self.height) for index, key in enumerate(keys)}
        for key, y in places.items():
            kind = _kind(self.own, self.theirs.get(key))
            nodes.append(Node(x=x, y=y, kind=kind, label=number(key), key=key, anchor="end" if left else "start"))
        for near, key in pairs:
            near_x, near_y = self.near[near]
            first, last = (x + GAP, near_x - LABEL) if left else (near_x + LABEL, x - GAP)
            edges.append((first, places[key], last, near_y) if left else (first, near_y, last, places[key]))


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
