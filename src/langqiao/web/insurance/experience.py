"""An insurer's experience from the books and the claims: loss ratio by product and year, and the triangle of incurred claims."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, Sum

from langqiao.engine.insurance.experience import LossRatio, loss_ratio, triangle
from langqiao.engine.insurance.experience import Movement as Cost
from langqiao.web.insurance.models import Movement, Policy, Product
from langqiao.web.ledger.models import Transfer
from langqiao.web.people.models import Organization


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The loss ratio of a product in a year."""

    product: Product
    year: int
    found: LossRatio


def costs_of(product: Product) -> list[Cost]:
    """Every change of what the claims of a product cost."""
    rows = Movement.objects.filter(claim__policy__tariff__product=product).select_related("claim")
    return [
        Cost(
            claim=str(one.claim_id), incident=one.claim.incident_on, on=one.on, paid_fen=one.paid_fen, reserve_fen=one.reserve_fen,
            recovered_fen=one.recovered_fen,
        )
        for one in rows
    ]  # fmt: skip


def earned_between(policies: Sequence[Policy], since: dt.date, until: dt.date) -> int:
    """Premium earned in a period by the books: what came into the premium income of these policies on its business days."""
    keys = [str(one.pk) for one in policies]
    rows = Transfer.objects.filter(
        credit__purpose="premium_income", credit__ref__in=keys, business_date__gt=since, business_date__lte=until
    )
    return rows.aggregate(sum=Sum("amount_fen"))["sum"] or 0


def periods_of(insurer: Organization, today: dt.date) -> list[Period]:
    """Loss ratios by product and year of the incident, the latest year first; years with neither premium nor claim are left out."""
    found = []
    for product in Product.objects.filter(insurer=insurer):
        policies = list(Policy.objects.filter(tariff__product=product).filter(Q(paid_fen__gt=0) | Q(earned_fen__gt=0)))
        costs = costs_of(product)
        first = min([one.since.year for one in policies] + [one.incident.year for one in costs], default=today.year)
        for year in range(today.year, first - 1, -1):
            since, until = dt.date(year, 1, 1), dt.date(year + 1, 1, 1)
            count = sum(1 for one in policies if one.since < until and one.cover_until > since)
            earned = earned_between(policies, since, until)
            ratio = loss_ratio(costs, earned_fen=earned, policies=count, since=since, until=until)
            if count or ratio.claims:
                found.append(Period(product=product, year=year, found=ratio))
    return found


def triangles_of(insurer: Organization, today: dt.date) -> list[tuple[Product, list[tuple[int, list[int]]]]]:
    """Incurred cost by year of the incident and age, for each product with claims."""
    rows = [(product, triangle(costs_of(product), until=today)) for product in Product.objects.filter(insurer=insurer)]
    return [(product, found) for product, found in rows if found]
