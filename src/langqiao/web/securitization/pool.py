"""Writes of a draft: the transaction itself, its parties, its claims one by one or from a sheet, its criteria."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, cast

from django.db import transaction
from django.utils.translation import gettext as _

from langqiao.engine.kernel.money import yuan_to_fen
from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.securitization.eligibility import NAMES, STRUCTURES, criteria_of
from langqiao.engine.securitization.schedule import Method, plan
from langqiao.engine.securitization.workflow import ROLES
from langqiao.rules import parameters
from langqiao.web.audit.services import record_append
from langqiao.web.credit.models import Loan
from langqiao.web.deals.fields import rate_text
from langqiao.web.deals.terms import invalid
from langqiao.web.market.patents import patents_named
from langqiao.web.people.models import CheckState, Membership, Organization
from langqiao.web.people.session import must_edit
from langqiao.web.rights.services import holding_open
from langqiao.web.securitization.models import Asset, AssetFlow, AssetPatent, Party, Transaction
from langqiao.web.securitization.selectors import party_of, transaction_get
from langqiao.web.securitization.shapes import shape_get

ASSETS_MAX = 1_000
METHODS = ("level", "linear", "bullet")
COLUMNS = (
    "claim", "obligor", "industry", "region", "balance", "rate", "payments", "months", "begins", "method", "days_past_due", "patents",
)  # fmt: skip
"""Columns of the sheet of claims; the last two and the method may be empty."""


@transaction.atomic
def transaction_open(
    *, membership: Membership, name: str, vehicle: str, structure: str, cut_off_on: dt.date, shape: str = ""
) -> Transaction:
    """A draft of an arranger. Refused: not_allowed, terms_invalid."""
    must_edit(membership)
    faults = {}
    if not name.strip() or len(name) > 120:
        faults["name"] = _("1 to 120 characters")
    if not vehicle.strip() or len(vehicle) > 160:
        faults["vehicle"] = _("1 to 160 characters")
    if structure not in STRUCTURES:
        faults["structure"] = _("needed")
    if shape and shape_get(shape) is None:
        faults["shape"] = _("There is no such template.")
    if faults:
        raise invalid(faults)
    deal = Transaction.objects.create(
        name=name.strip(), vehicle=vehicle.strip(), structure=structure, arranger=membership.organization, by=membership.user,
        cut_off_on=cut_off_on, shape=shape, is_scenario=membership.organization.is_demo,
    )  # fmt: skip
    Party.objects.create(transaction=deal, role="arranger", organization=membership.organization)
    record_append(
        actor=membership.user,
        action="securitization.draft",
        subject=f"securitization/{deal.pk}",
        payload={"structure": structure, "shape": shape},
    )
    return deal


def draft_locked(deal_id: uuid.UUID, membership: Membership, states: Sequence[str] = ("draft",)) -> Transaction:
    """A transaction of the member's own arranging that may still be edited. Refused: not_found, not_allowed, step_not_possible."""
    must_edit(membership)
    deal = transaction_get(deal_id, membership, lock=True)
    if deal.arranger_id != membership.organization_id:
        raise Refusal("not_allowed", _("Only the arranger changes a transaction before it is cut."))
    if deal.state not in states:
        message = _("The pool is cut; reopen it first.")
        raise Refusal("step_not_possible", message, facts={"event": "edit", "state": deal.state})
    return deal


@transaction.atomic
def party_set(deal_id: uuid.UUID, *, membership: Membership, role: str, organization_id: int | None) -> None:
    """Names or removes the organization of a role. Refused: terms_invalid for a role or an organization that is not there or not verified."""
    deal = draft_locked(deal_id, membership, ("draft", "pooled"))
    if role not in ROLES or role in {"investor", "arranger"}:
        raise invalid({"role": _("There is no such role to be named.")})
    if organization_id is None:
        Party.objects.filter(transaction=deal, role=role).delete()
    else:
        found = Organization.objects.filter(pk=organization_id, check_state=CheckState.VERIFIED, merged_into=None).first()
        if found is None:
            raise invalid({role: _("Choose an organization that the platform has verified.")})
        Party.objects.update_or_create(transaction=deal, role=role, defaults={"organization": found})
    _told(deal, membership, "party", {"role": role, "organization": organization_id})


