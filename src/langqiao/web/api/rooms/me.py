"""Who the token works for, what it may do, and the code that opens steps of money and title for a few minutes."""

import datetime as dt

from django.utils import timezone
from pydantic import Field

from langqiao.web.api.endpoint import Call, Endpoint, Given, Told
from langqiao.web.api.models import ApiToken
from langqiao.web.api.tokens import factor_fresh_until
from langqiao.web.people.factors import factor_check
from langqiao.web.people.models import Organization


class OrganizationTold(Told):
    """An organization of the market."""

    id: int
    name: str
    kind: str
    is_verified: bool
    is_scenario: bool = Field(description="made by the seeded scenario, not a real organization")


class MeTold(Told):
    """The member, the organization, the role and the scopes of the token."""

    user_id: int
    user_name: str
    organization: OrganizationTold
    role: str
    scopes: list[str]
    token_name: str
    token_expires_at: dt.datetime
    approves_until: dt.datetime | None = Field(description="until when steps of money and title are open to this token")


class CodeGiven(Given):
    """A code of the authenticator, or a recovery code."""

    code: str = Field(min_length=1, max_length=60)


class FactorTold(Told):
    """Until when steps of money and title are open to this token."""

    approves_until: dt.datetime


def organization_told(one: Organization) -> OrganizationTold:
    """An organization as every room tells it."""
    return OrganizationTold(id=one.pk, name=one.name, kind=one.kind, is_verified=one.is_verified, is_scenario=one.is_demo)


def me(call: Call) -> MeTold:
    """Who the token works for."""
    token, membership = call.token, call.membership
    return MeTold(
        user_id=membership.user_id,
        user_name=str(membership.user),
        organization=organization_told(membership.organization),
        role=membership.role,
        scopes=list(token.scopes),
        token_name=token.name,
        token_expires_at=token.expires_at,
        approves_until=factor_fresh_until(token),
    )


def second_factor(call: Call) -> FactorTold:
    """Takes a code of the second factor. Failures are counted with those of the pages."""
    factor_check(request=call.request, user=call.user, code=call.body.code)
    now = timezone.now()
    ApiToken.objects.filter(pk=call.token.pk).update(factor_at=now)
    call.token.factor_at = now
    until = factor_fresh_until(call.token)
    assert until is not None, "it was given just now"
    return FactorTold(approves_until=until)


ENDPOINTS = (
    Endpoint(
        method="GET", path="/me", name="me", scope="read", act=me, answer=MeTold,
        summary="Who the token works for: member, organization, role, scopes",
    ),
    Endpoint(
        method="POST", path="/second-factor", name="second_factor", scope="read", act=second_factor, answer=FactorTold,
        body=CodeGiven, once=False, summary="Give a code of the second factor: opens steps of money and title for a few minutes",
        example={"code": "123456"},
    ),
)  # fmt: skip
