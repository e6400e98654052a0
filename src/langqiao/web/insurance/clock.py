"""Which day it is for insurance, and the duty of the day: premium earned, quotes lapsed, policies expired."""

import datetime as dt

from django.utils import timezone


def today() -> dt.date:
    """The legal day in Beijing."""
    return timezone.localdate()


def policies_clock() -> str:
    """The duty: earns premium up to today, lets quotes lapse and policies expire; told in one line."""
    from langqiao.web.insurance import services  # noqa: PLC0415 - the services ask this module for the day
    from langqiao.web.insurance.models import Policy  # noqa: PLC0415

    day = today()
    earned = sum(
        bool(services.policy_earn(pk)) for pk in Policy.objects.filter(state="in_force", since__lt=day).values_list("pk", flat=True)
    )
    lapsed = _steps("lapse", Policy.objects.filter(state__in=services.BEFORE, valid_until__lt=day).values_list("pk", flat=True))
    expired = _steps("expire", Policy.objects.filter(state="in_force", until__lte=day).values_list("pk", flat=True))
    return f"earned {earned}, lapsed {lapsed}, expired {expired}"


def _steps(event: str, keys: object) -> int:
    from langqiao.web.insurance import services  # noqa: PLC0415

    found = list(keys)  # type: ignore[call-overload]
    for pk in found:
        services.policy_advance(pk, event, membership=None, key=f"{event}/{pk}")
    return len(found)
