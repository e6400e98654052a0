"""The room as Django knows it."""

from django.apps import AppConfig


class MatchingConfig(AppConfig):
    """The room of matching."""

    name = "langqiao.web.matching"
    label = "matching"

    def ready(self) -> None:
        """Tells the record whom a mandate concerns."""
        from langqiao.web.audit.subjects import SUBJECTS  # noqa: PLC0415 - after the apps are there

        SUBJECTS.setdefault("sought", "langqiao.web.matching.selectors:parties_mandate")
