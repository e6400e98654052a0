"""The tab "market" of a patent page: the listings that stand with this patent, seen by everybody, and the way to list it."""

from collections.abc import Mapping
from typing import Any

from langqiao.web.market.models import Listing
from langqiao.web.market.patents import number_of
from langqiao.web.patents.view import Patent

SHOWN_MAX = 50


def market_context(patent: Patent) -> Mapping[str, Any]:
    """What the tab shows to anybody."""
    keys = [patent.key, *(row["key"] for row in patent.siblings)]
    found = Listing.objects.filter(state__in=("listed", "sold"), patents__key__in=keys).select_related("organization").distinct()
    return {"listings": list(found[:SHOWN_MAX]), "number": number_of(patent.key)}
