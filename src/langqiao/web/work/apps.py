"""The Django name of this room."""

from django.apps import AppConfig


class WorkConfig(AppConfig):
    """Jobs that outlive a page and timed duties, each a row of a table."""

    name = "langqiao.web.work"
    label = "work"
