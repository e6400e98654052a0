"""The routes of people: signing in, the account, the organization's administration, the platform's checks."""

import datetime as dt

from django.utils import timezone

from langqiao.web.people.models import CheckState, Invitation, Mandate, Membership, Organization, Role, TotpFactor
from langqiao.web.people.sealing import seal
from tests.web.routes.who import ADMINS, ANY_ADMIN, ANY_APPROVER, ANY_MEMBER, ANYBODY, LOGGED_IN, PLATFORM, Rule

CONFIRMED = Rule(opens=frozenset({"approver", "admin", "other", "office", "platform"}))
"""Whoever has given a second factor."""
EITHER_SIDE = Rule(opens=frozenset({"approver", "unconfirmed", "admin"}), hides=frozenset({"other", "office", "platform"}))
"""Approvers and administrators of the holder; other organizations see nothing."""

ROUTES = {
    "log_in": (ANYBODY, "get", {}),
    "log_in_code": (Rule(opens=frozenset(), asks=True), "get", {}),
    "log_out": (ANYBODY, "post", {}),
    "password": (LOGGED_IN, "get", {}),
    "password_reset": (ANYBODY, "get", {}),
    "password_reset_set": (ANYBODY, "get", {"who": "MQ", "token": "none"}),
    "organization": (LOGGED_IN, "post", {}),
    "account": (LOGGED_IN, "get", {}),
    "account_save": (LOGGED_IN, "post", {}),
    "session_end": (LOGGED_IN, "post", {}),
    "second_factor": (LOGGED_IN, "get", {}),
    "recovery_codes": (CONFIRMED, "post", {}),
    "second_factor_replace": (CONFIRMED, "get", {}),
    "second_factor_remove": (CONFIRMED, "post", {}),
    "invitation": (ANYBODY, "get", {"token": "none"}),
    "organization_new": (LOGGED_IN, "get", {}),
    "organization_people": (ANY_MEMBER, "get", {}),
    "organization_save": (ANY_ADMIN, "post", {}),
    "organization_check": (ANY_ADMIN, "post", {}),
    "invitation_new": (ANY_ADMIN, "post", {}),
    "invitation_withdraw": (ADMINS, "post", {"invitation_id": "invitation"}),
    "member_role": (ADMINS, "post", {"member_id": "leaving"}),
    "member_leave": (ADMINS, "post", {"member_id": "leaving"}),
    "mandate_new": (ANY_APPROVER, "post", {}),
    "mandate_answer": (EITHER_SIDE, "post", {"mandate_id": "mandate"}),
    "organization_checks": (PLATFORM, "get", {}),
    "organization_check_decide": (PLATFORM, "post", {"organization_id": "waiting"}),
    "organization_merge": (PLATFORM, "get", {}),
}

API = {
    "organization_people": (ANY_MEMBER, {}, None),
    "organization_save": (ANY_ADMIN, {}, {"name": "Another name"}),
    "organization_check": (ANY_ADMIN, {}, {"document": ""}),
    "invitation_new": (ANY_ADMIN, {}, {"email": "no address"}),
    "invitation_withdraw": (ADMINS, {"invitation_id": "invitation"}, {}),
    "member_role": (ADMINS, {"member_id": "leaving"}, {"role": "editor"}),
    "member_leave": (ADMINS, {"member_id": "leaving"}, {}),
    "mandate_new": (ANY_APPROVER, {}, {"agent": "Nobody", "scopes": ["list"], "from_on": "2026-12-01", "until_on": "2026-12-02"}),
    "mandate_answer": (EITHER_SIDE, {"mandate_id": "mandate"}, {"accept": False}),
    "organization_checks": (PLATFORM, {}, None),
    "organization_check_decide": (PLATFORM, {"organization_id": "waiting"}, {"verified": False, "reason": "R"}),
}
"""Endpoints of the room → (who, values of the path, body)."""


def owned(people):
    """An invitation, a member and a mandate of the first organization, and an organization that waits for the check."""
    from tests.web.conftest import another_user

    first = people["first"]
    for who in CONFIRMED.opens:
        TotpFactor.objects.create(user=people[who], sealed_secret=seal("A" * 32), confirmed_at=timezone.now())
    invitation = Invitation.objects.create(
        organization=first, email="new@example.com", token_hash="0" * 64, expires_at=timezone.now() + dt.timedelta(days=1)
    )
    leaving = Membership.objects.create(user=another_user("leaving"), organization=first, role=Role.READER)
    agent = Organization.objects.create(name="Agent", kind="broker")
    today = timezone.localdate()
    mandate = Mandate.objects.create(holder=first, agent=agent, scopes=["list"], from_on=today, until_on=today)
    waiting = Organization.objects.create(
        name="Waiting", check_state=CheckState.PENDING, check_document="license 1", check_asked_at=timezone.now()
    )
    return {"invitation": invitation.pk, "leaving": leaving.pk, "mandate": mandate.pk, "waiting": waiting.pk}
