"""The council of a fund: written resolutions, signed minutes, related-party consent, terms and vacancies, limits, milestones, advice, after-care, exits."""

import datetime as dt
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from langqiao.engine.funds.advice import CRITERIA
from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.audit.models import Record
from langqiao.web.documents.files import keep
from langqiao.web.documents.models import PDF
from langqiao.web.documents.services import document_bytes, document_sign, document_verify
from langqiao.web.documents.signature import provider
from langqiao.web.documents.verifying import verify
from langqiao.web.funds import aftercare, services_advice, services_condition, services_council, services_project, services_session
from langqiao.web.funds.charter import CHARTER, charter_of, charter_whole
from langqiao.web.funds.conflicts import related_reasons
from langqiao.web.funds.diligence import checks_fill
from langqiao.web.funds.governance import limits_gap
from langqiao.web.funds.minutes_pdf import documents_of, minutes_make, minutes_sign
from langqiao.web.funds.models import Check, ExitPath, Member, PriceChange, Project, ScoreSheet, Tranche
from langqiao.web.people.models import Mandate, Membership, Organization, Role
from tests.web.conftest import give_factor
from tests.web.funds_world import SHA, YI, FundWorld

pytestmark = [pytest.mark.books, pytest.mark.django_db, pytest.mark.usefixtures("facts_lake")]


@pytest.fixture
def world(db):
    found = FundWorld()
    found.closed()
    return found


def refused(code, run, /, *args, **more):
    with pytest.raises(Refusal) as told:
        run(*args, **more)
    assert told.value.code == code, told.value
    return told.value


def called(world, project, **more):
    deadline = more.pop("deadline", timezone.localdate() + timedelta(days=7))
    wanted = {"matter": "investment", "amount_fen": project.amount_fen, "deadline_on": deadline} | more
    return services_session.session_make(
        project_id=project.pk, membership=world.maker, by=world.maker.user, called=services_session.Called(**wanted)
    )


def later(monkeypatch, days):
    """The clock of the sessions, so many days ahead."""
    there = timezone.localdate() + timedelta(days=days)
    monkeypatch.setattr(timezone, "localdate", lambda *_args: there)


def test_a_written_resolution_is_served_on_every_member_and_silence_is_no_consent(world, monkeypatch):
    world.seats(*world.experts)
    project = world.at_committee()
    soon = called(world, project, form="written", deadline=timezone.localdate() + timedelta(days=1))
    world.declare(soon, *world.experts)
    refused("deadline_too_short", world.run, soon, "open")
    world.run(soon, "cancel")
    session = called(world, project, form="written")
    world.declare(session, *world.experts)
    assert not session.members.exclude(served_at=None).exists()
    world.run(session, "open")
    assert not session.members.filter(served_at=None).exists()
    told = Record.objects.get(action="session.served", subject=f"session/{session.pk}")
    assert world.outside.pk in set(told.readers.values_list("organization_id", flat=True))
    for expert in world.experts[:3]:
        world.vote(session, expert)
    refused("ballots_missing", world.run, session, "close")
    later(monkeypatch, 7)
    refused("ballots_missing", world.run, session, "close")  # the deadline day itself belongs to the members
    later(monkeypatch, 1)
    refused("ballot_closed", world.vote, session, world.experts[3])
    closed = world.run(session, "close")
    assert (closed.passed, closed.reason, closed.result["base"]) == (False, "quorum_not_met", 5)


def test_a_rule_counted_over_who_is_present_is_counted_over_all_in_writing(monkeypatch):
    matters = CHARTER["matters"] | {"investment": {"threshold": "3/4", "operator": ">=", "base": "present", "vetoes": []}}
    world = FundWorld(charter={"matters": matters, "quorum": "1/2"})
    world.closed()
    world.seats(*world.experts)
    results = []
    for form in ("meeting", "written"):
        session = called(world, world.at_committee(title=form), form=form)
        world.declare(session, *world.experts)
        world.run(session, "open")
        for n, expert in enumerate(world.experts[:4]):
            world.vote(session, expert, "against" if n == 3 else "for")
        with monkeypatch.context() as clock:
            later(clock, 8)
            results.append(world.run(session, "close"))
    assert [(one.passed, one.result["base"]) for one in results] == [(True, 4), (False, 5)]


