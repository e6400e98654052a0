"""A fund on the site: four eyes, stages that nobody skips, a committee whose closed ballot stands, money that moves last and only then."""

import datetime as dt
from dataclasses import replace
from fractions import Fraction

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.audit.models import Record
from langqiao.web.funds import books, diligence, services, services_condition
from langqiao.web.funds.diligence import check_answer, open_checks
from langqiao.web.funds.models import Check, Member, Session, Vote
from langqiao.web.ledger.selectors import trial_balance
from tests.web.funds_world import OTHER_SHA, SHA, YI, FundWorld

pytestmark = [pytest.mark.books, pytest.mark.django_db, pytest.mark.usefixtures("facts_lake")]


@pytest.fixture
def world(db):
    return FundWorld()


def refused(code, run, /, *args, **more):
    with pytest.raises(Refusal) as told:
        run(*args, **more)
    assert told.value.code == code, told.value
    return told.value


def test_a_fund_closes_with_checked_partners_only_and_by_another_than_its_founder(world):
    world.partners(YI)
    refused("partner_count_out_of_range", services.fund_close, fund_id=world.fund.pk, membership=world.second, by=world.second.user)
    facts = {"identity_sha256": SHA, "disclosure_sha256": SHA, "basis": "", "funds_source": ""}
    late = services.partner_add(
        fund_id=world.fund.pk, membership=world.maker, by=world.maker.user, name="B", commitment_fen=YI, is_general=False, facts=facts
    )
    refused("investor_not_qualified", services.partner_check, partner_id=late.pk, membership=world.second, by=world.second.user)
    refused("investor_not_qualified", services.fund_close, fund_id=world.fund.pk, membership=world.second, by=world.second.user)
    refused("not_allowed", services.fund_close, fund_id=world.fund.pk, membership=world.maker, by=world.maker.user)


def test_the_filing_clock_runs_twenty_working_days_from_the_close(world):
    world.closed()
    due = services.filing_due(world.fund)
    assert due is None or due > timezone.localdate() + dt.timedelta(days=25)
    services.fund_file(fund_id=world.fund.pk, membership=world.maker, by=world.maker.user, number="SXX123")
    refused("step_not_possible", services.fund_file, fund_id=world.fund.pk, membership=world.maker, by=world.maker.user, number="2")


def test_no_stage_is_left_without_its_papers_and_nobody_approves_their_own(world):
    world.closed()
    project = world.project()
    told = refused("stage_evidence_missing", world.step, project, "propose")
    assert told.facts["missing"] in {"business plan", "商业计划书"}
    world.paper(project, "business_plan")
    world.step(project, "propose", world.second)
    world.paper(project, "project_minutes")
    refused("four_eyes_missing", world.step, project, "approve", world.second)
    refused("not_allowed", world.step, project, "approve", world.maker)
    refused("step_not_possible", world.step, project, "clear", world.second)
    world.step(project, "approve", world.third)


def test_the_checklist_is_filled_from_the_record_and_unknown_keeps_the_gate_shut(world):
    world.closed()
    project = world.project()
    world.paper(project, "business_plan")
    world.step(project, "propose")
    world.paper(project, "project_minutes")
    world.step(project, "approve", world.second)
    status = dict(Check.objects.filter(project=project).values_list("code", "status"))
    assert status["title_chain"] == "pass" and status["freedom"] == "unknown" and status["opinion"] == "unknown"
    for code in ("legal_report", "technical_report", "financial_report"):
        world.paper(project, code)
    refused("diligence_open", world.step, project, "complete")
    key = project.patents.get().key
    answer = {"project_id": project.pk, "key": key, "code": "freedom"}
    maker, second = ({"membership": who, "by": who.user} for who in (world.maker, world.second))
    refused("evidence_missing", check_answer, **answer, **maker, status="pass")
    refused("four_eyes_missing", check_answer, **answer, **maker, status="waived", reason="x")
    refused("reason_missing", check_answer, **answer, **second, status="waived")
    check_answer(**answer, **maker, status="pass", evidence_sha256=SHA)
    assert (key, "freedom") not in open_checks(project)
    Check.objects.filter(project=project, code="freedom").update(expires_on=timezone.localdate() - dt.timedelta(days=1))
    assert (key, "freedom") in open_checks(project)


