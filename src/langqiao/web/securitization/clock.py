"""Which day it is for securitization: the legal day in Beijing."""

import datetime as dt

from django.utils import timezone


def today() -> dt.date:
    """The legal day."""
    return timezone.localdate()
