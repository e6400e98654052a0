"""The Django name of this room."""

from django.apps import AppConfig


class RoyaltiesConfig(AppConfig):
    """Running royalties by period, and the income of inventors."""

    name = "langqiao.web.royalties"
    label = "royalties"
