"""What law, register and the pool's documents say about each claim on the cut-off date, and about the chain of a second license."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from langqiao.engine.credit.loan_workflow import PERFORMING
from langqiao.engine.kernel.dates import add_months
from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.operations.check import check
from langqiao.engine.operations.encumbrance import PLEDGEE, Encumbrance, Plan, Reason, Standing
from langqiao.engine.securitization.eligibility import Claim, Criteria, claim_reasons, concentration_reasons, criteria_of
from langqiao.rules import parameters
from langqiao.web.credit.attempt import pledge_registered
from langqiao.web.people.models import Organization
from langqiao.web.rights.selectors import owner_name_of, standing_for
from langqiao.web.securitization.models import Asset, AssetPatent, Transaction
from langqiao.web.securitization.selectors import party_of

BACK: tuple[Any, ...] = ("ordinary_license", "sole_license")
"""Burdens as which a license back to the owner stands in the register."""


def criteria(deal: Transaction) -> Criteria:
    """The deal's criteria over the starting values."""
    return criteria_of(parameters(), deal.criteria)


def asset_reasons(deal: Transaction, asset: Asset, limits: Criteria, *, pledged_ok: bool = True) -> tuple[Reason, ...]:
    """Everything against one claim: the documents, its loan, its patents, and other pools."""
    law = [reason for patent in asset.patents.all() for reason in patent_reasons(deal, asset, patent)]
    if deal.structure == "second_license" and not asset.patents.all():
        law.append(_broken(asset, "", "no_patent"))
    if deal.structure == "pledge_loans":
        law += _loan_reasons(deal, asset) if pledged_ok else []
    if taken_elsewhere(asset):
        law.append(Reason(code="claim_already_pooled", article="Civil Code 768", facts={"asset": asset.claim}))
    return claim_reasons(claim_of(asset, tuple(law)), limits, deal.cut_off_on)


def claim_of(asset: Asset, reasons: tuple[Reason, ...] = ()) -> Claim:
    """A claim as the engine reads it; the plan is what is due after the cut-off."""
    scheduled = sum(flow.principal_fen for flow in asset.flows.all())
    return Claim(
        id=asset.claim, obligor=asset.obligor, industry=asset.industry, region=asset.region, balance_fen=asset.balance_fen, ends_on=asset.ends_on,
        days_past_due=asset.days_past_due, assignable=asset.assignable, defaulted=asset.defaulted_on is not None, scheduled_fen=scheduled, reasons=reasons,
    )  # fmt: skip


def taken_elsewhere(asset: Asset) -> bool:
    """Whether another pool has the claim, its loan, or a patent behind it (I65)."""
    others = Asset.objects.filter(active=True).exclude(transaction=asset.transaction_id)
    if others.filter(claim=asset.claim).exists() or (asset.loan_id and others.filter(loan=asset.loan_id).exists()):
        return True
    keys = [patent.key for patent in asset.patents.all()]
    return AssetPatent.objects.filter(active=True, key__in=keys).exclude(asset__transaction=asset.transaction_id).exists()


def patent_reasons(deal: Transaction, asset: Asset, patent: AssetPatent) -> list[Reason]:
    """The one check of operations for a patent behind a claim, in the place the structure gives it."""
    try:
        standing = standing_for(patent.key, deal.cut_off_on)
    except Refusal as refused:
        return [Reason(code=refused.code, article="", facts={"patent": patent.number})]
    originator = party_of(deal, "originator")
    owner = standing.owners[0] if standing.owners else ""
    disposing = None
    if deal.structure == "lease_back":  # sale and lease-back: the lessor holds the title while it lasts
        disposing = (owner_name_of(originator, patent.key, deal.cut_off_on) or originator.name) if originator else ""
    asked = standing
    if deal.structure == "pledge_loans" and asset.loan is not None:
        asked = replace(standing, consents=frozenset({PLEDGEE})) if pledge_registered(asset.loan, deal.cut_off_on) else standing
    answer = check(asked, Plan(operation="abs_pool", on=deal.cut_off_on, disposing_party=disposing))
    found = [Reason(code=one.code, article=one.article, facts={**one.facts, "patent": patent.number}) for one in answer.refusals]
    if deal.structure == "second_license":
        missing = chain_missing(standing, originator, owner, day=deal.cut_off_on, ends_on=asset.ends_on)
        found += [_broken(asset, patent.number, one) for one in missing]
        if asset.obligor not in standing.owners:  # who pays for the license back is who has it
            found.append(_broken(asset, patent.number, "obligor_not_owner"))
    return found


def chain_missing(standing: Standing, lessor: Organization | None, owner: str, *, day: dt.date, ends_on: dt.date) -> tuple[str, ...]:
    """What the register lacks of a second license (I70): exclusive to the vehicle's side, back to the owner within it, no open license.

    Both licenses must run to the last payment of the claim: what the obligor pays for must last as long as it pays.
    """
    faults = []
    name = lessor.name if lessor else ""
    exclusive = _held(standing, ("exclusive_license",), name, day)
    if exclusive is None:
        faults.append("exclusive_license")
    elif exclusive.scope.end is not None and exclusive.scope.end < ends_on:
        faults.append("exclusive_ends_before_claim")
    back = _held(standing, BACK, owner, day)
    if back is None:
        faults.append("license_back")
    elif exclusive is not None and not back.scope.within(exclusive.scope):
        faults.append("license_back_outside")
    elif back.scope.end is not None and back.scope.end < ends_on:
        faults.append("license_back_ends_before_claim")
    if standing.burdens("open_license"):
        faults.append("open_license")
    return tuple(faults)


def _held(standing: Standing, kinds: tuple[Any, ...], holder: str, day: dt.date) -> Encumbrance | None:
    found = [one for one in standing.burdens(*kinds) if one.holder == holder and not one.scope.ended(day)]
    return found[0] if found and holder else None


def _broken(asset: Asset, patent: str, missing: str) -> Reason:
    facts = {"asset": asset.claim, "patent": patent, "missing": missing}
    return Reason(code="secondary_license_chain_broken", article="Interpretation on technology contracts 25; Patent Law 51", facts=facts)


def _loan_reasons(deal: Transaction, asset: Asset) -> list[Reason]:
    """A pledge loan is one of this site, drawn and performing, of the originating bank, with the balance of its own books."""
    loan, originator = asset.loan, party_of(deal, "originator")
    faults = []
    if loan is None:
        faults.append("no_loan")
    else:
        if loan.state not in PERFORMING:
            faults.append("loan_not_performing")
        if originator is None or loan.bank_id != originator.pk:
            faults.append("loan_of_another_bank")
        if loan.balance_fen != asset.balance_fen:
            faults.append("balance_differs")
    return [
        Reason(code="asset_not_eligible", article="pool documents", facts={"asset": asset.claim, "test": fault, "limit": ""})
        for fault in faults
    ]


def pool_reasons(deal: Transaction, assets: Sequence[Asset]) -> list[tuple[Asset | None, tuple[Reason, ...]]]:
    """Reasons by claim, and those of the whole pool under None."""
    limits = criteria(deal)
    rows: list[tuple[Asset | None, tuple[Reason, ...]]] = [(asset, asset_reasons(deal, asset, limits)) for asset in assets]
    whole = concentration_reasons([claim_of(asset) for asset in assets], limits)
    return [*rows, (None, whole)]


def months_on(day: dt.date, months: int) -> dt.date:
    """A day so many months later."""
    return add_months(day, months)
