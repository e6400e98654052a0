"""The pages of a fund's terms, of its calls with late, defaulting and later partners, and of its management fee."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from langqiao.engine.funds.agreement import DAY_COUNTS, FEE_MONTHS, KINDS
from langqiao.engine.kernel.dates import UnknownYearError, add_working_days
from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.funds import access, books, defaults, facts
from langqiao.web.funds.fees import fees_of, investment_ends, life_ends
from langqiao.web.funds.measures import newest_valuation
from langqiao.web.funds.models import BASES, Default, Fund, Share
from langqiao.web.funds.notices_pdf import notice_pdf, statement_pdf
from langqiao.web.funds.pages import user_of
from langqiao.web.funds.papers import PDF, paper_keep
from langqiao.web.funds.terms import terms_ask, terms_decide, terms_on
from langqiao.web.market.forms import Form, form_of
from langqiao.web.people.models import Membership
from langqiao.web.people.session import member_page, must_approve, must_edit

RATES = (
    "pref_rate",
    "catch_up",
    "carry",
    "single_share",
    "fee_rate",
    "fee_rate_after",
    "fee_offset",
    "later_rate",
    "late_rate",
    "forfeit_share",
    "escrow_share",
    "clawback_tax",
    "senior_rate",
    "recycling_cap",
)
COUNTS = ("notice_days", "grace_days", "recycling_months", "fee_months")
CHOICES = {"kind": KINDS, "pref_compounding": ("compound_annual", "simple"), "day_count": DAY_COUNTS}
MORE = ("concession_partner", "concession_hurdle", "concession_share", "concession_by", "reinvest_multiple", "reinvest_region")
TERM_FIELDS = (*RATES, *COUNTS, *CHOICES, *MORE, "clawback", "reinvest_tests", "key_people", "from_on", "reason")


def frame(fund: Fund, membership: Membership, tab: str) -> dict[str, Any]:
    """What every page of a fund's money shows."""
    context = {
        "room": "capital",
        "membership": membership,
        "fund": fund,
        "tab": tab,
        "key": uuid.uuid4().hex,
        "today": timezone.localdate(),
    }
    return context | {"waiting": fund.orders.filter(state="asked").select_related("partner", "project", "asked_by")}


def _read(form: Form, request: HttpRequest) -> dict[str, Any]:
    """The terms as typed; what the engine cannot read it refuses by name."""
    body: dict[str, Any] = {name: form.text(name, 20) for name in RATES if form.text(name, 20)}
    for name in COUNTS:
        raw = form.text(name, 4)
        if raw:
            body[name] = int(raw) if raw.isascii() and raw.isdigit() else raw
    body |= {name: form.choice(name, known) for name, known in CHOICES.items() if form.text(name, 30)}
    body["clawback"] = form.typed.get("clawback") == "yes"
    body["senior"], body["public"] = request.POST.getlist("senior"), request.POST.getlist("public")
    body["key_people"] = [line.strip() for line in form.text("key_people").splitlines() if line.strip()][:20]
    if form.text("concession_partner", 40):
        named = {"partner": "concession_partner", "hurdle_rate": "concession_hurdle", "share": "concession_share"}
        body["concession"] = {name: form.text(field, 40) for name, field in named.items()}
        body["concession"]["decided_by"] = form.text("concession_by", 200)
    else:
        body["concession"] = None
    tests = [line.replace("，", ",").split(",") for line in form.text("reinvest_tests").splitlines() if line.strip()]
    multiple = form.text("reinvest_multiple", 10)
    body["reinvest"] = {"multiple": multiple, "region": form.text("reinvest_region", 100), "tests": _tests(tests)} if multiple else None
    return body


