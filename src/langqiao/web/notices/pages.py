"""The pages of being told: notices, what to be told of and how, webhooks with their deliveries, feeds of saved searches."""

import datetime as dt
import uuid
from xml.sax.saxutils import escape

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from langqiao.web.common.links import safe_next
from langqiao.web.market.pages_change import user_of
from langqiao.web.market.patents import number_of
from langqiao.web.notices import selectors, services, watching
from langqiao.web.notices.models import Feed
from langqiao.web.notices.words import ACTIONS
from langqiao.web.people.models import Membership
from langqiao.web.people.session import member_page


@require_safe
@member_page
def notices(request: HttpRequest, membership: Membership) -> HttpResponse:
    """What the organization was told, newest first."""
    context = {"room": "notices", "membership": membership, "actions": ACTIONS, **selectors.notices_page(membership, request.GET)}
    return render(request, "notices/notices.html", context)


@require_POST
@member_page
def read(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Marks everything up to a notice as read."""
    raw = request.POST.get("last", "")
    services.notices_read(membership=membership, last_id=int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 19 else 0)
    return redirect("notices")


@require_safe
@member_page
def settings(request: HttpRequest, membership: Membership) -> HttpResponse:
    """What to be told of and how."""
    return render(request, "notices/settings.html", _settings(membership))


def _settings(membership: Membership) -> dict[str, object]:
    return {
        "room": "notices",
        "membership": membership,
        "wish": selectors.wish_of(membership),
        "wishes": (("nothing", _("nothing")), ("deadlines", _("deadlines only")), ("everything", _("everything"))),
        "webhooks": selectors.webhooks_of(membership),
        "deliveries": selectors.deliveries_of(membership),
        "watches": selectors.watches_of(membership),
        "searches": selectors.searches_of(membership),
        "actions": ACTIONS,
    }


@require_POST
@member_page
def wish(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Chooses what comes by mail."""
    services.wish_set(membership=membership, what=request.POST.get("what", ""))
    messages.success(request, _("Your choice is kept."))
    return redirect("notice_settings")


@require_POST
@member_page
def webhook_new(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Makes a webhook; the page that follows shows its secret once."""
    url, actions = request.POST.get("url", "").strip()[:500], request.POST.getlist("actions")
    hook, secret = services.webhook_make(membership=membership, url=url, actions=actions, by=user_of(request))
    return render(request, "notices/settings.html", {**_settings(membership), "new_hook": hook, "secret": secret})


@require_POST
@member_page
def webhook_end(request: HttpRequest, membership: Membership, webhook_id: uuid.UUID) -> HttpResponse:
    """Ends a webhook."""
    services.webhook_end(membership=membership, webhook_id=webhook_id, by=user_of(request))
    return redirect("notice_settings")


@require_POST
@member_page
def delivery_again(_request: HttpRequest, membership: Membership, delivery_id: uuid.UUID) -> HttpResponse:
    """Sends a failed delivery again."""
    services.delivery_again(membership=membership, delivery_id=delivery_id)
    return redirect("notice_settings")


@require_POST
@member_page
def watch_new(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Watches a right."""
    made = watching.watch_add(membership=membership, number=request.POST.get("number", ""), by=user_of(request))
    messages.success(request, _("%(number)s is watched: a change of its status or burdens is told here.") % {"number": made.number})
    return redirect(safe_next(request, fallback="notice_settings"))


@require_POST
@member_page
def watch_end(_request: HttpRequest, membership: Membership, watch_id: int) -> HttpResponse:
    """Stops watching a right."""
    watching.watch_end(membership=membership, watch_id=watch_id)
    return redirect("notice_settings")


@require_POST
@member_page
def feed_new(request: HttpRequest, membership: Membership, view_id: int) -> HttpResponse:
    """Gives a saved search an address for feed readers; shown once, a new one ends the old."""
    feed, token = watching.feed_make(membership=membership, view_id=view_id)
    address = request.build_absolute_uri(reverse("feed", kwargs={"token": token}))
    return render(request, "notices/settings.html", {**_settings(membership), "feed": feed, "feed_address": address})


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """A saved search as RSS 2.0: whoever has the address reads it, so the address is long and can be renewed."""
    found = Feed.objects.select_related("view").filter(token_hash=watching.hashed(token)).first()
    if found is None:
        raise Http404
    items = "".join(_item(request, hit) for hit in watching.feed_hits(found.view))
    link = request.build_absolute_uri(reverse("search") + f"?{found.view.query}")
    body = (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>'
        f"<title>{escape(found.view.name)} · Langqiao</title><link>{escape(link)}</link>"
        f"<description>{escape(found.view.query)}</description>"
        f"<lastBuildDate>{timezone.now().strftime('%a, %d %b %Y %H:%M:%S %z')}</lastBuildDate>{items}</channel></rss>"
    )
    return HttpResponse(body, content_type="application/rss+xml; charset=utf-8")


def _item(request: HttpRequest, hit: object) -> str:
    key, title = getattr(hit, "key", ""), str(getattr(hit, "title", "")).replace("<b>", "").replace("</b>", "")
    link = request.build_absolute_uri(reverse("patent", kwargs={"key": key}))
    number = getattr(hit, "published", None)
    day = dt.date(number // 10_000, number // 100 % 100, number % 100) if isinstance(number, int) and number > 0 else None
    published = f"<pubDate>{day.strftime('%a, %d %b %Y 00:00:00 +0000')}</pubDate>" if day else ""
    return (
        f"<item><title>{escape(number_of(key))} {title}</title><link>{escape(link)}</link>"
        f'<guid isPermaLink="false">{escape(key)}</guid>{published}</item>'
    )
