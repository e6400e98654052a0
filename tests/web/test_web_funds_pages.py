"""The pages of the funds: founding to partner by form, a committee member who sees its case and nobody's ballot, a secret ballot, papers by hash."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from langqiao.web.funds.models import Fund, Partner
from tests.web.conftest import give_factor
from tests.web.funds_world import FundWorld

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("facts_lake")]
PDF = b"%PDF-1.7 a paper of the tests"


@pytest.fixture
def world(db):
    return FundWorld()


def enter(client, member):
    client.logout()
    client.force_login(member.user)
    give_factor(client)
    return client


def paper(name="file", content=PDF):
    return {name: SimpleUploadedFile("paper.pdf", content, "application/pdf")}


def test_a_fund_is_founded_by_form_and_what_was_typed_stays_when_something_is_wrong(client, world):
    enter(client, world.maker)
    wrong = {"name": "二号", "target_fen": "many", "investment_years": "5", "exit_years": "x", "carry": "0.2"}
    answer = client.post(reverse("fund_new"), wrong)
    assert answer.status_code == 422 and "二号" in answer.content.decode() and "many" in answer.content.decode()
    answer = client.post(reverse("fund_new"), wrong | {"target_fen": "400000000", "exit_years": "3", "quorum": "4/5", "secret": "yes"})
    fund = Fund.objects.get(name="二号")
    assert answer.url == reverse("fund", kwargs={"fund_id": fund.pk})
    assert (fund.target_fen, fund.charter["quorum"], fund.charter["secret"]) == (40_000_000_000, "4/5", True)


def test_a_partner_is_entered_with_papers_that_only_the_manager_reads(client, world):
    enter(client, world.maker)
    address = reverse("fund_partner_add", kwargs={"fund_id": world.fund.pk})
    typed = {"name": "甲", "commitment_fen": "1000000.01", "basis": "institution", "funds_source": "own"}
    assert client.post(address, typed).status_code == 409  # without papers
    client.post(address, typed | paper("identity") | paper("disclosure"))
    found = Partner.objects.get(name="甲")
    assert found.commitment_fen == 100_000_001
    file = reverse("fund_paper", kwargs={"fund_id": world.fund.pk, "sha256": found.identity_sha256})
    assert client.get(file).content == PDF
    assert enter(client, world.insider).get(file).status_code == 404


def test_what_is_no_pdf_is_no_paper(client, world):
    world.closed()
    project = world.project()
    address = reverse("fund_project_paper", kwargs={"project_id": project.pk})
    answer = enter(client, world.maker).post(address, {"code": "business_plan"} | paper(content=b"MZ"))
    assert answer.status_code == 409 and not project.papers.exists()


@pytest.mark.parametrize("secret", [False, True])
def test_nobody_sees_a_ballot_before_the_close_and_of_a_secret_one_only_the_count_after(client, secret):
    world = FundWorld(charter={"secret": secret})
    world.closed()
    world.seats(*world.experts)
    project = world.at_committee()
    session = world.call(project)
    page = reverse("fund_session", kwargs={"session_id": session.pk})
    world.declare(session, *world.experts)
    world.run(session, "open")
    for n, expert in enumerate(world.experts):
        world.vote(session, expert, "against" if n == 4 else "for", reason=f"reason of {n}")
    for reader in (world.maker, world.second, world.experts[0]):
        text = enter(client, reader).get(page).content.decode()
        assert not any(f"reason of {n}" in text for n in range(5))
    world.run(session, "close")
    text = enter(client, world.second).get(page).content.decode()
    assert "reason of 4" in text  # the dissent
    assert ("reason of 1" in text) is not secret
    minutes = client.get(reverse("fund_minutes", kwargs={"session_id": session.pk})).content.decode()
    assert any(f'["{member.pk}","' in minutes for member in session.members.all()) is not secret


def test_a_committee_member_of_another_organization_sees_its_case_and_nothing_else_of_the_fund(client, world):
    world.closed()
    world.seats(*world.experts)
    project = world.at_committee()
    session = world.call(project)
    enter(client, world.experts[0])
    assert project.title in client.get(reverse("funds")).content.decode()
    assert client.get(reverse("fund_session", kwargs={"session_id": session.pk})).status_code == 200
    for name, key in (
        ("fund", {"fund_id": world.fund.pk}),
        ("fund_project", {"project_id": project.pk}),
        ("fund_board", {"fund_id": world.fund.pk}),
    ):
        assert client.get(reverse(name, kwargs=key)).status_code == 404


def test_a_ballot_and_an_approval_need_a_fresh_second_factor(client, world):
    world.closed()
    world.seats(*world.experts)
    session = world.call(world.at_committee())
    world.declare(session, *world.experts)
    world.run(session, "open")
    client.force_login(world.experts[0].user)
    address = reverse("fund_session_vote", kwargs={"session_id": session.pk})
    answer = client.post(address, {"vote": "for", "reason": "x"})
    assert answer.status_code == 403 and not session.votes.exists()
    give_factor(client)
    client.post(address, {"vote": "for", "reason": "x"})
    assert session.votes.count() == 1


def test_the_board_sums_its_columns_and_a_gray_button_says_why(client, world):
    world.closed()
    first, second = world.project(amount_fen=100), world.project(amount_fen=250, title="二号项目")
    text = enter(client, world.maker).get(reverse("fund_board", kwargs={"fund_id": world.fund.pk})).content.decode()
    assert first.title in text and second.title in text and "2 · " in text
    text = client.get(reverse("fund_project", kwargs={"project_id": first.pk})).content.decode()
    assert 'id="why-propose"' in text
