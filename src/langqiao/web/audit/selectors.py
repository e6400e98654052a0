"""Reads of the record: which records a membership may see, one of them, the list with its filters, the heads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.audit.models import Chain, Record, RecordReader, TreeHead
from langqiao.web.people.models import Membership, OrganizationKind, OrganizationMerge, User

PAGE_SIZE = 50
SEE_ALL = frozenset({OrganizationKind.OFFICE, OrganizationKind.PLATFORM})
"""Kinds of organizations whose members see every record, once the organization is verified."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsQuery:
    """What a list asks for: the beginnings of action and subject, an actor, the record before which the page begins.

    `own`: what concerns the reader's own account (log-ins, factors) instead of the organization.
    """

    action: str = ""
    subject: str = ""
    actor: str = ""
    before: int | None = None
    own: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsPage:
    """A page of the list; `next_before` leads to the older ones and is None on the last page."""

    records: Sequence[Record]
    next_before: int | None


def sees_all(membership: Membership) -> bool:
    """Whether the membership reads the whole record."""
    return membership.organization.kind in SEE_ALL and membership.organization.is_verified


def records_for(membership: Membership) -> QuerySet[Record]:
    """The records a membership may read, newest first."""
    found = Record.objects.all()
    return found if sees_all(membership) else found.filter(pk__in=_read_by(membership))


def _read_by(membership: Membership) -> QuerySet[RecordReader, int]:
    """The numbers of the records of the organization and of those that became part of it, whose records name them for good."""
    wanted, found = {membership.organization_id}, {membership.organization_id}
    while wanted:
        wanted = set(OrganizationMerge.objects.filter(target_id__in=wanted).values_list("source_id", flat=True)) - found
        found |= wanted
    return RecordReader.objects.filter(organization_id__in=found).values_list("record_id", flat=True)


def records_of_person(user: User) -> QuerySet[Record]:
    """The records about a person's own account."""
    return Record.objects.filter(subject=f"user/{user.pk}")


def records_page(membership: Membership, query: RecordsQuery) -> RecordsPage:
    """A page of the list, by number downward, so that later pages cost what the first one costs."""
    found = records_of_person(membership.user) if query.own else records_for(membership)
    if query.before is not None:
        found = found.filter(seq__lt=query.before)
    if query.action:
        found = found.filter(action__startswith=query.action)
    if query.subject:
        found = found.filter(subject__startswith=query.subject)
    if query.actor:
        found = found.filter(actor=query.actor)
    rows = list(found[: PAGE_SIZE + 1])
    return RecordsPage(records=rows[:PAGE_SIZE], next_before=rows[PAGE_SIZE - 1].seq if len(rows) > PAGE_SIZE else None)


def record_get(membership: Membership, seq: int) -> Record:
    """A record. Refused (not_found) where the membership may not read it: whether it exists is then not told."""
    found = records_for(membership).filter(pk=seq).first() or records_of_person(membership.user).filter(pk=seq).first()
    if found is None:
        raise Refusal("not_found", _("There is no such record that your organization may read."))
    return found


def actors_of(records: Sequence[Record], membership: Membership) -> Mapping[str, str]:
    """The names of the actors the reader may know: all for who sees all, else colleagues of their own organization."""
    keys = {int(record.actor.removeprefix("user/")) for record in records if record.actor.removeprefix("user/").isdigit()}
    users = User.objects.filter(pk__in=keys)
    if not sees_all(membership):
        users = users.filter(memberships__organization_id=membership.organization_id)
    return {f"user/{user.pk}": str(user) for user in users.distinct()}


def heads_list(limit: int = 100) -> Sequence[TreeHead]:
    """The newest signed heads with their keys."""
    return list(TreeHead.objects.select_related("key")[:limit])


def record_size() -> int:
    """How many records there are."""
    return Chain.objects.values_list("size", flat=True).get(pk=1)
