"""The Django name of this room."""

from django.apps import AppConfig


class PortfolioConfig(AppConfig):
    """An organization's own patents: uploads, grades, deadlines, keep or drop."""

    name = "langqiao.web.portfolio"
    label = "portfolio"
