"""What waits for a member in every room: one list by day and by money at stake, each row one click from the decision."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from langqiao.web.people.models import Membership
from langqiao.web.work.register import DESK, load

Need = Literal["approve", "act", "know"]
"""approve: a colleague asked and a second person decides; act: the member's own step; know: a day that comes whatever one does."""
ROWS_A_ROOM = 50
"""How many rows a room shows at most; the room's own page has all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskItem:
    """One thing that waits. `on`: the last day (None: no day is set); `amount_fen` at stake (None: none or unknown); `why`: whose, or from which rule."""

    what: str
    url: str
    need: Need = "act"
    why: str = ""
    on: dt.date | None = None
    amount_fen: int | None = None
    currency: str = "CNY"
    is_scenario: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskRow:
    """An item with its room and whether its day has passed."""

    room: str
    item: DeskItem
    is_late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The rows in order, and how many of each need and room; `money_fen` is the sum in yuan of what a decision moves."""

    rows: Sequence[DeskRow]
    late_count: int
    approve_count: int
    money_fen: int
    by_room: Sequence[tuple[str, int]]


Asked = Callable[[Membership, dt.date], Iterable[DeskItem]]


def desk_of(membership: Membership, today: dt.date) -> Desk:
    """Everything that waits: what is late first, then by day (no day last), then the larger amount first."""
    rows = [
        DeskRow(room=room, item=item, is_late=item.on is not None and item.on < today)
        for room, place in DESK.items()
        for item in list(_asked(place)(membership, today))[:ROWS_A_ROOM]
    ]
    rows.sort(key=lambda row: (row.item.on or dt.date.max, -(row.item.amount_fen or 0), row.item.what))
    return Desk(
        rows=rows,
        late_count=sum(row.is_late for row in rows),
        approve_count=sum(row.item.need == "approve" for row in rows),
        money_fen=sum(row.item.amount_fen or 0 for row in rows if row.item.need != "know" and row.item.currency == "CNY"),
        by_room=sorted(Counter(row.room for row in rows).items()),
    )


def _asked(place: str) -> Asked:
    found: Asked = load(place)
    return found
