"""The routes of being told, and a webhook with a failed delivery, a watch and a saved search of the first organization."""

from django.utils import timezone

from langqiao.web.notices.models import Delivery, Notice, Watch, Webhook
from langqiao.web.people.models import Role
from langqiao.web.people.sealing import seal
from langqiao.web.portfolio.models import SavedView
from tests.web.routes.who import ADMINS, ANY_ADMIN, ANY_EDITOR, ANY_MEMBER, ANYBODY, EDITORS, KEY, MEMBERS

ROUTES = {
    "notices": (ANY_MEMBER, "get", {}),
    "notices_read": (ANY_MEMBER, "post", {}),
    "notice_settings": (ANY_MEMBER, "get", {}),
    "mail_wish": (ANY_MEMBER, "post", {}),
    "webhook_new": (ANY_ADMIN, "post", {}),
    "webhook_end": (ADMINS, "post", {"webhook_id": "webhook"}),
    "delivery_again": (ADMINS, "post", {"delivery_id": "delivery"}),
    "watch_new": (ANY_EDITOR, "post", {}),
    "watch_end": (EDITORS, "post", {"watch_id": "watch"}),
    "feed_new": (MEMBERS, "post", {"view_id": "feed_view"}),
    "feed": (ANYBODY, "get", {"token": "unknown"}),
}


def owned(people):
    """One of each, of the first organization."""
    first = people["first"]
    hook = Webhook.objects.create(organization=first, url="https://example.com/", sealed_secret=seal("s"))
    notice = Notice.objects.create(organization=first, action="deal.opened", subject="deal/x", source="A secret of the first organization")
    delivery = Delivery.objects.create(notice=notice, webhook=hook, state="failed", next_at=timezone.now())
    watch = Watch.objects.create(organization=first, key=KEY, number="CN 102329749 B")
    view = SavedView.objects.create(organization=first, by=people[Role.EDITOR], name="Mine", place="search", query="q=x", is_shared=True)
    return {"webhook": hook.pk, "delivery": delivery.pk, "watch": watch.pk, "feed_view": view.pk}
