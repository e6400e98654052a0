"""The pages of signing in: password, second factor, signing out, a forgotten password, the organization worked for."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.common.links import safe_next
from langqiao.web.people.factors import factor_of, factor_verify
from langqiao.web.people.models import User
from langqiao.web.people.passwords import password_change, reset_ask, reset_set, reset_user
from langqiao.web.people.services import log_in_check
from langqiao.web.people.session import SESSION_KEY, memberships_of
from langqiao.web.people.sessions import session_answer, session_follow, session_start
from langqiao.web.people.throttle import device_remember, password_confirm

PENDING_KEY, PENDING_FOR = "half_signed_in", dt.timedelta(minutes=5)
"""Who gave the password and must still give the code, for how long."""


def wanted_next(request: HttpRequest) -> str:
    """Where the person wanted to go, as given; `safe_next` judges it when it is used."""
    return str(request.POST.get("next") or request.GET.get("next", ""))


@never_cache
@require_http_methods(["GET", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """The log-in form; the answer to a wrong password does not tell whether the address exists."""
    error, email = "", request.POST.get("email", "")
    if request.method == "POST":
        try:
            user = log_in_check(request=request, email=email, password=request.POST.get("password", ""))
        except Refusal as refusal:
            user, error = None, refusal.message
        if user is not None:
            return _after_password(request, user)
        error = error or _("E-mail address and password do not fit together.")
    context = {"error": error, "email": email, "next": wanted_next(request)}
    return render(request, "people/log_in.html", context, status=200 if not error else 422)


def _after_password(request: HttpRequest, user: User) -> HttpResponse:
    """Signs in, or asks for the second factor first; half signed in is not signed in."""
    if factor_of(user) is None:
        session_start(request, user)
        return session_answer(redirect(safe_next(request, fallback="desk")), user)
    request.session.flush()
    request.session[PENDING_KEY] = {"user": user.pk, "at": timezone.now().timestamp(), "hash": user.get_session_auth_hash()}
    return redirect(f"{reverse('log_in_code')}?{urlencode({'next': wanted_next(request)})}")


def _half_signed_in(request: HttpRequest) -> User | None:
    told = request.session.get(PENDING_KEY)
    if not isinstance(told, dict) or timezone.now().timestamp() - float(told["at"]) > PENDING_FOR.total_seconds():
        return None
    user = User.objects.filter(pk=told["user"], is_active=True).first()
    return user if user is not None and user.get_session_auth_hash() == told["hash"] else None


@never_cache
@require_http_methods(["GET", "POST"])
def log_in_code(request: HttpRequest) -> HttpResponse:
    """The second step of the log-in: a code of the authenticator, or a recovery code."""
    user = _half_signed_in(request)
    if user is None:
        return redirect(f"{reverse('log_in')}?{urlencode({'next': wanted_next(request)})}")
    error = ""
    if request.method == "POST":
        try:
            factor_verify(request=request, user=user, code=request.POST.get("code", "")[:64])
        except Refusal as refusal:
            error = refusal.message
        else:
            del request.session[PENDING_KEY]
            session_start(request, user)
            return session_answer(redirect(safe_next(request, fallback="desk")), user)
    return render(request, "people/log_in_code.html", {"error": error, "next": wanted_next(request)}, status=200 if not error else 422)


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """Ends the session."""
    logout(request)
    return redirect("home")


@login_required
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Changes the password; other sessions of the user end."""
    errors: dict[str, list[str]] = {}
    assert isinstance(request.user, User)
    if request.method == "POST":
        old, new = request.POST.get("old", ""), request.POST.get("new", "")
        try:
            password_confirm(request, request.user, old)
            password_change(user=request.user, old=old, new=new, by=request.user, keep_session=request.session.session_key)
        except Refusal as refusal:
            errors["old"] = [refusal.message]
        except ValidationError as problem:
            errors["new"] = problem.messages
        else:
            with session_follow(request):
                update_session_auth_hash(request, request.user)
            messages.success(request, _("The password is changed. Other sessions of yours have ended."))
            return redirect("account")
    return render(request, "people/password.html", {"errors": errors}, status=200 if not errors else 422)


@never_cache
@require_http_methods(["GET", "POST"])
def password_reset(request: HttpRequest) -> HttpResponse:
    """Asks for the link to a new password; the answer does not tell whether the address has an account."""
    error, asked = "", False
    if request.method == "POST":
        try:
            reset_ask(request=request, email=request.POST.get("email", ""))
            asked = True
        except Refusal as refusal:
            error = refusal.message
    context = {"error": error, "asked": asked, "mail_is_local": settings.MAIL_IS_LOCAL}
    return render(request, "people/password_reset.html", context, status=200 if not error else 422)


@never_cache
@require_http_methods(["GET", "POST"])
def password_reset_set(request: HttpRequest, who: str, token: str) -> HttpResponse:
    """Sets a new password by the link."""
    user, errors = reset_user(who, token), []
    if request.method == "POST":
        try:
            reset_set(request=request, who=who, token=token, new=request.POST.get("new", ""))
        except ValidationError as problem:
            errors = problem.messages
        else:
            messages.success(request, _("The new password is set. Log in with it."))
            answer = redirect("log_in")
            device_remember(answer, user)
            return answer
    context: dict[str, Any] = {"errors": errors, "email": user.email}
    return render(request, "people/password_reset_set.html", context, status=200 if not errors else 422)


@login_required
@require_POST
def organization(request: HttpRequest) -> HttpResponse:
    """Switches the organization the session works for, to one the user belongs to."""
    wanted = request.POST.get("organization", "")
    if any(str(membership.organization_id) == wanted for membership in memberships_of(request)):
        request.session[SESSION_KEY] = wanted
    return redirect(safe_next(request, fallback="desk"))
