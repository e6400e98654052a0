"""Today, as the law of the house counts it: Beijing time."""

import datetime as dt
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")


def today() -> dt.date:
    """The day in Beijing."""
    return dt.datetime.now(BEIJING).date()
