"""The routes of a fund's council: who of the first organization may open them; the reader sits in the session and is an expert."""

import datetime as dt

from django.utils import timezone

from langqiao.web.funds.charter import CHARTER, TERMS
from langqiao.web.funds.models import Advice, Covenant, Expert, Figure, Fund, Limits, Project, Seat, Session, Tranche
from langqiao.web.people.models import Role
from tests.web.routes.who import APPROVERS, EDITORS, MEMBERS, Rule

SECRET = "A secret of the first organization"
OUTSIDE = frozenset({"other", "office", "platform"})
EVERYBODY = OUTSIDE | {"reader", "editor", "approver", "unconfirmed", "admin"}
FUND, PROJECT, SESSION, ADVICE = (
    {"fund_id": "council_fund"}, {"project_id": "council_project"}, {"session_id": "council_session"}, {"advice_id": "council_advice"},
)  # fmt: skip
NOT_DRAWN_UP = Rule(opens=frozenset(), hides=EVERYBODY)
"""The minutes of this session are not drawn up: nobody finds them."""
EXPERTS = Rule(opens=frozenset(), hides=OUTSIDE | {"approver", "admin"})
"""The reader is the expert but has given no second factor; who has given one is no expert."""
ROUTES = {
    "fund_council": (MEMBERS, "get", FUND),
    "fund_charter": (APPROVERS, "post", FUND),
    "fund_seat_add": (APPROVERS, "post", FUND),
    "fund_seat_end": (APPROVERS, "post", {**FUND, "seat_id": "council_seat"}),
    "fund_limits": (EDITORS, "post", FUND),
    "fund_limits_approve": (APPROVERS, "post", {**FUND, "limits_id": "council_limits"}),
    "fund_profile": (EDITORS, "post", PROJECT),
    "fund_price": (EDITORS, "post", PROJECT),
    "fund_exit": (EDITORS, "post", PROJECT),
    "fund_advice_ask": (EDITORS, "post", PROJECT),
    "fund_advice": (MEMBERS, "get", ADVICE),
    "fund_advice_sheet": (EXPERTS, "post", ADVICE),
    "fund_after": (MEMBERS, "get", PROJECT),
    "fund_covenant": (EDITORS, "post", PROJECT),
    "fund_covenant_answer": (EDITORS, "post", {**PROJECT, "covenant_id": "council_covenant"}),
    "fund_figure": (EDITORS, "post", PROJECT),
    "fund_figure_report": (EDITORS, "post", {**PROJECT, "figure_id": "council_figure"}),
    "fund_tranche": (EDITORS, "post", {**SESSION, "tranche_id": "council_tranche"}),
    "fund_minutes_make": (EDITORS, "post", SESSION),
    "fund_minutes_sign": (NOT_DRAWN_UP, "post", SESSION),
    "fund_minutes_file": (NOT_DRAWN_UP, "get", {**SESSION, "language": "zh"}),
}


def owned(people):
    """A fund of the first organization with a held project; its words are secret."""
    by, until = people[Role.EDITOR], timezone.localdate() + dt.timedelta(days=9)
    fund = Fund.objects.create(
        organization=people["first"],
        name=f"{SECRET} 2",
        target_fen=100,
        investment_years=3,
        exit_years=2,
        charter=CHARTER,
        terms=TERMS,
        by=by,
    )
    project = Project.objects.create(fund=fund, title=SECRET, target_name="Target", amount_fen=100, by=by, state="held")
    case = {"fund": fund, "project": project, "matter": "investment", "amount_fen": 100, "is_secret": False, "charter": CHARTER}
    session = Session.objects.create(**case, deadline_on=until, by=by)
    seat = Seat.objects.create(fund=fund, user=people[Role.READER], constituency="expert", from_on=until, by=by)
    advice = Advice.objects.create(project=project, alliance=SECRET, question=SECRET, deadline_on=until, by=by)
    Expert.objects.create(advice=advice, user=people[Role.READER])
    return {
        "council_fund": fund.pk,
        "council_project": project.pk,
        "council_session": session.pk,
        "council_seat": seat.pk,
        "council_limits": Limits.objects.create(fund=fund, by=by).pk,
        "council_advice": advice.pk,
        "council_covenant": Covenant.objects.create(project=project, kind="information", text=SECRET, by=by).pk,
        "council_figure": Figure.objects.create(project=project, name=SECRET, unit="1", quarter_ends_on=until, plan=1, by=by).pk,
        "council_tranche": Tranche.objects.create(session=session, place=1, amount_fen=100, milestone=SECRET, by=by).pk,
    }
