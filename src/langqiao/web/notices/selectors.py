"""Reads of being told: an organization's notices, what is unread, webhooks with their deliveries, watches, feeds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Subquery
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.utils.translation import gettext as _

from langqiao.web.market.selectors import page_of
from langqiao.web.notices.models import Delivery, Feed, MailWish, Notice, NoticeRead, Watch, Webhook
from langqiao.web.notices.words import ACTIONS, address_of, sentence
from langqiao.web.people.models import Membership
from langqiao.web.portfolio.models import SavedView

UNREAD_SHOWN_MAX = 99


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A notice as the page shows it."""

    notice: Notice
    words: str
    address: str
    detail: str
    fresh: bool


def last_read(membership: Membership) -> int:
    """Up to which notice the member has read."""
    found = NoticeRead.objects.filter(user=membership.user, organization=membership.organization).values_list("last_id", flat=True).first()
    return found or 0


def unread_count(membership: Membership) -> int:
    """How many notices the member has not read, at most 100 counted."""
    read = NoticeRead.objects.filter(user=membership.user, organization=membership.organization).values("last_id")[:1]
    found = Notice.objects.filter(organization=membership.organization, id__gt=Coalesce(Subquery(read), 0))
    return len(found.values_list("pk", flat=True)[: UNREAD_SHOWN_MAX + 1])


def notices_page(membership: Membership, given: QueryDict) -> dict[str, Any]:
    """A page of the organization's notices, newest first."""
    found = Notice.objects.filter(organization=membership.organization)
    if given.get("action") in ACTIONS:
        found = found.filter(action=given["action"])
    shown = page_of(found, given)
    read = last_read(membership)
    lines = [line_of(notice, read) for notice in shown.rows]  # type: ignore[arg-type]
    return {"shown": shown, "lines": lines, "page_count": shown.page_count, "newest": max((line.notice.pk for line in lines), default=0)}


def line_of(notice: Notice, read: int) -> Line:
    """A notice in words."""
    facts = notice.facts
    detail = {
        "reminder.annuity": lambda: _("patent year %(year)s") % {"year": facts.get("code", "")},
        "watch.status": lambda: str(facts.get("number", "")),
        "search.new": lambda: _("%(name)s: %(n)s new") % {"name": facts.get("name", ""), "n": facts.get("n", "")},
    }.get(notice.action, lambda: "")()
    return Line(
        notice=notice, words=sentence(notice.action), address=address_of(notice.subject, facts), detail=detail, fresh=notice.pk > read
    )


def wish_of(membership: Membership) -> str:
    """What the member gets by mail; nothing unless wished."""
    found = MailWish.objects.filter(user=membership.user, organization=membership.organization).values_list("what", flat=True).first()
    return found or "nothing"


def webhooks_of(membership: Membership) -> Sequence[Webhook]:
    """The organization's webhooks that work; for administrators."""
    return list(Webhook.objects.filter(organization=membership.organization, is_active=True)) if membership.may_govern else []


def deliveries_of(membership: Membership) -> Sequence[Delivery]:
    """The latest deliveries to the organization's webhooks."""
    if not membership.may_govern:
        return []
    found = Delivery.objects.filter(webhook__organization=membership.organization, webhook__is_active=True)
    return list(found.select_related("notice", "webhook")[:50])


def watches_of(membership: Membership) -> Sequence[Watch]:
    """The rights the organization watches."""
    return list(Watch.objects.filter(organization=membership.organization)[:500])


def searches_of(membership: Membership) -> Sequence[tuple[SavedView, Feed | None]]:
    """The member's saved searches with their feeds."""
    found = SavedView.objects.filter(organization=membership.organization, by=membership.user, place="search").select_related("feed")
    return [(view, getattr(view, "feed", None)) for view in found]
