"""The routes of the API: the door of calculations is open to anybody and knows no organization's data."""

from tests.web.routes.who import ANYBODY

ROUTES = {
    "api_openapi": (ANYBODY, "get", {}),
    "api_calc_names": (ANYBODY, "get", {}),
    "api_calc": (ANYBODY, "post", {"name": "fund.waterfall"}),
    "api_calc_schema": (ANYBODY, "get", {"name": "fund.waterfall"}),
}


def credentials(user):
    """What a request of the API carries so that the API knows the user; never a cookie, which another site could send along."""
    return {}
