"""The Django name of this room."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Programs that work for a member: tokens, answers kept for repeats, counts of requests."""

    name = "langqiao.web.api"
    label = "api"
