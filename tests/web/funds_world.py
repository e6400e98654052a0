"""A fund for the tests: a verified manager with an editor and two approvers, five members of the committee, a target organization, three partners."""

import datetime as dt
from itertools import count

from django.utils import timezone

from langqiao.web.funds import money, services, services_council, services_project, services_session
from langqiao.web.funds.charter import CHARTER, TERMS
from langqiao.web.market.patents import patents_named
from langqiao.web.people.models import CheckState, Membership, Organization, OrganizationKind, Role
from tests.web.conftest import another_user
from tests.web.routes.who import KEY

SHA, OTHER_SHA = "a" * 64, "b" * 64
YI = 10_000_000_000
"""100 million yuan in fen."""
KEYS = count()


class FundWorld:
    """People and shortcuts; every call goes through the services a page uses."""

    def __init__(self, *, charter=None, prefix=""):
        checked = {"check_state": CheckState.VERIFIED, "check_document": "license", "checked_at": timezone.now()}
        self.prefix = prefix
        self.manager = Organization.objects.create(name=f"{prefix}桥岸基金管理", kind=OrganizationKind.FUND, **checked)
        self.target = Organization.objects.create(name=f"{prefix}标的公司")
        self.outside = Organization.objects.create(name=f"{prefix}外部专家所")
        self.maker = self.person("maker", self.manager, Role.EDITOR)
        self.second = self.person("second", self.manager, Role.APPROVER)
        self.third = self.person("third", self.manager, Role.APPROVER)
        self.experts = [self.person(f"expert{n}", self.outside, Role.READER) for n in range(5)]
        self.insider = self.person("insider", self.target, Role.EDITOR)
        self.charter = CHARTER | (charter or {})
        self.fund = services.fund_create(
            membership=self.maker,
            by=self.maker.user,
            name="桥岸专利运营一号",
            target_fen=4 * YI,
            years=(3, 2),
            bodies={"charter": self.charter, "terms": TERMS},
        )

    def person(self, name, organization, role):
        return Membership.objects.create(user=another_user(self.prefix + name), organization=organization, role=role)

    def partners(self, *commitments):
        facts = {"identity_sha256": SHA, "disclosure_sha256": SHA, "basis": "institution", "funds_source": "own funds"}
        made = []
        for n, commitment in enumerate(commitments):
            made.append(
                services.partner_add(
                    fund_id=self.fund.pk, membership=self.maker, by=self.maker.user, name=f"合伙人{n}", commitment_fen=commitment,
                    is_general=n == 0, facts=facts,
                )
            )  # fmt: skip
            services.partner_check(partner_id=made[-1].pk, membership=self.second, by=self.second.user)
        return made

    def closed(self, *commitments):
        """The fund after its first close."""
        made = self.partners(*(commitments or (YI // 100, 2 * YI, YI)))
        services.fund_close(fund_id=self.fund.pk, membership=self.second, by=self.second.user)
        self.fund.refresh_from_db()
        return made

    def seats(self, *people, constituency="expert"):
        for person in people:
            self.seat(person, constituency=constituency)

    def seat(self, person, *, body="committee", **facts):
        facts = {"constituency": "expert"} | facts
        return services_council.seat_fill(
            fund_id=self.fund.pk, membership=self.second, by=self.second.user, body=body, email=person.user.email, facts=facts
        )

    def project(self, *, amount_fen=YI // 10, target=None, title="一号项目", key=KEY):
        named, unknown = patents_named(key, self.manager)
        assert not unknown
        return services_project.project_create(
            fund_id=self.fund.pk, membership=self.maker, by=self.maker.user, title=title,
            target_name=target or "不在本站的公司", amount_fen=amount_fen, patents=named,
        )  # fmt: skip

    def paper(self, project, code, who=None, sha=SHA):
        who = who or self.maker
        return services_project.paper_add(project_id=project.pk, membership=who, by=who.user, code=code, title=code, sha256=sha)

    def step(self, project, event, who=None, **more):
        who = who or self.maker
        return services_project.project_advance(project_id=project.pk, event=event, membership=who, by=who.user, **more)

    def settle(self, project):
        """Every open item passed with a paper, or waived by an approver where the record says fail."""
        from langqiao.web.funds.diligence import check_answer, open_checks

        for key, code in open_checks(project):
            check_answer(
                project_id=project.pk, membership=self.second, by=self.second.user, key=key, code=code, status="waived", reason="test"
            )

    def at_committee(self, **more):
        """A project that has come to the committee through every stage."""
        project = self.project(**more)
        self.paper(project, "business_plan")
        self.step(project, "propose")
        self.paper(project, "project_minutes")
        self.step(project, "approve", self.second)
        self.settle(project)
        for code in ("legal_report", "technical_report", "financial_report"):
            self.paper(project, code)
        self.step(project, "complete")
        self.paper(project, "compliance_opinion")
        self.step(project, "clear", self.second)
        project.refresh_from_db()
        return project

    def call(self, project, *, matter="investment", amount_fen=None, conditions=(), deadline=None):
        return services_session.session_call(
            project_id=project.pk, membership=self.maker, by=self.maker.user, matter=matter, amount_fen=amount_fen or project.amount_fen,
            deadline_on=deadline or timezone.localdate() + dt.timedelta(days=7), conditions=conditions,
        )  # fmt: skip

    def run(self, session, event, who=None):
        who = who or self.second
        return services_session.session_advance(session_id=session.pk, event=event, membership=who, by=who.user)

    def declare(self, session, *people, text=""):
        for person in people:
            services_session.conflict_declare(session_id=session.pk, membership=person, by=person.user, text=text)

    def vote(self, session, person, vote="for", **more):
        return services_session.vote_cast(
            session_id=session.pk, membership=person, by=person.user, vote=vote, reason=more.pop("reason", "because"), **more
        )

    def passed(self, project, **more):
        """A session in which the first four experts vote for."""
        session = self.call(project, **more)
        self.declare(session, *self.experts)
        self.run(session, "open")
        for expert in self.experts:
            self.vote(session, expert)
        session = self.run(session, "close")
        project.refresh_from_db()
        return session

    def signed(self, project):
        self.paper(project, "agreement_fund", self.second)
        self.paper(project, "agreement_target")

    def ask(self, kind, amount_fen, *, who=None, on=None, **more):
        who = who or self.maker
        asked = money.Asked(kind=kind, amount_fen=amount_fen, on=on or timezone.localdate(), key=more.pop("key", f"k{next(KEYS)}"), **more)
        return money.order_ask(fund_id=self.fund.pk, membership=who, by=who.user, asked=asked)

    def decide(self, order, *, who=None, approve=True):
        who = who or self.second
        return money.order_decide(order_id=order.pk, membership=who, by=who.user, approve=approve)

    def do(self, kind, amount_fen, **more):
        return self.decide(self.ask(kind, amount_fen, **more))

    def paid_in(self, amount_fen, **more):
        """A call of an amount, paid by every partner."""
        call = self.do("call", amount_fen, due_on=timezone.localdate() + dt.timedelta(days=30), **more)
        for share in call.shares.all():
            if share.amount_fen:
                self.do("receipt", share.amount_fen, partner=share.partner_id)
        return call
