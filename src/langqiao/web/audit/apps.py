"""The Django name of this room."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The record nobody can alter: append-only, hash-chained, with signed tree heads."""

    name = "langqiao.web.audit"
    label = "audit"
