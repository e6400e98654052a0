"""What of funds waits on the desk: orders to approve, sessions to declare and vote in, projects with gaps in diligence, calls to pay."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from langqiao.web.funds.models import Mark, Member, Order, Project, Share
from langqiao.web.funds.waiting_council import council_waiting
from langqiao.web.funds.words import GROUPS
from langqiao.web.funds.words_life import ORDERS
from langqiao.web.people.models import Membership
from langqiao.web.work.desk import ROWS_A_ROOM, DeskItem

MANAGER_STATES = ("entry", "project", "diligence", "compliance", "closing", "exiting")
"""Stages where the manager takes the next step; in the committee the members do, and what is held waits for its marks."""


def waiting(membership: Membership, today: dt.date) -> Iterator[DeskItem]:
    """In order: papers and ballots of the person, orders of the manager, projects with open questions, calls on the partner."""
    yield from _sessions(membership)
    if membership.organization.kind == "fund":
        yield from _orders(membership)
        yield from _projects(membership)
    yield from council_waiting(membership, today)
    yield from _calls(membership, today)


def _sessions(membership: Membership) -> Iterator[DeskItem]:
    seats = Member.objects.filter(user=membership.user_id, session__state__in=["called", "open"], vote=None, is_recused=False)
    for member in seats.select_related("session__project", "session__fund")[:ROWS_A_ROOM]:
        session = member.session
        if member.declared_at is None:
            what = _("Read the papers and declare your interests: %(title)s")
        elif session.state == "open":
            what = _("Cast your ballot: %(title)s")
        else:
            what = _("Read the papers: %(title)s")
        yield DeskItem(
            what=what % {"title": session.project.title},
            why=session.fund.name,
            url=reverse("fund_session", args=[session.pk]),
            on=session.deadline_on,
            amount_fen=session.amount_fen,
            is_scenario=session.fund.is_scenario,
        )


def _orders(membership: Membership) -> Iterator[DeskItem]:
    asked = Order.objects.filter(fund__organization=membership.organization_id, state="asked").select_related("fund", "asked_by")
    if not membership.may_approve:
        return
    for order in asked.exclude(asked_by=membership.user_id)[:ROWS_A_ROOM]:
        yield DeskItem(
            what=_("Approve or refuse: %(kind)s") % {"kind": str(ORDERS[order.kind])} + f" · {order.fund.name}",
            why=_("asked by %(name)s on %(day)s") % {"name": str(order.asked_by), "day": order.asked_at.date().isoformat()},
            url=reverse("fund", args=[order.fund_id]),
            need="approve",
            on=order.due_on or order.on,
            amount_fen=order.amount_fen,
            is_scenario=order.fund.is_scenario,
        )


def _projects(membership: Membership) -> Iterator[DeskItem]:
    """Projects whose next step is the manager's, with the gaps of their due diligence; and marks that wait for the second person."""
    gaps = Q(checks__status__in=["unknown", "fail"])
    running = Project.objects.filter(fund__organization=membership.organization_id, state__in=MANAGER_STATES)
    for project in running.annotate(gaps=Count("checks", filter=gaps)).order_by("-amount_fen")[:ROWS_A_ROOM]:
        stage = str(GROUPS["state"][project.state])
        if project.state == "diligence" and project.gaps:
            what = _("Close %(n)d gaps of due diligence: %(title)s") % {"n": project.gaps, "title": project.title}
        else:
            what = _("Take the next step of the project: %(title)s") % {"title": project.title}
        yield DeskItem(
            what=what,
            why=stage,
            url=reverse("fund_project", args=[project.pk]),
            amount_fen=project.amount_fen,
            is_scenario=project.is_scenario,
        )
    marks = Mark.objects.filter(fund__organization=membership.organization_id, state="asked").exclude(by=membership.user_id)
    for mark in marks.select_related("fund", "project")[: ROWS_A_ROOM if membership.may_approve else 0]:
        yield DeskItem(
            what=_("Approve or refuse the mark of %(title)s") % {"title": mark.project.title},
            url=reverse("fund_worth", args=[mark.fund_id]),
            need="approve",
            on=mark.on,
            amount_fen=mark.fair_fen,
            is_scenario=mark.fund.is_scenario,
        )


def _calls(membership: Membership, today: dt.date) -> Iterator[DeskItem]:
    """Capital calls on the organization as a partner whose last day has not passed."""
    called = Share.objects.filter(
        partner__organization=membership.organization_id, order__kind="call", order__state="approved", order__due_on__gte=today
    )
    for share in called.select_related("order__fund")[:ROWS_A_ROOM]:
        fund = share.order.fund
        yield DeskItem(
            what=_("Capital call of %(fund)s") % {"fund": fund.name},
            url=reverse("fund_notice", args=[share.pk]),
            need="know",
            on=share.order.due_on,
            amount_fen=share.amount_fen,
            is_scenario=fund.is_scenario,
        )
