"""The Django name of this room, and whom its records concern."""

from django.apps import AppConfig


class MarketConfig(AppConfig):
    """Listings, demands, interest, purchase windows."""

    name = "langqiao.web.market"
    label = "market"

    def ready(self) -> None:
        """Enters the room's subjects for the record."""
        from langqiao.web.audit.subjects import SUBJECTS  # noqa: PLC0415 - after the rooms are loaded

        for kind in ("listing", "demand", "window"):
            SUBJECTS[kind] = f"langqiao.web.market.selectors:parties_{kind}"
