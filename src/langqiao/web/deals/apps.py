"""The Django name of this room."""

from django.apps import AppConfig


class DealsConfig(AppConfig):
    """One shell for every operation: deal, party, step, room."""

    name = "langqiao.web.deals"
    label = "deals"
