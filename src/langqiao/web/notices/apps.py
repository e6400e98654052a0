"""The Django name of this room."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Being told: notices on the site, by mail, by signed webhook."""

    name = "langqiao.web.notices"
    label = "notices"
