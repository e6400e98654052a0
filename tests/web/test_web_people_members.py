"""Members: invitations that work once, roles, leaving with the desk handed over, custody, checks by the platform, mergers."""

import datetime as dt
import re

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.audit.models import Record
from langqiao.web.people.checks import check_ask, check_decide, organization_change
from langqiao.web.people.invitations import invitation_accept
from langqiao.web.people.mandates import mandate_accept, mandate_give, mandate_revoke
from langqiao.web.people.members import member_end, member_role_set
from langqiao.web.people.merges import merge_preview, organization_merge_do
from langqiao.web.people.models import (
    CheckState,
    Invitation,
    Mandate,
    Membership,
    Organization,
    OrganizationKind,
    OrganizationMerge,
    Role,
    User,
)
from langqiao.web.people.selectors import acting_for, mandates_for, organizations_of
from langqiao.web.people.services import member_add, organization_create
from langqiao.web.portfolio.models import Portfolio
from langqiao.web.work.services import job_queue
from tests.web.conftest import PASSWORD, another_user, give_factor

TODAY = dt.date(2026, 11, 24)
CODE = "91100000100003962T"
STORED = {"scopes": ["list", "read"], "from_on": TODAY, "until_on": TODAY + dt.timedelta(days=365)}


def member(people, who, organization="first"):
    return Membership.objects.select_related("organization", "user").get(user=people[who], organization=people[organization])


def refused(call, *args, **kwargs):
    with pytest.raises(Refusal) as found:
        call(*args, **kwargs)
    return found.value.code


@pytest.fixture
def letters(mailoutbox, monkeypatch):
    monkeypatch.setattr(transaction, "on_commit", lambda call: call())
    return mailoutbox


def invited(client, letters, email="new@example.com", role="editor"):
    assert client.post("/organization/invitations", {"email": email, "role": role}).status_code == 302
    return re.search(r"http://testserver(/invitations/\S+)", letters[-1].body)[1]


@pytest.fixture
def admin(client, people):
    client.force_login(people[Role.ADMIN])
    return client


def test_an_invited_person_makes_an_account_by_the_link_once(admin, people, letters):
    link = invited(admin, letters)
    assert letters[-1].to == ["new@example.com"] and Invitation.objects.get().token_hash not in link
    guest = Client()
    assert guest.get(link).context["invitation"].organization == people["first"]
    assert guest.post(link, {"name": "New", "password": "short"}).status_code == 422 and not User.objects.filter(name="New").exists()
    assert guest.post(link, {"name": "New", "password": PASSWORD}).url == "/desk"
    assert guest.get("/desk").context["membership"].role == Role.EDITOR
    assert Client().get(link).status_code == 409
    assert Client().post(link, {"name": "Again", "password": PASSWORD}).status_code == 409


def test_an_invitation_dies_by_time_by_revocation_and_by_a_newer_one(admin, people, letters):
    old = invited(admin, letters)
    newer = invited(admin, letters)
    assert Client().get(old).status_code == 409 and Client().get(newer).status_code == 200
    admin.post(f"/organization/invitations/{Invitation.objects.get(revoked_at=None).pk}/withdraw")
    assert Client().get(newer).status_code == 409
    third = invited(admin, letters)
    Invitation.objects.update(expires_at=timezone.now())
    assert Client().get(third).status_code == 409
    assert Client().get("/invitations/none").status_code == 409


def test_an_invitation_belongs_to_its_address(admin, people, letters):
    link = invited(admin, letters, email="stranger@example.com")
    other, stranger = Client(), Client()
    other.force_login(people["other"])
    assert other.post(link).status_code == 403 and Invitation.objects.get().used_at is None
    assert Client().post(link, {"name": "Thief", "password": PASSWORD}).status_code == 403, "the address has an account already"
    stranger.force_login(people["stranger"])
    assert stranger.post(link).url == "/desk"
    assert member(people, "stranger").role == Role.EDITOR


def test_of_two_who_take_an_invitation_at_once_one_gets_it(admin, people, letters, monkeypatch):
    token = invited(admin, letters, email="stranger@example.com").rsplit("/", 1)[1]
    from langqiao.web.people import invitations

    found = invitations.invitation_of(token)
    invitation_accept(token=token, user=people["stranger"])
    monkeypatch.setattr(invitations, "invitation_of", lambda _token: found)
    assert refused(invitation_accept, token=token, user=people["stranger"]) == "link_not_valid"


