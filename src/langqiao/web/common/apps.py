"""The Django name of this room."""

from django.apps import AppConfig


class CommonConfig(AppConfig):
    """What every page shares: the frame, number formats, charts, the lake of the site, error pages."""

    name = "langqiao.web.common"
    label = "common"
