"""The page of a member's tokens: what works, what each may do, making one and ending one."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.api.models import SCOPES
from langqiao.web.api.tokens import DAYS, token_make, token_revoke, tokens_of
from langqiao.web.common.refusals import told
from langqiao.web.people.models import Membership
from langqiao.web.people.session import factor_age, member_page, must_approve
from langqiao.web.people.throttle import password_confirm

SCOPE_WORDS = {
    "read": _("read what you may read"),
    "desk": _("portfolios, recorded grades, saved searches, watches"),
    "market": _("listings, demands, windows, interest"),
    "deals": _("open deals, take and request steps"),
    "rights": _("claims and petitions"),
    "money": _("ask for payments"),
    "admin": _("members, invitations, mandates, webhooks (administrators)"),
    "approve": _("steps of money and title, each time after a fresh second factor"),
}
ON_THE_FORM = frozenset({"api_scope_unknown", "too_many_tokens", "wrong_password", "too_many_attempts"})


@never_cache
@require_safe
@member_page
def tokens(request: HttpRequest, membership: Membership) -> HttpResponse:
    """The member's tokens for the organization the session works for."""
    return render(request, "api/tokens.html", _context(membership))


def _context(membership: Membership) -> dict[str, object]:
    return {
        "membership": membership,
        "tokens": tokens_of(membership),
        "working": {token.pk for token in tokens_of(membership, working=True)},
        "scopes": [(scope, SCOPE_WORDS[scope]) for scope in SCOPES if scope != "approve" or membership.may_approve],
        "days": DAYS,
        "chosen": ["read"],
    }


@never_cache
@require_POST
@member_page
def token_new(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Makes a token and shows its text once. A session left open is not enough: the password is asked, and for `approve` the second factor."""
    scopes, name, days = request.POST.getlist("scopes"), request.POST.get("name", ""), request.POST.get("days", "")
    if "approve" in scopes:
        must_approve(request, membership)
    try:
        password_confirm(request, membership.user, request.POST.get("password", ""))
        number = int(days) if days.isascii() and days.isdigit() and len(days) < 5 else 0
        token, text = token_make(membership=membership, name=name, scopes=scopes, days=number, factor_age=factor_age(request))
    except Refusal as refusal:
        if refusal.code not in ON_THE_FORM:
            raise
        context = _context(membership) | {"told": told(refusal), "name": name[:80], "chosen": scopes}
        return render(request, "api/tokens.html", context, status=422)
    return render(request, "api/tokens.html", _context(membership) | {"made": token, "text": text})


@require_POST
@member_page
def token_end(request: HttpRequest, membership: Membership, token_id: int) -> HttpResponse:  # noqa: ARG001
    """Ends a token at once."""
    token_revoke(membership=membership, token_id=min(token_id, 2**63 - 1))
    return redirect("api_tokens")
