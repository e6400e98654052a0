"""Saved views of results and of portfolio tables: read, saved, deleted; a member sees their own and what colleagues share."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _

from langqiao.data.search.index import FILTER_FIELDS
from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.patents.finding import DAYS
from langqiao.web.people.models import Membership, User
from langqiao.web.people.session import must_edit
from langqiao.web.portfolio.models import Portfolio, SavedView, ViewPlace
from langqiao.web.portfolio.selectors import NARROWING

VIEWS_MAX = 200
"""Of one member in one organization."""
QUERY_MAX_CHARS = 4_000
NAME_MAX_CHARS = 80
PARAMETERS = {
    ViewPlace.SEARCH: {"q", *FILTER_FIELDS, *DAYS, "mode", "order", "col"},
    ViewPlace.PORTFOLIO: {"q", *NARROWING, "sort", "col"},
}
"""What of an address a view keeps, by place; the page number is not among it."""


def views_list(*, membership: Membership, place: str, portfolio: Portfolio | None = None) -> Sequence[SavedView]:
    """The member's own views of a list and those colleagues share, by name."""
    found = SavedView.objects.filter(organization=membership.organization_id, place=place, portfolio=portfolio)
    return list(found.filter(Q(by=membership.user_id) | Q(is_shared=True)).select_related("by"))


def query_kept(text: str, place: str) -> str:
    """The parts of an address that a view keeps, in a settled order."""
    given = QueryDict(text[:QUERY_MAX_CHARS])
    kept = QueryDict(mutable=True)
    for name in sorted(PARAMETERS[ViewPlace(place)]):
        values = [value for value in given.getlist(name) if value]
        if values:
            kept.setlist(name, values)
    return kept.urlencode()


@transaction.atomic
def view_save(*, membership: Membership, by: User, name: str, place: str, query: str, **more: Any) -> SavedView:
    """Saves a view under a name; the member's own view of that name is replaced. `portfolio` for a table, `shared` for everybody in the organization.

    Refused (name_missing, too_many_views), and (not_allowed) where a reader shares.
    """
    portfolio, shared = more.get("portfolio"), bool(more.get("shared"))
    if shared:
        must_edit(membership)
    name = " ".join(name.split())
    if not name or len(name) > NAME_MAX_CHARS:
        raise Refusal("name_missing", _("Give the view a name of at most 80 characters."))
    own = SavedView.objects.select_for_update().filter(organization=membership.organization, by=by)
    same = own.filter(place=place, portfolio=portfolio, name=name).first()
    if same is None and own.count() >= VIEWS_MAX:
        raise Refusal("too_many_views", _("You have %(n)d saved views; delete one first.") % {"n": VIEWS_MAX})
    view = same or SavedView(organization=membership.organization, by=by, place=place, portfolio=portfolio, name=name)
    view.query, view.is_shared = query_kept(query, place), shared
    view.save()
    return view


@transaction.atomic
def view_delete(*, membership: Membership, view_id: int) -> SavedView:
    """Deletes one's own view, or as an editor a shared one. Refused (not_found) for what the member does not see, (not_allowed) for a reader."""
    view = SavedView.objects.select_for_update().filter(pk=view_id, organization=membership.organization).first()
    if view is None or (view.by_id != membership.user_id and not view.is_shared):
        raise Refusal("not_found", _("There is no such view in your organization."))
    if view.by_id != membership.user_id:
        must_edit(membership)
    SavedView.objects.filter(pk=view.pk).delete()
    return view
