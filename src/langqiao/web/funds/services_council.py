"""Writes about the council of a fund: its charter before the close, seats and their terms, the limits of what it may invest in."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.data.reference.technology import fields
from langqiao.engine.funds.limits import STAGES
from langqiao.engine.funds.session import BODIES, CONSTITUENCIES
from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.audit.services import record_append
from langqiao.web.funds.access import fund_locked
from langqiao.web.funds.charter import charter_must
from langqiao.web.funds.models import Fund, Limits, Partner, Profile, Project, Seat
from langqiao.web.funds.services import forming_must, user_named
from langqiao.web.people.models import Membership, User
from langqiao.web.people.session import must_edit


@transaction.atomic
def charter_set(*, fund_id: uuid.UUID, membership: Membership, by: User, charter: Mapping[str, Any]) -> Fund:
    """Changes the charter until the first close. Refused: not_allowed, step_not_possible, charter_wrong."""
    if not membership.may_approve:
        raise Refusal("not_allowed", _("An approver or administrator changes the charter."))
    fund = fund_locked(fund_id, membership)
    forming_must(fund)
    charter_must(charter)
    fund.charter = dict(charter)
    fund.save(update_fields=["charter"])
    record_append(actor=by, action="fund.charter", subject=fund.owner, payload={"charter": fund.charter})
    return fund


@transaction.atomic
def seat_fill(*, fund_id: uuid.UUID, membership: Membership, by: User, body: str, email: str, facts: Mapping[str, Any]) -> Seat:
    """A seat of one of the two bodies. `facts`: constituency, alternate (e-mail), is_chair, until_on, partner (a limited partner's id).

    The advisory committee is the limited partners' own: its members speak for a partner and do not work for the manager.
    Refused: not_allowed, person_unknown, name_taken, seat_not_possible.
    """
    if not membership.may_approve:
        raise Refusal("not_allowed", _("An approver or administrator fills the seats."))
    fund, today = fund_locked(fund_id, membership), timezone.localdate()
    user = user_named(email)
    alternate = user_named(facts["alternate"]) if facts.get("alternate") else None
    until_on: dt.date | None = facts.get("until_on")
    chair, partner = bool(facts.get("is_chair")), _partner(fund, facts.get("partner")) if body == "advisory" else None
    constituency = "partner" if body == "advisory" else str(facts.get("constituency", ""))
    standing = [seat for seat in fund.seats.filter(body=body) if seat.until_on is None or seat.until_on >= today]
    if any(seat.user_id == user.pk for seat in standing) or user == alternate:
        raise Refusal("name_taken", _("This person has a seat already."), facts={"name": str(user)})
    if body not in BODIES or constituency not in CONSTITUENCIES or (until_on is not None and until_on < today):
        raise Refusal("seat_not_possible", _("The seat does not fit the charter."), facts={"why": "body, constituency or term"})
    if chair and any(seat.is_chair for seat in standing):
        raise Refusal("seat_not_possible", _("The body has a chair."), facts={"why": "chair"})
    if body == "advisory":
        _partners_own(fund, partner, [one for one in (user, alternate) if one])
    seat = Seat.objects.create(
        fund=fund, user=user, alternate=alternate, body=body, is_chair=chair, partner=partner, constituency=constituency,
        from_on=today, until_on=until_on, by=by,
    )  # fmt: skip
    payload = {"seat": str(seat.pk), "user": user.pk, "body": body, "constituency": constituency, "chair": chair}
    record_append(actor=by, action="fund.seat_filled", subject=fund.owner, payload=payload)
    return seat


def _partner(fund: Fund, key: Any) -> Partner | None:
    found: Partner | None = fund.partners.filter(pk=key).first() if key else None
    return found


def _partners_own(fund: Fund, partner: Partner | None, people: Sequence[User]) -> None:
    if partner is None or partner.is_general:
        raise Refusal("seat_not_possible", _("A seat of the advisory committee speaks for a limited partner."), facts={"why": "partner"})
    if Membership.objects.filter(organization_id=fund.organization_id, user__in=people).exists():
        raise Refusal("seat_not_possible", _("The manager's people do not sit there."), facts={"why": "manager"})


@transaction.atomic
def seat_end(*, seat_id: uuid.UUID, membership: Membership, by: User) -> Seat:
    """Ends a seat today; sessions already called keep their members. Refused: not_allowed, not_found, step_not_possible."""
    if not membership.may_approve:
        raise Refusal("not_allowed", _("An approver or administrator fills the seats."))
    seat = Seat.objects.select_for_update(of=("self",)).select_related("fund").filter(pk=seat_id).first()
    if seat is None or seat.fund.organization_id != membership.organization_id:
        raise Refusal("not_found", _("There is no such seat."))
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    if seat.until_on is not None and seat.until_on <= yesterday:
        raise Refusal("step_not_possible", _("The seat has ended."), facts={"event": "end", "state": "ended"})
    seat.until_on = yesterday
    seat.save(update_fields=["until_on"])
    record_append(actor=by, action="fund.seat_ended", subject=seat.fund.owner, payload={"seat": str(seat.pk)})
    return seat


@transaction.atomic
def limits_set(*, fund_id: uuid.UUID, membership: Membership, by: User, body: Mapping[str, Sequence[Any]]) -> Limits:
    """Proposes new limits: `fields` (WIPO numbers), `stages`, `regions`; empty is any. Refused: not_allowed, limits_wrong."""
    must_edit(membership)
    fund = fund_locked(fund_id, membership)
    numbers = {field.number for field in fields()}
    if not set(body["fields"]) <= numbers or not set(body["stages"]) <= set(STAGES) or len(body["regions"]) > len(numbers):
        raise Refusal("limits_wrong", _("Choose fields and stages of the list."))
    regions = [str(region).strip()[:60] for region in body["regions"] if str(region).strip()]
    made = Limits.objects.create(fund=fund, fields=sorted(body["fields"]), stages=list(body["stages"]), regions=regions, by=by)
    payload = {"limits": made.pk, "fields": made.fields, "stages": made.stages, "regions": made.regions}
    record_append(actor=by, action="fund.limits_proposed", subject=fund.owner, payload=payload)
    return made


@transaction.atomic
def limits_approve(*, limits_id: int, membership: Membership, by: User) -> Limits:
    """Another person puts proposed limits in force. Refused: not_allowed, not_found, four_eyes_missing."""
    if not membership.may_approve:
        raise Refusal("not_allowed", _("An approver puts limits in force."))
    found = Limits.objects.select_for_update(of=("self",)).select_related("fund").filter(pk=limits_id).first()
    if found is None or found.fund.organization_id != membership.organization_id:
        raise Refusal("not_found", _("There are no such limits."))
    if found.by_id == by.pk:
        raise Refusal("four_eyes_missing", _("Who proposed the limits does not put them in force."))
    if found.approved_at is None:
        found.approved_by, found.approved_at = by, timezone.now()
        found.save(update_fields=["approved_by", "approved_at"])
        record_append(actor=by, action="fund.limits_approved", subject=found.fund.owner, payload={"limits": found.pk})
    return found


@transaction.atomic
def profile_set(*, project: Project, membership: Membership, by: User, stage: str, region: str, related: str) -> Profile:
    """What a project is: stage, region, and a declared relation to the manager or a partner in words. Once money moved it stands.

    Refused: not_allowed, limits_wrong, step_not_possible.
    """
    must_edit(membership)
    if stage not in {"", *STAGES}:
        raise Refusal("limits_wrong", _("Choose fields and stages of the list."))
    if project.orders.filter(kind="disbursement", state="approved").exists():
        raise Refusal("step_not_possible", _("Money has moved."), facts={"event": "profile", "state": project.state})
    before = Profile.objects.filter(project=project).first()
    if before is not None and before.related and not related.strip():
        raise Refusal("step_not_possible", _("A declared relation is not taken back."), facts={"event": "profile", "state": project.state})
    found, _made = Profile.objects.update_or_create(
        project=project, defaults={"stage": stage, "region": region.strip()[:120], "related": related.strip()[:500], "by": by}
    )
    payload = {"project": str(project.pk), "stage": stage, "region": found.region, "related": bool(found.related)}
    record_append(actor=by, action="project.profile", subject=project.fund.owner, payload=payload)
    return found
