"""The Django name of this room, and whom its records concern."""

from django.apps import AppConfig


class CreditConfig(AppConfig):
    """Loans on patents and the compensation pool."""

    name = "langqiao.web.credit"
    label = "credit"

    def ready(self) -> None:
        """Enters the room's subjects for the record."""
        from langqiao.web.audit.subjects import SUBJECTS  # noqa: PLC0415 - after the rooms are loaded

        SUBJECTS["subsidy"] = "langqiao.web.credit.subsidies:parties"
        for kind in ("loan", "pool"):
            SUBJECTS[kind] = f"langqiao.web.credit.selectors:parties_{kind}"
