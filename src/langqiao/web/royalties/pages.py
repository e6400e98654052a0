"""The pages of royalties: licenses with their periods, statements and audits, distributions to inventors, and each inventor's own view."""

import datetime as dt
import uuid
from fractions import Fraction
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from langqiao.engine.kernel.money import yuan_to_fen
from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.deals.fields import rate_text
from langqiao.web.deals.models import Deal
from langqiao.web.deals.selectors import today
from langqiao.web.deals.terms import invalid
from langqiao.web.people.models import Membership
from langqiao.web.people.session import member_page, must_approve, must_edit
from langqiao.web.royalties import inventors, schedule, services
from langqiao.web.royalties.models import Distribution, InventorRule, InventorShare, RoyaltyStatement
from langqiao.web.royalties.upkeep import breaches_of


def money(request: HttpRequest, name: str) -> int:
    """An amount of the form in fen; empty is zero. Refused (terms_invalid)."""
    text = request.POST.get(name, "").replace(",", "").strip() or "0"
    try:
        found = yuan_to_fen(text)
    except ValueError as error:
        raise invalid({name: str(error)}) from error
    if found < 0:
        raise invalid({name: "an amount is not negative"})
    return found


@require_safe
@member_page
def royalties(request: HttpRequest, membership: Membership) -> HttpResponse:
    """The licenses of the organization that bring or cost royalties, with what is to be stated and paid."""
    own = membership.organization
    deals = Deal.objects.filter(Q(seller=own) | Q(buyer=own), state__in=sorted(services.RUNNING)).select_related("seller", "buyer")
    rows = []
    for deal in deals.filter(kind__in=services.LICENSES).prefetch_related("patents", "royalty_statements__audit"):
        if services.royalty_of(deal) is not None:
            known = {one.number: one for one in deal.royalty_statements.all()}
            waiting = [period for period in services.periods_of(deal, today()) if period.number not in known]
            rows.append({"deal": deal, "waiting": waiting, "unpaid": sum(max(0, services.owed(one, today())[0]) for one in known.values())})
    sold = Deal.objects.filter(seller=own, state__in=("settled", "closed")).prefetch_related("patents")
    context = {
        "room": "deals", "membership": membership, "rows": rows, "sold": list(sold[:50]), "rules": list(InventorRule.objects.filter(organization=own)),
        "distributions": list(Distribution.objects.filter(organization=own).select_related("deal", "proposed_by").prefetch_related("shares")[:50]),
        "today": today(), "minimum": inventors.minimum(),
    }  # fmt: skip
    return render(request, "royalties/royalties.html", context)


@require_safe
@member_page
def license_page(request: HttpRequest, membership: Membership, deal_id: uuid.UUID) -> HttpResponse:
    """One license: its periods, statements, audits, and the distributions of its income."""
    deal = services.license_get(deal_id, membership)
    known = {one.number: one for one in RoyaltyStatement.objects.filter(deal=deal).select_related("audit", "stated_by", "deal")}
    periods: list[dict[str, Any]] = []
    for period in services.periods_of(deal, today()):
        statement = known.get(period.number)
        principal, interest = services.owed(statement, today()) if statement else (0, 0)
        income = inventors.income_of(deal, membership.organization, statement) if statement else 0
        periods.append({"period": period, "statement": statement, "principal": principal, "interest": interest, "income": income})
    own = Distribution.objects.filter(organization=membership.organization, deal=deal).select_related("proposed_by", "decided_by", "rule")
    context = {
        "room": "deals", "membership": membership, "deal": deal, "royalty": services.royalty_of(deal), "periods": periods, "today": today(),
        "coming": schedule.periods_coming(deal, today()), "installments": schedule.installments_of(deal),
        "distributions": list(own.prefetch_related("shares")), "price_income": inventors.income_of(deal, membership.organization, None),
        "is_buyer": deal.buyer_id == membership.organization_id, "is_seller": deal.seller_id == membership.organization_id,
        "rule": inventors.rule_on(membership.organization, today()), "minimum": inventors.minimum(), "breaches": list(breaches_of(deal)),
    }  # fmt: skip
    return render(request, "royalties/license.html", context)


@require_POST
@member_page
def state(request: HttpRequest, membership: Membership, deal_id: uuid.UUID) -> HttpResponse:
    """States a period."""
    must_edit(membership)
    number = request.POST.get("number", "")
    services.statement_make(
        deal_id, membership=membership, number=int(number) if number.isdigit() else 0, net_sales_fen=money(request, "net_sales"),
        third_party_fen=money(request, "third_party"),
    )  # fmt: skip
    messages.success(request, _("The period is stated. Another person of your organization pays it."))
    return redirect("royalty_license", deal_id=deal_id)


def _statement(statement_id: int, membership: Membership) -> RoyaltyStatement:
    found = RoyaltyStatement.objects.filter(pk=statement_id).first()
    if found is None:
        raise Refusal("not_found", _("There is no such statement."))
    services.license_get(found.deal_id, membership)
    return found


