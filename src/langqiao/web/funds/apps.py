"""The Django name of this room."""

from django.apps import AppConfig


class FundsConfig(AppConfig):
    """Operation funds: partners, calls, pipeline, committee, distributions."""

    name = "langqiao.web.funds"
    label = "funds"
