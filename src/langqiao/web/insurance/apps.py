"""The room as Django knows it, and whom its records concern."""

from django.apps import AppConfig


class InsuranceConfig(AppConfig):
    """The room of insurance."""

    name = "langqiao.web.insurance"
    label = "insurance"

    def ready(self) -> None:
        """Enters the room's subjects for the record."""
        from langqiao.web.audit.subjects import SUBJECTS  # noqa: PLC0415 - after the rooms are loaded

        for kind in ("policy", "claim", "tariff"):
            SUBJECTS[kind] = f"langqiao.web.insurance.selectors:parties_{kind}"
