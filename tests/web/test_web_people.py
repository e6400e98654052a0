"""People: log-in and its throttle, passwords, the organization a session works for, the demonstration user."""

import pytest
from django.core.exceptions import ValidationError
from django.test import RequestFactory

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.people.models import LoginAttempt, Membership, Role, User
from langqiao.web.people.passwords import password_change
from langqiao.web.people.services import log_in_check, member_add, organization_create
from langqiao.web.people.throttle import ATTEMPTS_MAX

PASSWORD = "a long enough sentence"


def attempt(email, password):
    return log_in_check(request=RequestFactory().post("/log-in"), email=email, password=password)


def test_a_user_logs_in_with_the_address_in_any_case(people):
    assert attempt("Editor@Example.com ", PASSWORD) == people[Role.EDITOR]


def test_the_answer_to_a_wrong_password_is_that_to_an_unknown_address(client, people):
    pages = [client.post("/log-in", {"email": email, "password": "wrong"}) for email in ("editor@example.com", "nobody@example.com")]
    assert {page.status_code for page in pages} == {422}
    assert len({page.context["error"] for page in pages}) == 1


def test_after_ten_failures_even_the_right_password_waits(people):
    for _ in range(ATTEMPTS_MAX):
        assert attempt("editor@example.com", "wrong") is None
    with pytest.raises(Refusal) as refused:
        attempt("editor@example.com", PASSWORD)
    assert refused.value.code == "too_many_attempts"
    assert attempt("reader@example.com", PASSWORD) == people[Role.READER]


def test_a_right_password_forgets_the_failures_before_it(people):
    attempt("editor@example.com", "wrong")
    attempt("editor@example.com", PASSWORD)
    assert not LoginAttempt.objects.exists()


def test_log_in_goes_back_to_this_site_only(client, people):
    for target, place in (("/data", "/data"), ("https://elsewhere.example/", "/desk"), ("//elsewhere.example", "/desk")):
        answer = client.post("/log-in", {"email": "editor@example.com", "password": PASSWORD, "next": target})
        assert answer.status_code == 302 and answer.url == place


def test_a_password_is_changed_only_by_its_user_who_knows_it_and_not_to_a_weak_one(people):
    user = people[Role.EDITOR]
    with pytest.raises(Refusal):
        password_change(user=user, old="wrong", new="another long sentence", by=user)
    with pytest.raises(Refusal):
        password_change(user=user, old=PASSWORD, new="another long sentence", by=people[Role.ADMIN])
    with pytest.raises(ValidationError):
        password_change(user=user, old=PASSWORD, new="short", by=user)
    password_change(user=user, old=PASSWORD, new="another long sentence", by=user)
    assert User.objects.get(pk=user.pk).check_password("another long sentence")


def test_a_session_works_for_an_organization_of_its_user_and_for_no_other(client, people):
    user = people[Role.EDITOR]
    third = organization_create(name="Third", by=user)
    client.force_login(user)
    assert client.get("/desk").context["membership"].organization == people["first"]
    client.post("/organization", {"organization": third.pk})
    assert client.get("/desk").context["membership"].organization == third
    client.post("/organization", {"organization": people["second"].pk})
    assert client.get("/desk").context["membership"].organization == third


def test_only_an_administrator_adds_members(people):
    with pytest.raises(Refusal):
        member_add(organization=people["first"], user=people["stranger"], role=Role.READER, by=people[Role.EDITOR])
    member_add(organization=people["first"], user=people["stranger"], role=Role.READER, by=people[Role.ADMIN])
    assert Membership.objects.filter(organization=people["first"], user=people["stranger"]).exists()
