"""The room as Django knows it."""

from django.apps import AppConfig


class MatchingConfig(AppConfig):
    """The room of matching."""

    name = "langqiao.web.matching"
    label = "matching"
