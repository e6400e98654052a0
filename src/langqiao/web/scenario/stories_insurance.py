"""What insurance does: an insurer's approved tariff with invented figures, a policy with a subsidy, a claim notified and reserved."""

import uuid
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from langqiao.web.insurance import papers, quoting, services, tariffs
from langqiao.web.insurance.models import Policy
from langqiao.web.ledger.payments import payment_ask
from langqiao.web.rights.selectors import holdings_owned
from langqiao.web.scenario.cast import Company
from langqiao.web.scenario.stories import CERTIFICATE, Play

SOURCE = "演示场景：虚构的数值 scenario: an invented figure"
FIGURES = {
    "frequency_low": "0.01", "frequency": "0.02", "frequency_high": "0.04", "deductible_fen": "500000", "coinsurance": "0.1",
    "limit_min_fen": "5000000", "limit_max_fen": "100000000", "expense": "0.25", "profit": "0.05", "minimum_premium_fen": "100000",
    "waiting_days": "0", "retroactive_days": "0", "valid_days": "30", "credibility_k": "100",
}  # fmt: skip
BANDS = [["0", "1"], ["2", "1.4"], ["", "2"]]


def insurance(play: Play) -> None:
    """A product, a policy in force with its subsidy, a quote that waits, and a claim under assessment."""
    insurer, holder, payer = play.cast["insurer"], play.cast["institute"], play.cast["office"]
    product = tariffs.product_open(membership=insurer.first, kind="enforcement_cost", name="专利执行保险（演示）")
    values = {
        "mode": "rated", "figures": {name: {"value": value, "source": SOURCE} for name, value in FIGURES.items()},
        "severity": {"kind": "table", "basis": "fen", "rows": [["10000000", "0.7"], ["50000000", "0.3"]], "source": SOURCE},
        "factors": [{"fact": "earlier_suits", "bands": BANDS, "source": SOURCE}],
    }  # fmt: skip
    tariff = tariffs.tariff_ask(product.pk, membership=insurer.first, values=values, since=play.day(0))
    tariffs.tariff_approve(tariff.pk, membership=insurer.second)
    for company, amount_yuan in ((insurer, 2_000_000), (holder, 100_000), (payer, 100_000)):
        payment_ask(membership=company.first, direction="in", amount_fen=amount_yuan * 100, key=uuid.uuid4().hex)
    keys = [holding.key for holding in holdings_owned(holder.organization)[:2]]
    fields = {
        "product": str(product.pk), "patents": "\n".join(keys), "limit_fen": 300_000_00, "since": play.day(0).isoformat(), "earlier_suits": 1,
    }  # fmt: skip
    policy = quoting.quote_make(membership=holder.first, fields=fields)
    _step(policy, "ask_subsidy", holder, payer=str(payer.organization.pk), rate="50%")
    _both(policy, "grant", payer)
    _step(policy, "accept", holder)
    _both(policy, "underwrite", insurer)
    _both(policy, "pay", holder)
    quoting.quote_make(membership=holder.first, fields=fields | {"patents": keys[0], "limit_fen": 100_000_00})
    play.count("insurance policies")
    _claim(play, policy, keys[0], insurer=insurer, holder=holder)


def _claim(play: Play, policy: Policy, key: str, *, insurer: Company, holder: Company) -> None:
    given = {
        "incident_on": play.day(0).isoformat(),
        "patent": key,
        "legal_fen": 80_000_00,
        "description": "演示场景：虚构的侵权诉讼 scenario: an invented suit",
    }
    claim = services.claim_notify(policy.pk, membership=holder.first, fields=given)
    for kind in ("case_acceptance", "invoice"):
        papers.paper_add(claim.pk, membership=holder.first, kind=kind, file=SimpleUploadedFile(f"{kind}-scenario.pdf", CERTIFICATE))
    reserve = {"reserve_fen": 60_000_00, "reason": "演示 scenario"}
    services.claim_advance(claim.pk, "reserve", membership=insurer.first, key=uuid.uuid4().hex, fields=reserve)
    services.claim_request(claim.pk, "approve", membership=insurer.first, fields={"legal_fen": 70_000_00, "reason": "演示 scenario"})
    play.count("insurance claims")


def _step(policy: Policy, event: str, who: Company, **fields: Any) -> None:
    services.policy_advance(policy.pk, event, membership=who.first, key=uuid.uuid4().hex, fields=fields)


def _both(policy: Policy, event: str, who: Company) -> None:
    services.policy_request(policy.pk, event, membership=who.first)
    services.policy_advance(policy.pk, event, membership=who.second, key=uuid.uuid4().hex)
