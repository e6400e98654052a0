"""The room as Django knows it."""

from django.apps import AppConfig


class SecuritizationConfig(AppConfig):
    """The room of securitization."""

    name = "langqiao.web.securitization"
    label = "securitization"
