"""The Django name of this room."""

from django.apps import AppConfig


class CreditConfig(AppConfig):
    """Loans on patents and the compensation pool."""

    name = "langqiao.web.credit"
    label = "credit"
