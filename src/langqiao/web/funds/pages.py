"""The pages of funds: the list, founding, one fund with partners, seats, money and reconciliation, a partner's statement, papers."""

import uuid
from fractions import Fraction
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.funds import access, books, services
from langqiao.web.funds.charter import CHARTER, TERMS
from langqiao.web.funds.models import BASES, EXIT_PATHS, Fund, Session, Share
from langqiao.web.funds.papers import PDF, paper_bytes, paper_keep
from langqiao.web.funds.terms import terms_on
from langqiao.web.market.forms import Form, form_of
from langqiao.web.people.models import Membership, OrganizationKind, User
from langqiao.web.people.session import kind_page, member_page, must_approve, must_edit

FUND_FIELDS = (
    "name",
    "target_fen",
    "investment_years",
    "exit_years",
    "quorum",
    "threshold",
    "recusal_leaves",
    "secret",
    "pref_rate",
    "carry",
)
PARTNER_FIELDS = ("name", "commitment_fen", "is_general", "basis", "funds_source")
SHARES = ("1/2", "3/5", "2/3", "3/4", "4/5", "1")


def user_of(request: HttpRequest) -> User:
    """The signed-in user."""
    assert isinstance(request.user, User)
    return request.user


@require_safe
@member_page
def funds(request: HttpRequest, membership: Membership) -> HttpResponse:
    """The funds of the organization, and the sessions in which the user sits."""
    found = list(access.funds_of(membership))
    rows = [{"fund": fund, "figures": books.fund_figures(fund, books.partner_accounts(fund))} for fund in found[:100]]
    sits = Session.objects.filter(members__user=user_of(request)).select_related("fund", "project").order_by("-created_at")[:100]
    may_found = membership.organization.kind == OrganizationKind.FUND and membership.may_edit
    context = {"room": "capital", "membership": membership, "rows": rows, "sits": sits, "may_found": may_found}
    return render(request, "funds/funds.html", context)


def _share(form: Form, name: str, default: str) -> str:
    """A share as text that the engine reads; what is none is told beside its field."""
    raw = form.text(name, 12) or default
    try:
        value = Fraction(raw)
    except (ValueError, ZeroDivisionError):
        value = Fraction(-1)
    if not 0 <= value <= 1:
        form.errors[name] = _("Write a share such as 2/3 or 0.08.")
        return default
    return raw


def _years(form: Form, name: str) -> int:
    raw = form.text(name, 3)
    if not (raw.isascii() and raw.isdigit() and 1 <= int(raw) <= 15):
        form.errors[name] = _("Write whole years from 1 to 15.")
        return 1
    return int(raw)


@require_http_methods(["GET", "HEAD", "POST"])
@kind_page({OrganizationKind.FUND})
def fund_new(request: HttpRequest, membership: Membership) -> HttpResponse:
    """The form of a new fund: size, periods, the committee's charter, the waterfall."""
    must_edit(membership)
    form = form_of(request.POST, FUND_FIELDS)
    context = {"room": "capital", "membership": membership, "form": form, "shares": SHARES, "charter": CHARTER, "terms": TERMS}
    if request.method != "POST":
        return render(request, "funds/fund_form.html", context)
    name, target = form.text("name", 200), form.money("target_fen")
    years = (_years(form, "investment_years"), _years(form, "exit_years"))
    threshold = _share(form, "threshold", "2/3")
    matters = CHARTER["matters"] | {"investment": {**CHARTER["matters"]["investment"], "threshold": threshold}}
    charter = CHARTER | {
        "quorum": _share(form, "quorum", "2/3"),
        "recusal_leaves": form.typed.get("recusal_leaves") != "no",
        "secret": form.typed.get("secret") == "yes",
        "matters": matters,
    }
    terms = TERMS | {"pref_rate": _share(form, "pref_rate", "0.08"), "carry": _share(form, "carry", "0.2")}
    if not name:
        form.errors["name"] = _("Write a name.")
    if target is None:
        form.errors.setdefault("target_fen", _("Write the amount in yuan with at most two decimals, such as 1234.50."))
    if form.errors or target is None:
        return render(request, "funds/fund_form.html", context, status=422)
    bodies = {"charter": charter, "terms": terms}
    made = services.fund_create(membership=membership, by=user_of(request), name=name, target_fen=target, years=years, bodies=bodies)
    return redirect("fund", fund_id=made.pk)


@require_safe
@member_page
def fund(request: HttpRequest, membership: Membership, fund_id: uuid.UUID) -> HttpResponse:
    """One fund."""
    return render(request, "funds/fund.html", fund_context(access.fund_get(fund_id, membership), membership, form_of(request.GET, ())))


