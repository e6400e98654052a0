"""The page of a person's own data: what is kept, how long, the file with all of it, and erasure."""

from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.audit.personal import person_erase, personal_data, personal_zip, retention
from langqiao.web.audit.words import table_word
from langqiao.web.people.models import User


@login_required
@require_safe
def personal(request: HttpRequest) -> HttpResponse:
    """What is kept about the person, counted by table, with the periods."""
    return _page(request, error="", status=200)


def _page(request: HttpRequest, *, error: str, status: int) -> HttpResponse:
    assert isinstance(request.user, User)
    counts = [(name, table_word(name), len(rows)) for name, rows in personal_data(request.user).items()]
    return render(request, "audit/personal.html", {"counts": counts, "retention": retention(), "error": error}, status=status)


@login_required
@require_safe
def personal_file(request: HttpRequest) -> HttpResponse:
    """All of it as a ZIP archive with one JSON file."""
    assert isinstance(request.user, User)
    headers = {"Content-Disposition": 'attachment; filename="personal-data.zip"'}
    return HttpResponse(personal_zip(request.user), content_type="application/zip", headers=headers)


@login_required
@require_http_methods(["GET", "POST"])
def personal_erase(request: HttpRequest) -> HttpResponse:
    """Erases the person's data after the password; nobody can undo it."""
    assert isinstance(request.user, User)
    if request.method != "POST":
        return redirect("personal")
    if not request.user.check_password(request.POST.get("password", "")):
        return _page(request, error=_("The password is not right."), status=422)
    try:
        person_erase(user=request.user, by=request.user)
    except Refusal as refusal:
        return _page(request, error=refusal.message, status=422)
    logout(request)
    return redirect("home")
