"""What of insurance waits on the desk: requests for a second person, policies to underwrite and to pay, subsidies, claims with their deadlines."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from langqiao.rules import parameters
from langqiao.web.insurance.models import Claim, Policy, Request, Subsidy, Tariff
from langqiao.web.insurance.selectors import claimant_of
from langqiao.web.insurance.words import said
from langqiao.web.people.models import Membership
from langqiao.web.work.desk import ROWS_A_ROOM, DeskItem

CLAIM_STEPS = {"notified": "reserve", "assessing": "approve", "approved": "settle", "objected": "uphold"}


def waiting(membership: Membership, today: dt.date) -> Iterator[DeskItem]:
    """What the member's organization decides or pays next, and days that come."""
    own = membership.organization
    yield from _requests(membership)
    if own.kind == "insurer":
        yield from _insurer(membership, today)
    rows = Policy.objects.filter(holder=own, state__in=["quoted", "underwritten"]).select_related("insurer")
    for policy in rows[:ROWS_A_ROOM]:
        yield _item(policy, "accept" if policy.state == "quoted" else "pay", on=policy.valid_until, amount_fen=policy.premium_fen)
    days = parameters().value("insurance.renewal_days", today)
    ending = Policy.objects.filter(holder=own, state="in_force", until__lte=today + dt.timedelta(days=days), renewed=None)
    for policy in ending.select_related("insurer")[:ROWS_A_ROOM]:
        yield _item(policy, "expire", on=policy.until, need="know")
    asked = Subsidy.objects.filter(payer=own, state="open", policy__state__in=["quoted", "accepted", "underwritten"]).select_related(
        "policy__holder"
    )
    for one in asked[:ROWS_A_ROOM]:
        yield _item(one.policy, "grant", why=one.policy.holder.name, amount_fen=one.policy.premium_fen, on=one.policy.valid_until)
    refused = Claim.objects.filter(claimant=own, state="refused").select_related("policy")
    for claim in refused[:ROWS_A_ROOM]:
        yield _of_claim(claim, "object", need="know")


def _requests(membership: Membership) -> Iterator[DeskItem]:
    """Steps that a colleague asked for; the own ones are not shown."""
    rows = Request.objects.filter(organization=membership.organization, state="open").exclude(requested_by=membership.user)
    for one in rows.select_related("policy__insurer", "claim__policy", "requested_by")[:ROWS_A_ROOM]:
        told = {"need": "approve", "why": str(one.requested_by)}
        if one.claim is not None:
            yield _of_claim(one.claim, one.event, amount_fen=one.claim.payment_fen, **told)
        else:
            yield _item(one.policy, one.event, amount_fen=one.policy.premium_fen, **told)


def _insurer(membership: Membership, today: dt.date) -> Iterator[DeskItem]:
    own = membership.organization
    for policy in Policy.objects.filter(insurer=own, state="accepted").select_related("holder")[:ROWS_A_ROOM]:
        yield _item(policy, "underwrite", why=policy.holder.name, on=policy.valid_until, amount_fen=policy.premium_fen)
    for policy in Policy.objects.filter(insurer=own, changes__state="open").select_related("holder").distinct()[:ROWS_A_ROOM]:
        yield _item(policy, "endorse", why=policy.holder.name)
    verify, pay = (parameters().value(f"insurance.{name}_days", today) for name in ("verify", "pay"))
    for claim in Claim.objects.filter(policy__insurer=own, state__in=list(CLAIM_STEPS)).select_related("policy", "claimant")[:ROWS_A_ROOM]:
        begins, days = (claim.decided_on, pay) if claim.state == "approved" and claim.decided_on else (claim.notified_on, verify)
        amount = claim.payment_fen or sum(claim.claimed.values())
        yield _of_claim(claim, CLAIM_STEPS[claim.state], on=begins + dt.timedelta(days=days), amount_fen=amount, why=claim.claimant.name)
    drafts = (
        Tariff.objects.filter(product__insurer=own, approved_at__isnull=True).exclude(asked_by=membership.user).select_related("product")
    )
    for tariff in drafts[:ROWS_A_ROOM]:
        yield DeskItem(
            what=f"{said('note', 'tariff')} {tariff.number} · {tariff.product.name}", url=reverse("insurance_product", args=[tariff.product_id]),
            need="approve", is_scenario=tariff.product.is_scenario,
        )  # fmt: skip


def _item(policy: Policy, event: str, **more: Any) -> DeskItem:
    name = policy.number or policy.tariff.product.name
    told = {"why": claimant_of(policy).name} | more
    return DeskItem(
        what=f"{said('event', event)} · {name}", url=reverse("policy", args=[policy.pk]), is_scenario=policy.is_scenario, **told
    )


def _of_claim(claim: Claim, event: str, **more: Any) -> DeskItem:
    what = f"{said('event', event)} · {claim.number}"
    return DeskItem(what=what, url=reverse("claim", args=[claim.pk]), is_scenario=claim.is_scenario, **more)