def fund_context(found: Fund, membership: Membership, form: Form) -> dict[str, Any]:
    """What the page of a fund shows."""
    accounts = books.partner_accounts(found)
    return {
        "room": "capital",
        "membership": membership,
        "fund": found,
        "form": form,
        "accounts": accounts,
        "figures": books.fund_figures(found, accounts),
        "seats": found.seats.filter(body="committee").select_related("user", "alternate"),
        "orders": found.orders.select_related("project", "partner", "asked_by", "decided_by").order_by("-asked_at")[:200],
        "projects": found.projects.filter(state__in=("closing", "held", "exiting", "exited")),
        "agreement": terms_on(found, timezone.localdate()).agreement,
        "terms": terms_on(found, timezone.localdate()).body,
        "tab": "fund",
        "exits": EXIT_PATHS,
        "filing_due": services.filing_due(found),
        "today": timezone.localdate(),
        "key": uuid.uuid4().hex,
        "bases": BASES,
    }


@require_POST
@member_page
def partner_add(request: HttpRequest, membership: Membership, fund_id: uuid.UUID) -> HttpResponse:
    """Enters a partner with the papers of identity and risk disclosure."""
    found = access.fund_get(fund_id, membership)
    must_edit(membership)
    form = form_of(request.POST, PARTNER_FIELDS)
    name, commitment = form.text("name", 200), form.money("commitment_fen")
    if not name:
        form.errors["name"] = _("Write a name.")
    if commitment is None:
        form.errors.setdefault("commitment_fen", _("Write the amount in yuan with at most two decimals, such as 1234.50."))
    if form.errors or commitment is None:
        return render(request, "funds/fund.html", fund_context(found, membership, form), status=422)
    facts = {
        "basis": form.choice("basis", BASES),
        "funds_source": form.text("funds_source", 300),
        "identity_sha256": paper_keep(request.FILES.get("identity")),
        "disclosure_sha256": paper_keep(request.FILES.get("disclosure")),
    }
    general = request.POST.get("is_general") == "yes"
    services.partner_add(
        fund_id=fund_id, membership=membership, by=user_of(request), name=name, commitment_fen=commitment, is_general=general, facts=facts
    )
    return redirect("fund", fund_id=fund_id)


@require_safe
@member_page
def partner(request: HttpRequest, membership: Membership, partner_id: uuid.UUID) -> HttpResponse:
    """A partner's statement beside the ledger, and what was checked."""
    found = access.partner_get(partner_id, membership)
    account = next(one for one in books.partner_accounts(found.fund) if one.partner == found)
    shares = Share.objects.filter(partner=found, order__state="approved").select_related("order").order_by("order__on", "order__decided_at")
    receipts = found.orders.filter(kind="receipt", state="approved").order_by("on", "decided_at")
    context = {"room": "capital", "membership": membership, "partner": found, "account": account, "shares": shares, "receipts": receipts}
    return render(request, "funds/partner.html", context)


@require_POST
@member_page
def partner_check(request: HttpRequest, membership: Membership, partner_id: uuid.UUID) -> HttpResponse:
    """The second person's check of a partner."""
    found = access.partner_get(partner_id, membership)
    must_approve(request, membership)
    services.partner_check(partner_id=partner_id, membership=membership, by=user_of(request))
    return redirect("fund", fund_id=found.fund_id)


@require_POST
@member_page
def fund_close(request: HttpRequest, membership: Membership, fund_id: uuid.UUID) -> HttpResponse:
    """The first close."""
    access.fund_get(fund_id, membership)
    must_approve(request, membership)
    on = form_of(request.POST, ("on",)).day("on")
    services.fund_close(fund_id=fund_id, membership=membership, by=user_of(request), on=on)
    return redirect("fund", fund_id=fund_id)


@require_POST
@member_page
def fund_file(request: HttpRequest, membership: Membership, fund_id: uuid.UUID) -> HttpResponse:
    """Notes the filing."""
    access.fund_get(fund_id, membership)
    services.fund_file(fund_id=fund_id, membership=membership, by=user_of(request), number=request.POST.get("number", ""))
    return redirect("fund", fund_id=fund_id)


@require_safe
@member_page
def fund_paper(request: HttpRequest, membership: Membership, fund_id: uuid.UUID, sha256: str) -> HttpResponse:
    """The bytes of a paper on file."""
    user = user_of(request)
    found = Fund.objects.filter(pk=fund_id).first()
    if found is None:
        raise Refusal("not_found", _("There is no such fund."))
    content = paper_bytes(found, sha256, sitting=None if found.organization_id == membership.organization_id else user)
    headers = {"Content-Disposition": f'attachment; filename="{sha256[:12]}.pdf"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type=PDF, headers=headers)
