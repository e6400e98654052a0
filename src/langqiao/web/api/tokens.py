"""Tokens of the API: made for a member in one organization, found by their hash, revoked; a fresh second factor for money and title."""

import datetime as dt
import hashlib
import secrets
from collections.abc import Sequence

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.api.models import SCOPES, ApiToken
from langqiao.web.audit.services import record_append
from langqiao.web.people.demo import demo_allowed
from langqiao.web.people.models import Membership

PREFIX = "lq_"
TOKENS_MAX = 20
DAYS = (7, 30, 90, 365)
USED_EVERY = dt.timedelta(minutes=1)
"""How exactly `last_used_at` is kept: a write at every request would cost more than it tells."""


def token_hash(text: str) -> str:
    """SHA-256 of a token: its 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def token_make(
    *, membership: Membership, name: str, scopes: Sequence[str], days: int, factor_age: dt.timedelta | None = None
) -> tuple[ApiToken, str]:
    """(token, its text: shown now and never again). `factor_age`: how long ago the session of the page gave its second factor.

    The page has asked for the password, and for `approve` also for role and second factor. Refused: api_scope_unknown, not_allowed,
    too_many_tokens.
    """
    wanted = [scope for scope in SCOPES if scope in set(scopes)]
    if len(wanted) != len(set(scopes)) or not wanted or days not in DAYS or not name.strip():
        raise Refusal("api_scope_unknown", _("Give the token a name, at least one scope and one of the offered lifetimes."))
    if "approve" in wanted and not membership.may_approve:
        raise Refusal("not_allowed", _("Money and title are approved by an approver or an administrator of the organization."))
    if len(tokens_of(membership, working=True)) >= TOKENS_MAX:
        raise Refusal("too_many_tokens", _("You have %(n)d tokens here already. Revoke one first.") % {"n": TOKENS_MAX})
    text, now = PREFIX + secrets.token_urlsafe(32), timezone.now()
    token = ApiToken.objects.create(
        membership=membership, name=name.strip()[:80], token_hash=token_hash(text), begins=text[:8], scopes=wanted,
        expires_at=now + dt.timedelta(days=days), factor_at=now - factor_age if factor_age is not None else None,
    )  # fmt: skip
    _record(token, "security.token_made")
    return token, text


@transaction.atomic
def token_revoke(*, membership: Membership, token_id: int) -> None:
    """Ends a token of the member's own. Refused (not_found) for every other."""
    token = ApiToken.objects.select_for_update().filter(pk=token_id, membership=membership, revoked_at=None).first()
    if token is None:
        raise Refusal("not_found", _("There is no such token of yours."))
    token.revoked_at = timezone.now()
    token.save(update_fields=["revoked_at"])
    _record(token, "security.token_revoked")


def _record(token: ApiToken, action: str) -> None:
    payload = {"token": token.pk, "scopes": list(token.scopes), "expires_on": token.expires_at.date().isoformat()}
    subject = f"organization/{token.membership.organization_id}"
    record_append(actor=token.membership.user, action=action, subject=subject, payload=payload)


def tokens_of(membership: Membership, *, working: bool = False) -> Sequence[ApiToken]:
    """The member's tokens in the organization, newest first; `working`: neither revoked nor expired."""
    found = ApiToken.objects.filter(membership=membership)
    return list(found.filter(revoked_at=None, expires_at__gt=timezone.now()) if working else found[:100])


def token_of(text: str) -> ApiToken | None:
    """The token of a text while it works: not revoked, not expired, and its member still belongs to the organization."""
    now = timezone.now()
    found = (
        ApiToken.objects.filter(token_hash=token_hash(text), revoked_at=None, expires_at__gt=now)
        .filter(membership__ended_at=None, membership__user__is_active=True, membership__organization__merged_into=None)
        .select_related("membership__user", "membership__organization")
        .first()
    )
    if found is None or not demo_allowed(found.membership.user):
        return None
    if found.last_used_at is None or now - found.last_used_at > USED_EVERY:
        ApiToken.objects.filter(pk=found.pk).update(last_used_at=now)
    return found


def factor_fresh_until(token: ApiToken) -> dt.datetime | None:
    """Until when the token may take steps of money and title; None where no code was given."""
    return token.factor_at + dt.timedelta(minutes=settings.SECOND_FACTOR_FRESH_MINUTES) if token.factor_at else None


def must_approve(token: ApiToken) -> None:
    """The guard of money and title, as strict as on the pages: role, scope and a code given within the same few minutes.

    Refused: not_allowed, scope_missing, second_factor_needed.
    """
    if not token.membership.may_approve:
        raise Refusal("not_allowed", _("Money and title are approved by an approver or an administrator of the organization."))
    must_have_scope(token, "approve")
    until, minutes = factor_fresh_until(token), settings.SECOND_FACTOR_FRESH_MINUTES
    if until is None or until < timezone.now():
        message = _("This step needs your second factor, given within the last %(minutes)d minutes.") % {"minutes": minutes}
        raise Refusal("second_factor_needed", message, facts={"minutes": minutes})


def must_have_scope(token: ApiToken, scope: str) -> None:
    """Refuses (scope_missing) a token that was not made for this."""
    if scope not in token.scopes:
        raise Refusal("scope_missing", _("This token lacks the scope %(scope)s.") % {"scope": scope}, facts={"scope": scope})


def must_have_session_factor(token: ApiToken) -> None:
    """Approvers of organizations that move money work only after a second factor given within the length of a session, as on the pages."""
    if token.membership.must_have_factor:
        age = timezone.now() - token.factor_at if token.factor_at else None
        if age is None or age > dt.timedelta(seconds=settings.SESSION_COOKIE_AGE):
            message = _("Your role needs a second factor: give a code at POST /api/v1/second-factor.")
            raise Refusal("second_factor_needed", message, facts={"minutes": settings.SESSION_COOKIE_AGE // 60})
