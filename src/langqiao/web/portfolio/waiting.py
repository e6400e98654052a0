"""What of an organization's portfolios waits on the desk: annual fees that fall due, one row a portfolio."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Count, Min, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from langqiao.web.people.models import Membership
from langqiao.web.portfolio.models import Advice, Portfolio
from langqiao.web.work.desk import DeskItem

AHEAD = dt.timedelta(days=90)


def waiting(membership: Membership, today: dt.date) -> Iterator[DeskItem]:
    """Portfolios with fees due within 90 days: how many, by when, how much, how many the figures advise to drop."""
    soon = Q(items__annuity_due_on__gte=today, items__annuity_due_on__lte=today + AHEAD)
    found = Portfolio.objects.filter(organization=membership.organization_id).annotate(
        n=Count("items", filter=soon),
        first=Min("items__annuity_due_on", filter=soon),
        fen=Sum("items__annuity_fee_fen", filter=soon),
        drop=Count("items", filter=soon & Q(items__advice=Advice.DROP)),
    )
    for portfolio in found:
        if portfolio.n:
            yield DeskItem(
                what=_("Decide on %(n)s annuities of %(name)s due within 90 days") % {"n": f"{portfolio.n:,}", "name": portfolio.name},
                why=_("the figures advise to consider dropping %(n)s") % {"n": f"{portfolio.drop:,}"} if portfolio.drop else "",
                url=f"{reverse('portfolio', args=[portfolio.pk])}?sort=annuity",
                on=portfolio.first,
                amount_fen=portfolio.fen,
            )
