"""How fast somebody may guess: failures are counted by account and address, known browsers apart, so that a stranger locks nobody out.

The counting is OWASP's "device cookies": a browser that signed in before has a counter of its own; all others share one an account. A
stranger who fails on purpose stops other strangers, not the owner at a browser of theirs; and the link by e-mail makes a browser known.
"""

import datetime as dt
import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.people.models import LoginAttempt, User

ATTEMPTS_MAX = 10
ADDRESS_ATTEMPTS_MAX = 5 * ATTEMPTS_MAX
ATTEMPTS_WINDOW = dt.timedelta(minutes=15)
COOKIE = "langqiao_device"
_SALT = "langqiao.people.device"
_COOKIE_AGE = 180 * 24 * 3600


def address_of(request: HttpRequest) -> str:
    """Where the request came from, as the server saw it (behind a proxy: what the last trusted proxy says; see docs/how-to/install.md)."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    if settings.HTTPS:
        told = [part.strip() for part in str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",") if part.strip()]
        address = told[-1] if told else address
    return address[:64]


def device_of(request: HttpRequest, email: str) -> str:
    """The mark of a browser in which this account has signed in before; empty for every other."""
    try:
        told = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=_COOKIE_AGE)
    except signing.BadSignature:
        return ""
    if not isinstance(told, dict) or not isinstance(told.get("user"), int):
        return ""
    known = User.objects.filter(pk=told["user"], email=email).exists()
    return str(told.get("mark", ""))[:64] if known else ""


def device_remember(response: HttpResponse, user: User) -> None:
    """Makes the browser a known one of the account."""
    told = signing.dumps({"user": user.pk, "mark": secrets.token_hex(16)}, salt=_SALT)
    response.set_cookie(COOKIE, told, max_age=_COOKIE_AGE, httponly=True, secure=settings.HTTPS, samesite="Lax")


def attempts_check(request: HttpRequest, *, email: str, purpose: str = "password") -> None:
    """Refuses (too_many_attempts) after ten failures of the account in fifteen minutes, or fifty from one address.

    The answer is the same whether the account exists or not. A known browser is judged by its own failures only.
    """
    device = device_of(request, email)
    failures = LoginAttempt.objects.filter(at__gte=timezone.now() - ATTEMPTS_WINDOW, purpose=purpose)
    too_many = failures.filter(email=email, device=device).count() >= ATTEMPTS_MAX
    if not device:
        too_many = too_many or failures.filter(address=address_of(request)).count() >= ADDRESS_ATTEMPTS_MAX
    if too_many:
        raise Refusal("too_many_attempts", _("Too many failed attempts. Wait fifteen minutes and try again."))


def attempt_note(request: HttpRequest, *, email: str, purpose: str = "password") -> None:
    """Counts one failure."""
    LoginAttempt.objects.create(email=email, address=address_of(request), purpose=purpose, device=device_of(request, email))


def password_confirm(request: HttpRequest, user: User, password: str) -> None:
    """Asks for the password of somebody who is logged in already: a session left open is no place to guess it either.

    Refused: too_many_attempts, wrong_password. To be called outside the transaction of the step, so that the failure stays counted.
    """
    attempts_check(request, email=user.email)
    if not user.check_password(password):
        attempt_note(request, email=user.email)
        raise Refusal("wrong_password", _("The present password is not right."))


def attempts_clear(request: HttpRequest, *, email: str, purpose: str = "password") -> None:
    """Forgets the failures of this browser's counter after a success; those of strangers stay counted against strangers."""
    LoginAttempt.objects.filter(email=email, purpose=purpose, device=device_of(request, email)).delete()


def attempts_forget() -> int:
    """Deletes failures older than a day; returns how many."""
    deleted, _by_table = LoginAttempt.objects.filter(at__lt=timezone.now() - dt.timedelta(days=1)).delete()
    return deleted