def test_roles_that_approve_are_given_only_after_a_second_factor(admin, people, letters):
    for role, status in (("reader", 302), ("editor", 302), ("approver", 403), ("admin", 403)):
        assert admin.post("/organization/invitations", {"email": f"{role}2@example.com", "role": role}).status_code == status
    reader = member(people, Role.READER)
    assert admin.post(f"/organization/members/{reader.pk}/role", {"role": "approver"}).status_code == 403
    give_factor(admin)
    assert admin.post("/organization/invitations", {"email": "approver2@example.com", "role": "approver"}).status_code == 302
    assert admin.post(f"/organization/members/{reader.pk}/role", {"role": "approver"}).status_code == 302
    assert admin.post("/organization/invitations", {"email": "no address", "role": "reader"}).status_code == 422
    assert admin.post("/organization/invitations", {"email": "approver@example.com", "role": "reader"}).status_code == 422
    assert admin.post(f"/organization/members/{reader.pk}/role", {"role": "king"}).status_code == 404


def test_nobody_changes_their_own_role_and_an_administrator_remains(people):
    admin = member(people, Role.ADMIN)
    assert refused(member_role_set, membership=admin, member_id=admin.pk, role="reader") == "own_role"
    assert refused(member_role_set, membership=member(people, Role.APPROVER), member_id=admin.pk, role="reader") == "not_allowed"
    heir = member(people, Role.EDITOR).pk
    assert refused(member_end, membership=admin, member_id=admin.pk, successor_id=heir) == "last_administrator"
    member_role_set(membership=admin, member_id=heir, role="admin")
    member_end(membership=admin, member_id=admin.pk, successor_id=heir)
    assert not Membership.objects.filter(user=people[Role.ADMIN]).exists()


def test_members_of_another_organization_are_out_of_reach(people):
    stranger = member(people, "other", "second")
    admin = member(people, Role.ADMIN)
    assert refused(member_role_set, membership=admin, member_id=stranger.pk, role="reader") == "not_found"
    assert refused(member_end, membership=admin, member_id=stranger.pk) == "not_found"
    assert refused(member_end, membership=member(people, Role.EDITOR), member_id=admin.pk) == "not_allowed"


def test_who_leaves_hands_the_desk_to_a_named_colleague_and_is_out_at_once(people):
    admin, editor = member(people, Role.ADMIN), member(people, Role.EDITOR)
    job = job_queue(kind="portfolio_upload", payload={}, organization=people["first"], by=editor.user)
    browser = Client()
    browser.force_login(editor.user)
    assert browser.get("/desk").status_code == 200
    for successor in (None, editor.pk, member(people, Role.READER).pk, member(people, "other", "second").pk):
        assert refused(member_end, membership=admin, member_id=editor.pk, successor_id=successor) == "successor_needed"
    member_end(membership=admin, member_id=editor.pk, successor_id=member(people, Role.APPROVER).pk)
    job.refresh_from_db()
    assert job.by == people[Role.APPROVER]
    assert browser.get("/desk").status_code == 403
    kept = Membership.every.get(pk=editor.pk)
    assert kept.ended_at and kept.ended_by == admin.user and kept.successor == people[Role.APPROVER]
    assert Record.objects.order_by("-seq").first().action == "security.member_left"


@pytest.mark.parametrize("role", [Role.READER, Role.EDITOR])
def test_nothing_that_needs_no_log_in_reaches_a_former_member(people, role):
    from langqiao.web.notices.models import Delivery, Feed, MailWish, Notice
    from langqiao.web.portfolio.models import SavedView, ViewPlace

    first, leaving, heir = people["first"], people[role], member(people, Role.APPROVER)
    view = SavedView.objects.create(organization=first, by=leaving, name="Bridges", place=ViewPlace.SEARCH)
    SavedView.objects.create(organization=first, by=heir.user, name="Bridges", place=ViewPlace.SEARCH)
    Feed.objects.create(view=view, token_hash="0" * 64)
    MailWish.objects.create(user=leaving, organization=first, what="everything")
    notice = Notice.objects.create(organization=first, action="a", subject="s", source="x")
    Delivery.objects.create(notice=notice, user=leaving, next_at=timezone.now())
    member_end(membership=member(people, Role.ADMIN), member_id=member(people, role).pk, successor_id=heir.pk)
    assert not Feed.objects.exists() and not MailWish.objects.exists() and not Delivery.objects.exists()
    view.refresh_from_db()
    assert view.by == heir.user and view.name == f"Bridges ({leaving.pk}-2)"


