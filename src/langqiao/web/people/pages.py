"""The pages of people: log-in, log-out, password, the organization worked for."""

from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.common.links import safe_next
from langqiao.web.people.models import User
from langqiao.web.people.services import log_in_check, password_change
from langqiao.web.people.session import SESSION_KEY, memberships_of


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
            login(request, user)
            return redirect(safe_next(request, fallback="desk"))
        error = error or _("E-mail address and password do not fit together.")
    context = {"error": error, "email": email, "next": request.POST.get("next") or request.GET.get("next", "")}
    return render(request, "people/log_in.html", context, status=200 if not error else 422)


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
            password_change(user=request.user, old=old, new=new, by=request.user)
        except Refusal as refusal:
            errors["old"] = [refusal.message]
        except ValidationError as problem:
            errors["new"] = problem.messages
        else:
            update_session_auth_hash(request, request.user)
            messages.success(request, _("The password is changed. Other sessions of yours have ended."))
            return redirect("desk")
    return render(request, "people/password.html", {"errors": errors}, status=200 if not errors else 422)


@login_required
@require_POST
def organization(request: HttpRequest) -> HttpResponse:
    """Switches the organization the session works for, to one the user belongs to."""
    wanted = request.POST.get("organization", "")
    if any(str(membership.organization_id) == wanted for membership in memberships_of(request)):
        request.session[SESSION_KEY] = wanted
    return redirect(safe_next(request, fallback="desk"))
