"""Which organization a request works for, and the guards of pages: a member, an editor, an approver with a fresh second factor."""

import datetime as dt
from collections.abc import Callable, Collection
from functools import update_wrapper
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.people.models import Membership, OrganizationKind, User
from langqiao.web.people.selectors import membership_chosen, memberships_for_user

SESSION_KEY = "organization"
FACTOR_AT_KEY = "second_factor_at"
"""When this session last gave a right code of the second factor, in seconds of the epoch; written by `factor_given` only."""
OFFICE_KINDS = frozenset({OrganizationKind.OFFICE, OrganizationKind.CENTER})
PLATFORM_KINDS = frozenset({OrganizationKind.PLATFORM})
P = ParamSpec("P")


def memberships_of(request: HttpRequest) -> list[Membership]:
    """The memberships of the request's user, read once a request."""
    found: list[Membership] | None = getattr(request, "langqiao_memberships", None)
    if found is None:
        user = request.user
        found = []
        if isinstance(user, User):
            found = list(memberships_for_user(user))
            for membership in found:
                membership.user = user
        request.langqiao_memberships = found  # type: ignore[attr-defined]
    return found


def membership_of(request: HttpRequest) -> Membership | None:
    """The membership the request works for, or None."""
    return membership_chosen(memberships_of(request), request.session.get(SESSION_KEY))


def actor_of(user: User) -> str:
    """A user in the words of the record and the ledger: "user/12". No personal data."""
    return f"user/{user.pk}"


def owner_of(organization_id: int) -> str:
    """An organization in the words of the record and the ledger: "organization/12"."""
    return f"organization/{organization_id}"


Page = Callable[Concatenate[HttpRequest, Membership, P], HttpResponse]
Guarded = Callable[Concatenate[HttpRequest, P], HttpResponse]


def member_page(view: Page[P]) -> Guarded[P]:
    """Hands the view the membership; log-in comes first, and a user of no organization is refused with what to do.

    An approver or administrator of an organization that moves money is led to the second factor first.
    """

    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        membership = membership_of(request)
        if membership is None:
            raise Refusal("not_a_member", _("You belong to no organization yet. Ask its administrator to add you."))
        if membership.must_have_factor and factor_age(request) is None:
            return redirect(f"{reverse('second_factor')}?{urlencode({'next': request.get_full_path() if request.method == 'GET' else ''})}")
        return view(request, membership, *args, **kwargs)

    update_wrapper(guarded, view)
    return login_required(guarded)


def kind_page(kinds: Collection[str]) -> Callable[[Page[P]], Guarded[P]]:
    """A member page of organizations of certain kinds; others are refused (not_allowed)."""

    def wrap(view: Page[P]) -> Guarded[P]:
        def checked(request: HttpRequest, membership: Membership, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            must_be_kind(membership, kinds)
            return view(request, membership, *args, **kwargs)

        update_wrapper(checked, view)
        return member_page(checked)

    return wrap


def office_page(view: Page[P]) -> Guarded[P]:
    """A member page of intellectual property offices and operation centers."""
    return kind_page(OFFICE_KINDS)(view)


def platform_page(view: Page[P]) -> Guarded[P]:
    """A member page of the platform."""
    return kind_page(PLATFORM_KINDS)(view)


def must_be_kind(membership: Membership, kinds: Collection[str]) -> None:
    """Refuses (not_allowed) members of organizations of other kinds, and of one that the platform has not verified (not_verified).

    Anybody may found an organization and say what it is; only the check makes an office an office. The platform is made by
    `langqiao setup-admin` and verified from the start.
    """
    if membership.organization.kind not in kinds:
        raise Refusal("not_allowed", _("This page belongs to another kind of organization."))
    if not membership.organization.is_verified:
        raise Refusal("not_verified", _("The platform has not verified your organization yet. Its administrator asks for the check."))


def must_edit(membership: Membership) -> None:
    """Refuses (not_allowed) a member who may only read."""
    if not membership.may_edit:
        raise Refusal("not_allowed", _("Your role in this organization may read but not change. Ask an editor or an administrator."))


def must_govern(membership: Membership) -> None:
    """Refuses (not_allowed) a member who does not administer the organization."""
    if not membership.may_govern:
        raise Refusal("not_allowed", _("Only an administrator of the organization may do this."))


def must_approve(request: HttpRequest, membership: Membership) -> None:
    """Guards money and title: the approver or administrator role, and a second factor given in this session a short time ago.

    Refused: not_allowed; second_factor_needed, whose page leads to the second factor and back. How short the time is says
    the setting SECOND_FACTOR_FRESH_MINUTES. Four eyes (nobody approves their own request) is the service's own check.
    """
    if not membership.may_approve:
        raise Refusal("not_allowed", _("Money and title are approved by an approver or an administrator of the organization."))
    must_confirm(request)


def must_confirm(request: HttpRequest) -> None:
    """Refuses (second_factor_needed) a session whose last right code of the second factor is older than the setting allows."""
    age, minutes = factor_age(request), settings.SECOND_FACTOR_FRESH_MINUTES
    if age is None or age > dt.timedelta(minutes=minutes):
        message = _("This step needs your second factor, given within the last %(minutes)d minutes.") % {"minutes": minutes}
        raise Refusal("second_factor_needed", message, facts={"minutes": minutes})


def factor_age(request: HttpRequest) -> dt.timedelta | None:
    """How long ago this session gave its second factor; None where it has not, or says so of the future."""
    at = request.session.get(FACTOR_AT_KEY)
    if not isinstance(at, int | float):
        return None
    age = timezone.now() - dt.datetime.fromtimestamp(at, tz=dt.UTC)
    return age if age >= dt.timedelta(seconds=-5) else None


def factor_given(request: HttpRequest) -> None:
    """Notes in the session that the second factor has been given now; only the check of a code calls this."""
    request.session[FACTOR_AT_KEY] = timezone.now().timestamp()