def test_a_reader_leaves_without_a_successor_and_a_former_member_comes_back(people):
    admin, reader = member(people, Role.ADMIN), member(people, Role.READER)
    member_end(membership=reader, member_id=reader.pk)
    back = member_add(organization=people["first"], user=people[Role.READER], role=Role.EDITOR, by=admin.user)
    assert back.pk == reader.pk and back.ended_at is None and member(people, Role.READER).role == Role.EDITOR


def given(people, **changes):
    terms = {"agent": "Second", "scopes": ["list", "read"], "patents": "", "from_on": TODAY, "until_on": TODAY + dt.timedelta(days=365)}
    return mandate_give(membership=member(people, Role.APPROVER), **terms | changes)


def test_a_mandate_works_from_its_acceptance_within_its_days_and_scopes_until_it_is_revoked(people):
    agent, first = member(people, "other", "second"), people["first"]
    mandate = given(people)

    def acts(scope="list", day=TODAY, **more):
        return acting_for(agent, first, scope=scope, day=day, **more)

    assert acts() is None, "not accepted yet"
    mandate_accept(membership=agent, mandate_id=mandate.pk)
    assert acts() == mandate and acts("read") == mandate and acts("negotiate") is None
    assert acts(day=TODAY - dt.timedelta(days=1)) is None and acts(day=TODAY + dt.timedelta(days=366)) is None
    assert mandates_for(people["second"], TODAY) == [mandate] and mandates_for(first, TODAY) == []
    assert acting_for(member(people, Role.ADMIN), people["second"], scope="list", day=TODAY) is None, "not the other way round"
    agent.role = Role.READER
    assert acts() is None, "a reader acts for nobody"
    agent.role = Role.ADMIN
    mandate_revoke(membership=member(people, Role.APPROVER), mandate_id=mandate.pk)
    assert acts() is None and refused(mandate_revoke, membership=agent, mandate_id=mandate.pk) == "mandate_not_valid"


def test_a_mandate_for_some_patents_covers_no_other(people):
    mandate = given(people, patents="CN102329749B\n\nUS 8,418,361 B2")
    agent = member(people, "other", "second")
    mandate_accept(membership=agent, mandate_id=mandate.pk)
    found = [acting_for(agent, people["first"], scope="list", day=TODAY, patent=key) for key in ("CN-102329749-B", "CN-1-A", "")]
    assert found == [mandate, None, None]


@pytest.mark.parametrize(
    "changes",
    [
        {"agent": "Nobody"},
        {"agent": "First"},
        {"scopes": []},
        {"scopes": ["list", "money"]},
        {"until_on": TODAY - dt.timedelta(days=1)},
        {"until_on": TODAY + dt.timedelta(days=21 * 366)},
        {"patents": "no number at all"},
    ],
)
def test_a_mandate_that_makes_no_sense_is_refused(people, changes):
    with pytest.raises(Refusal) as found:
        given(people, **changes)
    assert found.value.code == "mandate_not_valid" and not Mandate.objects.exists()


def test_a_mandate_is_seen_and_answered_by_its_two_sides_only(people):
    mandate = given(people)
    assert refused(mandate_accept, membership=member(people, "office", "the office"), mandate_id=mandate.pk) == "not_found"
    assert refused(mandate_accept, membership=member(people, Role.ADMIN), mandate_id=mandate.pk) == "mandate_not_valid"
    assert refused(mandate_revoke, membership=member(people, Role.EDITOR), mandate_id=mandate.pk) == "not_allowed"
    with pytest.raises(Refusal):
        mandate_give(membership=member(people, Role.EDITOR), agent="Second", patents="", **STORED)


