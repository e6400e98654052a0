"""The pages of a pool: its claims with every reason for and against them, its parties, its criteria, a sheet of claims."""

import csv
import io
import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.securitization.eligibility import NAMES
from langqiao.engine.securitization.workflow import ROLES
from langqiao.rules import parameters
from langqiao.web.credit.models import Loan
from langqiao.web.deals.terms import invalid
from langqiao.web.people.models import Membership
from langqiao.web.people.session import member_page, must_edit
from langqiao.web.securitization import asking, pool, selectors
from langqiao.web.securitization.models import Transaction
from langqiao.web.securitization.pages import organizations, sent_of

SHOWN_MAX = 300
FILE_MAX = 2_000_000


@require_safe
@member_page
def securitization_pool(request: HttpRequest, membership: Membership, deal_id: uuid.UUID) -> HttpResponse:
    """The pool of a transaction."""
    return pool_shown(request, membership, deal_id)


def pool_shown(request: HttpRequest, membership: Membership, deal_id: uuid.UUID, *, faults: dict[str, str] | None = None) -> HttpResponse:
    """The page, with what was wrong in a form."""
    deal = selectors.transaction_get(deal_id, membership)
    roles = selectors.roles_of(deal, membership.organization)
    if roles == ("investor",) and deal.state not in selectors.OPEN_TO_INVESTORS:
        raise Refusal("not_found", _("There is no such transaction."))
    assets = list(deal.assets.prefetch_related("patents", "flows").select_related("loan")[:SHOWN_MAX])
    checked = dict(_checked(deal, assets))
    known = parameters()
    limits = [
        {"name": name, "value": deal.criteria.get(name, ""), "start": known.value(f"securitization.pool.{name}"), "source": known.get(f"securitization.pool.{name}").at().source}
        for name in NAMES
    ]  # fmt: skip
    rows = [{"asset": asset, "reasons": checked.get(asset.pk, ())} for asset in assets]
    context = {
        "room": "capital", "membership": membership, "deal": deal, "rows": rows, "whole": checked.get(None, ()), "total": deal.assets.count(), "limits": limits,
        "sum_fen": sum(asset.balance_fen for asset in assets), "may_edit": deal.state == "draft" and "arranger" in roles and membership.may_edit,
        "may_default": deal.issued_on is not None and "servicer" in roles and membership.may_edit, "typed": request.POST, "faults": faults or {}, "columns": pool.COLUMNS,
        "may_list": deal.issued_on is not None and "arranger" in roles and membership.may_edit, "methods": pool.METHODS, "named": {one.role: one.organization_id for one in deal.parties.all()},
        "roles": [role for role in ROLES if role not in {"investor", "arranger"}], "loans": _loans(deal) if deal.structure == "pledge_loans" else [], "parties": deal.parties.select_related("organization"),
    }  # fmt: skip
    if context["may_edit"] or (deal.state == "pooled" and "arranger" in roles):
        context["organizations"] = organizations()
    return render(request, "securitization/pool.html", context, status=422 if faults else 200)


def _checked(deal: Transaction, assets: list[Any]) -> list[tuple[int | None, Any]]:
    """Reasons by claim while the pool is open; afterwards the cut has answered them."""
    if deal.state not in {"draft", "pooled"}:
        return []
    return [(asset.pk if asset is not None else None, reasons) for asset, reasons in asking.pool_reasons(deal, assets)]


def _loans(deal: Transaction) -> Any:
    originator = selectors.party_of(deal, "originator")
    return Loan.objects.filter(bank=originator, balance_fen__gt=0).select_related("borrower")[:200] if originator else []


def _told(request: HttpRequest, membership: Membership, deal_id: uuid.UUID, act: Any) -> HttpResponse:
    """Does a write of the draft; its faults are told on the page."""
    must_edit(membership)
    try:
        act()
    except Refusal as refused:
        if refused.code != "terms_invalid":
            raise
        return pool_shown(request, membership, deal_id, faults=refused.facts.get("faults") or {"": refused.message})
    return redirect("securitization_pool", deal_id=deal_id)


@require_POST
@member_page
def securitization_party(request: HttpRequest, membership: Membership, deal_id: uuid.UUID) -> HttpResponse:
    """Names the parties, all roles of the form at once."""
    sent = sent_of(request)

    def act() -> None:
        selectors.transaction_get(deal_id, membership)  # an empty form is answered to parties only
        for role in ROLES:
            if role in sent and role not in {"investor", "arranger"}:
                text = sent[role]
                number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
                pool.party_set(deal_id, membership=membership, role=role, organization_id=number)

    return _told(request, membership, deal_id, act)


@require_POST
@member_page
def securitization_criteria(request: HttpRequest, membership: Membership, deal_id: uuid.UUID) -> HttpResponse:
    """The pool's own criteria."""
    return _told(request, membership, deal_id, lambda: pool.criteria_set(deal_id, membership=membership, values=sent_of(request)))


@require_POST
@member_page
def securitization_claim(request: HttpRequest, membership: Membership, deal_id: uuid.UUID) -> HttpResponse:
    """One claim."""
    return _told(request, membership, deal_id, lambda: pool.asset_add(deal_id, membership=membership, row=sent_of(request)))


@require_POST
@member_page
def securitization_loan(request: HttpRequest, membership: Membership, deal_id: uuid.UUID) -> HttpResponse:
    """A loan of this site as a claim."""
    sent = sent_of(request)

    def act() -> None:
        try:
            loan_id = uuid.UUID(sent.get("loan", ""))
        except ValueError as error:
            raise invalid({"loan": _("Choose a drawn loan of the originating bank.")}) from error
        pool.loan_add(deal_id, membership=membership, loan_id=loan_id, industry=sent.get("industry", ""), region=sent.get("region", ""))

    return _told(request, membership, deal_id, act)


@require_POST
@member_page
def securitization_sheet(request: HttpRequest, membership: Membership, deal_id: uuid.UUID) -> HttpResponse:
    """A CSV of claims, all or none."""

    def act() -> None:
        rows = rows_read(request, pool.COLUMNS)
        made = pool.assets_add(deal_id, membership=membership, rows=rows)
        messages.success(request, _("%(n)d claims are entered.") % {"n": len(made)})

    return _told(request, membership, deal_id, act)


def rows_read(request: HttpRequest, columns: tuple[str, ...]) -> list[dict[str, str]]:
    """The rows of an uploaded or pasted CSV whose first row names the columns. Refused: terms_invalid."""
    file = request.FILES.get("file")
    raw = file.read(FILE_MAX + 1) if file is not None else request.POST.get("pasted", "").encode()
    if len(raw) > FILE_MAX:
        raise invalid({"sheet": _("The sheet is too large.")})
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise invalid({"sheet": _("The sheet is not UTF-8 text.")}) from error
    reader = csv.DictReader(io.StringIO(text))
    missing = [name for name in columns if name not in (reader.fieldnames or ())]
    if missing:
        raise invalid({"sheet": _("The first row lacks the columns %(names)s.") % {"names": ", ".join(missing)}})
    return [{name: (row.get(name) or "").strip() for name in columns} for row in reader]


@require_POST
@member_page
def securitization_remove(_request: HttpRequest, membership: Membership, asset_id: int) -> HttpResponse:
    """Takes a claim out of the draft."""
    must_edit(membership)
    deal = pool.asset_remove(asset_id, membership=membership)
    return redirect("securitization_pool", deal_id=deal.pk)