@transaction.atomic
def criteria_set(deal_id: uuid.UUID, *, membership: Membership, values: Mapping[str, str]) -> None:
    """The pool's own criteria; empty ones keep the starting value. Refused: terms_invalid."""
    deal = draft_locked(deal_id, membership)
    own = {name: text.strip() for name, text in values.items() if name in NAMES and text.strip()}
    try:
        criteria_of(parameters(), own)
    except (ValueError, ZeroDivisionError) as error:
        raise invalid({"criteria": str(error)[:200]}) from error
    deal.criteria = own
    deal.save(update_fields=["criteria"])
    _told(deal, membership, "criteria", own)


@transaction.atomic
def asset_add(deal_id: uuid.UUID, *, membership: Membership, row: Mapping[str, str]) -> Asset:
    """One claim with the plan of its payments. Refused: terms_invalid with the fault of each column."""
    deal = draft_locked(deal_id, membership, ("draft", "issued", "accelerated"))
    asset = _asset(deal, row, membership.organization)
    _told(deal, membership, "asset", {"claim": asset.claim, "balance_fen": asset.balance_fen})
    return asset


@transaction.atomic
def assets_add(deal_id: uuid.UUID, *, membership: Membership, rows: Sequence[Mapping[str, str]]) -> list[Asset]:
    """A sheet of claims, all or none. Refused: terms_invalid, whose faults name the row and the column."""
    deal = draft_locked(deal_id, membership, ("draft", "issued", "accelerated"))
    if not rows or deal.assets.count() + len(rows) > ASSETS_MAX:
        raise invalid({"sheet": _("1 to %(n)d claims in a pool") % {"n": ASSETS_MAX}})
    made: list[Asset] = []
    faults: dict[str, str] = {}
    for number, row in enumerate(rows, 1):
        try:
            with transaction.atomic():
                made.append(_asset(deal, row, membership.organization))
        except Refusal as refused:
            faults |= {f"{number}.{name}": fault for name, fault in (refused.facts.get("faults") or {"": refused.message}).items()}
    if faults:
        raise invalid(dict(list(faults.items())[:20]))
    _told(deal, membership, "assets", {"claims": [one.claim for one in made][:100], "count": len(made)})
    return made


def _asset(deal: Transaction, row: Mapping[str, str], organization: Organization) -> Asset:
    given, faults = _parsed(row)
    if not faults.get("claim") and deal.assets.filter(claim=given["claim"]).exists():
        faults["claim"] = _("This pool has the claim already.")
    named, unknown = patents_named(str(row.get("patents", "")).replace(",", "\n"), organization) if row.get("patents") else ([], [])
    if unknown:
        faults["patents"] = _("no patent of the lake: %(told)s") % {"told": "; ".join(unknown[:5])}
    if faults:
        raise invalid(faults)
    begins, payments, months = given.pop("begins"), given.pop("payments"), given.pop("months")
    flows = plan(
        given["balance_fen"], Fraction(given["rate_annual"]), payments, cast("Method", given.pop("method")), begins=begins, months=months
    )
    asset = Asset.objects.create(transaction=deal, ends_on=flows[-1].due_on, **given)
    AssetFlow.objects.bulk_create(
        [
            AssetFlow(asset=asset, number=number, due_on=flow.due_on, principal_fen=flow.principal_fen, interest_fen=flow.interest_fen)
            for number, flow in enumerate(flows, 1)
        ]
    )
    for one in named:
        AssetPatent.objects.create(
            asset=asset, key=holding_open(one.key).key, number=one.number, title_zh=one.title_zh, title_en=one.title_en
        )
    return asset


