"""Merging organizations: what the one owns becomes the other's in one transaction, after a preview that names every obstacle."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import DatabaseError, connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.people.models import Invitation, Mandate, Membership, Organization, OrganizationMerge, Role
from langqiao.web.people.security import Facts, security_note
from langqiao.web.people.session import PLATFORM_KINDS, must_be_kind

KEPT = {"people.organization", "people.organizationmerge", "people.membership", "people.invitation", "people.mandate"}
"""Tables of people themselves, which the merger treats one by one."""
RANK = {Role.READER: 0, Role.EDITOR: 1, Role.APPROVER: 2, Role.ADMIN: 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """Rows of one table that belong to an organization; `stays` where the database lets nobody change them: records of the past."""

    table: str
    name: str
    field: str
    count: int
    stays: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a merger would move, how many invitations and mandates would end, and what forbids it."""

    source: Organization
    target: Organization
    owned: tuple[Owned, ...]
    members: int
    ending: int
    obstacles: tuple[str, ...]


def merge_preview(*, source: Organization, target: Organization) -> Preview:
    """Tries the merger in a transaction that is taken back, so that the preview says what would really happen."""
    obstacles = list(_obstacles(source, target))
    owned: tuple[Owned, ...] = ()
    with transaction.atomic():
        try:
            owned = _move(source, target)
        except Refusal as refusal:
            obstacles.append(refusal.message)
        transaction.set_rollback(True)
    members = Membership.objects.filter(organization=source).count()
    ending = _invitations_open(source).count() + _mandates_open(source).count()
    return Preview(source=source, target=target, owned=owned, members=members, ending=ending, obstacles=tuple(obstacles))


@transaction.atomic
def organization_merge_do(*, membership: Membership, source_id: int, target_id: int, document: str) -> OrganizationMerge:
    """Makes `source` part of `target` for good. Refused: not_allowed; merge_not_possible with the obstacle; not_found.

    By an approver of the platform who belongs to neither; the page asks for a fresh second factor and the source's name, typed.
    Records that nobody can alter stay the source's; members of the target read them through `selectors.organizations_of`.
    """
    must_be_kind(membership, PLATFORM_KINDS)
    if not membership.may_approve:
        raise Refusal("not_allowed", _("Organizations are merged by an approver or an administrator of the platform."))
    locked = {one.pk: one for one in Organization.objects.select_for_update().filter(pk__in=[source_id, target_id]).order_by("pk")}
    source, target = locked.get(source_id), locked.get(target_id)
    if source is None or target is None:
        raise Refusal("not_found", _("There is no such organization."))
    obstacles = list(_obstacles(source, target))
    if not document.strip():
        obstacles.append(_("Name the document of the merger."))
    if Membership.objects.filter(user=membership.user, organization__in=[source, target]).exists():
        obstacles.append(_("You belong to one of the two; a colleague of the platform merges them."))
    if obstacles:
        raise Refusal("merge_not_possible", " ".join(obstacles))
    owned = _move(source, target)
    moved = {f"{one.table}.{one.field}": one.count for one in owned if not one.stays}
    moved["people.membership"] = _members_move(source, target, membership)
    source.merged_into = target
    source.save(update_fields=["merged_into"])
    merge = OrganizationMerge.objects.create(source=source, target=target, document=document.strip()[:300], moved=moved, by=membership.user)
    facts: Facts = {"target": f"organization/{target.pk}", "document": merge.document}
    facts |= {f"moved {name}": count for name, count in moved.items()}
    security_note("organizations_merged", user=membership.user, organization=source, facts=facts, seen_by=(target.pk,))
    return merge


def _obstacles(source: Organization, target: Organization) -> Iterator[str]:
    if source.pk == target.pk:
        yield _("The two are the same organization.")
        return
    if source.merged_into_id is not None or target.merged_into_id is not None:
        yield _("One of the two has been merged before.")
    if OFFICIAL & {source.kind, target.kind}:
        yield _("The platform and offices are not merged.")
    if source.is_demo != target.is_demo:
        yield _("A demonstration organization is not merged with a real one.")
    if _has_money(source):
        yield _("The books still hold money of %(name)s, or promises of it. Pay it out or move it first.") % {"name": source.name}


OFFICIAL = frozenset({"platform", "office"})


def _has_money(organization: Organization) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM ledger_account WHERE owner = %s AND (debits_posted_fen <> credits_posted_fen"
            " OR debits_pending_fen <> 0 OR credits_pending_fen <> 0) LIMIT 1",
            [f"organization/{organization.pk}"],
        )
        return cursor.fetchone() is not None


def _move(source: Organization, target: Organization) -> tuple[Owned, ...]:
    """Points every row of every room at the target; rows that the database protects stay, rows that collide forbid the merger."""
    moved: list[Owned] = []
    for model, field in _owners():
        meta = model._meta  # noqa: SLF001 - Django's documented way to a table's names
        rows = model._default_manager.filter(**{field: source})  # noqa: SLF001
        count = rows.count()
        if not count:
            continue
        stays = False
        try:
            with transaction.atomic():
                rows.update(**{field: target})
        except DatabaseError as error:
            stays = _protected(error)
            if not stays:
                told = {"table": meta.verbose_name_plural, "name": target.name}
                raise Refusal(
                    "merge_not_possible", _("%(table)s: some have names that %(name)s uses too. Rename them first.") % told
                ) from None
        moved.append(Owned(table=meta.label_lower, name=str(meta.verbose_name_plural), field=field, count=count, stays=stays))
    return tuple(moved)


def _owners() -> Iterator[tuple[type[models.Model], str]]:
    """Every table of another room that names an organization, with the field that does."""
    for relation in Organization._meta.get_fields(include_hidden=True):  # noqa: SLF001 - rooms hide the way back with related_name="+"
        if not isinstance(relation, models.ManyToOneRel):
            continue
        model = relation.related_model
        if not isinstance(model, str) and model._meta.label_lower not in KEPT:  # noqa: SLF001
            yield model, relation.field.name


def _protected(error: DatabaseError) -> bool:
    """Whether a trigger refused the change of a record that nobody may alter, not a name that is there twice."""
    text = str(error).lower()
    return "unique" not in text and "duplicate" not in text


def _members_move(source: Organization, target: Organization, by: Membership) -> int:
    """Members join the target with the higher of their roles; open invitations and mandates of the source end."""
    now, count = timezone.now(), 0
    for member in Membership.objects.select_for_update().filter(organization=source):
        found, made = Membership.every.get_or_create(user_id=member.user_id, organization=target, defaults={"role": member.role})
        if not made:
            present = found.role if found.ended_at is None else Role.READER
            found.role = max(Role(member.role), Role(present), key=lambda role: RANK[role])
            found.ended_at = found.ended_by = found.successor = None
            found.save()
        member.ended_at, member.ended_by, member.successor_id = now, by.user, member.user_id
        member.save(update_fields=["ended_at", "ended_by", "successor"])
        count += 1
    _invitations_open(source).update(revoked_at=now)
    _mandates_open(source).update(revoked_at=now, revoked_by=by.user)
    return count


def _invitations_open(source: Organization) -> models.QuerySet[Invitation]:
    return Invitation.objects.filter(organization=source, used_at__isnull=True, revoked_at__isnull=True)


def _mandates_open(source: Organization) -> models.QuerySet[Mandate]:
    return Mandate.objects.filter(models.Q(holder=source) | models.Q(agent=source), revoked_at__isnull=True)
