"""A fund that closed years ago, with shortcuts for the movements of its life; each is asked by one and approved by another on its own business day."""

import datetime as dt

from langqiao.web.funds import defaults, facts, services, services_project, terms, worth
from langqiao.web.funds.models import Share
from tests.web.funds_world import SHA, YI, FundWorld

CLOSED = dt.date(2017, 3, 1)


def day(years, month=3, number=1):
    """A day so many years after the close."""
    return dt.date(CLOSED.year + years, month, number)


class LifeWorld(FundWorld):
    """The world of a fund with its own years. `terms`: what differs from the defaults, in force from the close."""

    def __init__(self, *, prefix="", commitments=(YI // 100, 2 * YI, YI), body=None, charter=None):
        super().__init__(charter=charter or {"quorum": "1/2"}, prefix=prefix)
        self.members = self.partners(*commitments)
        if body is not None:
            self.agree(body(self.members) if callable(body) else body, CLOSED)
        services.fund_close(fund_id=self.fund.pk, membership=self.second, by=self.second.user, on=CLOSED)
        self.fund.refresh_from_db()
        self.seats(*self.experts)

    def agree(self, body, from_on):
        asked = terms.terms_ask(
            fund_id=self.fund.pk, membership=self.maker, by=self.maker.user, body=body, from_on=from_on, reason="agreed by the partners"
        )
        return terms.terms_decide(version_id=asked.pk, membership=self.second, by=self.second.user, approve=True)

    def held(self, *, amount_fen, on, title="一号项目"):
        """A project resolved, signed and paid on a day."""
        project = self.at_committee(amount_fen=amount_fen, title=title, target=f"{title}公司")
        self.passed(project)
        self.signed(project)
        self.do("disbursement", amount_fen, project=project.pk, on=on)
        project.refresh_from_db()
        return project

    def written_off_by_committee(self, project):
        """The committee resolves to write a holding off."""
        by = {"project_id": project.pk, "membership": self.maker, "by": self.maker.user}
        services_project.exit_choose(path="write_off", reason="insolvent", **by)
        self.step(project, "prepare_exit")
        assert self.passed(project, matter="write_off").passed

    def call_in(self, amount_fen, on, *, unpaid=(), **more):
        """A call due 30 days later, paid on its due day by everybody but `unpaid`."""
        due = on + dt.timedelta(days=30)
        call = self.do("call", amount_fen, on=on, due_on=due, **more)
        for share in Share.objects.filter(order=call):
            if share.amount_fen and share.partner not in unpaid:
                self.do("receipt", share.amount_fen, partner=share.partner_id, on=due)
        return call

    def newcomer(self, name, commitment_fen):
        papers = {"identity_sha256": SHA, "disclosure_sha256": SHA, "basis": "institution", "funds_source": "own funds"}
        made = facts.newcomer_enter(
            fund_id=self.fund.pk, membership=self.maker, by=self.maker.user, name=name, commitment_fen=commitment_fen, facts=papers
        )
        return facts.newcomer_check(newcomer_id=made.pk, membership=self.second, by=self.second.user)

    def default(self, share, on):
        made = defaults.default_notice(fund_id=self.fund.pk, membership=self.maker, by=self.maker.user, share_id=share.pk, on=on)
        return defaults.default_decide(default_id=made.pk, membership=self.second, by=self.second.user, declare=True, on=on)

    def mark(self, project, on, fair_fen, **more):
        given = worth.Marked(
            project=project.pk, on=on, fair_fen=fair_fen, method=more.pop("method", "multiples"), inputs="sales × 3",
            reason=more.pop("reason", "sales grew"), key=f"{project.pk}{on}", **more,
        )  # fmt: skip
        made = worth.mark_ask(fund_id=self.fund.pk, membership=self.maker, by=self.maker.user, given=given)
        return worth.mark_decide(mark_id=made.pk, membership=self.second, by=self.second.user, approve=True)

    def value(self, on):
        made = worth.valuation_ask(fund_id=self.fund.pk, membership=self.maker, by=self.maker.user, on=on)
        return worth.valuation_decide(valuation_id=made.pk, membership=self.second, by=self.second.user, approve=True)

    def fact(self, kind, amount, on, **more):
        fact = {"kind": kind, "on": on, "amount": amount, "source": "a report", "evidence_sha256": SHA, "project": None} | more
        made = facts.fact_enter(fund_id=self.fund.pk, membership=self.maker, by=self.maker.user, fact=fact)
        return facts.fact_decide(fact_id=made.pk, membership=self.second, by=self.second.user, approve=True)
