"""Utility model and invention filed for the same thing by the same applicant on the same day: never both in force (Patent Law 9)."""

import datetime as dt

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.patents.event import RightEvent


def grant_invention(*, granted_on: dt.date, utility_model_in_force: bool, abandonment_declared: bool, invention: str) -> RightEvent | None:
    """The event that the announcement of the invention's grant puts on the utility model: it ends on that day (Implementing Rules 47).

    None if the utility model is no longer in force. Raises Refusal(same_day_utility_model_not_abandoned) without its owner's declaration.
    """
    if not utility_model_in_force:
        return None
    if not abandonment_declared:
        message = "the same applicant keeps the same-day utility model in force"
        raise Refusal("same_day_utility_model_not_abandoned", message, article="Patent Law 9; Implementing Rules 47")
    return RightEvent(id=f"same-day:{invention}", kind="SAME_DAY_GRANT", on=granted_on, announced_on=granted_on, reference=invention)
