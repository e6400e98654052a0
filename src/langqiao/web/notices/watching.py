"""What is watched without anybody acting: rights whose status changes, saved searches that find more, days that come near."""

import hashlib
import secrets
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.common.lake import organization_lake, site_lake
from langqiao.web.market.patents import patents_named
from langqiao.web.notices.models import Feed, Watch
from langqiao.web.notices.services import notice_write
from langqiao.web.patents.finding import Query, patents_find, query_read
from langqiao.web.people.models import Membership, User
from langqiao.web.people.session import must_edit
from langqiao.web.portfolio.models import SavedView
from langqiao.web.rights.seen import seen_by

WATCHES_MAX = 2_000
SEEN_MAX = 500


@transaction.atomic
def watch_add(*, membership: Membership, number: str, by: User) -> Watch:
    """Watches one right, named in any form; a second time changes nothing."""
    must_edit(membership)
    named, unknown = patents_named(number, membership.organization)
    if len(named) != 1 or unknown:
        raise Refusal("patents_missing", _("Write one patent number that the lake holds, in any form."))
    if Watch.objects.filter(organization=membership.organization).count() >= WATCHES_MAX:
        raise Refusal("too_many_watches", _("An organization watches at most %(n)d rights.") % {"n": WATCHES_MAX})
    status, burdens = _told(named[0].key)
    watch, _made = Watch.objects.get_or_create(
        organization=membership.organization,
        key=named[0].key,
        defaults={"number": named[0].number, "by": by, "status": status, "burdens": burdens},
    )
    return watch


def watch_end(*, membership: Membership, watch_id: int) -> None:
    """Stops watching."""
    must_edit(membership)
    deleted, _by_table = Watch.objects.filter(pk=watch_id, organization=membership.organization).delete()
    if not deleted:
        raise Refusal("not_found", _("Your organization does not watch this."))


def _told(key: str) -> tuple[str, str]:
    """(status, kinds of burdens) of a right today, as far as everybody may see them."""
    held = seen_by(None, key).held
    return held.view.status, ",".join(sorted({burden.kind for burden in held.standing.encumbrances}))[:300]


def watches_look() -> int:
    """The duty: tells every organization whose watched right has another status or other burdens than last told; returns how many."""
    told, today = 0, timezone.localdate()
    for watch in Watch.objects.order_by("pk").iterator(chunk_size=500):
        try:
            status, burdens = _told(watch.key)
        except Refusal:
            status, burdens = "unknown", ""
        if (status, burdens) == (watch.status, watch.burdens):
            continue
        with transaction.atomic():
            facts = {"number": watch.number, "from": watch.status, "to": status, "burdens_from": watch.burdens, "burdens_to": burdens}
            source = f"watch/{watch.key}/{today}/{status}/{hashlib.sha256(burdens.encode()).hexdigest()[:8]}"
            told += notice_write(
                organization_id=watch.organization_id, action="watch.status", subject=f"right/{watch.key}", source=source, facts=facts
            )
            Watch.objects.filter(pk=watch.pk).update(status=status, burdens=burdens)
    return told


def feed_make(*, membership: Membership, view_id: int) -> tuple[Feed, str]:
    """(feed, its token in clear) of one's own or a shared saved search; a new token ends the old address."""
    visible = SavedView.objects.filter(Q(by=membership.user) | Q(is_shared=True), organization=membership.organization, place="search")
    view = visible.filter(pk=view_id).first()
    if view is None:
        raise Refusal("not_found", _("There is no such saved search."))
    token = secrets.token_urlsafe(24)
    feed, _made = Feed.objects.update_or_create(view=view, defaults={"token_hash": hashed(token)})
    return feed, token


def hashed(token: str) -> str:
    """Under which a feed's token is kept."""
    return hashlib.sha256(token.encode()).hexdigest()


def feed_query(view: SavedView) -> Query:
    """The search of a view, newest publications first, where the view gives no order of its own."""
    given = QueryDict(view.query, mutable=True)
    given["order"] = given.get("order") or "newest"
    return replace(query_read(given), mode="words", page=1)


def feed_hits(view: SavedView) -> list[Any]:
    """The first page of what the search finds now, in the site's lake and the organization's."""
    found = []
    for lake in (site_lake(), organization_lake(view.organization_id)):
        answer = patents_find(lake, feed_query(view))
        found += list(answer.results.hits) if answer else []
    return found


def searches_look() -> int:
    """The duty: tells of new patents that saved searches with a feed find; the first look only remembers. Returns how many were told."""
    told, now = 0, timezone.now()
    for feed in Feed.objects.select_related("view__by"):
        keys = [hit.key for hit in feed_hits(feed.view)]
        fresh = [key for key in keys if key not in set(feed.seen)]
        with transaction.atomic():
            if fresh and feed.looked_at is not None:
                digest = hashlib.sha256("\n".join(fresh).encode()).hexdigest()[:16]
                told += notice_write(
                    organization_id=feed.view.organization_id,
                    action="search.new",
                    subject=f"search/{feed.view_id}",
                    source=f"search/{feed.view_id}/{digest}",
                    facts={"name": feed.view.name, "n": len(fresh), "keys": fresh[:10], "address": f"/search?{feed.view.query}"},
                )
            Feed.objects.filter(pk=feed.pk).update(seen=[*fresh, *feed.seen][:SEEN_MAX], looked_at=now)
    return told