def _tests(lines: list[list[str]]) -> list[list[str]]:
    return [[part.strip() for part in line] for line in lines]


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def terms(request: HttpRequest, membership: Membership, fund_id: uuid.UUID) -> HttpResponse:
    """The terms of today, their versions, and the form by which one person asks for others."""
    fund = access.fund_get(fund_id, membership)
    form = form_of(request.POST, TERM_FIELDS)
    if request.method == "POST":
        must_edit(membership)
        body, from_on = _read(form, request), form.day("from_on") or timezone.localdate()
        if not form.errors:
            terms_ask(
                fund_id=fund_id, membership=membership, by=user_of(request), body=body, from_on=from_on, reason=form.text("reason", 500)
            )
            return redirect("fund_terms", fund_id=fund_id)
    now = terms_on(fund, timezone.localdate())
    partners = list(fund.partners.all())
    names = {str(partner.pk): partner.name for partner in partners}
    context = frame(fund, membership, "terms") | {
        "form": form,
        "terms": now,
        "typed": {**now.body, **form.typed},
        "versions": fund.terms_versions.select_related("by", "decided_by").order_by("-number"),
        "partners": partners,
        "names": names,
        "choices": CHOICES,
        "months": FEE_MONTHS,
        "periods": (investment_ends(fund), life_ends(fund)) if fund.closed_on else None,
    }
    return render(request, "funds/terms.html", context, status=422 if form.errors else 200)


@require_POST
@member_page
def terms_decision(request: HttpRequest, membership: Membership, version_id: uuid.UUID) -> HttpResponse:
    """Another person decides the terms, with a fresh second factor."""
    must_approve(request, membership)
    approve = request.POST.get("decision") == "approve"
    found = terms_decide(version_id=version_id, membership=membership, by=user_of(request), approve=approve)
    return redirect("fund_terms", fund_id=found.fund_id)


@require_safe
@member_page
def calls(request: HttpRequest, membership: Membership, fund_id: uuid.UUID) -> HttpResponse:
    """Every call with where each partner stands, defaults, and who wants to enter later."""
    fund = access.fund_get(fund_id, membership)
    today = timezone.localdate()
    accounts = books.partner_accounts(fund)
    owed = [line for account in accounts for line in defaults.owed_by(account.partner, today)]
    owed.sort(key=lambda line: (line.share.order.on, line.share.pk), reverse=True)
    running = Default.objects.filter(partner__fund=fund).select_related("partner", "by", "decided_by").order_by("-noticed_on")
    interest = {default.partner_id: defaults.interest_due(default.partner, today) for default in running if default.state == "defaulted"}
    context = frame(fund, membership, "calls") | {
        "owed": owed[:600],
        "accounts": accounts,
        "defaults": running,
        "interest": interest,
        "newcomers": fund.newcomers.select_related("partner", "by"),
        "agreement": terms_on(fund, today).agreement,
        "earliest": _earliest(today, terms_on(fund, today).agreement.notice_days),
        "bases": BASES,
        "form": form_of(request.GET, ()),
    }
    return render(request, "funds/calls.html", context)


def _earliest(today: dt.date, days: int) -> dt.date | None:
    """The first due day that keeps the notice period of the terms; None where the calendar does not hold the year."""
    try:
        return add_working_days(today, days)
    except UnknownYearError:
        return None


@require_POST
@member_page
def default_new(request: HttpRequest, membership: Membership, fund_id: uuid.UUID) -> HttpResponse:
    """Notices a partner that has not paid."""
    access.fund_get(fund_id, membership)
    must_edit(membership)
    form = form_of(request.POST, ("share", "on"))
    share = form.text("share", 20)
    if not (share.isascii() and share.isdigit()):
        raise Refusal("terms_invalid", _("Choose the part of a call that was not paid."), facts={"fields": ("share",)})
    defaults.default_notice(
        fund_id=fund_id,
        membership=membership,
        by=user_of(request),
        share_id=int(share),
        on=form.day("on") or timezone.localdate(),
    )
    return redirect("fund_calls", fund_id=fund_id)


