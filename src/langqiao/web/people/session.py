"""Which organization a request works for, and the guards of pages that need a member."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.people.models import Membership, User
from langqiao.web.people.selectors import membership_chosen, memberships_for_user

SESSION_KEY = "organization"
P = ParamSpec("P")


def memberships_of(request: HttpRequest) -> list[Membership]:
    """The memberships of the request's user, read once a request."""
    found: list[Membership] | None = getattr(request, "langqiao_memberships", None)
    if found is None:
        user = request.user
        found = list(memberships_for_user(user)) if isinstance(user, User) else []
        request.langqiao_memberships = found  # type: ignore[attr-defined]
    return found


def membership_of(request: HttpRequest) -> Membership | None:
    """The membership the request works for, or None."""
    return membership_chosen(memberships_of(request), request.session.get(SESSION_KEY))


Page = Callable[Concatenate[HttpRequest, Membership, P], HttpResponse]


def member_page(view: Page[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Hands the view the membership; log-in comes first, and a user of no organization is refused with what to do."""

    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        membership = membership_of(request)
        if membership is None:
            raise Refusal("not_a_member", _("You belong to no organization yet. Ask its administrator to add you."))
        return view(request, membership, *args, **kwargs)

    update_wrapper(guarded, view)
    return login_required(guarded)


def must_edit(membership: Membership) -> None:
    """Refuses (not_allowed) a member who may only read."""
    if not membership.may_edit:
        raise Refusal("not_allowed", _("Your role in this organization may read but not change. Ask an editor or an administrator."))
