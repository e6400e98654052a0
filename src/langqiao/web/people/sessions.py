"""Signed-in browsers: how a session starts, what its user sees of it, and how it is ended from elsewhere."""

import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from django.conf import settings
from django.contrib.auth import login
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from langqiao.web.people.models import User, UserSession
from langqiao.web.people.security import security_note
from langqiao.web.people.throttle import address_of, device_remember

SEEN_KEY = "seen_at"
SEEN_EVERY = dt.timedelta(minutes=5)
"""How exact "last seen" is: one write in that time, not one a page."""
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("MicroMessenger", "WeChat"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (("Android", "Android"), ("iPhone|iPad", "iOS"), ("Windows", "Windows"), ("Mac OS X", "macOS"), ("Linux", "Linux"))


def device_name(agent: str) -> str:
    """Browser and system in a few words, as a person recognizes their own device; empty where the browser says nothing known."""
    browser = next((name for sign, name in _BROWSERS if f"{sign}/" in agent), "")
    system = next((name for sign, name in _SYSTEMS if re.search(sign, agent)), "")
    return " · ".join(part for part in (browser, system) if part)


@transaction.atomic
def session_start(request: HttpRequest, user: User) -> None:
    """Signs the user in: a new session key, a row in the user's list, a link of the security log."""
    login(request, user)
    now = timezone.now()
    request.session[SEEN_KEY] = now.timestamp()
    request.session.save()
    key = request.session.session_key
    assert key is not None, "a saved session has a key"
    device = device_name(request.headers.get("User-Agent", ""))
    seen = {"user": user, "device": device, "address": address_of(request), "seen_at": now}
    UserSession.objects.update_or_create(session_key=key, defaults=seen)
    security_note("sign_in", user=user, request=request)


def session_answer(response: HttpResponse, user: User) -> HttpResponse:
    """Gives a sign-in's answer what the browser keeps: that it is known, and the user's language."""
    device_remember(response, user)
    if user.language:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            user.language,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            samesite="Lax",
        )
    return response


@contextmanager
def session_follow(request: HttpRequest) -> Iterator[None]:
    """Keeps the session's row while the block gives the session another key."""
    before = request.session.session_key
    yield
    request.session.save()
    if before is not None and request.session.session_key != before:
        UserSession.objects.filter(session_key=before).update(session_key=request.session.session_key)


def session_renew(request: HttpRequest) -> None:
    """Gives the session a new key after a step up: nobody who knew the old key gains from it."""
    with session_follow(request):
        request.session.cycle_key()


def sessions_for_user(user: User) -> Sequence[UserSession]:
    """The user's sessions that are still open, the last seen first; rows of sessions that ran out are dropped."""
    rows = list(UserSession.objects.filter(user=user))
    alive = set(
        Session.objects.filter(session_key__in=[row.session_key for row in rows], expire_date__gt=timezone.now()).values_list(
            "session_key", flat=True
        )
    )
    gone = [row.pk for row in rows if row.session_key not in alive]
    if gone:
        UserSession.objects.filter(pk__in=gone).delete()
    return [row for row in rows if row.session_key in alive]


@transaction.atomic
def sessions_end(*, user: User, rows: Sequence[int] | None = None, but: str | None = None) -> int:
    """Ends the user's sessions (those of `rows`, else all) but the one with the key `but`; returns how many."""
    found = UserSession.objects.filter(user=user)
    if rows is not None:
        found = found.filter(pk__in=rows)
    if but is not None:
        found = found.exclude(session_key=but)
    keys = list(found.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(session_key__in=keys).delete()
    return len(keys)


def session_seen(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: notes every five minutes that a session is in use."""

    def handle(request: HttpRequest) -> HttpResponse:
        at = request.session.get(SEEN_KEY)
        now = timezone.now()
        if isinstance(at, int | float) and now.timestamp() - at > SEEN_EVERY.total_seconds() and request.user.is_authenticated:
            request.session[SEEN_KEY] = now.timestamp()
            UserSession.objects.filter(session_key=request.session.session_key).update(seen_at=now, address=address_of(request))
        return get_response(request)

    return handle