def test_the_minutes_are_drawn_up_in_two_languages_signed_by_chair_and_secretary_and_verified(world, client):
    for n, expert in enumerate(world.experts):
        world.seat(expert, is_chair=n == 0)
    project = world.at_committee()
    session = world.call(project)
    refused("minutes_not_possible", minutes_make, session_id=session.pk, membership=world.maker, by=world.maker.user)
    world.declare(session, *world.experts)
    world.run(session, "open")
    for n, expert in enumerate(world.experts):
        world.vote(session, expert, "against" if n == 4 else "for", reason=f"理由 {n}")
    world.run(session, "close")
    refused("not_allowed", minutes_make, session_id=session.pk, membership=world.experts[0], by=world.experts[0].user)
    made = minutes_make(session_id=session.pk, membership=world.maker, by=world.maker.user)
    assert [one.language for one in made] == ["zh", "en"]
    assert [one.pk for one in minutes_make(session_id=session.pk, membership=world.second, by=world.second.user)] == [
        one.pk for one in made
    ]
    assert Record.objects.filter(action="document.made", payload__contains=made[0].sha256).exists()
    # no approver of the manager signs in the chair's place, neither here nor among the documents
    refused("signature_not_asked", minutes_sign, session_id=session.pk, membership=world.second, by=world.second.user)
    refused("signature_not_asked", document_sign, document=made[0], membership=world.second, user=world.second.user)
    for who in (world.experts[0], world.maker):
        minutes_sign(session_id=session.pk, membership=who, by=who.user)
    for document in documents_of(session):
        found = document_verify(document)
        assert found.good and [one.person for one in found.signers] == [str(world.experts[0].user), str(world.maker.user)]
        content = document_bytes(document)
        assert not verify(content.replace(b"/Producer", b"/Producex", 1) + b"\n", provider().roots()).good
        last = document.signatures.last()
        assert Record.objects.filter(action="document.signed", payload__contains=last.sha256).exists()
    client.force_login(world.experts[1].user)
    give_factor(client)
    page = client.get(reverse("fund_session", kwargs={"session_id": session.pk})).content.decode()
    assert last.sha256 in page and session.minutes_sha256 in page
    file = client.get(reverse("fund_minutes_file", kwargs={"session_id": session.pk, "language": "zh"}))
    assert file.content.startswith(b"%PDF-")
    client.force_login(world.insider.user)
    assert client.get(reverse("fund_minutes_file", kwargs={"session_id": session.pk, "language": "zh"})).status_code == 404


def test_a_recused_chair_is_stood_in_for_by_the_member_with_the_oldest_seat(world):
    world.seat(world.experts[1])
    world.seat(world.experts[0], is_chair=True)
    for expert in world.experts[2:]:
        world.seat(expert)
    session = world.call(world.at_committee())
    world.declare(session, world.experts[0], text="my cousin")
    world.declare(session, *world.experts[1:])
    world.run(session, "open")
    for expert in world.experts[1:]:
        world.vote(session, expert)
    world.run(session, "close")
    minutes_make(session_id=session.pk, membership=world.maker, by=world.maker.user)
    refused("signature_not_asked", minutes_sign, session_id=session.pk, membership=world.experts[0], by=world.experts[0].user)
    signed = minutes_sign(session_id=session.pk, membership=world.experts[1], by=world.experts[1].user)
    assert all(document.signatures.get().side == "chair" for document in signed)


def test_a_vacancy_below_the_charters_minimum_is_filled_before_anybody_votes(world):
    world.seats(*world.experts[:2])
    project = world.at_committee()
    session = world.call(project)
    assert refused("seats_vacant", world.run, session, "open").facts["least"] == "3"
    world.run(session, "cancel")
    seat = world.seat(world.experts[2], until_on=timezone.localdate())
    again = world.call(project)
    assert again.members.count() == 3
    world.declare(again, *world.experts[:3])
    world.run(again, "open")
    services_council.seat_end(seat_id=seat.pk, membership=world.second, by=world.second.user)
    assert again.members.count() == 3  # a session keeps who was called to it
    assert len(services_session.seats_on(world.fund, "committee", timezone.localdate())) == 2
    refused("step_not_possible", services_council.seat_end, seat_id=seat.pk, membership=world.second, by=world.second.user)