def test_an_organization_is_verified_by_the_platform_not_by_its_own_people(people):
    admin, platform = member(people, Role.ADMIN), member(people, "platform", "the platform")
    assert refused(check_ask, membership=admin, code=CODE[:-1] + "0", document="license 1") == "credit_code_check"
    assert refused(check_ask, membership=admin, code=CODE, document=" ") == "check_not_open"
    assert refused(check_ask, membership=member(people, Role.APPROVER), code=CODE, document="license 1") == "not_allowed"
    check_ask(membership=admin, code=CODE.lower(), document="license 1")
    first = people["first"].pk
    assert refused(check_decide, membership=admin, organization_id=first, verified=True) == "not_allowed"
    assert refused(check_decide, membership=platform, organization_id=first, verified=False) == "check_not_open"
    found = check_decide(membership=platform, organization_id=first, verified=True)
    assert found.check_state == CheckState.VERIFIED and found.credit_code == CODE and found.checked_by == people["platform"]
    assert refused(check_decide, membership=platform, organization_id=first, verified=True) == "check_not_open"


def test_who_belongs_to_both_does_not_verify_their_own_organization(people):
    member_add(organization=people["first"], user=people["platform"], role=Role.READER, by=people[Role.ADMIN])
    check_ask(membership=member(people, Role.ADMIN), code="", document="passport 1")
    platform = member(people, "platform", "the platform")
    assert refused(check_decide, membership=platform, organization_id=people["first"].pk, verified=True) == "four_eyes_missing"


def test_a_code_is_verified_once_and_a_stranger_who_types_it_blocks_nobody(people):
    platform = member(people, "platform", "the platform")
    for who, organization in ((Role.ADMIN, "first"), ("other", "second")):
        check_ask(membership=member(people, who, organization), code=CODE, document="license 1")
    check_decide(membership=platform, organization_id=people["first"].pk, verified=True)
    assert refused(check_decide, membership=platform, organization_id=people["second"].pk, verified=True) == "credit_code_taken"
    found = check_decide(membership=platform, organization_id=people["second"].pk, verified=False, reason="代码属于他人")
    assert found.check_state == CheckState.REFUSED and found.check_reason == "代码属于他人"


def test_a_new_name_or_kind_is_checked_again_and_nobody_becomes_the_platform(people):
    admin = member(people, Role.ADMIN)
    check_ask(membership=admin, code=CODE, document="license 1")
    check_decide(membership=member(people, "platform", "the platform"), organization_id=people["first"].pk, verified=True)
    assert organization_change(membership=admin, name="First", kind="enterprise").check_state == CheckState.VERIFIED
    assert organization_change(membership=admin, name="First", kind="office").check_state == CheckState.UNCHECKED
    for call in (
        lambda: organization_change(membership=admin, name="First", kind=OrganizationKind.PLATFORM),
        lambda: organization_create(name="Fake", kind=OrganizationKind.PLATFORM, by=people["stranger"]),
    ):
        assert refused(call) == "not_allowed"


def test_a_self_made_office_opens_no_page_of_the_office(client, people):
    organization_create(name="Fake office", kind=OrganizationKind.OFFICE, by=people["stranger"])
    from django.http import HttpResponse
    from django.test import RequestFactory

    from langqiao.web.people.session import office_page

    request = RequestFactory().get("/")
    request.user, request.session = people["stranger"], {}
    assert refused(office_page(lambda _request, _membership: HttpResponse()), request) == "not_verified"
    request.user = people["office"]
    request.langqiao_memberships = None
    assert office_page(lambda _request, _membership: HttpResponse())(request).status_code == 200


def record_of(people):
    """A grade as recorded, which the database lets nobody alter."""
    from langqiao.web.appraisals.models import RecordedGrade

    told = {"key": "CN-1-A", "as_of": TODAY, "lake_version": "v", "body": "{}", "sha256": "0" * 64, "scheme": "s", "scheme_version": "1"}
    return RecordedGrade.objects.create(organization=people["first"], by=people[Role.EDITOR], **told)