def _parsed(row: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """The values of a row of the sheet, and the faults by column."""
    found: dict[str, Any] = {}
    faults: dict[str, str] = {}
    for name, longest in (("claim", 80), ("obligor", 160), ("industry", 60), ("region", 60)):
        found[name] = str(row.get(name, "")).strip()
        if not 0 < len(found[name]) <= longest:
            faults[name] = _("1 to %(n)d characters") % {"n": longest}
    readers: dict[str, tuple[str, Any]] = {
        "balance": ("balance_fen", lambda text: yuan_to_fen(text.replace(",", ""))), "rate": ("rate_annual", rate_text),
        "payments": ("payments", int), "months": ("months", int), "begins": ("begins", dt.date.fromisoformat),
    }  # fmt: skip
    for name, (target, read) in readers.items():
        try:
            found[target] = read(str(row.get(name, "")).strip())
        except ValueError as error:
            faults[name] = str(error)[:120]
    found["method"] = str(row.get("method", "")).strip() or "level"
    past_due = str(row.get("days_past_due", "")).strip() or "0"
    found["days_past_due"] = int(past_due) if past_due.isascii() and past_due.isdigit() else -1
    ranges = {"payments": (1, 600), "months": (1, 12), "days_past_due": (0, 10_000), "balance_fen": (1, 10**14)}
    for name, (low, high) in ranges.items():
        if name in found and not low <= found[name] <= high:
            faults[name.removesuffix("_fen")] = _("not in range")
    if found["method"] not in METHODS:
        faults["method"] = _("one of %(names)s") % {"names": ", ".join(METHODS)}
    return found, faults


@transaction.atomic
def loan_add(deal_id: uuid.UUID, *, membership: Membership, loan_id: uuid.UUID, industry: str, region: str) -> Asset:
    """A loan of this site becomes a claim of the pool: its balance, its open plan, its pledged patents. Refused: terms_invalid."""
    deal = draft_locked(deal_id, membership)
    originator = party_of(deal, "originator")
    loan = Loan.objects.filter(pk=loan_id, bank=originator).select_related("borrower", "deal").first() if originator else None
    if deal.structure != "pledge_loans" or loan is None or loan.deal is None or not loan.balance_fen:
        raise invalid({"loan": _("Choose a drawn loan of the originating bank.")})
    if deal.assets.filter(claim=f"loan/{loan.pk}").exists():
        raise invalid({"loan": _("This pool has the claim already.")})
    left = [row for row in loan.installments.order_by("number") if row.principal_fen > row.paid_principal_fen]
    asset = Asset.objects.create(
        transaction=deal, claim=f"loan/{loan.pk}", loan=loan, obligor=loan.borrower.name, industry=industry.strip()[:60] or "–",
        region=region.strip()[:60] or "–", balance_fen=loan.balance_fen, rate_annual=loan.rate_annual, ends_on=left[-1].due_on,
        days_past_due=max(0, (deal.cut_off_on - left[0].due_on).days),
    )  # fmt: skip
    AssetFlow.objects.bulk_create(
        [
            AssetFlow(
                asset=asset, number=number, due_on=row.due_on, principal_fen=row.principal_fen - row.paid_principal_fen,
                interest_fen=row.interest_fen - row.paid_interest_fen,
            )
            for number, row in enumerate(left, 1)
        ]
    )  # fmt: skip
    AssetPatent.objects.bulk_create(
        [
            AssetPatent(
                asset=asset,
                key=one.key,
                number=one.number,
                title_zh=one.title_zh,
                title_en=one.title_en,
                is_loan=True,
                pledge=str(loan.deal_id),
            )
            for one in loan.patents.all()
        ]
    )
    _told(deal, membership, "asset", {"claim": asset.claim, "balance_fen": asset.balance_fen})
    return asset


@transaction.atomic
def asset_remove(asset_id: int, *, membership: Membership) -> Transaction:
    """Takes a claim out of a draft. Refused: not_found."""
    asset = Asset.objects.filter(pk=asset_id).first()
    if asset is None:
        raise Refusal("not_found", _("There is no such claim."))
    deal = draft_locked(asset.transaction_id, membership)
    claim = asset.claim
    asset.delete()
    _told(deal, membership, "asset_removed", {"claim": claim})
    return deal


def _told(deal: Transaction, membership: Membership, what: str, payload: Mapping[str, Any]) -> None:
    record_append(actor=membership.user, action=f"securitization.{what}", subject=f"securitization/{deal.pk}", payload=payload)