def test_a_session_passes_by_the_charter_freezes_and_moves_the_project_on(world):
    world.closed()
    world.seats(*world.experts)
    project = world.at_committee()
    session = world.call(project)
    world.declare(session, *world.experts[:4])
    refused("ballot_closed", world.vote, session, world.experts[0])
    world.run(session, "open")
    refused("conflict_undeclared", world.vote, session, world.experts[4])
    refused("reason_missing", world.vote, session, world.experts[0], reason=" ")
    refused("veto_ground_not_listed", world.vote, session, world.experts[0], "against", veto="compliance")
    for expert in world.experts[:3]:
        world.vote(session, expert)
    refused("member_already_voted", world.vote, session, world.experts[0], "against")
    world.vote(session, world.experts[3])
    refused("ballots_missing", world.run, session, "close")
    world.declare(session, world.experts[4])
    world.vote(session, world.experts[4], "against", reason="too dear")
    session = world.run(session, "close")
    project.refresh_from_db()
    assert session.passed and project.state == "closing" and session.result["votes_for"] == 4
    assert "too dear" in session.minutes
    assert Record.objects.get(action="session.minutes").payload.count(session.minutes_sha256) == 1
    refused("ballot_closed", world.vote, session, world.experts[4])
    refused("step_not_possible", world.run, session, "close")


def test_the_database_itself_keeps_a_closed_ballot(world):
    world.closed()
    world.seats(*world.experts)
    session = world.passed(world.at_committee())
    vote = session.votes.first()
    for change in (
        lambda: Vote.objects.filter(pk=vote.pk).update(vote="against"),
        lambda: Vote.objects.filter(pk=vote.pk).delete(),
        lambda: Session.objects.filter(pk=session.pk).update(passed=False),
        lambda: Session.objects.filter(pk=session.pk).update(state="open"),
        lambda: Member.objects.filter(session=session).update(is_recused=True),
    ):
        with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
            change()
    assert Vote.objects.get(pk=vote.pk).vote == "for"


def test_a_vote_outside_an_open_session_or_of_a_recused_member_does_not_enter_the_table(world):
    world.closed()
    world.seats(*world.experts)
    session = world.call(world.at_committee())
    member = session.members.first()
    with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
        Vote.objects.create(session=session, member=member, vote="for", reason="too early")
    world.declare(session, world.experts[0], text="my brother works there")
    world.run(session, "open")
    recused = session.members.get(is_recused=True)
    with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
        Vote.objects.create(session=session, member=recused, vote="for", reason="recused")


def test_without_a_quorum_the_session_closes_without_a_resolution(world):
    world.closed()
    world.seats(*world.experts)
    project = world.at_committee()
    session = world.call(project, deadline=timezone.localdate())
    world.declare(session, *world.experts)
    world.run(session, "open")
    for expert in world.experts[:3]:
        world.vote(session, expert)
    session = world.run(session, "close")
    project.refresh_from_db()
    assert (session.passed, session.reason, project.state) == (False, "quorum_not_met", "committee")
    world.paid_in(YI)
    world.signed(project)
    refused("committee_decision_missing", world.ask, "disbursement", project.amount_fen, project=project.pk)


def test_a_member_of_the_target_is_detected_recused_and_cannot_vote(world):
    world.closed()
    world.seats(*world.experts[:3], world.insider)
    session = world.call(world.at_committee(target=world.target.name))
    insider = session.members.get(user=world.insider.user)
    assert insider.detected == ["member_of_party"] and insider.is_recused
    world.declare(session, world.insider)
    world.run(session, "open")
    refused("recused_member_voted", world.vote, session, world.insider)
    world.declare(session, *world.experts[:3])
    for expert in world.experts[:3]:
        world.vote(session, expert)
    assert world.run(session, "close").result["entitled"] == 3


def test_a_committee_with_too_many_conflicts_cannot_open(world):
    world.closed()
    world.seats(world.experts[0], world.insider, world.maker)
    session = world.call(world.at_committee(target=world.target.name))
    assert session.members.get(user=world.maker.user).detected == ["proposer"]
    refused("committee_conflicted", world.run, session, "open")
    world.run(session, "cancel")


def test_recusal_leaves_the_denominator_or_stays_as_the_charter_says():
    for leaves, passed in ((True, True), (False, False)):
        world = FundWorld(charter={"recusal_leaves": leaves, "quorum": "1/2"}, prefix=f"{leaves}")
        world.closed()
        world.seats(*world.experts)
        session = world.call(world.at_committee())
        world.declare(session, *world.experts[:3])
        world.declare(session, *world.experts[3:], text="shares")
        world.run(session, "open")
        for expert in world.experts[:3]:
            world.vote(session, expert)
        session = world.run(session, "close")
        assert session.passed is passed, session.result
        assert Fraction(session.result["base"]) == (3 if leaves else 5)


def test_a_listed_veto_stops_what_the_majority_wants(world):
    world.closed()
    world.seats(*world.experts[:4])
    world.seats(world.experts[4], constituency="government")
    session = world.call(world.at_committee())
    world.declare(session, *world.experts)
    world.run(session, "open")
    for expert in world.experts[:4]:
        world.vote(session, expert)
    world.vote(session, world.experts[4], "against", veto="compliance")
    session = world.run(session, "close")
    assert (session.passed, session.reason) == (False, "committee_vetoed")


