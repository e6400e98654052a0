"""Restoring a lost right: until when it may be asked for (Implementing Rules 6)."""

import datetime as dt
from typing import Literal

from langqiao.engine.kernel.dates import add_months, add_years
from langqiao.engine.kernel.parameters import Parameters
from langqiao.engine.kernel.refusal import Refusal

Ground = Literal["force_majeure", "justified_reason"]


def restoration_deadline(
    ground: Ground,
    *,
    missed_on: dt.date,
    parameters: Parameters,
    obstacle_ended_on: dt.date | None = None,
    notified_on: dt.date | None = None,
) -> dt.date:
    """The last day to ask for restoration, before any holiday moves it.

    force_majeure: two months from the end of the obstacle and two years from the missed deadline, the earlier; justified_reason: two
    months from receipt of the office's notice. Raises ValueError if the date that counts is missing.
    """
    rule = parameters.value(f"patents.restoration.{ground}", missed_on)
    if ground == "justified_reason":
        if notified_on is None:
            raise ValueError("a justified reason counts from the notice: notified_on is needed")
        return add_months(notified_on, int(rule))
    if obstacle_ended_on is None:
        raise ValueError("force majeure counts from the end of the obstacle: obstacle_ended_on is needed")
    return min(add_months(obstacle_ended_on, rule["months_from_end_of_obstacle"]), add_years(missed_on, rule["years_from_missed_deadline"]))


def require_open(requested_on: dt.date, deadline: dt.date) -> None:
    """Raises Refusal(restoration_window_closed) for a request after the deadline."""
    if requested_on > deadline:
        message = f"requested on {requested_on}: the window for restoration closed on {deadline}"
        raise Refusal("restoration_window_closed", message, article="Implementing Rules 6", facts={"deadline": deadline})