def test_a_seat_whose_term_has_ended_is_not_called(world, monkeypatch):
    world.seats(*world.experts[:4])
    world.seat(world.experts[4], until_on=timezone.localdate() + timedelta(days=1))
    project = world.at_committee()
    assert world.call(project).members.count() == 5
    later(monkeypatch, 2)
    assert len(services_session.seats_on(world.fund, "committee", timezone.localdate())) == 4


def test_a_chair_does_not_vote_on_what_it_proposed(world):
    world.seat(world.maker, is_chair=True, constituency="manager")
    world.seats(*world.experts)
    session = world.call(world.at_committee())
    chair = session.members.get(user=world.maker.user)
    assert (chair.is_chair, chair.detected, chair.is_recused) == (True, ["proposer"], True)
    world.declare(session, *world.experts)
    world.run(session, "open")
    refused("recused_member_voted", world.vote, session, world.maker)


def test_a_mandate_of_custody_with_a_party_recuses_either_way_and_an_ended_one_does_not(world):
    agent = Organization.objects.create(name="托管机构")
    members = [world.person(f"agent{n}", agent, Role.READER) for n in range(2)]
    today = timezone.localdate()
    facts = {"accepted_at": timezone.now(), "from_on": today - timedelta(days=9), "until_on": today, "scopes": ["read"]}
    Mandate.objects.create(holder=world.target, agent=agent, **facts)
    Mandate.objects.create(holder=world.outside, agent=world.target, **(facts | {"until_on": today - timedelta(days=1)}))
    world.seats(members[0], *world.experts[:3])
    session = world.call(world.at_committee(target=world.target.name))
    assert session.members.get(user=members[0].user).detected == ["mandate"]
    assert session.members.get(user=world.experts[0].user).detected == []


def test_a_namesake_of_an_inventor_votes_only_after_it_has_said_who_it_is(world, monkeypatch):
    from langqiao.web.funds import conflicts

    monkeypatch.setattr(conflicts, "inventors_of", lambda _project: frozenset({f" {world.experts[0].user.name} "}))
    world.seats(*world.experts)
    session = world.call(world.at_committee())
    member = session.members.get(user=world.experts[0].user)
    assert member.hints == ["inventor_name"] and not member.is_recused
    refused("reason_missing", world.declare, session, world.experts[0])
    services_session.conflict_declare(
        session_id=session.pk, membership=world.experts[0], by=world.experts[0].user, text="", answer="another person of the same name"
    )
    member.refresh_from_db()
    assert member.declared_at and not member.is_recused and member.answer


def test_inventors_are_read_from_the_records_of_the_patents(world, monkeypatch):
    from langqiao.web.funds import conflicts

    class Recorded:
        def parties(self, *roles):
            assert roles == ("inventor",)
            return [{"name": "王小明"}, {"name": ""}, {"name": "Jane Roe"}]

    calls = []

    def get(lake, key):
        calls.append(key)
        if len(calls) == 1:
            raise Refusal("not_a_patent", "the first lake does not hold it")
        return Recorded()

    monkeypatch.setattr(conflicts, "patent_get", get)
    project = world.project()
    assert conflicts.inventors_of(project) == {"王小明", "Jane Roe"}
    assert calls == [project.patents.get().key] * 2