@require_POST
@member_page
def default_decision(request: HttpRequest, membership: Membership, default_id: uuid.UUID) -> HttpResponse:
    """Another person declares the default or withdraws the notice, with a fresh second factor."""
    must_approve(request, membership)
    form = form_of(request.POST, ("on",))
    found = defaults.default_decide(
        default_id=default_id,
        membership=membership,
        by=user_of(request),
        declare=request.POST.get("decision") == "declare",
        on=form.day("on") or timezone.localdate(),
    )
    return redirect("fund_calls", fund_id=found.partner.fund_id)


@require_POST
@member_page
def newcomer_add(request: HttpRequest, membership: Membership, fund_id: uuid.UUID) -> HttpResponse:
    """Enters who wants to come in after the first close."""
    access.fund_get(fund_id, membership)
    must_edit(membership)
    form = form_of(request.POST, ("name", "commitment_fen", "basis", "funds_source"))
    name, commitment = form.text("name", 200), form.money("commitment_fen")
    if not name or commitment is None:
        raise Refusal("reason_missing", _("Write a name and a commitment above zero."))
    papers: Mapping[str, str] = {
        "basis": form.choice("basis", BASES),
        "funds_source": form.text("funds_source", 300),
        "identity_sha256": paper_keep(request.FILES.get("identity")),
        "disclosure_sha256": paper_keep(request.FILES.get("disclosure")),
    }
    facts.newcomer_enter(fund_id=fund_id, membership=membership, by=user_of(request), name=name, commitment_fen=commitment, facts=papers)
    return redirect("fund_calls", fund_id=fund_id)


@require_POST
@member_page
def newcomer_checked(request: HttpRequest, membership: Membership, newcomer_id: uuid.UUID) -> HttpResponse:
    """The second person's check."""
    must_approve(request, membership)
    found = facts.newcomer_check(newcomer_id=newcomer_id, membership=membership, by=user_of(request))
    return redirect("fund_calls", fund_id=found.fund_id)


def _pdf(content: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}.pdf"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type=PDF, headers=headers)


@require_safe
@member_page
def notice(request: HttpRequest, membership: Membership, share_id: int) -> HttpResponse:  # noqa: ARG001 - the guard has asked the request
    """The notice of a call or distribution to one partner, as PDF."""
    found = (
        Share.objects.select_related("order__fund", "partner")
        .filter(pk=share_id, order__fund__organization=membership.organization)
        .first()
    )
    if found is None or found.order.state != "approved":
        raise Refusal("not_found", _("There is no such notice."))
    return _pdf(notice_pdf(found), f"notice-{found.order.on.isoformat()}-{found.pk}")


@require_safe
@member_page
def partner_statement(request: HttpRequest, membership: Membership, partner_id: uuid.UUID) -> HttpResponse:  # noqa: ARG001 - the guard has asked the request
    """A partner's statement, as PDF."""
    found = access.partner_get(partner_id, membership)
    account = next(one for one in books.partner_accounts(found.fund) if one.partner == found)
    return _pdf(statement_pdf(found, account, newest_valuation(found.fund)), f"statement-{found.pk}")


@require_safe
@member_page
def fees(request: HttpRequest, membership: Membership, fund_id: uuid.UUID) -> HttpResponse:
    """The management fee up to a day: each period with its steps, what is accrued, paid and due."""
    fund = access.fund_get(fund_id, membership)
    form = form_of(request.GET, ("on",))
    on = min(form.day("on") or timezone.localdate(), timezone.localdate())
    context = frame(fund, membership, "fees") | {
        "form": form,
        "on": on,
        "fees": fees_of(fund, on) if fund.closed_on else None,
        "facts": fund.facts.filter(kind__in=("portfolio_fee", "fee_waiver", "fee_rebate")).select_related("by", "project"),
        "fact_kinds": ("portfolio_fee", "fee_waiver", "fee_rebate"),
        "projects": fund.projects.filter(state__in=("held", "exiting", "exited")),
        "back": "fund_fees",
    }
    return render(request, "funds/fees.html", context)
