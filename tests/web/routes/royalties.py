"""The routes of royalties, and a statement, a distribution and a share of the first organization."""

import datetime as dt

from django.utils import timezone

from langqiao.web.deals.models import Deal
from langqiao.web.people.models import Organization, Role
from langqiao.web.royalties.models import Distribution, InventorShare, RoyaltyStatement
from tests.web.routes.who import ANY_EDITOR, ANY_MEMBER, APPROVERS, EDITORS, KEY, LOGGED_IN, MEMBERS, Rule

LICENSEE = Rule(opens=frozenset(), hides=frozenset({"other", "office", "platform"}), asks=False)
"""What the licensee alone does: the licensor, whose records these are, is refused."""
ROUTES = {
    "royalties": (ANY_MEMBER, "get", {}),
    "my_income": (LOGGED_IN, "get", {}),
    "inventor_rule": (ANY_EDITOR, "post", {}),
    "royalty_license": (MEMBERS, "get", {"deal_id": "royalty_deal"}),
    "royalty_state": (LICENSEE, "post", {"deal_id": "royalty_deal"}),
    "royalty_distribute": (EDITORS, "post", {"deal_id": "royalty_deal"}),
    "royalty_pay": (LICENSEE, "post", {"statement_id": "royalty_statement"}),
    "royalty_audit": (EDITORS, "post", {"statement_id": "royalty_statement"}),
    "distribution_decide": (EDITORS, "post", {"distribution_id": "distribution", "answer": "decline"}),
    "share_paid": (APPROVERS, "post", {"share_id": "inventor_share"}),
}


def owned(people):
    """A license that the first organization has given, and what came of it."""
    fourth, by, now = Organization.objects.create(name="Fourth"), people[Role.EDITOR], timezone.now()
    terms = {"license": {"royalty": {"rate": "0.05"}}}
    deal = Deal.objects.create(
        kind="license_ordinary", state="settled", seller=people["first"], buyer=fourth, terms=terms, effective_on=dt.date(2025, 1, 1),
        label="A secret of the first organization",
    )  # fmt: skip
    deal.patents.create(key=KEY)
    statement = RoyaltyStatement.objects.create(
        deal=deal, number=1, since=dt.date(2025, 1, 1), until=dt.date(2026, 1, 1), due_on=dt.date(2026, 1, 31), net_sales_fen=100, earned_fen=5,
        due_fen=5, stated_by=by, stated_at=now,
    )  # fmt: skip
    made = Distribution.objects.create(
        organization=people["first"],
        deal=deal,
        income_fen=100,
        share="1/2",
        net_fen=100,
        inventors_fen=50,
        owner_fen=50,
        proposed_by=by,
        proposed_at=now,
    )
    share = InventorShare.objects.create(distribution=made, name="甲", share="1", amount_fen=50)
    return {"royalty_deal": deal.pk, "royalty_statement": statement.pk, "distribution": made.pk, "inventor_share": share.pk}
