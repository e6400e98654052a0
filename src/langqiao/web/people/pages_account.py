"""The pages of one's own account: profile, language, sessions, second factor, and joining by invitation."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.common.links import safe_next
from langqiao.web.people.factors import (
    factor_begin,
    factor_confirm,
    factor_of,
    factor_picture,
    factor_remove,
    factor_verify,
    recovery_codes_left,
    recovery_codes_make,
    replacement_begin,
    replacement_confirm,
)
from langqiao.web.people.invitations import invitation_accept, invitation_join, invitation_of
from langqiao.web.people.models import User
from langqiao.web.people.pages import wanted_next
from langqiao.web.people.session import SESSION_KEY, memberships_of, must_confirm
from langqiao.web.people.sessions import session_answer, session_renew, session_start, sessions_end, sessions_for_user
from langqiao.web.people.throttle import attempt_note, password_confirm


def me(request: HttpRequest) -> User:
    """The signed-in user of a page behind `login_required`."""
    assert isinstance(request.user, User)
    return request.user


@login_required
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Profile, second factor, sessions, organizations."""
    user = me(request)
    context: dict[str, Any] = {
        "factor": factor_of(user),
        "codes_left": recovery_codes_left(user),
        "sessions": sessions_for_user(user),
        "present_key": request.session.session_key,
        "memberships": memberships_of(request),
        "languages": settings.LANGUAGES,
        "must_have_factor": any(membership.must_have_factor for membership in memberships_of(request)),
    }
    return render(request, "people/account.html", context)


@login_required
@require_POST
def account_save(request: HttpRequest) -> HttpResponse:
    """Saves name and language."""
    user = me(request)
    language = request.POST.get("language", "")
    user.name = request.POST.get("name", "").strip()[:120]
    user.language = language if language in dict(settings.LANGUAGES) else ""
    user.save(update_fields=["name", "language"])
    messages.success(request, _("Your profile is saved."))
    return session_answer(redirect("account"), user)


@login_required
@require_POST
def session_end(request: HttpRequest) -> HttpResponse:
    """Ends one of the user's sessions, or all others."""
    row = request.POST.get("session", "")
    rows = [int(row)] if row.isascii() and row.isdigit() and len(row) < 19 else None
    count = sessions_end(user=me(request), rows=rows, but=request.session.session_key)
    messages.success(request, _("%(count)d sessions have ended.") % {"count": count})
    return redirect("account")


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """Asks for a code and goes back where the person wanted to go; sets the factor up where there is none."""
    user = me(request)
    if factor_of(user) is None:
        return _factor_set_up(request, user)
    error = ""
    if request.method == "POST":
        try:
            factor_verify(request=request, user=user, code=request.POST.get("code", "")[:64])
        except Refusal as refusal:
            error = refusal.message
        else:
            session_renew(request)
            messages.success(request, _("Your second factor is confirmed. You can repeat the step now."))
            return redirect(safe_next(request, fallback="account"))
    context = {"error": error, "next": wanted_next(request), "minutes": settings.SECOND_FACTOR_FRESH_MINUTES}
    return render(request, "people/second_factor.html", context, status=200 if not error else 422)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def second_factor_replace(request: HttpRequest) -> HttpResponse:
    """A new authenticator in the old one's place; needs a fresh code of the old one, or a recovery code, first."""
    must_confirm(request)
    return _factor_set_up(request, me(request), begin=replacement_begin, confirm=replacement_confirm)


def _factor_set_up(
    request: HttpRequest,
    user: User,
    *,
    begin: Callable[..., str] = factor_begin,
    confirm: Callable[..., list[str]] = factor_confirm,
) -> HttpResponse:
    error = ""
    if request.method == "POST":
        password, code = request.POST.get("password", ""), request.POST.get("code", "")[:64]
        try:
            codes = confirm(request=request, user=user, password=password, code=code)
        except Refusal as refusal:
            if refusal.code in {"wrong_password", "second_factor_wrong"}:
                attempt_note(request, email=user.email, purpose="factor")
            error = refusal.message
        else:
            session_renew(request)
            return render(request, "people/recovery_codes.html", {"codes": codes, "next": safe_next(request, fallback="account")})
    secret = begin(user=user, fresh=request.method == "GET")
    context = {
        "error": error,
        "next": wanted_next(request),
        "secret": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        "picture": mark_safe(factor_picture(user, secret)),  # noqa: S308 - drawn by segno from an address of our own
    }
    return render(request, "people/second_factor_set_up.html", context, status=200 if not error else 422)


@never_cache
@login_required
@require_POST
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes, shown once; needs a fresh code first."""
    must_confirm(request)
    codes = recovery_codes_make(user=me(request))
    return render(request, "people/recovery_codes.html", {"codes": codes, "next": safe_next(request, fallback="account")})


@login_required
@require_POST
def second_factor_remove(request: HttpRequest) -> HttpResponse:
    """Takes the second factor off; needs a fresh code and the password."""
    must_confirm(request)
    password = request.POST.get("password", "")
    password_confirm(request, me(request), password)
    factor_remove(request=request, user=me(request), password=password)
    messages.success(request, _("The second factor is removed. Steps with money and title are closed to you until you set up another."))
    return redirect("account")


@never_cache
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """What an invitation offers; a signed-in invitee joins, a new one makes an account."""
    found, errors, name = invitation_of(token), [], request.POST.get("name", "")
    user = request.user if isinstance(request.user, User) else None
    if request.method == "POST":
        if user is not None:
            membership = invitation_accept(token=token, user=user)
            request.session[SESSION_KEY] = str(membership.organization_id)
            messages.success(request, _("You are a member of %(organization)s now.") % {"organization": found.organization.name})
            return redirect("desk")
        try:
            user = invitation_join(token=token, name=name, password=request.POST.get("password", ""))
        except ValidationError as problem:
            errors = problem.messages
        else:
            session_start(request, user)
            return session_answer(redirect("second_factor" if found.role in {"approver", "admin"} else "desk"), user)
    has_account = User.objects.filter(email=found.email).exists()
    context = {
        "invitation": found,
        "errors": errors,
        "name": name,
        "has_account": has_account,
        "mine": bool(user and user.email == found.email),
    }
    return render(request, "people/invitation.html", context, status=200 if not errors else 422)
