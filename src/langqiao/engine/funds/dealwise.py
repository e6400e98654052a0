"""The flows of a fund that counts deal by deal: each deal's own cost, its part of what all deals bear, and the losses that others make good."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from langqiao.engine.funds.waterfall import Flow
from langqiao.engine.kernel.allocation import largest_remainder
from langqiao.engine.kernel.money import Fen

Event = Literal["cost", "shared", "loss", "distribution"]
ORDER: tuple[Event, ...] = ("cost", "shared", "loss", "distribution")


@dataclass(frozen=True, slots=True, kw_only=True)
class DealEvent:
    """A day's money of a deal: paid for it, paid for all (`shared`, no deal), written off, or distributed from it."""

    date: dt.date
    event: Event
    amount: Fen
    deal: str = ""


def deal_flows(events: Sequence[DealEvent]) -> tuple[Flow, ...]:
    """The flows of the waterfall deal by deal, in date order.

    What all deals bear (fees, expenses) is split by the cost of the deals there are on that day; what comes before the first deal is borne by the
    first. A loss written off is made good by the other deals there are, by their cost; the deal itself keeps its own cost. No later event changes
    an earlier split, so a distribution is computed once. Our reading of "realized cost + allocated expenses + write-offs to be made good first".
    """
    costs: dict[str, Fen] = {}
    waiting = 0
    flows: list[Flow] = []
    for found in sorted(events, key=lambda event: (event.date, ORDER.index(event.event))):
        if found.event == "distribution":
            flows.append(Flow(date=found.date, deal=found.deal, distribution=found.amount))
        elif found.event == "cost":
            costs[found.deal] = costs.get(found.deal, 0) + found.amount
            flows.append(Flow(date=found.date, deal=found.deal, contribution=found.amount + waiting))
            waiting = 0
        else:
            bearing = {deal: cost for deal, cost in costs.items() if deal != found.deal}
            if not bearing:
                waiting += found.amount if found.event == "shared" else 0
                continue
            parts = largest_remainder(found.amount, list(bearing.values()))
            flows += [Flow(date=found.date, deal=deal, contribution=part) for deal, part in zip(bearing, parts, strict=True) if part]
    return tuple(flows)
