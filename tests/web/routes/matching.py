"""The routes of matching, with a private mandate and a public demand of the first organization."""

import datetime as dt

from django.utils import timezone

from langqiao.web.market.models import Demand
from langqiao.web.matching.models import Mandate
from langqiao.web.people.models import Role
from tests.web.routes.who import ANY_EDITOR, ANY_MEMBER, EDITORS, KEY, MEMBERS

SECRET = "A secret of the first organization"
MANDATE = {"mandate_id": "sought"}
ROUTES = {
    "matching": (ANY_MEMBER, "get", {}),
    "sought_new": (ANY_EDITOR, "get", {}),
    "sought": (MEMBERS, "get", MANDATE),
    "sought_edit": (EDITORS, "get", MANDATE),
    "sought_end": (EDITORS, "post", MANDATE),
    "demand_matches": (ANY_MEMBER, "get", {"demand_id": "sought_demand"}),
    "patent_fits": (ANY_MEMBER, "get", {"key": KEY}),
}

TERMS = {"title": "T", "purpose": "buy", "until_on": "2099-12-31", "words": "w"}
API = {
    "soughts": (ANY_MEMBER, {}, None),
    "sought": (MEMBERS, MANDATE, None),
    "sought_new": (ANY_EDITOR, {}, TERMS),
    "sought_edit": (EDITORS, MANDATE, TERMS),
    "sought_end": (EDITORS, MANDATE, {}),
}
"""Endpoints of the room → (who, values of the path, body)."""


def owned(people):
    """A mandate that only its organization sees, and a demand that everybody does."""
    by, until = people[Role.EDITOR], timezone.localdate() + dt.timedelta(days=90)
    mandate = Mandate.objects.create(organization=people["first"], by=by, title=SECRET, purpose="invest", words="电池", until_on=until)
    demand = Demand.objects.create(
        organization=people["second"], by=people["other"], title="寻找隔膜技术", problem="电池隔膜", state="published", deadline_on=until
    )
    return {"sought": mandate.pk, "sought_demand": demand.pk}
