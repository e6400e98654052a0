"""The door of the API: tokens, scopes, roles, keys that make a request once, limits, cursors, and problems in one shape."""

import datetime as dt
import json

import pyotp
import pytest
from django.test import Client
from django.utils import timezone
from openapi_spec_validator import validate

from langqiao.web.api.models import ApiAnswer, ApiCount, ApiToken
from langqiao.web.api.openapi import openapi
from langqiao.web.api.table import ENDPOINTS, by_route
from langqiao.web.people.factors import factor_begin
from langqiao.web.people.models import Membership, Role, TotpFactor
from tests.web.conftest import PASSWORD, give_factor
from tests.web.routes.api import WHO, ask, credentials, token_for

ME = "/api/v1/me"


def bearer(text, **more):
    return {"Authorization": f"Bearer {text}", **more}


def test_every_endpoint_is_listed_with_who_may_call_it():
    assert {endpoint.name for endpoint in ENDPOINTS} == set(WHO)
    assert len(by_route()) <= len(ENDPOINTS)


def test_the_description_is_valid_openapi():
    document = json.loads(json.dumps(openapi()))
    validate(document)
    assert {endpoint.address for endpoint in ENDPOINTS} <= set(document["paths"])


def test_a_token_says_who_it_works_for(client, people):
    told = client.get(ME, headers=credentials(people["editor"])).json()
    assert told["organization"]["name"] == "First" and told["role"] == "editor"


@pytest.mark.parametrize("sent", [{}, {"Authorization": "Bearer lq_wrong"}, {"Authorization": "Basic eDp5"}, {"Authorization": "Bearer é"}])
def test_without_a_working_token_nobody_comes_in(client, people, sent):
    answer = client.get(ME, headers=sent)
    assert answer.status_code == 401 and answer["WWW-Authenticate"] == "Bearer" and answer.json()["error"] == "token_needed"


def test_a_revoked_an_expired_and_a_former_members_token_work_no_more(client, people):
    for change in ({"revoked_at": timezone.now()}, {"expires_at": timezone.now() - dt.timedelta(seconds=1)}):
        token, text = token_for(people["editor"])
        assert client.get(ME, headers=bearer(text)).status_code == 200
        ApiToken.objects.filter(pk=token.pk).update(**change)
        assert client.get(ME, headers=bearer(text)).status_code == 401
    _token, text = token_for(people["editor"])
    Membership.objects.filter(user=people["editor"]).update(ended_at=timezone.now())
    assert client.get(ME, headers=bearer(text)).status_code == 401


def test_a_refusal_speaks_the_language_that_was_asked_for(client, people):
    _token, text = token_for(people["editor"], scopes=["market"])
    found = {code: client.get(ME, headers=bearer(text, **{"Accept-Language": code})) for code in ("zh-Hans", "en")}
    assert {answer.status_code for answer in found.values()} == {403}
    assert found["zh-Hans"].json()["message"] == "令牌没有权限范围“read”。"
    assert found["en"].json()["message"] == "The token lacks the scope read."
    assert found["en"].json()["refusal"] == "scope_missing"


def test_the_limit_of_a_token_and_of_an_address_answers_with_when_to_come_back(client, people, settings):
    settings.API_TOKEN_REQUESTS_A_MINUTE = 2
    _token, text = token_for(people["editor"])
    found = [client.get(ME, headers=bearer(text)) for _n in range(3)]
    assert [answer.status_code for answer in found[:2]] == [200, 200]
    assert found[2].status_code == 429 and 1 <= int(found[2]["Retry-After"]) <= 60
    settings.API_ADDRESS_REQUESTS_A_MINUTE = 1
    assert client.get(ME).status_code == 429
    ApiCount.objects.all().delete()
    assert client.get(ME).status_code == 401


def test_the_code_of_the_second_factor_opens_steps_of_money_for_a_few_minutes_and_works_once(client, people, settings):
    user = people["approver"]
    secret = factor_begin(user=user)
    TotpFactor.objects.filter(user=user).update(confirmed_at=timezone.now())
    _token, text = token_for(user, factor=False)
    assert client.get(ME, headers=bearer(text)).json()["approves_until"] is None
    code = pyotp.TOTP(secret).now()
    given = ask(client, "post", "/api/v1/second-factor", headers=bearer(text), body={"code": code})
    assert given.status_code == 200
    until = dt.datetime.fromisoformat(given.json()["approves_until"])
    assert dt.timedelta(0) < until - timezone.now() <= dt.timedelta(minutes=settings.SECOND_FACTOR_FRESH_MINUTES)
    assert ask(client, "post", "/api/v1/second-factor", headers=bearer(text), body={"code": code}).status_code == 409


def test_guesses_of_the_second_factor_are_counted_and_end(client, people):
    _token, text = token_for(people["approver"])
    found = [ask(client, "post", "/api/v1/second-factor", headers=bearer(text), body={"code": "000000"}).status_code for _n in range(11)]
    assert found[0] == 409 and found[-1] == 429


def test_an_approver_of_an_organization_that_moves_money_needs_the_factor_for_everything(client, people):
    _token, text = token_for(people["platform"], factor=False)
    assert client.get(ME, headers=bearer(text)).status_code == 200
    assert client.get("/api/v1/portfolios", headers=bearer(text)).json()["refusal"] == "second_factor_needed"
    ApiToken.objects.filter(begins=text[:8]).update(factor_at=timezone.now())
    assert client.get("/api/v1/portfolios", headers=bearer(text)).status_code == 200


def made_on_the_page(client, **given):
    return client.post("/account/tokens/new", {"name": "robot", "days": "30", "scopes": ["read"], "password": PASSWORD} | given)


def test_a_token_is_made_on_the_page_with_the_password_shown_once_and_kept_as_a_hash(client, people):
    client.force_login(people["editor"])
    answer = made_on_the_page(client)
    text = answer.context["text"]
    token = ApiToken.objects.get()
    assert text in answer.content.decode() and text not in json.dumps([token.token_hash, token.begins])
    assert Client().get(ME, headers=bearer(text)).json()["token_name"] == "robot"
    assert text not in client.get("/account/tokens").content.decode()
    assert client.post(f"/account/tokens/{token.pk}/revoke").status_code == 302
    assert Client().get(ME, headers=bearer(text)).status_code == 401


@pytest.mark.parametrize("wrong", [{"password": "x"}, {"name": ""}, {"scopes": []}, {"scopes": ["all"]}, {"days": "9999"}, {"days": "x"}])
def test_the_page_makes_no_token_from_a_wrong_form(client, people, wrong):
    client.force_login(people["editor"])
    assert made_on_the_page(client, **wrong).status_code == 422
    assert not ApiToken.objects.exists()


def test_only_an_approver_with_a_fresh_factor_makes_a_token_that_approves(client, people):
    client.force_login(people["editor"])
    give_factor(client)
    assert made_on_the_page(client, scopes=["read", "approve"]).status_code == 403
    client.force_login(people["approver"])
    assert made_on_the_page(client, scopes=["read", "approve"]).status_code == 403
    give_factor(client)
    assert made_on_the_page(client, scopes=["read", "approve"]).status_code == 200
    assert ApiToken.objects.get().scopes == ["read", "approve"]


def test_an_address_the_api_does_not_have_and_a_method_it_does_not_take_answer_in_its_own_shape(client, people):
    assert client.get("/api/v1/nowhere").json()["error"] == "no_such_address"
    answer = client.delete(ME)
    assert answer.status_code == 405 and answer["Allow"] == "GET" and answer.json()["error"] == "method_not_allowed"
    assert ApiAnswer.objects.count() == 0 and Role.EDITOR in people
