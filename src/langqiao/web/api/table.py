"""Every endpoint of the API in one table, room by room, and the paths made of it."""

from collections.abc import Mapping

from langqiao.web.api.endpoint import Endpoint
from langqiao.web.api.rooms import (
    audit,
    books,
    claims,
    consents,
    deal_room,
    deals,
    demands,
    desk,
    documents,
    insurance,
    ledger,
    loans,
    market,
    me,
    notices,
    papers,
    patents,
    people,
    placements,
    portfolios,
    rights,
    royalties,
    securitizations,
    sought,
    tariffs,
)

ENDPOINTS: tuple[Endpoint, ...] = (
    *me.ENDPOINTS,
    *patents.ENDPOINTS,
    *portfolios.ENDPOINTS,
    *desk.ENDPOINTS,
    *market.ENDPOINTS,
    *demands.ENDPOINTS,
    *deals.ENDPOINTS,
    *deal_room.ENDPOINTS,
    *papers.ENDPOINTS,
    *consents.ENDPOINTS,
    *royalties.ENDPOINTS,
    *rights.ENDPOINTS,
    *ledger.ENDPOINTS,
    *books.ENDPOINTS,
    *loans.ENDPOINTS,
    *tariffs.ENDPOINTS,
    *insurance.ENDPOINTS,
    *claims.ENDPOINTS,
    *securitizations.ENDPOINTS,
    *placements.ENDPOINTS,
    *people.ENDPOINTS,
    *sought.ENDPOINTS,
    *audit.ENDPOINTS,
    *notices.ENDPOINTS,
    *documents.ENDPOINTS,
)


def by_route() -> Mapping[str, Mapping[str, Endpoint]]:
    """Route → method → endpoint. Raises ValueError for two endpoints of one method and path, or two of one name."""
    found: dict[str, dict[str, Endpoint]] = {}
    names: set[str] = set()
    for endpoint in ENDPOINTS:
        methods = found.setdefault(endpoint.route, {})
        if endpoint.method in methods or endpoint.name in names:
            raise ValueError(f"{endpoint.method} {endpoint.path} ({endpoint.name}) stands twice")
        methods[endpoint.method] = endpoint
        names.add(endpoint.name)
    return found
