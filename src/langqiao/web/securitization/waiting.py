"""What of securitization waits for a member: requests of colleagues, the next step of its role, subscriptions, receipts without a claim."""

import datetime as dt
from collections.abc import Iterable, Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from langqiao.web.people.models import Membership
from langqiao.web.securitization import words
from langqiao.web.securitization.models import Transaction
from langqiao.web.securitization.selectors import period_now, roles_of, transactions_for
from langqiao.web.securitization.shown import next_of
from langqiao.web.work.desk import DeskItem

LOOKED_AT = 100
"""Transactions of an organization that are looked at, the latest first."""


def waiting(membership: Membership, today: dt.date) -> Iterable[DeskItem]:
    """The rows of the desk."""
    if not membership.may_edit:
        return []
    rows = transactions_for(membership.organization).exclude(state__in=("closed", "failed", "withdrawn"))[:LOOKED_AT]
    return [item for deal in rows.prefetch_related("parties__organization", "investors") for item in _items(deal, membership, today)]


def _items(deal: Transaction, membership: Membership, today: dt.date) -> Iterator[DeskItem]:
    url, roles = reverse("securitization", kwargs={"deal_id": deal.pk}), roles_of(deal, membership.organization)
    period = period_now(deal)
    day = None if period is None else {"open": period.until, "called": period.call_due_on}.get(period.state, period.pay_on)
    asked = deal.requests.filter(state="open", organization=membership.organization).select_related("requested_by")
    events = {one.event for one in asked}
    for one in asked:
        if one.requested_by_id != membership.user_id and membership.may_approve:
            yield _item(deal, url, one.event, need_approve=True, on=day, why=str(one.requested_by))
    for event, role in next_of(deal):
        if role not in roles or event in events or (event == "report" and period is not None and today < period.until):
            continue
        if event in {"call", "pay"} and period is not None and period.state == "reported" and (event == "call") != bool(period.call_fen):
            continue
        yield _item(deal, url, event, need_approve=False, on=day, why=words.said("role", role))
    if "servicer" in roles and period is not None and period.state == "open":
        count = period.collections.filter(asset=None, returned_why="").count()
        if count:
            what = _("%(name)s: %(n)d receipts without a claim") % {"name": deal.name, "n": count}
            yield DeskItem(what=what, url=url, on=period.until, is_scenario=deal.is_scenario)
    if deal.state == "offered" and "investor" in roles:
        own = next(one for one in deal.investors.all() if one.organization_id == membership.organization_id)
        if not own.subscriptions.exists():
            yield DeskItem(
                what=_("%(name)s is open for subscription") % {"name": deal.name}, url=url, amount_fen=None, is_scenario=deal.is_scenario
            )


def _item(deal: Transaction, url: str, event: str, *, need_approve: bool, on: dt.date | None, why: str) -> DeskItem:
    amounts = {"allocate": deal.issue_fen, "issue": deal.issue_fen, "cut": deal.pool_fen or None}
    period = period_now(deal)
    if period is not None and event in {"pay", "report"}:
        amounts[event] = period.collected_fen
    if period is not None and event in {"call", "support"}:
        amounts[event] = period.call_fen
    what = f"{deal.name} · {words.said('event', event)}"
    return DeskItem(
        what=what, url=url, need="approve" if need_approve else "act", why=why, on=on, amount_fen=amounts.get(event), is_scenario=deal.is_scenario
    )  # fmt: skip
