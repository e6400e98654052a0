"""The routes of the funds, and a fund of the first organization with a partner, a project, a session and an order."""

import datetime as dt

from django.utils import timezone

from langqiao.web.documents.files import keep
from langqiao.web.funds.charter import CHARTER, TERMS
from langqiao.web.funds.models import Check, Condition, Fund, Member, Order, Partner, Project, ProjectPatent, Seat, Session
from langqiao.web.funds.papers import PDF
from langqiao.web.people.models import Role
from tests.web.routes.who import ANY_MEMBER, APPROVERS, EDITORS, KEY, MEMBERS, Rule

NOBODY = Rule(opens=frozenset())
SECRET = "A secret of the first organization"
FUND, PROJECT, SESSION = {"fund_id": "fund"}, {"project_id": "fund_project"}, {"session_id": "fund_session"}
OUTSIDE = frozenset({"other", "office", "platform"})
SITS = Rule(opens=frozenset({"reader"}), hides=OUTSIDE | {"editor", "approver", "unconfirmed", "admin"})
"""Only the reader has a seat in the session."""
VOTES = Rule(opens=frozenset(), hides=OUTSIDE | {"approver", "admin"})
"""The reader sits there but has given no second factor; who has given one has no seat."""
ROUTES = {
    "funds": (ANY_MEMBER, "get", {}),
    "fund_new": (NOBODY, "get", {}),
    "fund": (MEMBERS, "get", FUND),
    "fund_partner_add": (EDITORS, "post", FUND),
    "fund_close": (APPROVERS, "post", FUND),
    "fund_file": (EDITORS, "post", FUND),
    "fund_paper": (MEMBERS, "get", {**FUND, "sha256": "fund_sha"}),
    "fund_order": (EDITORS, "post", FUND),
    "fund_board": (MEMBERS, "get", FUND),
    "fund_project_new": (EDITORS, "get", FUND),
    "fund_partner": (MEMBERS, "get", {"partner_id": "fund_partner"}),
    "fund_partner_check": (APPROVERS, "post", {"partner_id": "fund_partner"}),
    "fund_order_decide": (APPROVERS, "post", {"order_id": "fund_order"}),
    "fund_project": (MEMBERS, "get", PROJECT),
    "fund_project_step": (EDITORS, "post", PROJECT),
    "fund_project_paper": (EDITORS, "post", PROJECT),
    "fund_project_check": (EDITORS, "post", PROJECT),
    "fund_session_call": (EDITORS, "post", PROJECT),
    "fund_session": (MEMBERS, "get", SESSION),
    "fund_session_step": (EDITORS, "post", SESSION),
    "fund_session_declare": (SITS, "post", SESSION),
    "fund_session_vote": (VOTES, "post", SESSION),
    "fund_alternate": (EDITORS, "post", {**SESSION, "member_id": "fund_member"}),
    "fund_condition": (EDITORS, "post", {**SESSION, "condition_id": "fund_condition"}),
    "fund_minutes": (MEMBERS, "get", {"session_id": "fund_session_closed"}),
}


def owned(people):
    """A fund of the first organization; its title is a secret."""
    by = people[Role.EDITOR]
    fund = Fund.objects.create(
        organization=people["first"], name=SECRET, target_fen=100, investment_years=3, exit_years=2, charter=CHARTER, terms=TERMS, by=by
    )
    sha = keep(b"%PDF-1.7 " + SECRET.encode(), PDF)[0]
    papers = {"identity_sha256": sha, "disclosure_sha256": "0" * 64, "basis": "institution", "funds_source": "own"}
    partner = Partner.objects.create(fund=fund, name=SECRET, commitment_fen=100, by=by, disclosed_at=timezone.now(), **papers)
    project = Project.objects.create(fund=fund, title=SECRET, target_name="Target", amount_fen=100, by=by, state="committee")
    ProjectPatent.objects.create(project=project, key=KEY, number="CN 102329749 B")
    Check.objects.create(project=project, key=KEY, code="freedom")
    until = timezone.localdate() + dt.timedelta(days=9)
    result = {"passed": True, "reason": "", "result": {}, "minutes": SECRET, "minutes_sha256": "0" * 64, "closed_at": timezone.now()}
    case = {"fund": fund, "project": project, "matter": "investment", "amount_fen": 100, "is_secret": False, "charter": CHARTER}
    session = Session.objects.create(**case, deadline_on=until, by=by)
    closed = Session.objects.create(**case, **result, state="closed", deadline_on=until, by=by)
    seat = Seat.objects.create(fund=fund, user=people[Role.READER], constituency="expert", from_on=until, by=by)
    member = Member.objects.create(session=session, seat=seat, user=people[Role.READER], constituency="expert")
    condition = Condition.objects.create(session=session, text=SECRET, by=by)
    order = Order.objects.create(fund=fund, kind="call", amount_fen=1, on=until, asked_by=by, key="route", payload_sha256="0" * 64)
    return {
        "fund": fund.pk,
        "fund_partner": partner.pk,
        "fund_project": project.pk,
        "fund_session": session.pk,
        "fund_session_closed": closed.pk,
        "fund_sha": sha,
        "fund_member": member.pk,
        "fund_condition": condition.pk,
        "fund_order": order.pk,
    }
