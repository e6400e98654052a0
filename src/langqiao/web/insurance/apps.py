"""The room as Django knows it."""

from django.apps import AppConfig


class InsuranceConfig(AppConfig):
    """The room of insurance."""

    name = "langqiao.web.insurance"
    label = "insurance"
