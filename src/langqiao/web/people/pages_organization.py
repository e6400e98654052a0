"""The pages of an organization's administration: profile and check, members, invitations, mandates."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.people.checks import check_ask, organization_change
from langqiao.web.people.invitations import invitation_revoke, invitation_send, invitations_open
from langqiao.web.people.mandates import mandate_accept, mandate_give, mandate_revoke, mandates_of
from langqiao.web.people.members import member_end, member_role_set, members_of
from langqiao.web.people.models import MandateScope, Membership, OrganizationKind, Role
from langqiao.web.people.pages_account import me
from langqiao.web.people.services import organization_create
from langqiao.web.people.session import SESSION_KEY, member_page, must_approve, must_confirm, must_govern

KINDS = [(value, label) for value, label in OrganizationKind.choices if value != OrganizationKind.PLATFORM]
APPROVING = {Role.APPROVER, Role.ADMIN}


@login_required
@require_http_methods(["GET", "POST"])
def organization_new(request: HttpRequest) -> HttpResponse:
    """Founds an organization whose administrator the user is; others must be invited to it."""
    errors: dict[str, list[str]] = {}
    name, kind = request.POST.get("name", ""), request.POST.get("kind", OrganizationKind.ENTERPRISE)
    if request.method == "POST":
        try:
            made = organization_create(name=name, kind=kind, by=me(request))
        except ValidationError as problem:
            errors = problem.message_dict
        else:
            request.session[SESSION_KEY] = str(made.pk)
            messages.success(request, _("%(name)s is made. You administer it.") % {"name": made.name})
            return redirect("organization_people")
    context = {"errors": errors, "name": name, "kind": kind, "kinds": KINDS}
    return render(request, "people/organization_new.html", context, status=200 if not errors else 422)


@member_page
@require_safe
def organization_people(request: HttpRequest, membership: Membership) -> HttpResponse:
    """The organization's own page: who it is, its members, invitations and mandates; forms for the administrator."""
    return _people(request, membership)


def _people(request: HttpRequest, membership: Membership, *, form: str = "", errors: Any = None) -> HttpResponse:
    members = members_of(membership.organization)
    context: dict[str, Any] = {
        "membership": membership,
        "organization": membership.organization,
        "members": members,
        "heirs": [member for member in members if member.may_edit],
        "roles": Role.choices,
        "kinds": KINDS,
        "invitations": invitations_open(membership.organization) if membership.may_govern else [],
        "mandates": mandates_of(membership.organization),
        "scopes": MandateScope.choices,
        "form": form,
        "errors": errors or [],
        "typed": request.POST,
    }
    return render(request, "people/organization.html", context, status=422 if errors else 200)


@member_page
@require_POST
def organization_save(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Saves name and kind."""
    kind = request.POST.get("kind", "") or membership.organization.kind
    try:
        organization_change(membership=membership, name=request.POST.get("name", ""), kind=kind)
    except ValidationError as problem:
        return _people(request, membership, form="profile", errors=problem.messages)
    messages.success(request, _("The organization is saved."))
    return redirect("organization_people")


@member_page
@require_POST
def organization_check(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Asks the platform to check who the organization is."""
    must_govern(membership)
    try:
        check_ask(membership=membership, code=request.POST.get("code", ""), document=request.POST.get("document", ""))
    except Refusal as refusal:
        return _people(request, membership, form="check", errors=[refusal])
    messages.success(request, _("The platform has been asked to check the organization."))
    return redirect("organization_people")


@member_page
@require_POST
def invitation_new(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Sends an invitation; roles that approve need a fresh second factor of the administrator."""
    must_govern(membership)
    role = request.POST.get("role", Role.READER)
    if role in APPROVING:
        must_confirm(request)
    try:
        made = invitation_send(membership=membership, request=request, email=request.POST.get("email", ""), role=role)
    except (ValidationError, ValueError, Refusal) as problem:
        told = problem.messages if isinstance(problem, ValidationError) else [problem if isinstance(problem, Refusal) else str(problem)]
        return _people(request, membership, form="invite", errors=told)
    messages.success(request, _("The invitation to %(email)s is sent.") % {"email": made.email})
    return redirect("organization_people")


@member_page
@require_POST
def invitation_withdraw(request: HttpRequest, membership: Membership, invitation_id: int) -> HttpResponse:
    """Makes an invitation useless."""
    invitation_revoke(membership=membership, invitation_id=invitation_id)
    messages.success(request, _("The invitation is revoked."))
    return redirect("organization_people")


@member_page
@require_POST
def member_role(request: HttpRequest, membership: Membership, member_id: int) -> HttpResponse:
    """Gives a member another role; roles that approve need a fresh second factor of the administrator."""
    must_govern(membership)
    role = request.POST.get("role", "")
    if role in APPROVING:
        must_confirm(request)
    if role not in Role.values:
        raise Refusal("not_found", _("There is no such role."))
    member = member_role_set(membership=membership, member_id=member_id, role=role)
    messages.success(request, _("%(name)s has another role now.") % {"name": str(member.user)})
    return redirect("organization_people")


@member_page
@require_POST
def member_leave(request: HttpRequest, membership: Membership, member_id: int) -> HttpResponse:
    """Ends a membership; the desk goes to the colleague named in the form."""
    successor = request.POST.get("successor", "")
    successor_id = int(successor) if successor.isascii() and successor.isdigit() and len(successor) < 19 else None
    member = member_end(membership=membership, member_id=member_id, successor_id=successor_id)
    messages.success(request, _("%(name)s is no longer a member.") % {"name": str(member.user)})
    return redirect("organization_people" if member.user_id != membership.user_id else "account")


@member_page
@require_POST
def mandate_new(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Offers a mandate to an institution; the holder's approver with a fresh second factor."""
    must_approve(request, membership)
    posted = request.POST
    try:
        days = [dt.date.fromisoformat(posted.get(name, "")) for name in ("from_on", "until_on")]
    except ValueError:
        return _people(request, membership, form="mandate", errors=[_("Give both days as 2026-06-30.")])
    try:
        mandate_give(
            membership=membership,
            agent=posted.get("agent", ""),
            scopes=posted.getlist("scopes"),
            patents=posted.get("patents", ""),
            from_on=days[0],
            until_on=days[1],
        )
    except Refusal as refusal:
        return _people(request, membership, form="mandate", errors=[refusal])
    messages.success(request, _("The mandate is offered. It works once the institution accepts it."))
    return redirect("organization_people")


@member_page
@require_POST
def mandate_answer(request: HttpRequest, membership: Membership, mandate_id: int) -> HttpResponse:
    """The institution accepts, or either side ends the mandate."""
    if request.POST.get("answer") == "accept":
        mandate_accept(membership=membership, mandate_id=mandate_id)
        messages.success(request, _("The mandate is accepted."))
    else:
        mandate_revoke(membership=membership, mandate_id=mandate_id)
        messages.success(request, _("The mandate has ended."))
    return redirect("organization_people")
