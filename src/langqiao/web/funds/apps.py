"""The Django name of this room."""

from django.apps import AppConfig


class FundsConfig(AppConfig):
    """Operation funds: partners, calls, pipeline, committee, distributions."""

    name = "langqiao.web.funds"
    label = "funds"

    def ready(self) -> None:
        """Tells the record whom a session concerns: the fund's manager, whoever sits in it is told as a person."""
        from langqiao.web.audit.subjects import SUBJECTS  # noqa: PLC0415 - after the apps are there

        SUBJECTS.setdefault("session", "langqiao.web.funds.access:parties_session")
