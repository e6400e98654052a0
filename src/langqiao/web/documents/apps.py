"""The Django name of this room."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """Contracts, certificates and packages as files, with signatures."""

    name = "langqiao.web.documents"
    label = "documents"
