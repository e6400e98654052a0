"""The Django name of this room."""

from django.apps import AppConfig


class RightsConfig(AppConfig):
    """The one operational record of a patent: claims of ownership, shares, burdens, corrections."""

    name = "langqiao.web.rights"
    label = "rights"
