"""The own organization and its standing searches by the API: what is asked for happens once, and every refusal says why."""

import itertools

import pytest

from langqiao.web.people.models import Invitation, Membership, Role
from tests.web.conftest import another_user
from tests.web.routes.api import credentials

KEYS = itertools.count()


@pytest.fixture
def post(client, people):
    """Posts for a member of the first organization: (status, answer)."""

    def send(who, address, body, *, confirmed=True):
        headers = {"Idempotency-Key": f"people-{next(KEYS)}"} | credentials(people[who], confirmed=confirmed)
        answer = client.post(f"/api/v1{address}", data=body, content_type="application/json", headers=headers)
        return answer.status_code, answer.json()

    return send


def test_an_administrator_invites_a_person_and_takes_the_invitation_back(post):
    status, told = post("admin", "/organization/invitations", {"email": "new@example.com", "role": "editor"})
    assert status == 201 and (told["email"], told["role"]) == ("new@example.com", "editor")
    status, told = post("admin", f"/organization/invitations/{told['id']}/revoke", {})
    assert status == 200 and told["invitations"] == []
    assert Invitation.objects.get().revoked_at is not None


def test_a_member_is_not_invited_again(post, people):
    status, told = post("admin", "/organization/invitations", {"email": people["editor"].email})
    assert (status, told["refusal"]) == (409, "already_a_member")


def test_an_address_that_is_none_is_told_as_a_wrong_field(post):
    status, told = post("admin", "/organization/invitations", {"email": "nobody"})
    assert (status, told["error"]) == (422, "bad_input")


def test_a_role_that_approves_is_given_with_a_fresh_second_factor_only(post, people):
    member = Membership.objects.create(user=another_user("rising"), organization=people["first"], role=Role.READER)
    address = f"/organization/members/{member.pk}/role"
    assert post("admin", address, {"role": "approver"}, confirmed=False)[0] == 403
    status, told = post("admin", address, {"role": "approver"})
    assert status == 200 and told["role"] == "approver"


def test_a_member_who_is_no_administrator_sees_no_addresses(client, people):
    told = client.get("/api/v1/organization", headers=credentials(people["reader"])).json()
    assert told["members"] and {one["email"] for one in told["members"]} == {""} and told["invitations"] == []


def test_a_standing_search_is_entered_changed_and_ended(post):
    terms = {"title": "Lidar", "purpose": "buy", "until_on": "2099-12-31", "words": "lidar", "fields": [10]}
    status, told = post("editor", "/sought", terms)
    assert status == 201 and told["version"] == 1 and told["fields"] == [10]
    status, told = post("editor", f"/sought/{told['id']}", terms | {"title": "Radar"})
    assert status == 200 and (told["title"], told["version"]) == ("Radar", 2)
    assert post("editor", f"/sought/{told['id']}/end", {})[1]["ended_at"] is not None
    assert post("editor", f"/sought/{told['id']}", terms)[1]["refusal"] == "step_not_possible"


def test_terms_that_ask_nothing_are_refused(post):
    status, told = post("editor", "/sought", {"title": "T", "purpose": "buy", "until_on": "2099-12-31"})
    assert (status, told["refusal"]) == (409, "mandate_terms_wrong")
