"""What securitization does: a second license of eleven firms, 301 million in two tranches as in the deal of 2019, issued and served for one date."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from langqiao.engine.kernel.dates import add_months
from langqiao.engine.operations.encumbrance import Encumbrance
from langqiao.engine.operations.outcome import Effect
from langqiao.engine.operations.scope import Scope
from langqiao.web.ledger.payments import payment_ask
from langqiao.web.rights.services import effects_apply, holding_open
from langqiao.web.scenario.cast import Company
from langqiao.web.scenario.stories import Play, named
from langqiao.web.securitization import collected, pool, services, subscription
from langqiao.web.securitization.models import Transaction

FIRMS = 11
YUAN = 301_000_000
SENIOR, JUNIOR = 285_000_000, 16_000_000
MILLION_FEN = 100_000_000
INDUSTRIES = ("新材料", "高端装备", "生物医药")
TERMS: dict[str, Any] = {
    "tranches": [
        {"name": "优先级", "rank": "senior", "balance": f"{SENIOR}.00", "rate": 0.04},
        {"name": "次级", "rank": "junior", "balance": f"{JUNIOR}.00"},
    ],
    "periods": 20, "periods_per_year": 4, "reserve": {"initial": "3000000.00", "target": "3000000.00"}, "support": {"limit": "60000000.00"},
    "fees": [{"payee": "trustee", "fixed": "20000.00"}, {"payee": "servicer", "rate": 0.001}], "tax_rate": 0.03,
    "triggers": [{"kind": "cumulative_default", "level": 0.1}, {"kind": "support_called"}],
    "curves": {"cdr": 0.01, "recovery": 0.3, "recovery_lag": 4},
}  # fmt: skip


def securitization(play: Play) -> None:
    """From the register to the first payment date."""
    arranger, lessor, trustee = play.cast["fund"], play.cast["lessor"], play.cast["bank"]
    deal = _pool(play, arranger, lessor)
    _both(deal, "cut", arranger)
    today = timezone.localdate().isoformat()
    fields = {"terms": TERMS, "issue_fen": YUAN * 100, "first_end_on": today, "pay_days": "5"}
    _step(deal, "structure", arranger, fields)
    _both(deal, "consent", lessor)
    _both(deal, "approve", trustee)
    bids = ((play.cast["insurer"], {0: SENIOR * 100}), (lessor, {1: JUNIOR * 100}))
    for company, amounts in bids:
        amount = sum(amounts.values()) + 20 * MILLION_FEN
        payment_ask(membership=company.first, direction="in", amount_fen=amount, key=uuid.uuid4().hex)
        subscription.investor_invite(deal.pk, membership=arranger.first, organization_id=company.organization.pk)
    _step(deal, "offer", arranger)
    for company, amounts in bids:
        subscription.investor_declare(
            deal.pk, membership=company.first, net_assets_fen=500 * MILLION_FEN, evidence="演示审计报告 scenario", risks_read=True
        )
        subscription.investor_confirm(deal.investors.get(organization=company.organization).pk, membership=arranger.first)
        subscription.subscribe(deal.pk, membership=company.second, amounts_fen=amounts)
    _both(deal, "allocate", arranger)
    _both(deal, "issue", trustee)
    _serve(deal, lessor, trustee)
    play.count("securitizations")


def _pool(play: Play, arranger: Company, lessor: Company) -> Transaction:
    deal = pool.transaction_open(
        membership=arranger.first, name="江州专利许可1期（演示）", vehicle="江州专利许可1期资产支持专项计划（演示）", structure="second_license",
        cut_off_on=timezone.localdate(), shape="guangkai-2019",
    )  # fmt: skip
    roles = {
        "originator": "lessor",
        "servicer": "lessor",
        "trustee": "bank",
        "support": "guarantor",
        "appraiser": "appraiser",
        "rating": "rating",
    }
    for role, word in roles.items():
        pool.party_set(deal.pk, membership=arranger.first, role=role, organization_id=play.cast[word].organization.pk)
    each = YUAN // FIRMS
    for number in range(1, FIRMS + 1):
        firm = f"许可企业{number:02d}（演示）"
        key = _licensed(play.keys.pop(), firm, lessor.organization.name)
        balance = each if number < FIRMS else YUAN - each * (FIRMS - 1)
        row = {
            "claim": f"XK-{number:02d}", "obligor": firm, "industry": INDUSTRIES[number % 3], "region": "江州", "balance": f"{balance}.00", "rate": "6.2%",
            "payments": "20", "months": "3", "begins": add_months(timezone.localdate(), -3).isoformat(), "method": "level", "patents": named(key).number,
        }  # fmt: skip
        pool.asset_add(deal.pk, membership=arranger.first, row=row)
    return deal


def _licensed(key: str, firm: str, lessor: str) -> str:
    """The record of the right: the firm owns it, the lessor has the exclusive license, the firm has its license back within it."""
    day = timezone.localdate()
    head = Encumbrance(kind="exclusive_license", scope=Scope(start=day), holder=lessor, reference=f"scenario-exclusive-{key}")
    back = Encumbrance(kind="ordinary_license", scope=Scope(start=day), holder=firm, reference=f"scenario-back-{key}")
    effects = [
        Effect(patent=key, kind="owner_changed", on=day, party=firm, reference=f"scenario-owner-{key}"),
        Effect(patent=key, kind="burden_added", on=day, burden=head, party=lessor, reference=head.reference),
        Effect(patent=key, kind="burden_added", on=day, burden=back, party=firm, reference=back.reference, under=head.reference),
    ]
    with transaction.atomic():
        holding_open(key)
        effects_apply(effects, deal=f"scenario-{key}", by=None)
    return key


def _step(deal: Transaction, event: str, company: Company, fields: Mapping[str, Any] | None = None, *, second: bool = False) -> None:
    services.transaction_advance(
        deal.pk, event, membership=company.second if second else company.first, key=uuid.uuid4().hex, fields=fields
    )
    deal.refresh_from_db()


def _both(deal: Transaction, event: str, company: Company) -> None:
    services.transaction_request(deal.pk, event, membership=company.first)
    _step(deal, event, company, second=True)


def _serve(deal: Transaction, lessor: Company, trustee: Company) -> None:
    """The first date: every firm pays what is due, the servicer reports, the trustee pays."""
    day = timezone.localdate()
    rows = []
    for asset in deal.assets.all():
        first = asset.flows.order_by("number")[0]
        due = first.principal_fen + first.interest_fen
        rows.append({"claim": asset.claim, "on": day.isoformat(), "amount": f"{due // 100}.{due % 100:02d}", "ref": f"SK-{asset.claim}-1"})
    collected.collections_enter(deal.pk, membership=lessor.first, rows=rows, key="first")
    _both(deal, "report", lessor)
    _both(deal, "pay", trustee)
