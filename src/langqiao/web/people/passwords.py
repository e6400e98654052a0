"""Passwords: changing a known one, and setting a forgotten one by a link that works once and for an hour."""

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.people.demo import demo_allowed
from langqiao.web.people.mail import reset_letter
from langqiao.web.people.models import User
from langqiao.web.people.security import security_note
from langqiao.web.people.sessions import sessions_end
from langqiao.web.people.throttle import attempt_note, attempts_check


@transaction.atomic
def password_change(*, user: User, old: str, new: str, by: User, keep_session: str | None = None) -> None:
    """Sets a new password and ends every session but `keep_session`.

    Raises Refusal(wrong_password) and django's ValidationError where the new one is too weak.
    """
    if user != by or not user.check_password(old):
        raise Refusal("wrong_password", _("The present password is not right."))
    _set(user, new, keep_session=keep_session)
    security_note("password_changed", user=user)


def reset_ask(*, request: HttpRequest, email: str) -> None:
    """Sends the link where the address has an account; what the asker sees is the same where it has none.

    Refused (too_many_attempts) after ten letters in fifteen minutes, so that nobody's mailbox is filled.
    """
    email = email.strip().lower()[:254]
    attempts_check(request, email=email, purpose="reset")
    attempt_note(request, email=email, purpose="reset")
    user = User.objects.filter(email=email, is_active=True).first()
    if user is None or not demo_allowed(user) or user.is_demo:
        return
    path = reverse("password_reset_set", kwargs={"who": _who(user), "token": default_token_generator.make_token(user)})
    reset_letter(
        to=user.email,
        address=request.build_absolute_uri(path),
        minutes=settings.PASSWORD_RESET_TIMEOUT // 60,
        language=user.language or get_language() or settings.LANGUAGE_CODE,
    )
    security_note("reset_asked", user=user, request=request)


def reset_user(who: str, token: str) -> User:
    """The user of a link. Refused (link_not_valid) where it is wrong, used or older than an hour."""
    try:
        user = User.objects.filter(pk=int(urlsafe_base64_decode(who).decode()), is_active=True, is_demo=False).first()
    except (ValueError, OverflowError):
        user = None
    if user is None or not default_token_generator.check_token(user, token):
        raise Refusal("link_not_valid", _("This link is wrong, used or too old. Ask for a new one."))
    return user


@transaction.atomic
def reset_set(*, request: HttpRequest, who: str, token: str, new: str) -> User:
    """Sets the password by a link; every session of the user ends. The second factor, where there is one, is still asked at log-in."""
    user = reset_user(who, token)
    user = User.objects.select_for_update().get(pk=user.pk)
    if not default_token_generator.check_token(user, token):
        raise Refusal("link_not_valid", _("This link is wrong, used or too old. Ask for a new one."))
    _set(user, new, keep_session=None)
    security_note("password_reset", user=user, request=request)
    return user


def _set(user: User, new: str, *, keep_session: str | None) -> None:
    validate_password(new, user)
    user.set_password(new)
    user.save(update_fields=["password"])
    sessions_end(user=user, but=keep_session)


def _who(user: User) -> str:
    return urlsafe_base64_encode(force_bytes(user.pk))
