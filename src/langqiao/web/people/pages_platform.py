"""The pages of the platform about organizations: checks that wait, and mergers with their preview."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.people.checks import check_decide, checks_pending
from langqiao.web.people.merges import merge_preview, organization_merge_do
from langqiao.web.people.models import Membership, Organization
from langqiao.web.people.session import must_approve, platform_page


@platform_page
@require_safe
def organization_checks(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Organizations that wait for the check."""
    return render(request, "people/checks.html", {"waiting": checks_pending(), "membership": membership})


@platform_page
@require_POST
def organization_check_decide(request: HttpRequest, membership: Membership, organization_id: int) -> HttpResponse:
    """Verifies or refuses an organization."""
    must_approve(request, membership)
    verified = request.POST.get("answer") == "verify"
    organization = check_decide(
        membership=membership, organization_id=organization_id, verified=verified, reason=request.POST.get("reason", "")
    )
    told = _("%(name)s is verified.") if verified else _("The check of %(name)s is refused; its administrator reads the reason.")
    messages.success(request, told % {"name": organization.name})
    return redirect("organization_checks")


@platform_page
@require_http_methods(["GET", "POST"])
def organization_merge(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Names the two organizations, shows what would move and what forbids it, and merges after the source's name is typed."""
    asked = request.POST if request.method == "POST" else request.GET
    names = {side: asked.get(side, "").strip() for side in ("source", "target")}
    found = {side: Organization.objects.filter(name=name).first() for side, name in names.items() if name}
    missing = [names[side] for side, one in found.items() if one is None]
    source, target = found.get("source"), found.get("target")
    preview = merge_preview(source=source, target=target) if source is not None and target is not None else None
    error = ""
    if request.method == "POST" and source is not None and target is not None:
        must_approve(request, membership)
        if request.POST.get("typed", "").strip() != source.name:
            error = _("Type the name of the organization that ends, exactly.")
        else:
            try:
                organization_merge_do(
                    membership=membership, source_id=source.pk, target_id=target.pk, document=request.POST.get("document", "")
                )
            except Refusal as refusal:
                error = refusal.message
            else:
                messages.success(request, _("%(source)s is part of %(target)s now.") % {"source": source.name, "target": target.name})
                return redirect("organization_merge")
    context = {"names": names, "missing": missing, "preview": preview, "error": error, "document": asked.get("document", "")}
    return render(request, "people/merge.html", context, status=422 if error or missing else 200)