def test_money_moves_after_resolution_conditions_signatures_limits_and_four_eyes_only(world):
    world.closed()
    world.seats(*world.experts)
    world.paid_in(YI)
    project = world.at_committee()

    def pay(amount=project.amount_fen):
        return world.ask("disbursement", amount, project=project.pk)

    assert set(refused("committee_decision_missing", pay).facts["also"]) == {"signature_missing"}
    session = world.passed(project, conditions=["environmental permit"])
    refused("conditions_precedent_open", pay)
    condition = session.conditions.get()
    refused("four_eyes_missing", services_condition.condition_meet, condition_id=condition.pk, membership=world.second, by=world.maker.user)
    services_condition.condition_paper(condition_id=condition.pk, membership=world.maker, by=world.maker.user, sha256=SHA)
    services_condition.condition_meet(condition_id=condition.pk, membership=world.second, by=world.second.user)
    world.paper(project, "agreement_fund", world.second)
    world.paper(project, "agreement_target", sha=OTHER_SHA)
    refused("signature_missing", pay)
    world.paper(project, "agreement_target")
    refused("committee_decision_missing", pay, project.amount_fen + 1)
    order = pay()
    refused("four_eyes_missing", world.decide, order, who=world.third) if order.asked_by == world.third.user else None
    refused("not_allowed", world.decide, order, who=world.maker)
    own = world.ask("disbursement", 1, who=world.second, project=project.pk)
    refused("four_eyes_missing", world.decide, own, who=world.second)
    before = books.cash_fen(world.fund)
    world.decide(order)
    project.refresh_from_db()
    assert project.state == "held" and books.cash_fen(world.fund) == before - project.amount_fen
    refused("committee_decision_missing", world.decide, own, who=world.third)
    refused("step_not_possible", world.decide, order)


def test_a_pledge_registered_after_the_resolution_stops_the_payment(world, monkeypatch):
    world.closed()
    world.seats(*world.experts)
    world.paid_in(YI)
    project = world.at_committee()
    world.passed(project)
    world.signed(project)
    order = world.ask("disbursement", project.amount_fen, project=project.pk)
    real = diligence.record_facts
    monkeypatch.setattr(diligence, "record_facts", lambda *given: replace(real(*given), burdens=frozenset({"pledged"})))
    refused("diligence_open", world.decide, order)
    assert books.cash_fen(world.fund) == YI


def test_one_company_gets_at_most_its_share_of_the_commitments(world):
    world.closed(YI // 100, YI)
    world.seats(*world.experts)
    world.paid_in(YI)
    project = world.at_committee(amount_fen=YI // 2)
    world.passed(project)
    world.signed(project)
    refused("investment_limit_exceeded", world.ask, "disbursement", YI // 2, project=project.pk)


def test_an_approval_expires(world):
    world.fund.charter = world.charter | {"approval_months": -1}
    world.fund.save()
    world.closed()
    world.seats(*world.experts)
    world.paid_in(YI)
    project = world.at_committee()
    assert world.passed(project).expires_on < timezone.localdate()
    world.signed(project)
    refused("approval_expired", world.ask, "disbursement", project.amount_fen, project=project.pk)


def test_a_fund_from_call_to_distribution_reconciles_to_the_fen(world):
    partners = world.closed()
    world.seats(*world.experts)
    refused("call_above_commitment", world.ask, "call", 5 * YI, due_on=timezone.localdate())
    world.paid_in(YI + 1)
    project = world.at_committee()
    world.passed(project)
    world.signed(project)
    world.do("disbursement", project.amount_fen, project=project.pk)
    refused("cost_above_book", world.ask, "proceeds", YI, project=project.pk, cost_fen=project.amount_fen + 1)
    world.do("proceeds", YI, project=project.pk, cost_fen=project.amount_fen)
    refused("cash_missing", world.ask, "distribution", 3 * YI)
    world.do("distribution", YI + 7)
    world.do("distribution", YI // 2 + 3)
    accounts = books.partner_accounts(world.fund)
    figures = books.fund_figures(world.fund, accounts)
    assert figures.difference_fen == 0 and figures.paid_fen == YI + 1
    assert figures.distributed_fen + figures.carry_fen == YI + YI // 2 + 10
    assert figures.carry_fen > 0
    lines = trial_balance(owner=world.fund.owner)
    assert sum(line.debits_fen for line in lines) == sum(line.credits_fen for line in lines)
    assert len({line.account.owner for line in lines}) == 1
    assert [account.partner for account in accounts] == partners


def test_the_same_order_sent_twice_is_one_order(world):
    world.closed()
    due = timezone.localdate() + dt.timedelta(days=20)
    first = world.ask("call", YI, due_on=due, key="once")
    assert world.ask("call", YI, due_on=due, key="once").pk == first.pk
    refused("idempotency_key_reused", world.ask, "call", YI - 1, due_on=due, key="once")


def test_a_receipt_above_what_is_called_is_refused(world):
    partners = world.closed()
    refused("call_not_open", world.ask, "receipt", 1, partner=partners[1].pk)
