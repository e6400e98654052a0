"""The room as Django knows it, and whom its records concern."""

from django.apps import AppConfig


class SecuritizationConfig(AppConfig):
    """The room of securitization."""

    name = "langqiao.web.securitization"
    label = "securitization"

    def ready(self) -> None:
        """Enters the room's subjects for the record; a vehicle's accounts are those of a pool, beside the compensation pools."""
        from langqiao.web.audit.subjects import SUBJECTS  # noqa: PLC0415 - after the rooms are loaded

        SUBJECTS["securitization"] = "langqiao.web.securitization.selectors:parties_securitization"
        SUBJECTS["pool"] = "langqiao.web.securitization.selectors:parties_pool"