def test_a_merger_moves_what_can_move_and_keeps_what_nobody_may_alter(people):
    portfolio = Portfolio.objects.create(organization=people["first"], name="Own")
    job_queue(kind="portfolio_upload", payload={}, organization=people["first"], by=people[Role.EDITOR])
    record_of(people)
    Portfolio.objects.create(organization=people["second"], name="Other")
    member_add(organization=people["second"], user=people[Role.READER], role=Role.EDITOR, by=people["other"])
    preview = merge_preview(source=people["first"], target=people["second"])
    assert not preview.obstacles and preview.members == 4
    assert {one.table: one.stays for one in preview.owned} == {
        "portfolio.portfolio": False,
        "work.job": False,
        "appraisals.recordedgrade": True,
    }
    assert Portfolio.objects.get(pk=portfolio.pk).organization == people["first"], "a preview changes nothing"
    platform = member(people, "platform", "the platform")
    terms = {"source_id": people["first"].pk, "target_id": people["second"].pk}
    assert refused(organization_merge_do, membership=platform, document=" ", **terms) == "merge_not_possible"
    assert refused(organization_merge_do, membership=member(people, Role.ADMIN), document="d", **terms) == "not_allowed"
    merge = organization_merge_do(membership=platform, document="合并协议 1", **terms)
    assert Portfolio.objects.get(pk=portfolio.pk).organization == people["second"]
    assert merge.moved["portfolio.portfolio.organization"] == 1 and merge.moved["people.membership"] == 4
    assert {m.user.name: m.role for m in Membership.objects.filter(organization=people["second"])} == {
        "reader": "editor", "editor": "editor", "approver": "approver", "admin": "admin", "other": "admin",
    }  # fmt: skip
    assert not Membership.objects.filter(organization=people["first"]).exists()
    assert organizations_of(people["second"]) == (people["second"].pk, people["first"].pk)
    assert refused(organization_merge_do, membership=platform, document="again", **terms) == "merge_not_possible"


def test_a_merger_is_refused_while_names_collide_or_money_is_there(people):
    for organization in ("first", "second"):
        Portfolio.objects.create(organization=people[organization], name="Same")
    preview = merge_preview(source=people["first"], target=people["second"])
    assert len(preview.obstacles) == 1 and "Second" in preview.obstacles[0]
    platform = member(people, "platform", "the platform")
    terms = {"source_id": people["first"].pk, "target_id": people["second"].pk, "document": "d"}
    assert refused(organization_merge_do, membership=platform, **terms) == "merge_not_possible"
    assert not OrganizationMerge.objects.exists() and Portfolio.objects.filter(organization=people["first"]).count() == 1
    assert merge_preview(source=people["the office"], target=people["second"]).obstacles
    assert merge_preview(source=people["first"], target=people["first"]).obstacles


def test_the_merger_is_done_on_the_page_with_the_name_typed_and_a_second_factor(client, people):
    client.force_login(people["platform"])
    give_factor(client)
    told = {"source": "First", "target": "Second", "document": "合并协议 1"}
    assert client.get("/platform/organizations/merge", told).context["preview"].members == 4
    assert client.post("/platform/organizations/merge", told | {"typed": "Second"}).status_code == 422
    assert client.post("/platform/organizations/merge", told | {"typed": "First"}).status_code == 302
    assert Organization.objects.get(name="First").merged_into == people["second"]


def test_the_platform_verifies_on_its_page(client, people):
    check_ask(membership=member(people, Role.ADMIN), code=CODE, document="license 1")
    client.force_login(people["platform"])
    give_factor(client)
    assert CODE.encode() in client.get("/platform/organizations").content
    assert client.post(f"/platform/organizations/{people['first'].pk}/check", {"answer": "verify"}).status_code == 302
    assert Organization.objects.get(name="First").is_verified


def test_a_person_founds_an_organization_and_works_for_it(client, people):
    client.force_login(people["stranger"])
    assert client.post("/organizations/new", {"name": "First", "kind": "enterprise"}).status_code == 422
    assert client.post("/organizations/new", {"name": "Third", "kind": "nonsense"}).status_code == 422
    assert client.post("/organizations/new", {"name": "Third", "kind": "broker"}).url == "/organization/people"
    assert client.get("/organization/people").context["organization"].kind == OrganizationKind.BROKER


def test_a_former_member_is_in_no_list(people):
    left = another_user("left")
    membership = Membership.objects.create(user=left, organization=people["first"], role=Role.READER)
    member_end(membership=member(people, Role.ADMIN), member_id=membership.pk)
    assert left not in [one.user for one in people["first"].memberships.all()]
    assert not Membership.objects.filter(user=left).exists() and not left.memberships.exists()
