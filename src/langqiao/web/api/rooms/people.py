"""The own organization: its profile and check, members, invitations, mandates; and the platform's checks of others."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, Literal

from django.core.exceptions import ValidationError
from pydantic import Field

from langqiao.web.api.endpoint import INT_MAX, Call, Endpoint, Given, Nothing, Paging, Told
from langqiao.web.api.paging import listed, page
from langqiao.web.api.problems import ApiError
from langqiao.web.people.checks import check_ask, check_decide, organization_change
from langqiao.web.people.invitations import invitation_revoke, invitation_send, invitations_open
from langqiao.web.people.mandates import mandate_accept, mandate_give, mandate_revoke, mandates_of
from langqiao.web.people.members import member_end, member_role_set, members_of
from langqiao.web.people.models import CheckState, Invitation, Mandate, Membership, Organization, Role
from langqiao.web.people.session import PLATFORM_KINDS, must_be_kind

RoleGiven = Literal["reader", "editor", "approver", "admin"]
APPROVING = {Role.APPROVER, Role.ADMIN}


class MemberTold(Told):
    """A present member; `email` for administrators only."""

    id: int
    name: str
    email: str
    role: str


class InvitationTold(Told):
    """An invitation that still works; its link goes by mail alone."""

    id: int
    email: str
    role: str
    expires_at: dt.datetime


class MandateTold(Told):
    """Custody: `agent` acts for `holder` within scopes and days; no patent named: all of them."""

    id: int
    holder: str
    agent: str
    scopes: list[str]
    patents: list[str]
    from_on: dt.date
    until_on: dt.date
    accepted_at: dt.datetime | None
    revoked_at: dt.datetime | None


class ProfileTold(Told):
    """Who the organization is here, and how far the platform has checked it."""

    id: int
    name: str
    kind: str
    credit_code: str
    check_state: str
    check_reason: str


class PeopleTold(ProfileTold):
    """With members, invitations (for administrators) and mandates."""

    members: list[MemberTold]
    invitations: list[InvitationTold]
    mandates: list[MandateTold]


class ProfilesTold(Told):
    """A page of organizations."""

    items: list[ProfileTold]
    next_cursor: str | None


class ProfileGiven(Given):
    """Name and kind; what the platform had verified must then be checked again."""

    name: str = Field(min_length=1, max_length=200)
    kind: str | None = Field(default=None, max_length=20)


class CheckGiven(Given):
    """The unified social credit code (empty for who has none) and the document that proves it."""

    code: str = Field(default="", max_length=40)
    document: str = Field(default="", max_length=300)


class InvitationGiven(Given):
    """An address and a role; roles that approve need the scope approve."""

    email: str = Field(max_length=254)
    role: RoleGiven = "reader"


class MemberRoleGiven(Given):
    """Another role; one that approves needs the scope approve."""

    role: RoleGiven


class LeaveGiven(Given):
    """The colleague (member's id) who goes on with the open work."""

    successor_id: int | None = Field(default=None, ge=1, le=INT_MAX)


class MandateGiven(Given):
    """The institution by its exact name, what it may do, for which patents (lines; none: all), between which days."""

    agent: str = Field(max_length=200)
    scopes: list[Annotated[str, Field(max_length=20)]] = Field(max_length=10)
    patents: str = Field(default="", max_length=100_000)
    from_on: dt.date
    until_on: dt.date


class AnswerGiven(Given):
    """True accepts what was offered; false ends it."""

    accept: bool


class DecisionGiven(Given):
    """The platform's answer; a refusal needs its reason."""

    verified: bool
    reason: str = Field(default="", max_length=500)


def _profile(one: Organization) -> dict[str, Any]:
    return {name: getattr(one, name) for name in ProfileTold.model_fields}


def _member(one: Membership, by: Membership) -> MemberTold:
    return MemberTold(id=one.pk, name=one.user.name, email=one.user.email if by.may_govern else "", role=one.role)


def _invitation(one: Invitation) -> InvitationTold:
    return InvitationTold(**{name: getattr(one, name) for name in InvitationTold.model_fields})


def _mandate(one: Mandate) -> MandateTold:
    own = {name: getattr(one, name) for name in MandateTold.model_fields if name not in {"holder", "agent"}}
    return MandateTold(**own, holder=one.holder.name, agent=one.agent.name)


@contextmanager
def _fields_read() -> Iterator[None]:
    """What Django's own checks refuse of a field, in the API's shape."""
    try:
        yield
    except ValidationError as error:
        raise ApiError(422, "bad_input", "; ".join(error.messages)[:300]) from error


def organization(call: Call) -> PeopleTold:
    """The own organization with its people."""
    own, by = call.membership.organization, call.membership
    return PeopleTold(
        **_profile(own), members=[_member(one, by) for one in members_of(own)],
        invitations=[_invitation(one) for one in invitations_open(own)] if by.may_govern else [],
        mandates=[_mandate(one) for one in mandates_of(own)],
    )  # fmt: skip


def save(call: Call) -> ProfileTold:
    """Changes name or kind."""
    with _fields_read():
        kind = call.body.kind or call.membership.organization.kind
        organization_change(membership=call.membership, name=call.body.name, kind=kind)
    return ProfileTold(**_profile(Organization.objects.get(pk=call.membership.organization_id)))


def check(call: Call) -> ProfileTold:
    """Asks the platform to check who the organization is."""
    return ProfileTold(**_profile(check_ask(membership=call.membership, code=call.body.code, document=call.body.document)))


def invite(call: Call) -> InvitationTold:
    """Sends an invitation; an older open one to the same address is revoked."""
    if call.body.role in APPROVING:
        call.must_approve()
    with _fields_read():
        made = invitation_send(membership=call.membership, request=call.request, email=call.body.email, role=call.body.role)
    return _invitation(made)


def withdraw(call: Call) -> PeopleTold:
    """Makes an invitation useless."""
    invitation_revoke(membership=call.membership, invitation_id=call.path["invitation_id"])
    return organization(call)


def role(call: Call) -> MemberTold:
    """Gives a member another role; nobody changes their own."""
    if call.body.role in APPROVING:
        call.must_approve()
    made = member_role_set(membership=call.membership, member_id=call.path["member_id"], role=call.body.role)
    return _member(made, call.membership)


def leave(call: Call) -> MemberTold:
    """Ends a membership and hands the open work over."""
    ended = member_end(membership=call.membership, member_id=call.path["member_id"], successor_id=call.body.successor_id)
    return _member(ended, call.membership)


def mandate(call: Call) -> MandateTold:
    """Offers a mandate; it works once the institution has accepted it."""
    return _mandate(mandate_give(membership=call.membership, **dict(call.body)))


def answer(call: Call) -> MandateTold:
    """The institution accepts, or either side ends the mandate."""
    act = mandate_accept if call.body.accept else mandate_revoke
    return _mandate(act(membership=call.membership, mandate_id=call.path["mandate_id"]))


def checks(call: Call) -> ProfilesTold:
    """Organizations that wait for the check (platform)."""
    must_be_kind(call.membership, PLATFORM_KINDS)
    found = Organization.objects.filter(check_state=CheckState.PENDING, merged_into=None)
    rows, after = page(found, by=("pk",), cursor=call.query.cursor, limit=call.query.limit, down=False)
    return ProfilesTold(**listed(rows, lambda one: ProfileTold(**_profile(one)), after))


def decide(call: Call) -> ProfileTold:
    """Verifies or refuses an organization (platform)."""
    must_be_kind(call.membership, PLATFORM_KINDS)
    call.must_approve()
    given = call.body
    number = call.path["organization_id"]
    return ProfileTold(
        **_profile(check_decide(membership=call.membership, organization_id=number, verified=given.verified, reason=given.reason))
    )


GOVERNS: dict[str, Any] = {"method": "POST", "scope": "admin", "role": "admin"}
APPROVING_NOTE = "Roles that approve need the scope approve and a fresh second factor."
ENDPOINTS = (
    Endpoint(
        method="GET", path="/organization", name="organization_people", scope="read", act=organization, answer=PeopleTold,
        summary="The own organization with members and mandates",
    ),
    Endpoint(
        **GOVERNS, path="/organization", name="organization_save", act=save, answer=ProfileTold, body=ProfileGiven, summary="Change name or kind",
        example={"name": "First"},
    ),
    Endpoint(
        **GOVERNS, path="/organization/check", name="organization_check", act=check, answer=ProfileTold, body=CheckGiven,
        summary="Ask the platform for the check", example={"code": "", "document": "license 1"},
    ),
    Endpoint(
        **GOVERNS, path="/organization/invitations", name="invitation_new", act=invite, answer=InvitationTold, body=InvitationGiven, status=201,
        summary="Invite a person", doc=APPROVING_NOTE, example={"email": "new@example.com", "role": "reader"},
    ),
    Endpoint(
        **GOVERNS, path="/organization/invitations/{invitation_id:int}/revoke", name="invitation_withdraw", act=withdraw, answer=PeopleTold,
        body=Nothing, summary="Revoke an invitation",
    ),
    Endpoint(
        **GOVERNS, path="/organization/members/{member_id:int}/role", name="member_role", act=role, answer=MemberTold, body=MemberRoleGiven,
        summary="Give a member another role", doc=APPROVING_NOTE, example={"role": "editor"},
    ),
    Endpoint(
        method="POST", scope="admin", path="/organization/members/{member_id:int}/leave", name="member_leave", act=leave, answer=MemberTold,
        body=LeaveGiven, summary="End a membership", example={"successor_id": 1},
    ),
    Endpoint(
        method="POST", scope="admin", path="/mandates", name="mandate_new", act=mandate, answer=MandateTold, body=MandateGiven, status=201,
        approves=True, summary="Offer a mandate",
        example={"agent": "Third", "scopes": ["list"], "from_on": "2026-12-01", "until_on": "2027-11-30"},
    ),
    Endpoint(
        method="POST", scope="admin", path="/mandates/{mandate_id:int}/answer", name="mandate_answer", act=answer, answer=MandateTold,
        body=AnswerGiven, summary="Accept or end a mandate", example={"accept": True},
    ),
    Endpoint(
        method="GET", path="/organization-checks", name="organization_checks", scope="read", act=checks, answer=ProfilesTold, query=Paging,
        summary="Organizations that wait for the check (platform)",
    ),
    Endpoint(
        method="POST", path="/organization-checks/{organization_id:int}", name="organization_check_decide", scope="admin", act=decide,
        answer=ProfileTold, body=DecisionGiven, summary="Verify or refuse an organization (platform)",
        doc="Needs the scope approve and a fresh second factor.", example={"verified": True},
    ),
)  # fmt: skip
