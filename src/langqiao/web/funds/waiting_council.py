"""What of a fund's council waits on the desk: score sheets, limits, conditions and milestones to confirm, minutes to sign, covenants and figures due."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from langqiao.web.funds.aftercare import HELD
from langqiao.web.funds.models import Condition, Covenant, Expert, Figure, Limits, Tranche
from langqiao.web.people.models import Membership
from langqiao.web.work.desk import ROWS_A_ROOM, DeskItem


def council_waiting(membership: Membership, today: dt.date) -> Iterator[DeskItem]:
    """In order: the person's own score sheets; for a manager what a second person decides, then what the targets owe."""
    yield from _sheets(membership, today)
    if membership.organization.kind == "fund":
        if membership.may_approve:
            yield from _confirmations(membership)
        yield from _owed(membership, today)


def _sheets(membership: Membership, today: dt.date) -> Iterator[DeskItem]:
    asked = Expert.objects.filter(user=membership.user_id, sheet=None, advice__deadline_on__gte=today)
    for expert in asked.select_related("advice__project")[:ROWS_A_ROOM]:
        advice = expert.advice
        yield DeskItem(
            what=_("Give your score sheet: %(title)s") % {"title": advice.project.title},
            why=advice.alliance,
            url=reverse("fund_advice", args=[advice.pk]),
            on=advice.deadline_on,
            is_scenario=advice.project.is_scenario,
        )


def _confirmations(membership: Membership) -> Iterator[DeskItem]:
    own, me = membership.organization_id, membership.user_id
    limits = Limits.objects.filter(fund__organization=own, approved_at=None).exclude(by=me).select_related("fund", "by")
    for one in limits[:ROWS_A_ROOM]:
        yield DeskItem(
            what=_("Put the limits of investment in force: %(name)s") % {"name": one.fund.name},
            why=str(one.by),
            url=reverse("fund_council", args=[one.fund_id]),
            need="approve",
            is_scenario=one.fund.is_scenario,
        )
    brought = ~Q(evidence_sha256="") & Q(session__fund__organization=own) & ~Q(by=me)
    conditions = Condition.objects.filter(brought, met_at=None, session__passed=True).select_related("session__project", "by")
    for condition in conditions[:ROWS_A_ROOM]:
        yield DeskItem(
            what=_("Confirm the condition: %(text)s") % {"text": condition.text[:80]},
            why=f"{condition.session.project.title} · {condition.by}",
            url=reverse("fund_session", args=[condition.session_id]),
            need="approve",
            is_scenario=condition.session.project.is_scenario,
        )
    tranches = Tranche.objects.filter(brought, reached_at=None, session__passed=True).select_related("session__project", "by")
    for tranche in tranches[:ROWS_A_ROOM]:
        yield DeskItem(
            what=_("Confirm the milestone: %(text)s") % {"text": tranche.milestone[:80]},
            why=f"{tranche.session.project.title} · {tranche.by}",
            url=reverse("fund_session", args=[tranche.session_id]),
            need="approve",
            on=tranche.due_on,
            amount_fen=tranche.amount_fen,
            is_scenario=tranche.session.project.is_scenario,
        )


def _owed(membership: Membership, today: dt.date) -> Iterator[DeskItem]:
    """Covenants to be answered within a month, and figures whose quarter has ended."""
    held = Q(project__fund__organization=membership.organization_id, project__state__in=HELD)
    soon = today + dt.timedelta(days=31)
    for covenant in Covenant.objects.filter(held, kept=None, due_on__lte=soon).select_related("project")[:ROWS_A_ROOM]:
        yield DeskItem(
            what=_("Answer the covenant: %(text)s") % {"text": covenant.text[:80]},
            why=covenant.project.title,
            url=reverse("fund_after", args=[covenant.project_id]),
            on=covenant.due_on,
            is_scenario=covenant.project.is_scenario,
        )
    for figure in Figure.objects.filter(held, actual=None, quarter_ends_on__lt=today).select_related("project")[:ROWS_A_ROOM]:
        yield DeskItem(
            what=_("Report the figure: %(name)s") % {"name": figure.name},
            why=figure.project.title,
            url=reverse("fund_after", args=[figure.project_id]),
            on=figure.quarter_ends_on,
            is_scenario=figure.project.is_scenario,
        )
