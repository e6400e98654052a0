"""The facts that a premium depends on: from the record of a patent, from the insurer's own experience, or declared by who asks."""

import datetime as dt
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from langqiao.engine.insurance.cover import KINDS
from langqiao.engine.insurance.pricing import Ask, Fact
from langqiao.web.common.lake import organization_lake, site_lake
from langqiao.web.insurance.models import Claim, InsuredPatent, Policy, Product
from langqiao.web.insurance.selectors import facts_plain
from langqiao.web.market.patents import Named
from langqiao.web.patents.records import dossier
from langqiao.web.people.models import Organization

DECLARABLE = ("product_revenue_fen", "earlier_suits", "independent_claims", "family_size", "technology")
YEAR_DAYS = 365


def patent_facts(key: str, organization: Organization) -> dict[str, Fact]:
    """What the lake knows of a patent: class, independent claims, family members; what it does not hold is absent, not zero."""
    found: dict[str, Fact] = {}
    for lake in (site_lake(), organization_lake(organization.pk)):
        patent = dossier(lake, key)
        if patent is None:
            continue
        classes = [row["symbol"] for row in patent.classifications if row["scheme"] in {"ipc", "locarno"}]
        independent = [row for row in patent.claims if not row["depends_on"]]
        members = {(row["office"], row["number"]) for row in patent.family}
        if classes:
            found.setdefault("technology", Fact(value=str(classes[0]), origin="record"))
        if independent:
            found.setdefault("independent_claims", Fact(value=len(independent), origin="record"))
        if members:
            found.setdefault("family_size", Fact(value=len(members), origin="record"))
    return found


def declared_facts(given: Mapping[str, Any]) -> dict[str, Fact]:
    """The facts that the holder declared."""
    return {name: Fact(value=given[name], origin="declared") for name in DECLARABLE if given.get(name) not in (None, "")}


def units_of(named: Sequence[Named], organization: Organization, count: int) -> dict[str, dict[str, Fact]]:
    """The exposure: patents with their facts, or numbered units."""
    if named:
        return {one.key: patent_facts(one.key, organization) for one in named}
    return {str(number): {} for number in range(1, count + 1)}


def experience(product: Product, day: dt.date) -> tuple[int, Fraction]:
    """(claims that were not withdrawn, years of insured units until a day) of a product: what its credibility rests on."""
    years = Fraction(0)
    policies = Policy.objects.filter(tariff__product=product, paid_fen__gt=0).prefetch_related("patents")
    for policy in policies:
        end = min(policy.cover_until, day)
        if end > policy.since:
            years += Fraction(max(1, policy.units) * (end - policy.since).days, YEAR_DAYS)
    return Claim.objects.filter(policy__tariff__product=product).exclude(state="withdrawn").count(), years


def ask_of(policy: Policy, patents: Sequence[InsuredPatent | Named], day: dt.date, *, limit_fen: int | None) -> Ask:
    """The question of an endorsement: the policy's own facts and limit with another list of patents."""
    facts = {name: Fact(value=_read(name, value), origin=origin) for name, (value, origin) in policy.declared.items()}
    units = {one.key: (_stored(one.facts) if isinstance(one, InsuredPatent) else patent_facts(one.key, policy.holder)) for one in patents}
    return Ask(units=units, facts=facts, limit_fen=limit_fen, months=policy.months, experience=experience(policy.tariff.product, day))


def _stored(facts: Mapping[str, Any]) -> dict[str, Fact]:
    return {name: Fact(value=_read(name, value), origin=origin) for name, (value, origin) in facts.items()}


def _read(name: str, value: Any) -> Any:
    return value if name == "technology" else int(value)


def stored(facts: Mapping[str, Fact]) -> dict[str, Any]:
    """Facts as a row keeps them."""
    return facts_plain(facts)


def declares(kind: str) -> bool:
    """Whether the exposure of a kind is a number that the holder declares."""
    return KINDS[kind].unit == "declared"
