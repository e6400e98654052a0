"""The endpoints of the API: who may call each, with which path and body; and how the tests carry a token instead of a cookie.

The door of calculations is open to anybody and knows no organization's data.
"""

import datetime as dt
import itertools
import json

from django.urls import resolve
from django.utils import timezone

from langqiao.web.api.models import SCOPES, ApiToken
from langqiao.web.api.table import ENDPOINTS
from langqiao.web.api.tokens import token_hash
from tests.web.routes.who import ANY_MEMBER, ANYBODY, KEY, MEMBERS, Rule

COUNT = itertools.count(1)
INSIDE = frozenset({"reader", "editor", "approver", "unconfirmed", "admin"})
TEXTS = {}

WHO = {
    "me": (ANY_MEMBER, {}, None),
    "second_factor": (ANY_MEMBER, {}, {"code": "000000"}),
    "patents": (ANY_MEMBER, {}, None),
    **{name: (ANY_MEMBER, {"key": KEY}, None) for name in ("patent", "patent_right", "patent_operations", "patent_grade", "patent_value")},
    "portfolios": (ANY_MEMBER, {}, None),
    "portfolio": (MEMBERS, {"portfolio_id": "portfolio"}, None),
    "portfolio_items": (MEMBERS, {"portfolio_id": "portfolio"}, None),
}
"""Endpoint → (who, values of the path, body). A code that nobody has is refused (409) to whoever may give one."""
METHODS = {endpoint.name: endpoint.method.lower() for endpoint in ENDPOINTS}
FIRST = {endpoint.route: endpoint.name for endpoint in reversed(ENDPOINTS)}
"""Route → the endpoint that names its address."""

ROUTES = {
    "api_openapi": (ANYBODY, "get", {}),
    "api_calc_names": (ANYBODY, "get", {}),
    "api_calc": (ANYBODY, "post", {"name": "fund.waterfall"}),
    "api_calc_schema": (ANYBODY, "get", {"name": "fund.waterfall"}),
    "api_unknown": (ANYBODY, "get", {"rest": "nowhere"}),
    "api_tokens": (ANY_MEMBER, "get", {}),
    "api_token_new": (ANY_MEMBER, "post", {}),
    "api_token_end": (Rule(opens=frozenset({"editor"}), hides=INSIDE | {"other", "office", "platform"}), "post", {"token_id": "api_token"}),
    **{f"api_{name}": (WHO[name][0], METHODS[name], WHO[name][1]) for name in FIRST.values() if name in WHO},
}


def owned(people):
    """A token of the first organization's editor."""
    return {"api_token": token_for(people["editor"], people["first"])[0].pk}


def token_for(user, organization=None, *, scopes=SCOPES, factor=True):
    """(token, its text) for a user's first organization; None for a user of none."""
    memberships = user.memberships.filter(organization=organization) if organization else user.memberships.all()
    membership = memberships.first()
    if membership is None:
        return None
    text, now = f"lq_test_{next(COUNT)}", timezone.now()
    token = ApiToken.objects.create(
        membership=membership, name="test", token_hash=token_hash(text), begins=text[:8], scopes=list(scopes),
        expires_at=now + dt.timedelta(days=1), factor_at=now if factor else None,
    )  # fmt: skip
    return token, text


def credentials(user, *, confirmed=True):
    """What a request of the API carries so that the API knows the user; never a cookie, which another site could send along."""
    made = token_for(user, scopes=SCOPES if confirmed else [scope for scope in SCOPES if scope != "approve"], factor=confirmed)
    return {"Authorization": f"Bearer {made[1]}"} if made else {}


def ask(client, method, address, *, headers, body=None):
    """A request of the API as its endpoint takes it."""
    if method == "get":
        return client.get(address, headers=headers)
    if body is None:
        body = WHO.get(resolve(address).url_name.removeprefix("api_"), (None, None, {}))[2]
    headers = {"Idempotency-Key": f"key-{next(COUNT)}"} | headers
    return client.post(address, data=json.dumps(body or {}), content_type="application/json", headers=headers)