def test_a_charter_that_does_not_fit_is_refused_by_its_field_and_stands_after_the_close(world):
    fresh = FundWorld(prefix="other-")
    give = {"fund_id": fresh.fund.pk, "membership": fresh.second, "by": fresh.second.user}
    wrong = CHARTER["matters"] | {"exit": CHARTER["matters"]["exit"] | {"threshold": "1", "operator": ">"}}
    for change, field in (
        ({"matters": wrong}, "exit.operator"),
        ({"quorum": "3/2"}, "quorum"),
        ({"members_least": 0}, "members_least"),
        ({"approval_months": 99}, "approval_months"),
    ):
        assert refused("charter_wrong", services_council.charter_set, charter=CHARTER | change, **give).facts["field"] == field
    services_council.charter_set(charter=CHARTER | {"quorum": "1/2"}, **give)
    fresh.fund.refresh_from_db()
    assert fresh.fund.charter["quorum"] == "1/2"
    late = give | {"fund_id": world.fund.pk, "membership": world.second, "by": world.second.user}
    refused("step_not_possible", services_council.charter_set, charter=CHARTER, **late)


def test_a_charter_written_before_the_operator_keeps_its_meaning():
    old = {"quorum": "2/3", "free_least": "1/2", "recusal_leaves": True, "secret": False, "approval_months": 6}
    old["matters"] = {
        name: {"threshold": "1/2", "strict": name == "exit", "vetoes": []} for name in ("investment", "follow_on", "exit", "write_off")
    }
    charter = charter_of(old)
    assert charter.matters["exit"].strict and not charter.matters["investment"].strict
    assert charter.members_least == 1 and "related_party" in charter_whole(old)["matters"]


