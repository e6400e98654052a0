"""The Django name of this room."""

from django.apps import AppConfig


class MarketConfig(AppConfig):
    """Listings, demands, interest, purchase windows."""

    name = "langqiao.web.market"
    label = "market"