@require_POST
@member_page
def pay(request: HttpRequest, membership: Membership, statement_id: int) -> HttpResponse:
    """Pays a statement."""
    must_edit(membership)
    found = _statement(statement_id, membership)
    must_approve(request, membership)
    services.statement_pay(statement_id, membership=membership)
    messages.success(request, _("Paid to the owners by their shares."))
    return redirect("royalty_license", deal_id=found.deal_id)


@require_POST
@member_page
def audit(request: HttpRequest, membership: Membership, statement_id: int) -> HttpResponse:
    """Notes an audit."""
    must_edit(membership)
    found = _statement(statement_id, membership)
    services.statement_audit(
        statement_id, membership=membership, net_sales_fen=money(request, "net_sales"), report=request.POST.get("report", "")
    )
    return redirect("royalty_license", deal_id=found.deal_id)


@require_POST
@member_page
def rule(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Notes the unit's rule."""
    must_edit(membership)
    try:
        share, since = Fraction(rate_text(request.POST.get("share", "").strip())), dt.date.fromisoformat(request.POST.get("since", ""))
    except ValueError as error:
        raise invalid({"share": str(error)}) from error
    inventors.rule_make(membership=membership, share=share, document=request.POST.get("document", ""), since=since)
    return redirect("royalties")


@require_POST
@member_page
def distribute(request: HttpRequest, membership: Membership, deal_id: uuid.UUID) -> HttpResponse:
    """Proposes a distribution from lines of name; share; e-mail; tax withheld."""
    must_edit(membership)
    shares, emails, withheld = read_lines(request.POST.get("inventors", ""))
    costs = [money(request, "costs")] if request.POST.get("costs", "").strip() else []
    statement = request.POST.get("statement", "")
    inventors.distribution_propose(
        deal_id, membership=membership, inventors=shares, costs=costs, emails=emails, withheld=withheld,
        statement_id=int(statement) if statement.isdigit() else None,
    )  # fmt: skip
    messages.success(request, _("Proposed. Another approver decides."))
    return redirect("royalty_license", deal_id=deal_id)


def read_lines(text: str) -> tuple[dict[str, Fraction], dict[str, str], dict[str, int]]:
    """(shares, e-mails, tax withheld in fen) by name, of lines such as `Wang Wei; 60 %; wang@example.com; 0`. Refused (terms_invalid)."""
    shares: dict[str, Fraction] = {}
    emails: dict[str, str] = {}
    withheld: dict[str, int] = {}
    for line in text.replace("；", ";").splitlines():
        parts = [part.strip() for part in line.split(";")]
        if not parts[0]:
            continue
        try:
            if parts[0] in shares or len(parts) < 2:
                raise ValueError(f"{line[:60]!r} is no line of name and share")  # noqa: TRY301 - told with the other faults of the line
            shares[parts[0]] = _share(parts[1])
            emails[parts[0]] = parts[2] if len(parts) > 2 else ""
            withheld[parts[0]] = yuan_to_fen(parts[3].replace(",", "")) if len(parts) > 3 and parts[3] else 0
        except (ValueError, ZeroDivisionError) as error:
            raise invalid({"inventors": str(error)}) from error
    return shares, emails, withheld


def _share(text: str) -> Fraction:
    return Fraction(text) if "/" in text else Fraction(rate_text(text))


@require_POST
@member_page
def decide(request: HttpRequest, membership: Membership, distribution_id: int, answer: str) -> HttpResponse:
    """Approves or declines a distribution."""
    must_edit(membership)
    found = Distribution.objects.filter(pk=distribution_id, organization=membership.organization).first()
    if found is None or answer not in {"approve", "decline"}:
        raise Refusal("not_found", _("There is no such distribution of your organization."))
    if answer == "approve":
        must_approve(request, membership)
    inventors.distribution_decide(distribution_id, membership=membership, approve=answer == "approve")
    return redirect("royalty_license", deal_id=found.deal_id)


@require_POST
@member_page
def paid(request: HttpRequest, membership: Membership, share_id: int) -> HttpResponse:
    """Notes the bank's receipt of a payment to an inventor."""
    must_edit(membership)
    found = (
        InventorShare.objects.filter(pk=share_id, distribution__organization=membership.organization).select_related("distribution").first()
    )
    if found is None:
        raise Refusal("not_found", _("There is no such share of your organization."))
    must_approve(request, membership)
    inventors.share_paid(share_id, membership=membership, receipt=request.POST.get("receipt", ""))
    return redirect("royalty_license", deal_id=found.distribution.deal_id)


@require_safe
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """What the person has been granted as an inventor, in whatever organization; nobody else's parts."""
    shares = InventorShare.objects.filter(user=request.user.pk, distribution__state="approved")
    rows = list(shares.select_related("distribution__organization", "distribution__deal").order_by("-pk"))
    context = {
        "room": "deals",
        "rows": rows,
        "total": sum(one.amount_fen for one in rows),
        "paid": sum(one.net_fen for one in rows if one.paid_on),
    }
    return render(request, "royalties/mine.html", context)
