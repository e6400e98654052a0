"""The Django name of this room."""

from django.apps import AppConfig


class PatentsConfig(AppConfig):
    """The pages of one patent and of many: search, tabs, evidence, sources."""

    name = "langqiao.web.patents"
    label = "patents"
