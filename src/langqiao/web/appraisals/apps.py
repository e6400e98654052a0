"""The Django name of this room."""

from django.apps import AppConfig


class AppraisalsConfig(AppConfig):
    """Grades and opinions of value as recorded: immutable, hashed, re-computable."""

    name = "langqiao.web.appraisals"
    label = "appraisals"
