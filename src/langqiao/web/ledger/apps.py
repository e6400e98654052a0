"""The Django name of this room."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """The books: accounts, immutable transfers, two-phase holds, to the fen."""

    name = "langqiao.web.ledger"
    label = "ledger"