def related_world():
    """A fund one of whose limited partners is the target; two partners sit in the advisory committee."""
    world = FundWorld()
    partners = world.partners(YI // 100, 2 * YI, YI)
    world.fund.partners.filter(pk=partners[1].pk).update(organization=world.target)
    from langqiao.web.funds import services

    services.fund_close(fund_id=world.fund.pk, membership=world.second, by=world.second.user)
    world.fund.refresh_from_db()
    voices = [world.insider, world.person("voice", Organization.objects.create(name="有限合伙人丙"), Role.READER)]
    for partner, voice in zip(partners[1:], voices, strict=True):
        world.seat(voice, body="advisory", partner=partner.pk)
    world.seats(*world.experts)
    return world, partners, voices


def test_a_deal_with_a_partner_is_paid_only_after_the_other_partners_consented():
    world, _partners, voices = related_world()
    world.paid_in(YI)
    project = world.at_committee(target=world.target.name)
    assert related_reasons(project) == ("partner",)
    world.passed(project)
    world.signed(project)
    refused("lpac_consent_missing", world.ask, "disbursement", project.amount_fen, project=project.pk)
    session = called(world, project, matter="related_party")
    assert session.body == "advisory"
    assert session.members.get(user=voices[0].user).detected == ["member_of_party"]
    world.declare(session, voices[1])
    world.run(session, "open")
    world.vote(session, voices[1])
    assert world.run(session, "close").passed
    project.refresh_from_db()
    assert project.state == "closing"  # consent moves no stage
    world.do("disbursement", project.amount_fen, project=project.pk)
    project.refresh_from_db()
    assert project.state == "held"


def test_a_refused_or_too_small_consent_pays_nothing():
    world, _partners, voices = related_world()
    world.paid_in(YI)
    project = world.at_committee(target=world.target.name)
    world.passed(project)
    world.signed(project)
    for vote, amount in (("against", project.amount_fen), ("for", project.amount_fen - 1)):
        session = called(world, project, matter="related_party", amount_fen=amount)
        world.declare(session, voices[1])
        world.run(session, "open")
        world.vote(session, voices[1], vote)
        world.run(session, "close")
        refused("lpac_consent_missing", world.ask, "disbursement", project.amount_fen, project=project.pk)


def test_the_advisory_committee_is_the_limited_partners_own(world):
    partners = list(world.fund.partners.all())
    refused("seat_not_possible", world.seat, world.third, body="advisory", partner=partners[1].pk)
    refused("seat_not_possible", world.seat, world.experts[0], body="advisory", partner=partners[0].pk)  # the general partner
    refused("seat_not_possible", world.seat, world.experts[0], body="advisory")
    seat = world.seat(world.experts[0], body="advisory", partner=partners[1].pk)
    assert seat.constituency == "partner"
    refused("name_taken", world.seat, world.experts[0], body="advisory", partner=partners[2].pk)
    world.seat(world.experts[0])  # a seat of the other body is another seat


def test_a_relation_is_seen_in_the_manager_a_shared_person_and_a_declaration(world):
    plain = world.project(title="plain")
    assert related_reasons(plain) == ()
    own = world.project(title="own", target=world.manager.name)
    assert related_reasons(own) == ("manager",)
    shared = world.project(title="shared", target=world.target.name)
    assert related_reasons(shared) == ()
    Membership.objects.create(user=world.third.user, organization=world.target, role=Role.READER)
    assert related_reasons(shared) == ("shared_person",)
    give = {"membership": world.maker, "by": world.maker.user, "stage": "", "region": ""}
    services_council.profile_set(project=plain, related="the founder's brother", **give)
    assert related_reasons(plain) == ("declared",)
    refused("step_not_possible", services_council.profile_set, project=plain, related="", **give)


def test_limits_hold_at_compliance_and_again_at_the_payment(world):
    world.seats(*world.experts)
    world.paid_in(YI)
    project = world.at_committee(key="CN-102905253-B")
    fields = sorted(services_project_fields(project))
    body = {"fields": fields, "stages": ["growth"], "regions": ["北京"]}
    made = services_council.limits_set(fund_id=world.fund.pk, membership=world.second, by=world.second.user, body=body)
    assert limits_gap(project) is None  # proposed is not in force
    refused("four_eyes_missing", services_council.limits_approve, limits_id=made.pk, membership=world.second, by=world.second.user)
    services_council.limits_approve(limits_id=made.pk, membership=world.third, by=world.third.user)
    assert limits_gap(project) == {"limits": "stage, region"}
    world.passed(project)
    world.signed(project)
    refused("outside_mandate", world.ask, "disbursement", project.amount_fen, project=project.pk)
    profile = {"project": project, "membership": world.maker, "by": world.maker.user, "related": ""}
    services_council.profile_set(stage="growth", region="北京市海淀区", **profile)
    world.do("disbursement", project.amount_fen, project=project.pk)
    refused("step_not_possible", services_council.profile_set, stage="seed", region="北京市", **profile)
    refused("limits_wrong", services_council.limits_set, fund_id=world.fund.pk, membership=world.maker, by=world.maker.user,
            body=body | {"fields": [99]})  # fmt: skip


def services_project_fields(project):
    from langqiao.web.funds.governance import fields_of

    found = fields_of(project.patents.get().key, project.fund.organization_id)
    assert found, "the record of the patent has classes"
    return found


def test_a_part_is_paid_when_its_milestone_and_every_earlier_one_is_reached(world):
    world.seats(*world.experts)
    world.paid_in(YI)
    project = world.at_committee()
    half = project.amount_fen // 2
    refused("tranches_do_not_sum_up", called, world, project, tranches=[(half, "one", None), (half - 1, "two", None)])
    session = called(world, project, tranches=[(half, "pilot line", None), (half, "first customer", None)])
    world.declare(session, *world.experts)
    world.run(session, "open")
    for expert in world.experts:
        world.vote(session, expert)
    world.run(session, "close")
    world.signed(project)
    refused("tranche_not_reached", world.ask, "disbursement", half, project=project.pk)
    first, second = session.tranches.all()
    give = {"membership": world.maker, "by": world.maker.user, "sha256": SHA}
    services_condition.tranche_paper(tranche_id=second.pk, **give)
    services_condition.tranche_reach(tranche_id=second.pk, membership=world.second, by=world.second.user)
    refused("tranche_not_reached", world.ask, "disbursement", half, project=project.pk)  # the later one alone opens nothing
    services_condition.tranche_paper(tranche_id=first.pk, **give)
    refused("not_allowed", services_condition.tranche_reach, tranche_id=first.pk, membership=world.maker, by=world.maker.user)
    services_condition.tranche_reach(tranche_id=first.pk, membership=world.second, by=world.second.user)
    world.do("disbursement", half, project=project.pk)
    world.do("disbursement", half, project=project.pk)
    refused("committee_decision_missing", world.ask, "disbursement", 1, project=project.pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        Tranche.objects.filter(pk=first.pk).update(amount_fen=1)


@pytest.mark.parametrize(("change", "large"), [(1.1, False), (1.11, True), (0.9, False), (0.89, True)])
def test_a_price_that_moved_too_far_sends_the_case_back_to_the_committee(world, change, large):
    world.seats(*world.experts)
    project = world.at_committee()
    world.passed(project)
    give = {"project_id": project.pk, "membership": world.maker, "by": world.maker.user}
    refused("reason_missing", services_project.price_change, amount_fen=1, reason=" ", **give)
    services_project.price_change(amount_fen=round(project.amount_fen * change), reason="negotiated", **give)
    project.refresh_from_db()
    assert project.state == ("committee" if large else "closing")
    if large:
        refused("step_not_possible", services_project.price_change, amount_fen=1, reason="again", **give)
        world.signed(project)
        refused("committee_decision_missing", world.ask, "disbursement", 1, project=project.pk)
        assert world.passed(project).amount_fen == project.amount_fen
    with pytest.raises(DatabaseError), transaction.atomic():
        PriceChange.objects.update(after_fen=1)


def advised(world, project, people):
    return services_advice.advice_ask(
        project_id=project.pk, membership=world.maker, by=world.maker.user, alliance="新材料专利联盟", question="Is the claim broad?",
        deadline_on=timezone.localdate() + timedelta(days=3), emails=[person.user.email for person in people],
    )  # fmt: skip


def test_advice_is_scored_once_by_named_experts_counts_no_conflicted_one_and_opens_no_gate(world, monkeypatch):
    world.seats(*world.experts)
    project = world.at_committee(target=world.target.name)
    refused("experts_missing", advised, world, project, world.experts[:2])
    advisers = [world.person(f"adviser{n}", Organization.objects.create(name=f"顾问{n}"), Role.READER) for n in range(3)]
    asked = advised(world, project, [*advisers, world.insider])

    def give(person, mark=4, **more):
        scores = dict.fromkeys(CRITERIA, mark) | more
        return services_advice.sheet_give(advice_id=asked.pk, membership=person, by=person.user, scores=scores, words="because")

    refused("not_found", give, world.experts[0])
    refused("sheet_wrong", give, advisers[0], price=6)
    for n, person in enumerate([*advisers, world.insider]):
        give(person, 5 if person is world.insider else n + 2)
    refused("member_already_voted", give, advisers[0])
    with pytest.raises(DatabaseError), transaction.atomic():
        ScoreSheet.objects.update(words="other")
    found = services_advice.opinion_of(asked)
    assert (found.n, float(found.mean), found.lowest, found.highest) == (3, 3.0, 2, 4)
    project.refresh_from_db()
    assert project.state == "committee"
    assert world.passed(project).passed  # the committee is free of it
    later(monkeypatch, 4)
    refused("advice_closed", give, advisers[1])


def test_who_advised_on_a_case_does_not_vote_on_it(world):
    world.seats(*world.experts)
    project = world.at_committee()
    asked = advised(world, project, world.experts[:3])
    services_advice.sheet_give(
        advice_id=asked.pk, membership=world.experts[0], by=world.experts[0].user, scores=dict.fromkeys(CRITERIA, 5), words="strong"
    )
    session = world.call(project)
    assert session.members.get(user=world.experts[0].user).detected == ["adviser"]
    assert not session.members.get(user=world.experts[1].user).is_recused  # named, but gave no sheet


def test_an_expert_reads_the_case_and_the_other_sheets_after_its_own(world, client):
    project = world.at_committee()
    sha = keep(b"%PDF-1.7 plan", PDF)[0]
    world.paper(project, "business_plan", sha=sha)
    asked = advised(world, project, world.experts[:3])
    page = reverse("fund_advice", kwargs={"advice_id": asked.pk})
    client.force_login(world.experts[0].user)
    give_factor(client)
    marks = dict.fromkeys(CRITERIA, "4") | {"words": "first sheet"}
    assert client.post(reverse("fund_advice_sheet", kwargs={"advice_id": asked.pk}), marks).url == page
    client.force_login(world.experts[1].user)
    assert "first sheet" not in client.get(page).content.decode()
    assert client.get(reverse("fund_paper", kwargs={"fund_id": world.fund.pk, "sha256": sha})).status_code == 200
    client.force_login(world.insider.user)
    assert client.get(page).status_code == 404
    client.force_login(world.maker.user)
    assert "first sheet" in client.get(page).content.decode()


def held(world):
    world.seats(*world.experts)
    world.paid_in(YI)
    project = world.at_committee()
    world.passed(project)
    world.signed(project)
    world.do("disbursement", project.amount_fen, project=project.pk)
    project.refresh_from_db()
    return project


def test_after_the_investment_figures_covenants_and_the_register_are_watched(world, client):
    early = world.project(title="early")
    give = {"membership": world.maker, "by": world.maker.user}
    refused("step_not_possible", aftercare.covenant_add, project_id=early.pk, kind="information", text="x", due_on=None, **give)
    project = held(world)
    quiet = {one.code for one in aftercare.alarms_of(project)}
    give["project_id"] = project.pk
    refused("reason_missing", aftercare.covenant_add, kind="observer", text="a seat", due_on=None, **give)
    covenant = aftercare.covenant_add(kind="information", text="quarterly report", due_on=timezone.localdate() - timedelta(days=1), **give)
    quarter = timezone.localdate() - timedelta(days=30)
    figure = aftercare.figure_plan(name="revenue", unit="yuan", quarter_ends_on=quarter, plan=1000, **give)
    refused("name_taken", aftercare.figure_plan, name="revenue", unit="yuan", quarter_ends_on=quarter, plan=1, **give)
    assert {one.code for one in aftercare.alarms_of(project)} == quiet | {"covenant_overdue", "figure_missing"}
    by = {"membership": world.maker, "by": world.maker.user, "sha256": SHA}
    aftercare.figure_report(figure_id=figure.pk, actual=799, **by)
    refused("step_not_possible", aftercare.figure_report, figure_id=figure.pk, actual=2000, **by)
    aftercare.covenant_answer(covenant_id=covenant.pk, kept=True, **by)
    told = [one for one in aftercare.alarms_of(project) if one.code not in quiet]
    assert [(one.code, one.low, one.plan) for one in told] == [("figure_below_plan", 799, 1000)]
    client.force_login(world.maker.user)
    page = client.get(reverse("fund_after", kwargs={"project_id": project.pk})).content.decode()
    assert "quarterly report" in page and "799" in page
    other = FundWorld(prefix="other-")
    refused(
        "not_found", aftercare.covenant_answer, covenant_id=covenant.pk, membership=other.maker, by=other.maker.user, kept=True, sha256=SHA
    )


def test_a_way_out_is_chosen_resolved_and_proved_by_its_own_paper(world):
    project = held(world)
    refused("exit_path_missing", world.step, project, "prepare_exit")
    give = {"project_id": project.pk, "membership": world.maker, "by": world.maker.user}
    services_project.exit_choose(path="license_out", reason="a buyer for licenses", **give)
    world.step(project, "prepare_exit")
    project.refresh_from_db()
    told = refused("stage_evidence_missing", world.step, project, "exit", world.second)
    assert {"exit_evidence_missing", "committee_decision_missing"} <= set(told.facts["also"])
    session = world.passed(project, matter="exit")
    assert session.passed
    world.paper(project, "exit_papers")
    world.paper(project, "exit_sale")
    refused("exit_evidence_missing", world.step, project, "exit", world.third)
    world.paper(project, "exit_license_out")
    # another way out asks for another resolution
    services_project.exit_choose(path="sale", reason="a better price", **give)
    refused("committee_decision_missing", world.step, project, "exit", world.third)
    world.passed(project, matter="exit")
    world.step(project, "exit", world.third)
    project.refresh_from_db()
    assert project.state == "exited"
    with pytest.raises(DatabaseError), transaction.atomic():
        ExitPath.objects.update(path="sale")


def test_a_write_off_is_resolved_as_one_and_not_as_an_exit(world):
    project = held(world)
    services_project.exit_choose(
        project_id=project.pk, membership=world.maker, by=world.maker.user, path="write_off", reason="the company is gone"
    )
    world.step(project, "prepare_exit")
    for code in ("exit_papers", "exit_write_off"):
        world.paper(project, code)
    world.passed(project, matter="exit")
    refused("committee_decision_missing", world.step, project, "exit", world.third)
    world.passed(project, matter="write_off")
    world.step(project, "exit", world.third)


def test_the_checklist_says_what_the_record_said_and_fills_no_litigation_by_silence(world):
    project = world.project()
    world.paper(project, "business_plan")
    world.step(project, "propose")
    world.paper(project, "project_minutes")
    world.step(project, "approve", world.second)
    checks = {check.code: check for check in Check.objects.filter(project=project)}
    assert checks["litigation"].status == "unknown" and checks["freedom"].status == "unknown"
    assert checks["title_chain"].facts["owners"]
    assert len(checks) == 16
    project = Project.objects.get(pk=project.pk)
    before = {code: check.status for code, check in checks.items()}
    checks_fill(project)
    assert {check.code: check.status for check in Check.objects.filter(project=project)} == before


def test_the_pages_of_the_council_open_and_change_by_form(client):
    world = FundWorld()
    client.force_login(world.second.user)
    give_factor(client)
    page = reverse("fund_council", kwargs={"fund_id": world.fund.pk})
    address = reverse("fund_charter", kwargs={"fund_id": world.fund.pk})
    assert client.post(address, {"operator_exit": "=", "quorum": "1/2"}).status_code == 409
    answer = client.post(address, {"quorum": "3/5", "operator_investment": ">", "base_investment": "present", "members_least": "2"})
    assert answer.url == page
    world.fund.refresh_from_db()
    assert world.fund.charter["matters"]["investment"] | {"threshold": "", "vetoes": ""} == {
        "operator": ">", "base": "present", "threshold": "", "vetoes": ""
    }  # fmt: skip
    seat = {"email": world.experts[0].user.email, "constituency": "expert", "is_chair": "yes", "until_on": "2999-01-01"}
    client.post(reverse("fund_seat_add", kwargs={"fund_id": world.fund.pk}), seat)
    found = world.fund.seats.get()
    assert (found.is_chair, found.until_on) == (True, dt.date(2999, 1, 1))
    client.post(
        reverse("fund_limits", kwargs={"fund_id": world.fund.pk}), {"fields": ["4", "x"], "stages": ["seed"], "regions": "北京、上海"}
    )
    assert world.fund.limits.get().regions == ["北京", "上海"]
    text = client.get(page).content.decode()
    assert "3/5" in text and str(world.experts[0].user) in text
    assert Member.objects.count() == 0


def test_what_waits_on_the_desk_is_what_the_person_may_do(world):
    from langqiao.web.funds.waiting_council import council_waiting

    def said(member):
        return [(item.need, item.url) for item in council_waiting(member, timezone.localdate())]

    project = held(world)
    asked = advised(world, world.at_committee(title="another"), world.experts[:3])
    assert said(world.experts[0]) == [("act", reverse("fund_advice", kwargs={"advice_id": asked.pk}))]
    body = {"fields": [], "stages": ["seed"], "regions": []}
    services_council.limits_set(fund_id=world.fund.pk, membership=world.second, by=world.second.user, body=body)
    after = ("act", reverse("fund_after", kwargs={"project_id": project.pk}))
    aftercare.covenant_add(
        project_id=project.pk, membership=world.maker, by=world.maker.user, kind="information", text="x", due_on=timezone.localdate()
    )
    assert said(world.maker) == [after]
    assert said(world.second) == [after]
    assert said(world.third) == [("approve", reverse("fund_council", kwargs={"fund_id": world.fund.pk})), after]
    assert said(world.insider) == []
