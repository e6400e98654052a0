"""Who may call each endpoint of the API: method by method, in every role, of two tenants; the table of endpoints names them, a list here the rule."""

import pytest
from django.db import transaction
from django.urls import reverse

from langqiao.web.api.table import ENDPOINTS
from tests.web.routes import owned_by
from tests.web.routes.api import FIRST, WHO, ask, credentials
from tests.web.routes.who import ANYBODY
from tests.web.test_web_routes import INSIDE, VISITORS, expected, user_of

OPEN = {200, 201, 409, 422}
MEANT = {"log in": {401}, "forbidden": {403}, "hidden": {404}, "open": OPEN}
SECRET = "A secret of the first organization"


def carried_by(people, visitor):
    """The headers of a visitor; the stranger belongs to no organization and so can have no token."""
    return credentials(user_of(people, visitor), confirmed=visitor != "unconfirmed") if visitor != "anonymous" else {}


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.name)
@pytest.mark.usefixtures("facts_lake")
def test_an_endpoint_opens_to_whom_it_may_and_hides_from_the_others(endpoint, client, people):
    who, arguments, body = WHO[endpoint.name]
    owned = owned_by(people)
    address = reverse(f"api_{FIRST[endpoint.route]}", kwargs={key: owned.get(value, value) for key, value in arguments.items()})
    assert who != ANYBODY
    for visitor in VISITORS:
        with transaction.atomic():
            answer = ask(client, endpoint.method.lower(), address, headers=carried_by(people, visitor), body=body)
            transaction.set_rollback(True)
        meant = MEANT["log in" if visitor == "stranger" else expected(who, visitor)]
        assert answer.status_code in meant, (visitor, answer.status_code, answer.content[:300])
        if visitor not in INSIDE:
            assert SECRET not in answer.content.decode(), visitor
